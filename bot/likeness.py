"""How like a message is to our examples of emergencies, rather than to what only looks like one.

Three logistic regressions, weighed together: one over the encoder's vector, one over words and pairs of words, and one
over pieces of words, which sees through spelling. They are made once for each encoder and file of examples, and kept
beside what else is made of the model, so that a start only reads them.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from bot.domain.emergency.words import folded
from bot.domain.errors import ConfigurationError
from embeddings.made_files import made_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoder import Encoder

# Raised whenever it is made otherwise, so that one made before is made anew.
_SCHEME: Final = 2
_FILE: Final = "likeness.json"
_WORD: Final = re.compile(r"[^\W_]+|[?!]")
# How strongly each is held back (C of scikit-learn), and how much it counts; fitted on sets of examples that each was
# kept from in turn.
_VECTOR_C: Final = 2.0
_TEXT_C: Final = 20.0
_VECTOR_WEIGHT: Final = 0.35
_WORDS_WEIGHT: Final = 0.55
_PIECES_WEIGHT: Final = 0.35
# Letters of a piece, and examples that must have it.
_PIECE_LETTERS: Final = (3, 4)
_PIECE_SEEN: Final = 3


class ReadText(Protocol):
    """A message as the encoder read it."""

    @property
    def text(self) -> str:
        """Its text, slips mended."""
        ...

    @property
    def vector(self) -> NDArray[np.float32]:
        """Its unit vector, float32 (dimension,)."""
        ...


class TextRegression:
    """A logistic regression over the features of a text, each weighed by how rare it is (tf-idf of length 1)."""

    def __init__(self, weights: Mapping[str, Sequence[float]], bias: float) -> None:
        """`weights` has the weight and the rarity of each feature."""
        self._weights = weights
        self._bias = bias

    def __call__(self, features: Iterable[str]) -> float:
        """The logit for a text with `features`."""
        weight = square = 0.0
        for feature in set(features):
            if found := self._weights.get(feature):
                weight += found[0] * found[1]
                square += found[1] ** 2
        return self._bias + (weight / math.sqrt(square) if square else 0.0)


class Likeness:
    """Tells how like an emergency a message is. Safe to use from several threads."""

    def __init__(
        self, vector: NDArray[np.float32], vector_bias: float, words: TextRegression, pieces: TextRegression
    ) -> None:
        self._vector = vector
        self._vector_bias = vector_bias
        self._words = words
        self._pieces = pieces

    def of(self, query: ReadText) -> float:
        """From 0 (like the examples of none) to 1 (like those of an emergency)."""
        by_vector = float(self._vector @ query.vector) + self._vector_bias
        words = _words(query.text)
        return _logistic(
            _VECTOR_WEIGHT * by_vector
            + _WORDS_WEIGHT * self._words(_phrases(words))
            + _PIECES_WEIGHT * self._pieces(_pieces(words))
        )


def read_examples(path: Path) -> list[tuple[bool, str]]:
    """The examples in a file of lines `label<TAB>text`, further columns left alone. Raises ConfigurationError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"DOCTORS_NOTE_RULES_DIR: {path} cannot be read ({error}); take the file from the release that is installed"
        ) from error
    examples = []
    for number, line in enumerate(lines, start=1):
        label, text, *_ = (*line.split("\t"), "")
        if label not in {"0", "1"} or not text.strip():
            raise ConfigurationError(
                f"DOCTORS_NOTE_RULES_DIR: {path}, line {number}: a label, 0 or 1, a tab and a text are expected"
            )
        examples.append((label == "1", text))
    if len({label for label, _ in examples}) < 2:
        raise ConfigurationError(f"DOCTORS_NOTE_RULES_DIR: {path} needs examples of both kinds, 1 and 0")
    return examples


def open_likeness(
    encoder: Encoder,
    path: Path,
    models_dir: Path,
    mended: Callable[[str], str],
    announce: Callable[[str], None],
) -> Likeness:
    """The likeness to the examples in the file `path`, kept in `models_dir`; `announce` is told if it is made.

    `mended` mends the slips of a text, as is done before a message is encoded. Raises ConfigurationError, OSError.
    """
    examples = read_examples(path)
    recipe: dict[str, str | int] = {
        "likeness": _SCHEME,
        "weights_sha256": encoder.weights_sha256,
        "precision": encoder.precision,
        "examples_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }

    def make(folder: Path) -> None:
        announce("Learning from the examples of emergencies (once)")
        made = learned(encoder, [(label, mended(text)) for label, text in examples])
        (folder / _FILE).write_text(json.dumps(made), encoding="utf-8")

    made = json.loads((made_files(models_dir, recipe, make, names=[_FILE]) / _FILE).read_bytes())
    words, pieces = (TextRegression(made[name], made[f"{name}_bias"]) for name in ("words", "pieces"))
    return Likeness(np.array(made["vector"], np.float32), made["vector_bias"], words, pieces)


def learned(encoder: Encoder, examples: Sequence[tuple[bool, str]]) -> dict[str, object]:
    """The weights of all regressions, fitted on `examples`."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  it takes long to import, and is needed once

    labels = [label for label, _ in examples]
    vectors = encoder.encode([text for _, text in examples])
    by_vector = LogisticRegression(C=_VECTOR_C, max_iter=3_000).fit(vectors, labels)
    words = [_words(text) for _, text in examples]
    by_words, words_bias = _fitted([set(_phrases(each)) for each in words], labels, at_least=1)
    by_pieces, pieces_bias = _fitted([set(_pieces(each)) for each in words], labels, at_least=_PIECE_SEEN)
    return {
        "vector": [round(float(weight), 6) for weight in by_vector.coef_[0]],
        "vector_bias": float(by_vector.intercept_[0]),
        "words": by_words,
        "words_bias": words_bias,
        "pieces": by_pieces,
        "pieces_bias": pieces_bias,
    }


def _fitted(
    texts: Sequence[set[str]], labels: Sequence[bool], *, at_least: int
) -> tuple[dict[str, list[float]], float]:
    """The weight and rarity of each feature that `at_least` so many of `texts` have, and the bias."""
    from scipy.sparse import csr_array  # noqa: PLC0415  as above
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    seen = Counter(feature for each in texts for feature in each)
    numbers = {feature: number for number, feature in enumerate(sorted(f for f in seen if seen[f] >= at_least))}
    rarity = {feature: math.log((1 + len(texts)) / (1 + seen[feature])) + 1 for feature in numbers}
    rows, columns, values = [], [], []
    for row, features in enumerate(texts):
        kept = sorted(feature for feature in features if feature in numbers)
        length = math.sqrt(sum(rarity[feature] ** 2 for feature in kept)) or 1.0
        rows += [row] * len(kept)
        columns += [numbers[feature] for feature in kept]
        values += [rarity[feature] / length for feature in kept]
    matrix = csr_array((values, (rows, columns)), shape=(len(texts), len(numbers)))
    fitted = LogisticRegression(C=_TEXT_C, max_iter=3_000).fit(matrix, labels)
    weights = fitted.coef_[0]
    table = {
        feature: [round(float(weights[number]), 4), round(rarity[feature], 4)] for feature, number in numbers.items()
    }
    return table, float(fitted.intercept_[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text).replace("'", ""))


def _phrases(words: Sequence[str]) -> Iterable[str]:
    """The words, and each two that follow each other."""
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


def _pieces(words: Sequence[str]) -> Iterable[str]:
    """Runs of letters within words, whose ends count as letters."""
    for word in words:
        bounded = f" {word} "
        for letters in _PIECE_LETTERS:
            for start in range(len(bounded) - letters + 1):
                yield bounded[start : start + letters]


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))

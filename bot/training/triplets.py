"""Triplets from every source, ready to train on."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.domain.errors import UnreadableFile, shown
from bot.evaluation import numbered_records
from bot.training.phrases import Topic, Triplet

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bot.training.phrases import Phrases

    Encode = Callable[[Sequence[str]], NDArray[np.float32]]

# A question this near to the right one may well have the same answer, so it is no wrong one.
_TOO_ALIKE: Final = 0.8
# The wrong answer is drawn from so many that are the nearest.
_NEAREST: Final = 5
# Longer messages cost more than they teach.
_MAX_CHARS: Final = 600
_WORD: Final = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question as it was asked, and one in a library whose answer answers it, or does not."""

    asked: str
    library_question: str
    entailed: bool


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file (JSON Lines; `asked`, `library_question`, `entailed`). Raises UnreadableFile."""
    for number, record in numbered_records(path):
        asked, found, entailed = (record.get(key) for key in ("asked", "library_question", "entailed"))
        if not (isinstance(asked, str) and isinstance(found, str) and isinstance(entailed, bool)):
            raise UnreadableFile(
                f"{path}, line {number}: {shown(record)}; expected asked and library_question (texts) and entailed "
                "(true or false)"
            )
        yield Pair(asked, found, entailed)


def from_phrases(phrases: Phrases, count: int, rng: random.Random) -> Iterator[Triplet]:
    """`count` triplets about topics of our own."""
    for _ in range(count):
        yield phrases.triplet(rng.choice(phrases.topics), rng)


def from_topics(phrases: Phrases, names: Sequence[str], rng: random.Random) -> Iterator[Triplet]:
    """A triplet about each of the conditions `names`; those that share an uncommon word are taken for each other."""
    sharing: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        for word in set(_WORD.findall(name.lower())):
            sharing[word].append(name)
    for name in names:
        words = sorted(set(_WORD.findall(name.lower())), key=lambda word: (len(sharing[word]), word))
        near = dict.fromkeys(other for word in words[:2] for other in sharing[word][:8] if other != name)
        yield phrases.triplet(Topic("condition", (name,), tuple(near)), rng)


def from_minimal_pairs(phrases: Phrases, encode: Encode, rng: random.Random) -> Iterator[Triplet]:
    """Two triplets for each of the phrases' pairs with the same answer, and with another."""
    pairs = [Pair(first, second, entailed=True) for first, second in phrases.same]
    pairs += [Pair(second, first, entailed=True) for first, second in phrases.same]
    for triplet in from_pairs(pairs, encode, rng):
        yield triplet._replace(anchor=phrases.as_typed(triplet.anchor, rng))
    for first, second in phrases.contrasts:
        yield Triplet(phrases.in_a_message(first, rng), first, second)
        yield Triplet(phrases.in_a_message(second, rng), second, first)


def from_pairs(pairs: Sequence[Pair], encode: Encode, rng: random.Random) -> Iterator[Triplet]:
    """A triplet for each pair whose answer does, with a wrong question of the same library that is near.

    Pairs of equal texts teach nothing and are left out.
    """
    library = sorted({pair.library_question for pair in pairs})
    place = {question: number for number, question in enumerate(library)}
    right: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.entailed:
            right[pair.asked].add(pair.library_question)
    wanted = [pair for pair in pairs if pair.entailed and _plain(pair.asked) != _plain(pair.library_question)]
    if not wanted:
        return
    questions, asked = encode(library), encode([pair.asked for pair in wanted])
    for pair, vector in zip(wanted, asked, strict=True):
        alike = questions @ questions[place[pair.library_question]]
        nearest = np.argsort(-(questions @ vector), kind="stable")[: 8 * _NEAREST].tolist()
        wrong = [n for n in nearest if library[n] not in right[pair.asked] and alike[n] < _TOO_ALIKE][:_NEAREST]
        if wrong:
            yield Triplet(pair.asked[:_MAX_CHARS], pair.library_question, library[rng.choice(wrong)])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())

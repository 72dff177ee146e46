"""Other ways to find an article, measured on the same questions as ours.

A baseline ranks a library's questions by one number and has no policy; add it to `BASELINES`. It is made of the
library and the packaged model. A variant is this program with other settings; add it to `VARIANTS`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from bot.config import PACKAGED_MODEL
from bot.metrics import Judged, metrics
from bot.predictions import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.article import Article
    from bot.evaluation import Task
    from embeddings.encoder import Encoder

_SLICE: Final = 256


class Baseline(Protocol):
    """Ranks a library's articles for questions."""

    def rank(self, texts: Sequence[str], depth: int) -> list[list[tuple[str, float]]]:
        """For each of `texts` up to `depth` articles as (id, evidence, higher is better), best first."""
        ...


class Bm25:
    """BM25 (Robertson and others 1995, in Lucene's form) of the articles' questions.

    English stop words are left out, the others stemmed (Porter 2).
    """

    def __init__(self, articles: Sequence[Article], _encoder: Encoder) -> None:
        # Imported here: only comparisons need them.
        import bm25s  # noqa: PLC0415
        from snowballstemmer import stemmer  # noqa: PLC0415

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # its import asks for every detail
        self._tokenize, self._stem = bm25s.tokenize, stemmer("english").stemWords
        self._ids = [article.id for article in articles]
        self._vocabulary: frozenset[str] = frozenset()
        tokens = self._tokens([article.question for article in articles])
        self._vocabulary = frozenset(token for each in tokens for token in each)
        self._index = bm25s.BM25()
        if self._vocabulary:
            self._index.index(tokens, show_progress=False)

    def rank(self, texts: Sequence[str], depth: int) -> list[list[tuple[str, float]]]:
        """See `Baseline`. An article without a word of the question is not found."""
        found: list[list[tuple[str, float]]] = []
        for tokens in self._tokens(texts):
            known = [token for token in tokens if token in self._vocabulary]
            if not known:
                found.append([])
                continue
            scores = self._index.get_scores(known)
            found.append([entry for entry in _best(self._ids, scores, depth) if entry[1] > 0])
        return found

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        tokens: list[list[str]] = self._tokenize(
            list(texts), stopwords="en", stemmer=self._stem, return_ids=False, show_progress=False
        )
        return tokens


class PlainCosine:
    """The packaged model's cosine of the whole message to the articles' questions, and nothing else."""

    def __init__(self, articles: Sequence[Article], encoder: Encoder) -> None:
        self._encoder = encoder
        self._ids = [article.id for article in articles]
        self._vectors = self._encoder.encode([article.question for article in articles])

    def rank(self, texts: Sequence[str], depth: int) -> list[list[tuple[str, float]]]:
        """See `Baseline`."""
        found = []
        for start in range(0, len(texts), _SLICE):
            similarities = self._encoder.encode(texts[start : start + _SLICE]) @ self._vectors.T
            found += [_best(self._ids, row, depth) for row in similarities]
        return found


BASELINES: Final[Mapping[str, Callable[[Sequence[Article], Encoder], Baseline]]] = {
    "bm25": Bm25,
    "plain cosine": PlainCosine,
}
# What differs from the settings in use. "ours" is the program as it is set up.
VARIANTS: Final[Mapping[str, Mapping[str, object]]] = {
    "ours, untrained": {"embedding_model": PACKAGED_MODEL},
    "ours": {},
}


def measured(baseline: Baseline, task: Task, depth: int) -> dict[str, Any]:
    """The metrics of `baseline`; those of a policy or a probability are None, as it has neither."""
    ranking = baseline.rank([question.asked for question in task.questions], depth)
    return metrics(
        [
            Judged(
                is_answerable=bool(question.expected),
                place=place_of(question.expected, [article_id for article_id, _ in entries]),
                evidence=entries[0][1] if entries else float("-inf"),
            )
            for question, entries in zip(task.questions, ranking, strict=True)
        ]
    )


def _best(ids: Sequence[str], evidence: np.ndarray[Any, Any], depth: int) -> list[tuple[str, float]]:
    # Equal ones in the order of the library, whatever the machine.
    order = np.argsort(-evidence, kind="stable")[:depth]
    return [(ids[number], float(evidence[number])) for number in order]

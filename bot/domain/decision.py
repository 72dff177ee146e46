"""Answer, offer choices, or say that nothing fits: decided on a calibrated probability alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CHOICES: Final = 3
MAX_RIVALS: Final = 7
# About the similarity of two texts that have nothing to do with each other; it stands for rivals that are not there.
UNRELATED: Final = 0.1
# Similarities are rounded before anything is computed of them. Their last bits differ with the size of the batch that a
# question was encoded in; so rounded, two processes very seldom differ, and then by one in the last digit.
SIMILARITY_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Span:
    """Where in an article a match lies: `field`, and `start` to `end` in characters of that field's text."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may answer a question.

    `question_similarity` is the cosine (-1 to 1) to the closest of its question and phrasings;
    `passage_similarity` that to the closest of its short answer and passages, None if it has neither.
    `matched` is where the closer of the two lies.
    """

    article_id: str
    revision: int
    question_similarity: float
    passage_similarity: float | None
    matched: Span


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells how likely a candidate is to answer.

    `similarity` is how near it is to the question, see `combined`; `rivals` the mean of that over up to `MAX_RIVALS`
    others, the best ones: where much is near, as in a library of many articles on one thing, near means less. `words`
    is the natural logarithm of one more than the message's number of words: a long one is never as near as a short one.
    """

    similarity: float
    rivals: float
    words: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How likely a candidate is to answer, and what follows from it.

    The probability is the logistic function of `intercept` and the weighted `Signals` (Platt 1999, of more than one
    number). `answer_at` and `choose_at` are the probabilities from which an article is quoted, or offered as a choice.
    """

    version: str
    intercept: float
    similarity: float
    rivals: float
    words: float
    agreement_weight: float
    agreement_from: float
    answer_at: float
    choose_at: float

    def evidence(self, candidate: Candidate) -> float:
        """The one number by which candidates are ranked (higher is better), see `combined`."""
        return combined(
            candidate.question_similarity, candidate.passage_similarity, self.agreement_weight, self.agreement_from
        )

    def probability(self, signals: Signals) -> float:
        """The calibrated probability (0 to 1) that a candidate with `signals` answers the question."""
        return logistic(
            self.intercept
            + self.similarity * signals.similarity
            + self.rivals * signals.rivals
            + self.words * signals.words
        )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its calibrated probability."""

    candidate: Candidate
    probability: float


@dataclass(frozen=True, slots=True)
class KeptCandidate:
    """A candidate as it is kept: what it was found by, and the probability that follows; see `Candidate` for the rest.

    Turns of earlier versions have the id and the probability alone.
    """

    article_id: str
    probability: float
    revision: int | None = None
    question_similarity: float | None = None
    passage_similarity: float | None = None
    matched: Span | None = None

    @classmethod
    def of(cls, entry: Ranked) -> KeptCandidate:
        """What is kept of `entry`, with the digits that were computed with."""
        found = entry.candidate
        by_passage = found.passage_similarity
        return cls(
            found.article_id,
            entry.probability,
            found.revision,
            round(found.question_similarity, SIMILARITY_DIGITS),
            None if by_passage is None else round(by_passage, SIMILARITY_DIGITS),
            found.matched,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say: quote `answer`; or, without one, offer `choices`; or, without any, say that nothing fits.

    Beside an answer, `choices` are other articles on the very same question; else each is on a question of its own.

    `probability` is that of the best candidate, None where there was none.
    """

    answer: Ranked | None
    choices: tuple[Ranked, ...]
    probability: float | None


def combined(by_question: float, by_passage: float | None, agreement_weight: float, agreement_from: float) -> float:
    """One number for the two similarities of a candidate.

    It is the closer of the two; where question and text agree, the farther one adds to it, with `agreement_weight`,
    what it has above `agreement_from`, or takes away what it lacks.

    >>> combined(0.7, None, 0.5, 0.4), combined(0.7, 0.6, 0.5, 0.4)
    (0.7, 0.8)
    """
    by_question = round(by_question, SIMILARITY_DIGITS)
    if by_passage is None:
        return by_question
    farther, closer = sorted((by_question, round(by_passage, SIMILARITY_DIGITS)))
    return round(closer + agreement_weight * (farther - agreement_from), 2 * SIMILARITY_DIGITS)


def logistic(logit: float) -> float:
    """The logistic function, safe from overflow, to 4 digits.

    >>> logistic(0.0), logistic(-1e6)
    (0.5, 0.0)
    """
    odds = math.exp(-abs(logit))
    return round((1 if logit >= 0 else odds) / (1 + odds), 4)


def signals_of(
    candidates: Sequence[Candidate], text: str, agreement_weight: float, agreement_from: float
) -> list[tuple[Candidate, Signals]]:
    """`candidates` for the question `text`, best first, with their signals.

    Equal ones are ordered by id, so that every process ranks alike.
    """
    nearness = [
        (combined(each.question_similarity, each.passage_similarity, agreement_weight, agreement_from), each)
        for each in candidates
    ]
    nearness.sort(key=lambda entry: (-entry[0], entry[1].article_id))
    words = round(math.log1p(len(text.split())), SIMILARITY_DIGITS)
    return [
        (
            candidate,
            Signals(
                similarity=similarity,
                rivals=_mean([other for other, rival in nearness if not same_question(rival, candidate)][:MAX_RIVALS]),
                words=words,
            ),
        )
        for similarity, candidate in nearness
    ]


def same_question(one: Candidate, other: Candidate) -> bool:
    """Whether the two articles are found by the very same question, as two on one thing from two sources are."""
    return round(one.question_similarity, SIMILARITY_DIGITS) == round(other.question_similarity, SIMILARITY_DIGITS)


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2 * SIMILARITY_DIGITS) if values else UNRELATED


def ranked(candidates: Sequence[Candidate], calibration: Calibration, text: str) -> list[Ranked]:
    """`candidates` for the question `text`, best first."""
    return [
        Ranked(candidate, calibration.probability(signals))
        for candidate, signals in signals_of(candidates, text, calibration.agreement_weight, calibration.agreement_from)
    ]


def decide(ranking: Sequence[Ranked], calibration: Calibration) -> Decision:
    """The decision on a ranking (best first)."""
    if not ranking:
        return Decision(answer=None, choices=(), probability=None)
    best = ranking[0]
    if best.probability >= calibration.answer_at:
        others = [entry for entry in ranking[1:] if same_question(entry.candidate, best.candidate)]
        return Decision(answer=best, choices=tuple(others[:MAX_CHOICES]), probability=best.probability)
    near: list[Ranked] = []
    for entry in ranking:
        is_new = not any(same_question(entry.candidate, other.candidate) for other in near)
        if entry.probability >= calibration.choose_at and is_new:
            near.append(entry)
    return Decision(answer=None, choices=tuple(near[:MAX_CHOICES]), probability=best.probability)

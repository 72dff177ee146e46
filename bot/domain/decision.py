"""Answer, offer choices, or say that nothing fits: decided on a calibrated probability alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CHOICES: Final = 3
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
class Calibration:
    """How likely a candidate is to answer, and what follows from it.

    Platt's method (Platt 1999): probability = 1 / (1 + exp(-(intercept + slope * evidence))), see `evidence`.
    `answer_at` and `choose_at` are the probabilities from which an article is quoted, or offered as a choice.
    """

    version: str
    intercept: float
    slope: float
    agreement_weight: float
    agreement_from: float
    answer_at: float
    choose_at: float

    def evidence(self, candidate: Candidate) -> float:
        """The one number by which candidates are ranked (higher is better).

        It is the closer of the two similarities; where question and text agree, the farther one adds to it, with
        `agreement_weight`, what it has above `agreement_from`, or takes away what it lacks.
        """
        return combined(
            candidate.question_similarity, candidate.passage_similarity, self.agreement_weight, self.agreement_from
        )

    def probability(self, candidate: Candidate) -> float:
        """The calibrated probability (0 to 1) that `candidate` answers the question."""
        return probability_at(self.evidence(candidate), self.intercept, self.slope)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its calibrated probability."""

    candidate: Candidate
    probability: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say: quote `answer`; or, without one, offer `choices`; or, without any, say that nothing fits.

    `probability` is that of the best candidate, None where there was none.
    """

    answer: Ranked | None
    choices: tuple[Ranked, ...]
    probability: float | None


def combined(by_question: float, by_passage: float | None, agreement_weight: float, agreement_from: float) -> float:
    """One number for the two similarities of a candidate; see `Calibration.evidence`.

    >>> combined(0.7, None, 0.5, 0.4), combined(0.7, 0.6, 0.5, 0.4)
    (0.7, 0.8)
    """
    by_question = round(by_question, SIMILARITY_DIGITS)
    if by_passage is None:
        return by_question
    farther, closer = sorted((by_question, round(by_passage, SIMILARITY_DIGITS)))
    return round(closer + agreement_weight * (farther - agreement_from), 2 * SIMILARITY_DIGITS)


def probability_at(evidence: float, intercept: float, slope: float) -> float:
    """The logistic function of `intercept + slope * evidence`, safe from overflow, to 4 digits.

    >>> probability_at(0.5, -50.0, 100.0), probability_at(-1.0, 0.0, 1e6)
    (0.5, 0.0)
    """
    logit = intercept + slope * evidence
    odds = math.exp(-abs(logit))
    return round((1 if logit >= 0 else odds) / (1 + odds), 4)


def ranked(candidates: Sequence[Candidate], calibration: Calibration) -> list[Ranked]:
    """`candidates`, best first; equal ones by id, so that every process ranks alike."""
    order = sorted(candidates, key=lambda candidate: (-calibration.evidence(candidate), candidate.article_id))
    return [Ranked(candidate, calibration.probability(candidate)) for candidate in order]


def decide(ranking: Sequence[Ranked], calibration: Calibration) -> Decision:
    """The decision on a ranking (best first)."""
    if not ranking:
        return Decision(answer=None, choices=(), probability=None)
    best = ranking[0]
    if best.probability >= calibration.answer_at:
        return Decision(answer=best, choices=(), probability=best.probability)
    near = tuple(entry for entry in ranking[:MAX_CHOICES] if entry.probability >= calibration.choose_at)
    return Decision(answer=None, choices=near, probability=best.probability)

"""Fit a calibration: how likely an article answers a question, given how similar the two are.

A task is a library with questions, some of which it answers. Each question is asked of the task's library along the
path of a patient's; one that has an answer there is asked a second time as if that answer were missing, which
makes a question that nothing answers. The logistic curve is fitted to all of these, and measured by cross-validation
that keeps all questions about an article on one side.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.domain.decision import Calibration, combined, probability_at
from bot.domain.errors import UnreadableFile
from bot.metrics import expected_calibration_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from bot.domain.decision import Candidate
    from bot.evaluation import AskedQuestion

DEPTH: Final = 8
_FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of a library: its best candidate's two similarities, and whether that one answers.

    `is_answerable` tells whether anything in the library does. `group` is the library article that it is about.
    """

    group: str
    by_question: float
    by_passage: float | None
    is_answerable: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What a calibration does on examples. Shares are of the answerable, `false_answers` of the unanswerable."""

    questions: int
    answerable: int
    recall_at_1: float
    answered_right: float
    answered_wrong: float
    false_answers: float
    false_choices: float
    ece: float


def examples_of(
    questions: Iterable[AskedQuestion],
    find: Callable[[str, int], Sequence[Candidate]],
    *,
    agreement_weight: float,
    agreement_from: float,
) -> list[Example]:
    """The examples that `questions` make; `find` gives up to so many candidates for a text."""

    def evidence(candidate: Candidate) -> tuple[float, str]:
        similarities = candidate.question_similarity, candidate.passage_similarity
        return -combined(*similarities, agreement_weight, agreement_from), candidate.article_id

    examples = []
    for question in questions:
        found = sorted(find(question.asked, DEPTH), key=evidence)
        others = [candidate for candidate in found if candidate.article_id not in question.expected]
        if found:
            examples.append(_example(question, found[0], is_answerable=bool(question.expected)))
        if question.expected and others:
            examples.append(_example(question, others[0], is_answerable=False))
    return examples


def fit(
    examples: Sequence[Example],
    *,
    agreement_weight: float,
    agreement_from: float,
    false_answers: float,
    false_choices: float,
) -> Calibration:
    """The calibration of `examples`, with the thresholds that keep two wishes on them.

    At most the share `false_answers` of the unanswerable is answered, and at most `false_choices` is answered or
    offered choices. Raises UnreadableFile where there are too few examples of either kind.
    """
    # Imported here: it takes a second, for which no other command should wait.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    right = np.array([example.is_right for example in examples], dtype=np.bool_)
    if min(right.sum(), (~right).sum()) < _FOLDS:
        raise UnreadableFile(
            f"the questions give {int(right.sum())} right and {int((~right).sum())} wrong examples; "
            f"at least {_FOLDS} of each are needed to fit a probability"
        )
    evidence = np.array(
        [combined(example.by_question, example.by_passage, agreement_weight, agreement_from) for example in examples]
    )
    # Nearly no regularisation: two numbers are fitted to thousands of examples.
    model = LogisticRegression(C=1_000.0).fit(evidence[:, None], right)
    slope, intercept = round(float(model.coef_[0, 0]), 4), round(float(model.intercept_[0]), 4)
    unanswerable = [
        probability_at(value, intercept, slope)
        for value, example in zip(evidence.tolist(), examples, strict=True)
        if not example.is_answerable
    ]
    made_of = f"{intercept}/{slope}/{agreement_weight}/{agreement_from}/{false_answers}/{false_choices}/{len(examples)}"
    return Calibration(
        version=hashlib.sha256(made_of.encode()).hexdigest()[:12],
        intercept=intercept,
        slope=slope,
        agreement_weight=agreement_weight,
        agreement_from=agreement_from,
        answer_at=threshold(unanswerable, false_answers),
        choose_at=threshold(unanswerable, false_choices),
    )


def threshold(unanswerable: Sequence[float], share: float) -> float:
    """The least probability (4 digits) that at most `share` of the `unanswerable` reach.

    >>> threshold([0.1, 0.2, 0.3, 0.4], 0.25)
    0.3001
    """
    allowed = math.floor(share * len(unanswerable))
    if allowed >= len(unanswerable):
        return 0.0
    return round(sorted(unanswerable, reverse=True)[allowed] + 0.0001, 4)


def cross_validated(examples: Sequence[Example], calibration: Calibration, wishes: tuple[float, float]) -> Figures:
    """What calibrations fitted as `calibration` was, on four fifths of the articles, do on the fifth left out."""
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415  as above

    groups = [example.group for example in examples]
    probabilities = np.zeros(len(examples))
    thresholds = np.zeros((len(examples), 2))
    for train, test in GroupKFold(_FOLDS).split(np.zeros(len(examples)), groups=groups):
        fold = fit(
            [examples[number] for number in train],
            agreement_weight=calibration.agreement_weight,
            agreement_from=calibration.agreement_from,
            false_answers=wishes[0],
            false_choices=wishes[1],
        )
        for number in test:
            probabilities[number] = _probability(examples[number], fold)
            thresholds[number] = fold.answer_at, fold.choose_at
    return _figures(examples, probabilities, thresholds)


def measured(examples: Sequence[Example], calibration: Calibration) -> Figures:
    """What `calibration` does on examples that it was not fitted to."""
    probabilities = np.array([_probability(example, calibration) for example in examples])
    thresholds = np.tile([calibration.answer_at, calibration.choose_at], (len(examples), 1))
    return _figures(examples, probabilities, thresholds)


def _figures(examples: Sequence[Example], probabilities: NDArray[Any], thresholds: NDArray[Any]) -> Figures:
    right = np.array([example.is_right for example in examples])
    answerable = np.array([example.is_answerable for example in examples])
    answered, offered = probabilities >= thresholds[:, 0], probabilities >= thresholds[:, 1]

    def share(of: NDArray[Any], among: NDArray[Any]) -> float:
        return round(float(of[among].mean()), 4) if among.any() else math.nan

    return Figures(
        questions=len(examples),
        answerable=int(answerable.sum()),
        recall_at_1=share(right, answerable),
        answered_right=share(answered & right, answerable),
        answered_wrong=share(answered & ~right, answerable),
        false_answers=share(answered, ~answerable),
        false_choices=share(offered, ~answerable),
        ece=round(expected_calibration_error(probabilities, right), 4),
    )


def _probability(example: Example, calibration: Calibration) -> float:
    evidence = combined(
        example.by_question, example.by_passage, calibration.agreement_weight, calibration.agreement_from
    )
    return probability_at(evidence, calibration.intercept, calibration.slope)


def _example(question: AskedQuestion, best: Candidate, *, is_answerable: bool) -> Example:
    return Example(
        group=min(question.expected, default=best.article_id),
        by_question=best.question_similarity,
        by_passage=best.passage_similarity,
        is_answerable=is_answerable,
        is_right=is_answerable and best.article_id in question.expected,
    )

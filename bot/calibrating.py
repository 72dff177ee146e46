"""Fit a calibration: how likely an article answers a question, given the signals of the two.

A task is a library with questions, some of which it answers. Each question is asked of the task's library along the
path of a patient's. Where a task has no question without an answer, each is asked a second time as if its article were
missing, which makes one. The logistic curve is fitted to all of these, and measured by cross-validation that keeps
all questions about an article on one side.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.domain.decision import Calibration, signals_of
from bot.domain.errors import UnreadableFile
from bot.metrics import expected_calibration_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bot.domain.decision import Candidate, Signals
    from bot.evaluation import AskedQuestion

# One more than a patient's question finds: with one article taken away, as many are left.
DEPTH: Final = 9
_FOLDS: Final = 5
_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Policy:
    """What is wished for, and how candidates are ranked; see `Calibration` for the latter.

    At most the share `false_answers` of unanswerable questions shall be answered, and at most `false_choices` be
    answered or offered choices.
    """

    false_answers: float
    false_choices: float
    agreement_weight: float
    agreement_from: float


@dataclass(frozen=True, slots=True)
class Example:
    """A question asked of a library: its best candidate's signals, and whether that one answers.

    `is_answerable` tells whether anything in the library does. `group` is the library article that it is about.
    """

    group: str
    signals: Signals
    is_answerable: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What a calibration does on examples. Shares are of the answerable, `false_answers` of the unanswerable.

    None where there are none to measure it on.
    """

    questions: int
    answerable: int
    recall_at_1: float | None
    answered_right: float | None
    answered_wrong: float | None
    false_answers: float | None
    false_choices: float | None
    ece: float


def examples_of(
    task: str, questions: Sequence[AskedQuestion], find: Callable[[str, int], Sequence[Candidate]], policy: Policy
) -> list[Example]:
    """The examples that `questions` make; `find` gives up to so many candidates for a text.

    `task` keeps the groups of two tasks apart.
    """
    hides = all(question.expected for question in questions)
    examples = []
    for question in questions:
        found = list(find(question.asked, DEPTH if hides else DEPTH - 1))
        others = [candidate for candidate in found if candidate.article_id not in question.expected]
        for candidates, is_answerable in ((found, bool(question.expected)), (others if hides else [], False)):
            ranking = signals_of(candidates, question.asked, policy.agreement_weight, policy.agreement_from)
            if ranking:
                best, signals = ranking[0]
                examples.append(
                    Example(
                        group=f"{task}/{min(question.expected, default=best.article_id)}",
                        signals=signals,
                        is_answerable=is_answerable,
                        is_right=is_answerable and best.article_id in question.expected,
                    )
                )
    return examples


def fit(examples: Sequence[Example], policy: Policy) -> Calibration:
    """The calibration of `examples`, with the thresholds that keep the wishes on them.

    Raises UnreadableFile where there are too few examples of either kind.
    """
    # Imported here: it takes a second, for which no other command should wait.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    right = np.array([example.is_right for example in examples], dtype=np.bool_)
    if min(right.sum(), (~right).sum()) < _FOLDS:
        raise UnreadableFile(
            f"the questions give {int(right.sum())} right and {int((~right).sum())} wrong examples; "
            f"at least {_FOLDS} of each are needed to fit a probability"
        )
    values = np.array([list(asdict(example.signals).values()) for example in examples])
    # Ridge regularisation of numbers of like spread.
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0)).fit(values, right)
    weights = model[-1].coef_[0] / model[0].scale_
    intercept = float(model[-1].intercept_[0] - weights @ model[0].mean_)
    intercept, similarity, rivals, words = (round(value, 4) for value in (intercept, *map(float, weights)))
    calibration = Calibration(
        version="",
        intercept=intercept,
        similarity=similarity,
        rivals=rivals,
        words=words,
        agreement_weight=policy.agreement_weight,
        agreement_from=policy.agreement_from,
        answer_at=1.0,
        choose_at=1.0,
    )
    unanswerable = [calibration.probability(each.signals) for each in examples if not each.is_answerable]
    values_made_of = (intercept, similarity, rivals, words, *asdict(policy).values(), len(examples))
    return replace(
        calibration,
        version=hashlib.sha256("/".join(map(str, values_made_of)).encode()).hexdigest()[:12],
        answer_at=threshold(unanswerable, policy.false_answers),
        choose_at=threshold(unanswerable, policy.false_choices),
    )


def threshold(unanswerable: Sequence[float], share: float) -> float:
    """The least probability (4 digits) that no more of the `unanswerable` reach than keep to `share`.

    It is the upper bound of the true share, 95 % sure (Clopper and Pearson 1934), that keeps to it: the fewer examples
    there are, the fewer of them may pass.

    >>> threshold([number / 100 for number in range(100)], 0.25), threshold([0.1, 0.2], 0.25)
    (0.8201, 0.2001)
    """
    from scipy.stats import beta  # noqa: PLC0415  as above

    count = len(unanswerable)
    if not count:
        raise UnreadableFile("the questions give no unanswerable examples to set a threshold by; add some, with null")
    passing = np.arange(count)
    allowed = int((beta.ppf(_CONFIDENCE, passing + 1, count - passing) <= share).sum()) - 1
    if share >= 1:
        return 0.0
    return round(sorted(unanswerable, reverse=True)[max(allowed, 0)] + 0.0001, 4)


def cross_validated(examples: Sequence[Example], policy: Policy) -> dict[str, Figures]:
    """What calibrations do that are fitted to four fifths of the articles, on the fifth left out.

    Of all examples, and by task.
    """
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415  as above

    groups = [example.group for example in examples]
    if (articles := len(set(groups))) < _FOLDS:
        raise UnreadableFile(f"the questions are about {articles} articles; at least {_FOLDS} are needed")
    probabilities = np.zeros(len(examples))
    thresholds = np.zeros((len(examples), 2))
    for train, test in GroupKFold(_FOLDS).split(np.zeros(len(examples)), groups=groups):
        fold = fit([examples[number] for number in train], policy)
        for number in test:
            probabilities[number] = fold.probability(examples[number].signals)
            thresholds[number] = fold.answer_at, fold.choose_at
    tasks = np.array([group.partition("/")[0] for group in groups])
    figures = {"all": _figures(examples, probabilities, thresholds)}
    for task in dict.fromkeys(tasks.tolist()):
        numbers = np.flatnonzero(tasks == task).tolist()
        figures[task] = _figures([examples[number] for number in numbers], probabilities[numbers], thresholds[numbers])
    return figures


def measured(examples: Sequence[Example], calibration: Calibration) -> Figures:
    """What `calibration` does on examples that it was not fitted to."""
    probabilities = np.array([calibration.probability(example.signals) for example in examples])
    thresholds = np.tile([calibration.answer_at, calibration.choose_at], (len(examples), 1))
    return _figures(examples, probabilities, thresholds)


def _figures(examples: Sequence[Example], probabilities: NDArray[Any], thresholds: NDArray[Any]) -> Figures:
    right = np.array([example.is_right for example in examples])
    answerable = np.array([example.is_answerable for example in examples])
    answered, offered = probabilities >= thresholds[:, 0], probabilities >= thresholds[:, 1]

    def share(of: NDArray[Any], among: NDArray[Any]) -> float | None:
        return round(float(of[among].mean()), 4) if among.any() else None

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

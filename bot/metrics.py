"""How good answers are: pure functions of what was found, held against what answers.

Nothing is NaN: a share of nothing is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FALSE_SHARES: Final = ("0.01", "0.05", "0.10")
_BINS: Final = 10
_CONFIDENCE: Final = 0.95
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found for a question, judged.

    `place` is that of the first article that answers, from 1; None where none was found, or none does. `evidence` is
    the number on which a threshold would be set (higher is better), -inf where nothing was found. `is_quoted` and
    `is_offered` say whether the policy quoted an article, and quoted one or offered choices; None without a policy, as
    is `probability`, the stated one that the best article answers, without a calibration or where nothing was found.
    """

    is_answerable: bool
    place: int | None
    evidence: float
    is_quoted: bool | None = None
    is_offered: bool | None = None
    probability: float | None = None

    @property
    def is_right(self) -> bool:
        """Whether the best article answers."""
        return self.place == 1


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like probability: how many, the mean probability stated, and the share that was right.

    `low` and `high` are the share's 95 % confidence interval (Clopper and Pearson 1934).
    """

    count: int
    stated: float
    right: float
    low: float
    high: float


def metrics(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures of the contract, and some more; None where there is nothing to take a share of.

    Those of the policy are None where any question was judged without one; so is `ece` without a calibration.
    """
    answerable = [each for each in judged if each.is_answerable]
    unanswerable = [each for each in judged if not each.is_answerable]
    has_policy = all(each.is_quoted is not None for each in judged)
    places = [each.place for each in answerable]
    quoted = [each for each in answerable if each.is_quoted]
    false_answers = sum(1 for each in unanswerable if each.is_quoted)
    right = [each.is_right for each in judged]

    def by_policy(count: int, among: Sequence[Judged]) -> float | None:
        return share(count, len(among)) if has_policy else None

    return {
        "n": len(judged),
        "n_answerable": len(answerable),
        "n_unanswerable": len(unanswerable),
        "recall_at_1": recall_at(1, places),
        "recall_at_3": recall_at(3, places),
        "mrr": mean_reciprocal_rank(places),
        "answered_right": by_policy(sum(1 for each in quoted if each.is_right), answerable),
        "answered_wrong": by_policy(sum(1 for each in quoted if not each.is_right), answerable),
        "false_answers": by_policy(false_answers, unanswerable),
        "false_answers_upper_95": upper_bound(false_answers, len(unanswerable)) if has_policy else None,
        "false_choices": by_policy(sum(1 for each in unanswerable if each.is_offered), unanswerable),
        "right_at_false": {
            at_most: right_at_false(
                [each.evidence for each in answerable],
                [each.is_right for each in answerable],
                [each.evidence for each in unanswerable],
                float(at_most),
            )
            for at_most in FALSE_SHARES
        },
        "ece": _rounded(expected_calibration_error(np.array(probabilities(judged)), np.array(right)))
        if judged and has_policy
        else None,
    }


def probabilities(judged: Sequence[Judged]) -> list[float]:
    """The stated probabilities; where nothing was found, nothing was held to answer: 0."""
    return [each.probability or 0.0 for each in judged]


def share(count: int, of: int) -> float | None:
    """`count` of `of` as a share, to 6 digits; None of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, None)
    """
    return round(count / of, _DIGITS) if of else None


def recall_at(count: int, places: Sequence[int | None]) -> float | None:
    """The share of questions that have an answer among their first `count` articles.

    >>> recall_at(3, [1, 3, 4, None])
    0.5
    """
    return share(sum(1 for place in places if place is not None and place <= count), len(places))


def mean_reciprocal_rank(places: Sequence[int | None]) -> float | None:
    """The mean of 1 / place of the first article that answers, 0 where none was found (Voorhees 1999).

    >>> mean_reciprocal_rank([1, 2, None])
    0.5
    """
    return _rounded(math.fsum(1 / place for place in places if place) / len(places)) if places else None


def upper_bound(count: int, of: int) -> float | None:
    """The one-sided 95 % upper confidence bound of a share (Clopper and Pearson 1934); None of nothing.

    >>> upper_bound(0, 59)  # the "rule of three": about 3 / n
    0.049508
    """
    # Imported here: it takes a second, for which no other command should wait.
    from scipy.stats import binomtest  # noqa: PLC0415

    if not of:
        return None
    return _rounded(float(binomtest(count, of, alternative="less").proportion_ci(_CONFIDENCE).high))


def right_at_false(
    answerable: Sequence[float], right: Sequence[bool], unanswerable: Sequence[float], at_most: float
) -> float | None:
    """The largest share of the answerable quoted the right article at any threshold that keeps false answers rare.

    `answerable` and `unanswerable` are the evidence for the best article of each such question, `right` whether it
    answers. A threshold quotes all that reach it, equal ones together, and may quote at most the share `at_most` of the
    unanswerable anything. Probabilities are stated to 4 digits, so many may be equal near 1: then none of them may be
    quoted where all of them would be too many. None where one of the two kinds is missing.

    >>> right_at_false([0.9, 0.8, 0.7], [True, True, True], [0.8, 0.1], 0.0), right_at_false([0.9], [True], [], 0.1)
    (0.333333, None)
    """
    if not answerable or not unanswerable:
        return None
    found = np.array(answerable)
    false = np.sort(np.array(unanswerable))
    thresholds = np.unique(np.concatenate([found, false]))
    thresholds = thresholds[np.isfinite(thresholds)]  # what found nothing is quoted at no threshold
    quoted_false = len(false) - np.searchsorted(false, thresholds, side="left")
    allowed = thresholds[quoted_false / len(false) <= at_most]
    if not len(allowed):
        return 0.0
    # The lower the threshold, the more is quoted, right and wrong: the lowest that is allowed quotes the most.
    return share(int((np.array(right) & (found >= allowed[0])).sum()), len(found))


def equal_mass(probabilities: NDArray[Any]) -> list[NDArray[Any]]:
    """The positions of `probabilities` in 10 bins of equal size, to within one, in rising order; no bin is empty.

    Equal ones on the border of two bins go to them in the order in which they stand.
    """
    return [part for part in np.array_split(np.argsort(probabilities, kind="stable"), _BINS) if len(part)]


def expected_calibration_error(probabilities: NDArray[Any], right: NDArray[Any]) -> float:
    """The mean gap between stated probability and share of right ones, over 10 bins of equal size (Naeini 2015).

    >>> expected_calibration_error(np.array([0.25, 0.25, 0.75, 0.75]), np.array([False, False, True, True]))
    0.25
    """
    gaps = [abs(probabilities[part].mean() - right[part].mean()) * len(part) for part in equal_mass(probabilities)]
    return float(sum(gaps) / len(probabilities))


def reliability(stated: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """10 bins of equal size, in the order of probability; fewer where there are fewer questions."""
    from scipy.stats import binomtest  # noqa: PLC0415  as above

    values, outcomes = np.array(stated), np.array(right)
    bins = []
    for part in equal_mass(values):
        interval = binomtest(int(outcomes[part].sum()), len(part)).proportion_ci(_CONFIDENCE)
        bins.append(
            Bin(
                count=len(part),
                stated=float(values[part].mean()),
                right=float(outcomes[part].mean()),
                low=float(interval.low),
                high=float(interval.high),
            )
        )
    return bins


def risk_coverage(stated: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """(share of all questions answered, share of those answered wrongly) at every threshold, the highest first.

    El-Yaniv and Wiener 2010. Equal probabilities are answered together.

    >>> risk_coverage([0.9, 0.5, 0.5, 0.1], [True, True, False, False])
    [(0.25, 0.0), (0.75, 0.3333333333333333), (1.0, 0.5)]
    """
    values, outcomes = np.array(stated), np.array(right, dtype=np.bool_)
    order = np.argsort(-values, kind="stable")
    wrong = np.cumsum(~outcomes[order])
    last_of_equals = np.flatnonzero(np.diff(values[order], append=-math.inf))
    return [(float((n + 1) / len(values)), float(wrong[n] / (n + 1))) for n in last_of_equals]


def _rounded(value: float) -> float:
    return round(value, _DIGITS)

"""Figures, held against what they are by definition."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from bot.metrics import (
    Judged,
    expected_calibration_error,
    mean_reciprocal_rank,
    metrics,
    recall_at,
    reliability,
    right_at_false,
    risk_coverage,
    upper_bound,
)

# Few distinct values, so that many are equal.
EVIDENCE = st.integers(0, 8).map(lambda number: number / 8) | st.just(-math.inf)
ANSWERABLE = st.lists(st.tuples(EVIDENCE, st.booleans()), min_size=1, max_size=30)
PREDICTED = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=1, max_size=60)


def judged(is_answerable: bool, place: int | None, probability: float, quoted: bool = False) -> Judged:
    return Judged(is_answerable, place, probability, quoted, quoted, probability)


@settings(deadline=None, max_examples=60)
@given(ANSWERABLE, st.lists(EVIDENCE, min_size=1, max_size=30), st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.5]))
def test_right_at_false_is_the_best_of_all_thresholds(
    answerable: list[tuple[float, bool]], unanswerable: list[float], at_most: float
) -> None:
    """No threshold, on an evidence, between two or above all, keeps the wish and quotes more right articles."""
    best = 0
    for threshold in (*np.arange(-0.5, 18) / 16, 2.0):
        if sum(value >= threshold for value in unanswerable) <= at_most * len(unanswerable) + 1e-9:
            best = max(best, sum(right and value >= threshold for value, right in answerable))
    values, right = zip(*answerable, strict=True)
    assert right_at_false(values, right, unanswerable, at_most) == round(best / len(answerable), 6)


def test_equal_probabilities_are_quoted_together() -> None:
    """Of 100 unanswerable two at 1.0 are too many for 1 %, so no answerable at 1.0 is quoted either."""
    unanswerable = [1.0, 1.0, *[0.1] * 98]
    assert right_at_false([1.0, 0.9], [True, True], unanswerable, 0.01) == 0.0
    assert right_at_false([1.0, 0.9], [True, True], unanswerable, 0.02) == 1.0
    assert right_at_false([1.0, 0.9], [True, True], [1.0, *[0.1] * 99], 0.01) == 1.0


@settings(deadline=None, max_examples=60)
@given(PREDICTED)
def test_calibration_error_is_the_weighted_gap_of_its_bins(predicted: list[tuple[float, bool]]) -> None:
    """Ten bins of equal size, to within one, in the order of probability; each question lies in one."""
    stated, right = zip(*predicted, strict=True)
    bins = reliability(stated, right)
    assert sum(each.count for each in bins) == len(predicted)
    assert len(bins) == min(10, len(predicted))
    assert max(each.count for each in bins) - min(each.count for each in bins) <= 1
    assert [each.stated for each in bins] == sorted(each.stated for each in bins)
    gap = sum(each.count * abs(each.stated - each.right) for each in bins) / len(predicted)
    assert expected_calibration_error(np.array(stated), np.array(right)) == pytest.approx(gap)
    assert all(each.low - 1e-9 <= each.right <= each.high + 1e-9 for each in bins)


def test_calibration_error_of_known_cases() -> None:
    """0 where what is stated holds in each bin, the gap where all is overstated alike."""
    stated = np.repeat(np.arange(10) / 10, 10)
    right = np.concatenate([np.arange(10) < count for count in range(10)])
    assert expected_calibration_error(stated, right) == pytest.approx(0)
    assert expected_calibration_error(np.full(50, 0.9), np.zeros(50, dtype=bool)) == pytest.approx(0.9)


@settings(deadline=None, max_examples=60)
@given(PREDICTED)
def test_risk_and_coverage_are_counts_at_each_threshold(predicted: list[tuple[float, bool]]) -> None:
    """Each point is what a threshold answers, and how much of that is wrong; the last answers everything."""
    stated, right = zip(*predicted, strict=True)
    expected = []
    for threshold in sorted(set(stated), reverse=True):
        answered = [is_right for value, is_right in predicted if value >= threshold]
        expected.append((len(answered) / len(predicted), answered.count(False) / len(answered)))
    assert np.array(risk_coverage(stated, right)) == pytest.approx(np.array(expected))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.none() | st.integers(1, 20), min_size=1))
def test_recall_grows_with_depth_and_bounds_the_reciprocal_rank(places: list[int | None]) -> None:
    """recall@1 <= recall@3, and recall@1 <= mrr <= share found."""
    found = recall_at(20, places)
    first, third, mrr = recall_at(1, places), recall_at(3, places), mean_reciprocal_rank(places)
    assert first is not None
    assert third is not None
    assert mrr is not None
    assert found is not None
    assert first <= third <= found
    assert first - 1e-6 <= mrr <= found + 1e-6


@pytest.mark.parametrize(("count", "of"), [(0, 235), (4, 235), (235, 235), (1, 1)])
def test_the_upper_bound_is_clopper_and_pearsons(count: int, of: int) -> None:
    """It is the 95 % quantile of Beta(count + 1, of - count)."""
    expected = 1.0 if count == of else float(beta.ppf(0.95, count + 1, of - count))
    assert upper_bound(count, of) == pytest.approx(expected, abs=1e-6)


def test_all_metrics_of_a_few_questions() -> None:
    """Counted by hand."""
    result = metrics(
        [
            judged(True, 1, 0.9, quoted=True),
            judged(True, 2, 0.8, quoted=True),
            judged(True, 4, 0.3),
            judged(True, None, 0.2),
            judged(False, None, 0.85, quoted=True),
            judged(False, None, 0.1),
        ]
    )
    assert {key: result[key] for key in ("n", "n_answerable", "n_unanswerable")} == {
        "n": 6,
        "n_answerable": 4,
        "n_unanswerable": 2,
    }
    assert (result["recall_at_1"], result["recall_at_3"], result["mrr"]) == (0.25, 0.5, 0.4375)
    assert (result["answered_right"], result["answered_wrong"], result["false_answers"]) == (0.25, 0.25, 0.5)
    assert result["right_at_false"] == {"0.01": 0.25, "0.05": 0.25, "0.10": 0.25}
    assert result["ece"] == pytest.approx((0.1 + 0.8 + 0.3 + 0.2 + 0.85 + 0.1) / 6, abs=1e-6)


JUDGED = st.builds(
    judged, st.booleans(), st.none() | st.integers(1, 12), st.integers(0, 10).map(lambda n: n / 10), st.booleans()
)


@settings(deadline=None, max_examples=60)
@given(st.lists(JUDGED, max_size=12))
def test_metrics_are_json_whatever_is_missing(questions: list[Judged]) -> None:
    """No NaN: a figure of nothing is null, and every key is there."""
    result: dict[str, Any] = json.loads(json.dumps(metrics(questions), allow_nan=False))
    answerable = sum(question.is_answerable for question in questions)
    for key in ("recall_at_1", "recall_at_3", "mrr", "answered_right", "answered_wrong"):
        assert (result[key] is None) == (answerable == 0)
    assert (result["false_answers"] is None) == (answerable == len(questions))
    both = 0 < answerable < len(questions)
    assert all((value is not None) == both for value in result["right_at_false"].values())
    assert (result["ece"] is None) == (not questions)


def test_without_a_policy_only_the_ranking_is_measured() -> None:
    """What has neither policy nor probability has thresholds on its evidence, and no figures of either."""
    result = metrics([Judged(True, 1, 7.5), Judged(False, None, 3.5)])
    assert result["recall_at_1"] == result["right_at_false"]["0.01"] == 1.0
    for key in ("answered_right", "answered_wrong", "false_answers", "false_answers_upper_95", "false_choices", "ece"):
        assert result[key] is None

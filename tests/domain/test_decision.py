"""From similarities to what is said."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import Calibration, Candidate, Ranked, Span, combined, decide, probability_at, ranked

CALIBRATION = Calibration(
    version="test", intercept=-5.0, slope=10.0, agreement_weight=0.5, agreement_from=0.4, answer_at=0.8, choose_at=0.3
)
COSINES = st.floats(-1, 1)


def candidate(article_id: str, by_question: float, by_passage: float | None = None) -> Candidate:
    return Candidate(article_id, 1, by_question, by_passage, Span("question", 0, 1))


def ranking(*probabilities: float) -> list[Ranked]:
    return [Ranked(candidate(f"a{place}", 0.5), probability) for place, probability in enumerate(probabilities)]


@pytest.mark.parametrize(
    ("probabilities", "answer", "choices"),
    [
        ((), None, []),
        ((0.8,), "a0", []),
        ((0.7999, 0.7), None, ["a0", "a1"]),
        ((0.9, 0.9), "a0", []),
        ((0.3,), None, ["a0"]),
        ((0.2999,), None, []),
        ((0.5, 0.4, 0.3, 0.3), None, ["a0", "a1", "a2"]),
        ((0.5, 0.1), None, ["a0"]),
    ],
)
def test_thresholds_are_inclusive(probabilities: tuple[float, ...], answer: str | None, choices: list[str]) -> None:
    """From `answer_at` on the best is quoted; else, from `choose_at` on, up to three are offered."""
    decision = decide(ranking(*probabilities), CALIBRATION)
    assert (decision.answer.candidate.article_id if decision.answer else None) == answer
    assert [choice.candidate.article_id for choice in decision.choices] == choices
    assert decision.probability == (probabilities[0] if probabilities else None)


def test_equal_candidates_are_ordered_by_id() -> None:
    """However the index returns them, equally similar articles are ranked alike."""
    candidates = [candidate("b", 0.7), candidate("a", 0.7), candidate("c", 0.9)]
    for order in (candidates, candidates[::-1]):
        assert [entry.candidate.article_id for entry in ranked(order, CALIBRATION)] == ["c", "a", "b"]


def test_the_last_bits_of_a_similarity_do_not_decide() -> None:
    """Two similarities that differ beyond the fourth digit, as between batch sizes, rank as equal."""
    order = ranked([candidate("b", 0.70000004), candidate("a", 0.7)], CALIBRATION)
    assert [entry.candidate.article_id for entry in order] == ["a", "b"]
    assert order[0].probability == order[1].probability


def test_agreement_adds_and_disagreement_takes_away() -> None:
    """The farther similarity counts for what it has above, or lacks below, the calibration's mark."""
    assert combined(0.7, 0.6, 0.5, 0.4) == pytest.approx(0.8)
    assert combined(0.7, 0.2, 0.5, 0.4) == pytest.approx(0.6)
    assert combined(0.7, None, 0.5, 0.4) == pytest.approx(0.7)


@given(COSINES, COSINES)
def test_question_and_passage_count_alike(one: float, other: float) -> None:
    """It is the closer and the farther that matter, not which of them is the question's."""
    assert combined(one, other, 0.5, 0.4) == combined(other, one, 0.5, 0.4)


@given(COSINES, COSINES, st.none() | COSINES)
def test_a_closer_question_never_lowers_the_rank(one: float, other: float, passage: float | None) -> None:
    """With the same passage, the article whose question is closer is not less probable."""
    low, high = sorted((one, other))
    assert CALIBRATION.probability(candidate("a", high, passage)) >= CALIBRATION.probability(
        candidate("a", low, passage)
    )


@given(st.floats(-1e300, 1e300), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_probability_is_one_whatever_the_numbers(evidence: float, intercept: float, slope: float) -> None:
    """No evidence, however extreme, overflows; the result is from 0 to 1 with 4 digits."""
    probability = probability_at(evidence, intercept, slope)
    assert 0 <= probability <= 1
    assert round(probability, 4) == probability


@pytest.mark.parametrize("logit", [-3.0, -0.5, 0.0, 0.5, 3.0])
def test_probability_is_platt_s(logit: float) -> None:
    """Near the middle it is the logistic function, on both sides of zero."""
    assert probability_at(logit, 0.0, 1.0) == pytest.approx(1 / (1 + math.exp(-logit)), abs=5e-5)


def test_rounding_does_not_answer_below_the_threshold() -> None:
    """The probability that is shown is the one that is compared: both have 4 digits."""
    entry = ranked([candidate("a", 0.6386)], CALIBRATION)[0]
    assert entry.probability == pytest.approx(0.8)
    assert decide([entry], CALIBRATION).answer is entry
    assert decide([entry], replace(CALIBRATION, answer_at=0.8001)).answer is None

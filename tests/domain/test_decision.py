"""From similarities to what is said."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import (
    UNRELATED,
    Calibration,
    Candidate,
    Ranked,
    Signals,
    Span,
    combined,
    decide,
    logistic,
    ranked,
    signals_of,
)

CALIBRATION = Calibration(
    version="test",
    intercept=-5.0,
    similarity=10.0,
    rivals=-2.0,
    words=0.5,
    agreement_weight=0.5,
    agreement_from=0.4,
    answer_at=0.8,
    choose_at=0.3,
)
COSINES = st.floats(-1, 1)


def candidate(article_id: str, by_question: float, by_passage: float | None = None) -> Candidate:
    return Candidate(article_id, 1, by_question, by_passage, Span("question", 0, 1))


def ranking(*probabilities: float) -> list[Ranked]:
    return [
        Ranked(candidate(f"a{place}", 0.5 - place / 100), probability)
        for place, probability in enumerate(probabilities)
    ]


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
        assert [entry.candidate.article_id for entry in ranked(order, CALIBRATION, "why")] == ["c", "a", "b"]


def test_the_last_bits_of_a_similarity_do_not_decide() -> None:
    """Two similarities that differ beyond the fourth digit, as between batch sizes, rank as equal."""
    order = ranked([candidate("b", 0.70000004), candidate("a", 0.7)], CALIBRATION, "why")
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
    """With the same passage, the article whose question is closer is not less probable, and not behind the other."""
    low, high = sorted((one, other))
    order = ranked([candidate("a", low, passage), candidate("b", high, passage)], CALIBRATION, "why")
    by_id = {entry.candidate.article_id: entry.probability for entry in order}
    assert by_id["b"] >= by_id["a"]


def signals(*similarities: float, text: str = "why") -> list[Signals]:
    candidates = [candidate(f"a{place}", similarity) for place, similarity in enumerate(similarities)]
    return [each for _, each in signals_of(candidates, text, 0.5, 0.4)]


def test_rivals_are_the_others() -> None:
    """Each candidate's rivals are the best seven others, itself left out."""
    assert [each.rivals for each in signals(0.9, 0.5, 0.1)] == pytest.approx([0.3, 0.5, 0.7])
    many = signals(0.9, *(0.8 - place / 100 for place in range(20)))
    assert many[0].rivals == pytest.approx(0.77)


def test_no_rivals_is_as_unrelated_ones() -> None:
    """The only article of a library has none near it, which is as if what is near had nothing to do with it."""
    assert signals(0.9)[0].rivals == UNRELATED


def test_an_article_on_the_same_question_is_no_rival() -> None:
    """Two articles with one question are both as probable as each would be alone."""
    assert signals(0.9, 0.9, 0.5) == [Signals(0.9, 0.5, signals(0.9)[0].words)] * 2 + signals(0.9, 0.9, 0.5)[2:]


def test_words_are_counted_on_a_logarithmic_scale() -> None:
    """A message of 20 words differs from one of 10 as one of 40 does from one of 20, about."""
    ten, twenty, forty = (signals(0.5, text="x " * count)[0].words for count in (10, 20, 40))
    assert forty - twenty == pytest.approx(twenty - ten, abs=0.05)
    assert twenty > ten


def test_articles_on_the_same_question_are_offered_beside_the_answer() -> None:
    """Where several articles have the question that was found, one is quoted and the others are offered."""
    order = ranked([candidate("b", 0.9), candidate("a", 0.9), candidate("c", 0.89)], CALIBRATION, "why")
    decision = decide(order, CALIBRATION)
    assert decision.answer is not None
    assert decision.answer.candidate.article_id == "a"
    assert [choice.candidate.article_id for choice in decision.choices] == ["b"]


def test_no_question_is_offered_twice() -> None:
    """Of several articles with one question, one stands among the choices."""
    order = ranked([candidate("b", 0.52), candidate("a", 0.52), candidate("c", 0.51)], CALIBRATION, "why")
    decision = decide(order, replace(CALIBRATION, answer_at=1.0, choose_at=0.0))
    assert decision.answer is None
    assert [choice.candidate.article_id for choice in decision.choices] == ["a", "c"]


@given(st.floats(-1e300, 1e300))
def test_a_probability_is_one_whatever_the_number(logit: float) -> None:
    """No evidence, however extreme, overflows; the result is from 0 to 1 with 4 digits."""
    probability = logistic(logit)
    assert 0 <= probability <= 1
    assert round(probability, 4) == probability


@pytest.mark.parametrize("logit", [-3.0, -0.5, 0.0, 0.5, 3.0])
def test_probability_is_platt_s(logit: float) -> None:
    """Near the middle it is the logistic function, on both sides of zero."""
    assert logistic(logit) == pytest.approx(1 / (1 + math.exp(-logit)), abs=5e-5)


def test_rounding_does_not_answer_below_the_threshold() -> None:
    """The probability that is shown is the one that is compared: both have 4 digits."""
    entry = ranked([candidate("a", 0.6238)], CALIBRATION, "why")[0]
    assert decide([entry], replace(CALIBRATION, answer_at=entry.probability)).answer is entry
    assert decide([entry], replace(CALIBRATION, answer_at=round(entry.probability + 1e-4, 4))).answer is None

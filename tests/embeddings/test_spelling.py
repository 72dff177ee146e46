"""Slips of the finger are mended before a question is encoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.spelling import Speller


@pytest.fixture(scope="module")
def english() -> Speller:
    """English alone."""
    return Speller()


@pytest.fixture(scope="module")
def speller(english: Speller) -> Speller:
    """English, and a small library's words."""
    return english.of(["Is hydrocortisone safe?", "How do I stop hiccups?", "hiccups that do not stop"])


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("what is a normal temprature", "what is a normal temperature"),  # left out
        ("is hydrocortisonne safe", "is hydrocortisone safe"),  # added, and known to the library alone
        ("is hydrocortixone safe", "is hydrocortisone safe"),  # changed
        ("what helps with haedache", "what helps with headache"),  # swapped
        ("CRONIC COUGH", "chronic COUGH"),
        ("my stomack hurts!", "my stomach hurts!"),
    ],
)
def test_a_slip_is_mended(speller: Speller, typed: str, mended: str) -> None:
    """One letter left out, added, changed, or two swapped; case and marks around it stay."""
    assert speller.mended(typed) == mended


@pytest.mark.parametrize(
    "text",
    [
        "does an infected router hurt",  # right words that are near to others
        "is Lyrica like Zantac",  # names
        "wat helps",  # too short to tell
        "ist das ansteckend oder gefährlich",
        "czy to jest grypa i jak dlugo trwa",
        "头痛怎么办",
        "does hydroxyzine help",  # known to nobody, and near to nothing
        "",
        "?!",
    ],
)
def test_the_rest_is_left_alone(speller: Speller, text: str) -> None:
    """Right words, names, short words and other languages."""
    assert speller.mended(text) == text


def test_the_first_letter_is_not_a_slip(speller: Speller) -> None:
    """It seldom is, and words that differ there are mostly others."""
    assert speller.mended("a bit of nause") == "a bit of nausea"


def test_the_library_s_words_come_first(english: Speller) -> None:
    """What could be two words is the one that the library has."""
    assert english.of(["Is a rash serious?", "stings"]).mended("two stinbs there") == "two stings there"


def test_many_slips_of_one_language_are_not_another_language(speller: Speller) -> None:
    """A message of slips alone is mended, if most of it can be."""
    assert speller.mended("temprature haedache stomack") == "temperature headache stomach"


@given(st.text(max_size=200))
def test_any_text_at_all(text: str) -> None:
    """Whatever is typed, it is mended or left; mending twice changes no more than once."""
    speller = Speller(dictionary=DICTIONARY)
    once = speller.mended(text)
    assert speller.mended(once) == once


DICTIONARY = Speller()._dictionary

"""What may be said of a reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidFeedback, InvalidMessage
from bot.domain.feedback import MAX_COMMENT_CHARS, FeedbackReason, GivenFeedback

SESSION = "session-0123456789"


def test_the_longest_comment_is_taken_and_one_more_is_not() -> None:
    """The limit is 1,000 characters, counted as characters."""
    assert len(GivenFeedback(SESSION, "t", helpful=False, comment="\u00e9" * 1_000).text) == MAX_COMMENT_CHARS == 1_000
    with pytest.raises(InvalidFeedback, match="1,001 characters are too many; at most 1,000 are taken"):
        GivenFeedback(SESSION, "t", helpful=False, comment="a" * 1_001)


@pytest.mark.parametrize("reason", ["", *FeedbackReason])
def test_reasons_that_are_taken(reason: str) -> None:
    """One of the list, or none."""
    assert GivenFeedback(SESSION, "t", helpful=False, reason=reason).reason == reason


@pytest.mark.parametrize("reason", ["boring", "TOO-LONG", " other", "wrong-question, other"])
def test_another_reason_is_told_the_list(reason: str) -> None:
    """Whoever sends an unknown reason learns which there are."""
    every = "wrong-question, hard-to-understand, too-long, not-enough, out-of-date, other"
    with pytest.raises(InvalidFeedback, match=f"^reason: '{reason}' is not one of {every}"):
        GivenFeedback(SESSION, "t", helpful=False, reason=reason)


def test_the_session_has_the_form_of_one() -> None:
    """What no reply ever names is refused before the store is asked."""
    with pytest.raises(InvalidMessage, match="session_id: 'short' is not 16 to 64 of the characters"):
        GivenFeedback("short", "t", helpful=True)


@given(st.text(max_size=100))
def test_a_comment_can_be_stored(comment: str) -> None:
    """Whatever was typed, its words are UTF-8 without control characters."""
    text = GivenFeedback(SESSION, "t", helpful=True, comment=comment).text
    assert "\x00" not in text.encode().decode()
    assert text == text.strip()

"""What a patient may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidMessage
from bot.domain.message import MAX_MESSAGE_CHARS, Inbound


def test_longest_message_is_taken_and_one_more_is_not() -> None:
    """The limit is 2,000 characters, counted as characters and not as bytes."""
    assert len(Inbound("\u00e9" * 2_000).text) == MAX_MESSAGE_CHARS == 2_000
    with pytest.raises(InvalidMessage, match=r"2,001 characters are too many; at most 2,000 are taken"):
        Inbound("a" * 2_001)


@pytest.mark.parametrize("message", ["", " ", "\n\t", "\u00a0\u2003", " " * 2_000])
def test_empty_message_is_refused(message: str) -> None:
    """White space of any kind is no question."""
    with pytest.raises(InvalidMessage, match="message: it is empty"):
        Inbound(message)


@pytest.mark.parametrize("message", ["\U0001f912", "\U0001f912 \u2764\ufe0f", "???", "\x00\x01", "\u200b", "\ud83d"])
def test_message_without_a_word_is_refused(message: str) -> None:
    """Emoji, punctuation and control characters alone cannot be matched to an article, so they are not tried."""
    with pytest.raises(InvalidMessage, match="message: there is no word in it"):
        Inbound(message)


@pytest.mark.parametrize("message", ["fever?", "\u9ad8\u70e7", "39.5", "\u00e9", "\u0434\u0430"])
def test_a_word_in_any_script_is_taken(message: str) -> None:
    """A word need not be English, nor a word of letters."""
    assert Inbound(message).text == message


def test_control_characters_count_as_spaces() -> None:
    """What cannot be seen parts words, and is never handed on."""
    assert Inbound("\x00cold\x07or\x1bflu\ud800?\x9f").text == "cold or flu ?"


def test_line_ends_are_kept() -> None:
    """A message of several lines stays one."""
    assert Inbound(" I have a cold.\nHow long? ").text == "I have a cold.\nHow long?"


@given(st.text(max_size=50))
def test_what_is_handed_on_can_be_encoded(message: str) -> None:
    """Whatever comes in, the words to match are UTF-8, and no longer than what came in."""
    try:
        inbound = Inbound(f"a{message}")
    except InvalidMessage:
        return
    assert len(inbound.text.encode("utf-8").decode("utf-8")) <= len(message) + 1


@pytest.mark.parametrize("session_id", ["a" * 16, "A-z_0123456789abc", "9" * 64])
def test_session_id_forms_that_are_taken(session_id: str) -> None:
    """A session id has 16 to 64 letters, digits, hyphens and underscores."""
    assert Inbound("hello", session_id=session_id).session_id == session_id


@pytest.mark.parametrize(
    "session_id", ["", "a" * 15, "a" * 65, "a" * 16 + "\n", "a b" * 8, "\u00e9" * 16, "../" * 8, "\u0661" * 16]
)
def test_session_id_forms_that_are_refused(session_id: str) -> None:
    """Any other session id is refused with what it should be and how to do without."""
    with pytest.raises(InvalidMessage, match=r"session_id: .* is not 16 to 64 of .* Leave it out"):
        Inbound("hello", session_id=session_id)


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hans-CN"])
def test_language_tags_that_are_taken(language: str) -> None:
    """Language is a BCP 47 tag."""
    assert Inbound("hello", language=language).language == language


@pytest.mark.parametrize("language", ["", "e", "en_US", "en-", "english please", "en\n"])
def test_language_tags_that_are_refused(language: str) -> None:
    """What is not a tag is refused with an example of one."""
    with pytest.raises(InvalidMessage, match=r"language: .* such as en or pt-BR"):
        Inbound("hello", language=language)

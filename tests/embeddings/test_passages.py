"""Passages cover a text, in order, and none is too long."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import MAX_CHARS, passages

# Half of the texts are of anything; half are of what the cutting looks at, so that its rules meet.
TEXTS = st.text(max_size=300) | st.text(alphabet="ab.!?\"')] \n\t\u2003\u3002\uff01\u201d\u300dé", max_size=300)
LIMITS = st.integers(1, 40)


@given(TEXTS, LIMITS)
def test_spans(text: str, max_chars: int) -> None:
    """Spans come in order, do not overlap, are not empty and are at most `max_chars` long."""
    spans = passages(text, max_chars)
    assert all(0 < end - start <= max_chars for start, end in spans)
    assert all(end <= next_start for (_, end), (next_start, _) in pairwise(spans))
    assert all(start >= 0 and end <= len(text) for start, end in spans)


@given(TEXTS, LIMITS)
def test_every_character_but_white_space_lies_in_a_passage(text: str, max_chars: int) -> None:
    """What is left when the passages are taken out is white space only."""
    left = list(text)
    for start, end in passages(text, max_chars):
        left[start:end] = " " * (end - start)
    assert not "".join(left).strip()


@given(TEXTS, LIMITS)
def test_no_white_space_at_the_ends(text: str, max_chars: int) -> None:
    """No passage begins or ends with white space."""
    found = [text[start:end] for start, end in passages(text, max_chars)]
    assert found == [passage.strip() for passage in found]


@given(TEXTS, LIMITS)
def test_neighbours_would_not_fit_in_one(text: str, max_chars: int) -> None:
    """Two neighbours together are longer than a passage may be: there are no more passages than needed by that rule."""
    spans = passages(text, max_chars)
    assert all(end - start > max_chars for (start, _), (_, end) in pairwise(spans))


@given(TEXTS, LIMITS)
def test_words_stay_whole(text: str, max_chars: int) -> None:
    """A word that fits in a passage is not cut, save after an ideographic or full-width stop."""
    spans = passages(text, max_chars)
    for word in re.finditer(r"\S+", text):
        if word.end() - word.start() <= max_chars and not re.search("[\u3002\uff01\uff1f]", word[0]):
            assert any(start <= word.start() and word.end() <= end for start, end in spans)


@given(st.text(alphabet="ab c", min_size=1, max_size=60))
def test_short_text(text: str) -> None:
    """A text that fits is one passage, all of it but the white space around it; white space alone is none."""
    found = [text[start:end] for start, end in passages(text, 60)]
    assert found == ([text.strip()] if text.strip() else [])


def test_default_limit() -> None:
    """Without a limit of one's own it is MAX_CHARS."""
    assert [end - start for start, end in passages("x" * (2 * MAX_CHARS + 1))] == [MAX_CHARS, MAX_CHARS, 1]


def test_giant_word() -> None:
    """A word of a million characters is cut into equal pieces, however small the limit."""
    assert passages("x" * 1_000_000, 10) == [(start, start + 10) for start in range(0, 1_000_000, 10)]


@pytest.mark.parametrize("stop", ['."', ".”", "!)", "?'", ".)]", "。", "。」", "\uff01"])
def test_a_sentence_keeps_what_closes_it(stop: str) -> None:
    """Where a text is cut between sentences, closing quotes and brackets stay with the sentence that they close."""
    text = f"He said stop{stop} Then he went"
    assert [text[start:end] for start, end in passages(text, 16)] == [f"He said stop{stop}", "Then he went"]


def test_ideographic_stop_needs_no_space() -> None:
    """Chinese is cut after a sentence though no white space follows."""
    text = "头痛会消失。多喝水。"
    assert [text[start:end] for start, end in passages(text, 7)] == ["头痛会消失。", "多喝水。"]


def test_paragraphs_before_sentences() -> None:
    """A text is cut between paragraphs where it can be, rather than at the last sentence end that fits."""
    text = "One. Two.\n \nThree. Four."
    assert [text[start:end] for start, end in passages(text, 18)] == ["One. Two.", "Three. Four."]


@pytest.mark.parametrize("max_chars", [0, -1])
def test_impossible_limit(max_chars: int) -> None:
    """A limit below 1 is refused by name and value."""
    with pytest.raises(ValueError, match=rf"max_chars is {max_chars};"):
        passages("text", max_chars)

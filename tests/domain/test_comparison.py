"""What differs between two texts, word by word."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.article import Article
from bot.domain.comparison import Change, article_changes, compared
from bot.domain.references import Reference

WORDS = st.lists(st.sampled_from(["one", "two", "three", " ", "  ", "\n", ",", "café", "كلمة", "🙂"])).map("".join)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_their_comparison(before: str, after: str) -> None:
    """What is the same with what is new is the one text, with what is gone the other, character for character."""
    parts = compared(before, after)
    assert "".join(part.text for part in parts if part.change is not Change.GONE) == after
    assert "".join(part.text for part in parts if part.change is not Change.NEW) == before
    assert all(part.text for part in parts)


def test_long_texts_are_compared_by_line() -> None:
    """Where far apart in them something changed; and still both can be read from it."""
    before = "\n".join(f"line {number} of a very long text" for number in range(2_000))
    after = before.replace("line 7 ", "line seven ").replace("line 1990 ", "line last ")
    changed = [part.text for part in compared(before, after) if part.change is not Change.SAME]
    assert changed == [
        "line 7 of a very long text\n",
        "line seven of a very long text\n",
        "line 1990 of a very long text\n",
        "line last of a very long text\n",
    ]
    near = [part.text for part in compared(before, before.replace("line 7 ", "line seven ")) if part.change != "same"]
    assert near == ["7", "seven"]


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_texts_that_would_take_long_are_gone_and_new(separator: str) -> None:
    """Of the same few words in quite another order, many times, no one wants to read what moved where."""
    chance = random.Random(7)
    before, after = (separator.join(chance.choices("abcde", k=10_000)) for _ in range(2))
    parts = [part for part in compared(f"Title. {before}", f"Title. {after}") if part.change is not Change.SAME]
    assert [part.change for part in parts] == [Change.GONE, Change.NEW]


def test_a_few_changes_in_a_long_text_are_told_word_by_word() -> None:
    """However often its words come again."""
    words = random.Random(7).choices("abcde", k=3_900)
    changed = [f"new{place}" if place % 100 == 50 else word for place, word in enumerate(words)]
    parts = compared(" ".join(words), " ".join(changed))
    assert [part.text for part in parts if part.change is Change.NEW] == changed[50::100]


def test_only_fields_that_differ_are_told_of() -> None:
    """References with their identifiers, lists an item a line; against nothing, all that is there is new."""
    before = Article("a", "Why?", "Because.", symptoms=("cough",), references=(Reference("R", doi="10.1000/x"),))
    after = replace(before, symptoms=("cough", "fever"), references=(Reference("R", doi="10.1000/y"),))
    changes = {change.field: change.parts for change in article_changes(before, after)}
    assert list(changes) == ["symptoms", "references"]
    assert [part.text for part in changes["symptoms"]] == ["cough", "\nfever"]
    assert article_changes(before, before) == ()
    assert {part.change for change in article_changes(None, before) for part in change.parts} == {Change.NEW}

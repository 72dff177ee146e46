"""The hash by which a quotation is proved, and the quotation itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest

from bot.domain.article import Article, Revision, quotation_sha256
from bot.domain.references import Reference
from bot.domain.reply import Choice, quick_replies, quotation

ARTICLE = Article(
    id="a",
    question="Why?",
    short_answer="So.",
    explanation="One.\n\nTwo \u00e9.",
    references=(Reference("First. 2020."), Reference("Second.", doi="10.1000/x")),
)


def test_sha256_is_the_contract_s() -> None:
    """Anyone can check a quotation with the hash of its parts, joined by blank lines, in UTF-8."""
    text = "Why?\n\nSo.\n\nOne.\n\nTwo \u00e9.\n\nFirst. 2020.\n\nSecond."
    assert ARTICLE.sha256 == hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_empty_parts_are_hashed_too() -> None:
    """An article without a short answer has an empty part there, and so its own hash."""
    assert quotation_sha256("Q", "", "E", []) == hashlib.sha256(b"Q\n\n\n\nE").hexdigest()
    assert quotation_sha256("Q", "", "E", []) != quotation_sha256("Q", "E", "", [])


@pytest.mark.parametrize("field", ["question", "short_answer", "explanation"])
def test_one_character_changes_the_hash(field: str) -> None:
    """A space more, and the proof fails."""
    text = getattr(ARTICLE, field)
    assert replace(ARTICLE, **{field: text + " "}).sha256 != ARTICLE.sha256


def test_what_is_not_quoted_is_not_hashed() -> None:
    """A changed status, date or identifier is another revision of the same text."""
    other = replace(ARTICLE, author="A. Author", published=dt.date(2025, 5, 15), also_asked=("How?",))
    assert other.sha256 == ARTICLE.sha256


def test_quotation_repeats_the_article() -> None:
    """A quotation has the article's text to the character, its references numbered from 1, and the hash of both."""
    revision = Revision(3, ARTICLE, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ARTICLE.sha256)
    quoted = quotation(revision, url="https://example.org/articles/a", disclaimer="Take care.")
    assert (quoted.question, quoted.short_answer, quoted.explanation) == ("Why?", "So.", "One.\n\nTwo \u00e9.")
    assert [(reference.number, reference.text) for reference in quoted.references] == [
        (1, "First. 2020."),
        (2, "Second."),
    ]
    texts = [quoted.question, quoted.short_answer, quoted.explanation, *(entry.text for entry in quoted.references)]
    assert hashlib.sha256("\n\n".join(texts).encode()).hexdigest() == quoted.sha256
    assert (quoted.revision, quoted.disclaimer, quoted.status) == (3, "Take care.", "published")


def test_a_choice_s_button_sends_the_article_s_command() -> None:
    """The button shows the question and sends the id, which no question in words can collide with."""
    (button,) = quick_replies([Choice("cold-2", "How long?")])
    assert (button.title, button.payload) == ("How long?", "/article cold-2")

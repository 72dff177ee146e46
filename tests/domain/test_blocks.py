"""What a person is shown of an article."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.domain.blocks import Block, BlockType, article_blocks, attribution, closing_blocks, text_blocks
from bot.domain.references import Reference
from bot.domain.reply import Choice, question_blocks
from bot.domain.wording import ENGLISH

ARTICLE = Article(
    id="a",
    question="Why?",
    short_answer="So.",
    explanation="One.\n\n- a\n- b",
    references=(Reference("First.", doi="10.1000/x"), Reference("Second.")),
    author="A. Author",
    reviewer="R. Reviewer, MD.",
    published=dt.date(2025, 5, 15),
    reviewed=dt.date(2025, 6, 1),
    review_due=dt.date(2028, 5, 15),
)
WRITTEN = st.lists(
    st.sampled_from(
        ["- ", "* ", "\u2022 ", "  - ", "-", "\n", "\n\n", " \n", "\t", "a", "word.", "1. ", "\u00a0", "\u2028", " "]
    )
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
    max_size=25,
).map("".join)


def pieces(block: Block) -> tuple[str, ...]:
    return block.items if block.items is not None else (block.text,)


@given(WRITTEN)
@example("- a\n\n  - b\nc\n* d")
@example("a\n- \n- b")
def test_what_is_quoted_stands_in_the_explanation_in_order(text: str) -> None:
    """Every paragraph and item is a piece of the explanation, to the character, each after the one before."""
    place = 0
    for block in text_blocks(text):
        assert block.quoted
        for piece in pieces(block):
            assert piece
            place = text.index(piece, place) + len(piece)


@given(WRITTEN)
@example("- a\n\n  - b\nc\n* d")
@example("a - b\n-c\n- ")
def test_nothing_of_the_explanation_is_lost(text: str) -> None:
    """All is shown but white space and the marks of list items, which are shown as a list."""
    shown = "".join(piece for block in text_blocks(text) for piece in pieces(block))
    without_marks = re.sub(r"(?m)^[^\S\n]*[-*\u2022][^\S\n]+(?=\S)", "", text)
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", without_marks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("One.\nstill one.", ["One.\nstill one."]),
        ("One.\n \t\n\nTwo.", ["One.", "Two."]),
        ("Take:\n- a\n- b", ["Take:", ("a", "b")]),
        ("* a\n  * b\n\u2022 c", [("a", "b", "c")]),
        ("- a\n  goes on\n- b", [("a\n  goes on", "b")]),
        ("-5 degrees\n*not a list*", ["-5 degrees\n*not a list*"]),
        ("1. first\n2. second", ["1. first\n2. second"]),
    ],
)
def test_paragraphs_and_lists(text: str, expected: list[object]) -> None:
    """Blank lines part paragraphs; a mark and a space begin an item; numbered lines stay as they were written."""
    assert [block.text if block.items is None else block.items for block in text_blocks(text)] == expected


def test_an_article_is_shown_in_the_contract_s_order() -> None:
    """The question, the short answer, the explanation, the references, who and when, the link."""
    blocks = list(article_blocks(ARTICLE, "https://example.org/a", ENGLISH, is_overdue=False))
    assert [(block.type, block.quoted) for block in blocks] == [
        (BlockType.HEADING, True),
        (BlockType.PARAGRAPH, True),
        (BlockType.PARAGRAPH, True),
        (BlockType.LIST, True),
        (BlockType.HEADING, False),
        (BlockType.REFERENCE, True),
        (BlockType.REFERENCE, True),
        (BlockType.ATTRIBUTION, False),
        (BlockType.LINK, False),
    ]
    references = [block for block in blocks if block.type is BlockType.REFERENCE]
    assert [(block.number, block.href) for block in references] == [(1, "https://doi.org/10.1000/x"), (2, None)]


def test_sample_text_says_so_first() -> None:
    """A sample article begins with the notice that no clinician has signed it off; a published one has no notice."""
    sample = list(
        article_blocks(replace(ARTICLE, status=Status.SAMPLE), "https://example.org/a", ENGLISH, is_overdue=False)
    )
    published = list(article_blocks(ARTICLE, "https://example.org/a", ENGLISH, is_overdue=False))
    assert sample[0] == Block(BlockType.NOTICE, texts.SAMPLE)
    assert sample[1:] == published


def test_what_an_article_lacks_is_not_shown() -> None:
    """Without a short answer or references there is no empty block or heading in their place."""
    bare = Article(id="a", question="Why?", explanation="Text.")
    blocks = article_blocks(bare, "https://example.org/a", ENGLISH, is_overdue=False)
    assert [block.type.value for block in blocks] == ["heading", "paragraph", "attribution", "link"]


def test_every_reply_ends_with_the_disclaimer() -> None:
    """The symptom check is offered before it, where an address for one is configured."""
    assert list(closing_blocks("D", "", ENGLISH)) == [Block(BlockType.DISCLAIMER, "D")]
    link, disclaimer = closing_blocks("D", "https://example.org/check", ENGLISH)
    assert (link.type, link.href) == (BlockType.LINK, "https://example.org/check")
    assert disclaimer.type is BlockType.DISCLAIMER


def test_attribution_names_everyone_and_every_date() -> None:
    """Author, reviewer and dates stand there in words that no country reads differently, with one full stop each."""
    assert attribution(ARTICLE, ENGLISH) == (
        "Author: A. Author. Signed off by R. Reviewer, MD. Published 15 May 2025. Reviewed 1 June 2025. "
        "Next review due 15 May 2028."
    )


def test_attribution_says_that_nobody_signed_it_off() -> None:
    """A missing author or reviewer is said, never left open."""
    assert attribution(Article(id="a", question="Why?"), ENGLISH) == f"{texts.NO_AUTHOR} {texts.NO_REVIEWER}"


def test_attribution_takes_a_name_as_text() -> None:
    """A name with braces is a name, not a place to fill in."""
    assert "Author: {reviewer} {0}." in attribution(replace(ARTICLE, author="{reviewer} {0}"), ENGLISH)


def test_choices_are_quoted_and_nothing_else_is() -> None:
    """The questions offered are the articles' own words; our sentences around them are not marked as quoted."""
    introduction, offered = question_blocks("Which?", [Choice("a", "Why?"), Choice("b", "How?")])
    assert (introduction.text, introduction.quoted) == ("Which?", False)
    assert (offered.items, offered.quoted) == (("Why?", "How?"), True)

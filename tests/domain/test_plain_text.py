"""Blocks as plain text."""

from __future__ import annotations

from bot.domain.article import Article
from bot.domain.blocks import article_blocks
from bot.domain.plain_text import plain_text
from bot.domain.references import Reference
from bot.domain.wording import ENGLISH

ARTICLE = Article(
    "a", "Why?", "Because.", "So:\n- one\n- two", author="A", references=(Reference("R", pmid="1"), Reference("S"))
)


def test_every_word_stands_there() -> None:
    """A blank line between blocks, none between references, and each link where it belongs."""
    text = plain_text(list(article_blocks(ARTICLE, "https://example.org/a", ENGLISH, is_overdue=False)))
    assert text == (
        "Why?\n\nBecause.\n\nSo:\n\n  • one\n  • two\n\nReferences\n\n"
        "  1. R\n     https://pubmed.ncbi.nlm.nih.gov/1/\n  2. S\n\n"
        "Author: A. Not signed off by a clinician.\n\n"
        "Read the article on its own page: https://example.org/a\n"
    )

"""What a person is shown, as a list of typed blocks. A channel renders these and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.domain import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.article import Article
    from bot.domain.wording import Wording

_BLANK_LINES: Final = re.compile(r"\n(?:[^\S\n]*\n)+")
_ITEM: Final = re.compile(r"[^\S\n]*[-*•][^\S\n]+(?=\S)")


class BlockType(StrEnum):
    """What a block is; it decides how a channel shows it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    REFERENCE = "reference"
    ATTRIBUTION = "attribution"
    DISCLAIMER = "disclaimer"
    NOTICE = "notice"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a reply.

    `text` is plain text, never markup; empty for a list, whose `items` (else None) are plain text too. `href`
    is where the block leads. `quoted` is true where the text is the article's, character for character.
    `number` is a reference's, from 1.
    """

    type: BlockType
    text: str = ""
    items: tuple[str, ...] | None = None
    href: str | None = None
    quoted: bool = False
    number: int | None = None


def article_blocks(article: Article, article_url: str, say: Wording, *, is_overdue: bool) -> Iterator[Block]:
    """`article` as it is shown: notices, question, short answer, explanation, references, who and when.

    `article_url` is where its page stands; `is_overdue` says that it should have been reviewed by now.
    """
    yield from notice_blocks(article, say, is_overdue=is_overdue)
    yield Block(BlockType.HEADING, article.question, quoted=True)
    if article.short_answer:
        yield Block(BlockType.PARAGRAPH, article.short_answer, quoted=True)
    yield from text_blocks(article.explanation)
    if article.references:
        yield Block(BlockType.HEADING, say(texts.REFERENCES))
    yield from reference_blocks(article)
    yield from source_blocks(article, article_url, say)


def notice_blocks(article: Article, say: Wording, *, is_overdue: bool) -> Iterator[Block]:
    """What a reader is to know before the article's first word."""
    if article.status == "sample":
        yield Block(BlockType.NOTICE, say(texts.SAMPLE))
    if is_overdue and article.review_due:
        yield Block(BlockType.NOTICE, say(texts.OVERDUE, date=say.spelled_out(article.review_due)))


def reference_blocks(article: Article) -> Iterator[Block]:
    """Its references, numbered."""
    for number, reference in enumerate(article.references, start=1):
        yield Block(BlockType.REFERENCE, reference.text, href=reference.href, quoted=True, number=number)


def closing_blocks(disclaimer: str, symptom_check_url: str, say: Wording) -> Iterator[Block]:
    """What every reply ends with; without an address (""), no symptom check is offered."""
    if symptom_check_url:
        yield Block(BlockType.LINK, say(texts.SYMPTOM_CHECK), href=symptom_check_url)
    yield Block(BlockType.DISCLAIMER, disclaimer)


def source_blocks(article: Article, article_url: str, say: Wording) -> Iterator[Block]:
    """Who wrote it and when, and where its page stands."""
    yield Block(BlockType.ATTRIBUTION, attribution(article, say))
    yield Block(BlockType.LINK, say(texts.FULL_ARTICLE), href=article_url)


def text_blocks(text: str) -> Iterator[Block]:
    r"""The paragraphs and lists of an explanation, each character of them quoted.

    Paragraphs end at blank lines; lines that begin with "-", "*" or "•" are items of a list, whose marks are
    the only characters left out. A line that follows an item without a mark goes on with it.

    >>> [block.items or block.text for block in text_blocks("One.\n\nTwo:\n- a\n- b\n  more\n\nThree.")]
    ['One.', 'Two:', ('a', 'b\n  more'), 'Three.']
    """
    for chunk in _BLANK_LINES.split(text.strip()):
        lines = chunk.split("\n")
        first_item = next((number for number, line in enumerate(lines) if _ITEM.match(line)), len(lines))
        if paragraph := "\n".join(lines[:first_item]).strip():
            yield Block(BlockType.PARAGRAPH, paragraph, quoted=True)
        items: list[str] = []
        for line in lines[first_item:]:
            if mark := _ITEM.match(line):
                items.append(line[mark.end() :])
            else:
                items[-1] += "\n" + line
        if items:
            yield Block(BlockType.LIST, items=tuple(item.strip() for item in items), quoted=True)


def attribution(article: Article, say: Wording) -> str:
    """Who wrote `article`, who signed it off, and when."""
    author, reviewer = article.author.rstrip("."), article.reviewer.rstrip(".")
    parts = [
        say(texts.AUTHOR, author=author) if author else say(texts.NO_AUTHOR),
        say(texts.REVIEWER, reviewer=reviewer) if reviewer else say(texts.NO_REVIEWER),
    ]
    for sentence, date in (
        (texts.PUBLISHED, article.published),
        (texts.REVIEWED, article.reviewed),
        (texts.REVIEW_DUE, article.review_due),
    ):
        if date:
            parts.append(say(sentence, date=say.spelled_out(date)))
    return " ".join(parts)

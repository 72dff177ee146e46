"""The reply to a turn, and the quotation in it: the public form of an answer."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain import texts
from bot.domain.blocks import Block, BlockType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Revision
    from bot.domain.wording import Wording


class Outcome(StrEnum):
    """What became of a message."""

    ANSWER = "answer"
    CHOICES = "choices"
    UNMATCHED = "unmatched"
    EMERGENCY = "emergency"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class NumberedReference:
    """A reference as it is quoted; `number` counts from 1."""

    number: int
    text: str
    doi: str | None
    pmid: str | None
    pmcid: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Quotation:
    """An article, word for word, with what proves it.

    `sha256` is of the UTF-8 text question, short_answer, explanation and each reference's text, joined by a blank
    line. `url` is where the article's page stands.
    """

    article_id: str
    revision: int
    sha256: str
    url: str
    question: str
    short_answer: str
    explanation: str
    references: tuple[NumberedReference, ...]
    symptoms: tuple[str, ...]
    author: str
    reviewer: str
    published: dt.date | None
    reviewed: dt.date | None
    review_due: dt.date | None
    language: str
    disclaimer: str
    status: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An article that may be meant."""

    article_id: str
    question: str


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A button: `title` is shown, `payload` is the message it sends."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person is told. `blocks` is everything shown, in order; the other fields are for machines.

    `language` (BCP 47) is that of our own sentences; a quotation names its own. `signs` are those of an emergency.
    `erased` says that all that the session said was deleted, as was asked for; a client forgets it, too. `marked` is
    whether an earlier reply helped, where the message said that of one and it was kept.
    """

    session_id: str
    turn_id: str
    outcome: Outcome
    probability: float | None
    quotation: Quotation | None
    choices: tuple[Choice, ...]
    blocks: tuple[Block, ...]
    quick_replies: tuple[QuickReply, ...]
    language: str
    signs: tuple[str, ...] = ()
    erased: bool = False
    marked: bool | None = None


def quotation(revision: Revision, *, url: str, disclaimer: str) -> Quotation:
    """`revision` as it is quoted; `url` is where its page stands."""
    article = revision.article
    return Quotation(
        article_id=article.id,
        revision=revision.number,
        sha256=revision.sha256,
        url=url,
        question=article.question,
        short_answer=article.short_answer,
        explanation=article.explanation,
        references=tuple(
            NumberedReference(number, reference.text, reference.doi, reference.pmid, reference.pmcid, reference.url)
            for number, reference in enumerate(article.references, start=1)
        ),
        symptoms=article.symptoms,
        author=article.author,
        reviewer=article.reviewer,
        published=article.published,
        reviewed=article.reviewed,
        review_due=article.review_due,
        language=article.language,
        disclaimer=disclaimer,
        status=article.status.value,
    )


def question_blocks(introduction: str, choices: Sequence[Choice]) -> tuple[Block, ...]:
    """What introduces the questions of articles, and these."""
    return (
        Block(BlockType.PARAGRAPH, introduction),
        Block(BlockType.LIST, items=tuple(choice.question for choice in choices), quoted=True),
    )


def same_question_blocks(urls: Sequence[str], say: Wording) -> tuple[Block, ...]:
    """What is shown after an answer for which there are other articles, at `urls`, too."""
    links = (
        Block(BlockType.LINK, say(texts.OTHER_ARTICLE, number=number), href=url) for number, url in enumerate(urls, 1)
    )
    return (Block(BlockType.PARAGRAPH, say(texts.SAME_QUESTION)), *links) if urls else ()


def buttons(reply: Reply, say: Wording) -> tuple[QuickReply, ...]:
    """All that can be pressed below a reply in a messaging channel: beside an article, also whether it helped."""
    if reply.quotation is None:
        return reply.quick_replies
    return (
        *reply.quick_replies,
        QuickReply(say(texts.HELPFUL), f"/helpful {reply.turn_id}"),
        QuickReply(say(texts.NOT_HELPFUL), f"/unhelpful {reply.turn_id}"),
    )


def quick_replies(choices: Sequence[Choice]) -> tuple[QuickReply, ...]:
    """A button for each choice."""
    return tuple(QuickReply(choice.question, f"/article {choice.article_id}") for choice in choices)

"""Replies as a channel's adapter is given them, made without a store or a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain import texts
from bot.domain.article import Revision
from bot.domain.blocks import Block, BlockType, article_blocks, closing_blocks
from bot.domain.reply import (
    Choice,
    Outcome,
    QuickReply,
    Reply,
    question_blocks,
    quick_replies,
    quotation,
    same_question_blocks,
)
from bot.domain.wording import ENGLISH
from tests.conftest import NOON

if TYPE_CHECKING:
    from bot.domain.article import Article

TURN = "0123456789abcdef" * 2
CLOSING = tuple(closing_blocks(texts.DISCLAIMER, "", ENGLISH))
CALL = Block(BlockType.NOTICE, "Call 999 now.", href="tel:999")
INFORMATION = Reply(
    session_id="s" * 43,
    turn_id=TURN,
    outcome=Outcome.INFORMATION,
    probability=None,
    quotation=None,
    choices=(),
    blocks=(Block(BlockType.PARAGRAPH, "You are welcome."), *CLOSING),
    quick_replies=(),
    language="en",
)


def answer(article: Article) -> Reply:
    """The reply that quotes `article`."""
    url = f"https://clinic.example/articles/{article.id}"
    revision = Revision(1, article, NOON, article.sha256)
    return replace(
        INFORMATION,
        outcome=Outcome.ANSWER,
        probability=0.97,
        quotation=quotation(revision, url=url, disclaimer=texts.DISCLAIMER),
        blocks=(*article_blocks(article, url, ENGLISH, is_overdue=True), *CLOSING),
    )


def shared_question(article: Article, *others: Article) -> Reply:
    """The reply that quotes `article`, and links `others`, which have its very question."""
    answered = answer(article)
    links = same_question_blocks([f"https://clinic.example/articles/{other.id}" for other in others], ENGLISH)
    return replace(
        answered,
        choices=tuple(Choice(other.id, article.question) for other in others),
        blocks=(*answered.blocks[: -len(CLOSING)], *links, *CLOSING),
    )


def emergency(article: Article) -> Reply:
    """The reply to an emergency, with `article` beside it."""
    answered = answer(article)
    return replace(answered, outcome=Outcome.EMERGENCY, blocks=(CALL, *answered.blocks), signs=("heart",))


def choices(*articles: Article) -> Reply:
    """The reply that asks which of `articles` is meant."""
    offered = tuple(Choice(article.id, article.question) for article in articles)
    return replace(
        INFORMATION,
        outcome=Outcome.CHOICES,
        choices=offered,
        blocks=(*question_blocks(texts.CHOICES, offered), *CLOSING),
        quick_replies=(*quick_replies(offered), QuickReply(texts.NONE_OF_THESE, "/none")),
    )

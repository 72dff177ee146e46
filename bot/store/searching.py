"""The statements by which the library is searched and browsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.alphabet import sought
from bot.domain.article import Status
from bot.store.library import IS_CURRENT, may_show
from bot.store.schema import article_symptoms, articles, revisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Serving


def searched(
    *, query: str, symptom: str, language: str, serving: Serving, first: Sequence[str]
) -> tuple[sa.Select[Any], list[sa.ColumnElement[Any]]]:
    """The ids of all articles that are asked for, and their order. See `ArticleStore.page`."""
    wanted = sa.select(articles.c.id).where(may_show(serving))
    order: list[sa.ColumnElement[Any]] = [articles.c.words, articles.c.id]
    if query.strip():
        words = sought(query)
        is_found = (
            sa.and_(*(articles.c.words.contains(word, autoescape=True) for word in words)) if words else sa.false()
        )
        if first:
            is_found = sa.or_(is_found, articles.c.id.in_(first))
            places = {article_id: number for number, article_id in enumerate(first)}
            order.insert(0, sa.case(places, value=articles.c.id, else_=len(places)))
        wanted = wanted.where(is_found)
    if symptom:
        with_symptom = sa.select(article_symptoms.c.article_id).where(article_symptoms.c.symptom == symptom.lower())
        wanted = wanted.where(articles.c.id.in_(with_symptom))
    if language:
        wanted = wanted.where(is_in_language(language))
    return wanted, order


def is_in_language(tag: str) -> sa.ColumnElement[bool]:
    """Whether an article's language is `tag` or, as en-GB of en, a part of it (RFC 4647, basic filtering)."""
    return sa.or_(
        sa.func.lower(articles.c.language) == tag.lower(), articles.c.language.istartswith(f"{tag}-", autoescape=True)
    )


def spelled_symptoms(language: str, serving: Serving) -> sa.Select[Any]:
    """The symptoms of each article that may be shown, as its author spelled them."""
    wanted = sa.select(revisions.c.symptoms).join(articles, IS_CURRENT).where(may_show(serving))
    wanted = wanted.where(sa.cast(revisions.c.symptoms, sa.Text) != "[]")
    return wanted.where(is_in_language(language)) if language else wanted


def addresses(serving: Serving) -> sa.Select[Any]:
    """See `ArticleStore.addresses`."""
    wanted = sa.select(articles.c.id, revisions.c.created).join(revisions, IS_CURRENT)
    return wanted.where(may_show(serving), articles.c.status == Status.PUBLISHED.value)

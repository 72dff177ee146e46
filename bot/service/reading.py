"""Read the library: one article, a past revision, a page of the listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED, Status
from bot.domain.errors import InvalidQuery, NotFound, Withdrawn, shown
from bot.domain.records import is_article_id

if TYPE_CHECKING:
    from bot.domain.article import Revision
    from bot.ports import ArticlePage, ArticleStore

PAGE_SIZE: Final = 20
_MAX_PAGE: Final = 100_000
_MAX_REVISION: Final = 2**31 - 1
_MAX_QUERY_CHARS: Final = 200


def served_article(store: ArticleStore, article_id: str) -> Revision:
    """The newest revision of an article that patients may see. Raises NotFound, Withdrawn."""
    _check_id(article_id)
    stored = store.article(article_id)
    if stored.article.status is Status.RETIRED:
        raise Withdrawn(f"the article {shown(article_id)} has been withdrawn")
    if not stored.article.is_served:
        raise NotFound(f"there is no article {shown(article_id)}")
    return stored.revision


def shown_revision(store: ArticleStore, article_id: str, number: int) -> Revision:
    """A revision that patients could once see, or can now. Raises NotFound."""
    _check_id(article_id)
    if not 1 <= number <= _MAX_REVISION:
        raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
    revision = store.revision(article_id, number)
    if revision.article.status not in SERVED:
        raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
    return revision


def _check_id(article_id: str) -> None:
    if not is_article_id(article_id):
        raise NotFound(f"there is no article {shown(article_id)}: an id has only the characters a-z, 0-9 and -")


def list_articles(store: ArticleStore, *, query: str, symptom: str, language: str, page: int) -> ArticlePage:
    """Page `page` (from 1) of the served articles with every word of `query` and the symptom; "" asks for any.

    Raises InvalidQuery.
    """
    if not 1 <= page <= _MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {_MAX_PAGE:,}")
    for name, value in (("q", query), ("symptom", symptom), ("language", language)):
        if len(value) > _MAX_QUERY_CHARS:
            raise InvalidQuery(f"{name}: {len(value):,} characters are too many; at most {_MAX_QUERY_CHARS} are taken")
        if not value.isprintable():
            raise InvalidQuery(f"{name}: {shown(value)} has characters that no article has")
    return store.page(query=query, symptom=symptom, language=language, number=page, size=PAGE_SIZE)

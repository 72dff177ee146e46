"""Read the library: one article, a past revision, a page of the listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED, Status
from bot.domain.errors import InvalidQuery, NotFound, Withdrawn, Withheld, shown
from bot.domain.records import is_article_id

if TYPE_CHECKING:
    from bot.domain.article import Article, Revision, Serving
    from bot.ports import ArticlePage, ArticleStore

PAGE_SIZE: Final = 20
_MAX_PAGE: Final = 100_000
_MAX_REVISION: Final = 2**31 - 1
_MAX_QUERY_CHARS: Final = 200


def served_article(store: ArticleStore, article_id: str, serving: Serving) -> Revision:
    """The newest revision of an article that patients may see. Raises NotFound, Withdrawn, Withheld."""
    _check_id(article_id)
    stored = store.article(article_id)
    if stored.article.status is Status.RETIRED:
        raise Withdrawn(f"the article {shown(article_id)} has been withdrawn")
    if not stored.article.is_served:
        raise NotFound(f"there is no article {shown(article_id)}")
    _check_not_withheld(stored.article, serving)
    return stored.revision


def shown_revision(store: ArticleStore, article_id: str, number: int, serving: Serving) -> Revision:
    """A revision that patients could once see, or can now. Raises NotFound, Withheld."""
    _check_id(article_id)
    if not 1 <= number <= _MAX_REVISION:
        raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
    revision = store.revision(article_id, number)
    if revision.article.status not in SERVED:
        raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
    if serving.is_withheld(revision.article.review_due) and store.article(article_id).revision.number == number:
        _check_not_withheld(revision.article, serving)
    return revision


def _check_not_withheld(article: Article, serving: Serving) -> None:
    if serving.is_withheld(article.review_due):
        raise Withheld(
            f"the article {shown(article.id)} was due for review on {article.review_due}, and is withheld until it has "
            "been reviewed"
        )


def _check_id(article_id: str) -> None:
    if not is_article_id(article_id):
        raise NotFound(f"there is no article {shown(article_id)}: an id has only the characters a-z, 0-9 and -")


def list_articles(
    store: ArticleStore, serving: Serving, *, query: str, symptom: str, language: str, page: int
) -> ArticlePage:
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
    return store.page(query=query, symptom=symptom, language=language, serving=serving, number=page, size=PAGE_SIZE)

"""Read an article, or a past revision of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED, Status
from bot.domain.errors import NotFound, Withdrawn, Withheld, shown
from bot.domain.records import is_article_id

if TYPE_CHECKING:
    from bot.domain.article import Article, Revision, RevisionHead, Serving
    from bot.ports import ArticleStore

_MAX_REVISION: Final = 2**31 - 1


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


def shown_revisions(store: ArticleStore, article_id: str, serving: Serving) -> tuple[RevisionHead, ...]:
    """The revisions that patients could once see, or can now, newest first. Raises NotFound where there is none."""
    _check_id(article_id)
    every = store.revisions(article_id)
    ever_shown = tuple(
        head
        for head in every
        if head.status in SERVED and not (head is every[0] and serving.is_withheld(head.review_due))
    )
    if not ever_shown:
        raise NotFound(f"there is no article {shown(article_id)}")
    return ever_shown


def _check_not_withheld(article: Article, serving: Serving) -> None:
    if serving.is_withheld(article.review_due):
        raise Withheld(
            f"the article {shown(article.id)} was due for review on {article.review_due}, and is withheld until it has "
            "been reviewed"
        )


def _check_id(article_id: str) -> None:
    if not is_article_id(article_id):
        raise NotFound(f"there is no article {shown(article_id)}: an id has only the characters a-z, 0-9 and -")

"""The statement that lists articles and drafts together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED, Status
from bot.domain.editorial import DraftState
from bot.ports.editorial import NEVER_PUBLISHED, ListedArticle
from bot.store.library import IS_CURRENT
from bot.store.schema import articles, drafts, revisions

if TYPE_CHECKING:
    from bot.ports.editorial import ArticleFilters

_SERVED: Final = [status.value for status in SERVED]
_ANY: Final = "any"


def listed(filters: ArticleFilters) -> sa.CompoundSelect[Any] | sa.Select[Any]:
    """Articles with their drafts, and drafts without an article, among which `filters` asks."""
    library = sa.select(
        articles.c.id,
        articles.c.question,
        articles.c.status,
        drafts.c.state,
        articles.c.language,
        sa.literal("").label("author"),
        articles.c.review_due,
        articles.c.revision,
    ).outerjoin(drafts, drafts.c.article_id == articles.c.id)
    new = sa.select(
        drafts.c.article_id,
        drafts.c.question,
        sa.cast(sa.null(), sa.String),
        drafts.c.state,
        drafts.c.record["language"].as_string(),
        drafts.c.record["author"].as_string(),
        sa.cast(sa.null(), sa.Date),
        sa.cast(sa.null(), sa.Integer),
    ).where(~sa.exists().where(articles.c.id == drafts.c.article_id))
    for word in filters.words.split():
        library = library.where(
            sa.or_(articles.c.question.icontains(word, autoescape=True), articles.c.id == word.lower())
        )
        new = new.where(sa.or_(drafts.c.question.icontains(word, autoescape=True), drafts.c.article_id == word.lower()))
    if filters.language:
        library = library.where(articles.c.language == filters.language)
        new = new.where(drafts.c.record["language"].as_string() == filters.language)
    if filters.author:
        library = library.join(revisions, IS_CURRENT).where(
            revisions.c.author.icontains(filters.author, autoescape=True)
        )
        new = new.where(drafts.c.record["author"].as_string().icontains(filters.author, autoescape=True))
    if filters.state:
        is_wanted = drafts.c.state.is_not(None) if filters.state == _ANY else drafts.c.state == filters.state
        library, new = library.where(is_wanted), new.where(is_wanted)
    if filters.due_by:
        library = library.where(articles.c.review_due <= filters.due_by, articles.c.status.in_(_SERVED))
    if filters.status == NEVER_PUBLISHED:
        return new.with_only_columns(
            *(
                column.label(name)
                for column, name in zip(new.selected_columns, library.selected_columns.keys(), strict=True)
            )
        )
    if filters.status:
        library = library.where(articles.c.status == filters.status)
    return library if filters.status or filters.due_by else library.union_all(new)


def listed_article(row: sa.Row[Any], people: Any) -> ListedArticle:
    """The row of `listed`, and the row of its revision's author and reviewer, if it has one."""
    return ListedArticle(
        row.id,
        row.question,
        Status(row.status) if row.status else None,
        DraftState(row.state) if row.state else None,
        row.language,
        people.author if people else row.author,
        people.reviewer if people else "",
        row.review_due,
        row.revision,
    )

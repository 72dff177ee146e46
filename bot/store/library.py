"""The library's rows, read and written within a transaction of the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED
from bot.domain.errors import NotFound, shown
from bot.ports import Changes, SourcedArticle, StoredArticle
from bot.store.audit import log_action
from bot.store.base import insert_on
from bot.store.rows import revision_of, revision_row, words_of
from bot.store.schema import article_symptoms, articles, library, phrasings, revisions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from bot.domain.article import Article, Serving

IS_SERVED: Final = articles.c.status.in_([status.value for status in SERVED])
IS_CURRENT: Final = sa.and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)
SELECT_CURRENT: Final = sa.select(articles.c.source_text, articles.c.changed_version, revisions).join(
    revisions, IS_CURRENT
)


def may_show(serving: Serving) -> sa.ColumnElement[bool]:
    """`Serving.may_show`, of a row of `articles`."""
    if serving.due_from is None:
        return IS_SERVED
    return sa.and_(IS_SERVED, sa.or_(articles.c.review_due.is_(None), articles.c.review_due >= serving.due_from))


def put_articles(connection: sa.Connection, chunk: Sequence[SourcedArticle], created: dt.datetime) -> Changes:
    """Add or revise the articles of `chunk`; an equal one changes nothing. `take_turn` comes first."""
    ids = [sourced.article.id for sourced in chunk]
    current = {
        stored.article.id: stored
        for stored in stored_articles(connection, SELECT_CURRENT.where(articles.c.id.in_(ids)))
    }
    new: list[tuple[SourcedArticle, int]] = []
    unchanged = 0
    for sourced in chunk:
        stored = current.get(sourced.article.id)
        if stored is None:
            new.append((sourced, 1))
        elif stored.article != sourced.article:
            new.append((sourced, stored.revision.number + 1))
        else:
            unchanged += 1
            # Another format says the same without a text of its own: the author's stays.
            if sourced.source_text is not None and stored.source_text != sourced.source_text:
                connection.execute(
                    articles.update().where(articles.c.id == sourced.article.id).values(source_text=sourced.source_text)
                )
    if new:
        _put_revisions(connection, new, created)
    added = sum(number == 1 for _, number in new)
    return Changes(added=added, changed=len(new) - added, unchanged=unchanged)


def _put_revisions(connection: sa.Connection, new: Sequence[tuple[SourcedArticle, int]], created: dt.datetime) -> None:
    version = next_versions(connection, len(new))
    heads = [
        _head_row(sourced.article, number) | {"source_text": sourced.source_text, "changed_version": version + place}
        for place, (sourced, number) in enumerate(new)
    ]
    if added := [head for head in heads if head["revision"] == 1]:
        connection.execute(articles.insert(), added)
    if changed := [{"key": head["id"], **head} for head in heads if head["revision"] > 1]:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in changed[0] if name not in {"key", "id"}}
        connection.execute(articles.update().where(articles.c.id == sa.bindparam("key")).values(values), changed)
        ids = [head["key"] for head in changed]
        connection.execute(article_symptoms.delete().where(article_symptoms.c.article_id.in_(ids)))
    symptoms = [
        {"article_id": sourced.article.id, "symptom": symptom}
        for sourced, _ in new
        for symptom in sorted({symptom.lower() for symptom in sourced.article.symptoms})
    ]
    if symptoms:
        connection.execute(article_symptoms.insert(), symptoms)
    connection.execute(revisions.insert(), [revision_row(sourced.article, number, created) for sourced, number in new])


def _head_row(article: Article, number: int) -> dict[str, Any]:
    return {
        "id": article.id,
        "revision": number,
        "status": article.status.value,
        "language": article.language,
        "question": article.question,
        "review_due": article.review_due,
        "words": words_of(article.question, article.also_asked, article.short_answer, article.symptoms),
    }


def stored_articles(connection: sa.Connection, wanted: sa.Select[Any]) -> tuple[StoredArticle, ...]:
    """What `wanted`, which began as `SELECT_CURRENT`, finds."""
    rows = connection.execute(wanted).all()
    taught: dict[str, list[str]] = {}
    if rows:
        of_these = phrasings.c.article_id.in_([row.article_id for row in rows])
        for row in connection.execute(sa.select(phrasings).where(of_these).order_by(phrasings.c.text)):
            taught.setdefault(row.article_id, []).append(row.text)
    return tuple(
        StoredArticle(revision_of(row), tuple(taught.get(row.article_id, ())), row.source_text, row.changed_version)
        for row in rows
    )


def take_turn(connection: sa.Connection) -> None:
    """Wait until no other writer changes articles: what is read after this stays true until the commit.

    On SQLite the transaction itself has waited.
    """
    connection.execute(sa.select(library.c.id).with_for_update())


def next_versions(connection: sa.Connection, count: int) -> int:
    """The first of `count` fresh versions; writers wait here for one another until they commit."""
    raised = library.update().values(version=library.c.version + count).returning(library.c.version)
    return int(connection.execute(raised).scalar_one()) - count + 1


def touch(connection: sa.Connection, article_id: str, version: int) -> bool:
    """Say that an article changed in what it is found by; False if there is none."""
    changed = articles.update().where(articles.c.id == article_id).values(changed_version=version)
    return connection.execute(changed).rowcount == 1


def no_article(article_id: str) -> NotFound:
    """The error that there is none of that id."""
    return NotFound(f"there is no article {shown(article_id)}")


def teach_phrasings(
    connection: sa.Connection,
    at: dt.datetime,
    article_id: str,
    texts: Sequence[str],
    by: str,
    group_id: str | None = None,
) -> tuple[str, ...]:
    """`ArticleStore.teach`, in a transaction that does more."""
    version = next_versions(connection, 1)
    if not touch(connection, article_id, version):
        raise no_article(article_id)
    add = insert_on(connection.engine)(phrasings).on_conflict_do_nothing().returning(phrasings.c.text)
    row = {"article_id": article_id, "created": at, "taught_by": by, "group_id": group_id}
    new = tuple(text for text in dict.fromkeys(texts) if connection.execute(add, {**row, "text": text}).first())
    for text in new:
        log_action(connection, at, by, "phrasing.teach", f"article:{article_id}", after={"phrasing": text})
    return new


def forget_phrasings(
    connection: sa.Connection, at: dt.datetime, article_id: str, texts: Sequence[str], by: str
) -> list[sa.Row[Any]]:
    """`ArticleStore.forget`, in a transaction that does more; returns the rows that are gone."""
    version = next_versions(connection, 1)
    gone = []
    for text in dict.fromkeys(texts):
        taught = sa.and_(phrasings.c.article_id == article_id, phrasings.c.text == text)
        row = connection.execute(phrasings.delete().where(taught).returning(phrasings)).first()
        if row is None:
            raise NotFound(f"the article {shown(article_id)} was not taught {shown(text)}")
        gone.append(row)
        log_action(connection, at, by, "phrasing.forget", f"article:{article_id}", before={"phrasing": text})
    touch(connection, article_id, version)
    return gone

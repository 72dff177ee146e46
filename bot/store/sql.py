"""The library over SQLAlchemy Core: the same statements on SQLite and PostgreSQL."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED, Status
from bot.domain.errors import NotFound, shown
from bot.ports import ArticlePage, Changes, Head, SourcedArticle, StoredArticle
from bot.store.rows import revision_of, revision_row
from bot.store.schema import article_symptoms, articles, library, phrasings, revisions
from bot.store.turns import PATIENCE_S, SqlTurnStore, insert_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.article import Article, Revision
    from bot.ports import Clock

# Articles read or written together: few statements, little memory. Below SQLite's limit of parameters.
_CHUNK: Final = 500
_SERVED: Final = tuple(status.value for status in SERVED)
_CURRENT: Final = sa.and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)
_SELECT_CURRENT: Final = sa.select(articles.c.source_text, articles.c.changed_version, revisions).join(
    revisions, _CURRENT
)
# The statements of every turn, made once: making one takes as long as the database takes to answer it.
_VERSION: Final = sa.select(library.c.version)
_REVISION: Final = sa.select(revisions).where(
    revisions.c.article_id == sa.bindparam("article_id"), revisions.c.number == sa.bindparam("number")
)
_HEADS: Final = sa.select(articles.c.id, articles.c.revision, articles.c.status, articles.c.question).where(
    articles.c.id.in_(sa.bindparam("ids", expanding=True))
)


class SqlStore(SqlTurnStore):
    """`bot.ports.Store` over a database opened by `open_engine`."""

    def __init__(self, engine: sa.Engine, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        super().__init__(engine, patience_s)
        self._clock = clock
        self._add_phrasing = insert_on(engine)(phrasings).on_conflict_do_nothing()

    def store_id(self) -> str:
        """See `ArticleStore.store_id`."""
        with self._reading() as connection:
            return str(connection.scalar(sa.select(library.c.store_id)))

    def version(self) -> int:
        """See `ArticleStore.version`."""
        with self._reading() as connection:
            return int(connection.scalar(_VERSION) or 0)

    def put(self, articles: Iterable[SourcedArticle]) -> Changes:
        """See `ArticleStore.put`."""
        source = iter(articles)
        changes = Changes()
        with self._writing() as connection:
            _take_turn(connection)
            while chunk := list(islice(source, _CHUNK)):
                changes += self._put_chunk(connection, chunk)
        return changes

    def is_empty(self) -> bool:
        """See `ArticleStore.is_empty`."""
        with self._reading() as connection:
            return connection.execute(sa.select(articles.c.id).limit(1)).first() is None

    def article(self, article_id: str) -> StoredArticle:
        """See `ArticleStore.article`."""
        with self._reading() as connection:
            found = _stored(connection, _SELECT_CURRENT.where(articles.c.id == article_id))
        if not found:
            raise _no_article(article_id)
        return found[0]

    def revision(self, article_id: str, number: int) -> Revision:
        """See `ArticleStore.revision`."""
        with self._reading() as connection:
            row = connection.execute(_REVISION, {"article_id": article_id, "number": number}).first()
        if row is None:
            raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
        return revision_of(row)

    def heads(self, article_ids: Sequence[str]) -> dict[str, Head]:
        """See `ArticleStore.heads`."""
        with self._reading() as connection:
            rows = connection.execute(_HEADS, {"ids": list(article_ids)})
            return {row.id: Head(row.id, row.revision, Status(row.status), row.question) for row in rows}

    def page(self, *, query: str, symptom: str, language: str, number: int, size: int) -> ArticlePage:
        """See `ArticleStore.page`."""
        wanted = _SELECT_CURRENT.where(articles.c.status.in_(_SERVED))
        for word in query.split():
            wanted = wanted.where(
                sa.or_(
                    revisions.c.question.icontains(word, autoescape=True),
                    revisions.c.short_answer.icontains(word, autoescape=True),
                )
            )
        if symptom:
            with_symptom = sa.select(article_symptoms.c.article_id).where(article_symptoms.c.symptom == symptom.lower())
            wanted = wanted.where(articles.c.id.in_(with_symptom))
        if language:
            wanted = wanted.where(articles.c.language == language)
        rows = wanted.order_by(articles.c.question, articles.c.id).limit(size).offset((number - 1) * size)
        with self._reading() as connection:
            count = sa.select(sa.func.count()).select_from(wanted.subquery())
            return ArticlePage(_stored(connection, rows), connection.scalar(count) or 0)

    def topics(self, language: str, limit: int) -> tuple[str, ...]:
        """See `ArticleStore.topics`."""
        in_language = sa.or_(articles.c.language == language, articles.c.language.istartswith(f"{language}-"))
        name = article_symptoms.c.symptom
        wanted = (
            sa.select(name)
            .join(articles, articles.c.id == article_symptoms.c.article_id)
            .where(articles.c.status.in_(_SERVED), in_language)
            .group_by(name)
            .order_by(sa.func.count().desc(), name)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(connection.scalars(wanted))

    def changed_since(self, version: int, limit: int) -> tuple[StoredArticle, ...]:
        """See `ArticleStore.changed_since`."""
        wanted = _SELECT_CURRENT.where(articles.c.changed_version > version)
        with self._reading() as connection:
            return _stored(connection, wanted.order_by(articles.c.changed_version).limit(limit))

    def count_changed_since(self, version: int) -> int:
        """See `ArticleStore.count_changed_since`."""
        wanted = sa.select(sa.func.count()).select_from(articles).where(articles.c.changed_version > version)
        with self._reading() as connection:
            return connection.scalar(wanted) or 0

    def served_revisions(self, version: int) -> dict[str, int]:
        """See `ArticleStore.served_revisions`."""
        wanted = sa.select(articles.c.id, articles.c.revision).where(
            articles.c.changed_version <= version, articles.c.status.in_(_SERVED)
        )
        with self._reading() as connection:
            return {row.id: row.revision for row in connection.execute(wanted)}

    def changed_ids_since(self, version: int) -> set[str]:
        """See `ArticleStore.changed_ids_since`."""
        wanted = sa.select(articles.c.id).where(articles.c.changed_version > version)
        with self._reading() as connection:
            return set(connection.scalars(wanted))

    def questions(self) -> Iterator[str]:
        """See `ArticleStore.questions`."""
        is_served = articles.c.status.in_(_SERVED)
        # Most have none, and reading an empty list takes longer than reading the question.
        has_some = sa.cast(revisions.c.also_asked, sa.Text) != "[]"
        alternate = sa.select(revisions.c.also_asked).join(articles, _CURRENT).where(is_served, has_some)
        taught = sa.select(phrasings.c.text).join(articles, phrasings.c.article_id == articles.c.id).where(is_served)
        with self._reading() as connection:
            yield from connection.scalars(sa.select(articles.c.question).where(is_served))
            for lines in connection.scalars(alternate):
                yield from lines
            yield from connection.scalars(taught)

    def all(self) -> Iterator[StoredArticle]:
        """See `ArticleStore.all`."""
        last = ""
        while True:
            with self._reading() as connection:
                wanted = _SELECT_CURRENT.where(articles.c.id > last).order_by(articles.c.id).limit(_CHUNK)
                chunk = _stored(connection, wanted)
            if not chunk:
                return
            yield from chunk
            last = chunk[-1].article.id

    def teach(self, article_id: str, phrasing: str) -> None:
        """See `ArticleStore.teach`."""
        with self._writing() as connection:
            version = _next_versions(connection, 1)
            if not _touch(connection, article_id, version):
                raise _no_article(article_id)
            connection.execute(
                self._add_phrasing, {"article_id": article_id, "text": phrasing, "created": self._clock()}
            )

    def forget(self, article_id: str, phrasing: str) -> None:
        """See `ArticleStore.forget`."""
        with self._writing() as connection:
            version = _next_versions(connection, 1)
            gone = connection.execute(
                phrasings.delete().where(phrasings.c.article_id == article_id, phrasings.c.text == phrasing)
            )
            if not gone.rowcount:
                raise NotFound(f"the article {shown(article_id)} was not taught {shown(phrasing)}")
            _touch(connection, article_id, version)

    def damaged_revisions(self) -> Iterator[tuple[str, int, str]]:
        """See `Store.damaged_revisions`."""
        with self._reading() as connection:
            missing = (
                sa.select(articles.c.id, articles.c.revision)
                .outerjoin(revisions, _CURRENT)
                .where(revisions.c.number.is_(None))
            )
            for row in connection.execute(missing):
                yield row.id, row.revision, "the article's newest revision is missing"
            differs = sa.or_(*(articles.c[name] != revisions.c[name] for name in ("status", "language", "question")))
            for row in connection.execute(
                sa.select(articles.c.id, articles.c.revision).join(revisions, _CURRENT).where(differs)
            ):
                yield row.id, row.revision, "its status, language or question is not that of the article"
            rows = connection.execution_options(yield_per=_CHUNK).execute(sa.select(revisions))
            for revision in map(revision_of, rows):
                if revision.sha256 != revision.article.sha256:
                    yield (
                        revision.article.id,
                        revision.number,
                        "its text does not have the hash recorded with it",
                    )

    def _put_chunk(self, connection: sa.Connection, chunk: Sequence[SourcedArticle]) -> Changes:
        ids = [sourced.article.id for sourced in chunk]
        current = {
            stored.article.id: stored for stored in _stored(connection, _SELECT_CURRENT.where(articles.c.id.in_(ids)))
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
                        articles.update()
                        .where(articles.c.id == sourced.article.id)
                        .values(source_text=sourced.source_text)
                    )
        if new:
            self._put_revisions(connection, new)
        added = sum(number == 1 for _, number in new)
        return Changes(added=added, changed=len(new) - added, unchanged=unchanged)

    def _put_revisions(self, connection: sa.Connection, new: Sequence[tuple[SourcedArticle, int]]) -> None:
        version = _next_versions(connection, len(new))
        heads = [
            _head_row(sourced.article, number)
            | {"source_text": sourced.source_text, "changed_version": version + place}
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
        created = self._clock()
        connection.execute(
            revisions.insert(), [revision_row(sourced.article, number, created) for sourced, number in new]
        )


def _head_row(article: Article, number: int) -> dict[str, Any]:
    return {
        "id": article.id,
        "revision": number,
        "status": article.status.value,
        "language": article.language,
        "question": article.question,
    }


def _stored(connection: sa.Connection, wanted: sa.Select[Any]) -> tuple[StoredArticle, ...]:
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


def _take_turn(connection: sa.Connection) -> None:
    """Wait until no other writer changes articles: what is read after this stays true until the commit.

    On SQLite the transaction itself has waited.
    """
    connection.execute(sa.select(library.c.id).with_for_update())


def _next_versions(connection: sa.Connection, count: int) -> int:
    """The first of `count` fresh versions; writers wait here for one another until they commit."""
    raised = library.update().values(version=library.c.version + count).returning(library.c.version)
    return int(connection.execute(raised).scalar_one()) - count + 1


def _touch(connection: sa.Connection, article_id: str, version: int) -> bool:
    """Say that an article changed in what it is found by; False if there is none."""
    changed = articles.update().where(articles.c.id == article_id).values(changed_version=version)
    return connection.execute(changed).rowcount == 1


def _no_article(article_id: str) -> NotFound:
    return NotFound(f"there is no article {shown(article_id)}")

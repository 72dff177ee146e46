"""The library over SQLAlchemy Core: the same statements on SQLite and PostgreSQL."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from bot.domain.article import RevisionHead, Status
from bot.domain.errors import NotFound, shown
from bot.ports import ArticlePage, Changes, CountedSymptom, Head, SourcedArticle, StoredArticle
from bot.store.library import (
    IS_CURRENT,
    IS_SERVED,
    SELECT_CURRENT,
    forget_phrasings,
    may_show,
    no_article,
    put_articles,
    stored_articles,
    take_turn,
    teach_phrasings,
)
from bot.store.rows import revision_of
from bot.store.schema import article_symptoms, articles, library, phrasings, revisions
from bot.store.searching import addresses, is_in_language, searched, spelled_symptoms
from bot.store.turns import PATIENCE_S, SqlTurnStore

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.article import Revision, Serving
    from bot.ports import Clock

# Articles read or written together: few statements, little memory. Below SQLite's limit of parameters.
_CHUNK: Final = 500
# The statements of every turn, made once: making one takes as long as the database takes to answer it.
_VERSION: Final = sa.select(library.c.version)
_REVISION: Final = sa.select(revisions).where(
    revisions.c.article_id == sa.bindparam("article_id"), revisions.c.number == sa.bindparam("number")
)
_REVISIONS: Final = (
    sa.select(revisions.c.number, revisions.c.created, revisions.c.status, revisions.c.review_due, revisions.c.sha256)
    .where(revisions.c.article_id == sa.bindparam("article_id"))
    .order_by(revisions.c.number.desc())
)
_HEADS: Final = sa.select(
    articles.c.id, articles.c.revision, articles.c.status, articles.c.question, articles.c.review_due
).where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))


class SqlStore(SqlTurnStore):
    """`bot.ports.Store` over a database opened by `open_engine`."""

    def __init__(self, engine: sa.Engine, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        super().__init__(engine, clock, patience_s)

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
            take_turn(connection)
            while chunk := list(islice(source, _CHUNK)):
                changes += put_articles(connection, chunk, self._clock())
        return changes

    def is_empty(self) -> bool:
        """See `ArticleStore.is_empty`."""
        with self._reading() as connection:
            return connection.execute(sa.select(articles.c.id).limit(1)).first() is None

    def article(self, article_id: str) -> StoredArticle:
        """See `ArticleStore.article`."""
        with self._reading() as connection:
            found = stored_articles(connection, SELECT_CURRENT.where(articles.c.id == article_id))
        if not found:
            raise no_article(article_id)
        return found[0]

    def revision(self, article_id: str, number: int) -> Revision:
        """See `ArticleStore.revision`."""
        with self._reading() as connection:
            row = connection.execute(_REVISION, {"article_id": article_id, "number": number}).first()
        if row is None:
            raise NotFound(f"there is no revision {number} of an article {shown(article_id)}")
        return revision_of(row)

    def revisions(self, article_id: str) -> tuple[RevisionHead, ...]:
        """See `ArticleStore.revisions`."""
        with self._reading() as connection:
            rows = connection.execute(_REVISIONS, {"article_id": article_id})
            return tuple(
                RevisionHead(row.number, row.created, Status(row.status), row.review_due, row.sha256) for row in rows
            )

    def heads(self, article_ids: Sequence[str]) -> dict[str, Head]:
        """See `ArticleStore.heads`."""
        with self._reading() as connection:
            rows = connection.execute(_HEADS, {"ids": list(article_ids)})
            return {
                row.id: Head(row.id, row.revision, Status(row.status), row.question, row.review_due) for row in rows
            }

    def page(
        self,
        *,
        query: str,
        symptom: str,
        language: str,
        serving: Serving,
        number: int,
        size: int,
        first: Sequence[str] = (),
    ) -> ArticlePage:
        """See `ArticleStore.page`."""
        wanted, order = searched(query=query, symptom=symptom, language=language, serving=serving, first=first)
        with self._reading() as connection:
            # The ids alone first: sorting whole articles takes longer than finding them.
            ids = list(connection.scalars(wanted.order_by(*order).limit(size).offset((number - 1) * size)))
            found = stored_articles(connection, SELECT_CURRENT.where(articles.c.id.in_(ids))) if ids else ()
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
        return ArticlePage(tuple(sorted(found, key=lambda stored: ids.index(stored.article.id))), total)

    def symptoms(self, language: str, serving: Serving) -> tuple[CountedSymptom, ...]:
        """See `ArticleStore.symptoms`."""
        spellings: dict[str, Counter[str]] = {}
        with self._reading() as connection:
            for spelled in connection.scalars(spelled_symptoms(language, serving)):
                for name, symptom in {each.lower(): each for each in spelled}.items():
                    spellings.setdefault(name, Counter())[symptom] += 1
        return tuple(
            CountedSymptom(min(counted, key=lambda spelling: (-counted[spelling], spelling)), counted.total())
            for counted in spellings.values()
        )

    def languages(self, serving: Serving) -> dict[str, int]:
        """See `ArticleStore.languages`."""
        counted = sa.select(articles.c.language, sa.func.count().label("articles"))
        wanted = counted.where(may_show(serving)).group_by(articles.c.language)
        with self._reading() as connection:
            return {row.language: row.articles for row in connection.execute(wanted)}

    def addresses(self, serving: Serving, number: int, size: int) -> tuple[tuple[tuple[str, dt.datetime], ...], int]:
        """See `ArticleStore.addresses`."""
        wanted = addresses(serving)
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
            rows = connection.execute(wanted.order_by(articles.c.id).limit(size).offset((number - 1) * size))
            return tuple((row.id, row.created) for row in rows), total

    def alike(self, article_id: str, among: Sequence[str]) -> frozenset[str]:
        """See `ArticleStore.alike`."""
        its = sa.select(article_symptoms.c.symptom).where(article_symptoms.c.article_id == article_id)
        wanted = sa.select(article_symptoms.c.article_id).where(
            article_symptoms.c.article_id.in_(among), article_symptoms.c.symptom.in_(its)
        )
        with self._reading() as connection:
            return frozenset(connection.scalars(wanted)) - {article_id}

    def topics(self, language: str, limit: int, serving: Serving) -> tuple[str, ...]:
        """See `ArticleStore.topics`."""
        name = article_symptoms.c.symptom
        wanted = (
            sa.select(name)
            .join(articles, articles.c.id == article_symptoms.c.article_id)
            .where(may_show(serving), is_in_language(language))
            .group_by(name)
            .order_by(sa.func.count().desc(), name)
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(connection.scalars(wanted))

    def changed_since(self, version: int, limit: int) -> tuple[StoredArticle, ...]:
        """See `ArticleStore.changed_since`."""
        wanted = SELECT_CURRENT.where(articles.c.changed_version > version)
        with self._reading() as connection:
            return stored_articles(connection, wanted.order_by(articles.c.changed_version).limit(limit))

    def count_changed_since(self, version: int) -> int:
        """See `ArticleStore.count_changed_since`."""
        wanted = sa.select(sa.func.count()).select_from(articles).where(articles.c.changed_version > version)
        with self._reading() as connection:
            return connection.scalar(wanted) or 0

    def served_revisions(self, version: int) -> dict[str, int]:
        """See `ArticleStore.served_revisions`."""
        wanted = sa.select(articles.c.id, articles.c.revision).where(articles.c.changed_version <= version, IS_SERVED)
        with self._reading() as connection:
            return {row.id: row.revision for row in connection.execute(wanted)}

    def changed_ids_since(self, version: int) -> set[str]:
        """See `ArticleStore.changed_ids_since`."""
        wanted = sa.select(articles.c.id).where(articles.c.changed_version > version)
        with self._reading() as connection:
            return set(connection.scalars(wanted))

    def questions(self) -> Iterator[str]:
        """See `ArticleStore.questions`."""
        is_served = IS_SERVED
        # Most have none, and reading an empty list takes longer than reading the question.
        has_some = sa.cast(revisions.c.also_asked, sa.Text) != "[]"
        alternate = sa.select(revisions.c.also_asked).join(articles, IS_CURRENT).where(is_served, has_some)
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
                wanted = SELECT_CURRENT.where(articles.c.id > last).order_by(articles.c.id).limit(_CHUNK)
                chunk = stored_articles(connection, wanted)
            if not chunk:
                return
            yield from chunk
            last = chunk[-1].article.id

    def teach(self, article_id: str, phrasings: Sequence[str], by: str, group_id: str | None = None) -> tuple[str, ...]:
        """See `ArticleStore.teach`."""
        with self._writing() as connection:
            return teach_phrasings(connection, self._clock(), article_id, phrasings, by, group_id)

    def forget(self, article_id: str, phrasings: Sequence[str], by: str) -> None:
        """See `ArticleStore.forget`."""
        with self._writing() as connection:
            forget_phrasings(connection, self._clock(), article_id, phrasings, by)

    def damaged_revisions(self) -> Iterator[tuple[str, int, str]]:
        """See `Store.damaged_revisions`."""
        with self._reading() as connection:
            missing = (
                sa.select(articles.c.id, articles.c.revision)
                .outerjoin(revisions, IS_CURRENT)
                .where(revisions.c.number.is_(None))
            )
            for row in connection.execute(missing):
                yield row.id, row.revision, "the article's newest revision is missing"
            differs = sa.or_(*(articles.c[name] != revisions.c[name] for name in ("status", "language", "question")))
            for row in connection.execute(
                sa.select(articles.c.id, articles.c.revision).join(revisions, IS_CURRENT).where(differs)
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

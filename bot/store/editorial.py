"""`bot.ports.editorial.DraftStore` over SQLAlchemy Core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.article import Article, Status
from bot.domain.editorial import ENDING, Draft, DraftState, SignOff, Step, unsettled
from bot.domain.errors import Conflict, NotFound, shown
from bot.domain.records import article_from_record, record_from_article
from bot.ports import SourcedArticle
from bot.ports.editorial import (
    ArticleFilters,
    ArticleOrder,
    ListedArticles,
    ListedRevision,
    TakenStep,
)
from bot.store.article_list import listed, listed_article
from bot.store.audit import log_action
from bot.store.authorship import draft_writers, served_writers
from bot.store.base import SqlBase
from bot.store.library import IS_CURRENT, SELECT_CURRENT, no_article, put_articles, stored_articles, take_turn
from bot.store.queue_changes import link_group
from bot.store.rows import revision_of
from bot.store.schema import article_steps, articles, drafts, revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class SqlDraftStore(SqlBase):
    """`bot.ports.editorial.DraftStore` over a database opened by `open_engine`."""

    def draft(self, article_id: str) -> Draft | None:
        """See `DraftStore.draft`."""
        with self._reading() as connection:
            return _draft(connection, article_id)

    def begin(self, draft: Draft, step: Step, by: str, note: str, group: tuple[str, int] | None = None) -> None:
        """See `DraftStore.begin`."""
        with self._writing() as connection:
            if group:
                link_group(connection, self._clock(), group, draft.article.id, by)
            take_turn(connection)
            _check_base(connection, draft)
            if _draft(connection, draft.article.id):
                raise Conflict(
                    f"there is a draft of {shown(draft.article.id)} already; look at it and go on from there"
                )
            connection.execute(drafts.insert(), _row(draft))
            self._record(connection, draft.article.id, step, by, note=note, after=_state(draft))

    def save(self, draft: Draft, step: Step, by: str, note: str) -> None:
        """See `DraftStore.save`."""
        with self._writing() as connection:
            take_turn(connection)
            before = _seen(connection, draft.article.id, draft.version - 1)
            if step is Step.REBASED:
                _check_base(connection, draft)
            connection.execute(drafts.update().where(drafts.c.article_id == draft.article.id).values(_row(draft)))
            self._record(connection, draft.article.id, step, by, note=note, before=_state(before), after=_state(draft))

    def discard(self, article_id: str, version: int, by: str) -> None:
        """See `DraftStore.discard`."""
        with self._writing() as connection:
            before = _seen(connection, article_id, version)
            connection.execute(drafts.delete().where(drafts.c.article_id == article_id))
            self._record(connection, article_id, Step.DISCARDED, by, before=_state(before))

    def publish(self, article_id: str, version: int, by: str, made: Callable[[Draft], Article]) -> int:
        """See `DraftStore.publish`."""
        with self._writing() as connection:
            take_turn(connection)
            draft = _seen(connection, article_id, version)
            before = _check_base(connection, draft)
            number = self._put(connection, made(draft))
            connection.execute(drafts.delete().where(drafts.c.article_id == article_id))
            self._record(connection, article_id, Step.PUBLISHED, by, revision=number, before=before)
        return number

    def change(
        self, article_id: str, revision: int, step: Step, by: str, note: str, made: Callable[[Article], Article]
    ) -> int:
        """See `DraftStore.change`."""
        with self._writing() as connection:
            take_turn(connection)
            article, before = _current(connection, article_id, revision)
            number = self._put(connection, made(article))
            _move_base(connection, article_id, revision, number)
            if step in ENDING:
                self._unsettle(connection, article_id, step, by)
            self._record(connection, article_id, step, by, revision=number, note=note, before=before)
        return number

    def restore(self, article_id: str, revision: int, former: int, by: str) -> int:
        """See `DraftStore.restore`."""
        with self._writing() as connection:
            take_turn(connection)
            _, before = _current(connection, article_id, revision)
            row = connection.execute(
                sa.select(revisions).where(revisions.c.article_id == article_id, revisions.c.number == former)
            ).first()
            if row is None:
                raise NotFound(f"there is no revision {former} of an article {shown(article_id)}")
            number = self._put(connection, revision_of(row).article)
            _move_base(connection, article_id, revision, number)
            self._record(
                connection, article_id, Step.RESTORED, by, revision=number, note=f"as revision {former}", before=before
            )
        return number

    def articles(self, filters: ArticleFilters, number: int, size: int) -> ListedArticles:
        """See `DraftStore.articles`."""
        found = listed(filters).subquery()
        order = [found.c.question, found.c.id]
        if filters.order is ArticleOrder.DUE:
            order.insert(0, found.c.review_due)
        rows = sa.select(found).order_by(*order).limit(size).offset((number - 1) * size)
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(found)) or 0
            shown_here = connection.execute(rows).all()
            people = sa.select(revisions.c.article_id, revisions.c.author, revisions.c.reviewer).join(
                articles, IS_CURRENT
            )
            named = {
                row.article_id: row
                for row in connection.execute(people.where(articles.c.id.in_([row.id for row in shown_here])))
            }
        return ListedArticles(tuple(listed_article(row, named.get(row.id)) for row in shown_here), total)

    def count(self, filters: ArticleFilters) -> int:
        """See `DraftStore.count`."""
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(listed(filters).subquery())) or 0

    def languages(self) -> tuple[str, ...]:
        """See `DraftStore.languages`."""
        with self._reading() as connection:
            return tuple(connection.scalars(sa.select(articles.c.language).distinct().order_by(articles.c.language)))

    def steps(self, article_id: str, limit: int) -> tuple[TakenStep, ...]:
        """See `DraftStore.steps`."""
        wanted = sa.select(article_steps).where(article_steps.c.article_id == article_id)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(article_steps.c.id.desc()).limit(limit))
            return tuple(TakenStep(row.at, row.actor, Step(row.step), row.revision, row.note) for row in rows)

    def revisions(self, article_id: str, number: int, size: int) -> tuple[tuple[ListedRevision, ...], int]:
        """See `DraftStore.revisions`."""
        of_article = revisions.c.article_id == article_id
        made_it = sa.and_(
            article_steps.c.article_id == revisions.c.article_id, article_steps.c.revision == revisions.c.number
        )
        wanted = (
            sa.select(revisions, article_steps.c.actor, article_steps.c.step)
            .outerjoin(article_steps, made_it)
            .where(of_article)
            .order_by(revisions.c.number.desc())
        )
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(revisions).where(of_article)) or 0
            rows = connection.execute(wanted.limit(size).offset((number - 1) * size)).all()
        return tuple(
            ListedRevision(
                row.number,
                row.created,
                Status(row.status),
                row.reviewer,
                row.reviewed,
                row.sha256,
                row.actor,
                Step(row.step) if row.step else None,
            )
            for row in rows
        ), total

    def writers(self, article_id: str) -> tuple[str, ...]:
        """See `DraftStore.writers`."""
        with self._reading() as connection:
            return served_writers(connection, article_id)

    def draft_writers(self, article_id: str) -> tuple[str, ...]:
        """See `DraftStore.draft_writers`."""
        with self._reading() as connection:
            draft = _draft(connection, article_id)
            return draft_writers(connection, draft) if draft else ()

    def outdated(self, article_id: str | None = None) -> tuple[str, ...]:
        """See `DraftStore.outdated`."""
        behind = (
            sa.select(drafts.c.article_id)
            .join(articles, articles.c.id == drafts.c.article_id)
            .where(drafts.c.base_revision != articles.c.revision)
            .order_by(drafts.c.article_id)
        )
        if article_id is not None:
            behind = behind.where(drafts.c.article_id == article_id)
        with self._reading() as connection:
            return tuple(connection.scalars(behind))

    def log(self, by: str, action: str, subject: str, after: Mapping[str, object]) -> None:
        """See `DraftStore.log`."""
        with self._writing() as connection:
            log_action(connection, self._clock(), by, action, subject, after=after)

    def _unsettle(self, connection: sa.Connection, article_id: str, step: Step, by: str) -> None:
        """Void what was said of a draft before its article was taken out of service with `step`."""
        draft = _draft(connection, article_id, lock=True)
        if draft is None or draft.state is DraftState.DRAFT:
            return
        after = unsettled(draft, by, self._clock())
        connection.execute(drafts.update().where(drafts.c.article_id == article_id).values(_row(after)))
        note = "the article was retired" if step is Step.RETIRED else "the sign-off of what is served was withdrawn"
        self._record(connection, article_id, Step.SENT_BACK, by, note=note, before=_state(draft), after=_state(after))

    def _put(self, connection: sa.Connection, article: Article) -> int:
        put_articles(connection, [SourcedArticle(article)], self._clock())
        return _revision(connection, article.id)

    def _record(
        self,
        connection: sa.Connection,
        article_id: str,
        step: Step,
        by: str,
        *,
        revision: int | None = None,
        note: str = "",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a step, and the entry in the audit log; with `revision`, that tells what is in the library now."""
        now = self._clock()
        step_row = {
            "article_id": article_id, "at": now, "actor": by, "step": step.value, "revision": revision, "note": note
        }  # fmt: skip
        connection.execute(article_steps.insert(), step_row)
        if revision is not None:
            after = _served_state(connection, article_id)
        if note:
            after = {**(after or {}), "note": note}
        log_action(connection, now, by, f"article.{step}", f"article:{article_id}", before=before, after=after)


def _row(draft: Draft) -> dict[str, Any]:
    sign_off = draft.sign_off
    return {
        "article_id": draft.article.id,
        "base_revision": draft.base_revision,
        "record": record_from_article(draft.article),
        "question": draft.article.question,
        "state": draft.state.value,
        "editors": list(draft.editors),
        "signed_by": sign_off.by if sign_off else "",
        "signed_name": sign_off.full_name if sign_off else "",
        "signed_on": sign_off.on if sign_off else None,
        "signed_sha256": sign_off.sha256 if sign_off else "",
        "version": draft.version,
        "created": draft.created,
        "changed": draft.changed,
        "changed_by": draft.changed_by,
    }


def _draft(connection: sa.Connection, article_id: str, *, lock: bool = False) -> Draft | None:
    wanted = sa.select(drafts).where(drafts.c.article_id == article_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        return None
    sign_off = SignOff(row.signed_by, row.signed_name, row.signed_on, row.signed_sha256) if row.signed_by else None
    return Draft(
        article_from_record(row.record, needs_answer=False),
        row.base_revision,
        DraftState(row.state),
        tuple(row.editors),
        sign_off,
        row.version,
        row.created,
        row.changed,
        row.changed_by,
    )


def _seen(connection: sa.Connection, article_id: str, version: int) -> Draft:
    """The draft, which must have the version that was seen."""
    draft = _draft(connection, article_id, lock=True)
    if draft is None:
        raise Conflict(f"there is no draft of {shown(article_id)} any more; look at the article")
    if draft.version != version:
        raise Conflict(
            f"the draft of {shown(article_id)} changed meanwhile (now: {draft.state.replace('_', ' ')}, by "
            f"{draft.changed_by}); look at it and try again"
        )
    return draft


def _check_base(connection: sa.Connection, draft: Draft) -> dict[str, Any] | None:
    """Raise Conflict if the article has another revision than `draft` began from; what is served of it, for the log."""
    number = _revision(connection, draft.article.id)
    if number != draft.base_revision:
        began = f"revision {draft.base_revision}" if draft.base_revision else "a new article"
        raise Conflict(
            f"the draft began from {began}, but the library has revision {number} of {shown(draft.article.id)} by now; "
            "look at what changed, and carry the draft over to it"
        )
    return _served_state(connection, draft.article.id) if number else None


def _revision(connection: sa.Connection, article_id: str) -> int:
    """The number of an article's newest revision, 0 if there is no such article."""
    return connection.scalar(sa.select(articles.c.revision).where(articles.c.id == article_id)) or 0


def _current(connection: sa.Connection, article_id: str, revision: int) -> tuple[Article, dict[str, Any]]:
    """The article, whose revision must be the one that was seen, and what the log says of it."""
    found = stored_articles(connection, SELECT_CURRENT.where(articles.c.id == article_id))
    if not found:
        raise no_article(article_id)
    if found[0].revision.number != revision:
        raise Conflict(
            f"the article {shown(article_id)} changed meanwhile (now: revision {found[0].revision.number}, "
            f"{found[0].article.status}); look at it and try again"
        )
    return found[0].article, _served_state(connection, article_id)


def _move_base(connection: sa.Connection, article_id: str, revision: int, number: int) -> None:
    """A draft of `revision` is one of `number`, which has the same text."""
    is_of_it = sa.and_(drafts.c.article_id == article_id, drafts.c.base_revision == revision)
    connection.execute(drafts.update().where(is_of_it).values(base_revision=number))


def _state(draft: Draft) -> dict[str, Any]:
    """What the audit log tells of a draft: no text of it, but its hash."""
    state = {"state": draft.state.value, "version": draft.version, "sha256": draft.article.sha256}
    return state | ({"signed_by": draft.sign_off.by} if draft.sign_off else {})


def _served_state(connection: sa.Connection, article_id: str) -> dict[str, Any]:
    """What the audit log tells of an article in the library."""
    row = connection.execute(
        sa.select(revisions.c.number, revisions.c.status, revisions.c.reviewer, revisions.c.sha256)
        .join(articles, IS_CURRENT)
        .where(articles.c.id == article_id)
    ).one()
    return {"revision": row.number, "status": row.status, "reviewer": row.reviewer, "sha256": row.sha256}

"""`bot.ports.reports.ReportStore` over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.errors import Conflict, NotFound, shown
from bot.domain.reports import ReportState
from bot.ports.reports import KIND, ErrorReport, ListedReport, MarkPage, ReportPage, Sifting, UnhelpfulMark
from bot.store.audit import log_action
from bot.store.base import SqlBase
from bot.store.chunks import read_in_chunks
from bot.store.queue_changes import mark_undone, record_action
from bot.store.schema import articles, error_reports, feedback, turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.question_queue import Action

_VERBS: Final = {ReportState.CLOSED: "close", ReportState.OPEN: "reopen"}
_DONE: Final = {ReportState.CLOSED: "closed", ReportState.OPEN: "reopened"}
_IS_OPEN: Final = error_reports.c.state == ReportState.OPEN.value
_LISTED: Final = sa.select(
    error_reports, articles.c.question.label("article"), articles.c.revision.label("newest_revision")
).join(articles, articles.c.id == error_reports.c.article_id)
_MARKS: Final[sa.Select[Any]] = (
    sa.select(
        feedback.c.turn_id,
        feedback.c.reason,
        feedback.c.comment,
        feedback.c.changed,
        turns.c.question,
        turns.c.article_id,
        turns.c.outcome,
        turns.c.channel,
        articles.c.question.label("article"),
    )
    .join(turns, turns.c.id == feedback.c.turn_id)
    .outerjoin(articles, articles.c.id == turns.c.article_id)
    .where(feedback.c.helpful.is_(False))
)


class SqlReportStore(SqlBase):
    """`bot.ports.reports.ReportStore` over a database opened by `open_engine`."""

    def add(self, report: ErrorReport) -> bool:
        """See `ReportStore.add`."""
        of_article = error_reports.c.article_id == report.article_id
        same = sa.select(error_reports.c.id).where(of_article, _IS_OPEN, error_reports.c.text == report.text)
        there = (
            sa.select(articles.c.id)
            .where(articles.c.id == report.article_id)
            .with_for_update(read=True, key_share=True)
        )
        with self._writing() as connection:
            if connection.execute(there).first() is None:
                raise NotFound(f"there is no article {shown(report.article_id)}")
            if connection.execute(same.limit(1)).first():
                return False
            row = {name: getattr(report, name) for name in error_reports.c.keys()}  # noqa: SIM118  columns, not a dict
            connection.execute(error_reports.insert(), row | {"state": report.state.value})
        return True

    def count_open(self, article_id: str, since: dt.datetime) -> tuple[int, int]:
        """See `ReportStore.count_open`."""
        on_article = sa.func.sum(sa.case((error_reports.c.article_id == article_id, 1), else_=0))
        wanted = sa.select(on_article, sa.func.count()).where(_IS_OPEN, error_reports.c.created >= since)
        with self._reading() as connection:
            of_article, of_all = connection.execute(wanted).one()
        return of_article or 0, of_all

    def page(self, wanted: Sifting, number: int, size: int) -> ReportPage:
        """See `ReportStore.page`."""
        sifted = _LISTED.where(*_of_reports(wanted))
        newest = sifted.order_by(error_reports.c.created.desc(), error_reports.c.id.desc())
        with self._reading() as connection:
            rows = connection.execute(newest.limit(size).offset((number - 1) * size)).all()
            return ReportPage(
                tuple(ListedReport(_report(row), row.article, row.newest_revision) for row in rows),
                _count(connection, sifted),
                connection.scalar(sa.select(sa.func.count()).select_from(error_reports).where(_IS_OPEN)) or 0,
            )

    def marks(self, wanted: Sifting, number: int, size: int) -> MarkPage:
        """See `ReportStore.marks`."""
        sifted = _MARKS.where(*_of_marks(wanted))
        newest = sifted.order_by(feedback.c.changed.desc(), feedback.c.turn_id.desc())
        with self._reading() as connection:
            rows = connection.execute(newest.limit(size).offset((number - 1) * size)).all()
            return MarkPage(tuple(_mark(row) for row in rows), _count(connection, sifted))

    def turn_to(self, state: ReportState, versions: Mapping[str, int], note: str, by: str) -> Action:
        """See `ReportStore.turn_to`."""
        now = self._clock()
        with self._writing() as connection:
            rows = _locked(connection, list(versions))
            for row in rows:
                if row.version != versions[row.id]:
                    raise _changed(row)
            before = [_standing(row) for row in rows]
            fields = {"state": state.value, "handled_by": by, "handled": now, "note": note}
            for row in rows:
                _write(connection, row, fields, now, by, f"report.{_VERBS[state]}")
            count = "1 error report" if len(rows) == 1 else f"{len(rows)} error reports"
            summary = f"{count} {_DONE[state]}"
            return record_action(connection, now, KIND, summary, {"reports": before}, by)

    def take_back(self, action_id: str, by: str) -> None:
        """See `ReportStore.take_back`."""
        now = self._clock()
        with self._writing() as connection:
            before = {each["id"]: each for each in mark_undone(connection, now, action_id, by)["reports"]}
            for row in _locked(connection, list(before)):
                was = before[row.id]
                if row.version != was["version"] + 1:
                    raise _changed(row)
                handled = dt.datetime.fromisoformat(was["handled"]) if was["handled"] else None
                fields = {name: was[name] for name in ("state", "handled_by", "note")} | {"handled": handled}
                _write(connection, row, fields, now, by, "report.undo")

    def all_reports(self, wanted: Sifting) -> Iterator[ErrorReport]:
        """See `ReportStore.all_reports`."""
        sifted = sa.select(error_reports).where(*_of_reports(wanted))
        return map(_report, read_in_chunks(self._reading, sifted, error_reports.c.created, error_reports.c.id))


def purge_closed(connection: sa.Connection, before: dt.datetime) -> int:
    """Delete the reports that were closed before then, and count them."""
    is_old = sa.and_(error_reports.c.state == ReportState.CLOSED.value, error_reports.c.handled < before)
    return connection.execute(error_reports.delete().where(is_old)).rowcount


def _within(moment: sa.Column[Any], since: dt.date | None, until: dt.date | None) -> Iterator[sa.ColumnElement[bool]]:
    if since:
        yield moment >= dt.datetime.combine(since, dt.time.min, dt.UTC)
    if until:
        yield moment < dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min, dt.UTC)


def _of_reports(wanted: Sifting) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.state:
        yield error_reports.c.state == wanted.state.value
    if wanted.article_id:
        yield error_reports.c.article_id == wanted.article_id
    yield from _within(error_reports.c.created, wanted.since, wanted.until)


def _of_marks(wanted: Sifting) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.article_id:
        yield turns.c.article_id == wanted.article_id
    if wanted.reason:
        yield feedback.c.reason == wanted.reason
    yield from _within(feedback.c.changed, wanted.since, wanted.until)


def _locked(connection: sa.Connection, ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """The reports, which nobody else changes until the commit. Raises NotFound unless all are there."""
    wanted = sa.select(error_reports).where(error_reports.c.id.in_(ids)).order_by(error_reports.c.id)
    rows = connection.execute(wanted.with_for_update()).all()
    if missing := set(ids) - {row.id for row in rows}:
        raise NotFound(f"there is no error report {shown(min(missing))} any more")
    return rows


def _standing(row: sa.Row[Any]) -> dict[str, Any]:
    """How a report stands, without the patient's words."""
    return {
        "id": row.id,
        "version": row.version,
        "state": row.state,
        "handled_by": row.handled_by,
        "handled": row.handled.isoformat() if row.handled else None,
        "note": row.note,
    }


def _write(
    connection: sa.Connection, row: sa.Row[Any], fields: Mapping[str, Any], now: dt.datetime, by: str, action: str
) -> None:
    its_own = error_reports.c.id == row.id
    connection.execute(error_reports.update().where(its_own).values(**fields, version=row.version + 1))
    before, after = {"state": row.state, "note": row.note}, {"state": fields["state"], "note": fields["note"]}
    log_action(connection, now, by, action, f"report:{row.id}", before=before, after=after)


def _changed(row: sa.Row[Any]) -> Conflict:
    return Conflict(
        f"the error report {row.id} changed meanwhile (now: {row.state}, by {row.handled_by or 'nobody'}); look at it "
        "and try again"
    )


def _count(connection: sa.Connection, wanted: sa.Select[Any]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0


def _report(row: sa.Row[Any]) -> ErrorReport:
    return ErrorReport(
        row.id,
        row.article_id,
        row.revision,
        row.text,
        row.created,
        ReportState(row.state),
        row.handled_by,
        row.handled,
        row.note,
        row.version,
    )


def _mark(row: sa.Row[Any]) -> UnhelpfulMark:
    return UnhelpfulMark(
        row.turn_id,
        row.question,
        row.article_id,
        row.article,
        row.outcome,
        row.channel,
        row.reason,
        row.comment,
        row.changed,
    )

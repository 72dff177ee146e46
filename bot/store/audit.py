"""The audit log over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.ports.audit import AuditEntry, AuditPage
from bot.store.base import SqlBase
from bot.store.schema import audit_log

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHUNK: Final = 1_000


def log_action(
    connection: sa.Connection,
    at: dt.datetime,
    actor: str,
    action: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry in the transaction that does what it tells; for the fields see `AuditEntry`."""
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "before": before, "after": after}
    connection.execute(audit_log.insert(), entry)


class SqlAuditStore(SqlBase):
    """`bot.ports.audit.AuditStore` over a database opened by `open_engine`."""

    def page(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        since: dt.date | None,
        until: dt.date | None,
        number: int,
        size: int,
    ) -> AuditPage:
        """See `AuditStore.page`."""
        wanted = _wanted(actor, action, subject, since, until)
        rows = wanted.order_by(audit_log.c.id.desc()).limit(size).offset((number - 1) * size)
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
            return AuditPage(tuple(_entry(row) for row in connection.execute(rows)), total)

    def all(
        self,
        *,
        actor: str = "",
        action: str = "",
        subject: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Iterator[AuditEntry]:
        """See `AuditStore.all`."""
        last = 0
        while True:
            wanted = _wanted(actor, action, subject, since, until).where(audit_log.c.id > last)
            with self._reading() as connection:
                rows = connection.execute(wanted.order_by(audit_log.c.id).limit(_CHUNK)).all()
            if not rows:
                return
            yield from map(_entry, rows)
            last = rows[-1].id


def _wanted(actor: str, action: str, subject: str, since: dt.date | None, until: dt.date | None) -> sa.Select[Any]:
    wanted = sa.select(audit_log)
    if actor:
        wanted = wanted.where(audit_log.c.actor == actor)
    for column, value in ((audit_log.c.action, action), (audit_log.c.subject, subject)):
        if value.endswith("*"):
            wanted = wanted.where(column.startswith(value.removesuffix("*"), autoescape=True))
        elif value:
            wanted = wanted.where(column == value)
    if since:
        wanted = wanted.where(audit_log.c.at >= dt.datetime.combine(since, dt.time.min, dt.UTC))
    if until:
        wanted = wanted.where(audit_log.c.at < dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min, dt.UTC))
    return wanted


def _entry(row: sa.Row[Any]) -> AuditEntry:
    return AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.before, row.after)

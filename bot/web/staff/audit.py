"""The audit log: read, and taken away as a file."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from bot.domain.errors import InvalidQuery
from bot.domain.staff import Caller, Right
from bot.service.staff.auditing import FieldChange, changes
from bot.web.csv_export import csv_response, download_response
from bot.web.staff.fields import DateOrNone, PageNumber

if TYPE_CHECKING:
    from bot.ports.audit import AuditEntry
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

_SIZE: Final = 50
_COLUMNS: Final = ("id", "at", "actor", "action", "subject", "before", "after")


class AuditFilters(BaseModel):
    """Which entries are wanted; "" and null for any. `action` and `subject` may end in `*`."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


class AuditRecord(BaseModel):
    """One thing that was done."""

    id: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    changes: list[FieldChange]


class AuditList(BaseModel):
    """A page of the log, newest first."""

    filters: AuditFilters
    entries: list[AuditRecord]
    page: int
    size: int
    total: int


def _filters(
    actor: str = "",
    action: Annotated[str, Query(description="May end in *.")] = "",
    subject: Annotated[str, Query(description="May end in *.")] = "",
    since: Annotated[DateOrNone, Query(description="The first day, of UTC.")] = None,
    until: Annotated[DateOrNone, Query(description="The last day, of UTC.")] = None,
) -> AuditFilters:
    if since and until and since > until:
        raise InvalidQuery(f"since: {since} comes after until, {until}; exchange them")
    return AuditFilters(actor=_plain(actor), action=_plain(action), subject=_plain(subject), since=since, until=until)


def _plain(text: str) -> str:
    """What was typed, without what cannot be seen, which databases may refuse to look for."""
    return "".join(letter for letter in text.strip() if letter.isprintable())


Filters = Annotated[AuditFilters, Depends(_filters)]


def add_audit_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The audit log."""

    @routes.view("/audit", Right.AUDIT, "staff/audit.html", "The audit log")
    def audit(caller: Caller, filters: Filters, page: PageNumber = 1) -> AuditList:
        found = desk.audit.page(**dict(filters), number=page, size=_SIZE)
        entries = [
            AuditRecord(
                id=entry.id,
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                subject=entry.subject,
                changes=list(changes(entry)),
            )
            for entry in found.entries
        ]
        return AuditList(filters=filters, entries=entries, page=page, size=_SIZE, total=found.total)

    @routes.download("/audit.csv", Right.AUDIT, "The audit log as CSV")
    def as_csv(caller: Caller, filters: Filters) -> Response:
        rows = (_row(entry) for entry in desk.audit.all(**dict(filters)))
        return csv_response("audit-log", _COLUMNS, rows)

    @routes.download("/audit.jsonl", Right.AUDIT, "The audit log as JSON Lines")
    def as_json_lines(caller: Caller, filters: Filters) -> Response:
        lines = (_line(asdict(entry)) for entry in desk.audit.all(**dict(filters)))
        return download_response("audit-log.jsonl", "application/jsonl", lines)


def _row(entry: AuditEntry) -> tuple[object, ...]:
    return (
        entry.id,
        entry.at,
        entry.actor,
        entry.action,
        entry.subject,
        *(None if kept is None else json.dumps(kept, ensure_ascii=False) for kept in (entry.before, entry.after)),
    )


def _line(fields: dict[str, Any]) -> str:
    return json.dumps(fields | {"at": fields["at"].isoformat()}, ensure_ascii=False) + "\n"

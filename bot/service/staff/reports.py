"""What patients say is wrong with articles, and which replies did not help them: looked at, closed, reopened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.domain.days import check_days
from bot.domain.errors import InvalidQuery, InvalidReport, shown
from bot.domain.records import UNPRINTABLE
from bot.domain.staff import Right
from bot.ports.reports import KIND
from bot.service.staff.undo import undoes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.question_queue import Action, RecordedAction
    from bot.domain.reports import ReportState
    from bot.domain.staff import Caller
    from bot.ports.reports import MarkPage, ReportPage, Sifting
    from bot.service.staff.desk import Desk

PAGE_SIZE: Final = 50
MAX_NOTE_CHARS: Final = 1_000
# A page's worth, some times over.
MAX_TOGETHER: Final = 200
_MAX_PAGE: Final = 100_000
_CHOSEN: Final = re.compile(r"([0-9a-f]{32}):([0-9]{1,9})")


def list_reports(desk: Desk, wanted: Sifting, page: int) -> ReportPage:
    """Page `page` (from 1) of the reports. Raises InvalidQuery."""
    _check(wanted, page)
    return desk.reports.page(wanted, page, PAGE_SIZE)


def list_marks(desk: Desk, wanted: Sifting, page: int) -> MarkPage:
    """Page `page` (from 1) of the unhelpful marks. Raises InvalidQuery."""
    _check(wanted, page)
    return desk.reports.marks(wanted, page, PAGE_SIZE)


def turn_reports(desk: Desk, caller: Caller, state: ReportState, chosen: Iterable[str], note: str) -> Action:
    """Close or reopen reports, all or none.

    `chosen` names each as "ID:VERSION", by the version that was looked at. Raises InvalidReport, NotFound, Conflict.
    """
    versions: dict[str, int] = {}
    for each in chosen:
        match = _CHOSEN.fullmatch(each)
        if not match:
            raise InvalidReport(f"chosen: {shown(each)} is not the id and the version of a report, as in ID:1")
        versions[match[1]] = int(match[2])
    if not versions:
        raise InvalidReport("chosen: no report is chosen; tick those that are meant")
    if len(versions) > MAX_TOGETHER:
        raise InvalidReport(f"chosen: {len(versions)} reports are too many; at most {MAX_TOGETHER} are taken together")
    note = UNPRINTABLE.sub(" ", note.replace("\r\n", "\n")).strip()
    if len(note) > MAX_NOTE_CHARS:
        raise InvalidReport(f"note: {len(note):,} characters are too many; at most {MAX_NOTE_CHARS:,} are taken")
    return desk.reports.turn_to(state, versions, note, caller.name)


@undoes(Right.REVIEW, KIND)
def _take_back(desk: Desk, caller: Caller, action: RecordedAction) -> None:
    desk.reports.take_back(action.id, caller.name)


def _check(wanted: Sifting, page: int) -> None:
    check_days(wanted.since, wanted.until)
    if not 1 <= page <= _MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {_MAX_PAGE:,}")
    if UNPRINTABLE.search(wanted.article_id):
        raise InvalidQuery(f"article: {shown(wanted.article_id)} has characters that no id has")

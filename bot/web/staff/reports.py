"""Error reports and unhelpful answers: the pages under /staff/reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from bot.domain.feedback import FeedbackReason
from bot.domain.reports import ReportState
from bot.domain.staff import Caller, Right
from bot.ports.reports import ListedReport, Sifting, UnhelpfulMark
from bot.service.staff.reports import PAGE_SIZE, list_marks, list_reports, turn_reports
from bot.web.staff.fields import DateOrNone, PageNumber
from bot.web.staff.routes import Done

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes


@dataclass(frozen=True, slots=True)
class ReportList:
    """One page of error reports, with the filters that it was asked for by; `open` counts all open ones."""

    reports: tuple[ListedReport, ...]
    total: int
    open: int
    page: int
    page_size: int
    state: str
    article: str
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class MarkList:
    """One page of unhelpful marks, with the filters that it was asked for by."""

    marks: tuple[UnhelpfulMark, ...]
    total: int
    page: int
    page_size: int
    reason: str
    article: str
    since: dt.date | None
    until: dt.date | None
    reasons: tuple[str, ...] = tuple(FeedbackReason)


class Turning(BaseModel):
    """Which reports to close or reopen."""

    chosen: list[str] = Field([], description="Each as ID:VERSION, by the version that was looked at.")
    state: ReportState = Field(description="What they are to be: open or closed.")
    note: str = Field("", description="Why, in staff's own words.")


def add_reports_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The lists of reports and of unhelpful marks, and what is done to reports."""

    @routes.view("/reports", Right.SEE, "staff/reports.html", "List error reports")
    def reports(
        caller: Caller,
        state: Literal["open", "closed", "all"] = "open",
        article: str = "",
        since: DateOrNone = None,
        until: DateOrNone = None,
        page: PageNumber = 1,
    ) -> ReportList:
        """Newest first; of an article and of days (UTC), if these are given."""
        wanted = Sifting(article, None if state == "all" else ReportState(state), since=since, until=until)
        found = list_reports(desk, wanted, page)
        return ReportList(found.reports, found.total, found.open, page, PAGE_SIZE, state, article, since, until)

    @routes.view("/reports/unhelpful", Right.SEE, "staff/unhelpful.html", "List unhelpful marks")
    def unhelpful(
        caller: Caller,
        reason: FeedbackReason | Literal[""] = "",
        article: str = "",
        since: DateOrNone = None,
        until: DateOrNone = None,
        page: PageNumber = 1,
    ) -> MarkList:
        """Newest first; of a reason, an article and days (UTC), if these are given."""
        found = list_marks(desk, Sifting(article, reason=reason, since=since, until=until), page)
        return MarkList(found.marks, found.total, page, PAGE_SIZE, reason, article, since, until)

    @routes.action("/reports/state", Right.REVIEW, "Close or reopen error reports")
    def turn(caller: Caller, body: Turning) -> Done:
        """All of them or, where one changed meanwhile (409), none."""
        action = turn_reports(desk, caller, body.state, body.chosen, body.note)
        return Done(message=f"{action.summary}.", undo=action.id)

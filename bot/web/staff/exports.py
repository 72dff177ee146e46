"""What is kept of turns, marks and staff's work, as files to work on elsewhere."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from bot.domain.errors import NotFound, shown
from bot.domain.staff import Caller, Right
from bot.ports.reports import Sifting
from bot.service.staff.dashboard import chosen_days
from bot.web.csv_export import csv_response
from bot.web.staff.dashboard import PresetDays
from bot.web.staff.fields import DateOrNone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.domain.days import Days
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

Row = tuple[object, ...]

# Not the session of a turn: whoever has its id can go on with the conversation, and erase it.
_TURNS: Final = (
    "turn_id",
    "created",
    "channel",
    "language",
    "intent",
    "outcome",
    "question",
    "probability",
    "article_id",
    "revision",
    "offered",
    "signs",
    "index_version",
    "calibration",
    "model_sha256",
)
_FEEDBACK: Final = ("turn_id", "given", "helpful", "reason", "comment", "article_id", "channel")
_REPORTS: Final = (
    "report_id",
    "created",
    "article_id",
    "revision",
    "state",
    "text",
    "note",
    "handled_by",
    "handled",
)
_PHRASINGS: Final = ("article_id", "phrasing", "taught", "taught_by", "group_id")
_GROUPS: Final = (
    "group_id",
    "title",
    "language",
    "state",
    "assignee",
    "article_id",
    "questions",
    "people",
    "first_asked",
    "last_asked",
    "settled",
)


def _turns_rows(desk: Desk, days: Days) -> Iterator[Row]:
    for each in desk.statistics.turns_of(days):
        yield (
            *(each.id, each.created, each.channel, each.language, each.intent, each.outcome, each.question),
            *(each.probability, each.article_id, each.revision, " ".join(each.offered), " ".join(each.signs)),
            *(each.provenance.index_version, each.provenance.calibration, each.provenance.model_sha256),
        )


def _feedback_rows(desk: Desk, days: Days) -> Iterator[Row]:
    for each in desk.statistics.marks_of(days):
        yield (
            *(each.turn_id, each.given, each.helpful, each.reason, each.comment),
            *(each.article_id, each.channel),
        )


def _reports_rows(desk: Desk, days: Days) -> Iterator[Row]:
    for each in desk.reports.all_reports(Sifting(since=days.since, until=days.until)):
        yield (
            *(each.id, each.created, each.article_id, each.revision, each.state),
            *(each.text, each.note, each.handled_by, each.handled),
        )


def _phrasings_rows(desk: Desk, days: Days) -> Iterator[Row]:
    for each in desk.statistics.phrasings_of(days):
        yield each.article_id, each.text, each.taught, each.taught_by, each.group_id


def _groups_rows(desk: Desk, _: Days) -> Iterator[Row]:
    for each in desk.statistics.groups():
        yield (
            *(each.id, each.title, each.language, each.state, each.assignee, each.article_id),
            *(each.questions, each.people, each.first_asked, each.last_asked, each.settled),
        )


_FILES: Final[Mapping[str, tuple[Sequence[str], Callable[[Desk, Days], Iterator[Row]]]]] = {
    "turns": (_TURNS, _turns_rows),
    "feedback": (_FEEDBACK, _feedback_rows),
    "reports": (_REPORTS, _reports_rows),
    "phrasings": (_PHRASINGS, _phrasings_rows),
    "groups": (_GROUPS, _groups_rows),
}


def add_export_routes(routes: StaffRoutes, desk: Desk) -> None:
    """A file for each kind of thing. Each download is told in the audit log."""

    @routes.download("/exports/{kind}.csv", Right.SEE, "Turns, feedback, reports, phrasings or groups as a file")
    def export(
        caller: Caller, kind: str, days: PresetDays = None, since: DateOrNone = None, until: DateOrNone = None
    ) -> Response:
        """Of the days (UTC) that were chosen, as for the dashboard; groups are all that there are."""
        if kind not in _FILES:
            raise NotFound(f"there is no file of {shown(kind)}: there are {', '.join(_FILES)}")
        chosen = chosen_days(desk.core.clock().date(), days, since, until)
        header, read = _FILES[kind]
        desk.statistics.note_export(kind, chosen, caller.name)
        # The first row is read before anything is sent: a store that does not answer is told of as a problem.
        rows = read(desk, chosen)
        first = [row for row in (next(rows, None),) if row is not None]
        span = "" if kind == "groups" else f"-{chosen.since}-{chosen.until}"
        return csv_response(f"{kind}{span}", header, chain(first, rows))

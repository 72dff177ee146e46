"""Error reports as staff deal with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import Conflict, InvalidQuery, InvalidReport, NotFound
from bot.domain.reports import GivenReport, ReportState
from bot.domain.staff import COMMAND_LINE
from bot.ports.reports import Sifting
from bot.service.reporting import report_error
from bot.service.staff.reports import list_marks, list_reports, turn_reports
from bot.service.staff.undo import undo

if TYPE_CHECKING:
    from bot.bootstrap import Installation
    from bot.service.staff.desk import Desk

CLOSED = ReportState.CLOSED
ID = "0" * 32


@pytest.fixture
def desk(installation: Installation) -> Desk:
    """The bundled library's, with a report on an article."""
    report_error(installation.core, installation.desk.reports, GivenReport("jet-lag", "East is west."))
    return installation.desk


def chosen(desk: Desk) -> str:
    """The report as its page names it."""
    report = list_reports(desk, Sifting(), 1).reports[0].report
    return f"{report.id}:{report.version}"


def test_what_was_done_to_reports_can_be_undone(desk: Desk) -> None:
    """By the same way as everything else that staff do, and once."""
    action = turn_reports(desk, COMMAND_LINE, CLOSED, [chosen(desk)], "  It is not.\x00 ")
    assert action.summary == "1 error report closed"
    report = list_reports(desk, Sifting(), 1).reports[0].report
    assert (report.state, report.note, report.handled_by) == (CLOSED, "It is not.", COMMAND_LINE.name)
    assert undo(desk, COMMAND_LINE, action.id).summary == "Undone: 1 error report closed"
    assert list_reports(desk, Sifting(), 1).open == 1
    with pytest.raises(Conflict, match="undone already"):
        undo(desk, COMMAND_LINE, action.id)


def test_two_who_close_the_same_report(desk: Desk) -> None:
    """The second is told that the first did."""
    seen = chosen(desk)
    turn_reports(desk, COMMAND_LINE, CLOSED, [seen], "")
    with pytest.raises(Conflict, match="now: closed, by command line"):
        turn_reports(desk, COMMAND_LINE, CLOSED, [seen], "")


@pytest.mark.parametrize(
    ("named", "note", "fault"),
    [
        ([], "", "no report is chosen"),
        (["x"], "", "'x' is not the id and the version"),
        ([f"{ID}:-1"], "", "is not the id and the version"),
        ([f"{number:032x}:1" for number in range(201)], "", "201 reports are too many"),
        ([f"{ID}:1"], "x" * 1_001, "1,001 characters are too many"),
    ],
)
def test_what_is_chosen_wrongly_is_told(desk: Desk, named: list[str], note: str, fault: str) -> None:
    """With what was expected."""
    with pytest.raises(InvalidReport, match=fault):
        turn_reports(desk, COMMAND_LINE, CLOSED, named, note)


def test_a_report_that_is_gone(desk: Desk) -> None:
    """Is not found."""
    with pytest.raises(NotFound):
        turn_reports(desk, COMMAND_LINE, CLOSED, [f"{ID}:1"], "")


@pytest.mark.parametrize("listing", [list_reports, list_marks])
def test_pages_that_cannot_be(desk: Desk, listing: object) -> None:
    """Are refused; what no article is called has none."""
    assert callable(listing)
    for wanted, page in ((Sifting(), 0), (Sifting(article_id="\x00"), 1)):
        with pytest.raises(InvalidQuery):
            listing(desk, wanted, page)
    assert listing(desk, Sifting(article_id="' OR 1=1 --"), 1).total == 0

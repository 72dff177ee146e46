"""Error reports and unhelpful marks: both databases do the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bot.domain.article import Article
from bot.domain.errors import Conflict, NotFound
from bot.domain.reports import ReportState
from bot.ports import SourcedArticle
from bot.ports.reports import ErrorReport, Sifting
from bot.ports.turns import Feedback
from bot.store.audit import SqlAuditStore
from bot.store.reports import SqlReportStore
from bot.store.schema import error_reports
from tests.conftest import NOON
from tests.store.conftest import noon
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import SqlStore

OPEN, CLOSED = ReportState.OPEN, ReportState.CLOSED


def report(number: int, **fields: object) -> ErrorReport:
    """A new report, a minute after the one before it."""
    values = {
        "id": f"{number:032x}",
        "article_id": "a",
        "revision": 1,
        "text": f"Line {number} is wrong.",
        "created": NOON + dt.timedelta(minutes=number),
        "state": OPEN,
        "handled_by": "",
        "handled": None,
        "note": "",
        "version": 1,
    }
    return ErrorReport(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def reports(store: SqlStore) -> SqlReportStore:
    """Three reports on two articles."""
    store.put([SourcedArticle(Article(id=name, question=f"What of {name}?")) for name in "ab"])
    made = SqlReportStore(store.engine, noon)
    for each in (report(1), report(2, article_id="b"), report(3)):
        assert made.add(each)
    return made


def listed(reports: SqlReportStore, **wanted: object) -> list[int]:
    """The numbers of the reports on the first page."""
    return [int(each.report.id, 16) for each in reports.page(Sifting(**wanted), 1, 10).reports]  # type: ignore[arg-type]


def test_reports_are_listed_newest_first(reports: SqlReportStore) -> None:
    """By state, article and day; page by page, with how many there are and how many are open."""
    assert listed(reports) == [3, 2, 1]
    assert listed(reports, article_id="a") == [3, 1]
    assert listed(reports, state=CLOSED) == []
    assert listed(reports, since=NOON.date(), until=NOON.date()) == [3, 2, 1]
    assert listed(reports, since=NOON.date() + dt.timedelta(days=1)) == []
    assert listed(reports, until=NOON.date() - dt.timedelta(days=1)) == []
    page = reports.page(Sifting(), 2, 2)
    assert ([each.report for each in page.reports], page.total, page.open) == ([report(1)], 3, 3)
    assert (page.reports[0].question, page.reports[0].newest_revision) == ("What of a?", 1)
    assert [each.id for each in reports.all_reports(Sifting())] == [report(number).id for number in (1, 2, 3)]


def test_the_very_same_words_are_kept_once_while_open(reports: SqlReportStore) -> None:
    """A form sent twice is one report; on another article, or once the first is closed, it is another."""
    same = report(4, text=report(1).text)
    assert not reports.add(same)
    assert reports.add(report(5, article_id="b", text=report(1).text))
    reports.turn_to(CLOSED, {report(1).id: 1}, "", "ann")
    assert reports.add(same)


def test_a_report_on_no_article_is_refused(reports: SqlReportStore) -> None:
    """It is not there to be reported on."""
    with pytest.raises(NotFound, match="'none'"):
        reports.add(report(9, article_id="none"))


def test_open_reports_are_counted(reports: SqlReportStore) -> None:
    """Those since a moment, on the article and on all; closed ones are not."""
    assert reports.count_open("a", NOON) == (2, 3)
    assert reports.count_open("a", NOON + dt.timedelta(minutes=2)) == (1, 2)
    assert reports.count_open("c", NOON + dt.timedelta(days=1)) == (0, 0)
    reports.turn_to(CLOSED, {report(1).id: 1}, "", "ann")
    assert reports.count_open("a", NOON) == (1, 2)


def test_closing_is_recorded_and_undone(reports: SqlReportStore) -> None:
    """Reports get their state, note and who did it; the log tells of it; undone, they are as before, once."""
    first = reports.turn_to(CLOSED, {report(1).id: 1, report(3).id: 1}, "the dose was right", "ann")
    assert listed(reports, state=CLOSED) == [3, 1]
    closed = reports.page(Sifting(state=CLOSED), 1, 1).reports[0].report
    assert closed == report(3, state=CLOSED, handled_by="ann", handled=NOON, note="the dose was right", version=2)
    second = reports.turn_to(OPEN, {report(3).id: 2}, "looked at again", "bob")
    with pytest.raises(Conflict, match=rf"{report(3).id} changed meanwhile \(now: open, by bob\)"):
        reports.take_back(first.id, "ann")
    assert listed(reports, state=CLOSED) == [1]
    reports.take_back(second.id, "bob")
    again = reports.page(Sifting(state=CLOSED), 1, 1).reports[0].report
    assert again == report(3, state=CLOSED, handled_by="ann", handled=NOON, note="the dose was right", version=4)
    with pytest.raises(Conflict, match="undone already, by bob: 1 error report reopened"):
        reports.take_back(second.id, "ann")
    with pytest.raises(NotFound):
        reports.take_back("0" * 32, "ann")
    log = SqlAuditStore(reports.engine, noon).page(
        actor="", action="report.*", subject=f"report:{report(3).id}", since=None, until=None, number=1, size=9
    )
    assert [(entry.actor, entry.action) for entry in log.entries] == [
        ("bob", "report.undo"),
        ("bob", "report.reopen"),
        ("ann", "report.close"),
    ]
    assert all(report(3).text not in str(entry) for entry in log.entries)


def test_all_or_none_is_closed(reports: SqlReportStore) -> None:
    """Where one changed meanwhile, or is gone, the others stay as they are."""
    reports.turn_to(CLOSED, {report(1).id: 1}, "", "ann")
    with pytest.raises(Conflict, match=r"now: closed, by ann"):
        reports.turn_to(CLOSED, {report(3).id: 1, report(1).id: 1}, "", "bob")
    with pytest.raises(NotFound):
        reports.turn_to(CLOSED, {report(3).id: 1, "f" * 32: 1}, "", "bob")
    assert listed(reports, state=OPEN) == [3, 2]


def test_closed_reports_go_with_the_retention_time(reports: SqlReportStore, store: SqlStore) -> None:
    """Counted from their closing; open ones stay, and the deletion is counted, so that the files are cleaned."""
    reports.turn_to(CLOSED, {report(1).id: 1}, "", "ann")
    store.purge(NOON)
    assert listed(reports) == [3, 2, 1]
    store.purge(NOON + dt.timedelta(seconds=1))
    assert listed(reports) == [3, 2]
    with store.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT made FROM erasures")) == 1
    store.scrub()
    assert listed(reports) == [3, 2]


def test_an_article_takes_its_reports_along(reports: SqlReportStore) -> None:
    """Nothing is left of them."""
    with reports.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM articles WHERE id = 'a'"))
        assert connection.scalar(sa.select(sa.func.count()).select_from(error_reports)) == 1


def test_unhelpful_marks_are_listed(store: SqlStore) -> None:
    """With the question, the article quoted and the reason, newest first; helpful ones are not."""
    store.put([SourcedArticle(Article(id="a", question="What of a?"))])
    quoted = {"article_id": "a", "revision": 1, "sha256": "f" * 64}
    for number in range(4):
        made = turn(id=f"{number}", question=f"question {number}", **(quoted if number != 2 else {}))
        store.record(made, None)
        given = Feedback(made.id, number == 3, "too-long" if number else "", "x", NOON + dt.timedelta(days=number))
        store.give_feedback(made.session_id, given)
    reports = SqlReportStore(store.engine, noon)

    def shown(**wanted: object) -> list[str]:
        return [mark.turn_id for mark in reports.marks(Sifting(**wanted), 1, 10).marks]  # type: ignore[arg-type]

    assert shown() == ["2", "1", "0"]
    assert shown(article_id="a") == ["1", "0"]
    assert shown(reason="too-long") == ["2", "1"]
    assert shown(since=NOON.date() + dt.timedelta(days=1), until=NOON.date() + dt.timedelta(days=1)) == ["1"]
    page = reports.marks(Sifting(), 2, 2)
    assert page.total == 3
    mark = page.marks[0]
    assert (mark.question, mark.article_id, mark.article, mark.outcome) == ("question 0", "a", "What of a?", "answer")
    assert reports.marks(Sifting(), 1, 1).marks[0].article is None


def test_thousands_are_read_little_by_little(open_store: Callable[[], SqlStore]) -> None:
    """Each once, in order, also where many came at the same moment."""
    store = open_store()
    store.put([SourcedArticle(Article(id="a", question="What of a?"))])
    reports = SqlReportStore(store.engine, noon)
    rows: list[dict[str, Any]] = [asdict(report(n)) | {"state": "open", "created": NOON} for n in range(2_500)]
    with store.engine.begin() as connection:
        connection.execute(error_reports.insert(), rows)
    assert [int(each.id, 16) for each in reports.all_reports(Sifting())] == list(range(2_500))

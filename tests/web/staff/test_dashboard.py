"""The dashboard: its page, plots and files say the same, and ask the database little."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from bot.domain.article import Article
from bot.domain.days import Days
from bot.domain.reply import Outcome
from bot.domain.staff import Role
from bot.ports import SourcedArticle
from bot.ports.statistics import GapCount, OverdueArticle, QuotedArticle, Statistics
from bot.ports.turns import Feedback
from bot.service.staff.panels import Panel, Unit, panels
from bot.store import SqlStore
from bot.web.staff.plots import THEMES, has_plot, plot
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.bootstrap import Installation
    from bot.service.staff.desk import Desk

SVG = "{http://www.w3.org/2000/svg}"
NOTHING = Statistics((), (), (), (), (), (), (), (), (), (), (), 0)
TODAY = dt.date(2026, 3, 2)
FORMULA = "=HYPERLINK(0)"


@pytest.fixture
def desk(desk: Desk, installation: Installation) -> Desk:
    """The bundled library's, with turns and marks of the last two days."""
    store = installation.core.store
    now = desk.core.clock()
    quoted = {"article_id": "jet-lag", "revision": 1, "sha256": store.article("jet-lag").revision.sha256}
    for made in (
        turn(id="a", created=now - dt.timedelta(days=1), question=f"{FORMULA} mi pregunta, ñ", **quoted),
        turn(id="b", created=now, outcome=Outcome.UNMATCHED, channel="web", language="es"),
        turn(id="c", created=now, outcome=Outcome.EMERGENCY, signs=("stroke", "bleeding"), question=None),
        turn(id="d", created=now - dt.timedelta(days=60), **quoted),
    ):
        store.record(made, None)
    store.give_feedback(turn().session_id, Feedback("a", False, "other", "+44 is not a number", now))
    store.put([SourcedArticle(Article(id="due", question="Is this $5 or $10?", review_due=dt.date(2020, 1, 1)))])
    return desk


@pytest.fixture
def client(staff_client: Callable[..., TestClient]) -> TestClient:
    """A reviewer's."""
    return staff_client(Role.REVIEWER)


def rows_of(response: str) -> list[list[str]]:
    """A CSV file's."""
    assert response.startswith("\ufeff")
    return list(csv.reader(io.StringIO(response[1:], newline="")))


def shown(cell: str) -> str:
    """A table's figure as the file has it."""
    text = cell.strip().replace(",", "") if cell.strip().replace(",", "").isdigit() else cell.strip()
    return "" if text == "\u2013" else text


def test_the_page_the_files_and_the_json_say_the_same(client: TestClient) -> None:
    """Figure by figure, for each panel; a share is rounded in the page alone."""
    page = html.fromstring(client.get("/staff/dashboard?days=7").text)
    told = client.get("/api/v1/staff/dashboard?days=7").json()
    assert len(told["panels"]) == 12
    for panel in told["panels"]:
        section = page.xpath(f'//section[@aria-labelledby="{panel["key"]}"]')[0]
        assert panel["summary"] in section.text_content()
        link = next(a.get("href") for a in section.cssselect("a") if ".csv" in a.get("href"))
        header, *rows = rows_of(client.get(link).text)
        assert header == [column["name"] for column in panel["columns"]]
        assert rows == [["" if cell is None else str(cell) for cell in row] for row in panel["rows"]]
        table = [
            [shown(cell.text_content()) for cell in row.cssselect("th, td")] for row in section.cssselect("tbody tr")
        ]
        shares = [place for place, column in enumerate(panel["columns"]) if column["unit"] == "share"]
        for row in rows:
            for place in shares:
                row[place] = f"{float(row[place]):.1%}".replace("%", "\u00a0%") if row[place] else ""
        assert table == rows


def test_the_figures_of_the_last_days(client: TestClient) -> None:
    """As counted by hand: what came earlier is not in them."""
    found = {panel["key"]: panel for panel in client.get("/api/v1/staff/dashboard?days=7").json()["panels"]}
    assert found["turns"]["summary"] == "3 turns: 1 answer, 0 choices, 1 unmatched, 1 emergency, 0 information."
    assert len(found["turns"]["rows"]) == 7
    assert found["match"]["summary"] == "1 of 2 questions answered (50.0 %)."
    assert found["helpful"]["summary"] == "0 of 1 mark helpful (0.0 %)."
    assert found["emergencies"]["rows"] == [["bleeding", 1], ["stroke", 1]]
    assert found["articles"]["rows"][0][0::2][1:] == [1, 1]
    assert "1 article overdue for review" in found["reviews"]["summary"]
    assert found["overdue"]["rows"][0][:3] == ["due", "Is this $5 or $10?", "2020-01-01"]


def test_each_plot_can_be_read(client: TestClient) -> None:
    """It is well-formed SVG with a title and a description, in both themes; the page names it in words."""
    page = html.fromstring(client.get("/staff/dashboard").text)
    pictures = page.cssselect("picture")
    assert len(pictures) == 11
    for picture in pictures:
        image = picture.cssselect("img")[0]
        light, dark = str(image.get("src")), str(picture.cssselect("source")[0].get("srcset"))
        responses = [client.get(address) for address in (light, dark)]
        assert responses[0].text != responses[1].text
        for response in responses:
            assert response.headers["content-type"] == "image/svg+xml"
            assert "script-src" not in response.headers["content-security-policy"]
            root = etree.fromstring(response.content)
            assert (root[0].tag, root[1].tag) == (f"{SVG}title", f"{SVG}desc")
            assert image.get("alt") == f"{root[0].text}: {root[1].text}"
            assert not root.findall(f".//{SVG}script")


def test_the_database_is_asked_little(client: TestClient, desk: Desk, installation: Installation) -> None:
    """The plots of a page ask for nothing that the page has counted; a page asks as often whatever there is."""
    store = installation.core.store
    assert isinstance(store, SqlStore)
    statements: list[str] = []

    @sa.event.listens_for(store.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # The server's own jobs, in threads of theirs, ask at any time.
        if threading.current_thread().name.startswith("AnyIO"):
            statements.append(statement)

    def asked(address: str) -> int:
        statements.clear()
        assert client.get(address).status_code == 200
        return sum("staff" not in each and not each.startswith("BEGIN") for each in statements)

    first = asked("/staff/dashboard?days=90")
    assert first == 12
    assert asked("/staff/dashboard?days=7") == first
    assert asked("/staff/dashboard?days=7") == 0
    assert asked("/staff/dashboard/turns.svg?days=7") == 0
    assert asked("/staff/dashboard/turns.csv?days=7") == 0


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("since=2026-03-01&until=2026-03-31", 200, ""),
        ("since=&until=", 200, ""),
        ("until=2026-03-31", 200, ""),
        ("days=3660", 200, ""),
        ("days=0", 422, "days: 0 is not a number from 1"),
        ("days=" + "9" * 30, 422, "days: "),
        ("until=0001-01-01", 422, "0001-01-01 is not a day from 2000-01-01 to 2199-12-31"),
        ("since=2026-03-02&until=2026-03-01", 422, "since: 2026-03-02 is after until"),
        ("since=2001-01-01&until=2026-03-01", 422, "9,191 days are too many"),
        ("since=0001-01-01&until=0001-01-01", 422, "0001-01-01 is not a day from"),
        ("until=9999-12-31", 422, "9999-12-31 is not a day from"),
        ("since=yesterday", 422, "since: 'yesterday' cannot be used"),
    ],
)
def test_days_can_be_chosen(client: TestClient, query: str, status: int, detail: str) -> None:
    """Or are refused, saying why."""
    response = client.get(f"/api/v1/staff/dashboard?{query}")
    assert response.status_code == status
    if detail:
        assert response.json()["detail"].startswith(detail)


@pytest.mark.parametrize("path", ["none.svg", "overdue.svg", "none.csv"])
def test_there_is_no_other_plot_or_table(client: TestClient, path: str) -> None:
    """404, which says what there is."""
    assert client.get(f"/api/v1/staff/dashboard/{path}").status_code == 404


def test_everything_can_be_taken_away(client: TestClient, desk: Desk) -> None:
    """As files in which no words are a formula; without the ids of sessions, and told in the audit log."""
    header, *turns = rows_of(client.get("/staff/exports/turns.csv?days=7").text)
    assert [row[0] for row in turns] == ["a", "b", "c"]
    assert turns[0][header.index("question")] == f"'{FORMULA} mi pregunta, ñ"
    assert turns[2][header.index("signs")] == "stroke bleeding"
    assert all(turn().session_id not in cell for row in turns for cell in row)
    header, mark = rows_of(client.get("/staff/exports/feedback.csv?days=7").text)
    assert mark[header.index("comment")] == "'+44 is not a number"
    desk.core.store.teach("jet-lag", ["@flight"], "ann")
    assert rows_of(client.get("/staff/exports/phrasings.csv").text)[1][:2] == ["jet-lag", "'@flight"]
    for kind in ("reports", "groups"):
        assert rows_of(client.get(f"/staff/exports/{kind}.csv").text)[0][0] == f"{kind.removesuffix('s')}_id"
    assert client.get("/staff/exports/sessions.csv").status_code == 404
    told = desk.audit.page(
        actor="reviewer", action="data.export", subject="data:turns", since=None, until=None, number=1, size=9
    )
    assert told.total == 1


def test_long_times_are_added_up() -> None:
    """By days, weeks or months, so that there are never too many; all days are in one of them, once."""
    for count in (1, 100, 101, 800, 801, 3_660):
        days = Days(TODAY - dt.timedelta(days=count - 1), TODAY)
        firsts = [*days.steps()]
        assert firsts[0] == days.since
        assert len(firsts) <= 125
        assert {days.step_of(days.since + dt.timedelta(days=number)) for number in range(count)} == set(firsts)


def panel(key: str, statistics: Statistics, days: Days = Days(TODAY, TODAY)) -> Panel:  # noqa: B008  a frozen value
    """One panel of `statistics`."""
    return next(each for each in panels(statistics, days, TODAY) if each.key == key)


def test_gaps_are_the_open_groups_at_the_end_of_each_day() -> None:
    """A group is of the largest size that it has reached; once settled, or settled before it grew, it is none."""
    days = [TODAY + dt.timedelta(days=number) for number in range(-1, 4)]
    gaps = (
        GapCount(days[0], None, 1, 3),  # before the days: three groups, of which one grows
        GapCount(days[1], None, 2, 1),
        GapCount(days[1], days[3], 1, 1),  # open for two days
        GapCount(days[2], days[2], 1, 5),  # settled on the very day
        GapCount(days[3], days[2], 2, 5),  # asked again after it was settled
    )
    made = panel("gaps", replace(NOTHING, gaps=gaps), Days(days[1], days[4]))
    assert [column.name for column in made.columns] == ["day", "1 question", "2 to 4", "5 to 9", "10 or more", "all"]
    assert made.rows == (
        (days[1], 3, 1, 0, 0, 4),
        (days[2], 3, 1, 0, 0, 4),
        (days[3], 2, 1, 0, 0, 3),
        (days[4], 2, 1, 0, 0, 3),
    )


def test_the_time_to_teach_is_told_by_its_median() -> None:
    """And by how many groups took how long."""
    made = panel("teaching", replace(NOTHING, taught_after_s=(60.0, 7_200.0, 86_400.0)))
    assert made.summary == "3 groups taught. Median: 2.0 hours."
    assert [count for _, count in made.rows] == [1, 1, 1, 0, 0, 0]
    assert panel("teaching", NOTHING).summary == "0 groups taught."


@pytest.mark.parametrize(
    ("left", "name"),
    [
        (-366, "over a year overdue"),
        (-365, "91 to 365 days overdue"),
        (-31, "31 to 90 days overdue"),
        (-1, "1 to 30 days overdue"),
        (0, "due within 30 days"),
        (31, "due in 31 to 90 days"),
    ],
)
def test_reviews_are_told_by_how_long_they_are_due(left: int, name: str) -> None:
    """On the very day an article is due, and not yet overdue."""
    made = panel("reviews", replace(NOTHING, reviews_due=((TODAY + dt.timedelta(days=left), 2),)))
    assert [row for row in made.rows if row[1]] == [(name, 2)]


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_at_all_can_be_drawn(theme: str) -> None:
    """Every plot of a service that nobody has used."""
    for each in panels(NOTHING, Days(TODAY, TODAY), TODAY):
        if has_plot(each):
            etree.fromstring(plot(each, theme))


def test_threads_draw_as_one_does() -> None:
    """Matplotlib's style belongs to the process, and the server's threads ask at the same time."""
    made = [each for each in panels(NOTHING, Days(TODAY, TODAY), TODAY) if has_plot(each)][:2]
    asked = [(each, theme) for each in made for theme in THEMES] * 2
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda each: plot(*each), asked))
    assert drawn == [plot(*each) for each in asked]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=80))
def test_any_words_can_be_drawn(words: str) -> None:
    """Dollars, brackets and letters of any script are words in a plot, and a cell in a table."""
    statistics = replace(
        NOTHING,
        articles=(QuotedArticle("a", words, 1, 0, 0),),
        overdue=(OverdueArticle("a", words, TODAY - dt.timedelta(days=1)),),
    )
    made = panel("articles", statistics)
    etree.fromstring(plot(made, "light").encode())
    assert made.rows[0][1] == words
    assert made.columns[1].unit is Unit.TEXT

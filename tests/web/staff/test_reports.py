"""Error reports and unhelpful answers in the pages of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

from bot.domain.reports import GivenReport
from bot.domain.staff import Role
from bot.ports.turns import Feedback
from bot.service.reporting import report_error
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk

EVIL = "<script>alert(1)</script> {{ 7 * 7 }}"


@pytest.fixture
def client(staff_client: Callable[..., TestClient], desk: Desk) -> TestClient:
    """A reviewer's, with two error reports and an unhelpful mark."""
    for text in (EVIL, "The second."):
        report_error(desk.core, desk.reports, GivenReport("jet-lag", text))
    desk.core.store.record(turn(id="t1", question=EVIL), None)
    given = Feedback("t1", False, "too-long", "Much too long.", desk.core.clock())
    desk.core.store.give_feedback(turn().session_id, given)
    return staff_client(Role.REVIEWER)


def test_reports_are_closed_and_reopened_in_the_page(client: TestClient) -> None:
    """By ticking them; the next page says what was done and offers to undo it."""
    page = html.fromstring(client.get("/staff/reports").text)
    assert EVIL in page.cssselect("table")[0].text_content()
    assert not page.cssselect("table script")
    assert page.xpath('//a[@href="/staff/articles/jet-lag"]')
    chosen = [box.get("value") for box in page.cssselect("[name=chosen]")]
    assert len(chosen) == 2
    form = {"chosen": chosen[:1], "note": "Mended.", "state": "closed"}
    headers = {"referer": "http://testserver/staff/reports?state=open"}
    response = client.post("/staff/reports/state", data=form, headers=headers)
    assert (response.status_code, response.headers["location"]) == (303, "/staff/reports?state=open")
    page = html.fromstring(client.get("/staff/reports?state=closed").text)
    assert "1 error report closed." in page.cssselect(".flash")[0].text_content()
    assert "Mended." in page.cssselect("table")[0].text_content()
    assert client.post("/staff/reports/state", data=form, headers=headers).status_code == 409


def test_the_same_as_json(client: TestClient) -> None:
    """Lists and actions, with the same filters."""
    listed = client.get("/api/v1/staff/reports?state=all&article=jet-lag").json()
    assert (listed["total"], listed["open"]) == (2, 2)
    assert client.get("/api/v1/staff/reports?article=head-lice").json()["reports"] == []
    report = listed["reports"][0]["report"]
    body = {"chosen": [f"{report['id']}:{report['version']}"], "state": "closed"}
    done = client.post("/api/v1/staff/reports/state", json=body).json()
    assert done["message"] == "1 error report closed."
    assert done["undo"]
    assert client.get("/api/v1/staff/reports").json()["total"] == 1


def test_unhelpful_answers_lead_to_their_turns(client: TestClient) -> None:
    """With the question and the reason."""
    page = html.fromstring(client.get("/staff/reports/unhelpful?reason=too-long").text)
    table = page.cssselect("table")[0]
    assert "Much too long." in table.text_content()
    assert [link.get("href") for link in table.cssselect("a")] == ["/staff/turns/t1"]
    assert table.cssselect("a")[0].text_content() == EVIL
    assert "There are no such marks." in client.get("/staff/reports/unhelpful?reason=other").text
    assert client.get("/api/v1/staff/reports/unhelpful").json()["marks"][0]["turn_id"] == "t1"


@pytest.mark.parametrize(
    "query", ["state=lost", "since=yesterday", "page=0", "page=x", "until=9999-99-99", "since=0001-01-01"]
)
def test_filters_that_make_no_sense(client: TestClient, query: str) -> None:
    """422, in both lists' JSON."""
    assert client.get(f"/api/v1/staff/reports?{query}").status_code == 422

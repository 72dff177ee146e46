"""The queue's pages and calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.message import Inbound
from bot.domain.staff import Role
from bot.service.asking import ask
from bot.service.staff.catching_up import catch_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk


@pytest.fixture
def client(desk: Desk, staff_client: Callable[..., TestClient]) -> TestClient:
    """A reviewer's, with three questions in two groups."""
    for text in ("How do I get rid of hiccups?", "how can i get rid of hiccups", "is a bunion <b>dangerous"):
        ask(desk.core, Inbound(message=text))
    catch_up(desk)
    return staff_client(Role.REVIEWER)


def listed(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = client.get(f"/api/v1/staff/queue{query}").json()["page"]["groups"]
    return groups


def seen(client: TestClient, query: str = "") -> list[str]:
    return [f"{group['id']}:{group['version']}" for group in listed(client, query)]


def test_a_page_and_its_json_say_the_same(client: TestClient) -> None:
    """Groups with how many asked; words of patients are escaped."""
    groups = listed(client)
    assert [(group["title"], group["people"]) for group in groups] == [
        ("How do I get rid of hiccups?", 2),
        ("is a bunion <b>dangerous", 1),
    ]
    page = client.get("/staff/queue?state=open&kind=&channel=&language=&assignee=&since=&until=&words=&sort=people")
    assert page.status_code == 200
    assert "is a bunion &lt;b&gt;dangerous" in page.text
    assert f'value="{groups[0]["id"]}:{groups[0]["version"]}"' in page.text
    group = client.get(f"/staff/queue/{groups[0]['id']}")
    assert group.status_code == 200
    assert "how can i get rid of hiccups" in group.text


def test_several_are_dismissed_by_a_form_and_come_back_by_undo(client: TestClient) -> None:
    """As a browser without scripts does it."""
    groups = seen(client)
    sent = client.post("/staff/queue/dismiss", data={"groups": groups})
    assert sent.status_code == 303
    assert listed(client) == []
    page = client.get("/staff/queue")
    assert "2 groups dismissed." in page.text
    undo = re.search(r'action="(/staff/actions/\w+/undo)"', page.text)
    assert undo
    assert client.post(undo[1]).status_code == 303
    assert len(listed(client)) == 2
    again = client.post(undo[1])
    assert again.status_code == 409
    assert "undone already" in again.text
    told = client.get("/staff/actions").text
    assert "2 groups dismissed" in told
    assert all(f'href="/staff/queue/{group.partition(":")[0]}"' in told for group in groups)


def test_each_action_by_json(client: TestClient) -> None:
    """With the id that undoes it, and by undoing each in turn all is as it was."""
    before = listed(client, "?state=any")
    done = []

    def do(path: str, body: dict[str, Any]) -> None:
        response = client.post(f"/api/v1/staff/queue/{path}", json=body)
        assert response.status_code == 200, response.text
        done.append(response.json()["undo"])

    first = before[0]["id"]

    def version() -> int:
        found: int = client.get(f"/api/v1/staff/queue/{first}").json()["group"]["summary"]["version"]
        return found

    do("assign", {"groups": seen(client), "assignee": "reviewer"})
    do("request", {"groups": seen(client)[:1], "owner": "editor", "title": "Hiccups", "note": "Many ask."})
    do("reopen", {"groups": [f"{first}:{version()}"]})
    do(f"{first}/title", {"version": version(), "title": "On hiccups"})
    do(f"{first}/link", {"version": version(), "article_id": "hiccups"})
    do(f"{first}/notes", {"text": "See the draft."})
    members = client.get(f"/api/v1/staff/queue/{first}").json()["group"]["members"]
    do(f"{first}/move", {"version": version(), "turns": [members[0]["turn_id"]]})
    do("merge", {"groups": seen(client, "?state=any"), "into": first})
    do("dismiss", {"groups": [f"{first}:{version()}"]})
    for action in reversed(done):
        assert client.post(f"/api/v1/staff/actions/{action}/undo").status_code == 200
    after = listed(client, "?state=any")
    for group in (*before, *after):
        group.pop("version")
    assert after == before


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("dismiss", {"groups": []}, 422),
        ("dismiss", {"groups": ["nowhere"]}, 422),
        ("dismiss", {"groups": ["nowhere:1"]}, 404),
        ("dismiss", {"groups": ["nowhere:one"]}, 422),
        ("nowhere/notes", {"text": "a"}, 404),
        ("nowhere/title", {"version": 1, "title": "a"}, 404),
    ],
)
def test_what_is_refused(client: TestClient, path: str, body: dict[str, Any], status: int) -> None:
    """With what was wrong, as a problem."""
    response = client.post(f"/api/v1/staff/queue/{path}", json=body)
    assert response.status_code == status
    assert response.json()["detail"]


def test_who_saw_an_older_state_is_told(client: TestClient, staff_client: Callable[..., TestClient]) -> None:
    """And nothing that another did is overwritten."""
    shown = seen(client)[:1]
    other = staff_client(Role.CLINICIAN)
    assert other.post("/staff/queue/assign", data={"groups": shown, "assignee": "clinician"}).status_code == 303
    refused = client.post("/staff/queue/dismiss", data={"groups": shown})
    assert refused.status_code == 409
    assert "changed meanwhile (now: open, assigned to clinician)" in refused.text
    assert client.get("/staff/queue?state=nonsense").status_code == 422
    assert client.get("/staff/queue?page=0").status_code == 422


@pytest.mark.parametrize(("action", "ticked", "said"), [("dismiss", 0, "at least one"), ("merge", 1, "at least two")])
def test_too_few_are_ticked(client: TestClient, action: str, ticked: int, said: str) -> None:
    """The page says how many it takes."""
    response = client.post(f"/staff/queue/{action}", data={"groups": ["a:1"] * ticked})
    assert response.status_code == 422
    assert f"tick {said}" in response.text

"""The frame of staff's pages: who may, and whence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from bot.domain.staff import Caller, Right, Role, rights_of
from bot.web.problems import install_problem_handlers
from bot.web.staff.routes import Done, Flash, StaffRoutes
from bot.wordings import Wordings

if TYPE_CHECKING:
    from starlette.requests import Request

REVIEWER = Caller("1", "rev", "A Reviewer", rights_of([Role.REVIEWER]), frozenset([Role.REVIEWER]))
EDITOR = Caller("2", "ed", "An Editor", rights_of([Role.EDITOR]), frozenset([Role.EDITOR]))


class TestDoor:
    """A door whose cookies and keys are names."""

    __test__ = False

    def __init__(self, *callers: Caller) -> None:
        self._callers = {caller.name: caller for caller in callers}
        self.flash: Flash | None = None

    def by_cookie(self, request: Request) -> Caller | None:
        return self._callers.get(request.cookies.get("who", ""))

    def by_key(self, request: Request) -> Caller | None:
        return self._callers.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    def leave_flash(self, request: Request, flash: Flash) -> None:
        self.flash = flash

    def take_flash(self, request: Request) -> Flash | None:
        taken, self.flash = self.flash, None
        return taken


class Words(BaseModel):
    text: str


@dataclass(frozen=True)
class Shown:
    of: str
    text: str


@pytest.fixture
def door() -> TestDoor:
    return TestDoor(REVIEWER, EDITOR)


@pytest.fixture
def client(door: TestDoor) -> TestClient:
    routes = StaffRoutes(door)

    @routes.action("/things/{thing}", Right.TEACH, "Say something of a thing")
    def say(caller: Caller, thing: str, body: Words) -> Done:
        return Done(message=f"{caller.name} said {body.text} of {thing}", undo="7")

    app = FastAPI()
    install_problem_handlers(app, lambda _: None, Wordings("en"))
    app.include_router(routes.pages)
    app.include_router(routes.api)
    return TestClient(app, base_url="http://site.example", follow_redirects=False)


def test_an_action_from_a_form_goes_back_and_says_what_was_done(client: TestClient, door: TestDoor) -> None:
    """With the form's words, to the page that it was sent from."""
    headers = {"sec-fetch-site": "same-origin", "referer": "http://site.example/staff/queue?page=2"}
    response = client.post("/staff/things/a", data={"text": "yes"}, headers={**headers, "cookie": "who=rev"})
    assert (response.status_code, response.headers["location"]) == (303, "/staff/queue?page=2")
    assert door.flash == Flash("rev said yes of a", "7")


def test_a_redirect_leads_to_our_own_pages_only(client: TestClient) -> None:
    """Whatever the referer says."""
    for foreign in (
        "http://evil.example/staff/queue",
        "http://site.example/articles/a",
        "//evil.example/staff",
        "http://[x",
    ):
        headers = {"sec-fetch-site": "same-origin", "referer": foreign}
        response = client.post("/staff/things/a", data={"text": "yes"}, headers={**headers, "cookie": "who=rev"})
        assert response.headers["location"] == "/staff"


def test_an_id_with_characters_that_no_id_has_is_not_there(client: TestClient) -> None:
    """No database is asked for it; PostgreSQL could not be."""
    headers = {"authorization": "Bearer rev"}
    assert client.post("/api/v1/staff/things/a%00b", json={"text": "yes"}, headers=headers).status_code == 404


def test_an_action_by_json(client: TestClient) -> None:
    """With an API key there is no browser to be misled, so nothing is asked of where it comes from."""
    response = client.post("/api/v1/staff/things/a", json={"text": "yes"}, headers={"authorization": "Bearer rev"})
    assert (response.status_code, response.json()) == (200, {"message": "rev said yes of a", "undo": "7"})


@pytest.mark.parametrize("path", ["/staff/things/a", "/api/v1/staff/things/a"])
@pytest.mark.parametrize(
    ("headers", "who", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, "", 401),
        ({"sec-fetch-site": "same-origin"}, "nobody", 401),
        ({"sec-fetch-site": "same-origin"}, "ed", 403),
        ({"sec-fetch-site": "cross-site"}, "rev", 403),
        ({"sec-fetch-site": "same-site"}, "rev", 403),
        ({"sec-fetch-site": "none"}, "rev", 403),
        ({"origin": "http://evil.example"}, "rev", 403),
        ({"origin": "null"}, "rev", 403),
        ({"origin": "http://[x"}, "rev", 403),
        ({}, "rev", 403),
    ],
)
def test_what_is_refused(client: TestClient, path: str, headers: dict[str, str], who: str, status: int) -> None:
    """Nobody, somebody without the right, and what another site sends in somebody's name."""
    assert client.post(path, json={"text": "x"}, headers={**headers, "cookie": f"who={who}"}).status_code == status


def test_an_older_browser_is_known_by_its_origin(client: TestClient) -> None:
    """It sends no Sec-Fetch-Site."""
    headers = {"origin": "http://site.example"}
    response = client.post("/staff/things/a", data={"text": "yes"}, headers={**headers, "cookie": "who=rev"})
    assert response.status_code == 303


@pytest.mark.parametrize(
    ("named", "location"),
    [
        ("/staff/queue/a?state=open#main", "/staff/queue/a?state=open#main"),
        ("http://evil.example/staff/queue", "/staff/articles"),
        ("//evil.example/staff", "/staff/articles"),
        ("/\\evil.example", "/staff/articles"),
        ("/staffing", "/staff/articles"),
        ("http://[x", "/staff/articles"),
        ("/staff/\r\nset-cookie: a=b", "/staff/articles"),
    ],
)
def test_a_form_names_the_page_to_go_on_to(client: TestClient, named: str, location: str) -> None:
    """If it is one of ours; otherwise it goes back to where it was sent from."""
    headers = {"sec-fetch-site": "same-origin", "referer": "http://site.example/staff/articles", "cookie": "who=rev"}
    response = client.post("/staff/things/a", params={"next": named}, data={"text": "yes"}, headers=headers)
    assert response.headers["location"] == location

"""The table of rights, walked in full."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from bot.bootstrap import utc_now
from bot.domain.staff import COMMAND_LINE, PERSONAL, RIGHTS, Right, Role, rights_of
from bot.service.staff.accounts import KEY_RIGHTS, add_key, token_hash
from bot.web.staff.app import staff_routes
from bot.web.staff.door import COOKIE, AccountDoor
from bot.web.staff.routes import API, PAGES, Route
from tests.conftest import ROOT
from tests.web.staff.conftest import SAME_ORIGIN, signed_in_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from bot.service.staff.desk import Desk

# What lets somebody in, or out: whoever asks.
PUBLIC = {
    ("GET", "/staff/sign-in"),
    ("POST", "/staff/sign-in"),
    ("POST", "/staff/sign-out"),
    ("GET", "/staff/oidc/start"),
    ("GET", "/staff/oidc/callback"),
}
LACKS = "it needs the right"


@pytest.fixture
def table(desk: Desk) -> list[Route]:
    """Every route of staff's, with the right that it needs."""
    return staff_routes(desk, AccountDoor(desk)).table


@pytest.fixture
def client(application: ASGIApp) -> Iterator[TestClient]:
    """A client of the whole application."""
    with TestClient(application, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def call(client: TestClient, route: Route, *, token: str = "", key: str = "") -> tuple[int, str]:
    """The status and words of a call that has no body, and x for every part of its path."""
    client.cookies.clear()
    headers = {**SAME_ORIGIN, "accept": "text/html" if route.is_page else "application/json"}
    if token:
        headers["cookie"] = f"{COOKIE}={token}"
    if key:
        headers["authorization"] = f"Bearer {key}"
    answer = client.request(route.method, re.sub(r"\{[^}]*\}", "x", route.path), headers=headers)
    return answer.status_code, answer.text


def test_no_route_of_staff_bypasses_the_table(application: ASGIApp, table: list[Route]) -> None:
    """Each under the roots of staff is in the table, but for those that let somebody in."""
    app: Any = application
    while not isinstance(app, FastAPI):
        app = app._app
    found = {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
        if context.path and context.path.startswith((PAGES, API))
    }
    assert found - PUBLIC == {(route.method, route.path) for route in table}


def test_nobody_is_let_in(client: TestClient, table: list[Route]) -> None:
    """A page leads to the sign-in page, a form says that it was not sent, and JSON is a 401."""
    for route in table:
        status, text = call(client, route, token="not-a-session", key="dn_not-a-key")
        assert status == (303 if route.is_page and route.method == "GET" else 401), (route, text)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says(client: TestClient, desk: Desk, table: list[Route], role: Role) -> None:
    """And nothing else, on no page and in no call."""
    signed_in_as(desk, role)
    for route in table:
        token = secrets.token_hex(8)  # a session of its own, for some end all of them
        desk.accounts.open_session(role.value, token_hash(token), utc_now() + dt.timedelta(hours=1), "password")
        status, text = call(client, route, token=token)
        if role in RIGHTS[route.right]:
            assert (status == 401, LACKS in text) == (False, False), (route, status, text)
        else:
            assert (status, LACKS in text) == (403, True), (route, text)


@pytest.mark.parametrize("right", KEY_RIGHTS)
def test_each_key_may_do_what_it_was_given(client: TestClient, desk: Desk, table: list[Route], right: Right) -> None:
    """It opens no page, and nothing that needs a person."""
    _, key = add_key(desk, COMMAND_LINE, f"for-{right}", [right])
    for route in table:
        status, text = call(client, route, key=key)
        if route.is_page:
            assert status == (303 if route.method == "GET" else 401), route
        elif route.right is right:
            assert (status == 401, LACKS in text) == (False, False), (route, status, text)
        else:
            assert (status, LACKS in text) == (403, True), (route, text)


def test_nobody_signs_off_alone() -> None:
    """Only a clinician signs off: not an admin, not an editor, and no key."""
    assert RIGHTS[Right.SIGN_OFF] == {Role.CLINICIAN}
    assert {Right.SIGN_OFF, Right.ADMINISTER} <= PERSONAL
    assert all(right in rights_of(Role) for right in Right)


def test_the_table_is_documented() -> None:
    """The guide for staff has a row for each right, with the roles that have it and whether a key can."""
    page = (ROOT / "docs" / "staff.md").read_text()
    rows = {
        right: [cell.strip() for cell in cells.strip("|").split("|")[1:]]
        for right, cells in re.findall(r"^\| `(\w{2,})` (\|.*\|)$", page, re.MULTILINE)
    }
    expected = {
        right.value: ["yes" if role in RIGHTS[right] else "" for role in Role] + ["" if right in PERSONAL else "yes"]
        for right in Right
    }
    assert {right: cells[-5:] for right, cells in rows.items()} == expected

"""Accounts, keys and one's own account, as pages and as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.domain.staff import COMMAND_LINE, Right, Role
from bot.service.staff.accounts import add_account, add_key
from tests.web.staff.conftest import PASSWORD, signed_in_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk

OWN = "a password of my own"


def test_a_new_account_chooses_a_password_before_anything_else(staff_client: Callable[..., TestClient]) -> None:
    """The first one is shown once to the admin, and is good for nothing but to change it."""
    admin, new = staff_client(Role.ADMIN), staff_client()
    added = admin.post("/staff/accounts", data={"name": "ed@clinic.example", "roles": ["editor", "reviewer"]})
    assert (added.status_code, added.headers["cache-control"]) == (200, "no-store")
    (first,) = re.findall(r"<code>([0-9a-f-]{24})</code>", added.text)
    assert first not in admin.get("/staff/accounts/ed@clinic.example").text
    entered = new.post("/staff/sign-in", data={"name": "ed@clinic.example", "password": first, "next": "/staff"})
    assert entered.headers["location"] == "/staff/me"
    refused = new.get("/staff")
    assert (refused.status_code, "choose one of your own first" in refused.text) == (403, True)
    assert new.get("/api/v1/staff").status_code == 403
    assert "Choose one of your own" in new.get("/staff/me").text
    changed = new.post("/staff/me/password", data={"old": first, "new": OWN, "again": OWN})
    assert changed.headers["location"] == "/staff/me"
    assert new.get("/staff").status_code == 200


def test_the_pages_of_an_account(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """Each change says what was done, and is seen at once."""
    add_account(desk, COMMAND_LINE, "ed", "Ed", [Role.EDITOR], PASSWORD, due=False)
    admin, ed = staff_client(Role.ADMIN), staff_client(Role.EDITOR, name="ed")
    form = {"full_name": "Edith", "roles": ["editor", "clinician"], "seen": "editor"}
    saved = admin.post("/staff/accounts/ed", data=form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/staff/accounts/ed")
    page = admin.get("/staff/accounts/ed").text
    assert "ed is changed." in page
    assert "ed is changed." not in admin.get("/staff/accounts/ed").text
    assert ed.get("/staff").status_code == 303  # with other roles they sign in again
    again = admin.post("/staff/accounts/ed", data=form)
    assert (again.status_code, "Open the page again" in again.text) == (409, True)
    record = admin.get("/api/v1/staff/accounts/ed").json()
    assert record["account"]["roles"] == ["clinician", "editor"]
    admin.post("/staff/accounts/ed/disable")
    assert staff_client().post("/staff/sign-in", data={"name": "ed", "password": PASSWORD}).status_code == 401
    admin.post("/staff/accounts/ed/enable")
    assert staff_client().post("/staff/sign-in", data={"name": "ed", "password": PASSWORD}).status_code == 303
    reset = admin.post("/api/v1/staff/accounts/ed/password")
    assert reset.json()["account"]["password_due"]
    assert staff_client().post("/staff/sign-in", data={"name": "ed", "password": PASSWORD}).status_code == 401


def test_the_last_admin_stays(staff_client: Callable[..., TestClient]) -> None:
    """The page says why, in plain words, with a way back."""
    admin = staff_client(Role.ADMIN)
    headers = {"referer": "http://testserver/staff/accounts/admin"}
    refused = admin.post("/staff/accounts/admin/disable", headers=headers)
    assert refused.status_code == 409
    assert "Admin is the only active admin; make somebody else one first." in refused.text
    assert 'href="/staff/accounts/admin"' in refused.text


def test_ones_own_account(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """A new password signs out the other browsers; the keyboard's commands can be turned off."""
    here, there = staff_client(Role.EDITOR), staff_client(Role.EDITOR)
    wrong = here.post("/staff/me/password", data={"old": PASSWORD, "new": OWN, "again": OWN + "x"})
    assert (wrong.status_code, "differ" in wrong.text) == (422, True)
    here.post("/staff/me/password", data={"old": PASSWORD, "new": OWN, "again": OWN})
    assert "other browsers are signed out" in here.get("/staff/me").text
    assert there.get("/staff/me").status_code == 303
    here.post("/staff/me/shortcuts", data={})
    assert 'data-shortcuts="off"' in here.get("/staff").text
    here.post("/api/v1/staff/me/shortcuts", json={"shortcuts": True})
    assert 'data-shortcuts="off"' not in here.get("/staff").text
    assert here.post("/staff/me/sign-out-everywhere").status_code == 303
    assert here.get("/staff/me").status_code == 303


def test_a_key_is_shown_once(staff_client: Callable[..., TestClient]) -> None:
    """It opens what it was given, until it is revoked."""
    admin, program = staff_client(Role.ADMIN), staff_client()
    made = admin.post("/staff/keys", data={"name": "feed", "rights": ["see"]})
    (key,) = re.findall(r"<code>(dn_[\w-]{43})</code>", made.text)
    listed = admin.get("/staff/keys")
    assert ("feed" in listed.text, key in listed.text) == (True, False)
    bearer = {"authorization": f"Bearer {key}", "accept": "application/json"}
    assert program.get("/api/v1/staff", headers=bearer).status_code == 200
    assert program.get("/api/v1/staff/audit", headers=bearer).status_code == 403
    assert program.get("/staff", headers=bearer).status_code == 401
    admin.post("/staff/keys/feed/revoke")
    refused = program.get("/api/v1/staff", headers=bearer)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_what_staff_send_may_be_larger_than_a_question(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """Up to a megabyte, and nothing at all of it from who is not signed in."""
    admin = staff_client(Role.ADMIN)
    assert admin.post("/staff/accounts", data={"name": "x" * 100_000}).status_code == 422
    refused = admin.post("/staff/accounts", data={"name": "x" * 1_100_000})
    assert (refused.status_code, "That was too large" in refused.text) == (413, True)
    assert admin.post("/api/v1/staff/accounts", json={"name": "x" * 1_100_000}).status_code == 413

    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield bytes(10_000)

    assert staff_client().post("/staff/accounts", content=pieces()).status_code == 401
    assert read == []


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_what_goes_wrong_is_a_page_with_a_way_back(
    staff_client: Callable[..., TestClient], desk: Desk, status: int
) -> None:
    """And with the navigation of whoever is signed in."""
    signed_in_as(desk, Role.EDITOR)
    add_key(desk, COMMAND_LINE, "feed", [Right.SEE])
    admin = staff_client(Role.ADMIN)
    answer = {
        403: lambda: staff_client(Role.EDITOR).get("/staff/accounts"),
        404: lambda: admin.get("/staff/accounts/nobody"),
        409: lambda: admin.post("/staff/keys", data={"name": "feed", "rights": ["see"]}),
        422: lambda: admin.post("/staff/keys", data={"name": "a name"}),
    }[status]()
    assert answer.status_code == status
    assert 'href="/staff/queue"' in answer.text
    assert 'class="button" href="/staff"' in answer.text


def test_an_address_that_leads_nowhere_is_told_of_so_too(staff_client: Callable[..., TestClient]) -> None:
    """With the navigation of whoever is signed in, and without any for others."""
    for status, method, path in (
        (404, "GET", "/staff/queues"),
        (404, "POST", "/staff/x/y"),
        (405, "POST", "/staff/queue"),
    ):
        answer = staff_client(Role.REVIEWER).request(method, path)
        assert answer.status_code == status
        assert 'href="/staff/queue"' in answer.text
        assert 'href="/staff/queue"' not in staff_client().request(method, path).text


def test_a_form_that_was_sent_too_late_is_not_lost(staff_client: Callable[..., TestClient]) -> None:
    """Whoever was signed out meanwhile is not led away from what they typed."""
    page = staff_client().post("/staff/me/password", headers={"referer": "http://testserver/staff/me"})
    assert page.status_code == 401
    assert "go back" in page.text
    assert 'href="/staff/sign-in?next=%2Fstaff%2Fme" target="_blank"' in page.text

"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.staff import Role
from tests.web.staff.conftest import PASSWORD, signed_in_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk


def test_signing_in_leads_to_the_page_that_was_wanted(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """And the cookie is out of reach of scripts and of other sites."""
    signed_in_as(desk, Role.EDITOR)
    client = staff_client()
    asked = client.get("/staff?page=2")
    assert (asked.status_code, asked.headers["location"]) == (303, "/staff/sign-in?next=%2Fstaff%3Fpage%3D2")
    assert 'name="next" value="/staff?page=2"' in client.get(asked.headers["location"]).text
    form = {"name": " Editor ", "password": PASSWORD, "next": "/staff?page=2"}
    entered = client.post("/staff/sign-in", data=form)
    assert (entered.status_code, entered.headers["location"]) == (303, "/staff?page=2")
    assert "HttpOnly; Max-Age=43200; Path=/; SameSite=lax" in entered.headers["set-cookie"]
    home = client.get("/staff")
    assert (home.status_code, home.headers["cache-control"]) == (200, "no-store")
    assert client.get("/api/v1/staff").status_code == 200


def test_what_is_wrong_is_not_told(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """A name that nobody has and a wrong password get the same page, but for the name."""
    signed_in_as(desk, Role.EDITOR)
    client = staff_client()
    pages = []
    for name in ("editor", "nobody-at-all"):
        for _ in range(5):
            page = client.post("/staff/sign-in", data={"name": name, "password": "not this one"})
            assert (page.status_code, "set-cookie" in page.headers) == (401, False)
        locked = client.post("/staff/sign-in", data={"name": name, "password": PASSWORD})
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) <= 60
        assert "Too many attempts; wait 1 minute" in locked.text
        pages.append((page.text + locked.text).replace(name, "NAME"))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("next_page", ["//evil.example/staff", "https://evil.example/staff", "/articles/a", "/\\evil"])
def test_signing_in_leads_nowhere_else(staff_client: Callable[..., TestClient], desk: Desk, next_page: str) -> None:
    """Whatever a link to the sign-in page says."""
    signed_in_as(desk, Role.EDITOR)
    form = {"name": "editor", "password": PASSWORD, "next": next_page}
    assert staff_client().post("/staff/sign-in", data=form).headers["location"] == "/staff"


def test_another_site_signs_nobody_in(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """Nor out."""
    signed_in_as(desk, Role.EDITOR)
    client = staff_client(Role.EDITOR)
    foreign = {"sec-fetch-site": "cross-site"}
    form = {"name": "editor", "password": PASSWORD}
    assert client.post("/staff/sign-in", data=form, headers=foreign).status_code == 403
    assert client.post("/staff/sign-out", headers=foreign).status_code == 403
    assert client.get("/staff").status_code == 200


def test_who_signed_out_is_out(staff_client: Callable[..., TestClient]) -> None:
    """Also with the cookie that they had."""
    client = staff_client(Role.EDITOR)
    cookies = dict(client.cookies)
    assert client.post("/staff/sign-out").headers["location"] == "/staff/sign-in?left=true"
    client.cookies.update(cookies)
    assert client.get("/staff").status_code == 303
    assert client.get("/api/v1/staff").status_code == 401

"""Signing in with an identity provider: a real one, over HTTP, in this process."""

from __future__ import annotations

import datetime as dt
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from bot.bootstrap import utc_now
from bot.domain.errors import Unavailable
from bot.domain.staff import COMMAND_LINE, Role
from bot.oidc import OidcProvider
from bot.service.staff.accounts import add_account, set_active, set_password
from bot.web.app import create_app
from tests.web.staff.provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.service.staff.desk import Desk

CALLBACK = "http://testserver/staff/oidc/callback"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An identity provider that knows somebody whose verified address is the name of an account here."""
    with running_provider() as running:
        running.person |= {"email": "Anna@Clinic.example", "email_verified": True, "preferred_username": "nurse"}
        yield running


@pytest.fixture
def client(desk: Desk, provider: Provider) -> Iterator[TestClient]:
    """A browser at an installation that trusts the provider, with an account without a password."""
    add_account(desk, COMMAND_LINE, "anna@clinic.example", "Anna", [Role.EDITOR], None, due=False)
    trusted = OidcProvider(provider.issuer, CLIENT_ID, CLIENT_SECRET, CALLBACK, "the clinic", utc_now)
    application = create_app(replace(desk, access=replace(desk.access, provider=trusted)))
    with TestClient(application, follow_redirects=False, headers={"accept": "text/html"}) as opened:
        yield opened


def come_back(client: TestClient) -> str:
    """Begin, and be sent back by the provider: the address that the browser is sent to."""
    begun = client.get("/staff/oidc/start?next=/staff/me")
    assert begun.status_code == 303, begun.text
    answer = httpx2.get(begun.headers["location"])
    assert answer.headers["location"].startswith(f"{CALLBACK}?")
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def sign_in(client: TestClient) -> httpx2.Response:
    return client.get(come_back(client))


def test_an_account_is_found_by_a_verified_address_once_and_then_by_its_subject(
    client: TestClient, provider: Provider, desk: Desk
) -> None:
    """So whoever gets the address later is not let in, and the person still is, under another."""
    assert "Sign in with the clinic" in client.get("/staff/sign-in").text
    entered = sign_in(client)
    assert (entered.status_code, entered.headers["location"]) == (303, "/staff/me")
    assert "anna@clinic.example" in client.get("/staff/me").text
    provider.person["email"] = "anna.married@clinic.example"
    assert sign_in(client).status_code == 303
    provider.person |= {"sub": "18", "email": "anna@clinic.example"}
    client.cookies.clear()
    refused = sign_in(client)
    assert (refused.status_code, "no account here is for that" in refused.text) == (401, True)
    log = desk.audit.page(actor="", action="account.link", subject="", since=None, until=None, number=1, size=9)
    assert [(entry.subject, entry.after) for entry in log.entries] == [
        ("account:anna@clinic.example", {"is_linked": True})
    ]


@pytest.mark.parametrize(
    "person",
    [
        {"email": "somebody@clinic.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None, "preferred_username": "anna@clinic.example"},
    ],
)
def test_only_accounts_that_are_here_are_let_in(client: TestClient, provider: Provider, person: dict[str, str]) -> None:
    """By an address that the provider says is theirs; a user name says nothing, for they may have chosen it."""
    provider.person |= person
    assert sign_in(client).status_code == 401
    assert client.get("/staff").status_code == 303


def test_the_name_may_be_told_apart(client: TestClient, provider: Provider) -> None:
    """Some providers tell names at their userinfo endpoint only."""
    provider.person = {"sub": "17"}
    provider.told_apart = {"email": "anna@clinic.example", "email_verified": True}
    assert sign_in(client).status_code == 303


def test_a_user_name_counts_where_it_is_set(desk: Desk, provider: Provider) -> None:
    """And then the address does not."""
    for name in ("anna@clinic.example", "nurse"):
        add_account(desk, COMMAND_LINE, name, "", [Role.REVIEWER], None, due=False)
    trusted = OidcProvider(provider.issuer, CLIENT_ID, CLIENT_SECRET, CALLBACK, "the clinic", utc_now, "username")
    application = create_app(replace(desk, access=replace(desk.access, provider=trusted)))
    with TestClient(application, follow_redirects=False, headers={"accept": "text/html"}) as client:
        assert sign_in(client).status_code == 303
    assert [account.name for account in desk.accounts.accounts() if account.is_linked] == ["nurse"]


def test_an_account_with_a_password_is_nobody_elses(client: TestClient, desk: Desk) -> None:
    """Whoever has its name at the provider."""
    set_password(desk, COMMAND_LINE, "anna@clinic.example", "correct horse battery staple", due=False)
    assert sign_in(client).status_code == 401
    assert not desk.accounts.account("anna@clinic.example").is_linked


def test_a_disabled_account_is_not_linked(client: TestClient, desk: Desk) -> None:
    """It would be open to them as soon as it is active again."""
    set_active(desk, COMMAND_LINE, "anna@clinic.example", is_active=False)
    assert sign_in(client).status_code == 401
    assert not desk.accounts.account("anna@clinic.example").is_linked


def test_a_disabled_account_is_not_let_in(client: TestClient, desk: Desk) -> None:
    """Whatever the provider says."""
    sign_in(client)
    set_active(desk, COMMAND_LINE, "anna@clinic.example", is_active=False)
    assert client.get("/staff").status_code == 303
    assert sign_in(client).status_code == 401


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another-program"},
        {"aud": [CLIENT_ID, "another-program"]},
        {"azp": "another-program"},
        {"exp": 1_000_000_000},
        {"nonce": "of another sign-in"},
        {"iat": "today"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    client: TestClient, provider: Provider, forged: dict[str, object]
) -> None:
    """Each claim is held against what is expected."""
    provider.forged = forged
    assert sign_in(client).status_code == 401


def test_a_signature_is_verified_with_the_keys_that_the_provider_has_now(
    client: TestClient, provider: Provider
) -> None:
    """A new key is looked for once; one that it does not publish is refused."""
    assert sign_in(client).status_code == 303
    provider.change_key()
    assert sign_in(client).status_code == 303
    provider.signs_with = RSAKey.generate_key(2048, {"kid": provider.signs_with.kid or ""})
    assert sign_in(client).status_code == 401


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client: TestClient) -> None:
    """So nobody signs somebody else in as themselves; nor is an answer taken twice."""
    address = come_back(client)
    client.cookies.clear()
    assert client.get(address).status_code == 401
    address = come_back(client)
    assert client.get(address.replace("state=", "state=x")).status_code == 401
    address = come_back(client)
    assert client.get(address).status_code == 303
    assert client.get(address).status_code == 401
    come_back(client)
    assert client.get("/staff/oidc/callback?error=access_denied").status_code == 401


def test_a_provider_that_is_away_is_said_to_be(desk: Desk) -> None:
    """On the sign-in page, where a password may still do."""
    trusted = OidcProvider("http://127.0.0.1:1", CLIENT_ID, "", CALLBACK, "the clinic", utc_now)
    client = TestClient(create_app(replace(desk, access=replace(desk.access, provider=trusted))))
    page = client.get("/staff/oidc/start")
    assert (page.status_code, "The identity provider does not answer" in page.text) == (503, True)


@pytest.mark.parametrize("kept", ['{"state": 5}', "[" * 3_000, '{"state": "\\ud800"}', "5", "none"])
def test_a_cookie_that_is_not_ours_is_refused(client: TestClient, kept: str) -> None:
    """Whatever was put into it."""
    cookie = f"dn_staff_oidc={urlencode({'kept': kept})}"
    assert client.get("/staff/oidc/callback?state=5&code=5", headers={"cookie": cookie}).status_code == 401


def test_a_provider_that_failed_is_left_alone_for_some_seconds(provider: Provider) -> None:
    """Whoever comes meanwhile does not wait for it."""
    now = utc_now()
    trusted = OidcProvider("http://127.0.0.1:1", CLIENT_ID, "", CALLBACK, "the clinic", lambda: now)
    with pytest.raises(Unavailable, match="does not answer"):
        trusted.begin()
    trusted._issuer = provider.issuer
    with pytest.raises(Unavailable, match="a moment ago"):
        trusted.begin()
    now += dt.timedelta(seconds=10)
    assert trusted.begin()[0].startswith(provider.issuer)


def test_few_wait_for_a_slow_provider() -> None:
    """Others are told so at once: the threads are for patients."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        trusted = OidcProvider(issuer, CLIENT_ID, "", CALLBACK, "the clinic", utc_now)
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(trusted.begin) for _ in range(4)]
            connections = [silent.accept()[0] for _ in waiting]
            with pytest.raises(Unavailable, match="too many"):
                trusted.begin()
            for connection in connections:
                connection.close()
            assert all(isinstance(each.exception(), Unavailable) for each in waiting)

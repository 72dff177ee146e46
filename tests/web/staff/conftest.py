"""The application with members of staff: signed in without a browser, or in one."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import uvicorn
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from bot.domain.staff import COMMAND_LINE, Role
from bot.passwords import ArgonHasher
from bot.service.staff.access import sign_in
from bot.service.staff.accounts import add_account
from bot.web.app import create_app
from bot.web.staff.door import COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from bot.bootstrap import Installation
    from bot.service.staff.desk import Desk

PASSWORD = "four words of nobody"
# What a browser sends with a form of our own page.
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def signed_in_as(desk: Desk, *roles: Role, name: str = "") -> str:
    """The token of a new session of an account with these roles, which is made if need be.

    It is called `name`, or as its roles are ("reviewer", "editor-clinician"), and has the password PASSWORD.
    """
    name = name or "-".join(roles)
    if all(account.name != name for account in desk.accounts.accounts()):
        add_account(desk, COMMAND_LINE, name, f"{name.title()} Person", roles, PASSWORD, due=False)
    return sign_in(desk, name, PASSWORD)


@pytest.fixture
def desk(installation: Installation) -> Desk:
    """The bundled library's, with hashes of passwords that cost little."""
    quick = ArgonHasher(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
    return replace(installation.desk, access=replace(installation.desk.access, passwords=quick))


@pytest.fixture
def application(desk: Desk) -> ASGIApp:
    """The application over it."""
    return create_app(desk)


@pytest.fixture
def staff_client(desk: Desk, application: ASGIApp) -> Iterator[Callable[..., TestClient]]:
    """Makes a client that is signed in with some roles (none: nobody), and sends what a browser would from our pages.

    It asks for pages; JSON is at /api/v1/staff. It does not follow redirects. `name` tells accounts of the same roles
    apart.
    """

    def make(*roles: Role, name: str = "") -> TestClient:
        client = TestClient(application, follow_redirects=False, headers={"accept": "text/html", **SAME_ORIGIN})
        if roles:
            client.cookies.set(COOKIE, signed_in_as(desk, *roles, name=name))
        return client

    with TestClient(application):  # so that it starts, and ends, once
        yield make


@pytest.fixture
def staff_address(desk: Desk, application: ASGIApp) -> Iterator[str]:
    """The address of a running server with an account for each role, named as it, of the password PASSWORD."""
    for role in Role:
        add_account(desk, COMMAND_LINE, role.value, f"{role.title()} Person", [role], PASSWORD, due=False)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()

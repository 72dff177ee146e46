"""A running site that patients and members of staff use in real browsers."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.bootstrap import install
from bot.config import Settings
from bot.domain.staff import Role
from bot.passwords import ArgonHasher
from bot.web.app import create_app
from bot.web.staff.door import COOKIE
from tests.web.staff.conftest import signed_in_as

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

    from bot.service.core import Safety
    from bot.service.staff.desk import Desk
    from embeddings.encoder import Encoder

WAIT_MS = 20_000
# What Debian's chromium needs to run as root in a container, and to ask nothing of the network by itself.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass
class Site:
    """A server over the bundled library, and a browser.

    `complaints` has what a browser said of our pages; a test that expects none looks there.
    """

    address: str
    desk: Desk
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str, patients: int = 1) -> list[dict[str, Any]]:
        """The replies to `question`, asked by so many patients."""
        with httpx2.Client(base_url=self.address, timeout=60) as client:
            return [client.post("/api/v1/ask", json={"message": question}).json() for _ in range(patients)]

    def staff(self, name: str, *roles: Role, width: int = 1280, **options: Any) -> Page:
        """A page in a browser of its own, where the account of this name is signed in."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        token = signed_in_as(self.desk, *(roles or (Role.REVIEWER,)), name=name)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        return self._listened(context)

    def patient(self) -> Page:
        """The chat, in a browser of its own."""
        page = self._listened(self.browser.new_context(viewport={"width": 375, "height": 800}))
        page.goto(self.address)
        return page

    def _listened(self, context: BrowserContext) -> Page:
        def complained(message: ConsoleMessage) -> None:
            # The browser itself reports a page that was refused; the page tells the person.
            if not message.text.startswith("Failed to load resource"):
                self.complaints.append(message.text)

        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("console", complained)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@contextmanager
def open_site(bundled_folder: Path, folder: Path, encoder: Encoder, safety: Safety) -> Iterator[Site]:
    """A site with a copy of the bundled library in `folder`. Skips the test where there is no chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium here; Debian has it as the package chromium")
    shutil.copytree(bundled_folder, folder, dirs_exist_ok=True, symlinks=True)
    installation = install(Settings(data_dir=folder), encoder=encoder, safety=safety)
    quick = ArgonHasher(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
    desk = replace(installation.desk, access=replace(installation.desk.access, passwords=quick))
    with socket.socket() as listening, sync_playwright() as playwright:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(desk), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        try:
            yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", desk, browser)
        finally:
            browser.close()
            server.should_exit = True
            thread.join()
            installation.core.store.close()

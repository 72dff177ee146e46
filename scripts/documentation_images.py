"""Takes the pictures of the chat in docs/images/ again, of sample texts: `python -m scripts.documentation_images`.

It needs chromium. The library is imported into a folder that is gone afterwards; nothing is asked of the network.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
from playwright.sync_api import expect, sync_playwright

from bot.bootstrap import install
from bot.config import Settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).parent.parent
IMAGES: Final = ROOT / "docs" / "images"
ANSWERED: Final = "How long does a sprained ankle take to heal?"
EMERGENCY: Final = "chest pain and sweating"


def main() -> None:
    """Serve the bundled library, and take each picture."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        installation = install(Settings(data_dir=Path(folder), public_url=address, country="US"))
        installation.core.store.put(
            record
            for path in sorted((ROOT / "data" / "articles").glob("*.md"))
            for record in FORMATS["markdown"].read(path)
            if isinstance(record, SourcedArticle)
        )
        installation.core.retriever.open()
        server = uvicorn.Server(uvicorn.Config(create_app(installation.desk), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _take(address)
        finally:
            server.should_exit = True
            thread.join()
            installation.core.store.close()


def _take(address: str) -> None:
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = _opened(browser, address, 1280, 960)
        _ask(page, ANSWERED)
        page.screenshot(path=IMAGES / "chat.png")
        page = _opened(browser, f"{address}/library", 375, 740)
        page.locator(".launcher").click()
        _ask(page, EMERGENCY)
        page.screenshot(path=IMAGES / "widget-phone.png")
        browser.close()


def _opened(browser: Browser, url: str, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    return page


def _ask(page: Page, question: str) -> None:
    page.locator(".message").fill(question)
    page.locator(".message").press("Enter")
    expect(page.locator(".reply")).to_have_count(1, timeout=30_000)


if __name__ == "__main__":
    main()

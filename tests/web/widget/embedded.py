"""The widget, opened on a page of a host site, and a conversation with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.web.site import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

    from tests.web.site import Site

ANKLE = "How long does a sprained ankle take to heal?"
COLD = "How long does a common cold last?"


@contextmanager
def a_browser(site: Site, width: int = 1280, **options: object) -> Iterator[BrowserContext]:
    options = {"reduced_motion": "reduce", "viewport": {"width": width, "height": 800}} | options
    opened = site.browser.new_context(**options)  # type: ignore[arg-type]
    opened.set_default_timeout(WAIT_MS)
    yield opened
    opened.close()


def a_page(site: Site, context: BrowserContext) -> Page:
    def complained(message: ConsoleMessage) -> None:
        # The browser's own words on requests that fail, and on the icon of the host's page, which its policy forbids.
        if not message.text.startswith(("Failed to load resource", "Loading the image 'data:,'")):
            site.complaints.append(message.text)

    page = context.new_page()
    page.on("pageerror", lambda error: site.complaints.append(str(error)))
    page.on("console", complained)
    return page


def opened(page: Page, address: str) -> Page:
    """The page with the conversation open, and its settings there."""
    page.goto(address)
    expect(page.locator(".launcher, .panel").filter(visible=True)).to_have_count(1)
    if not page.locator(".panel").is_visible():
        page.locator(".launcher").click()
    expect(page.locator(".intro .consent")).to_be_visible()
    return page


def field(page: Page) -> Locator:
    """Where the patient writes."""
    return page.locator("#message")


def send(page: Page, question: str) -> None:
    """The question is sent."""
    field(page).fill(question)
    field(page).press("Enter")


def ask(page: Page, question: str) -> Locator:
    """The reply to the question, which is the last."""
    before = page.locator(".reply").count()
    send(page, question)
    expect(page.locator(".reply")).to_have_count(before + 1)
    return page.locator(".reply").last


def expect_focus(page: Page, locator: Locator) -> None:
    expect(locator).to_be_focused()


def chosen(page: Page, name: str) -> None:
    """One of the options is clicked."""
    page.locator(".options").click()
    page.locator(".menu-item", has_text=name).click()

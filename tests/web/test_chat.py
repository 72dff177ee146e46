"""The chat page in a real browser."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from bot.domain import texts
from bot.domain.article import Article
from bot.ports import SourcedArticle
from bot.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.bootstrap import Installation

pytestmark = pytest.mark.browser

# What Debian's chromium needs to run as root in a container, and to ask nothing of the network by itself.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    """The address of a running server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(installation.desk), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(params=[375, 1280])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Page]:
    """The chat page, on a phone and on a desk; whatever the browser complains of fails the test."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium here; Debian has it as the package chromium")
    complaints: list[str] = []
    requested: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        opened = browser.new_page(viewport={"width": request.param, "height": 800})
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("request", lambda sent: requested.add(sent.url))
        opened.goto(address)
        yield opened
        assert opened.evaluate("document.documentElement.scrollWidth") <= request.param
        browser.close()
    # The browser itself reports a request that was refused or never arrived; the page tells the patient.
    assert [line for line in complaints if not line.startswith("Failed to load resource")] == []
    assert all(url.startswith(address) for url in requested)


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask").click()


def test_an_answer_is_shown_word_for_word(page: Page, installation: Installation) -> None:
    """The notice, the quoted text, references as links, and the disclaimer; then the field is free again."""
    ask(page, "How long does a sprained ankle take to heal?")
    reply = page.locator(".reply")
    article = installation.core.store.article("ankle-sprain-recovery").article
    expect(reply.locator(".notice").first).to_have_text(texts.SAMPLE)
    expect(reply.get_by_role("heading", name=article.question)).to_be_visible()
    shown = reply.locator(".quoted").inner_text()
    for paragraph in [article.short_answer, *article.explanation.split("\n\n")]:
        assert paragraph in shown
    for number, reference in enumerate(article.references, start=1):
        link = reply.get_by_role("link", name=f"{number}. {reference.text}")
        expect(link).to_have_attribute("href", str(reference.href))
    expect(reply.locator(".disclaimer")).to_have_text(texts.DISCLAIMER)
    expect(page.get_by_label("Your question")).to_have_value("")


def test_choices_are_buttons(page: Page) -> None:
    """A click on one shows its article."""
    ask(page, "my ankle is fat and blue after football")
    choice = page.get_by_role("button", name="What should I do right after spraining my ankle?")
    choice.click()
    expect(page.get_by_role("heading", name="What should I do right after spraining my ankle?")).to_be_visible()


def test_other_articles_on_the_question_leave_the_quotation_whole(page: Page, installation: Installation) -> None:
    """The quoted article keeps its list; the others are links beneath it."""
    question, items = "Do hedgehogs carry ringworm?", "- itching\n- a round patch"
    installation.core.store.put(
        SourcedArticle(Article(f"hedgehogs-{number}", question, "Some do.", items)) for number in (1, 2)
    )
    ask(page, question)
    reply = page.locator(".reply")
    expect(reply.locator(".quoted li")).to_have_text(["itching", "a round patch"])
    other = reply.get_by_role("link", name=texts.OTHER_ARTICLE.format(number=1))
    expect(other).to_have_attribute("href", re.compile("/articles/hedgehogs-[12]$"))
    expect(reply.get_by_role("button")).to_have_count(0)


def test_nothing_found_is_said(page: Page) -> None:
    """A question that no article answers gets an honest word, also when sent by the Enter key."""
    page.get_by_label("Your question").fill("what is the weather")
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_contain_text(texts.UNMATCHED)


def test_an_error_keeps_the_question(page: Page) -> None:
    """What is wrong is said in words, and nothing that was typed is lost."""
    ask(page, "?!?")
    expect(page.get_by_role("alert")).to_contain_text("there is no word in it")
    expect(page.get_by_label("Your question")).to_have_value("?!?")


def test_a_server_that_is_gone_keeps_the_question(page: Page) -> None:
    """Offline, the question stays, and the page says so."""
    page.context.set_offline(True)
    ask(page, "jet lag")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Your question")).to_have_value("jet lag")
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".reply")).to_be_visible()


def test_an_emergency_stands_first(page: Page) -> None:
    """Whom to call, before anything else, and links that call."""
    ask(page, "chst pain n sweatng")
    reply = page.locator(".reply.emergency")
    expect(reply.locator(":scope > *").first).to_contain_text("This may be an emergency")
    expect(reply.get_by_role("link", name="United States: call 911")).to_have_attribute("href", "tel:911")


def test_the_page_speaks_the_language_that_is_asked_for(page: Page) -> None:
    """In Arabic it runs from right to left, and so does what is said in reply."""
    page.goto(page.url.split("?")[0] + "?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_role("textbox").fill("مرحبا")
    page.get_by_role("textbox").press("Enter")
    expect(page.locator(".reply")).to_have_attribute("lang", "ar")

"""What a screen reader is told of the widget: names, roles and states in the browser's accessibility tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.hosts import open_host, strict_policy
from tests.web.widget.embedded import ANKLE, ask, field, opened, send
from tests.web.widget.hosting import CHEST, VAGUE, a_page, hosting_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    """The address of the host site, under the strictest policy."""
    with open_host(hosting_pages(site.address), strict_policy(site.address)) as address:
        yield address


def test_before_the_first_question(site: Site, host: str) -> None:
    """A named dialog with a named field, and the live regions that will speak later."""
    with a_page(site) as page:
        page.goto(host)
        launcher = page.get_by_role("button", name="Ask a health question", expanded=False)
        expect(launcher).to_be_visible()
        launcher.click()
        dialog = page.get_by_role("dialog", name=re.compile(r"\w"))
        expect(page.locator(".intro .consent")).to_be_visible()
        expect(dialog.get_by_role("log", name="Conversation")).to_have_count(1)
        expect(dialog.get_by_role("log")).to_be_empty()
        expect(dialog.get_by_role("status").first).to_be_empty()
        expect(page.locator(".error")).to_have_attribute("role", "alert")
        expect(dialog.get_by_role("heading", level=2)).to_have_count(1)
        box = dialog.get_by_role("textbox", name="Your question")
        expect(box).to_have_accessible_description(re.compile("Enter sends"))
        expect(dialog.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        options = dialog.get_by_role("button", name="Options", expanded=False)
        options.click()
        expect(dialog.get_by_role("button", name="Options", expanded=True)).to_be_visible()
        expect(dialog.get_by_role("combobox", name="Language")).to_be_visible()
        expect(dialog.get_by_role("group", name="Topics").get_by_role("button").first).to_be_visible()


def test_nothing_to_press_is_without_a_name(site: Site, host: str) -> None:
    """Nor is a picture: icons are left out."""
    with a_page(site) as page:
        opened(page, host)
        for question in (ANKLE, VAGUE, CHEST):
            ask(page, question)
        tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
        roles = {"button", "link", "textbox", "combobox", "group", "dialog", "log", "figure", "list"}
        nodes = [node for node in tree["nodes"] if not node["ignored"]]
        pressed = {"button", "link", "textbox", "combobox", "dialog", "log"}
        assert {node["role"]["value"] for node in nodes} >= roles - {"combobox"}
        unnamed = [
            node["role"]["value"]
            for node in nodes
            if node["role"]["value"] in pressed and not node.get("name", {}).get("value", "").strip()
        ]
        assert unnamed == []
        assert not {"img", "image", "graphics-document"} & {node["role"]["value"] for node in nodes}


def test_an_answer_is_told_as_a_quotation(site: Site, host: str) -> None:
    """A figure with its caption, the quotation in it, references as a list of links, and states of what is pressed."""
    with a_page(site) as page:
        opened(page, host)
        answer = ask(page, ANKLE)
        article = page.get_by_role("log").get_by_role("article")
        expect(article).to_have_count(1)
        figure = article.get_by_role("figure", name="Quoted word for word")
        quotation = figure.get_by_role("blockquote")
        expect(quotation.get_by_role("heading", level=3)).to_have_text(ANKLE)
        references = quotation.get_by_role("list").last
        expect(references.get_by_role("listitem").first).to_be_visible()
        link = references.get_by_role("link").first
        expect(link).to_have_attribute("href", re.compile("^https://"))
        expect(link).to_have_accessible_description("Opens in a new tab")
        asked = article.get_by_role("group", name="Was this helpful?")
        asked.get_by_role("button", name="Yes", pressed=False).click()
        expect(asked.get_by_role("button", name="Yes", pressed=True)).to_be_visible()
        expect(asked.get_by_role("status")).to_contain_text("Thank you")
        assert answer.locator(".quotation").get_attribute("lang") == "en"
        # A snapshot of the tree, as it is read: the question comes before its answer.
        read = page.get_by_role("log").aria_snapshot()
        assert read.index(f"paragraph: {ANKLE}") < read.index("figure") < read.index("Was this helpful")


def test_waiting_and_failing_are_said(site: Site, host: str) -> None:
    """That a reply is looked for is a status, and the log is busy; that it did not come is an alert."""
    with a_page(site) as page:
        opened(page, host)
        page.route("**/api/v1/ask", lambda _: None, times=1)
        send(page, ANKLE)
        expect(page.locator(".status")).to_have_text("Looking for an answer…")
        expect(page.locator(".scroll")).to_have_attribute("aria-busy", "true")
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    with a_page(site) as page:
        opened(page, host)
        page.route("**/api/v1/ask", lambda route: route.abort(), times=1)
        send(page, ANKLE)
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        expect(page.locator(".status")).to_be_empty()
        field(page).fill("x" * 2_001)
        expect(field(page)).to_have_attribute("aria-invalid", "true")
        expect(field(page)).to_have_accessible_description(re.compile("Too long by 1"))


def test_an_emergency_is_an_alert_once(site: Site, host: str) -> None:
    """It alerts when it comes, with links that call; after a reload it is read, not alerted."""
    with a_page(site) as page:
        opened(page, host)
        ask(page, CHEST)
        alert = page.get_by_role("log").get_by_role("alert")
        expect(alert.get_by_role("link").first).to_have_attribute("href", re.compile("^tel:"))
        # Not told twice: the log around it is silent meanwhile.
        assert page.get_by_role("log").get_attribute("aria-live") in {"off", None}
        page.reload()
        expect(page.locator(".reply.emergency")).to_be_visible()
        expect(page.get_by_role("log").get_by_role("alert")).to_have_count(0)


def test_languages_are_told(site: Site, host: str) -> None:
    """An English article in an Arabic conversation is read in English, from left to right, and ours in Arabic."""
    with a_page(site) as page:
        opened(page, host + "/arabic")
        expect(page.locator(".panel")).to_have_attribute("lang", "ar")
        answer = ask(page, ANKLE)
        languages = answer.evaluate(
            """card => {
              const found = {};
              for (const name of [".asked", ".short-answer", ".reference", "figcaption", "summary", ".mark.yes span"]) {
                const at = card.querySelector(name);
                found[name] = [at.closest("[lang]").lang, getComputedStyle(at).direction];
              }
              return found;
            }"""
        )
        for name in (".asked", ".short-answer", ".reference"):
            assert languages[name] == ["en", "ltr"], name
        for name in ("figcaption", "summary", ".mark.yes span"):
            assert languages[name] == ["ar", "rtl"], name

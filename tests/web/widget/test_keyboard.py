"""A whole conversation without a mouse: after each step the focus is where a person expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.hosts import open_host, strict_policy
from tests.web.widget.embedded import ANKLE, field
from tests.web.widget.hosting import VAGUE, a_page, hosting_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.web.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    """The address of the host site, under the strictest policy."""
    with open_host(hosting_pages(site.address), strict_policy(site.address)) as address:
        yield address


def focused(page: Page) -> str:
    """The class, the id or the name of what has the focus; "" if nothing has."""
    name: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at === document.body ? "" : at.className || at.id || at.localName;
        }"""
    )
    return name


def tab_to(page: Page, wanted: Locator, *, backwards: bool = False) -> list[str]:
    """Presses Tab until `wanted` has the focus; what had it on the way. Fails if it never comes there."""
    passed: list[str] = []
    for _ in range(30):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if wanted.evaluate("e => e.getRootNode().activeElement === e"):
            return passed
        passed.append(focused(page))
    raise AssertionError(f"the focus passes {passed} and never comes to {wanted}")


def type_and_send(page: Page, question: str) -> Locator:
    """The reply to the question, which is the last."""
    before = page.locator(".reply").count()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(before + 1)
    # Who has asked can ask on.
    expect(field(page)).to_be_focused()
    return page.locator(".reply").last


@pytest.fixture(params=[375, 1280])
def page(request: pytest.FixtureRequest, site: Site, host: str) -> Iterator[Page]:
    """The conversation, opened by the keyboard, on a phone and on a desk."""
    asked: list[str] = []
    with a_page(site, request.param) as opened:
        opened.on("request", lambda sent: asked.append(sent.url))
        opened.goto(host)
        tab_to(opened, opened.locator(".launcher"))
        opened.keyboard.press("Enter")
        expect(field(opened)).to_be_focused()
        expect(opened.locator(".intro .consent")).to_be_visible()
        yield opened
    # Nobody but the page and the service was asked for anything.
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {
        address.split("/")[2] for address in (host, site.address)
    }


def test_an_answer_is_read_and_marked(page: Page) -> None:
    """It is unfolded, said that it did not help and why; then the next question is asked, and a choice taken."""
    answer = type_and_send(page, ANKLE)
    # Backwards from the field comes what was said last, its end first.
    passed = tab_to(page, answer.locator("summary"), backwards=True)
    assert passed.index("mark no") < passed.index("mark yes") < passed.index("action copy")
    was_open = answer.locator("details").get_attribute("open") is not None
    page.keyboard.press("Enter")
    assert (answer.locator("details").get_attribute("open") is not None) != was_open
    expect(answer.locator("summary")).to_be_focused()
    tab_to(page, answer.locator(".mark.no"))
    page.keyboard.press("Space")
    expect(answer.locator(".reasons")).to_be_visible()
    expect(answer.locator(".mark.no")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(answer.locator(".reason input").first).to_be_checked()
    tab_to(page, answer.locator(".send-reasons"))
    page.keyboard.press("Enter")
    expect(answer.locator(".reasons")).not_to_be_visible()
    expect(answer.locator(".mark.no")).to_be_focused()
    tab_to(page, field(page))
    type_and_send(page, VAGUE)
    choice = page.locator(".reply").nth(1).locator(".choice").first
    tab_to(page, choice, backwards=True)
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(3)
    expect(choice).to_be_focused()
    # On from there comes the reply to it.
    tab_to(page, page.locator(".reply").last.locator(".action.copy"))


def test_the_options_are_used(page: Page) -> None:
    """Another language, starting again, deleting, or rather not; at the end it is closed."""
    options, language = page.locator(".options"), page.locator(".language")
    type_and_send(page, ANKLE)
    tab_to(page, options, backwards=True)
    page.keyboard.press("Enter")
    assert set(tab_to(page, language)) <= {"icon-button close"}
    page.keyboard.press("ArrowDown")
    expect(page.locator(".panel")).not_to_have_attribute("lang", "en")
    expect(language).to_be_focused()
    tab_to(page, page.locator(".menu-item").first)
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    expect(page.locator(".question")).to_have_count(0)
    type_and_send(page, ANKLE)
    delete = page.locator(".menu-item").last
    for key in ("Escape", "Enter"):
        tab_to(page, options, backwards=True)
        page.keyboard.press("Enter")
        tab_to(page, delete)
        page.keyboard.press("Enter")
        # What does no harm has the focus.
        expect(page.locator(".confirm .quiet")).to_be_focused()
        if key == "Escape":
            page.keyboard.press(key)
            expect(page.locator(".confirm")).not_to_be_visible()
            expect(options).to_be_focused()
            page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".confirm .danger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_count(0)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).not_to_be_visible()
    expect(page.locator(".launcher")).to_be_focused()


def focused_after_tabs(page: Page, count: int) -> list[str]:
    """What has the focus after each of so many presses of Tab."""
    found = []
    for _ in range(count):
        page.keyboard.press("Tab")
        found.append(focused(page))
    return found


def test_the_page_behind_a_full_window_is_not_reached(site: Site, host: str) -> None:
    """On a phone Tab stays in the conversation; on a desk it goes on to the page."""
    with a_page(site, 375) as page:
        page.goto(host)
        page.locator(".launcher").click()
        expect(page.locator(".intro .consent")).to_be_visible()
        assert "launcher" not in focused_after_tabs(page, 25)


def test_what_disappears_hands_its_focus_on(site: Site, host: str) -> None:
    """A button that is gone once it is pressed does not leave the focus nowhere."""
    with a_page(site) as page:
        page.goto(host)
        page.locator(".launcher").click()
        page.route("**/api/v1/ask", lambda route: route.abort(), times=1)
        page.keyboard.type(ANKLE)
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("button", name="Try again"), backwards=True)
        page.keyboard.press("Enter")
        expect(page.locator(".reply")).to_be_visible()
        expect(field(page)).to_be_focused()
        topic = page.locator(".intro .choice").first
        topic.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".reply")).to_have_count(2)
        assert focused(page) != ""

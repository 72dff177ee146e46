"""What the widget does offline and with failures, and what it keeps, in a real browser."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.widget.embedded import ANKLE, COLD, a_page, ask, chosen, expect_focus, field, opened

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Route

    from tests.web.site import Site

pytestmark = pytest.mark.browser


def test_offline_the_question_is_kept_and_sent_later(host: str, page: Page) -> None:
    """It is said that one is offline; online again the question goes by itself."""
    opened(page, host)
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("You are offline")
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.locator(".unsent")).to_contain_text("Not sent")
    expect(page.get_by_role("alert")).to_contain_text("emergency")
    field(page).fill("a draft")
    page.context.set_offline(False)
    expect(page.locator(".reply")).to_be_visible()
    expect(page.locator(".unsent")).to_have_count(0)
    expect(page.get_by_role("alert")).to_be_empty()
    expect(field(page)).to_have_value("a draft")


def test_what_was_not_sent_outlives_a_reload(site: Site, host: str, page: Page) -> None:
    """With a button that sends it; the draft and the open panel are there again, too."""
    opened(page, host)
    page.route("**/api/v1/ask", lambda route: route.abort())
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    field(page).fill("a draft")
    page.reload()
    expect(page.locator(".unsent")).to_be_visible()
    expect(field(page)).to_have_value("a draft")
    assert page.evaluate("document.activeElement === document.body")
    page.unroute("**/api/v1/ask")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply")).to_be_visible()
    expect(page.locator(".question")).to_have_count(1)


def failing(status: int, detail: str, **headers: str) -> dict[str, object]:
    """How a service that fails answers."""
    shared = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}
    return {"status": status, "body": json.dumps({"detail": detail}), "headers": shared | headers}


def test_a_busy_service_is_asked_again_in_its_time(host: str, page: Page) -> None:
    """Not before it says so, and then by itself."""
    page.clock.install()
    opened(page, host)
    page.route("**/api/v1/ask", lambda route: route.fulfill(**failing(429, "", **{"retry-after": "40"})), times=1)
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wait 40 seconds")
    expect(page.get_by_role("button", name="Try again")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(41_000)
    expect(page.locator(".reply")).to_be_visible()


def test_no_reply_in_time_is_a_failure(host: str, page: Page) -> None:
    """After half a minute it is said, and the question can be sent again."""
    page.clock.install()
    opened(page, host)
    page.route("**/api/v1/ask", lambda _: None, times=1)
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.locator(".send")).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("alert")).to_contain_text("No reply came in time")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply")).to_be_visible()


def test_what_is_wrong_with_a_question_is_said(host: str, page: Page) -> None:
    """In the service's words; the question stays in the field. A fault of the service's can be tried again."""
    opened(page, host)
    field(page).fill("?!?")
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_have_text(re.compile("^There is no word in it"))
    expect(field(page)).to_have_value("?!?")
    expect(page.locator(".question")).to_have_count(0)
    page.route("**/api/v1/ask", lambda route: route.fulfill(**failing(500, "")), times=1)
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong on our side")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".reply")).to_be_visible()


def test_without_its_settings_it_opens_and_tries_again(host: str, page: Page) -> None:
    """It says in English that the service cannot be reached, and whom to call; then they come."""
    page.clock.install()
    page.route("**/api/v1/widget?*", lambda route: route.abort())
    page.goto(host)
    page.locator(".launcher").click()
    expect(page.get_by_role("alert")).to_contain_text("The service cannot be reached")
    expect(page.get_by_role("alert")).to_contain_text("call your local emergency number")
    page.unroute("**/api/v1/widget?*")
    page.clock.fast_forward(61_000)
    expect(page.locator(".intro .consent")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize("path", ["/", "/tab"])
def test_a_reload_brings_all_back(host: str, page: Page, path: str) -> None:
    """The conversation with what was said of it, and the open panel."""
    opened(page, host + path)
    reply = ask(page, ANKLE)
    shown = reply.inner_text()
    reply.locator(".mark.yes").click()
    expect(reply.locator(".mark.yes")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator(".reply")).to_contain_text(shown.splitlines()[0])
    expect(page.locator(".question")).to_have_text(ANKLE)
    expect(page.locator(".mark.yes")).to_have_attribute("aria-pressed", "true")
    page.locator(".close").click()
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    expect(page.locator("dialog")).not_to_be_visible()


def test_nothing_is_kept_where_nothing_is_to_be(host: str, page: Page) -> None:
    """With remember="no" a reload forgets, and storage is empty."""
    opened(page, host + "/memory")
    ask(page, ANKLE)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    expect(page.locator(".question")).to_have_count(0)


def test_a_conversation_ends(host: str, page: Page) -> None:
    """What was said longer ago than the service's time is not shown, nor kept."""
    opened(page, host)
    ask(page, ANKLE)
    page.evaluate(
        "for (const [key, value] of Object.entries(localStorage))"
        ' localStorage.setItem(key, value.replace(/"until":[0-9]+/, \'"until":1\'))'
    )
    page.reload()
    expect(page.locator(".intro .consent")).to_be_visible()
    expect(page.locator(".question")).to_have_count(0)
    assert "ankle" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize(
    "content", ["{", "[1]", '{"session":"0123456789abcdef","until":9e15,"items":[1,{"reply":{}}]}']
)
def test_storage_that_is_broken_is_ignored(host: str, page: Page, content: str) -> None:
    """Whatever stands there, a question is answered."""
    opened(page, host)
    ask(page, COLD)
    page.evaluate("text => Object.keys(localStorage).forEach((key) => localStorage.setItem(key, text))", content)
    page.evaluate("text => Object.keys(sessionStorage).forEach((key) => sessionStorage.setItem(key, text))", content)
    opened(page, host)
    expect(page.locator(".question")).to_have_count(0)
    ask(page, ANKLE)


def test_storage_that_is_forbidden_or_full_is_done_without(site: Site, host: str, context: BrowserContext) -> None:
    """The conversation is kept as long as the page is."""
    for forbidden in (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })",
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
    ):
        page = a_page(site, context)
        page.add_init_script(forbidden)
        opened(page, host)
        ask(page, ANKLE)
        ask(page, COLD)
        page.close()


def test_two_tabs_are_one_conversation(site: Site, host: str, context: BrowserContext) -> None:
    """Also where both ask at once, and where one starts again."""
    one, other = (a_page(site, context) for _ in range(2))
    sessions: list[str] = []

    def sent(request: Request) -> None:
        if request.url.endswith("/ask") and request.method == "POST":
            sessions.append((request.post_data_json or {})["session_id"])

    for page in (one, other):
        page.on("request", sent)
        opened(page, host)
    for page, question in ((one, ANKLE), (other, COLD)):
        field(page).fill(question)
        field(page).press("Enter")
    for page in (one, other):
        expect(page.locator(".reply")).to_have_count(2)
    assert len(set(sessions)) == 1
    chosen(one, "Start again")
    for page in (one, other):
        expect(page.locator(".question")).to_have_count(0)
    ask(other, ANKLE)
    expect(one.locator(".reply")).to_have_count(1)
    assert len(set(sessions)) == 2


def test_data_are_deleted_after_a_confirmation(site: Site, host: str, page: Page) -> None:
    """Here and on the server; a failure is said and nothing is forgotten."""
    opened(page, host)
    ask(page, ANKLE)
    session = page.evaluate("JSON.parse(Object.values(localStorage).find((each) => each.includes('session'))).session")
    chosen(page, "Delete my data")
    expect_focus(page, page.get_by_role("button", name="Keep"))
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".confirm")).not_to_be_visible()
    page.route("**/api/v1/sessions/*", lambda route: route.abort(), times=1)
    chosen(page, "Delete my data")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("could not be deleted")
    expect(page.locator(".question")).to_have_count(1)
    chosen(page, "Delete my data")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator(".status")).to_have_text("Your data has been deleted.")
    expect_focus(page, field(page))
    assert session not in page.evaluate("JSON.stringify(localStorage)")
    assert site.desk.core.store.erase(session) is False


def test_a_question_on_its_way_is_deleted_as_well(site: Site, host: str, page: Page) -> None:
    """Its reply is waited for: the server would else keep it after all had been deleted."""
    held: list[Route] = []
    opened(page, host)
    page.route("**/api/v1/ask", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks what it is given
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.locator(".status")).to_have_text("Looking for an answer…")
    session = page.evaluate("JSON.parse(Object.values(localStorage).find((each) => each.includes('session'))).session")
    chosen(page, "Delete my data")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_timeout(300)
    with page.expect_response("**/api/v1/ask"):
        held[0].continue_()
    expect(page.locator(".status")).to_have_text("Your data has been deleted.")
    expect(page.locator(".question")).to_have_count(0)
    assert session not in page.evaluate("JSON.stringify(localStorage)")
    assert site.desk.core.store.erase(session) is False


def test_what_another_tab_asks_meanwhile_goes_as_well(site: Site, host: str, context: BrowserContext) -> None:
    """The server may answer, and keep, a question after it has deleted the conversation."""
    one, other = (a_page(site, context) for _ in range(2))
    opened(one, host)
    ask(one, ANKLE)
    session = one.evaluate("JSON.parse(Object.values(localStorage).find((each) => each.includes('session'))).session")
    opened(other, host)
    waiting: list[Route] = []
    other.route("**/api/v1/ask", lambda route: waiting.append(route), times=1)  # noqa: PLW0108  as above
    field(other).fill(COLD)
    field(other).press("Enter")
    expect(other.locator(".status .dots")).to_be_visible()
    assert one.locator("doctors-note-chat").evaluate("e => e.deleteData()") is True
    with other.expect_response("**/api/v1/sessions/*"):
        waiting[0].continue_()
    expect(other.locator(".question, .reply")).to_have_count(0)
    assert site.desk.core.store.erase(session) is False
    other.wait_for_function("session => !JSON.stringify(localStorage).includes(session)", arg=session)


def test_a_page_that_is_gone_back_to_is_of_now(host: str, page: Page) -> None:
    """The browser shows it as it was left; draft, questions and whether it is open are those of the tab."""
    opened(page, host)
    field(page).fill("a draft")
    page.evaluate("""() => {
      const [key] = Object.keys(sessionStorage).filter((each) => each.endsWith(":tab"));
      const unsent = [{ id: 1, payload: "a", title: "sent later" }];
      sessionStorage[key] = JSON.stringify({ open: true, draft: "", unsent });
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    }""")
    expect(field(page)).to_have_value("")
    expect(page.locator(".unsent")).to_be_visible()
    expect(page.locator(".intro .consent")).to_be_visible()


def test_a_message_deletes_as_well(host: str, page: Page) -> None:
    """The reply is all that is still shown, and a reload forgets that, too."""
    opened(page, host)
    ask(page, ANKLE)
    field(page).fill("delete my data")
    field(page).press("Enter")
    expect(page.locator(".question")).to_have_text(["delete my data"])
    expect(page.locator(".reply")).to_have_count(1)
    page.reload()
    expect(page.locator(".intro .consent")).to_be_visible()
    expect(page.locator(".question")).to_have_count(0)

"""The widget on the page of somebody else's site, under the strictest policy, in a real browser."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.domain import texts
from bot.web.widget_script import MODULES
from tests.conftest import ROOT
from tests.web.hosts import host_page, open_host, strict_policy
from tests.web.site import WAIT_MS, open_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Route

    from bot.service.core import Safety
    from embeddings.encoder import Encoder
    from tests.web.site import Site

pytestmark = pytest.mark.browser

ANKLE = "How long does a sprained ankle take to heal?"
COLD = "How long does a common cold last?"


@pytest.fixture(scope="module")
def site(
    bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, safety: Safety
) -> Iterator[Site]:
    """One service for the module. At its end no browser has complained of the widget."""
    with open_site(bundled_folder, tmp_path_factory.mktemp("shell") / "var", encoder, safety) as opened:
        yield opened
        assert opened.complaints == []


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """The pages of the host site, by path."""
    chat = "<doctors-note-chat"
    button = "<button id=own>Ask us</button>"
    return {
        "/": host_page(site.address),
        "/arabic": host_page(site.address, language="ar"),
        "/asked": host_page(site.address, script='data-heading="Our desk" data-label="Help" data-accent="#ffe600"'),
        "/manual": host_page(site.address, script="data-manual"),
        "/placed": host_page(site.address, body=f"{chat} heading=Placed></doctors-note-chat>"),
        "/twice": host_page(site.address, head=f'<script src="{site.address}/widget.js"></script>'),
        "/two": host_page(site.address, body=f"{chat} display=inline></doctors-note-chat>" * 2),
        "/inline": host_page(site.address, body=f"{button}{chat} display=inline></doctors-note-chat>"),
        "/memory": host_page(site.address, script='data-remember="no"'),
        "/tab": host_page(site.address, script='data-remember="tab"'),
        "/open": host_page(site.address, script="data-open", body=button),
    }


@pytest.fixture(scope="module")
def host(site: Site, pages: dict[str, str]) -> Iterator[str]:
    """The address of the host site."""
    with open_host(pages, strict_policy(site.address)) as address:
        yield address


@pytest.fixture
def context(site: Site) -> Iterator[BrowserContext]:
    """A browser with nothing in its storage."""
    with a_browser(site) as opened:
        yield opened


@pytest.fixture
def page(site: Site, context: BrowserContext) -> Page:
    return a_page(site, context)


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
    """The page, with the widget open."""
    page.goto(address)
    page.locator(".launcher").click()
    expect(page.locator(".intro .consent")).to_be_visible()
    return page


def field(page: Page) -> Locator:
    return page.locator("#message")


def ask(page: Page, question: str) -> Locator:
    """The reply to the question, which is the last."""
    before = page.locator(".reply").count()
    field(page).fill(question)
    field(page).press("Enter")
    expect(page.locator(".reply")).to_have_count(before + 1)
    return page.locator(".reply").last


def expect_focus(page: Page, locator: Locator) -> None:
    expect(locator).to_be_focused()


def chosen(page: Page, name: str) -> None:
    """One of the options is clicked."""
    page.locator(".options").click()
    page.locator(".menu-item", has_text=name).click()


def test_one_tag_is_enough(site: Site, host: str, page: Page) -> None:
    """Under the strictest policy a question is answered, and nobody but the page and the service is asked anything."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, host)
    expect(page.get_by_role("log")).to_have_count(1)
    expect_focus(page, field(page))
    expect(ask(page, ANKLE)).to_contain_text(texts.DISCLAIMER)
    assert page.evaluate("document.querySelector('doctors-note-chat').shadowRoot.adoptedStyleSheets.length") == 1
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {
        host.split("/")[2],
        site.address.split("/")[2],
    }


def test_the_greeting_leads_on(host: str, page: Page) -> None:
    """It has whom to call, topics that answer, the library, what is kept, and the disclaimer."""
    opened(page, host)
    intro = page.locator(".intro")
    expect(intro).to_contain_text("emergency")
    expect(intro.locator(".disclaimer")).to_have_text(texts.DISCLAIMER)
    expect(intro.get_by_role("link", name="library")).to_have_attribute("href", re.compile("/library"))
    topic = intro.locator(".choice").first
    title = topic.inner_text()
    topic.click()
    expect(page.locator(".question")).to_have_text(title)
    choice = page.locator(".reply .choice").first
    title = choice.inner_text()
    choice.click()
    expect(page.locator(".question").last).to_have_text(title)
    expect(page.locator(".reply")).to_have_count(2)


def test_attributes_of_the_tag_are_its_own(host: str, page: Page) -> None:
    """Words, and a colour that is made readable on the ground it stands on."""
    opened(page, host + "/asked")
    expect(page.get_by_role("dialog", name="Our desk")).to_be_visible()
    element = page.locator("doctors-note-chat")
    accent, on = element.evaluate("e => ['--accent', '--on-accent'].map((name) => e.style.getPropertyValue(name))")
    assert contrast(accent, "rgb(255 255 255)") >= 4.5
    assert contrast(accent, on) >= 4.5
    element.evaluate("e => { e.setAttribute('heading', 'Another'); e.setAttribute('position', 'left') }")
    expect(page.get_by_role("dialog", name="Another")).to_have_class(re.compile("left"))
    element.evaluate("e => e.setAttribute('accent', 'red; nonsense')")
    assert element.evaluate("e => e.style.getPropertyValue('--accent')") == ""
    element.evaluate("e => e.removeAttribute('open')")
    expect(page.locator(".launcher")).to_have_text("Help")
    expect(page.locator("dialog")).not_to_be_visible()


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2, of two colours as rgb(red green blue)."""

    def luminance(colour: str) -> float:
        shares = [int(part) / 255 for part in re.findall(r"\d+", colour)]
        lights = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return sum(light * weight for light, weight in zip(lights, (0.2126, 0.7152, 0.0722), strict=True))

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("path", "count"), [("/placed", 1), ("/twice", 1), ("/manual", 0), ("/two", 2)])
def test_there_are_as_many_as_are_wanted(host: str, page: Page, path: str, count: int) -> None:
    """An element that the page has placed is the only one; a script that is there twice makes one."""
    page.goto(host + path, wait_until="load")
    expect(page.locator("doctors-note-chat")).to_have_count(count)
    if path == "/placed":
        expect(page.locator("dialog .title")).to_have_text("Placed")


def test_widgets_of_one_page_show_one_conversation(host: str, page: Page) -> None:
    """What is asked in one is seen in the other."""
    page.goto(host + "/two")
    first, second = page.locator("doctors-note-chat").all()
    first.locator("#message").fill(ANKLE)
    first.locator("#message").press("Enter")
    expect(first.locator(".reply")).to_have_count(1)
    expect(second.locator(".reply")).to_have_count(1)


def test_inline_is_a_part_of_the_page(host: str, page: Page) -> None:
    """It is no dialog, has no launcher, and leaves the focus where it is."""
    page.goto(host + "/inline")
    expect(page.locator("section.inline .consent")).to_be_visible()
    expect(page.locator(".launcher, dialog, .close")).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")
    ask(page, ANKLE)
    expect(page.locator("section .reply")).to_have_count(1)


def test_the_keyboard_is_enough(host: str, page: Page) -> None:
    """The focus goes to the field and back; Escape closes what is open, the innermost first."""
    page.goto(host)
    page.keyboard.press("Tab")
    expect_focus(page, page.locator(".launcher"))
    page.keyboard.press("Enter")
    expect_focus(page, field(page))
    assert page.locator("dialog").evaluate("dialog => !dialog.matches(':modal')")
    expect(page.locator(".launcher")).to_have_attribute("aria-expanded", "true")
    page.locator(".options").press("Enter")
    expect(page.locator(".menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu")).not_to_be_visible()
    expect_focus(page, page.locator(".options"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()
    expect_focus(page, page.locator(".launcher"))


def test_a_phone_is_filled(site: Site, host: str) -> None:
    """The dialog is modal there, until the window is wide; the focus stays in the field."""
    with a_browser(site, 375) as context:
        page = opened(a_page(site, context), host)
        dialog = page.locator("dialog")
        assert dialog.evaluate("dialog => dialog.matches(':modal.full')")
        page.set_viewport_size({"width": 1280, "height": 800})
        expect(dialog).not_to_have_class(re.compile("full"))
        assert dialog.evaluate("dialog => dialog.open && !dialog.matches(':modal')")
        expect_focus(page, field(page))
        page.set_viewport_size({"width": 375, "height": 800})
        expect(dialog).to_have_class(re.compile("full"))
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
        expect_focus(page, page.locator(".launcher"))


def test_the_field_takes_what_fits(host: str, page: Page) -> None:
    """Nothing is sent that is empty or too long, and nothing is cut; Shift and Enter begin a line."""
    opened(page, host)
    field(page).press("Enter")
    field(page).fill("   ")
    field(page).press("Enter")
    expect(page.locator(".question")).to_have_count(0)
    field(page).fill("a" * 1_900)
    expect(page.locator(".counter")).to_have_text("Characters left: 100")
    field(page).fill("\N{FACE WITH THERMOMETER}" * 2_003)
    expect(page.locator(".counter")).to_contain_text("Too long by 3")
    field(page).press("Enter")
    expect(page.locator(".question")).to_have_count(0)
    assert len(field(page).input_value()) == 2_003
    field(page).fill("my")
    height = field(page).bounding_box()
    field(page).press("Shift+Enter")
    field(page).press_sequentially("ankle")
    expect(field(page)).to_have_value("my\nankle")
    grown = field(page).bounding_box()
    assert height
    assert grown
    assert grown["height"] > height["height"]
    field(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(page.locator(".question")).to_have_count(0)


def test_a_draft_is_typed_while_a_reply_is_awaited(site: Site, host: str, page: Page) -> None:
    """The state is told, a second question is not sent, and what is typed meanwhile stays."""
    waiting: list[Route] = []

    def held(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/v1/ask", held)
    opened(page, host)
    field(page).fill(ANKLE)
    field(page).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Looking for an answer")
    expect(page.locator(".send")).to_have_attribute("aria-disabled", "true")
    field(page).fill("and my knee")
    field(page).press("Enter")
    expect(page.locator(".question")).to_have_count(1)
    waiting[0].continue_()
    expect(page.locator(".reply")).to_be_visible()
    expect(field(page)).to_have_value("and my knee")
    expect(page.locator(".send")).to_have_attribute("aria-disabled", "false")
    assert len(waiting) == 1


def test_a_reply_is_read_from_its_start(host: str, page: Page) -> None:
    """The question is at the top of what is seen, not the reply's end."""
    opened(page, host)
    page.locator(".scroll").evaluate(
        "s => { s.style.setProperty('height', '260px'); s.style.setProperty('flex', 'none');"
        " s.style.setProperty('overflow-y', 'auto') }"
    )
    ask(page, COLD)
    ask(page, ANKLE)
    offset = "s => s.querySelector('.turn:last-child').getBoundingClientRect().top - s.getBoundingClientRect().top"
    assert 0 <= page.locator(".scroll").evaluate(offset) < 40
    emergency = ask(page, "chst pain n sweatng")
    expect(emergency.get_by_role("alert")).to_be_visible()


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


def test_the_language_is_the_pages_until_another_is_chosen(host: str, page: Page) -> None:
    """Direction and words change at once, the draft and the focus stay, and the choice outlives a reload."""
    opened(page, host + "/arabic")
    dialog = page.locator("dialog")
    expect(dialog).to_have_attribute("dir", "rtl")
    field(page).fill("draft")
    page.locator(".options").click()
    page.locator(".language").focus()
    page.locator(".language").select_option("en")
    expect(dialog).to_have_attribute("dir", "ltr")
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    expect_focus(page, page.locator(".language"))
    expect(field(page)).to_have_value("draft")
    page.reload()
    expect(dialog).to_have_attribute("lang", "en")
    page.locator("doctors-note-chat").evaluate("e => e.setAttribute('language', 'ar')")
    expect(dialog).to_have_attribute("dir", "rtl")
    assert ask(page, "مرحبا").get_attribute("lang") == "ar"


def test_the_host_page_can_use_it(host: str, page: Page) -> None:
    """Its methods do what they say, and its events tell no word of the patient's."""
    page.goto(host + "/open")
    page.evaluate("""() => {
      window.told = [];
      for (const name of ["open", "close", "reply", "feedback", "clear", "erase", "error"]) {
        document.addEventListener(`doctors-note-${name}`, ({ detail }) => told.push([name, detail]));
      }
    }""")
    expect(page.locator("dialog")).to_be_visible()
    element = page.locator("doctors-note-chat")
    element.evaluate("e => e.hide()")
    page.locator("#own").focus()
    element.evaluate("e => e.toggle()")
    expect_focus(page, field(page))
    element.evaluate("e => e.hide()")
    expect_focus(page, page.locator("#own"))
    answered = element.evaluate(f"e => e.ask({json.dumps(ANKLE)})")
    assert answered["outcome"] == "answer"
    assert answered["articleId"] == "ankle-sprain-recovery"
    element.evaluate("e => e.clear()")
    expect(page.locator(".question")).to_have_count(0)
    element.evaluate(f"e => e.ask({json.dumps(ANKLE)})")
    assert element.evaluate("e => e.deleteData()") is True
    told = page.evaluate("told")
    assert [name for name, _ in told] == ["close", "open", "close", "open", "reply", "clear", "reply", "erase"]
    assert told[4][1] == answered
    assert ANKLE not in json.dumps(told)


def test_the_guide_has_all_that_a_page_may_use() -> None:
    """Every attribute, event and method is in its tables, and no other."""
    guide = (ROOT / "docs/widget.md").read_text(encoding="utf-8")
    script = (MODULES / "element.js").read_text(encoding="utf-8")
    attributes = re.search(r"const ATTRIBUTES = \[(.*?)\]", script, re.DOTALL)
    assert attributes
    assert told(guide, "Attributes") == set(re.findall(r'"([a-z-]+)"', attributes[1]))
    methods = set(re.findall(r"^  (?:async )?([a-z]\w+)\([^)]*\) \{$", script, re.MULTILINE))
    own = {"constructor", "connectedCallback", "disconnectedCallback", "attributeChangedCallback", "erased", "isShown"}
    assert {name.partition("(")[0] for name in told(guide, "Methods")} == methods - own
    whole = "".join(path.read_text(encoding="utf-8") for path in MODULES.glob("*.js"))
    events = set(re.findall(r'\bemit\??\.?\("([a-z]+)"', whole)) | {"open", "close"}
    assert told(guide, "Events") == {f"doctors-note-{name}" for name in events}


def told(guide: str, section: str) -> set[str]:
    """The names in the first column of a section's table."""
    part = guide.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)`", part, re.MULTILINE))

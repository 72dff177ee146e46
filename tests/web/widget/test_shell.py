"""The widget on the page of somebody else's site, under the strictest policy, in a real browser."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.domain import texts
from bot.web.widget_script import MODULES
from tests.conftest import ROOT
from tests.web.widget.embedded import ANKLE, COLD, a_browser, a_page, ask, chosen, expect_focus, field, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.web.site import Site

pytestmark = pytest.mark.browser


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
    page.locator("doctors-note-chat").evaluate("e => e.show()")
    expect_focus(page, field(page))
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


def test_escape_takes_a_question_back_that_a_part_of_the_page_asks(host: str, page: Page) -> None:
    """The part itself stays."""
    page.goto(host + "/inline")
    chosen(page, "Delete my data")
    expect(page.locator(".confirm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".confirm")).not_to_be_visible()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_visible()


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


def test_a_keyboard_on_the_screen_hides_nothing(site: Site, host: str) -> None:
    """The dialog is as high as what the keyboard leaves; two fingers that enlarge the page do not change it."""
    with a_browser(site, 375) as context:
        # No keyboard comes here: what a phone says of it is said by hand.
        context.add_init_script("""
          const view = Object.assign(new EventTarget(), { height: 800, offsetTop: 0, scale: 1 });
          Object.defineProperty(window, "visualViewport", { value: view });
          window.seen = (now) => { Object.assign(view, now); view.dispatchEvent(new Event("resize")); };
        """)
        page = opened(a_page(site, context), host)
        box = "dialog => [dialog.getBoundingClientRect().top, dialog.getBoundingClientRect().height]"
        for now, expected in (
            ("{ height: 420, offsetTop: 90 }", [90, 420]),
            ("{ height: 400, offsetTop: 0, scale: 2 }", [0, 800]),
            ("{ height: 800, scale: 1 }", [0, 800]),
        ):
            page.evaluate(f"seen({now})")
            assert page.locator("dialog").evaluate(box) == expected, now


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
    element.evaluate("e => e.show()")
    page.locator("#next").focus()
    element.evaluate("e => e.show()")
    expect_focus(page, field(page))
    page.locator("#own").focus()
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
    assert [name for name, _ in told] == ["close", *["open", "close"] * 2, "open", "reply", "clear", "reply", "erase"]
    assert told[6][1] == answered
    assert ANKLE not in json.dumps(told)


def test_the_guide_has_all_that_a_page_may_use() -> None:
    """Every attribute, event and method is in its tables, and no other."""
    guide = (ROOT / "docs/widget.md").read_text(encoding="utf-8")
    script = (MODULES / "element.js").read_text(encoding="utf-8")
    attributes = re.search(r"const ATTRIBUTES = \[(.*?)\]", script, re.DOTALL)
    assert attributes
    assert told(guide, "Attributes") == set(re.findall(r'"([a-z-]+)"', attributes[1]))
    methods = set(re.findall(r"^  (?:async )?([a-z]\w+)\([^)]*\) \{$", script, re.MULTILINE))
    own = {"constructor", "connectedCallback", "disconnectedCallback", "attributeChangedCallback"}
    own |= {"erased", "eraseAgain", "isShown"}
    assert {name.partition("(")[0] for name in told(guide, "Methods")} == methods - own
    whole = "".join(path.read_text(encoding="utf-8") for path in MODULES.glob("*.js"))
    events = set(re.findall(r'\bemit\??\.?\("([a-z]+)"', whole)) | {"open", "close"}
    assert told(guide, "Events") == {f"doctors-note-{name}" for name in events}


def told(guide: str, section: str) -> set[str]:
    """The names in the first column of a section's table."""
    part = guide.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)`", part, re.MULTILINE))

"""The widget in every state, measured by axe and by ourselves, in light and dark, from both sides, small and large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.web.hosts import open_host
from tests.web.widget.embedded import ANKLE, ask, field, opened, send
from tests.web.widget.hosting import CHEST, VAGUE, a_page, axe_faults, chosen, hosting_pages, measured_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.web.site import Site

pytestmark = pytest.mark.browser

# Width, height and colours. The last is what the next state is reached in. They are so high that what is scrolled lies
# under no edge, where a target would seem smaller than it is.
SIZES: tuple[tuple[int, int, Literal["light", "dark"]], ...] = (
    (320, 9000, "light"),
    (375, 9000, "dark"),
    (1280, 9000, "light"),
)
# WCAG 2.2, 1.4.12: what a reader may set and still read all.
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } \
p { margin-block-end: 2em !important }"


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    """The address of the host site, without a policy: axe itself is a script of nobody's."""
    with open_host(hosting_pages(site.address), "") as address:
        yield address


def states(page: Page) -> Iterator[str]:
    """Brings the conversation into one state after the other, and names each."""
    yield "first visit"
    page.locator(".options").click()
    yield "menu"
    page.locator(".options").click()
    chosen(page, 1)
    yield "confirmation"
    page.locator(".confirm .quiet").click()
    answer = ask(page, ANKLE)
    yield "answer"
    details = answer.locator("details")
    details.locator("summary").click()
    yield "answer, folded the other way"
    answer.locator(".mark.no").click()
    expect(answer.locator(".reasons")).to_be_visible()
    yield "reasons"
    ask(page, VAGUE)
    yield "choices"
    ask(page, "qwxzv blorp")
    yield "unmatched"
    ask(page, CHEST)
    yield "emergency"
    send(page, "?!?")
    expect(page.locator(".error")).not_to_be_empty()
    yield "error"
    page.context.set_offline(True)
    send(page, ANKLE)
    expect(page.locator(".unsent")).to_be_visible()
    yield "offline"
    page.context.set_offline(False)


@pytest.mark.parametrize("path", ["/", "/arabic", "own", "own?lang=ar"])
def test_every_state_is_accessible(site: Site, host: str, path: str) -> None:
    """By axe's rules for WCAG 2.2 AA and best practice; targets have 24 px, and nothing scrolls sideways.

    On host pages and, as a part of it, on our own; in light and dark, down to 320 px.
    """
    address = path.replace("own", site.address + "/") if path.startswith("own") else host + path
    found: list[str] = []
    with a_page(site, bypass_csp=True) as page:
        opened(page, address)
        for state in states(page):
            for width, height, colours in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=colours)
                faults = axe_faults(page) + measured_faults(page)
                found += [f"{state}, {width} px, {colours}: {fault}" for fault in faults]
    assert found == []


def test_at_400_percent_all_is_within_reach(site: Site, host: str) -> None:
    """A window of 320 by 256 px: the field and the reply can be scrolled to, and are wide enough to use."""
    with a_page(site, 320, 256) as page:
        opened(page, host)
        answer = ask(page, ANKLE)
        assert measured_faults(page) == []
        for part in (field(page), answer.locator(".asked"), answer.locator(".mark.no"), page.locator(".close")):
            part.scroll_into_view_if_needed()
            expect(part).to_be_in_viewport(ratio=0.9)
        # What sticks to the window's edges leaves most of it to what is read.
        answer.locator(".short-answer").scroll_into_view_if_needed()
        covered: float = page.evaluate(
            """() => {
              const root = document.querySelector("doctors-note-chat").shadowRoot;
              const shown = [];
              for (let y = 4; y < innerHeight; y += 8) shown.push(root.elementFromPoint(160, y)?.closest(".scroll"));
              return shown.filter(Boolean).length / shown.length;
            }"""
        )
        assert covered >= 0.5


def test_wider_spacing_hides_nothing(site: Site, host: str) -> None:
    """With the spacing of WCAG 1.4.12 no text is cut off or scrolls sideways."""
    with a_page(site, 375, 760) as page:
        opened(page, host)
        page.locator("doctors-note-chat").evaluate(
            "(e, css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            " e.shadowRoot.adoptedStyleSheets.push(sheet) }",
            SPACING,
        )
        page.locator(".options").click()
        for state in ("menu", "answer"):
            if state == "answer":
                page.locator(".options").click()
                ask(page, ANKLE).locator(".mark.no").click()
            assert measured_faults(page) == []
            assert (
                page.locator("doctors-note-chat").evaluate(
                    """e => [...e.shadowRoot.querySelectorAll("p, li, button, h2, h3, a, summary, label")]
                      .filter((each) => each.checkVisibility() && each.scrollHeight > each.clientHeight + 2
                        && /hidden|clip/.test(getComputedStyle(each).overflowY) && !each.matches(".hint"))
                      .map((each) => each.className)"""
                )
                == []
            )


def test_who_wants_no_motion_sees_none(site: Site, host: str) -> None:
    """While a reply is awaited nothing moves; for others the dots do."""
    for motion, is_moving in (("reduce", False), ("no-preference", True)):
        with a_page(site, reduced_motion=motion) as page:
            opened(page, host)
            page.route("**/api/v1/ask", lambda _: None)
            send(page, ANKLE)
            expect(page.locator(".status .dots")).to_be_visible()
            running = (
                "document.querySelector('doctors-note-chat').shadowRoot.getAnimations()"
                ".filter((each) => each.playState === 'running').length"
            )
            assert (page.evaluate(running) > 0) == is_moving


def test_with_forced_colours_focus_and_borders_are_there(site: Site, host: str) -> None:
    """Where the system chooses the colours, every control has an edge, and the focus an outline."""
    with a_page(site, forced_colors="active") as page:
        page.goto(host)
        page.keyboard.press("Tab")
        edge = "e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)] }"
        assert page.locator(".launcher").evaluate(edge) == ["solid", 3]
        page.keyboard.press("Enter")
        expect(page.locator(".intro .consent")).to_be_visible()
        ask(page, ANKLE)
        ask(page, CHEST)
        border = "all => all.map(e => getComputedStyle(e)).map(s => [s.borderTopStyle, parseFloat(s.borderTopWidth)])"
        for name in (".send", ".message", ".question", ".mark", ".action", ".choice", ".reply", ".call-card .call"):
            drawn = page.locator(name).evaluate_all(border)
            assert drawn, name
            assert all(style != "none" and width >= 1 for style, width in drawn), name


def test_the_focus_is_seen_on_every_control(site: Site, host: str) -> None:
    """Each that the Tab key comes to has an outline of at least 2 px (WCAG 2.2, 2.4.13)."""
    with a_page(site) as page:
        opened(page, host)
        ask(page, ANKLE)
        seen: list[str] = []
        for _ in range(40):
            page.keyboard.press("Shift+Tab")
            name, style, width = page.evaluate(
                """() => {
                  const at = document.activeElement?.shadowRoot?.activeElement;
                  if (!at) return ["", "", 0];
                  const { outlineStyle, outlineWidth } = getComputedStyle(at);
                  return [at.className || at.localName, outlineStyle, parseFloat(outlineWidth)];
                }"""
            )
            if not name:
                break
            assert style != "none", name
            assert width >= 2, name
            seen.append(name)
        assert len(seen) >= 8

"""The widget on pages that are not kind to it: their styles, their scripts, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.hosts import host_page, open_host
from tests.web.widget.embedded import ANKLE, ask, field, opened, send
from tests.web.widget.hosting import a_page, chosen, hosting_pages, measured_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route

    from tests.web.site import Site

pytestmark = pytest.mark.browser

# What a page may say of all its elements, or of those that it does not expect to be ours.
STYLES = {
    "all": "* { all: unset }",
    "loud": "* { text-transform: uppercase; letter-spacing: 3px; line-height: 3; font: 700 30px/3 serif; color: red }",
    "small": "html { font-size: 62.5% } body { font-size: 1rem; line-height: 1; white-space: nowrap }",
    "hidden": "dialog, button, textarea, section, article { display: none !important } .panel, .launcher { top: 0 }",
    "moved": "* { transition: all 9s } body > * { filter: grayscale(1); transform: scale(.99); opacity: .1 }",
    "mirrored": "html { direction: rtl; writing-mode: vertical-rl } * { cursor: none; user-select: none }",
}
LOOKS = """e => ["launcher", "panel", "title", "message", "question", "short-answer", "choice", "mark"].map((name) => {
  const at = e.shadowRoot.querySelector("." + name), { width, height } = at.getBoundingClientRect();
  const s = getComputedStyle(at);
  return [name, s.display, s.fontSize, s.lineHeight, s.textTransform, s.letterSpacing, s.color, s.fontWeight, s.cursor,
    s.writingMode, s.userSelect, s.whiteSpace, Math.round(width), Math.round(height)].join(" ");
})"""


@pytest.fixture(scope="module")
def host(site: Site) -> Iterator[str]:
    """The address of the host site."""
    styled = {f"/{name}": host_page(site.address, head=f"<style>{css}</style>") for name, css in STYLES.items()}
    framed = '<iframe sandbox="allow-scripts" width=600 height=700 src="/"></iframe>'
    named = '<!doctype html><html lang=en><title>A clinic</title><script src="/other/widget.js"></script><body>'
    others = {
        "/framed": f"<!doctype html><html lang=en><title>A frame</title><body>{framed}",
        "/tab": host_page(site.address, script='data-remember="tab"'),
        "/module": f'{named}<script type=module src="{site.address}/widget.js"></script>',
        "/imported": f'{named}<script type=module>import "{site.address}/widget.js?v=2"</script><doctors-note-chat>',
    }
    with open_host(hosting_pages(site.address) | styled | others, "") as address:
        yield address


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """A page of a desk."""
    with a_page(site) as opened_page:
        yield opened_page


def test_styles_of_the_page_do_not_reach_it(site: Site, host: str) -> None:
    """Fonts, sizes, cases, spacing, colours and what is hidden: all is as on a page without styles."""
    looks = {}
    for name in ("", *STYLES):
        with a_page(site) as page:
            opened(page, f"{host}/{name}")
            ask(page, ANKLE)
            assert measured_faults(page) == [], name
            looks[name] = page.locator("doctors-note-chat").evaluate(LOOKS)
    for name in STYLES:
        assert looks[name] == looks[""], name


@pytest.mark.parametrize("css", ["html { zoom: 1.5 }", "body { zoom: .7 }", "body > * { filter: grayscale(1) }"])
@pytest.mark.parametrize("width", [1280, 375])
def test_zoom_and_filters_of_the_page_leave_it_in_the_window(site: Site, host: str, css: str, width: int) -> None:
    """All of it, from its bar to its field."""
    with a_page(site, width) as page:
        opened(page, host)
        page.add_style_tag(content=css)
        box = page.locator("dialog").bounding_box()
        assert box
        assert min(box["x"], box["y"]) >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 800
        if width == 375:
            assert (box["width"], box["height"]) == (375, 800)


@pytest.mark.parametrize(
    ("accent", "shown"),
    [("#7a1f5c", "122, 31, 92"), ("oklch(0.45 0.2 300)", "105, 40, 177"), ("var(--own)", "0, 85, 34")],
)
def test_a_colour_is_that_of_the_page_however_it_is_written(site: Site, host: str, accent: str, shown: str) -> None:
    """Nor does it hang on what the page says of all elements."""
    with a_page(site) as page:
        opened(page, host)
        page.add_style_tag(content="html { --own: #052 } * { color: red !important; transition: all 9s }")
        page.locator("doctors-note-chat").evaluate("(e, accent) => e.setAttribute('accent', accent)", accent)
        expect(page.locator(".send")).to_have_css("background-color", f"rgb({shown})")


def test_a_module_asks_where_it_came_from(site: Site, host: str, page: Page) -> None:
    """Not where another script of that name did; where it is imported, the page places the element."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    for path in ("/module", "/imported"):
        opened(page, host + path)
    assert {url.partition("?")[0] for url in asked} == {f"{site.address}/api/v1/widget"}


def test_another_colour_scheme_leaves_what_is_written(host: str, page: Page) -> None:
    """The screen may turn dark at dusk, in the middle of a sentence."""
    opened(page, host)
    ask(page, ANKLE)
    page.locator(".mark.no").click()
    page.locator(".comment").fill("half a sentence")
    page.emulate_media(color_scheme="dark")
    page.locator("doctors-note-chat").evaluate(
        "e => { e.setAttribute('accent', 'teal'); e.setAttribute('heading', 'Ask') }"
    )
    expect(page.locator(".title")).to_have_text("Ask")
    expect(page.locator(".comment")).to_have_value("half a sentence")
    expect(page.locator(".comment")).to_be_focused()


def test_an_element_that_moves_keeps_its_conversation(host: str, page: Page) -> None:
    """Taken away and put back, or moved, by a page that is never loaded anew; also under another address."""
    opened(page, host)
    ask(page, ANKLE)
    field(page).fill("a draft")
    page.evaluate("""() => {
      const chat = document.querySelector("doctors-note-chat");
      chat.remove();
      history.pushState({}, "", "/elsewhere");
      document.querySelector("main").append(chat);
    }""")
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".reply")).to_have_count(1)
    expect(field(page)).to_have_value("a draft")
    assert page.locator(".launcher, .panel").count() == 2
    ask(page, ANKLE)
    page.locator(".close").click()
    expect(page.locator(".panel")).not_to_be_visible()


def test_a_body_that_is_replaced_has_it_again(host: str, page: Page) -> None:
    """With the conversation as it was; and one that the new body brings is the only one."""
    opened(page, host)
    ask(page, ANKLE)
    replaced = "html => { const body = document.createElement('body'); body.append(...html.map((name) => \
document.createElement(name))); document.documentElement.replaceChild(body, document.body) }"
    page.evaluate(replaced, ["main"])
    expect(page.locator("doctors-note-chat")).to_have_count(1)
    expect(page.locator(".reply")).to_be_visible()
    page.evaluate(replaced, ["doctors-note-chat"])
    expect(page.locator("doctors-note-chat")).to_have_count(1)
    expect(page.locator(".reply")).to_be_visible()


def test_a_reply_that_comes_after_it_was_taken_away_harms_nothing(host: str, page: Page) -> None:
    """What was asked is there again to be sent, until its reply is; the widget goes on."""
    opened(page, host)
    waiting: list[Route] = []

    def held(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/v1/ask", held, times=1)
    send(page, ANKLE)
    expect(page.locator(".status .dots")).to_be_visible()
    page.locator("doctors-note-chat").evaluate("e => { e.remove(); document.body.append(e) }")
    expect(page.locator(".unsent")).to_have_count(1)
    waiting[0].continue_()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".unsent")).to_have_count(0)
    expect(page.locator(".question")).to_have_count(1)
    ask(page, ANKLE)


def test_in_a_sandbox_without_storage_it_answers(host: str, page: Page) -> None:
    """A frame of no origin has no storage; the conversation is kept as long as the page."""
    page.goto(host + "/framed")
    frame = page.frame_locator("iframe")
    frame.locator(".launcher").click()
    frame.locator("#message").fill(ANKLE)
    frame.locator("#message").press("Enter")
    expect(frame.locator(".reply")).to_contain_text("ankle")


def test_on_paper_it_is_not(host: str, page: Page) -> None:
    """Neither the button nor the conversation that floats over the page; one that is a part of it is."""
    opened(page, host)
    page.emulate_media(media="print")
    expect(page.locator(".panel")).not_to_be_visible()
    expect(page.locator(".launcher")).not_to_be_visible()
    page.emulate_media(media="screen")
    opened(page, host + "/inline")
    page.emulate_media(media="print")
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".composer")).not_to_be_visible()


def test_what_it_stands_on_may_change(site: Site, host: str, page: Page) -> None:
    """`display` and `remember` while the page is shown; each has the conversation that is kept there.

    Of a site that is not there the page's console is told, and no patient.
    """
    opened(page, host)
    ask(page, ANKLE)
    chat = page.locator("doctors-note-chat")
    chat.evaluate("e => e.setAttribute('display', 'inline')")
    expect(page.locator("section.inline .reply")).to_have_count(1)
    expect(page.locator(".launcher, dialog")).to_have_count(0)
    chat.evaluate("e => e.setAttribute('remember', 'no')")
    expect(page.locator(".intro .consent")).to_be_visible()
    expect(page.locator(".reply")).to_have_count(0)
    ask(page, ANKLE)
    chat.evaluate("e => { e.removeAttribute('remember'); e.removeAttribute('display'); e.show() }")
    expect(page.locator("dialog .reply")).to_have_count(1)
    chat.evaluate("e => e.setAttribute('site', 'nowhere')")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    assert "'nowhere' is not known" in site.complaints.pop()
    expect(page.locator(".reply")).to_have_count(0)
    chat.evaluate("e => e.removeAttribute('site')")
    expect(page.locator(".reply")).to_have_count(1)


def kept(page: Page) -> str:
    """All that the browser has."""
    found: str = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return found


@pytest.mark.parametrize("path", ["/", "/tab"])
def test_all_conversations_are_deleted(site: Site, host: str, page: Page, path: str) -> None:
    """Those that were started again and those that ended, too; a failure keeps what could not be deleted."""
    erased: list[str] = []
    page.on("request", lambda request: erased.append(request.url) if request.method == "DELETE" else None)
    opened(page, host + path)
    ask(page, ANKLE)
    chosen(page, 0)
    assert "ankle" not in kept(page)
    ask(page, ANKLE)
    page.evaluate(
        "for (const store of [localStorage, sessionStorage]) for (const [key, value] of Object.entries(store))"
        """ store.setItem(key, value.replace(/^({"session":"[^"]*","until":)[0-9]+/, "$1" + (Date.now() - 1000)))"""
    )
    opened(page, host + path)
    expect(page.locator(".question")).to_have_count(0)
    session = ask(page, ANKLE).page.evaluate(
        "[...Object.values(localStorage), ...Object.values(sessionStorage)]"
        ".map((each) => JSON.parse(each)).find(({ session }) => session)"
    )
    known = [*(each["session"] for each in session["ended"]), session["session"]]
    assert len(set(known)) == 3
    page.route(f"**/sessions/{known[1]}", lambda route: route.abort(), times=1)
    chosen(page, 1)
    page.locator(".confirm .danger").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be deleted")
    expect(page.locator(".reply")).to_have_count(1)
    assert [each in kept(page) for each in known] == [False, True, True]
    chosen(page, 1)
    page.locator(".confirm .danger").click()
    expect(page.locator(".reply")).to_have_count(0)
    assert [url.rpartition("/")[2] for url in erased] == [known[0], known[1], known[1], known[2]]
    assert not any(each in kept(page) for each in known)

"""The widget on pages of somebody else's, as a patient's browser has it."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tests.web.hosts import host_page
from tests.web.widget import embedded
from tests.web.widget.embedded import a_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.web.site import Site

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VAGUE = "my ankle is fat and blue after football"
CHEST = "chst pain n sweatng"


def hosting_pages(address: str) -> dict[str, str]:
    """The pages of a host site, by path, with the widget of the service at `address`."""
    inline = host_page(address, body="<doctors-note-chat display=inline></doctors-note-chat>")
    return {"/": host_page(address), "/arabic": host_page(address, language="ar"), "/inline": inline}


@contextmanager
def a_page(site: Site, width: int = 1280, height: int = 800, **options: Any) -> Iterator[Page]:
    """A page in a browser of its own."""
    with a_browser(site, width, **{"viewport": {"width": width, "height": height}} | options) as context:
        yield embedded.a_page(site, context)


def chosen(page: Page, place: int) -> None:
    """The option at `place`: 0 starts again, 1 deletes."""
    page.locator(".options").click()
    page.locator(".menu-item").nth(place).click()


def axe_faults(page: Page) -> list[str]:
    """What axe finds, a line each: the rule, where, and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "values => axe.run(document, {runOnly: {type: 'tag', values}, resultTypes: ['violations'], preload: false})"
        ".then(found => found.violations)",
        RULES,
    )
    return [f"{rule['id']} at {node['target']}: {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def measured_faults(page: Page) -> list[str]:
    """Targets under 24 px (WCAG 2.2, 2.5.8; links within sentences are excepted there), and sideways scrolling."""
    found: list[str] = page.evaluate(
        """() => {
          const faults = [];
          const root = document.querySelector("doctors-note-chat").shadowRoot;
          for (const each of root.querySelectorAll("a, button, textarea, select, summary, input")) {
            if (!each.checkVisibility({ visibilityProperty: true })) continue;
            const box = (each.closest("label.reason") ?? each).getBoundingClientRect();
            const isInSentence = each.matches("a") && getComputedStyle(each).display === "inline";
            if (!isInSentence && Math.min(box.width, box.height) < 24) {
              faults.push(`${each.className || each.localName}: ${box.width} x ${box.height} px`);
            }
          }
          for (const each of [document.documentElement, ...root.querySelectorAll("*")]) {
            const { overflowX } = getComputedStyle(each);
            const isOver = each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0;
            const mayScroll = each === document.documentElement || /auto|scroll/.test(overflowX);
            if (isOver && mayScroll && each.localName !== "textarea") {
              faults.push(`${each.className || each.localName}: ${each.scrollWidth - each.clientWidth} px too wide`);
            }
          }
          return faults;
        }"""
    )
    return found

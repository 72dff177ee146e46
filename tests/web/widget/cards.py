"""Replies to be shown, and a page that shows them by the script that patients load."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2

from bot.web.widget_script import MODULES, assembled
from tests.web.hosts import host_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.web.site import Site

QUESTION: dict[str, Any] = {"type": "heading", "text": "Do hedgehogs bite?", "quoted": True}
DISCLAIMER: dict[str, Any] = {"type": "disclaimer", "text": "This is no advice."}
QUOTATION: dict[str, Any] = {
    "article_id": "hedgehogs",
    "question": QUESTION["text"],
    "short_answer": "",
    "explanation": "",
    "language": "en",
    "url": "https://notes.example/articles/hedgehogs",
    "disclaimer": DISCLAIMER["text"],
}


def paragraph(text: str, *, quoted: bool = False) -> dict[str, Any]:
    return {"type": "paragraph", "text": text, "quoted": quoted}


def listed(*items: str, quoted: bool = True) -> dict[str, Any]:
    return {"type": "list", "text": "", "items": items, "quoted": quoted}


def reply(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A reply in English, with the disclaimer at its end."""
    whole: dict[str, Any] = {
        "outcome": "information",
        "language": "en",
        "quotation": None,
        "quick_replies": [],
        "turn_id": "turn",
    }
    return {**whole, "blocks": [*blocks, DISCLAIMER], **fields}


def reply_page(address: str, shown: dict[str, Any]) -> str:
    """A page of somebody else's with a reply in it."""
    # Nothing in a script's text may look like the end of it.
    written = json.dumps(shown).replace("<", "\\u003c")
    script = f'<script type="application/json">{written}</script>'
    body = f"<doctors-note-reply>{script}</doctors-note-reply>"
    return host_page(address, body=body, script="data-manual")


def show(page: Page, shown: dict[str, Any], context: str = "{}") -> Locator:
    """The card of a reply, in a page that is open; `context` is JavaScript: what a conversation gives to a card.

    What is asked, emitted and kept by it stands in `window.done`.
    """
    within = assembled(MODULES).removesuffix("})();\n") + "window.replyCard = replyCard;\n})();\n"
    page.evaluate(f"() => {{ if (!window.replyCard) {{ {within} }} }}")
    page.evaluate(
        """([reply, context]) => {
          window.done = [];
          const say = (sentence, values = {}) => sentence.replace(/\\{(\\w+)\\}/g, (_, name) => values[name]);
          document.body.replaceChildren(replyCard(reply, { say, language: "en", ...(0, eval)(`(${context})`) }));
        }""",
        [shown, context],
    )
    return page.locator(".reply")


def told(page: Page) -> list[Any]:
    """What the card that is shown has asked, emitted and kept, in order."""
    done: list[Any] = page.evaluate("window.done")
    return done


@contextmanager
def open_page(site: Site) -> Iterator[Page]:
    """A page of the site, in a browser of its own that may read the clipboard; its errors are complaints."""
    context = site.browser.new_context(viewport={"width": 375, "height": 800}, bypass_csp=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.on("pageerror", lambda error: site.complaints.append(str(error)))
    opened.goto(f"{site.address}/articles/jet-lag")
    yield opened
    context.close()


def asked(site: Site, message: str, **fields: Any) -> dict[str, Any]:
    """The server's reply."""
    with httpx2.Client(base_url=site.address, timeout=60) as client:
        given: dict[str, Any] = client.post("/api/v1/ask", json={"message": message, **fields}).json()
        return given


def all_texts(found: Locator) -> list[str]:
    """The whole text of each, as it stands in the document."""
    said: list[str] = found.evaluate_all("all => all.map(each => each.textContent)")
    return said

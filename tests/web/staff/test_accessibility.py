"""Every page of staff, as people with other eyes and hands than ours have it."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from bot.domain.question_queue import QueueFilters
from bot.domain.staff import COMMAND_LINE, Role
from bot.service.staff.articles import create, submit
from bot.service.staff.queue import dismiss, list_groups, recent_actions
from bot.web.staff.app import staff_routes
from bot.web.staff.door import AccountDoor
from tests.web.site import open_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from bot.service.core import Safety
    from embeddings.encoder import Encoder
    from tests.web.site import Site

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of what is in a path, one that there is. A page with another parameter needs one here.
SAMPLES = {
    "article_id": "jet-lag",
    "format_": "jsonl",
    "key": "turns",
    "kind": "turns",
    "name": "reviewer",
    "number": "1",
}
ASKED = ["can i fly with a cold", "is it ok to take a plane with a cold", "does knuckle cracking harm"]


@pytest.fixture(scope="module")
def site(
    bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, safety: Safety
) -> Iterator[Site]:
    """A site where something was asked and done."""
    with open_site(bundled_folder, tmp_path_factory.mktemp("accessible") / "var", encoder, safety) as opened:
        yield opened


def paths_of(site: Site) -> list[str]:
    """Every page of staff that is looked at, with samples for what its path leaves open."""
    replies = [site.ask(question)[0] for question in ASKED]
    page = site.staff("everybody", *Role)
    page.goto(f"{site.address}/staff/queue")
    groups = list_groups(site.desk, QueueFilters()).groups
    dismiss(site.desk, COMMAND_LINE, {groups[-1].id: groups[-1].version})
    found = SAMPLES | {
        "group_id": groups[0].id,
        "turn_id": replies[0]["turn_id"],
        "action_id": recent_actions(site.desk).actions[0].id,
    }
    draft = create(
        site.desk, COMMAND_LINE, {"id": "hiccups", "question": "How do hiccups stop?", "short_answer": "Soon."}
    )
    submit(site.desk, COMMAND_LINE, draft.article.id, draft.version)
    table = staff_routes(site.desk, AccountDoor(site.desk)).table
    paths = [route.path for route in table if route.method == "GET" and route.is_page]
    named = [re.sub(r"\{(\w+)(:\w+)?\}", lambda match: found[match[1]], path) for path in paths]
    return [
        "/staff/sign-in",
        *named,
        f"/staff/teach/jet-lag?group={groups[0].id}",
        "/staff/queue?state=dismissed",
        "/staff/articles/hiccups",
        "/staff/articles/hiccups/edit",
        "/staff/articles/hiccups/sign-off",
        "/staff/articles/hiccups/compare",
        "/staff/nowhere",
    ]


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds, a line each: the rule, where, and why."""
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, {...options, resultTypes: ['violations']}).then(found => found.violations)",
        options,
    )
    return [
        f"{page.url}: {rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """A line if the page has to be scrolled sideways."""
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url}: {beyond} px too wide"] if beyond > 0 else []


def test_every_page_is_accessible(site: Site) -> None:
    """By axe's rules for WCAG 2.2 AA and best practice, in light and in dark, on a desk and on a phone."""
    page = site.staff("everybody", *Role, color_scheme="light", bypass_csp=True)
    found: list[str] = []
    looked_at = 0
    for path in paths_of(site):
        try:
            response = page.goto(site.address + path)
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        if response is None or "text/html" not in response.headers["content-type"]:
            continue
        looked_at += 1
        page.evaluate(AXE)
        found += faults(page, {"runOnly": {"type": "tag", "values": RULES}})
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 375, "height": 800})
        # The tree is the same; colours and sizes are others.
        found += faults(page, {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}})
        found += too_wide(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
    assert looked_at >= 15

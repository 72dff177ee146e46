"""The library in a browser, as people with other eyes and hands than ours have it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.article import Article
from bot.ports import SourcedArticle
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
# Path, and what Playwright is to see there.
PATHS = (
    "/library",
    "/library?page=2",
    "/library?q=sprained%20ankle",
    "/library?q=crushing%20chest%20pain%20and%20sweating",
    "/library?q=qwxzv",
    "/library?page=99",
    f"/library?q={'x' * 201}",
    "/library?symptom=Brow%20ache&lang=es",
    "/library?lang=ar",
    "/library?lang=ar&q=%D9%84%D8%A7%20%D8%A3%D8%B3%D8%AA%D8%B7%D9%8A%D8%B9%20%D8%A7%D9%84%D8%AA%D9%86%D9%81%D8%B3",
    "/library/symptoms",
    "/library/symptoms?lang=ar",
    "/library/symptoms?letter=B&page=2",
)


@pytest.fixture(scope="module")
def site(
    bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, safety: Safety
) -> Iterator[Site]:
    """A site with articles in two languages, and more symptoms than stand on a page."""
    with open_site(bundled_folder, tmp_path_factory.mktemp("library") / "var", encoder, safety) as opened:
        long = "Pneumonoultramicroscopicsilicovolcanoconiosis " * 3
        articles = [
            Article("es", "¿Qué es esto?", "Nada. " * 100, symptoms=("Brow ache",), language="es"),
            Article("long", f"{long}?", long, symptoms=(long.strip(),)),
            Article("many", "Many?", "Yes.", symptoms=tuple(f"Bump {number}" for number in range(250))),
        ]
        opened.desk.core.store.put(SourcedArticle(each) for each in articles)
        yield opened


def faults(page: Page) -> list[str]:
    """What axe finds, a line each: the rule, where, and why; and whether the page has to be scrolled sideways."""
    found: list[dict[str, Any]] = page.evaluate(
        "values => axe.run(document, {runOnly: {type: 'tag', values}, resultTypes: ['violations']})"
        ".then(found => found.violations)",
        RULES,
    )
    lines = [
        f"{page.url}: {rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*lines, f"{page.url}: {beyond} px too wide"] if beyond > 0 else lines


def test_every_page_is_accessible(site: Site) -> None:
    """By axe's rules for WCAG 2.2 AA and best practice, in light and in dark, on phones and on a desk."""
    context = site.browser.new_context(bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    for path in PATHS:
        page.goto(site.address + path)
        page.evaluate(AXE)
        for scheme, width in (("light", 320), ("dark", 375), ("light", 1280), ("dark", 1280)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{scheme}, {width} px: {fault}" for fault in faults(page)]
    context.close()
    assert found == []


def test_it_works_without_a_script(site: Site) -> None:
    """From the front to results by the form, and on to an article; by the list of symptoms, too."""
    context = site.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/library")
    page.get_by_label("Search the library").fill("sprained ankle")
    page.get_by_label("Language of the articles").select_option("en")
    page.get_by_role("button", name="Search").click()
    page.locator(".result a").first.click()
    assert "/articles/ankle-sprain" in page.url
    page.goto(f"{site.address}/library")
    page.get_by_role("link", name="All symptoms and topics").click()
    page.get_by_role("navigation", name="letter").get_by_role("link", name="N", exact=True).click()
    page.get_by_role("link", name="Nosebleed").first.click()
    assert page.locator(".result a").first.get_attribute("href") == "/articles/nosebleed-stop"
    context.close()

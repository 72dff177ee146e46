"""The pages of an article in a real browser: for people with other eyes and hands than ours, and on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.article import Article, Status
from bot.domain.references import Reference
from bot.ports import SourcedArticle
from tests.web.site import open_site
from tests.web.staff.test_accessibility import AXE, RULES, faults, too_wide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from bot.service.core import Safety
    from embeddings.encoder import Encoder
    from tests.web.site import Site

pytestmark = pytest.mark.browser

ARABIC = Article(
    id="arabic",
    question="كم يدوم الزكام؟",
    short_answer="يدوم من سبعة إلى عشرة أيام.",
    explanation="اشرب الماء.\n\n- استرح\n- نم جيدا",
    symptoms=("سعال", "حمى"),
    author="A. Author, MD",
    published=dt.date(2025, 5, 15),
    language="ar",
    references=(Reference("Smith A. Title. J. 2021;1:2.", "10.1000/xyz", "123"),),
)
PAST = Article(
    id="past",
    question="What is past?",
    short_answer="This.",
    symptoms=("Cough",),
    references=(Reference("R.", "10.1000/p"),),
)
PATHS = [
    "/articles/cold-duration",
    "/articles/arabic",
    "/articles/past",
    "/articles/past/revisions",
    "/articles/past/revisions/1",
    "/articles/gone",
    "/articles/none",
    "/nowhere?lang=ar",
]


@pytest.fixture(scope="module")
def site(
    bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, safety: Safety
) -> Iterator[Site]:
    """A site with an Arabic article, one that was revised, and one that was withdrawn."""
    with open_site(bundled_folder, tmp_path_factory.mktemp("articles") / "var", encoder, safety) as opened:
        put = opened.desk.core.store.put
        gone = Article(id="gone", question="What is gone?", short_answer="This.")
        put([SourcedArticle(ARABIC), SourcedArticle(PAST), SourcedArticle(gone)])
        revised, retired = replace(PAST, short_answer="That."), replace(gone, status=Status.RETIRED)
        put([SourcedArticle(revised), SourcedArticle(retired)])
        yield opened


def opened(site: Site, **options: Any) -> Page:
    context = site.browser.new_context(**options)
    return context.new_page()


def test_every_page_is_accessible(site: Site) -> None:
    """By axe's rules, in light and in dark, on a desk, on a phone and at a zoom of 400 %."""
    page = opened(site, bypass_csp=True)
    found: list[str] = []
    for path in PATHS:
        for width in (320, 375, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.goto(site.address + path)
                page.evaluate(AXE)
                found += faults(page, {"runOnly": {"type": "tag", "values": RULES}})
            found += too_wide(page)
    assert found == []


def test_links_can_be_hit(site: Site) -> None:
    """Each in the main part is 24 pixels high at least, on a phone."""
    page = opened(site, viewport={"width": 320, "height": 800})
    for path in PATHS:
        page.goto(site.address + path)
        heights = page.eval_on_selector_all("main a", "links => links.map(link => link.getBoundingClientRect().height)")
        assert min(heights) >= 24, path


def test_an_arabic_article_runs_from_right_to_left(site: Site) -> None:
    """While a reference in English does not."""
    page = opened(site)
    page.goto(f"{site.address}/articles/arabic")
    direction = "element => getComputedStyle(element).direction"
    assert page.eval_on_selector("main", direction) == "rtl"
    assert page.eval_on_selector(".article-text", direction) == "rtl"
    assert page.eval_on_selector(".reference-text", direction) == "ltr"


def test_a_name_in_latin_letters_stands_where_the_others_do(site: Site) -> None:
    """Beside its label, on the side where an Arabic line begins."""
    page = opened(site, viewport={"width": 1280, "height": 800})
    page.goto(f"{site.address}/articles/arabic")
    begin = "names => names.slice(0, 3).map(name => Math.round(name.getBoundingClientRect().right))"
    assert len(set(page.eval_on_selector_all(".facts bdi", begin))) == 1


def test_it_reads_without_scripts_and_asks_nobody_else(site: Site) -> None:
    """All requests go to the site, and the browser has nothing to complain of."""
    page = opened(site, java_script_enabled=False)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.address}/articles/cold-duration")
    assert page.locator(".short-answer").is_visible()
    assert 1 <= page.locator(".other-questions a").count() <= 5
    assert all(url.startswith(site.address) for url in asked)
    assert said == []


def test_it_prints_what_counts(site: Site) -> None:
    """No navigation and no forms; the addresses of references, the hash, the disclaimer and the page's own address."""
    page = opened(site, color_scheme="dark")
    page.goto(f"{site.address}/articles/past/revisions/1")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("header.site", ".other-questions", "details.report", ".past-link", ".ask-link"):
        assert page.locator(hidden).is_visible() is False, hidden
    for shown in (".short-answer", ".past", "main .disclaimer", ".facts code", ".printed-address"):
        assert page.locator(shown).is_visible(), shown
    after = page.eval_on_selector(".references a", "link => getComputedStyle(link, '::after').content")
    assert after == '" (https://doi.org/10.1000/p)"'
    assert page.locator(".printed-address").inner_text().endswith("/articles/past/revisions/1")
    border = page.eval_on_selector(".symptoms a", "link => getComputedStyle(link).borderTopWidth")
    assert border == "0px"
    colours = page.eval_on_selector(
        "body", "body => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.pdf().startswith(b"%PDF")

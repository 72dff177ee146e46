"""The chat page: the widget in it, and what stands there without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from lxml import html
from playwright.sync_api import Page, expect

from bot.domain import texts
from bot.domain.article import Article
from bot.ports import SourcedArticle
from tests.web.site import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator
    from starlette.testclient import TestClient

    from bot.bootstrap import Installation
    from tests.web.site import Site


@pytest.fixture(params=[320, 375, 1280])
def page(request: pytest.FixtureRequest, site: Site) -> Iterator[Page]:
    """The chat page in windows of three widths: nothing runs out of it, and nothing is asked of anybody else."""
    context = site.browser.new_context(viewport={"width": request.param, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    requested: set[str] = set()
    opened = context.new_page()
    opened.on("request", lambda sent: requested.add(sent.url))
    opened.on("pageerror", lambda error: site.complaints.append(str(error)))
    opened.goto(site.address)
    yield opened
    assert opened.evaluate("document.documentElement.scrollWidth") <= request.param
    assert {url for url in requested if not url.startswith(site.address)} == set()
    context.close()


def ask(page: Page, question: str) -> Locator:
    """The last reply, after `question` was asked."""
    before = page.locator(".reply").count()
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".reply")).to_have_count(before + 1)
    return page.locator(".reply").last


@pytest.mark.browser
def test_an_answer_is_shown_word_for_word(page: Page, site: Site) -> None:
    """The notice, the quoted text, references as links, and the disclaimer; then the field is free again."""
    reply = ask(page, "How long does a sprained ankle take to heal?")
    article = site.desk.core.store.article("ankle-sprain-recovery").article
    expect(reply.locator(".notice").first).to_have_text(texts.SAMPLE)
    expect(reply.get_by_role("heading", name=article.question)).to_be_visible()
    if not reply.locator(".explanation").get_attribute("open"):
        reply.locator("summary").click()
    shown = reply.locator(".quotation").inner_text()
    for paragraph in [article.short_answer, *article.explanation.split("\n\n")]:
        assert paragraph in shown
    expect(reply.locator(".references a")).to_have_text([reference.text for reference in article.references])
    for link, reference in zip(reply.locator(".references a").all(), article.references, strict=True):
        expect(link).to_have_attribute("href", str(reference.href))
    expect(reply.locator(".disclaimer")).to_have_text(texts.DISCLAIMER)
    expect(page.get_by_label("Your question")).to_have_value("")


@pytest.mark.browser
def test_a_reply_is_read_from_its_start(page: Page) -> None:
    """What was asked is in view after the reply came, and the field stays beneath it."""
    ask(page, "How long does a sprained ankle take to heal?")
    ask(page, "how long does a cold last")
    expect(page.locator(".question").last).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_be_in_viewport()


@pytest.mark.browser
def test_what_went_wrong_is_in_view(page: Page) -> None:
    """However far the page is scrolled; the question is kept."""
    ask(page, "How long does a sprained ankle take to heal?")
    page.get_by_label("Your question").fill("?!?")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert").filter(has_text="there is no word in it")
    expect(alert).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_have_value("?!?")


@pytest.mark.browser
def test_choices_are_buttons(page: Page) -> None:
    """A click on one shows its article."""
    ask(page, "my ankle is fat and blue after football")
    question = "What should I do right after spraining my ankle?"
    page.get_by_role("button", name=question).click()
    expect(page.get_by_role("heading", name=question)).to_be_visible()


@pytest.mark.browser
def test_other_articles_on_the_question_leave_the_quotation_whole(site: Site, page: Page) -> None:
    """The quoted article keeps its list; the others are links beneath it."""
    question, items = "Do hedgehogs carry ringworm?", "- itching\n- a round patch"
    site.desk.core.store.put(
        SourcedArticle(Article(f"hedgehogs-{number}", question, "Some do.", items)) for number in (1, 2)
    )
    reply = ask(page, question)
    expect(reply.locator(".quotation li")).to_have_text(["itching", "a round patch"])
    other = reply.get_by_role("link", name=texts.OTHER_ARTICLE.format(number=1))
    expect(other).to_have_attribute("href", re.compile("/articles/hedgehogs-[12]$"))
    expect(reply.locator(".choice")).to_have_count(0)


@pytest.mark.browser
def test_an_emergency_stands_first(page: Page) -> None:
    """Whom to call, before anything else."""
    reply = ask(page, "chst pain n sweatng")
    expect(reply.locator(":scope > *").first).to_contain_text("This may be an emergency")
    expect(reply.locator(".call").first).to_have_attribute("href", re.compile("^tel:"))


@pytest.mark.browser
@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("es", "ltr")])
def test_the_page_and_the_widget_speak_the_language_that_is_asked_for(
    site: Site, page: Page, language: str, direction: str
) -> None:
    """Both do, and so does what is said in reply."""
    page.goto(f"{site.address}/?lang={language}")
    expect(page.locator("html")).to_have_attribute("dir", direction)
    panel = page.locator(".panel")
    expect(panel).to_have_attribute("lang", language)
    expect(panel).to_have_attribute("dir", direction)
    page.locator(".message").fill("مرحبا" if language == "ar" else "hola")
    page.locator(".message").press("Enter")
    expect(page.locator(".reply")).to_have_attribute("lang", language)


@pytest.mark.browser
def test_a_window_as_low_as_at_400_percent_is_scrolled(site: Site) -> None:
    """At 320 by 256 pixels field and reply are each seen whole in width; the field fills less than half."""
    context = site.browser.new_context(viewport={"width": 320, "height": 256}, reduced_motion="reduce")
    opened = context.new_page()
    opened.goto(site.address)
    reply = ask(opened, "How long does a sprained ankle take to heal?")
    expect(opened.locator(".question")).to_be_in_viewport()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    field = opened.locator(".composer").bounding_box()
    assert field is not None
    assert field["height"] < 128
    opened.get_by_label("Your question").focus()
    expect(opened.get_by_label("Your question")).to_be_in_viewport()
    reply.locator("summary").first.focus()
    expect(reply.locator("summary").first).to_be_in_viewport()
    context.close()


@pytest.mark.browser
def test_what_is_said_at_the_foot_covers_nothing_else_there(page: Page) -> None:
    """What went wrong, the question whether to delete, and the field stand one below the other without a gap."""
    ask(page, "How long does a sprained ankle take to heal?")
    page.get_by_role("button", name="Options").click()
    page.get_by_role("button", name="Delete my data").click()
    page.context.set_offline(True)
    expect(page.locator(".error")).not_to_be_empty()
    boxes = [page.locator(part).bounding_box() for part in (".error", ".confirm", ".composer")]
    page.context.set_offline(False)
    shown = [(round(box["y"]), round(box["y"] + box["height"])) for box in boxes if box]
    assert [below[0] for below in shown[1:]] == pytest.approx([above[1] for above in shown[:-1]], abs=1)
    assert shown[-1][1] <= 800


@pytest.mark.browser
def test_what_is_marked_stays_in_its_place(page: Page) -> None:
    """Yes and no stand beside each other in windows of any width, and move for nobody who chose one."""
    reply = ask(page, "How long does a sprained ankle take to heal?")
    marks = [reply.locator(".mark.yes"), reply.locator(".mark.no")]
    before = [mark.bounding_box() for mark in marks]
    marks[1].click()
    expect(marks[1]).to_have_attribute("aria-pressed", "true")
    after = [mark.bounding_box() for mark in marks]
    assert [(box["x"], box["width"]) for box in after if box] == [(box["x"], box["width"]) for box in before if box]
    assert len({box["y"] for box in after if box}) == 1


def test_search_engines_are_told_of_the_chat_page(client: TestClient, installation: Installation) -> None:
    """Its address, its forms in our other languages, and what it is."""
    url = installation.core.site.public_url
    front = html.fromstring(client.get("/?page=7").text)
    assert front.xpath("//link[@rel='canonical']/@href") == [f"{url}/"]
    spanish = html.fromstring(client.get("/?lang=es").text)
    assert spanish.xpath("//link[@rel='canonical']/@href") == [f"{url}/?lang=es"]
    for page in (front, spanish):
        alternates = {link.get("hreflang"): link.get("href") for link in page.xpath("//link[@rel='alternate']")}
        assert alternates["x-default"] == f"{url}/"
        assert alternates["es"] == f"{url}/?lang=es"
    assert spanish.xpath("//meta[@property='og:title']/@content") == spanish.xpath("//h1/text()")
    assert spanish.xpath("//meta[@name='description']/@content") == [
        client.get("/api/v1/widget?language=es").json()["greeting"][0]
    ]


def test_without_a_script_the_page_says_the_same(client: TestClient) -> None:
    """Greeting, emergency, tips, disclaimer; each topic leads into the library, and so does a search."""
    page = html.fromstring(client.get("/").text)
    told = client.get("/api/v1/widget").json()
    fallback = page.xpath("//doctors-note-chat")[0]
    shown = fallback.text_content()
    for said in [*told["greeting"], *told["tips"], told["emergency"]["text"], told["disclaimer"]]:
        assert said in shown
    topics = fallback.xpath(".//ul[@class='symptoms']//a")
    assert [topic.text for topic in topics] == [topic["title"] for topic in told["topics"]]
    for topic in topics:
        assert unquote(topic.get("href")) == f"/library?symptom={topic.text}"
        assert topic.text in client.get(topic.get("href")).text
    form = page.xpath("//form[@action='/library']")[0]
    assert form.xpath(".//input[@name='q']")
    assert "JavaScript" in page.xpath("string(//noscript)")


def test_every_language_is_offered_by_its_own_name(client: TestClient) -> None:
    """The links of the page go on in the language that was asked for."""
    page = html.fromstring(client.get("/?lang=es").text)
    offered = {link.get("lang"): link for link in page.xpath("//nav[@class='languages']//a")}
    assert {tag: link.text for tag, link in offered.items()} == {"ar": "العربية", "en": "English", "es": "Español"}
    assert offered["es"].get("aria-current")
    assert offered["ar"].get("href") == "/?lang=ar"
    assert page.get("lang") == "es"
    library = {link.get("href") for link in page.xpath("//header//a") if "/library" in link.get("href")}
    assert library == {"/library?lang=es"}


@pytest.mark.parametrize("path", ["/library", "/library/symptoms", "/articles/jet-lag"])
def test_pages_to_read_have_the_chat_at_hand(client: TestClient, path: str) -> None:
    """By one script tag; pages of staff have none."""
    page = html.fromstring(client.get(path).text)
    assert [tag.get("data-language") for tag in page.xpath("//script[@src='/widget.js']")] == ["en"]
    assert "/widget.js" not in client.get("/staff/sign-in").text


@pytest.mark.parametrize("path", ["/", "/library", "/library/symptoms", "/articles/jet-lag", "/articles/nowhere"])
def test_the_first_link_leads_past_what_every_page_begins_with(client: TestClient, path: str) -> None:
    """To the page's own part, of which there is one."""
    page = html.fromstring(client.get(path, headers={"accept": "text/html"}).text)
    assert page.xpath("(//a)[1]/@href") == ["#main"]
    assert len(page.xpath("//main[@id='main']")) == 1

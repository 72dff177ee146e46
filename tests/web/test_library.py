"""The library's pages: to browse and to search, for people and for search engines."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from starlette.testclient import TestClient

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.ports import SourcedArticle
from bot.service.browsing import SYMPTOMS_ON_A_PAGE
from bot.web.app import create_app
from bot.web.problems import install_problem_handlers
from bot.web.sitemap import sitemap_router
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from bot.bootstrap import Installation
    from bot.service.core import Site

PAGE = {"accept": "text/html"}
XMLNS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def article(identifier: str, **fields: object) -> Article:
    return Article(**{"id": identifier, "question": f"Question {identifier}?", "short_answer": "Yes.", **fields})  # type: ignore[arg-type]


def put(installation: Installation, *articles: Article) -> None:
    installation.core.store.put(SourcedArticle(each) for each in articles)


def opened(client: TestClient, path: str, status: int = 200, **values: object) -> HtmlElement:
    response = client.get(path, params={name: str(value) for name, value in values.items()}, headers=PAGE)
    assert response.status_code == status
    return html.fromstring(response.text)


def found(page: HtmlElement) -> list[str]:
    """The ids of the articles that a page lists."""
    return [link.get("href", "").removeprefix("/articles/") for link in page.cssselect(".result h3 a")]


def test_every_article_is_on_exactly_one_page(client: TestClient, installation: Installation) -> None:
    """The pager leads from the first page to the last, over all that may be shown, and nothing else."""
    put(installation, *(article(f"more-{number:03}") for number in range(55)), article("no", status=Status.DRAFT))
    path, seen, pages = "/library", list[str](), 0
    while path:
        page = html.fromstring(client.get(path, headers=PAGE).text)
        seen += found(page)
        pages += 1
        assert page.cssselect(".pager [aria-current=page]")[0].text == str(pages)
        path = next((link.get("href", "") for link in page.cssselect(".pager [rel=next]")), "")
    assert pages == 5
    served = {stored.article.id for stored in installation.core.store.all() if stored.article.is_served}
    assert len(seen) == len(set(seen)) == 85
    assert set(seen) == served
    assert opened(client, path="/library", status=404, page=6).cssselect(".nothing")


def test_results_are_in_the_order_of_the_alphabet(client: TestClient, installation: Installation) -> None:
    """Without regard to case, accents and signs."""
    put(installation, article("z", question="aaa zoo?"), article("a", question="¿Aáa ape?"))
    assert found(opened(client, "/library"))[:2] == ["a", "z"]


def test_a_result_says_what_the_article_is(client: TestClient, installation: Installation) -> None:
    """Its question leads to it; the short answer is there whole; notices, symptoms and dates stand beside it."""
    answer = "Word " * 300
    put(
        installation,
        replace(
            installation.core.store.article("jet-lag").article, id="b", question="A & <b>?", short_answer=answer.strip()
        ),
    )
    (result,) = (
        each
        for each in opened(client, "/library", q="A & <b>").cssselect(".result")
        if each.cssselect("h3 a")[0].get("href") == "/articles/b"
    )
    assert result.cssselect("h3")[0].text_content() == "A & <b>?"
    assert result.cssselect(".short-answer")[0].text_content() == answer.strip()
    assert result.cssselect(".notice")[0].text_content() == texts.SAMPLE
    assert [link.text for link in result.cssselect(".symptoms a")] == list(
        installation.core.store.article("jet-lag").article.symptoms
    )


def test_search_finds_what_the_chat_finds_first(client: TestClient, installation: Installation) -> None:
    """An article without a word of the question leads, then those with all of them; none comes twice."""
    asked = "how long until my twisted ankle is better"
    assert found(opened(client, "/library", q=asked))[0] == "ankle-sprain-recovery"
    put(installation, *(article(f"a{number:02}", short_answer="Of an ankle and of pain.") for number in range(30)))
    ids = [each for number in (1, 2) for each in found(opened(client, "/library", q="ankle pain", page=number))]
    listed = client.get("/api/v1/articles", params={"q": "ankle pain"}).json()
    assert len(ids) == len(set(ids)) == listed["total"]
    assert {f"a{number:02}" for number in range(30)} < set(ids)
    assert ids[:20] == [each["id"] for each in listed["articles"]]


def test_search_knows_no_case_and_no_accents(client: TestClient, installation: Installation) -> None:
    """In questions, other ways to ask, short answers and symptoms alike."""
    put(
        installation,
        article("q", question="¿Qué es la Migraña?"),
        article("w", also_asked=("is it MIGRAÑA",)),
        article("s", symptoms=("Migraña",)),
        article("e", short_answer="It is no migraña."),
    )
    assert {"q", "w", "s", "e"} <= set(found(opened(client, "/library", q="MIGRANA")))


def test_short_words_are_not_found_within_others(client: TestClient, installation: Installation) -> None:
    """An ear is no part of a heart."""
    put(installation, article("heart", question="Xyzzy heart?"), article("ear", question="Xyzzy earache?"))
    assert found(opened(client, "/library", q="xyzzy ear"))[-1:] == ["ear"]
    assert "heart" not in found(opened(client, "/library", q="xyzzy ear", symptom=""))[-1:]


def test_an_emergency_stands_above_the_results(client: TestClient) -> None:
    """The notice with the numbers comes first in the page, and the results are still there; the API has it, too."""
    page = opened(client, "/library", q="crushing chest pain and sweating")
    first = page.cssselect("main > *")[0]
    assert "emergency" in first.get("class", "")
    assert "emergency number" in first.cssselect(".notice")[0].text_content()
    assert page.cssselect(".results")
    found_ = client.get("/api/v1/articles", params={"q": "crushing chest pain and sweating"}).json()
    assert found_["emergency"][0]["type"] == "notice"
    spanish = opened(client, "/library", q="me duele mucho el pecho y no puedo respirar")
    assert spanish.cssselect("main > *")[0].get("lang") == "es"


@pytest.mark.parametrize("words", ["nosebleed", "how long does a cold last", "hello", "jet lag", "thank you"])
def test_what_is_no_emergency_raises_no_alarm(client: TestClient, words: str) -> None:
    """Search words of every day are answered with results alone."""
    assert not opened(client, "/library", q=words).cssselect(".emergency")


def test_a_topics_name_is_no_emergency(client: TestClient, installation: Installation) -> None:
    """Who follows the link of a symptom has said nothing."""
    put(installation, article("chest", symptoms=("Chest pain",)))
    page = opened(client, "/library", symptom="chest PAIN")
    assert found(page) == ["chest"]
    assert not page.cssselect(".emergency")


def test_nothing_found_is_said_plainly(client: TestClient) -> None:
    """With advice, the chat, and the list of symptoms."""
    page = opened(client, "/library", q="qwxzv")
    assert found(page) == []
    assert {link.get("href") for link in page.cssselect(".nothing a")} == {"/", "/library", "/library/symptoms"}


@pytest.mark.parametrize("words", ["x" * 201, "a\x00b", "\x1b[31m", "\x9f"])
def test_words_that_cannot_be_searched_are_told_of(client: TestClient, words: str) -> None:
    """In the page, beside the field, which keeps them."""
    page = opened(client, "/library", 422, q=words)
    assert page.cssselect("#q-error")[0].get("role") == "alert"
    assert page.cssselect("#q")[0].get("aria-invalid") == "true"


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=100001", "symptom=%00", "language=%1b"])
@pytest.mark.parametrize("path", ["/library", "/library/symptoms"])
def test_wrong_parameters_are_told_of(client: TestClient, path: str, query: str) -> None:
    """As the sender's mistake."""
    if path.endswith("symptoms"):
        query = query.replace("symptom", "letter")
    assert client.get(f"{path}?{query}", headers=PAGE).status_code == 422


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=220), st.sampled_from(("q", "symptom", "language", "letter", "lang")))
def test_no_search_breaks_it(client: TestClient, value: str, name: str) -> None:
    """Whatever is looked for, there is a page, or it is refused; the value is text in it."""
    for path in ("/library", "/library/symptoms"):
        response = client.get(path, params={name: value.encode(errors="replace").decode()}, headers=PAGE)
        assert response.status_code in {200, 404, 422}
        assert not html.fromstring(response.text).cssselect("main script")


@pytest.mark.parametrize("words", ["%", "_", "'; --", "\\", "?!", "..", "%%%"])
def test_signs_find_nothing(client: TestClient, words: str) -> None:
    """They are no words, and mean nothing to the database."""
    assert client.get("/api/v1/articles", params={"q": words}).json()["total"] == 0


def test_markup_in_a_search_is_text(client: TestClient) -> None:
    """In the field, in links and in headings."""
    evil = "\"><script>alert('x')</script>"
    for name in ("q", "symptom", "language", "lang"):
        response = client.get("/library", params={name: evil}, headers=PAGE)
        assert not html.fromstring(response.text).cssselect("main script")
        assert [each.get("src") for each in html.fromstring(response.text).cssselect("script")] == ["/widget.js"]
    assert opened(client, "/library", q=evil).cssselect("#q")[0].get("value") == evil


def test_topics_of_the_chat_page_are_found_in_every_language(client: TestClient) -> None:
    """Its links lead to the articles on them, in the language that was chosen."""
    for path in ("/", "/?lang=es"):
        links = html.fromstring(client.get(path).text).cssselect("ul.symptoms a")
        assert links
        for link in links:
            listing = html.fromstring(client.get(link.get("href", "")).text)
            assert found(listing)
            assert listing.get("lang") == ("es" if "lang" in path else "en")


def test_too_long_an_emergency_is_one(client: TestClient) -> None:
    """Words that are too many to search for are still read for what cannot wait."""
    page = opened(client, "/library", 422, q="I have crushing chest pain and it spreads to my arm. " * 5)
    assert page.cssselect("main > :first-child")[0].get("class") == "reply emergency"
    assert not opened(client, "/library", 422, q="what helps against dandruff on my head " * 8).cssselect(".emergency")


def test_pages_of_what_is_not_there_are_not_indexed(client: TestClient) -> None:
    """Anybody can make an address with a topic of their own."""
    assert opened(client, "/library", symptom="cheap watches").cssselect("meta[name=robots]")
    assert not opened(client, "/library", symptom="fever").cssselect("meta[name=robots]")


def test_caches_ask_before_they_show_a_listing(client: TestClient) -> None:
    """A withdrawn article is gone from it at once; what was searched for is kept by none, as data either."""
    for path in ("/", "/library", "/library/symptoms", "/api/v1/articles", "/api/v1/articles/jet-lag"):
        assert client.get(path).headers["cache-control"] == "no-cache"
    assert client.get("/api/v1/articles?q=fever").headers["cache-control"] == "no-store"


def test_searches_are_kept_nowhere(
    client: TestClient, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """No log, no cache, no search engine, no title has the words, and no page is told where somebody came from."""
    caplog.set_level(logging.DEBUG)
    for words in ("wobbling xyzzy", "crushing chest pain xyzzy", "xyzzy" * 50, "xyzzy\x00"):
        response = client.get("/library", params={"q": words}, headers=PAGE)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        page = html.fromstring(response.text)
        assert page.cssselect("meta[name=robots]")[0].get("content", "").startswith("noindex")
        assert "xyzzy" not in page.cssselect("title")[0].text_content()
        assert not page.cssselect("link[rel=canonical]")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert not [line for line in ours if "xyzzy" in line]
    assert installation.core.store.count_quotations() == 0


def test_languages_can_be_chosen_where_there_are_several(client: TestClient, installation: Installation) -> None:
    """A language finds its regions as well; links and the form keep to it."""
    assert not opened(client, "/library").cssselect("select")
    put(
        installation,
        article("gb", language="en-GB", question="Xyzzy one?", symptoms=("Brow",)),
        article("es", language="es", question="Xyzzy dos?", symptoms=("Ceja",)),
    )
    page = opened(client, "/library", q="xyzzy", language="en")
    assert "gb" in found(page)
    assert "es" not in found(page)
    assert [option.get("value") for option in page.cssselect("select[name=language] option")] == ["", "en", "es"]
    assert page.cssselect("option[selected]")[0].get("value") == "en"
    assert found(opened(client, "/library", language="es")) == ["es"]
    assert found(opened(client, "/library", language="en-GB")) == ["gb"]
    symptoms = opened(client, "/library/symptoms", language="es")
    assert [link.get("href") for link in symptoms.cssselect(".symptom-list a")] == ["/library?language=es&symptom=Ceja"]


def test_links_keep_to_what_was_chosen(client: TestClient, installation: Installation) -> None:
    """The pager keeps words, symptom and languages."""
    put(installation, *(article(f"p{number:02}", symptoms=("Brow",)) for number in range(25)))
    page = opened(client, "/library", q="question", symptom="brow", lang="es", language="en")
    assert page.get("lang") == "es"
    link = page.cssselect(".pager [rel=next]")[0].get("href", "")
    assert link == "/library?q=question&symptom=brow&language=en&lang=es&page=2"
    second = html.fromstring(client.get(link, headers=PAGE).text)
    assert second.cssselect(".pager [rel=prev]")[0].get("href", "").endswith("lang=es")
    hidden = {field.get("name"): field.get("value") for field in page.cssselect("form.search input[type=hidden]")}
    assert hidden == {"language": "en", "symptom": "brow", "lang": "es"}


def test_a_page_speaks_the_readers_language(client: TestClient) -> None:
    """As asked for in the address, else as the browser asks for; Arabic from right to left."""
    assert opened(client, "/library", lang="ar").get("dir") == "rtl"
    spanish = client.get("/library/symptoms", headers={**PAGE, "accept-language": "es-MX,en;q=0.5"})
    assert html.fromstring(spanish.text).get("lang") == "es"
    assert spanish.headers["vary"] == "Accept-Language"


def test_symptoms_stand_under_their_letters(client: TestClient, installation: Installation) -> None:
    """Each once, spelled as its authors do, with its number of articles, and leads to them; the front has the most."""
    put(
        installation,
        article("a", symptoms=("HIV", "15q11 deletion")),
        article("b", symptoms=("HIV", "Álpha")),
        article("c", symptoms=("hiv",)),
        article("d", symptoms=("Never",), status=Status.DRAFT),
    )
    page = opened(client, "/library/symptoms")
    letters = [each.text for each in page.cssselect(".letters a")]
    assert letters[:-1] == sorted(str(letter) for letter in letters[:-1])
    assert letters[-1] == "0-9"
    names = [link.cssselect("span")[0].text for link in page.cssselect(".symptom-list a")]
    assert len(names) == len(set(names))
    assert {"HIV", "Álpha"} <= set(names)
    assert "Never" not in names
    (hiv,) = (link for link in page.cssselect(".symptom-list a") if "HIV" in link.text_content())
    assert hiv.text_content().split() == ["HIV", "(3)"]
    assert found(html.fromstring(client.get(hiv.get("href", ""), headers=PAGE).text)) == ["a", "b", "c"]
    most = [link.text_content().split()[0] for link in opened(client, "/library").cssselect(".symptom-list a")]
    assert "HIV" in most[:5]


def test_thousands_of_symptoms_stay_in_pages(client: TestClient, installation: Installation) -> None:
    """Each is on exactly one page of its letter."""
    names = {f"Bump {number:04}" for number in range(450)} | {f"Ache {number}" for number in range(30)}
    put(installation, *(article(f"s{number}", symptoms=(name,)) for number, name in enumerate(sorted(names))))
    seen = list[str]()
    for letter in [each.get("href", "") for each in opened(client, "/library/symptoms").cssselect(".letters a")]:
        path = letter
        while path:
            page = html.fromstring(client.get(path, headers=PAGE).text)
            listed = [link.cssselect("span")[0].text or "" for link in page.cssselect(".symptom-list a")]
            assert 0 < len(listed) <= SYMPTOMS_ON_A_PAGE
            seen += listed
            path = next((link.get("href", "") for link in page.cssselect(".pager [rel=next]")), "")
    assert len(seen) == len(set(seen))
    assert names < set(seen)
    for query in ("letter=B&page=9", "letter=nothing", "page=2&letter=%C3%9F"):
        assert client.get(f"/library/symptoms?{query}", headers=PAGE).status_code == 404


def test_a_change_shows_at_once(client: TestClient, installation: Installation) -> None:
    """A symptom that is new is in the list, and one that was withdrawn is not."""
    put(installation, article("a", symptoms=("Xyzzy",)))
    assert "Xyzzy" in opened(client, "/library/symptoms").text_content()
    put(installation, article("a", symptoms=("Xyzzy",), status=Status.RETIRED))
    assert "Xyzzy" not in opened(client, "/library/symptoms").text_content()
    assert found(opened(client, "/library", symptom="xyzzy")) == []


def test_search_engines_are_told_one_address(client: TestClient, installation: Installation) -> None:
    """The front has its other languages; what is narrowed down has its own address, without languages of ours."""
    url = installation.core.site.public_url
    front = opened(client, "/library", page=1)
    assert front.cssselect("link[rel=canonical]")[0].get("href") == f"{url}/library"
    alternates = {link.get("hreflang"): link.get("href") for link in front.cssselect("link[rel=alternate]")}
    assert alternates["x-default"] == f"{url}/library"
    assert alternates["es"] == f"{url}/library?lang=es"
    narrowed = opened(client, "/library", symptom="Nosebleed", lang="es")
    assert narrowed.cssselect("link[rel=canonical]")[0].get("href") == f"{url}/library?symptom=Nosebleed"
    for page in (front, narrowed, opened(client, "/library/symptoms")):
        assert page.cssselect("meta[name=description]")[0].get("content")
        assert page.cssselect('meta[property="og:title"]')[0].get("content")
        assert len(page.cssselect("h1")) == 1


def addresses(client: TestClient, path: str) -> list[str]:
    response = client.get(path)
    assert response.headers["content-type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    return [str(each) for each in root.xpath("//s:loc/text()", namespaces=XMLNS)]


def test_the_sitemap_has_every_page_once(installation: Installation) -> None:
    """In parts, each article that may be shown and is no sample, with when it last changed; and the library's pages."""
    app = FastAPI()
    app.include_router(sitemap_router(installation.core, 2))
    install_problem_handlers(app, lambda _request: None, installation.core.conversing.wordings)
    client = TestClient(app)
    put(installation, article("retired", status=Status.RETIRED), article("draft", status=Status.DRAFT))
    put(installation, *map(article, "abcde"))
    site: Site = installation.core.site
    parts = addresses(client, "/sitemap.xml")
    assert parts == [f"{site.public_url}/sitemap-{name}.xml" for name in ("pages", 1, 2, 3)]
    listed = [each for part in parts for each in addresses(client, part.removeprefix(site.public_url))]
    own = [f"{site.public_url}{path}" for path in ("/", "/library", "/library/symptoms")]
    assert listed == [*own, *map(site.article_url, "abcde")]
    root = etree.fromstring(client.get("/sitemap-1.xml").content)
    changed = installation.core.store.article("a").revision.created
    assert root.xpath("//s:lastmod/text()", namespaces=XMLNS)[0] == changed.isoformat(timespec="seconds")
    assert client.get("/sitemap-4.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_withheld_articles_are_in_no_list(reopened: Callable[..., Installation], installation: Installation) -> None:
    """Neither found, nor counted, nor in the sitemap."""
    due = NOON.date().replace(year=2020)
    put(installation, article("late", question="Xyzzy?", review_due=due, symptoms=("Xyzzy",)))
    with TestClient(create_app(reopened(lambda: NOON, withhold_overdue_days=10).desk)) as client:
        assert "late" not in found(opened(client, "/library", q="xyzzy"))
        assert "Xyzzy" not in opened(client, "/library/symptoms").text_content()
        assert "/articles/late<" not in client.get("/sitemap-1.xml").text
    with TestClient(create_app(reopened(lambda: NOON).desk)) as client:
        page = opened(client, "/library", symptom="xyzzy")
        assert found(page) == ["late"]
        assert "/articles/late<" in client.get("/sitemap-1.xml").text
        assert "was due for review" in page.cssselect(".result .notice")[0].text_content()


def test_robots_are_told_what_to_leave_alone(client: TestClient, installation: Installation) -> None:
    """Pages may be read; what belongs to staff and programs not."""
    lines = client.get("/robots.txt").text.splitlines()
    assert {"User-agent: *", "Disallow: /staff", "Disallow: /api/"} <= set(lines)
    assert f"Sitemap: {installation.core.site.public_url}/sitemap.xml" in lines

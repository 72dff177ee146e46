"""The pages for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import html

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.domain.references import Reference
from bot.ports import SourcedArticle

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from bot.bootstrap import Installation

PATHS = [
    "/",
    "/articles/jet-lag",
    "/articles/none",
    "/library",
    "/library/symptoms",
    "/robots.txt",
    "/sitemap.xml",
    "/widget.js",
    "/api/v1/widget",
    "/api/v1/articles/jet-lag",
    "/static/site.css",
    "/health/live",
]
TRICKY = Article(
    id="tricky",
    question="Is <b>x</b> & y > z?",
    short_answer="No: \"never\" 'ever'.",
    explanation="A <script>alert(1)</script> line\nand another.\n\n- item <i>one</i>\n- item two",
    references=(Reference("R <1>", doi="10.1000/x"), Reference("plain")),
    reviewer="B. Reviewer",
)


def test_an_article_page_shows_every_word(client: TestClient, installation: Installation) -> None:
    """Text is shown as text, whatever it looks like, with links to the references."""
    installation.core.store.put([SourcedArticle(TRICKY)])
    page = html.fromstring(client.get("/articles/tricky").text)
    shown = page.text_content()
    for text in (
        TRICKY.question,
        TRICKY.short_answer,
        "A <script>alert(1)</script> line\nand another.",
        "item <i>one</i>",
    ):
        assert text in shown
    assert [item.text_content() for item in page.cssselect("article ul li")] == ["item <i>one</i>", "item two"]
    assert [link.get("href") for link in page.cssselect(".references a")] == ["https://doi.org/10.1000/x"]
    facts = {
        term.text: value.text_content() for term, value in zip(page.cssselect("dt"), page.cssselect("dd"), strict=True)
    }
    assert facts == {
        "Author": texts.NO_AUTHOR,
        "Signed off by": "B. Reviewer",
        "Published": "Not stated",
        "Reviewed": "Not stated",
        "Next review due": "Not stated",
        "Revision": "1",
        "SHA-256": TRICKY.sha256,
    }
    assert not page.cssselect("article script")


def test_a_sample_says_that_it_is_one(client: TestClient) -> None:
    """The notice stands above the article."""
    page = html.fromstring(client.get("/articles/jet-lag").text)
    assert page.cssselect("article > *")[0].text_content() == texts.SAMPLE


def test_a_withdrawn_article_shows_no_advice(client: TestClient, installation: Installation) -> None:
    """Its page says that it was withdrawn; a past revision says that it is past."""
    store = installation.core.store
    article = store.article("jet-lag").article
    store.put([SourcedArticle(replace(article, short_answer="Newer."))])
    past = client.get("/articles/jet-lag/revisions/1")
    assert texts.PAST_REVISION in past.text
    assert texts.PAST_REVISION not in client.get("/articles/jet-lag/revisions/2").text
    store.put([SourcedArticle(replace(article, status=Status.RETIRED))])
    gone = client.get("/articles/jet-lag")
    assert gone.status_code == 410
    assert texts.RETIRED in gone.text
    assert article.short_answer not in gone.text


def test_a_missing_page_is_told_of_in_a_page(client: TestClient) -> None:
    """A person gets a page, a program a problem."""
    page = client.get("/articles/none", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert client.get("/articles/none").headers["content-type"] == "application/problem+json"


def test_a_file_is_asked_about_each_time(client: TestClient) -> None:
    """A page of a new version is not shown with the styles of the one before; what is the same is not sent again."""
    first = client.get("/static/site.css")
    again = client.get("/static/site.css", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/articles/none", "/api/v1/articles/none", "/api/v1/articles?page=0", "/nowhere"])
def test_a_problem_is_kept_by_no_cache(client: TestClient, path: str) -> None:
    """What is not there now may be there soon, and what is said to a program is not for a browser."""
    for accept in ("application/json", "text/html"):
        assert client.get(path, headers={"accept": accept}).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/library/?q=chest%20pain", "/library?q=chest%20pain"),
        ("/articles/jet-lag/", "/articles/jet-lag"),
        ("/webhooks/rest", "/webhooks/rest/"),
    ],
)
def test_a_slash_too_many_leads_nobody_to_another_scheme(client: TestClient, asked: str, led_to: str) -> None:
    """Behind a proxy that ends TLS, an address of http would send what is searched for in the open."""
    answer = client.get(asked, headers={"host": "health.example.org"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, led_to)


def test_the_symptom_check_is_one_configured_link(client: TestClient) -> None:
    """Without a configured address there is none."""
    assert texts.SYMPTOM_CHECK not in client.get("/articles/jet-lag").text


@pytest.mark.parametrize("path", PATHS)
def test_what_can_be_fetched_can_be_looked_up(client: TestClient, path: str) -> None:
    """HEAD has the status and the headers of GET."""
    fetched, looked_up = client.get(path), client.head(path)
    assert looked_up.status_code == fetched.status_code
    assert dict(looked_up.headers) == dict(fetched.headers)
    assert looked_up.content == b""


def test_what_can_only_be_sent_is_not_looked_up(client: TestClient) -> None:
    """HEAD is refused where GET is, and tells of what is not there."""
    assert client.head("/api/v1/ask").status_code == 405
    assert client.head("/articles/none").status_code == 404

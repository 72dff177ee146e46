"""What an article's page says beside the article, and what stands where one is not shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import html
from starlette.testclient import TestClient

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.domain.errors import Unavailable
from bot.domain.references import Reference
from bot.ports import SourcedArticle
from bot.service.other_questions import MAX_OTHERS, OtherQuestions
from bot.web.app import create_app
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from bot.bootstrap import Installation

PAGE = {"accept": "text/html"}
SIGNED = Article(
    id="signed",
    question="How long does a cold last?",
    short_answer="About a week.",
    symptoms=("Runny nose & cough",),
    author="A. Author",
    reviewer="B. Reviewer",
    published=dt.date(2025, 5, 15),
    reviewed=dt.date(2025, 5, 16),
    review_due=dt.date(2199, 5, 15),
    references=(Reference("All. ", "10.1000/x<1>", "12", "PMC3", "https://example.org/a?b=1&c"), Reference("Bare.")),
)


def put(installation: Installation, *articles: Article) -> None:
    installation.core.store.put([SourcedArticle(each) for each in articles])


def parsed(client: TestClient, path: str, **headers: str) -> HtmlElement:
    return html.fromstring(client.get(path, headers=PAGE | headers).text)


def test_who_answers_for_it_is_a_labelled_list(client: TestClient, installation: Installation) -> None:
    """With the days as the reader writes them."""
    put(installation, SIGNED)
    page = parsed(client, "/articles/signed")
    facts = [
        (term.text, value.text_content())
        for term, value in zip(page.cssselect("dl dt"), page.cssselect("dl dd"), strict=True)
    ]
    assert facts[:5] == [
        ("Author", "A. Author"),
        ("Signed off by", "B. Reviewer"),
        ("Published", "15 May 2025"),
        ("Reviewed", "16 May 2025"),
        ("Next review due", "15 May 2199"),
    ]


def test_where_nobody_signed_it_off_the_page_says_so(client: TestClient) -> None:
    """In place of a name."""
    assert texts.NO_REVIEWER in parsed(client, "/articles/jet-lag").cssselect("dl")[0].text_content()


def test_who_answers_for_it_stands_above_the_answer(client: TestClient, installation: Installation) -> None:
    """In the words of a reply, and also where nobody signed it off: an answer may be many screens long."""
    put(installation, SIGNED)
    (told,) = parsed(client, "/articles/signed").cssselect("h1 + .attribution")
    assert told.text == (
        "Author: A. Author. Signed off by B. Reviewer. Published 15 May 2025. Reviewed 16 May 2025. "
        "Next review due 15 May 2199."
    )
    (told,) = parsed(client, "/articles/jet-lag").cssselect("h1 + .attribution")
    assert texts.NO_REVIEWER in told.text_content()


def test_each_identifier_of_a_reference_is_a_link(client: TestClient, installation: Installation) -> None:
    """The reference's own text stays as it is, and one without any has no link."""
    put(installation, SIGNED)
    first, bare = parsed(client, "/articles/signed").cssselect(".references li")
    assert first.cssselect(".reference-text")[0].text_content() == "All. "
    assert [(link.text_content(), link.get("href")) for link in first.cssselect("a")] == [
        ("DOI 10.1000/x<1>", "https://doi.org/10.1000/x<1>"),
        ("PubMed 12", "https://pubmed.ncbi.nlm.nih.gov/12/"),
        ("PubMed Central PMC3", "https://pmc.ncbi.nlm.nih.gov/articles/PMC3/"),
        ("example.org", "https://example.org/a?b=1&c"),
    ]
    assert not bare.cssselect("a")


def test_symptoms_lead_to_the_library(client: TestClient, installation: Installation) -> None:
    """By their names, whatever is in them."""
    put(installation, SIGNED)
    link = parsed(client, "/articles/signed").cssselect(".symptoms a")[0]
    assert (link.text_content(), link.get("href")) == (
        "Runny nose & cough",
        "/library?symptom=Runny%20nose%20%26%20cough",
    )


def test_other_questions_are_the_nearest(client: TestClient, installation: Installation) -> None:
    """Up to five, not the article itself, and only what patients may be shown."""
    core = installation.core
    article = core.store.article("cold-duration").article
    others = OtherQuestions(core)
    found = others.of(article)
    assert found == others.of(article)
    assert found[0].article_id == "cough-after-cold"
    assert 1 < len(found) <= MAX_OTHERS
    assert "cold-duration" not in {each.article_id for each in found}
    links = parsed(client, "/articles/cold-duration").cssselect(".other-questions a")
    assert [(link.get("href"), link.text_content()) for link in links] == [
        (f"/articles/{each.article_id}", each.question) for each in found
    ]
    put(installation, replace(core.store.article("cough-after-cold").article, status=Status.RETIRED))
    assert "cough-after-cold" not in client.get("/articles/cold-duration").text
    assert "cough-after-cold" not in {each.article_id for each in others.of(article)}
    assert others.of(replace(article, language="ar")) == ()


def test_other_questions_are_on_the_same_thing(installation: Installation) -> None:
    """In a small library the nearest may be on something else, and is not offered: jet lag is no cold."""
    core = installation.core
    others = OtherQuestions(core)
    found = {each.article_id for each in others.of(core.store.article("jet-lag").article)}
    assert found == {"sleep-how-much", "dehydration-signs"}
    assert others.of(replace(core.store.article("sunburn-care").article, id="of-none")) == ()


class _Asleep:
    """A retriever that cannot read just now."""

    def read(self, text: str) -> None:
        raise Unavailable("it is not ready")


def test_a_page_does_without_other_questions(installation: Installation) -> None:
    """While the retriever is not ready, the article is still read."""
    core = replace(installation.core, retriever=_Asleep())  # type: ignore[arg-type]
    assert OtherQuestions(core).of(core.store.article("jet-lag").article) == ()


def test_past_revisions_can_be_reached(client: TestClient, installation: Installation) -> None:
    """Those that patients could once see, from the article and as data; drafts are in no list."""
    put(installation, SIGNED)
    assert "/articles/signed/revisions" not in client.get("/articles/signed").text
    put(installation, replace(SIGNED, status=Status.DRAFT, short_answer="Secret."))
    put(installation, replace(SIGNED, short_answer="Newer."))
    assert "/articles/signed/revisions" in client.get("/articles/signed").text
    listed = parsed(client, "/articles/signed/revisions")
    assert [link.get("href") for link in listed.cssselect(".revisions a")] == [
        "/articles/signed",
        "/articles/signed/revisions/1",
    ]
    data = client.get("/api/v1/articles/signed/revisions").json()
    assert [(each["number"], each["status"]) for each in data["revisions"]] == [(3, "published"), (1, "published")]
    assert data["revisions"][1]["sha256"] == SIGNED.sha256
    assert data["revisions"][1]["url"].endswith("/articles/signed/revisions/1")
    past = parsed(client, "/articles/signed/revisions/1")
    note = past.cssselect(".past")[0]
    assert texts.PAST_REVISION in note.text_content()
    assert "Revision 1 of 3" in note.text_content()
    assert note.cssselect("a")[0].get("href") == "/articles/signed"
    assert client.get("/articles/signed/revisions/2").status_code == 404
    assert client.get("/api/v1/articles/none/revisions").status_code == 404
    assert client.get("/articles/none/revisions", headers=PAGE).status_code == 404


def test_a_draft_has_no_revisions_to_see(client: TestClient, installation: Installation) -> None:
    """It looks as if there were none."""
    put(installation, replace(SIGNED, status=Status.DRAFT))
    assert client.get("/api/v1/articles/signed/revisions").status_code == 404


def test_a_withdrawn_article_leads_on(client: TestClient, installation: Installation) -> None:
    """It says since when, names other questions, and its revisions say that it was withdrawn."""
    core = installation.core
    put(installation, replace(core.store.article("cold-duration").article, status=Status.RETIRED))
    gone = client.get("/articles/cold-duration", headers=PAGE)
    assert gone.status_code == 410
    today = core.conversing.wordings.of("en").spelled_out(core.clock().date())
    assert f"It was withdrawn on {today}." in gone.text
    page = html.fromstring(gone.text)
    assert page.cssselect(".other-questions a")[0].get("href") == "/articles/cough-after-cold"
    assert {link.get("href") for link in page.cssselect(".ways-on a")} == {"/", "/library"}
    note = parsed(client, "/articles/cold-duration/revisions/1").cssselect(".past")[0]
    assert texts.RETIRED in note.text_content()
    assert not note.cssselect("a")
    assert "is not shown as an answer now" in client.get("/articles/cold-duration/revisions").text


def test_a_withheld_article_says_why(installation: Installation, reopened: Callable[..., Installation]) -> None:
    """Without its advice, and its newest revision is in no list."""
    put(installation, replace(SIGNED, review_due=dt.date(2026, 2, 1)))
    made = reopened(lambda: NOON, withhold_overdue_days=7)
    with TestClient(create_app(made.desk)) as client:
        answer = client.get("/articles/signed", headers=PAGE)
        assert answer.status_code == 404
        assert "1 February 2026" in answer.text
        assert SIGNED.short_answer not in answer.text
        assert html.fromstring(answer.text).cssselect(".ways-on a")
        assert client.get("/articles/signed/revisions", headers=PAGE).status_code == 404


def test_a_page_is_asked_about_each_time(client: TestClient, installation: Installation) -> None:
    """Whoever has it is told that it is still the same; once it changes or is withdrawn, at once that it is not."""
    put(installation, SIGNED)
    first = client.get("/articles/signed")
    assert first.headers["cache-control"] == "no-cache"
    held = {"if-none-match": f'"other", W/{first.headers["etag"]}'}
    again = client.get("/articles/signed", headers=held)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in again.headers
    put(installation, replace(SIGNED, short_answer="Newer."))
    assert "Newer." in client.get("/articles/signed", headers=held).text
    put(installation, replace(SIGNED, status=Status.RETIRED))
    gone = client.get("/articles/signed", headers=held)
    assert (gone.status_code, gone.headers["cache-control"]) == (410, "no-cache")


def test_what_search_engines_may_not_list(client: TestClient, installation: Installation) -> None:
    """Samples and what is past; every page of a revision names the newest as the one that counts."""
    put(installation, SIGNED)
    put(installation, replace(SIGNED, short_answer='Newer & "better".'))
    newest, past = parsed(client, "/articles/signed"), parsed(client, "/articles/signed/revisions/1")
    assert not newest.cssselect("meta[name=robots]")
    for page in (past, parsed(client, "/articles/jet-lag")):
        assert page.cssselect("meta[name=robots]")[0].get("content") == "noindex"
    canonical = {page.cssselect("link[rel=canonical]")[0].get("href") for page in (newest, past)}
    assert canonical == {installation.core.site.article_url("signed")}


def test_what_a_shared_link_shows(client: TestClient, installation: Installation) -> None:
    """The question and the short answer, character for character."""
    put(installation, replace(SIGNED, short_answer='A "week" & <more>.', language="en-GB"))
    page = parsed(client, "/articles/signed")
    told = {meta.get("property") or meta.get("name"): meta.get("content") for meta in page.cssselect("meta[content]")}
    url = installation.core.site.article_url("signed")
    assert (
        told
        | {
            "description": 'A "week" & <more>.',
            "og:description": 'A "week" & <more>.',
            "og:type": "article",
            "og:title": SIGNED.question,
            "og:url": url,
            "og:locale": "en_GB",
            "og:site_name": "Doctor\u2019s Note",
            "article:published_time": "2025-05-15",
            "twitter:card": "summary",
        }
        == told
    )
    assert dt.datetime.fromisoformat(str(told["article:modified_time"])).tzinfo


@pytest.mark.parametrize(
    ("path", "headers", "language", "sentence"),
    [
        ("/articles/none", {}, "en", texts.PROBLEM_NOT_FOUND),
        ("/articles/%00", {}, "en", texts.PROBLEM_NOT_FOUND),
        ("/nowhere", {"accept-language": "es-MX,en;q=0.5"}, "es", None),
        ("/nowhere?lang=ar", {"accept-language": "es"}, "ar", None),
        ("/articles/jet-lag/revisions/one", {}, "en", texts.PROBLEM_REFUSED),
    ],
)
def test_a_patient_is_told_plainly(
    client: TestClient, path: str, headers: dict[str, str], language: str, sentence: str | None
) -> None:
    """In their language, without the details that are for programs, and where to go on in the one they asked for."""
    page = parsed(client, path, **headers)
    assert page.get("lang") == language
    if sentence:
        assert page.cssselect("h1")[0].text_content() == sentence
    asked = f"?lang={language}" if "lang=" in path else ""
    assert {f"/{asked}", f"/library{asked}"} <= {link.get("href") for link in page.cssselect("main a")}
    for word in ("Not Found", "Unprocessable", "0x", "number:", "characters a-z"):
        assert word not in page.cssselect("main")[0].text_content()


def test_a_program_is_told_precisely(client: TestClient) -> None:
    """With the status in words, and what was wrong with which value."""
    problem = client.get("/articles/None").json()
    assert problem["title"] == "Not Found"
    assert "'None': an id has only the characters a-z, 0-9 and -" in problem["detail"]

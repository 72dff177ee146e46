"""Reporting an error in an article: by the form on its page, and by the API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from bot.domain import texts
from bot.domain.article import Status
from bot.ports import SourcedArticle
from bot.ports.reports import ErrorReport, Sifting
from bot.service.reporting import MAX_OPEN_OF_ARTICLE

if TYPE_CHECKING:
    from httpx2 import Response
    from starlette.testclient import TestClient

    from bot.bootstrap import Installation

API = "/api/v1/articles/jet-lag/reports"
FORM = "/articles/jet-lag/reports"


def kept(installation: Installation) -> list[ErrorReport]:
    """All reports, oldest first."""
    return list(installation.desk.reports.all_reports(Sifting()))


def sent(client: TestClient, text: str, **fields: object) -> Response:
    """The response to the form, before any redirect."""
    return client.post(FORM, data={"text": text, **fields}, follow_redirects=False)


def test_a_report_is_kept_for_staff(client: TestClient, installation: Installation) -> None:
    """Redacted, with the revision, and nothing about who sent it."""
    text = "I am Jane Doe, 020 7946 0958: the light must be in the evening."
    assert client.post(API, json={"text": text, "revision": 1}).status_code == 204
    report = kept(installation)[0]
    assert report.text == installation.core.redactor.redacted(text)
    assert "Jane" not in report.text
    assert "7946" not in report.text
    assert (report.article_id, report.revision, report.state, report.handled_by) == ("jet-lag", 1, "open", "")


def test_the_form_works_without_scripts(client: TestClient, installation: Installation) -> None:
    """It stands on the article's page, and leads back there with a confirmation."""
    form = html.fromstring(client.get("/articles/jet-lag").text).cssselect("form")[0]
    assert (form.get("method"), form.get("action")) == ("post", FORM)
    assert {field.get("name") for field in form.cssselect("[name]")} == {"text", "revision"}
    response = sent(client, "East and west\r\nare exchanged.", revision="1")
    assert (response.status_code, response.headers["location"]) == (303, "/articles/jet-lag?reported=yes")
    assert kept(installation)[0].text == "East and west\nare exchanged."
    page = html.fromstring(client.get(response.headers["location"]).text)
    assert page.cssselect("[role=status]")[0].text_content() == texts.REPORT_THANKS


def test_a_form_that_cannot_be_taken_comes_back(client: TestClient, installation: Installation) -> None:
    """With what is wrong, and the words as they were written; of the revision that was read."""
    store = installation.core.store
    store.put([SourcedArticle(replace(store.article("jet-lag").article, short_answer="Newer."))])
    long = "<b>&" * 251
    response = sent(client, long, revision="1")
    assert response.status_code == 422
    page = html.fromstring(response.text)
    assert "1,004 characters" in page.cssselect("[role=alert]")[0].text_content()
    assert str(page.cssselect("textarea")[0].text).lstrip("\n") == long
    assert page.cssselect("details.report")[0].get("open") is not None
    assert page.cssselect("[name=revision]")[0].get("value") == "1"
    assert "Newer." not in page.text_content()
    assert texts.REPORT_EMPTY in sent(client, " \r\n\x00").text
    assert kept(installation) == []


def test_the_form_speaks_the_article_s_language(client: TestClient, installation: Installation) -> None:
    """As do its confirmation and its refusals."""
    store = installation.core.store
    store.put([SourcedArticle(replace(store.article("jet-lag").article, language="es"))])
    assert "Informar de un error" in client.get("/articles/jet-lag").text
    assert "Gracias." in client.get("/articles/jet-lag?reported=yes").text
    assert "Por favor, escriba qué está mal." in sent(client, "").text


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        (API, {"text": "x" * 1_001}, 422, "text: 1,001 characters are too many; at most 1,000"),
        (API, {"text": " \x00\n"}, 422, "text: it is empty"),
        (API, {}, 422, "text: it is missing"),
        (API, {"text": ["x"]}, 422, "text: ['x'] cannot be used"),
        (API, {"text": "x", "revision": "one"}, 422, "revision: 'one' cannot be used"),
        (API, {"text": "x", "revision": 2}, 404, "there is no revision 2"),
        (API, {"text": "x", "revision": -1}, 404, "there is no revision -1"),
        (API, {"text": "x", "revision": 10**30}, 404, "there is no revision 1000"),
        ("/api/v1/articles/none/reports", {"text": "x"}, 404, "there is no article 'none'"),
        ("/api/v1/articles/%00/reports", {"text": "x"}, 404, "there is no article"),
        (API, {"text": "x" * 40_000}, 413, "the request is larger"),
    ],
)
def test_a_wrong_report_is_told_why(
    client: TestClient, installation: Installation, path: str, body: dict[str, object], status: int, detail: str
) -> None:
    """A problem that names the field and what was expected; nothing is kept."""
    response = client.post(path, json=body)
    assert response.status_code == status
    assert response.json()["detail"].startswith(detail)
    assert kept(installation) == []


def test_no_report_on_what_is_not_shown(client: TestClient, installation: Installation) -> None:
    """A withdrawn article is gone, a draft was never there; on its page as in the API."""
    store = installation.core.store
    article = store.article("jet-lag").article
    for status, code in ((Status.RETIRED, 410), (Status.DRAFT, 404)):
        store.put([SourcedArticle(replace(article, status=status))])
        assert client.post(API, json={"text": "x"}).status_code == code
        assert sent(client, "x").status_code == code
    assert kept(installation) == []


def test_a_flood_is_stopped(client: TestClient, installation: Installation) -> None:
    """At so many open reports of a day on one article; others can still be reported on."""
    for number in range(MAX_OPEN_OF_ARTICLE):
        assert client.post(API, json={"text": f"{number}"}).status_code == 204
    refused = client.post(API, json={"text": "one more"})
    assert refused.status_code == 429
    assert "so many errors have been reported" in refused.json()["detail"]
    page = sent(client, "one more")
    assert page.status_code == 429
    assert texts.REPORT_TOO_MANY in page.text
    assert client.post("/api/v1/articles/head-lice/reports", json={"text": "x"}).status_code == 204
    assert len(kept(installation)) == MAX_OPEN_OF_ARTICLE + 1


def test_whatever_is_sent_is_kept_or_refused(client: TestClient, installation: Installation) -> None:
    """Never an error of ours, and never a page that what was written gets to run in."""
    pieces = st.sampled_from(("<script>alert(1)</script>", "\x00", "\ud83e", "\u202e", "{count}", "%s", "=1+1", "\r\n"))
    words = st.lists(st.one_of(pieces, st.text(max_size=30)), max_size=6).map("".join)

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(words)
    def send(text: str) -> None:
        response = client.post(API, content=_json(text), headers={"content-type": "application/json"})
        assert response.status_code in {204, 422, 429}
        page = sent(client, text.encode("utf-8", "replace").decode())
        assert page.status_code in {303, 422, 429}
        assert "<script>alert" not in page.text

    send()
    assert all(report.text for report in kept(installation))


def _json(text: str) -> bytes:
    # As a client that sends lone halves of surrogate pairs would: escaped.
    escaped = "".join(f"\\u{unit:04x}" for unit in _units(text))
    return f'{{"text": "{escaped}"}}'.encode()


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]

"""The JSON API, as the contract states it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.article import Article, Status
from bot.ports import SourcedArticle
from bot.retrieval import ArticleIndex

if TYPE_CHECKING:
    from httpx2 import Response
    from starlette.testclient import TestClient

    from bot.bootstrap import Installation

SPRAIN = "How long does a sprained ankle take to heal?"


def asked(client: TestClient, message: str, **fields: str) -> dict[str, Any]:
    response = client.post("/api/v1/ask", json={"message": message, **fields})
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


def problem(response: Response) -> tuple[int, str]:
    """The status and detail of a problem, which must be one in form."""
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert set(body) == {"type", "title", "status", "detail"}
    return response.status_code, body["detail"]


def test_a_reply_has_the_contracts_fields(client: TestClient) -> None:
    """A reply, its quotation, references and blocks have the names and types that others build on."""
    reply = asked(client, SPRAIN)
    assert set(reply) >= {
        "session_id", "turn_id", "outcome", "probability", "quotation", "choices", "blocks", "quick_replies"
    }  # fmt: skip
    quotation = reply["quotation"]
    assert set(quotation) >= {
        "article_id", "revision", "sha256", "url", "question", "short_answer", "explanation", "references", "symptoms",
        "author", "reviewer", "published", "reviewed", "review_due", "language", "disclaimer",
    }  # fmt: skip
    assert set(quotation["references"][0]) == {"number", "text", "doi", "pmid", "pmcid", "url"}
    assert {"type", "text", "quoted"} <= set(reply["blocks"][0])
    parts = [quotation[name] for name in ("question", "short_answer", "explanation")]
    parts += [reference["text"] for reference in quotation["references"]]
    assert quotation["sha256"] == hashlib.sha256("\n\n".join(parts).encode()).hexdigest()


def test_a_conversation_goes_on_by_its_session(client: TestClient) -> None:
    """The session that a reply names is taken up by the next message."""
    first = asked(client, SPRAIN)
    assert asked(client, "jet lag", session_id=first["session_id"])["session_id"] == first["session_id"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("", "it is empty"),
        (" \n\t\u00a0", "it is empty"),
        ("😀🩹", "no word"),
        ("\x00\x01\x02", "no word"),
        ("?!...", "no word"),
        ("a" * 2_001, "2,001 characters are too many; at most 2,000"),
    ],
)
def test_a_message_that_cannot_be_read_is_told_why(client: TestClient, message: str, said: str) -> None:
    """422, with what was wrong and what to do."""
    status, detail = problem(client.post("/api/v1/ask", json={"message": message}))
    assert status == 422
    assert said in detail


def test_a_message_of_2000_characters_is_taken(client: TestClient) -> None:
    """The limit itself is within it, even where every character takes twelve bytes."""
    assert asked(client, ("ankle " * 400)[:2_000])["outcome"] in {"answer", "choices", "unmatched"}
    body = '{"message": "a' + "\\ud83d\\ude00" * 1_999 + '"}'
    assert client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 422, "the body is not JSON"),
        (b"[]", 422, "the body is not a JSON object"),
        (b"message=x", 422, "the body is not JSON"),
        (b'{"message": 5}', 422, "message: 5 cannot be used"),
        (b'{"text": "x"}', 422, "message: it is missing"),
        (b"\xff\xfe", 422, "the body"),
        (b'{"message": "x", "session_id": "short"}', 422, "session_id: 'short' is not 16 to 64"),
        (b'{"message": "x", "language": "not a tag"}', 422, "language: 'not a tag' is not a BCP 47"),
        (b'{"message": "' + b"x" * 40_000 + b'"}', 413, ""),
    ],
)
def test_a_wrong_body_is_told_why(client: TestClient, body: bytes, status: int, said: str) -> None:
    """Whatever is sent, the answer is a problem that names the field and what was expected."""
    response = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert problem(response)[0] == status
    assert said in problem(response)[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_no_message_breaks_it(client: TestClient, message: str) -> None:
    """Any text at all gets a reply, or is refused as the sender's mistake."""
    response = client.post("/api/v1/ask", json={"message": message})
    assert response.status_code in {200, 422}
    assert ("outcome" in response.json()) == (response.status_code == 200)


def test_articles_can_be_listed_and_searched(client: TestClient) -> None:
    """The library in pages of twenty, by words, and by symptom."""
    first, second = (client.get("/api/v1/articles", params={"page": page}).json() for page in (1, 2))
    assert (first["total"], first["pages"], first["page"], len(first["articles"])) == (30, 2, 1, 20)
    assert len(second["articles"]) == 10
    found = client.get("/api/v1/articles", params={"q": "sprained HEAL"}).json()
    assert found["articles"][0]["id"] == "ankle-sprain-recovery"
    assert found["emergency"] == []
    nosebleeds = client.get("/api/v1/articles", params={"symptom": "Nosebleed"}).json()["articles"]
    assert [article["id"] for article in nosebleeds] == ["nosebleed-stop"]
    assert client.get("/api/v1/articles", params={"language": "es"}).json()["total"] == 0


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=100001", "page=x", "q=%00", "symptom=%1b", "q=" + "x" * 201]
)
def test_a_wrong_listing_is_told_why(client: TestClient, query: str) -> None:
    """Parameters that make no sense are the sender's mistake."""
    status, detail = problem(client.get(f"/api/v1/articles?{query}"))
    assert status == 422
    assert detail.startswith(query.partition("=")[0])


def test_an_article_is_given_as_its_record(client: TestClient, installation: Installation) -> None:
    """Every field of the JSON form, with revision, hash and numbered references."""
    article = installation.core.store.article("jet-lag").article
    record = client.get("/api/v1/articles/jet-lag").json()
    assert (record["revision"], record["sha256"]) == (1, article.sha256)
    assert record["explanation"] == article.explanation
    assert record["also_asked"] == list(article.also_asked)
    assert [reference["number"] for reference in record["references"]] == [1, 2][: len(article.references)]


def test_past_revisions_and_withdrawal(client: TestClient, installation: Installation) -> None:
    """A withdrawn article is gone (410), what it said remains readable by revision; a draft was never there."""
    store = installation.core.store
    article = store.article("jet-lag").article
    store.put([SourcedArticle(replace(article, status=Status.RETIRED))])
    store.put([SourcedArticle(Article("draft", "Is it one?", "Yes.", status=Status.DRAFT))])
    assert problem(client.get("/api/v1/articles/jet-lag")) == (410, "the article 'jet-lag' has been withdrawn")
    assert client.get("/api/v1/articles/jet-lag/revisions/1").json()["question"] == article.question
    for path in ("draft", "draft/revisions/1", "jet-lag/revisions/2", "jet-lag/revisions/99", "none", "..%2f..%2fx"):
        assert problem(client.get(f"/api/v1/articles/{path}"))[0] == 404
    for path in ("%00", "A", "a%20b"):
        assert problem(client.get(f"/api/v1/articles/{path}"))[0] == 404
        assert problem(client.get(f"/api/v1/articles/{path}/revisions/1"))[0] == 404
    assert client.put("/api/v1/ask", json={}).headers["allow"] == "POST"
    for number in ("0", "-1", "9" * 30):
        assert problem(client.get(f"/api/v1/articles/jet-lag/revisions/{number}"))[0] == 404
    assert problem(client.get("/api/v1/articles/jet-lag/revisions/one"))[0] == 422


def test_health(client: TestClient) -> None:
    """Alive, and ready with what an operator wants to know."""
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready").json()
    assert (ready["status"], ready["backlog"]) == ("ready", 0)
    assert ready["texts_indexed"] > 150


def test_an_index_that_is_being_made_is_not_ready(client: TestClient, installation: Installation) -> None:
    """Until the first articles are in, the service is not ready; it is alive all the same."""
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    index._snapshot = index._folder.empty()
    status, detail = problem(client.get("/health/ready"))
    assert (status, detail.startswith("Something went wrong")) == (503, True)
    assert client.get("/health/live").status_code == 200


def test_a_store_that_is_gone_is_a_matter_of_time(client: TestClient, installation: Installation) -> None:
    """503 with Retry-After, so that a platform tries again; the log has no more than the reason."""
    engine = installation.core.store._engine  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _gone(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("unable to open database file"))

    for response in (client.get("/health/ready"), client.post("/api/v1/ask", json={"message": SPRAIN})):
        assert problem(response)[0] == 503
        assert response.headers["retry-after"] == "5"
    assert client.get("/health/live").status_code == 200


def test_a_crash_keeps_the_patients_words_to_itself(
    client: TestClient, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of our own gets an honest 500, and the log tells where, not what was asked."""
    engine = installation.core.store._engine  # type: ignore[attr-defined]

    @sa.event.listens_for(engine, "begin")
    def _broken(_connection: sa.Connection) -> None:
        raise ZeroDivisionError("embarrassing rash on my left elbow")

    with caplog.at_level(logging.DEBUG):
        response = client.post("/api/v1/ask", json={"message": "embarrassing rash on my left elbow"})
    status, detail = problem(response)
    assert status == 500
    assert "our side" in detail
    assert "request_crashed" in caplog.text
    assert "embarrassing" not in caplog.text


def test_no_log_has_a_message(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that a patient wrote is logged, at any level, by anyone."""
    with caplog.at_level(logging.DEBUG):
        asked(client, "purple zebra itching under my hat")
        client.post("/api/v1/ask", json={"message": "purple zebra", "session_id": "zebra zebra zebra zebra"})
    assert "zebra" not in caplog.text


def test_every_route_and_problem_is_documented(client: TestClient) -> None:
    """The OpenAPI document names the contract's routes, and problems as problem details."""
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) >= {
        "/api/v1/ask", "/api/v1/articles", "/api/v1/articles/{article_id}",
        "/api/v1/articles/{article_id}/revisions/{number}", "/health/live", "/health/ready",
        "/api/v1/feedback", "/api/v1/sessions/{session_id}", "/metrics",
    }  # fmt: skip
    assert "413" in document["paths"]["/api/v1/ask"]["post"]["responses"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path not in {"/health/live", "/metrics"}:
                assert {"422", "503"} <= set(operation["responses"]), path
                (success,) = set(operation["responses"]) & {"200", "204"}
                for status in set(operation["responses"]) - {success}:
                    assert set(operation["responses"][status]["content"]) == {"application/problem+json"}, path


def test_every_response_is_guarded(client: TestClient) -> None:
    """Security headers stand on pages, data, problems and files alike."""
    for path in ("/", "/api/v1/articles", "/nowhere", "/static/site.css", "/articles/jet-lag"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"

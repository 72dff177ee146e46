"""The REST channel over HTTP: what a chat made for Rasa sees of the service."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.domain import texts
from bot.domain.errors import ConfigurationError
from bot.secret_key import FILE, installation_key
from bot.service.messaging import session_of
from bot.web.app import create_app
from tests.web.test_api import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from httpx2 import Response

    from bot.bootstrap import Installation

URL = "/webhooks/rest/webhook"
SPRAIN = "How long does a sprained ankle take to heal?"
HEART = "I have crushing chest pain and I'm sweating"


def posted(client: TestClient, text: object, sender: object = "jo-7", **fields: object) -> Response:
    body = json.dumps({"sender": sender, "message": text, **fields}).encode()
    return client.post(URL, content=body)


def told(
    client: TestClient, text: str, sender: str = "jo-7", **fields: object
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The message for people, and the reply for programs."""
    response = posted(client, text, sender, **fields)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    said, custom = response.json()
    return said, custom["custom"]["data"]["reply"]


def break_store(installation: Installation) -> None:
    @sa.event.listens_for(installation.core.store._engine, "begin")  # type: ignore[attr-defined]
    def _gone(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("my rash: unable to open database file"))


def test_it_is_there(client: TestClient) -> None:
    """As Rasa tells it."""
    assert client.get("/webhooks/rest/").json() == {"status": "ok"}


def test_a_question_is_answered_and_the_conversation_goes_on(client: TestClient, installation: Installation) -> None:
    """The sender's name is all that a client keeps; the turns are recorded as the channel's, without that name."""
    said, reply = told(client, SPRAIN)
    assert reply["quotation"]["article_id"] == "ankle-sprain-recovery"
    assert said["text"].endswith(texts.DISCLAIMER)
    assert told(client, "references")[1]["blocks"][0]["text"] == reply["quotation"]["question"]
    session_id = session_of(installation.core.key, "rest", "jo-7")
    assert reply["session_id"] == session_id
    assert {turn.channel for turn in installation.core.store.turns(session_id)} == {"rest"}
    assert told(client, "references", "jo-8")[1]["blocks"][0]["text"] == texts.NO_ARTICLE_YET
    assert 'doctors_note_turns_total{channel="rest",outcome="answer"} 1.0' in client.get("/metrics").text
    files = [path.read_bytes() for path in installation.settings.data_dir.rglob("library.sqlite*")]
    assert not any(b"jo-7" in content for content in files)


def test_buttons_work(client: TestClient, installation: Installation) -> None:
    """What a button sends is answered, as it is and in the form of Rasa's intents; marks are kept and counted."""
    said, reply = told(client, SPRAIN)
    helped = said["buttons"][-2]["payload"]
    thanks, marked = told(client, helped)
    assert thanks["text"].startswith(texts.FEEDBACK_THANKS)
    assert marked["marked"] is True
    feedback = installation.core.store.feedback(reply["turn_id"])
    assert feedback is not None
    assert feedback.helpful
    told(client, '/feedback{"helpful": "no"}')
    feedback = installation.core.store.feedback(reply["turn_id"])
    assert feedback is not None
    assert not feedback.helpful
    assert 'doctors_note_feedback_total{helpful="yes"} 1.0' in client.get("/metrics").text
    assert told(client, helped, "somebody-else")[0]["text"].startswith(texts.NOTHING_TO_MARK)
    _, reply = told(client, '/choose{"payload": "/article jet-lag"}')
    assert reply["quotation"]["article_id"] == "jet-lag"


def test_an_erased_sender_goes_on_in_the_same_session(client: TestClient, installation: Installation) -> None:
    """What was said is gone; what follows is the sender's again, and nothing of before is known."""
    told(client, SPRAIN)
    _, reply = told(client, "delete my data")
    session_id = session_of(installation.core.key, "rest", "jo-7")
    assert (reply["erased"], reply["session_id"]) == (True, session_id)
    assert not installation.core.store.turns(session_id)
    assert told(client, "references")[1]["blocks"][0]["text"] == texts.NO_ARTICLE_YET
    assert len(installation.core.store.turns(session_id)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", texts.MESSAGE_WITHOUT_WORDS),
        (" \n", texts.MESSAGE_WITHOUT_WORDS),
        ("👋", texts.MESSAGE_WITHOUT_WORDS),
        ("my ankle " * 1_200, texts.MESSAGE_TOO_LONG.format(count="2,000")),
        ("a" * 2_001, texts.MESSAGE_TOO_LONG.format(count="2,000")),
    ],
    ids=["empty", "blank", "emoji", "10,800 characters", "2,001 characters"],
)
def test_a_message_that_cannot_be_read_is_told_in_words(client: TestClient, text: str, said: str) -> None:
    """Clients show patients no error; so it comes as a message, with the emergency line and the disclaimer."""
    first, reply = told(client, text)
    assert said in first["text"]
    assert first["text"].startswith("If this may be an emergency")
    assert first["text"].endswith(texts.DISCLAIMER)
    assert reply["outcome"] == "information"


def test_an_emergency_in_a_message_too_long_is_seen(client: TestClient) -> None:
    """The rules read all of it."""
    said, reply = told(client, "how long does a cold last? " * 300 + HEART)
    assert (reply["outcome"], reply["signs"]) == ("emergency", ["heart"])
    assert said["text"].startswith(reply["blocks"][0]["text"])


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b'{"message": "hi"}', b'{"sender": "p"}', b'{"sender": "p", "message": 1}',
     b'{"sender": "p", "message": "hi", "metadata": {"site": "unknown"}}'],
)  # fmt: skip
def test_a_malformed_request_is_the_clients_fault(client: TestClient, body: bytes) -> None:
    """422 that tells its programmer what was wrong, also to one who accepts pages."""
    status, detail = problem(client.post(URL, content=body, headers={"accept": "text/html"}))
    assert status == 422
    assert detail


def test_a_request_too_large_is_refused(client: TestClient) -> None:
    """413, with what was wrong."""
    assert problem(posted(client, "a" * 40_000))[0] == 413


@pytest.mark.parametrize(
    "sender", ["+44 7700 900123", "مريض", "\ud83d", "a\0b", " ", "\U0001f600" * 9, "s" * 10_000, 7]
)
def test_any_sender_is_answered_by_name(client: TestClient, sender: object) -> None:
    """Whatever characters it has; a blank one is none."""
    response = posted(client, "hello", sender)
    if sender == " ":
        assert problem(response)[0] == 422
    else:
        assert {message["recipient_id"] for message in response.json()} == {str(sender)}


def test_a_failure_of_ours_is_told(
    client: TestClient, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """With the emergency line first, as a reply that clients show; the log has neither words nor sender."""
    break_store(installation)
    said, reply = told(client, "how long does a cold last")
    assert said["text"].startswith("If this may be an emergency, call")
    assert texts.PROBLEM_OURS_HERE in said["text"]
    assert said["text"].endswith(texts.DISCLAIMER)
    assert reply["outcome"] == "information"
    said, reply = told(client, HEART)
    assert reply["outcome"] == "emergency"
    assert "how long does a cold" not in caplog.text
    assert "jo-7" not in caplog.text
    assert "message_unanswered" in caplog.text
    assert 'doctors_note_turns_total{channel="rest",outcome="failed"} 1.0' in client.get("/metrics").text


def test_a_sender_in_a_hurry_loses_nothing(client: TestClient, installation: Installation) -> None:
    """Eight messages at once are eight turns of one session."""
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda text: told(client, text)[1], [SPRAIN, "jet lag"] * 4))
    (session_id,) = {reply["session_id"] for reply in replies}
    kept = {turn.id for turn in installation.core.store.turns(session_id)}
    assert kept == {reply["turn_id"] for reply in replies}
    assert len(kept) == 8


def test_all_workers_know_a_sender(client: TestClient, installed: Callable[..., Installation]) -> None:
    """They have one key, so that the next message may go to any of them."""
    _, reply = told(client, SPRAIN)
    with TestClient(create_app(installed().desk)) as other:
        _, second = told(other, "references")
    assert second["session_id"] == reply["session_id"]
    assert second["blocks"][0]["text"] == reply["quotation"]["question"]


@pytest.mark.parametrize(("origin", "status"), [("https://clinic.example", 200), ("https://other.example", 403)])
def test_pages_of_listed_sites_may_ask(
    installation: Installation, installed: Callable[..., Installation], tmp_path: Path, origin: str, status: int
) -> None:
    """The same ones that may have the widget; they read the answer, and why there is none."""
    sites = tmp_path / "sites.yaml"
    sites.write_text("sites: {clinic: {origins: ['https://clinic.example'], country: GB}}", encoding="utf-8")
    with TestClient(create_app(installed(sites=sites).desk)) as client:
        body = {"sender": "p", "message": "hello", "metadata": {"site": "clinic"}}
        response = client.post(URL, json=body, headers={"origin": origin})
        asked = {"origin": origin, "access-control-request-method": "POST"}
        assert client.options(URL, headers=asked).status_code == 200
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == "*"
    if status == 200:
        assert "999" in response.json()[0]["text"]


def test_the_language_of_the_reader_is_spoken(client: TestClient) -> None:
    """Of our own sentences, where the metadata names one."""
    assert told(client, "/start", metadata={"language": "es"})[1]["language"] == "es"


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """By whichever process comes first, for its owner alone."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: installation_key("", tmp_path), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_key_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """By its length and place, never by what it is."""
    assert installation_key("s" * 32, tmp_path) == b"s" * 32
    with pytest.raises(ConfigurationError, match=r"DOCTORS_NOTE_SECRET: it has 5 bytes") as error:
        installation_key("short", tmp_path)
    assert "short" not in str(error.value)
    (tmp_path / FILE).write_text("short\n")
    with pytest.raises(ConfigurationError, match=r"secret.key: it has 5 bytes"):
        installation_key("", tmp_path)
    with pytest.raises(ConfigurationError, match="cannot be read or made"):
        installation_key("", tmp_path / FILE)  # a file, where a folder should be

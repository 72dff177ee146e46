"""Feedback and erasure over HTTP."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.store import SqlStore
from bot.web.app import create_app
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.bootstrap import Installation

LAG = "what helps against jet lag"


@pytest.fixture
def reply(client: TestClient) -> dict[str, Any]:
    """A reply to have a say on."""
    body: dict[str, Any] = client.post("/api/v1/ask", json={"message": LAG}).json()
    return body


def said(client: TestClient, reply: dict[str, Any], **fields: object) -> tuple[int, str]:
    """The status, and the detail of a problem, of feedback with these fields."""
    whole = {"session_id": reply["session_id"], "turn_id": reply["turn_id"], "helpful": False, **fields}
    response = client.post(
        "/api/v1/feedback", json={name: value for name, value in whole.items() if value != "LEFT OUT"}
    )
    return response.status_code, response.json()["detail"] if response.content else ""


def test_feedback_is_kept(client: TestClient, reply: dict[str, Any], installation: Installation) -> None:
    """Whether it helped, why, and a comment that was redacted first; said again, it is changed."""
    assert said(client, reply, reason="too-long", comment="I am Jane Doe and it is too long.") == (204, "")
    kept = installation.core.store.feedback(reply["turn_id"])
    assert kept is not None
    assert (kept.helpful, kept.reason) == (False, "too-long")
    assert kept.comment == installation.core.redactor.redacted("I am Jane Doe and it is too long.")
    assert "Jane" not in kept.comment
    assert said(client, reply, helpful=True, reason=None, comment=None) == (204, "")
    changed = installation.core.store.feedback(reply["turn_id"])
    assert changed is not None
    assert (changed.helpful, changed.reason, changed.comment) == (True, "", "")
    assert changed.created == kept.created


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"reason": "boring"}, 422, "reason: 'boring' is not one of wrong-question, hard-to-understand, too-long"),
        ({"comment": "x" * 1_001}, 422, "comment: 1,001 characters are too many; at most 1,000"),
        ({"helpful": "yes"}, 422, "helpful: 'yes' cannot be used"),
        ({"helpful": 1}, 422, "helpful: 1 cannot be used"),
        ({"helpful": "LEFT OUT"}, 422, "helpful: it is missing"),
        ({"comment": ["x"]}, 422, "comment: ['x'] cannot be used"),
        ({"session_id": "short"}, 422, "session_id: 'short' is not 16 to 64"),
        ({"session_id": "nobody-0123456789"}, 404, "there is no turn"),
        ({"turn_id": "0" * 32}, 404, "there is no turn"),
        ({"turn_id": "\x00"}, 404, "there is no turn"),
        ({"turn_id": "x" * 500}, 404, "there is no turn"),
        ({"turn_id": ""}, 404, "there is no turn"),
    ],
)
def test_wrong_feedback_is_told_why(
    client: TestClient, reply: dict[str, Any], fields: dict[str, object], status: int, detail: str
) -> None:
    """A problem that names the field and what was expected; 404 for what is not there."""
    answered = said(client, reply, **fields)
    assert answered[0] == status
    assert answered[1].startswith(detail)


def test_a_comment_of_1000_characters_is_taken(client: TestClient, reply: dict[str, Any]) -> None:
    """The limit itself is within it, whatever the characters."""
    assert said(client, reply, comment="\U0001f600\x00" * 500) == (204, "")


def test_a_session_is_erased(client: TestClient, reply: dict[str, Any], installation: Installation) -> None:
    """Its turns and the feedback on them are gone; erasing it again, or what never was, is no error."""
    said(client, reply)
    other = client.post("/api/v1/ask", json={"message": LAG}).json()
    for session in (reply["session_id"], reply["session_id"], "nobody-0123456789"):
        response = client.delete(f"/api/v1/sessions/{session}")
        assert (response.status_code, response.content) == (204, b"")
    store = installation.core.store
    assert store.turns(reply["session_id"]) == ()
    assert store.feedback(reply["turn_id"]) is None
    assert len(store.turns(other["session_id"])) == 1
    assert said(client, reply)[0] == 404


@pytest.mark.parametrize("session_id", ["short", "x" * 65, "session%200123456789", "%00" * 20, "session-0123456789%0A"])
def test_what_no_session_is_called_is_told_why(client: TestClient, session_id: str) -> None:
    """422, with the form that a session's id has."""
    response = client.delete(f"/api/v1/sessions/{session_id}")
    assert response.status_code == 422
    assert "is not 16 to 64 of the characters A-Z, a-z, 0-9, - and _." in response.json()["detail"]


def test_a_server_keeps_to_the_retention_time(
    installed: Callable[..., Installation], caplog: pytest.LogCaptureFixture
) -> None:
    """What is too old goes as soon as it starts, and its thread ends with it."""
    opened = installed(retention_days=7)
    core = opened.core
    old = core.clock() - dt.timedelta(days=7, minutes=1)
    core.store.record(turn(created=old), None)
    core.store.record(turn(id="b", session_id="another-0123456789", created=core.clock()), None)
    with caplog.at_level(logging.INFO), TestClient(create_app(opened.desk)):
        while core.store.turns(SESSION):
            pass
    assert core.store.turns("another-0123456789")
    assert "retention" not in {thread.name for thread in threading.enumerate()}
    assert [record.__dict__["sessions"] for record in caplog.records if record.getMessage() == "retention"] == [1]


def test_logs_have_no_session(client: TestClient, installation: Installation, caplog: pytest.LogCaptureFixture) -> None:
    """An id opens its session: a failing erasure is logged by its route."""
    store = installation.core.store
    assert isinstance(store, SqlStore)
    error: Exception = sa.exc.OperationalError("SELECT", {}, Exception("unable to open database file"))

    @sa.event.listens_for(store._engine, "begin")
    def _fails(_connection: sa.Connection) -> None:
        raise error

    with caplog.at_level(logging.DEBUG):
        assert client.delete("/api/v1/sessions/zebra-0123456789").status_code == 503
        error = ZeroDivisionError()
        assert client.delete("/api/v1/sessions/zebra-0123456789").status_code == 500
    routes = [record.__dict__["route"] for record in caplog.records if "route" in record.__dict__]
    assert routes == ["/api/v1/sessions/{session_id}"] * 2
    assert "zebra" not in "".join(f"{record.__dict__}" for record in caplog.records if record.name.startswith("bot"))

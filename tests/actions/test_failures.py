"""What a patient is told when the API gives no reply, and what the log is."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.apis import answer, free_port, small_api

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from tests.actions.conftest import Assistant

WORDS = "my elbow hurts after tennis"
EMERGENCY = "If this may be an emergency, call your local emergency number now."
FAILED = f"{EMERGENCY}\nYour message could not be answered just now: something went wrong on our side. "
BUSY = f"{EMERGENCY}\nToo many questions are being asked just now"
BLOCK = {"type": "paragraph", "text": "Said.", "items": None, "href": None, "quoted": False, "number": None}
REPLY: dict[str, Any] = {
    "session_id": "s" * 43,
    "turn_id": "t" * 32,
    "outcome": "information",
    "probability": None,
    "quotation": None,
    "choices": [],
    "blocks": [BLOCK],
    "quick_replies": [],
    "language": "en",
}


def replied(**changes: Any) -> bytes:
    return json.dumps(REPLY | changes).encode()


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Sends a byte now and then, and never ends."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(4)


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        pytest.param(dripping, FAILED, id="drips"),
        pytest.param(silent, FAILED, id="is silent"),
        pytest.param(hanging_up, FAILED, id="hangs up"),
        pytest.param(answer(b'{"detail": "broken"}', 500), FAILED, id="500"),
        pytest.param(answer(b"<h1>Bad gateway</h1>", 502), FAILED, id="502"),
        pytest.param(answer(b"", 503), FAILED, id="503"),
        pytest.param(answer(b"{}", 404), FAILED, id="404"),
        pytest.param(answer(b"", 307, location="http://127.0.0.1:9/"), FAILED, id="redirects"),
        pytest.param(answer(b'{"detail": "slow down"}', 429), BUSY, id="429"),
        pytest.param(answer(b'{"detail": "site: unknown"}', 422), FAILED, id="refuses a setting"),
        pytest.param(answer(b"nothing", 422), FAILED, id="refuses without a word"),
        pytest.param(answer(b"<html>Welcome</html>"), FAILED, id="a page"),
        pytest.param(answer(b""), FAILED, id="nothing"),
        pytest.param(answer(b"null"), FAILED, id="null"),
        pytest.param(answer(b"[" * 100_000), FAILED, id="bottomless"),
        pytest.param(answer(b"\xff\xfe"), FAILED, id="not UTF-8"),
        pytest.param(answer(replied()[:-9]), FAILED, id="cut off"),
        pytest.param(answer(replied(), content_encoding="gzip"), FAILED, id="not the gzip it says"),
        pytest.param(answer(replied(probability=float("nan"))), FAILED, id="a number that is not JSON"),
        pytest.param(answer(replied(extra="\ud800")), FAILED, id="half a character"),
        pytest.param(answer(b"{}"), FAILED, id="empty"),
        pytest.param(answer(replied(blocks=[])), FAILED, id="no blocks"),
        pytest.param(answer(replied(blocks=[BLOCK | {"text": " \n"}])), FAILED, id="blank blocks"),
        pytest.param(answer(replied(blocks=[BLOCK | {"text": 7}])), FAILED, id="no text"),
        pytest.param(answer(replied(blocks="Said.")), FAILED, id="no list"),
        pytest.param(answer(replied(quick_replies=[{"title": "A"}])), FAILED, id="half a button"),
        pytest.param(answer(replied(turn_id=None)), FAILED, id="no turn"),
    ],
)
def test_a_patient_is_told_and_nothing_is_tried_twice(
    assistant: Callable[..., Assistant],
    caplog: pytest.LogCaptureFixture,
    answered: Callable[[BaseHTTPRequestHandler], None],
    said: str,
) -> None:
    """One safe message, whom to call first; one request; no word of the patient's or of the answer's in the log."""
    caplog.set_level(logging.DEBUG)
    with small_api(answered) as asked:
        timeout_s = "1.5" if answered in {dripping, silent} else "60"
        result = assistant(asked.address, TIMEOUT_S=timeout_s).run("action_answer_question", WORDS)
    (message,) = result.responses
    assert message["text"].startswith(said)
    assert "\n\n" not in message["text"]
    assert not result.events
    assert len(asked.requests) == 1
    assert "action_answer_question: no reply" in caplog.text
    assert "elbow" not in caplog.text
    assert "Said." not in caplog.text


@pytest.mark.parametrize("action", ["action_choose_answer", "action_browse_symptoms"])
def test_every_action_says_so_when_nobody_is_there(assistant: Callable[..., Assistant], action: str) -> None:
    """With nothing listening at the address, each tells the patient."""
    (message,) = assistant(f"http://127.0.0.1:{free_port()}").run(action, WORDS).responses
    assert message["text"].startswith(FAILED)


def test_feedback_that_was_not_kept_is_not_thanked_for(assistant: Callable[..., Assistant]) -> None:
    """The patient is told that it was not kept."""
    slots, entities = {"doctors_note_turn": "t" * 32}, [{"entity": "helpful", "value": "yes"}]
    with small_api(answer(b"{}", 503)) as asked:
        (message,) = (
            assistant(asked.address).run("action_answer_feedback", "", slots=slots, entities=entities).responses
        )
    assert message["text"].startswith(f"{EMERGENCY}\nWhat you think of the answer could not be kept")


def test_a_message_of_no_form_is_answered(assistant: Callable[..., Assistant]) -> None:
    """A latest message that has nothing of what is expected crashes nothing, and neither does a slot."""
    with small_api(answer(replied())) as asked:
        started = assistant(asked.address)
        for parts in (
            {"entities": None, "intent": None, "metadata": "GB"},
            {"entities": [None, {"value": 1}, {"entity": ["x"], "value": {}}], "intent": "q"},
            {"slots": {"doctors_note_turn": 7, "doctors_note_country": ["GB"], "doctors_note_language": "e"}},
        ):
            for action in ("action_answer_question", "action_choose_answer", "action_answer_feedback"):
                assert started.run(action, WORDS, **parts).responses[0]["text"]
    assert {body.get("country") for _, body in asked.requests} == {None}
    assert {body.get("language") for _, body in asked.requests} == {None}


def test_the_emergency_line_is_the_operators_or_the_patients_language(assistant: Callable[..., Assistant]) -> None:
    """A setting comes before ours; without it, the language of the message, the slot or the settings is spoken."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    (message,) = assistant(nowhere).run("action_answer_question", WORDS, metadata={"language": "es-MX"}).responses
    assert message["text"].startswith("Si esto puede ser una emergencia, llame ahora mismo")
    (message,) = assistant(nowhere, LANGUAGE="ar").run("action_answer_question", WORDS).responses
    assert message["text"].startswith("إذا كان من الممكن أن تكون هذه حالة طارئة")
    (message,) = assistant(nowhere, EMERGENCY_LINE="Call 112 now.").run("action_answer_question", WORDS).responses
    assert message["text"].startswith("Call 112 now.\n")


def test_language_country_and_site_come_from_message_slot_or_setting(assistant: Callable[..., Assistant]) -> None:
    """In this order; what was typed is sent as it was typed, as channel rasa, and the sender's id is not."""
    typed = "  Ünïcode, “quotes”, 🤧 {braces} and\ttabs  "
    with small_api(answer(replied())) as asked:
        started = assistant(asked.address, LANGUAGE="en", COUNTRY="US", SITE="clinic-a")
        slots = {"doctors_note_language": "es", "doctors_note_country": "MX"}
        started.run("action_answer_question", typed, slots=slots, metadata={"country": "GB", "site": "Shop_1"})
    ((path, body),) = asked.requests
    assert path == "/api/v1/ask"
    assert body.pop("session_id") not in {"patient-7", ""}
    expected = {"channel": "rasa", "language": "es", "country": "GB", "site": "clinic-a"}
    assert body == expected | {"message": typed}


def test_quick_replies_are_the_buttons(assistant: Callable[..., Assistant]) -> None:
    """Each of them, in order; articles that the reply leads to by links have none."""
    choices = [{"article_id": "a", "question": "A?"}, {"article_id": "b", "question": "B?"}]
    quick = [{"title": "A?", "payload": "/article a"}, {"title": 'Say "}"', "payload": "/topic }"}]
    with small_api(answer(replied(choices=choices, quick_replies=quick))) as asked:
        _, buttons, _ = assistant(asked.address).ask(WORDS)
    assert [(button["title"], button["payload"]) for button in buttons] == [
        ("A?", '/choose{"payload": "/article a"}'),
        ('Say "}"', '/choose{"payload": "/topic }"}'),
    ]


def test_a_kind_of_block_that_is_not_known_yet_is_shown(assistant: Callable[..., Assistant]) -> None:
    """Its text is, as a paragraph's would be; a field that is not known stays in the JSON."""
    with small_api(answer(replied(blocks=[BLOCK | {"type": "table", "text": "New.", "rows": 3}]))) as asked:
        text, _, reply = assistant(asked.address).ask(WORDS)
    assert text == "New."
    assert reply["blocks"][0]["rows"] == 3

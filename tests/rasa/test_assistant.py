"""The sample assistant, asked through Rasa's own channels: Rasa, action server, API and store are the real ones."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from actions.messages import session_id
from bot.domain.blocks import Block, BlockType
from bot.domain.plain_text import plain_text
from tests.rasa.conftest import KEY, listening

if TYPE_CHECKING:
    from bot.ports import SourcedArticle
    from tests.rasa.conftest import Patients

pytestmark = [pytest.mark.rasa, pytest.mark.slow]

LINE = "If this may be an emergency, call your local emergency number now."


def as_text(reply: dict[str, Any]) -> str:
    """The blocks of a reply as text."""
    blocks = [
        Block(**{**block, "type": BlockType(block["type"]), "items": tuple(block["items"]) if block["items"] else None})
        for block in reply["blocks"]
    ]
    return plain_text(blocks).rstrip("\n")


def press(article_id: str) -> str:
    """What a button for an article sends."""
    return "/choose" + json.dumps({"payload": f"/article {article_id}"})


def payload_of(buttons: list[dict[str, str]], title: str) -> str:
    """What the button with this title sends."""
    return next(button["payload"] for button in buttons if button["title"] == title)


def test_articles_are_quoted_character_for_character(patients: Patients, bundled: list[SourcedArticle]) -> None:
    """REST has the text whole in one message; the reply for programs is the API's on REST and on socket.io alike."""
    articles = [record.article for record in bundled[::5]]
    assert len(articles) >= 5
    by_socket = patients.say_by_socket("socket-reader-0001", *(press(article.id) for article in articles))
    for article, (*parts, custom) in zip(articles, by_socket, strict=True):
        text, _, reply = patients.ask("reader", press(article.id))
        quotation = reply["quotation"]
        assert text == as_text(reply)
        assert (quotation["article_id"], quotation["explanation"]) == (article.id, article.explanation)
        assert (quotation["question"], quotation["short_answer"]) == (article.question, article.short_answer)
        quoted = [article.question, article.short_answer, article.explanation]
        quoted += [reference.text for reference in article.references]
        assert quotation["sha256"] == hashlib.sha256("\n\n".join(quoted).encode()).hexdigest()
        assert {**custom["reply"], "turn_id": "", "session_id": ""} == {**reply, "turn_id": "", "session_id": ""}
        (part,) = parts
        assert part["text"].replace("\n \n", "\n\n") == as_text(custom["reply"])
        assert [button["title"] for button in part["quick_replies"]] == ["This helped", "This did not help"]


@pytest.mark.parametrize("chosen", ["button", "2", "the second one"])
def test_a_choice_is_made_by_button_or_by_typing(patients: Patients, chosen: str) -> None:
    """The button, the number and the words lead to the same article, in the same session."""
    sender = f"chooser-{chosen}"
    _, buttons, reply = patients.ask(sender, "/choose" + json.dumps({"payload": "/topic runny nose"}))
    offered = [choice["payload"].removeprefix("/article ") for choice in reply["quick_replies"]]
    _, _, answer = patients.ask(sender, buttons[1]["payload"] if chosen == "button" else chosen)
    assert answer["quotation"]["article_id"] == offered[1]
    assert answer["session_id"] == reply["session_id"]


@pytest.mark.parametrize(("title", "helpful"), [("This helped", 1), ("This did not help", 0)])
def test_feedback_arrives_in_the_store(patients: Patients, title: str, helpful: int) -> None:
    """A button beside the article marks that turn, also after another message."""
    _, buttons, reply = patients.ask(f"marker-{helpful}", press("cold-duration"))
    patients.ask(f"marker-{helpful}", "thank you")
    (thanks,) = patients.say(f"marker-{helpful}", payload_of(buttons, title))
    assert thanks["text"] == "Thank you for telling us."
    assert patients.rows("SELECT helpful FROM feedback WHERE turn_id = ?", reply["turn_id"]) == [(helpful,)]


def test_browsing_leads_to_an_article(patients: Patients) -> None:
    """Each step is a button of the one before."""
    _, buttons, _ = patients.ask("browser", "/browse")
    for _ in range(2):
        _, buttons, reply = patients.ask("browser", buttons[0]["payload"])
    assert reply["quotation"]["article_id"]


@pytest.mark.parametrize(
    "message", ["I have chest pain", "Hello, I have chest pain", "hi there! thanks. I can't breathe"]
)
def test_an_emergency_comes_first(patients: Patients, message: str) -> None:
    """Also inside what Rasa takes for a greeting; nothing is in pieces."""
    text, _, reply = patients.ask(f"in need: {message}", message)
    assert reply["outcome"] == "emergency"
    assert text.startswith("This may be an emergency.")
    assert text.replace("\n \n", "\n\n") == as_text(reply)


@pytest.mark.parametrize(
    "message",
    [
        "hello",
        "thank you",
        "who are you?",
        "goodbye",
        "/article jet-lag",
        "/topics",
        "/choose",
        "/nonsense",
        "/out_of_scope",
        '/choose{"payload": "',
        "مرحبا",
        "buenos días",
        "{cold-duration}",
        "what is the capital of france",
        "%s %(a)s ${A}",
    ],
)
def test_nothing_typed_is_answered_by_rasa(patients: Patients, message: str) -> None:
    """Whatever it looks like to Rasa, the reply is our API's."""
    text, _, reply = patients.ask(f"typist {message}", message)
    assert text.replace("\n \n", "\n\n") == as_text(reply)


@pytest.mark.parametrize("message", ["?!", "🤒", "/restart"])
def test_what_has_no_words_gets_an_answer_too(patients: Patients, message: str) -> None:
    """Whom to call is said whatever was sent."""
    (said,) = patients.say("wordless", message)
    assert said["text"].startswith(LINE)


def test_a_conversation_is_one_session_and_nobodys(patients: Patients) -> None:
    """The sender's id is in no file of the data folder, and the words are in no log, also not those after a slash."""
    sender = "whatsapp:+447700900123"
    for message in ("how long does a cold last?", "references", "my zebraword knee", "/zebraword knee", "/ zebraword"):
        patients.ask(sender, message)
    patients.say_by_socket("socket-writer-0001", "my zebraword elbow", "/zebraword")
    ours = session_id(KEY.encode(), sender)
    assert patients.rows("SELECT count(*) FROM turns WHERE session_id = ?", ours) == [(5,)]
    written = b"".join(path.read_bytes() for path in patients.data_dir.glob("library.sqlite*"))
    assert ours.encode() in written
    assert b"447700900123" not in written
    logs = sorted(patients.stack.folder.glob("*.log"))
    assert len(logs) == 4
    logged = b"".join(path.read_bytes() for path in logs)
    assert b"Rasa server" in logged
    assert b"zebraword" not in logged
    assert b"447700900123" not in logged
    assert ours.encode() not in logged


def test_whatever_fails_the_patient_is_told_whom_to_call(patients: Patients) -> None:
    """The API down, mute, and back: the conversation goes on. The action server down, and back: so does it then."""
    stack, sender = patients.stack, "loyal"
    patients.ask(sender, press("cold-duration"))
    stack.api.stop()
    try:
        (down,) = patients.say(sender, "what about children?")
        with listening(stack.ports.api):
            (mute,) = patients.say(sender, "what about children?")
    finally:
        stack.api.start()
    for said in (down, mute):
        assert said["text"].startswith(LINE)
        assert "something went wrong on our side" in said["text"]
    _, _, reply = patients.ask(sender, "references")
    assert any(block["type"] == "reference" for block in reply["blocks"])
    stack.actions.stop()
    try:
        answered = [patients.say(sender, message) for message in ("I have chest pain", press("jet-lag"), "/browse")]
    finally:
        stack.actions.start()
    for (said,) in answered:
        assert said["text"].startswith(LINE)
        assert "something went wrong on our side" in said["text"]
    _, _, reply = patients.ask(sender, "references")
    assert any(block["type"] == "reference" for block in reply["blocks"])

"""The actions, asked as Rasa asks them, and our own API behind them."""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from actions import service
from actions.answer import ActionAnswerQuestion
from actions.messages import session_id
from actions.settings import read_settings
from bot.domain.blocks import Block, BlockType
from bot.domain.plain_text import plain_text
from tests.actions.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.ports import SourcedArticle
    from tests.actions.conftest import Assistant

Api = tuple[str, "Path"]


@pytest.fixture
def talking(assistant: Callable[..., Assistant], api: Api) -> Assistant:
    """An action server for the bundled library."""
    return assistant(api[0])


def as_blocks(reply: dict[str, Any]) -> list[Block]:
    """The blocks of a reply as the API means them."""
    return [
        Block(**{**block, "type": BlockType(block["type"]), "items": tuple(block["items"]) if block["items"] else None})
        for block in reply["blocks"]
    ]


def unwrapped(button: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The intent and the entities that a button's press is taken for."""
    intent, brace, rest = button["payload"].partition("{")
    return intent, json.loads(brace + rest)


def test_every_bundled_article_is_quoted_character_for_character(
    talking: Assistant, bundled: list[SourcedArticle]
) -> None:
    """In the text and in the JSON, whole, with its references, the disclaimer last; its hash can be made again."""
    for number, record in enumerate(bundled):
        article = record.article
        entities = [{"entity": "payload", "value": f"/article {article.id}"}]
        said, custom = talking.run(
            "action_choose_answer", "/choose{}", sender=f"reader-{number}", entities=entities
        ).responses
        reply = custom["custom"]["data"]["reply"]
        quotation = reply["quotation"]
        assert said["text"] == plain_text(as_blocks(reply)).rstrip("\n")
        assert quotation["question"] == article.question
        assert quotation["short_answer"] == article.short_answer
        assert quotation["explanation"] == article.explanation
        quoted = [article.question, article.short_answer, article.explanation]
        quoted += [reference.text for reference in article.references]
        assert quotation["sha256"] == hashlib.sha256("\n\n".join(quoted).encode()).hexdigest()
        position = 0
        for block in reply["blocks"]:
            for piece in block["items"] or [block["text"]]:
                position = said["text"].index(piece, position) + len(piece)
        for place, reference in enumerate(article.references, 1):
            assert f"  {place}. {reference.text}" in said["text"]
            assert reference.href is None or reference.href in said["text"]
        assert said["text"].endswith(quotation["disclaimer"])
    assert len(bundled) >= 30


def test_an_answer_is_one_text_with_buttons_and_then_the_reply(talking: Assistant) -> None:
    """The buttons say whether it helped, of this very turn; the slots name session and turn."""
    result = talking.run("action_answer_question", "How long does a cold last?")
    said, custom = result.responses
    reply = custom["custom"]["data"]["reply"]
    assert "\n\n" in said["text"]
    assert [unwrapped(button) for button in said["buttons"]] == [
        ("/feedback", {"helpful": "yes", "turn": reply["turn_id"]}),
        ("/feedback", {"helpful": "no", "turn": reply["turn_id"]}),
    ]
    assert said["response"] is said["template"] is None
    assert not custom["text"]
    assert {event["name"]: event["value"] for event in result.events} == {
        "doctors_note_session": session_id(KEY.encode(), "patient-7"),
        "doctors_note_turn": reply["turn_id"],
    }
    assert reply["session_id"] == session_id(KEY.encode(), "patient-7")


def test_socketio_gets_the_same_without_an_empty_line(talking: Assistant) -> None:
    """It cuts a text at empty lines even where there are buttons; a line with a space keeps it whole."""
    text, buttons, reply = talking.ask("How long does a cold last?", sender="web", channel="socketio")
    assert buttons
    assert "\n\n" not in text
    assert text.replace("\n \n", "\n\n") == plain_text(as_blocks(reply)).rstrip("\n")


def test_an_emergency_comes_first_and_is_not_cut(talking: Assistant) -> None:
    """Whom to call, in the country that the message's metadata names; it has no buttons, and no empty line."""
    text, buttons, reply = talking.ask("I can't breathe", sender="in-need", metadata={"country": "GB"})
    assert reply["outcome"] == "emergency"
    assert text.startswith("This may be an emergency. Call 999 now.")
    assert not buttons
    assert "\n\n" not in text
    assert text.endswith(reply["blocks"][-1]["text"])


def test_a_conversation_goes_on_and_is_nobody_elses(talking: Assistant) -> None:
    """What is typed after an answer is understood as following it, for the same sender alone."""
    talking.ask("How long does a cold last?", sender="one")
    _, _, followed = talking.ask("references", sender="one")
    _, _, others = talking.ask("references", sender="two")
    assert any(block["type"] == "reference" for block in followed["blocks"])
    assert not any(block["type"] == "reference" for block in others["blocks"])


def test_topics_are_buttons_that_lead_on(talking: Assistant) -> None:
    """Browsing shows topics; pressing one, and then a question of it, ends at an article."""
    entities: list[dict[str, str]] = []
    said, _ = talking.run("action_browse_symptoms", "what do you know about?", sender="browsing").responses
    for _ in range(2):
        intent, pressed = unwrapped(said["buttons"][0])
        assert intent == "/choose"
        entities = [{"entity": "payload", "value": pressed["payload"]}]
        said, custom = talking.run("action_choose_answer", "", sender="browsing", entities=entities).responses
    assert custom["custom"]["data"]["reply"]["quotation"] is not None


def test_a_choice_without_its_entity_is_read_from_the_text(talking: Assistant) -> None:
    """A domain that does not list the entity `payload` loses nothing; without a button, what was typed is put."""
    text = '/choose{"payload": "/article cold-duration"}'
    _, custom = talking.run("action_choose_answer", text, sender="plain").responses
    assert custom["custom"]["data"]["reply"]["quotation"]["article_id"] == "cold-duration"
    _, custom = talking.run("action_choose_answer", "references", sender="plain").responses
    assert custom["custom"]["data"]["reply"]["outcome"] == "information"


def test_feedback_is_kept_for_the_turn_it_is_on(talking: Assistant, api: Api) -> None:
    """The entity's turn, else the slot's; of somebody else's turn nothing can be said."""

    def kept() -> str:
        text = httpx2.get(f"{api[0]}/metrics").text
        return "\n".join(line for line in text.splitlines() if "feedback" in line and not line.startswith("#"))

    def marked(**parts: Any) -> str:
        (said,) = talking.run("action_answer_feedback", "", **parts).responses
        return str(said["text"])

    _, buttons, reply = talking.ask("How long does a cold last?", sender="glad")
    before = kept()
    pressed = [{"entity": name, "value": value} for name, value in unwrapped(buttons[0])[1].items()]
    assert marked(sender="glad", entities=pressed) == "Thank you for telling us."
    assert kept() != before
    slots = {"doctors_note_turn": reply["turn_id"]}
    assert marked(sender="glad", slots=slots, intent={"name": "not_helpful"}) == "Thank you for telling us."
    helpful = [{"entity": "helpful", "value": False}]
    assert marked(sender="glad", slots=slots, entities=helpful) == "Thank you for telling us."
    for stranger in (
        marked(sender="stranger", entities=pressed),
        marked(sender="glad", slots=slots, intent={"name": "feedback"}),
        marked(sender="glad", entities=helpful),
    ):
        assert "There is no answer here that you could tell us about." in stranger
        assert stranger.startswith("If this may be an emergency")


def test_erased_is_erased(talking: Assistant) -> None:
    """After “delete my data” no turn can be marked, and a new conversation begins."""
    talking.ask("How long does a cold last?", sender="shy")
    result = talking.run("action_answer_question", "delete my data", sender="shy")
    assert result.responses[1]["custom"]["data"]["reply"]["erased"] is True
    assert {"doctors_note_turn": None}.items() <= {event["name"]: event["value"] for event in result.events}.items()
    _, _, reply = talking.ask("references", sender="shy")
    assert not any(block["type"] == "reference" for block in reply["blocks"])


def test_what_they_ask_is_counted_as_of_rasa(talking: Assistant, api: Api) -> None:
    """Not with the channels that nobody knows."""
    talking.ask("How long does a cold last?")
    counted = httpx2.get(f"{api[0]}/metrics").text
    assert f'doctors_note_turns_total{{channel="{service.CHANNEL}",outcome="answer"}}' in counted


def test_who_wrote_is_not_told_to_the_api(talking: Assistant, api: Api) -> None:
    """The sender's id is in no file of the data folder: only its keyed hash is."""
    sender = "whatsapp:+447700900123"
    talking.ask("How long does a cold last?", sender=sender)
    written = b"".join(path.read_bytes() for path in api[1].glob("library.sqlite*"))
    assert session_id(KEY.encode(), sender).encode() in written
    assert b"447700900123" not in written


@pytest.mark.parametrize(
    ("text", "said"), [("why " * 501, "at most 2,000 characters"), ("?!", "no word in"), ("", "no word in")]
)
def test_what_cannot_be_read_is_told_to_the_patient(talking: Assistant, text: str, said: str) -> None:
    """A message that is too long, or without a word, is not called a failure of ours."""
    (message,) = talking.run("action_answer_question", text).responses
    assert said in message["text"].lower()
    assert message["text"].startswith("If this may be an emergency, call your local emergency number now.")


def test_an_action_that_has_talked_can_be_pickled(talking: Assistant, api: Api) -> None:
    """rasa-sdk hands its actions on to its workers that way; connections are not among what they hold."""
    talking.ask("hello")
    action = ActionAnswerQuestion(read_settings())
    again = pickle.loads(pickle.dumps(action))
    assert again.name() == "action_answer_question"
    assert KEY not in repr(again._settings)
    assert api[0] in repr(again._settings)
    talking.runner.run(service.close())
    assert talking.ask("hello")[2]["outcome"] == "information"

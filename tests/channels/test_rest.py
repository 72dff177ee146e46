"""Rasa's REST protocol, as far as it is more than every channel's contract."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from bot.channels.base import Request
from bot.channels.rest import RestChannel
from bot.domain.errors import InvalidMessage
from bot.domain.reply import Reply, buttons
from bot.domain.wording import ENGLISH
from tests.channels.replies import INFORMATION, TURN, answer, choices, emergency, shared_question

if TYPE_CHECKING:
    from bot.domain.message import ChannelMessage
    from bot.ports import SourcedArticle

REST = RestChannel()


def message(**fields: object) -> ChannelMessage:
    (read,) = REST.messages(Request(json.dumps({"sender": "p", "message": "hi", **fields}).encode()))
    return read


def sent(reply: Reply, query: dict[str, str] | None = None) -> bytes:
    request = Request(b"", query=query or {})
    return REST.answer(request, REST.rendered(reply, buttons(reply, ENGLISH), "p")).body


def test_metadata_tells_of_the_reader() -> None:
    """Language, country and site, where they have the form of one; other metadata is passed over."""
    read = message(metadata={"language": "es-MX", "country": "gb", "site": "clinic", "page": [1]})
    assert (read.language, read.country, read.site) == ("es-MX", "gb", "clinic")
    odd: object
    for odd in (None, 1, "en", [], {"language": "not a tag!", "country": "GBR", "site": 7}, {"language": None}):
        read = message(metadata=odd)
        assert (read.language, read.country, read.site) == (None, None, None)


def test_fields_that_are_not_ours_are_tolerated() -> None:
    """As Rasa does: clients of other versions send more."""
    assert message(input_channel="web", customData={"a": 1}, parse_data=None).text == "hi"


@pytest.mark.parametrize(("sender", "read"), [("p", "p"), (42, "42"), (-1, "-1")])
def test_a_sender_may_be_a_number(sender: object, read: str) -> None:
    """Rasa makes text of it, too."""
    assert message(sender=sender).sender == read


@pytest.mark.parametrize("sender", [None, "", " \n", True, 1.5, [], {}])
def test_a_sender_must_be_named(sender: object) -> None:
    """Those who are not would share one conversation."""
    with pytest.raises(InvalidMessage, match="sender: it is missing, or no text and no whole number"):
        message(sender=sender)


@pytest.mark.parametrize("text", [None, 1, ["hi"], {}, False])
def test_a_message_is_a_text(text: object) -> None:
    """Nothing else is one."""
    with pytest.raises(InvalidMessage, match="message"):
        message(message=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/article jet-lag", "/article jet-lag"),
        ("/topics", "/topics"),
        ("/none", "/none"),
        ("/restart", "/restart"),
        (f"/helpful {TURN}", f"/helpful {TURN}"),
        ('/choose{"payload": "/article jet-lag"}', "/article jet-lag"),
        ('/choose {"payload": "/topic ankle pain"}\n', "/topic ankle pain"),
        (f'/feedback{{"helpful": "yes", "turn": "{TURN}"}}', f"/helpful {TURN}"),
        (f'/feedback{{"helpful": "no", "turn": "{TURN}"}}', f"/unhelpful {TURN}"),
        ('/feedback{"helpful": true}', "/helpful"),
        ("/browse", "/topics"),
        ("/greet", "/start"),
        ("/session_start", "/start"),
        ('/get_started{"from": "ad"}', "/start"),
        ('/inform{"symptom": "chest pain", "since": "today", "n": 1}', "chest pain today"),
        ("/ask_about_fever", "ask about fever"),
        ("/goodbye", "goodbye"),
        ('/choose{"payload": 1}', "choose"),
        ("/choose{not json", "/choose{not json"),
        ('/choose{"a": }', '/choose{"a": }'),
        ("/choose[]", "/choose[]"),
        ("/ my chest hurts", "/ my chest hurts"),
        ("i have /choose", "i have /choose"),
        ("/", "/"),
        ("/choose" + '{"a":' * 9_000 + "1" + "}" * 9_000, None),
        ("/choose \n", "choose"),
    ],
)
def test_intents_are_heard_as_words_or_commands(text: str, said: str | None) -> None:
    """Ours stay what they are, those of the sample assistant become ours, any other what its words are."""
    assert message(message=text).text == (text if said is None else said)


@pytest.mark.parametrize("text", ["/a" + " " * 32_000 + "x", "/a {" + "} " * 16_000 + "x", "/" + "a." * 16_000 + "!"])
def test_no_message_takes_long_to_read(text: str) -> None:
    """Nor does one that is no intent after all, as long as a request can be."""
    begun = time.perf_counter()
    assert message(message=text).text == text
    assert time.perf_counter() - begun < 0.5


def test_the_messages_have_the_form_of_rasas(bundled: list[SourcedArticle]) -> None:
    """Text with its buttons, then the whole reply as `custom`; what there is not is left out."""
    replies = [INFORMATION, answer(bundled[0].article), choices(bundled[0].article)]
    for reply in replies:
        first, second = json.loads(sent(reply))
        assert set(first) == {"recipient_id", "text"} | ({"buttons"} if buttons(reply, ENGLISH) else set())
        assert all(set(button) == {"title", "payload"} for button in first.get("buttons", []))
        assert set(second) == {"recipient_id", "custom"}
        assert first["recipient_id"] == second["recipient_id"] == "p"
        assert second["custom"] == {"data": {"reply": TypeAdapter(Reply).dump_python(reply, mode="json")}}


def test_a_client_may_ask_for_a_stream(bundled: list[SourcedArticle]) -> None:
    """A line for each message, as Rasa gives them."""
    reply = answer(bundled[0].article)
    whole, streamed = sent(reply), sent(reply, {"stream": "true"})
    assert [json.loads(line) for line in streamed.splitlines()] == json.loads(whole)
    assert sent(reply, {"stream": "false"}) == sent(reply, {"token": "x"}) == whole


def test_rasas_actions_say_the_same(bundled: list[SourcedArticle]) -> None:
    """With Rasa or without it a patient reads the same text, and presses the same; a program gets the same `custom`."""
    theirs: Any = pytest.importorskip("actions.replies")
    for record, other in pairwise(bundled):
        article = record.article
        shared = shared_question(article, other.article)
        for reply in (INFORMATION, answer(article), shared, emergency(article), choices(article)):
            said, custom = json.loads(sent(reply))
            raw = custom["custom"]["data"]["reply"]
            # Where Rasa would cut a text at its empty lines, a space stands in them.
            assert theirs.read_reply(raw).text("rest").replace("\n \n", "\n\n") == said["text"]
            pressed = [
                (each["title"], message(message=each["payload"]).text) for each in theirs.read_reply(raw).buttons
            ]
            assert pressed == [(each["title"], each["payload"]) for each in said.get("buttons", [])]

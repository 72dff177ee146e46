"""What holds for every channel: each has a row in CASES, by which all these tests are run with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels import CHANNELS
from bot.channels.base import Request
from bot.domain import texts
from bot.domain.article import Article
from bot.domain.blocks import Block, BlockType
from bot.domain.errors import InvalidMessage
from bot.domain.message import Inbound
from bot.domain.plain_text import block_text
from bot.domain.references import Reference
from bot.domain.reply import buttons
from bot.domain.wording import ENGLISH
from tests.channels.replies import CALL, CLOSING, INFORMATION, answer, choices, emergency

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.channels.base import Channel
    from bot.domain.reply import Reply
    from bot.ports import SourcedArticle


@dataclass(frozen=True)
class Case:
    """How a channel is spoken to.

    `request` is one in which a sender says something, `said` puts the texts of the messages for a reply together to
    what a patient reads, and `pressed` has what its buttons send.
    """

    request: Callable[[str, str], Request]
    said: Callable[[Sequence[dict[str, Any]]], str]
    pressed: Callable[[Sequence[dict[str, Any]]], list[str]]


def _rest_request(sender: str, text: str) -> Request:
    return Request(json.dumps({"sender": sender, "message": text}).encode())


CASES = {
    "rest": Case(
        _rest_request,
        lambda messages: "".join(message.get("text", "") for message in messages),
        lambda messages: [button["payload"] for message in messages for button in message.get("buttons", [])],
    ),
}
SENDERS = ["patient-1", "+44 7700 900123", "ü@example.org", "مريض", "\U0001f600", "\ud83d", "a\0b", " x ", "s" * 10_000]
MARKS = "*_<>&[]()~|`#{}\\ 5 < 6 & \u202e\u2068 \U0001f912 é e\u0301 %s {0} </p> \t end"


@pytest.fixture(params=sorted(CHANNELS))
def channel(request: pytest.FixtureRequest) -> Channel:
    return CHANNELS[request.param]


@pytest.fixture
def case(channel: Channel) -> Case:
    return CASES[channel.name]


def said(case: Case, channel: Channel, reply: Reply) -> str:
    return case.said(channel.rendered(reply, buttons(reply, ENGLISH), "patient-1"))


def parts(blocks: Sequence[Block]) -> list[str]:
    """Every text and address of `blocks`, in order."""
    return [part for block in blocks for part in (*(block.items or (block.text,)), block.href or "") if part]


def is_said_in_order(wanted: Sequence[str], text: str) -> bool:
    place = 0
    for part in wanted:
        found = text.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return True


def test_every_channel_has_a_row() -> None:
    """Nothing is left out, and names can be recorded."""
    assert set(CASES) == set(CHANNELS)
    for name, channel in CHANNELS.items():
        assert channel.name == Inbound("a question", channel=name).channel


@pytest.mark.parametrize("sender", SENDERS, ids=range(len(SENDERS)))
@pytest.mark.parametrize("text", ["how long?\n\nand why", "", "👋", "x" * 10_000, "/article jet-lag", "\ud83d end"])
def test_a_message_comes_in_as_it_was_written(channel: Channel, case: Case, sender: str, text: str) -> None:
    """Sender and words, whatever they are made of; neither is in what a log would show of it."""
    request = case.request(sender, text)
    channel.verify(request)
    (message,) = channel.messages(request)
    assert (message.sender, message.text) == (sender, text)
    assert (message.language, message.country, message.site) == (None, None, None)
    assert repr(message) == "ChannelMessage(language=None, country=None, site=None)"
    assert repr(request) == "Request()"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b'"a"', b"{}", b"\xff\xfe", b"[" * 30_000])
def test_what_is_no_request_of_the_channel_is_refused(channel: Channel, body: bytes) -> None:
    """As the sender's fault, whatever it is."""
    with pytest.raises(InvalidMessage):
        channel.messages(Request(body))


def test_every_bundled_article_is_quoted_whole(channel: Channel, case: Case, bundled: list[SourcedArticle]) -> None:
    """Character for character and in order, with its numbered references, their addresses, and the disclaimer last."""
    assert len(bundled) > 20
    for record in bundled:
        reply = answer(record.article)
        text = said(case, channel, reply)
        assert is_said_in_order(parts(reply.blocks), text), record.article.id
        assert text.endswith(texts.DISCLAIMER)
        for number, reference in enumerate(record.article.references, 1):
            assert f"{number}. {reference.text}" in text


def test_no_mark_changes_a_word(channel: Channel, case: Case) -> None:
    """An article full of what other places take for markup is said as it is."""
    lines = "\n".join(f"- {MARKS} {number}" for number in range(20))
    article = Article("marks", MARKS, MARKS, f"{MARKS}\n\n{lines}\n\n{MARKS}", references=(Reference(MARKS),))
    reply = answer(article)
    assert is_said_in_order(parts(reply.blocks), said(case, channel, reply))


def test_an_emergency_comes_first(channel: Channel, case: Case, bundled: list[SourcedArticle]) -> None:
    """Whom to call stands before the article."""
    reply = emergency(bundled[0].article)
    assert said(case, channel, reply).startswith("".join(block_text(CALL)))


def test_buttons_send_our_commands(channel: Channel, case: Case, bundled: list[SourcedArticle]) -> None:
    """Choices as they are offered; below an answer, whether it helped."""
    articles = [record.article for record in bundled[:3]]
    offered = choices(*articles)
    rendered = channel.rendered(offered, buttons(offered, ENGLISH), "p")
    assert case.pressed(rendered) == [*(f"/article {each.id}" for each in articles), "/none"]
    answered = answer(articles[0])
    rendered = channel.rendered(answered, buttons(answered, ENGLISH), "p")
    assert case.pressed(rendered) == [f"/helpful {answered.turn_id}", f"/unhelpful {answered.turn_id}"]
    assert not case.pressed(channel.rendered(INFORMATION, buttons(INFORMATION, ENGLISH), "p"))


def test_blocks_stand_apart(channel: Channel, case: Case) -> None:
    """Nothing of a paragraph runs into the next."""
    one, two = (Block(BlockType.PARAGRAPH, name, quoted=True) for name in ("One.", "Two."))
    text = said(case, channel, replace(INFORMATION, blocks=(one, two, *CLOSING)))
    places = [text.index(each) for each in ("One.", "Two.", texts.DISCLAIMER)]
    assert all("\n" in text[first:second] for first, second in pairwise(places))

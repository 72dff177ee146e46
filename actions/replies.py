"""A reply of the API, and what of it Rasa is to send."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.sentences import HELPFUL, NOT_HELPFUL, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rasa_sdk.executor import CollectingDispatcher

CHOOSE: Final = "choose"
FEEDBACK: Final = "feedback"
_REFERENCE: Final = "reference"
_EMPTY_LINE: Final = "\n\n"
# Rasa's channels send a text without buttons in pieces, cut at each empty line; at a line with a space they do not.
_UNCUT_LINE: Final = "\n \n"
_CUTTING_CHANNELS: Final = frozenset({"socketio"})  # these cut one with buttons, too


class MalformedReply(Exception):
    """It is not a reply. The text has nothing of what it was."""


class _Part(BaseModel):
    """A part of a reply, as far as it is needed here; there may be more in it."""

    model_config = ConfigDict(strict=True, frozen=True)


class Block(_Part):
    """One piece of a reply; its `type` may be one that is not known yet."""

    type: str
    text: str = ""
    items: list[str] | None = None
    href: str | None = None
    number: int | None = None


class QuickReply(_Part):
    """A button: `title` is shown, `payload` is the message it sends to the API."""

    title: str
    payload: str


class _Reply(_Part):
    session_id: str
    turn_id: str
    outcome: str
    quotation: dict[str, Any] | None = None
    blocks: list[Block] = Field(min_length=1)
    quick_replies: list[QuickReply] = []
    language: str = "en"
    erased: bool = False


class Reply:
    """A reply: `raw` is the JSON as it came, `parts` is what was read of it."""

    def __init__(self, raw: dict[str, Any], parts: _Reply) -> None:
        self.raw = raw
        self.parts = parts

    @property
    def buttons(self) -> list[dict[str, str]]:
        """What can be pressed: the quick replies, and beside an article whether it helped."""
        buttons = [button(reply.title, CHOOSE, payload=reply.payload) for reply in self.parts.quick_replies]
        if self.parts.quotation is not None:
            for sentence, helpful in ((HELPFUL, "yes"), (NOT_HELPFUL, "no")):
                title = say(sentence, self.parts.language)
                buttons.append(button(title, FEEDBACK, helpful=helpful, turn=self.parts.turn_id))
        return buttons

    def text(self, channel: str = "") -> str:
        """All blocks, as a person reads them in this channel of Rasa's, where nothing but text can be shown."""
        is_cut = not self.buttons or channel in _CUTTING_CHANNELS
        return plain_text(self.parts.blocks, _UNCUT_LINE if is_cut else _EMPTY_LINE)

    def send(self, dispatcher: CollectingDispatcher, channel: str = "") -> None:
        """Have Rasa send the reply as one text with its buttons, and then as it came, for programs."""
        # As `response`, it would be a template, in which a brace of an article's stands for something.
        dispatcher.utter_message(text=self.text(channel), buttons=self.buttons)
        dispatcher.utter_message(json_message={"data": {"reply": self.raw}})


def read_reply(value: object) -> Reply:
    """The reply that `value` (parsed JSON) is. Raises MalformedReply."""
    if not isinstance(value, dict):
        raise MalformedReply("it is not an object")
    try:
        parts = _Reply.model_validate(value)
    except ValidationError as error:
        raise MalformedReply(f"{error.error_count()} faults") from None
    if not plain_text(parts.blocks, _EMPTY_LINE).strip():
        raise MalformedReply("it says nothing")
    return Reply(value, parts)


def button(title: str, intent: str, **entities: str) -> dict[str, str]:
    """A button whose press Rasa takes for a message of this intent with these entities."""
    return {"title": title, "payload": f"/{intent}{json.dumps(entities, ensure_ascii=False)}"}


def plain_text(blocks: Sequence[Block], between: str) -> str:
    """Blocks as text, with `between` them; references stand together, each numbered, its address below it."""
    return "".join(_lines(blocks, between))


def _lines(blocks: Sequence[Block], between: str) -> Iterator[str]:
    for block, following in pairwise([*blocks, None]):
        assert block is not None  # only the last is
        yield _text(block)
        if following is not None:
            yield "\n" if block.type == following.type == _REFERENCE else between


def _text(block: Block) -> str:
    if block.items is not None:
        text = "\n".join(f"  • {item}" for item in block.items)
    elif block.type == _REFERENCE and block.number is not None:
        text = f"  {block.number}. {block.text}"
    else:
        text = block.text
    if not block.href:
        return text
    return f"{text}\n     {block.href}" if block.type == _REFERENCE else f"{text}: {block.href}"

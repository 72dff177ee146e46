"""The REST channel of Rasa, in its protocol: what was made for Rasa talks to this program without Rasa.

The protocol is that of Rasa Open Source 3.6, https://rasa.com/docs/rasa/connectors/your-own-website#restinput.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.channels.base import Answer
from bot.domain.errors import InvalidMessage, shown
from bot.domain.intents import COMMANDS
from bot.domain.message import COUNTRY_CODE, ChannelMessage
from bot.domain.plain_text import plain_text
from bot.domain.records import LANGUAGE_TAG
from bot.domain.sites import SITE_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import Request
    from bot.domain.reply import QuickReply, Reply

# `/intent` and `/intent{"entity": "value"}`, as Rasa's clients send them in the place of words.
# White space is asked for in one place alone: in two, a long row of it would be tried in every division.
_INTENT: Final = re.compile(r"/([\w.-]+)(?:\s*(\{.*\}))?", re.DOTALL)
# What clients say when they are opened: https://rasa.com/docs/rasa/default-actions#action_session_start.
_OPENINGS: Final = frozenset({"greet", "session_start", "get_started"})
_MARKS: Final = {"yes": "/helpful", "true": "/helpful", "no": "/unhelpful", "false": "/unhelpful"}


class RestChannel:
    """`bot.channels.base.Channel`: the replies come back in the answer to the request."""

    name = "rest"
    path = "rest/webhook"

    def verify(self, request: Request) -> None:
        """See `Channel.verify`: the protocol has no signature, so any request may come."""

    def messages(self, request: Request) -> tuple[ChannelMessage, ...]:
        """See `Channel.messages`: one, whose metadata may name language, country and site."""
        body = _object(request.body)
        metadata = body.get("metadata")
        told = metadata if isinstance(metadata, Mapping) else {}
        return (
            ChannelMessage(
                sender=_sender(body),
                text=_text(body),
                language=_told(told, "language", LANGUAGE_TAG),
                country=_told(told, "country", COUNTRY_CODE),
                site=_told(told, "site", SITE_ID),
            ),
        )

    def rendered(self, reply: Reply, buttons: Sequence[QuickReply], recipient: str) -> tuple[dict[str, Any], ...]:
        """See `Channel.rendered`: one message with the text and the buttons, and one with the reply for programs."""
        said: dict[str, Any] = {"recipient_id": recipient, "text": plain_text(reply.blocks).removesuffix("\n")}
        if buttons:
            said["buttons"] = [asdict(button) for button in buttons]
        # Rasa delivers `json_message={"data": {"reply": ...}}` in this form.
        return said, {"recipient_id": recipient, "custom": {"data": {"reply": asdict(reply)}}}

    def answer(self, request: Request, rendered: Sequence[dict[str, Any]]) -> Answer:
        """See `Channel.answer`: a list; with `?stream=true` a line for each message."""
        if request.query.get("stream", "").lower() == "true":
            return Answer(b"".join(_json(message) + b"\n" for message in rendered), "text/event-stream")
        return Answer(_json(rendered), "application/json")


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise InvalidMessage('the body is not a JSON object; send one such as {"sender": "...", "message": "..."}')
    return parsed


def _sender(body: Mapping[str, Any]) -> str:
    """Rasa takes a missing sender for one called "default": all such patients would share one conversation."""
    sender = body.get("sender")
    if isinstance(sender, int) and not isinstance(sender, bool):
        sender = str(sender)
    if not isinstance(sender, str) or not sender.strip():
        raise InvalidMessage(
            "sender: it is missing, or no text and no whole number; name who is writing, by an id that nobody else can "
            "guess"
        )
    return sender


def _text(body: Mapping[str, Any]) -> str:
    text = body.get("message")
    if not isinstance(text, str):
        raise InvalidMessage("message: it is missing, or no text")
    return _said(text)


def _said(text: str) -> str:
    """What a message in the form of an intent says in ours; any other as it is.

    >>> _said('/choose{"payload": "/article jet-lag"}')
    '/article jet-lag'
    >>> _said("/session_start"), _said("/ask_fever"), _said('/inform{"symptom": "chest pain"}')
    ('/start', 'ask fever', 'chest pain')
    """
    form = _INTENT.fullmatch(text.rstrip())
    entities = _entities(form[2]) if form else None
    return text if form is None or entities is None else _command(form[1], entities) or _words(form[1], entities)


def _command(intent: str, entities: Mapping[str, Any]) -> str | None:
    """What the buttons of our own sample assistant send, and what clients send when they are opened."""
    if f"/{intent}" in COMMANDS and not entities:
        return f"/{intent}"
    if intent == "choose" and isinstance(payload := entities.get("payload"), str):
        return payload
    if intent == "feedback" and (mark := _MARKS.get(str(entities.get("helpful")).lower())):
        return f"{mark} {entities.get('turn') or ''}".strip()
    return "/topics" if intent == "browse" else "/start" if intent in _OPENINGS else None


def _words(intent: str, entities: Mapping[str, Any]) -> str:
    """Those of its entities, which may be a patient's, so that an emergency among them is seen; else its name's."""
    return " ".join(value for value in entities.values() if isinstance(value, str)) or intent.replace("_", " ")


def _entities(text: str | None) -> dict[str, Any] | None:
    """Those behind an intent; None where they are not JSON."""
    if text is None:
        return {}
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _told(metadata: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str | None:
    """What the metadata names; whatever has not the form of one is passed over, as other clients' metadata."""
    value = metadata.get(name)
    return value if isinstance(value, str) and form.fullmatch(value) else None


def _json(value: object) -> bytes:
    """In ASCII, since a sender's id may have half a surrogate pair in it."""
    return json.dumps(value, default=_date).encode("ascii")


def _date(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{shown(value)} has no form in JSON")

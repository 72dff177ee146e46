"""What Rasa says of a patient's message, as far as an action needs it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from actions.settings import COUNTRY, LANGUAGE_TAG, SITE

if TYPE_CHECKING:
    import re

    from rasa_sdk import Tracker

    from actions.settings import Settings

SESSION_SLOT: Final = "doctors_note_session"
TURN_SLOT: Final = "doctors_note_turn"
REPLIED_SLOT: Final = "doctors_note_replied"
_SLOTS: Final = "doctors_note_"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a patient.

    `text` is as it was typed, "" if there is none. `entities` has one value a name. `session_id` is that of the API.
    `turn_id` is that of the last reply, None if there was none. `channel` is Rasa's name of where it came in. The
    rest is None where it is not known.
    """

    text: str = field(repr=False)
    intent: str
    entities: Mapping[str, Any] = field(repr=False)
    session_id: str = field(repr=False)
    turn_id: str | None
    channel: str
    language: str | None
    country: str | None
    site: str | None


def session_id(key: bytes, sender_id: str) -> str:
    """The session of the API for a sender of Rasa's: nobody without the key can tell who it is, or guess it.

    It is 43 characters long. The same sender has the same one, so that nothing about it need be kept.

    >>> session_id(b"a secret of ours", "+44 7700 900123")
    'q9PEScvWABLDTfWcyXGUsQLQP9d4WPW8pok4O394EZI'
    """
    digest = hmac.new(key, b"rasa\0" + sender_id.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def read_message(tracker: Tracker, settings: Settings) -> Message:
    """The message that the tracker of a conversation was left with.

    `language`, `country` and `site` are those of the message's metadata, else of the slots doctors_note_language and
    so on, else of the settings; what does not have the form of one is passed over.
    """
    latest = tracker.latest_message
    intent, entities = latest.get("intent"), latest.get("entities")
    text, turn_id = latest.get("text"), tracker.slots.get(TURN_SLOT)
    return Message(
        text=text if isinstance(text, str) else "",
        intent=_name(intent.get("name")) if isinstance(intent, Mapping) else "",
        entities={
            _name(entity.get("entity")): entity.get("value")
            for entity in (entities if isinstance(entities, list) else [])
            if isinstance(entity, Mapping)
        },
        session_id=session_id(settings.key, str(tracker.sender_id)),
        turn_id=turn_id if isinstance(turn_id, str) and turn_id else None,
        channel=_name(tracker.get_latest_input_channel()),
        language=_told(tracker, "language", LANGUAGE_TAG, settings.language),
        country=_told(tracker, "country", COUNTRY, settings.country),
        site=_told(tracker, "site", SITE, settings.site),
    )


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


def _told(tracker: Tracker, name: str, form: re.Pattern[str], otherwise: str | None) -> str | None:
    metadata = tracker.latest_message.get("metadata")
    told = (metadata.get(name) if isinstance(metadata, Mapping) else None, tracker.slots.get(_SLOTS + name))
    return next((value for value in told if isinstance(value, str) and form.fullmatch(value)), otherwise)

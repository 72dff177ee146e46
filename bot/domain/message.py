"""What a patient says, checked before anything else looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import InvalidMessage, shown
from bot.domain.records import LANGUAGE_TAG, UNPRINTABLE

MAX_MESSAGE_CHARS: Final = 2_000
_SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
COUNTRY_CODE: Final = re.compile(r"[A-Za-z]{2}")
_CHANNEL: Final = re.compile(r"[a-z0-9-]{1,32}")


def check_session_id(session_id: str, advice: str = "") -> None:
    """Raise InvalidMessage, with `advice` at its end, if no reply ever names such a session."""
    if not _SESSION_ID.fullmatch(session_id):
        raise InvalidMessage(
            f"session_id: {shown(session_id)} is not 16 to 64 of the characters A-Z, a-z, 0-9, - and _.{advice}"
        )


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it came in from a channel.

    `session_id` is None for the first message of a conversation; `language` is a BCP 47 tag, `country` an ISO 3166
    code of two letters, both None if unknown. `channel` names where it came in.
    """

    message: str
    session_id: str | None = None
    language: str | None = None
    country: str | None = None
    channel: str = "api"

    def __post_init__(self) -> None:
        """Raise InvalidMessage where a field cannot be used."""
        if len(self.message) > MAX_MESSAGE_CHARS:
            raise InvalidMessage(
                f"message: {len(self.message):,} characters are too many; at most {MAX_MESSAGE_CHARS:,} are taken. "
                "Please ask in fewer words."
            )
        if not self.message.strip():
            raise InvalidMessage("message: it is empty. Please type a question.")
        if not any(character.isalnum() for character in self.message):
            raise InvalidMessage("message: there is no word in it. Please type a question in words.")
        if self.session_id is not None:
            check_session_id(self.session_id, " Leave it out to begin a conversation.")
        if self.language is not None and not LANGUAGE_TAG.fullmatch(self.language):
            raise InvalidMessage(f"language: {shown(self.language)} is not a BCP 47 language tag such as en or pt-BR.")
        if self.country is not None and not COUNTRY_CODE.fullmatch(self.country):
            raise InvalidMessage(f"country: {shown(self.country)} is not a country's code of two letters such as GB.")
        if not _CHANNEL.fullmatch(self.channel):
            raise InvalidMessage(f"channel: {shown(self.channel)} is not 1 to 32 of the characters a-z, 0-9 and -.")

    @property
    def text(self) -> str:
        """The words to match: control characters count as spaces."""
        return UNPRINTABLE.sub(" ", self.message).strip()


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message as a messaging channel delivers it; nothing about its length or words has been checked.

    `sender` is the channel's own name of who wrote it: it is neither kept nor logged. `language` is a BCP 47 tag,
    `country` an ISO 3166 code of two letters, `site` the id of a web site that is set up; each None if unknown.
    """

    sender: str = field(repr=False)
    text: str = field(repr=False)
    language: str | None = None
    country: str | None = None
    site: str | None = None

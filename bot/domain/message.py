"""What a patient says, checked before anything else looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import InvalidMessage, shown
from bot.domain.records import LANGUAGE_TAG, UNPRINTABLE, is_article_id

MAX_MESSAGE_CHARS: Final = 2_000
_SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
ARTICLE_COMMAND: Final = "/article "


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it came in from a channel.

    `session_id` is None for the first message of a conversation; `language` is a BCP 47 tag, None if unknown.
    """

    message: str
    session_id: str | None = None
    language: str | None = None

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
        if self.session_id is not None and not _SESSION_ID.fullmatch(self.session_id):
            raise InvalidMessage(
                f"session_id: {shown(self.session_id)} is not 16 to 64 of the characters A-Z, a-z, 0-9, - and _. "
                "Leave it out to begin a conversation."
            )
        if self.language is not None and not LANGUAGE_TAG.fullmatch(self.language):
            raise InvalidMessage(f"language: {shown(self.language)} is not a BCP 47 language tag such as en or pt-BR.")

    @property
    def text(self) -> str:
        """The words to match: control characters count as spaces."""
        return UNPRINTABLE.sub(" ", self.message).strip()

    @property
    def chosen_article(self) -> str | None:
        """The article that was picked from the choices, None for a question in the patient's own words."""
        if not self.message.startswith(ARTICLE_COMMAND):
            return None
        chosen = self.message.removeprefix(ARTICLE_COMMAND).strip()
        return chosen if is_article_id(chosen) else None

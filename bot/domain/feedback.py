"""What a patient thinks of a reply, checked before anything else looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.errors import InvalidFeedback, shown
from bot.domain.message import check_session_id
from bot.domain.records import UNPRINTABLE

MAX_COMMENT_CHARS: Final = 1_000


class FeedbackReason(StrEnum):
    """Why a reply did not help, as a patient may choose."""

    WRONG_QUESTION = "wrong-question"
    HARD_TO_UNDERSTAND = "hard-to-understand"
    TOO_LONG = "too-long"
    NOT_ENOUGH = "not-enough"
    OUT_OF_DATE = "out-of-date"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class GivenFeedback:
    """Feedback as it came in; `reason` and `comment` are "" where they were not given."""

    session_id: str
    turn_id: str
    helpful: bool
    reason: str = ""
    comment: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidFeedback, or InvalidMessage for the session, where a field cannot be used."""
        check_session_id(self.session_id)
        if self.reason and self.reason not in set(FeedbackReason):
            raise InvalidFeedback(f"reason: {shown(self.reason)} is not one of {', '.join(FeedbackReason)}.")
        if len(self.comment) > MAX_COMMENT_CHARS:
            raise InvalidFeedback(
                f"comment: {len(self.comment):,} characters are too many; at most {MAX_COMMENT_CHARS:,} are taken. "
                "Please say it in fewer words."
            )

    @property
    def text(self) -> str:
        """The comment's words: control characters count as spaces."""
        return UNPRINTABLE.sub(" ", self.comment).strip()

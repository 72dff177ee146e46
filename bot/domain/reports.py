"""What a patient says is wrong with an article, checked before anything else looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.errors import InvalidReport
from bot.domain.feedback import MAX_COMMENT_CHARS
from bot.domain.records import UNPRINTABLE

MAX_REPORT_CHARS: Final = MAX_COMMENT_CHARS


class ReportState(StrEnum):
    """Whether staff have dealt with a report."""

    OPEN = "open"
    CLOSED = "closed"


def count_chars(text: str) -> int:
    """How long a report is: a line break counts as one character, however it was sent."""
    return len(text.replace("\r\n", "\n"))


@dataclass(frozen=True, slots=True)
class GivenReport:
    """A report as it came in; `revision` is that which the patient read, None for the newest."""

    article_id: str
    text: str
    revision: int | None = None

    def __post_init__(self) -> None:
        """Raise InvalidReport where the text cannot be used."""
        count = count_chars(self.text)
        if count > MAX_REPORT_CHARS:
            raise InvalidReport(
                f"text: {count:,} characters are too many; at most {MAX_REPORT_CHARS:,} are taken. "
                "Please say it in fewer words."
            )
        if not self.words:
            raise InvalidReport("text: it is empty. Please write what is wrong.")

    @property
    def words(self) -> str:
        r"""The text with one kind of line break; control characters count as spaces.

        >>> GivenReport("a", " one\r\ntwo\x00 ").words
        'one\ntwo'
        """
        return UNPRINTABLE.sub(" ", self.text.replace("\r\n", "\n")).strip()

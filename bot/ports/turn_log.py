"""The turns that were kept, for staff to look at one by one."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from bot.domain.reply import Outcome  # noqa: TC001  so it is of this

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.article import Revision
    from bot.ports.turns import Feedback, Turn

HELPFUL: Final = "helpful"
UNHELPFUL: Final = "unhelpful"
ANY_FEEDBACK: Final = "any"
NO_FEEDBACK: Final = "none"


@dataclass(frozen=True, slots=True)
class TurnFilters:
    """Which turns are wanted; None and "" ask for any.

    `language` is a primary subtag. `article_id` is of the article quoted. `since` and `until` are days of UTC, both
    included. `feedback` is "helpful", "unhelpful", "any" or "none".
    """

    outcome: Outcome | None = None
    channel: str = ""
    language: str = ""
    intent: str = ""
    article_id: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ListedTurn:
    """A turn as a list shows it; `question` is redacted, None where no words are kept.

    `helpful` is None where no feedback was given. `quoted` is what the article quoted asks now.
    """

    id: str
    created: dt.datetime
    channel: str
    language: str
    intent: str
    outcome: Outcome
    question: str | None
    probability: float | None
    article_id: str | None
    quoted: str | None
    helpful: bool | None


@dataclass(frozen=True, slots=True)
class TurnPage:
    """One page of turns, newest first; `total` counts all pages. The rest is what there is to filter by."""

    turns: tuple[ListedTurn, ...]
    total: int
    page: int
    size: int
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    intents: tuple[str, ...]


class TurnLog(Protocol):
    """Reads what was kept of turns. Every method may raise Unavailable."""

    def page(self, filters: TurnFilters, number: int, size: int) -> TurnPage:
        """Page `number` (from 1) of the turns that fit."""
        ...

    def turn(self, turn_id: str) -> tuple[Turn, Feedback | None]:
        """A turn, and what its patient thought of it. Raises NotFound."""
        ...

    def revisions(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Revision]:
        """Those revisions, by article and number, that there are."""
        ...

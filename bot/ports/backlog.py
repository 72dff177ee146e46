"""What waits for staff, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many of each kind wait.

    `groups` are open ones with questions, `wanted` those that need an article, `submitted` drafts wait for sign-off and
    `signed_off` ones to be published, `overdue` articles are served past their day of review, `reports` are open.
    """

    groups: int
    wanted: int
    submitted: int
    signed_off: int
    overdue: int
    reports: int


class BacklogStore(Protocol):
    """Counts what waits, for the first page of staff. May raise Unavailable."""

    def counts(self, today: dt.date) -> Backlog:
        """All of it, in one statement; `today` says what is overdue."""
        ...

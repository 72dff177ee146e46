"""What patients say is wrong with an article, and which replies did not help them."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from bot.domain.reports import ReportState  # noqa: TC001  so is it of this

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.domain.question_queue import Action

# The kind of the actions that `ReportStore.turn_to` makes.
KIND: Final = "reports"


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """A report; `text` is redacted.

    `revision` is that which the patient read. `handled_by`, `handled` and `note` say who last closed or reopened it,
    when, and what they noted; "" and None where nobody has. `version` grows with each change.
    """

    id: str
    article_id: str
    revision: int
    text: str
    created: dt.datetime
    state: ReportState
    handled_by: str
    handled: dt.datetime | None
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report beside its article as it is now."""

    report: ErrorReport
    question: str
    newest_revision: int


@dataclass(frozen=True, slots=True)
class UnhelpfulMark:
    """A reply that did not help; `comment` is redacted.

    `question` is the patient's, redacted, None where it is not kept; `article_id` and `article` (its question) are
    those of what was quoted, None where nothing was or, of the latter, where it is no more. `given` is when it was last
    said.
    """

    turn_id: str
    question: str | None
    article_id: str | None
    article: str | None
    outcome: str
    channel: str
    reason: str
    comment: str
    given: dt.datetime


@dataclass(frozen=True, slots=True)
class Sifting:
    """Which reports or marks are wanted; "" and None ask for any. Days are UTC's, `until` is the last of them.

    `state` is of reports, `reason` of marks.
    """

    article_id: str = ""
    state: ReportState | None = None
    reason: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of reports, newest first; `total` counts all pages, `open` all open ones of the library."""

    reports: tuple[ListedReport, ...]
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class MarkPage:
    """One page of unhelpful marks, newest first; `total` counts all pages."""

    marks: tuple[UnhelpfulMark, ...]
    total: int


class ReportStore(Protocol):
    """Error reports and unhelpful marks. Every method may raise Unavailable."""

    def add(self, report: ErrorReport) -> bool:
        """Keep a new report; False if one with the very same words is open on the article. Raises NotFound."""
        ...

    def count_open(self, article_id: str, since: dt.datetime) -> tuple[int, int]:
        """How many open reports came in since then: on the article, and on all."""
        ...

    def page(self, wanted: Sifting, number: int, size: int) -> ReportPage:
        """Page `number`, from 1."""
        ...

    def marks(self, wanted: Sifting, number: int, size: int) -> MarkPage:
        """Page `number`, from 1."""
        ...

    def turn_to(self, state: ReportState, versions: Mapping[str, int], note: str, by: str) -> Action:
        """Close or reopen the reports whose ids and versions these are, all or none; an action of `KIND`.

        Raises Conflict for one that changed meanwhile, NotFound for one that is not there.
        """
        ...

    def take_back(self, action_id: str, by: str) -> None:
        """Undo what `turn_to` did. Raises NotFound, and Conflict if it was undone, or a report changed since."""
        ...

    def all_reports(self, wanted: Sifting) -> Iterator[ErrorReport]:
        """Every one, oldest first, read little by little."""
        ...

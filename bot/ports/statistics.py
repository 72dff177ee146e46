"""What the turns, feedback and staff's work add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from bot.domain.days import Days
    from bot.ports.turns import Turn

# A group of questions is of the class of the largest of these that it has reached.
GROUP_SIZES: Final = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class TurnCount:
    """How many turns of a day had an outcome; `questions` are those that were looked up in the library."""

    day: dt.date
    outcome: str
    turns: int
    questions: int


@dataclass(frozen=True, slots=True)
class ShareCount:
    """How many turns came in by a channel, or in a language; `questions` were looked up, `answered` of these quoted."""

    name: str
    turns: int
    questions: int
    answered: int


@dataclass(frozen=True, slots=True)
class MarkCount:
    """How many marks were given on a day."""

    day: dt.date
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class QuotedArticle:
    """How often an article was quoted, and what was thought of it; `question` is None where it is no more."""

    article_id: str
    question: str | None
    quoted: int
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class NamedCount:
    """How often something was counted."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class GapCount:
    """How many groups reached `size` questions on `day`, and were settled on `settled`; None: they are open."""

    day: dt.date
    settled: dt.date | None
    size: int
    groups: int


@dataclass(frozen=True, slots=True)
class OverdueArticle:
    """A served article whose review was due."""

    article_id: str
    question: str
    review_due: dt.date


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that the dashboard shows.

    Days are UTC's. Channels, languages, articles and symptoms are those of most turns, up to the limit that was asked
    for. `taught_after_s` has, for each group taught in this time, the seconds from its first question to the first
    phrasing. `gaps` are all of the past up to the end of the days; `reviews_due` counts the served articles by the days
    (from 0) since their review was due, `overdue` has the longest due of them.
    """

    turns: tuple[TurnCount, ...]
    channels: tuple[ShareCount, ...]
    languages: tuple[ShareCount, ...]
    marks: tuple[MarkCount, ...]
    articles: tuple[QuotedArticle, ...]
    symptoms: tuple[NamedCount, ...]
    signs: tuple[NamedCount, ...]
    gaps: tuple[GapCount, ...]
    taught_after_s: tuple[float, ...]
    reviews_due: tuple[tuple[dt.date, int], ...]
    overdue: tuple[OverdueArticle, ...]
    open_reports: int


@dataclass(frozen=True, slots=True)
class ExportedGroup:
    """A group of questions as a row of a table; `title` is staff's own."""

    id: str
    title: str
    language: str
    state: str
    assignee: str
    article_id: str | None
    questions: int
    people: int
    first_asked: dt.datetime | None
    last_asked: dt.datetime | None
    settled: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ExportedMark:
    """Feedback as a row of a table."""

    turn_id: str
    helpful: bool
    reason: str
    comment: str
    given: dt.datetime
    article_id: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class TaughtPhrasing:
    """A phrasing that was taught."""

    article_id: str
    text: str
    taught: dt.datetime
    taught_by: str
    group_id: str | None


class StatisticsStore(Protocol):
    """What the turns, feedback and staff's work add up to. Every method may raise Unavailable.

    What is read to be exported is read little by little, oldest first, without holding anything up.
    """

    def statistics(self, days: Days, today: dt.date, limit: int) -> Statistics:
        """All figures of `days`, by a number of statements that does not depend on what there is."""
        ...

    def turns_of(self, days: Days) -> Iterator[Turn]:
        """Every turn of these days."""
        ...

    def marks_of(self, days: Days) -> Iterator[ExportedMark]:
        """All feedback that was given, or last changed, on these days."""
        ...

    def phrasings_of(self, days: Days) -> Iterator[TaughtPhrasing]:
        """Every phrasing taught on these days, and not taken away since."""
        ...

    def groups(self) -> Iterator[ExportedGroup]:
        """Every group that there is, in the order of ids."""
        ...

    def note_export(self, kind: str, days: Days, by: str) -> None:
        """Tell in the audit log that `by` took a file of this kind away."""
        ...

"""Spans of days, in UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST: Final = dt.date(2000, 1, 1)
_LAST: Final = dt.date(2199, 12, 31)
MAX_DAYS: Final = 3_660


class Step(StrEnum):
    """The spans that figures over time are added up in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def check_days(*days: dt.date | None) -> None:
    """Raise InvalidQuery for a day in no likely year; None is any."""
    for day in days:
        if day and not _FIRST <= day <= _LAST:
            raise InvalidQuery(f"{day} is not a day from {_FIRST} to {_LAST}")


@dataclass(frozen=True, slots=True)
class Days:
    """From `since` to `until`, both within."""

    since: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        """Raise InvalidQuery where there is no such span, or a longer one than can be looked at."""
        check_days(self.since, self.until)
        if self.until < self.since:
            raise InvalidQuery(f"since: {self.since} is after until, {self.until}; give the earlier day as since")
        if self.count > MAX_DAYS:
            raise InvalidQuery(f"{self.count:,} days are too many; ask for at most {MAX_DAYS:,}")

    @property
    def count(self) -> int:
        """How many days they are."""
        return (self.until - self.since).days + 1

    @property
    def start(self) -> dt.datetime:
        """The moment at which they begin."""
        return dt.datetime.combine(self.since, dt.time.min, dt.UTC)

    @property
    def end(self) -> dt.datetime:
        """The moment at which they are over, and which does not belong to them."""
        return dt.datetime.combine(self.until + dt.timedelta(days=1), dt.time.min, dt.UTC)

    @property
    def step(self) -> Step:
        """In what figures over time are added up, so that there are never too many to be read."""
        return Step.DAY if self.count <= 100 else Step.WEEK if self.count <= 800 else Step.MONTH

    def step_of(self, day: dt.date) -> dt.date:
        """The first day of the step that `day` is in: a Monday, the first of a month; never before `since`.

        >>> Days(dt.date(2026, 1, 1), dt.date(2026, 12, 31)).step_of(dt.date(2026, 3, 1)).isoformat()
        '2026-02-23'
        """
        match self.step:
            case Step.DAY:
                return day
            case Step.WEEK:
                first = day - dt.timedelta(days=day.weekday())
            case Step.MONTH:
                first = day.replace(day=1)
        return max(first, self.since)

    def steps(self) -> Iterator[dt.date]:
        """The first day of each step, in order."""
        last = None
        for number in range(self.count):
            first = self.step_of(self.since + dt.timedelta(days=number))
            if first != last:
                yield first
            last = first

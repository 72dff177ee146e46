"""The dashboard's panels: each a table of figures, with a sentence that says the essential ones.

A plot and a file are made of the same table, so that all three say the same.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.domain.reply import Outcome
from bot.ports.statistics import GROUP_SIZES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.days import Days
    from bot.ports.statistics import ShareCount, Statistics

_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400


class Unit(StrEnum):
    """What the figures of a column are."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    SHARE = "share"
    """From 0 to 1; None where there is nothing to divide."""
    ARTICLE = "article"
    """An article's id."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a panel's table."""

    name: str
    unit: Unit


Cell = str | int | float | dt.date | None


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the dashboard. `summary` says its essential figures, `meaning` what they are figures of."""

    key: str
    title: str
    summary: str
    meaning: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def panels(statistics: Statistics, days: Days, today: dt.date) -> tuple[Panel, ...]:
    """All of them, in the order in which they are shown."""
    return (
        _turns(statistics, days),
        _match(statistics, days),
        _helpful(statistics, days),
        _gaps(statistics, days),
        _teaching(statistics),
        _articles(statistics),
        _symptoms(statistics),
        _shares("channels", "Channels", "channel", statistics.channels),
        _shares("languages", "Languages", "language", statistics.languages),
        _emergencies(statistics),
        _reviews(statistics, today),
        _overdue(statistics, today),
    )


def _turns(statistics: Statistics, days: Days) -> Panel:
    counts: Counter[tuple[dt.date, str]] = Counter()
    for each in statistics.turns:
        counts[days.step_of(each.day), each.outcome] += each.turns
    rows = {first: [counts[first, outcome] for outcome in Outcome] for first in days.steps()}
    totals = [sum(figures) for figures in zip(*rows.values(), strict=True)]
    whole = sum(totals)
    parts = ", ".join(f"{count:,} {outcome}" for outcome, count in zip(Outcome, totals, strict=True))
    return Panel(
        "turns",
        "Turns by outcome",
        f"{_count(whole, 'turn')}: {parts}.",
        "Every message that was replied to, by what became of it.",
        (_over_time(days), *(Column(outcome, Unit.COUNT) for outcome in Outcome), Column("all", Unit.COUNT)),
        tuple((first, *figures, sum(figures)) for first, figures in rows.items()),
    )


def _match(statistics: Statistics, days: Days) -> Panel:
    questions: Counter[dt.date] = Counter()
    answered: Counter[dt.date] = Counter()
    for each in statistics.turns:
        first = days.step_of(each.day)
        questions[first] += each.questions
        if each.outcome == Outcome.ANSWER:
            answered[first] += each.questions
    whole, of_these = questions.total(), answered.total()
    return Panel(
        "match",
        "Match rate",
        f"{of_these:,} of {_count(whole, 'question')} answered ({_percent(_share(of_these, whole))}).",
        "Questions, follow-ups and corrections that were answered with an article, of all that were looked up. "
        "Emergencies, small talk and choices that were picked are not counted.",
        (
            _over_time(days),
            Column("questions", Unit.COUNT),
            Column("answered", Unit.COUNT),
            Column("match rate", Unit.SHARE),
        ),
        tuple(
            (first, questions[first], answered[first], _share(answered[first], questions[first]))
            for first in days.steps()
        ),
    )


def _helpful(statistics: Statistics, days: Days) -> Panel:
    helpful: Counter[dt.date] = Counter()
    unhelpful: Counter[dt.date] = Counter()
    for each in statistics.marks:
        helpful[days.step_of(each.day)] += each.helpful
        unhelpful[days.step_of(each.day)] += each.unhelpful
    whole = helpful.total() + unhelpful.total()
    return Panel(
        "helpful",
        "Helpful rate",
        f"{helpful.total():,} of {_count(whole, 'mark')} helpful ({_percent(_share(helpful.total(), whole))}).",
        "What patients marked replies as, on the day on which they last did.",
        (
            _over_time(days),
            Column("helpful", Unit.COUNT),
            Column("unhelpful", Unit.COUNT),
            Column("helpful rate", Unit.SHARE),
        ),
        tuple(
            (first, helpful[first], unhelpful[first], _share(helpful[first], helpful[first] + unhelpful[first]))
            for first in days.steps()
        ),
    )


def _gaps(statistics: Statistics, days: Days) -> Panel:
    # How many groups more, or less, have reached a size at the end of a day than at the end of the one before.
    change: Counter[tuple[dt.date, int]] = Counter()
    for each in statistics.gaps:
        if each.settled is None or each.settled > each.day:
            change[each.day, each.size] += each.groups
            if each.settled is not None:
                change[each.settled, each.size] -= each.groups
    pending = sorted(change.items(), reverse=True)
    reached = dict.fromkeys(GROUP_SIZES, 0)
    rows: list[tuple[Cell, ...]] = []
    firsts = [*days.steps()]
    for first, after in zip(firsts, [*firsts[1:], None], strict=True):
        while pending and (pending[-1][0][0] < after if after else pending[-1][0][0] <= days.until):
            (_, size), groups = pending.pop()
            reached[size] += groups
        larger = [*(reached[size] for size in GROUP_SIZES[1:]), 0]
        rows.append(
            (first, *(reached[size] - more for size, more in zip(GROUP_SIZES, larger, strict=True)), reached[1])
        )
    at_end = rows[-1]
    ends = [size - 1 for size in GROUP_SIZES[1:]]
    names = [
        *("1 question" if size == end else f"{size} to {end}" for size, end in zip(GROUP_SIZES, ends, strict=False)),
        f"{GROUP_SIZES[-1]} or more",
    ]
    return Panel(
        "gaps",
        "Gaps: open groups of questions, by size",
        f"{_count(reached[1], 'open group')} at the end: "
        + ", ".join(f"{count:,} of {name}" for name, count in zip(names, at_end[1:], strict=False))
        + ".",
        f"Groups that nobody has taught, published an article for, or dismissed, at the end of each {days.step}, by "
        "how many questions they had then. What was deleted since is not counted.",
        (_over_time(days), *(Column(name, Unit.COUNT) for name in names), Column("all", Unit.COUNT)),
        tuple(rows),
    )


_TEACHING_BINS: Final = (
    ("under 1 hour", _HOUR_S),
    ("1 hour to 1 day", _DAY_S),
    ("1 to 3 days", 3 * _DAY_S),
    ("3 to 7 days", 7 * _DAY_S),
    ("7 to 30 days", 30 * _DAY_S),
    ("over 30 days", float("inf")),
)


def _teaching(statistics: Statistics) -> Panel:
    taken = statistics.taught_after_s
    counts: Counter[str] = Counter(next(name for name, end in _TEACHING_BINS if seconds < end) for seconds in taken)
    middle = f" Median: {_spell(median(taken))}." if taken else ""
    return Panel(
        "teaching",
        "Time to teach",
        f"{_count(len(taken), 'group')} taught.{middle}",
        "From a group's first question to the first phrasing taught from it, of the groups taught in this time.",
        (Column("time", Unit.TEXT), Column("groups", Unit.COUNT)),
        tuple((name, counts[name]) for name, _ in _TEACHING_BINS),
    )


def _articles(statistics: Statistics) -> Panel:
    rows = tuple((a.article_id, a.question, a.quoted, a.helpful, a.unhelpful) for a in statistics.articles)
    return Panel(
        "articles",
        "Articles quoted most",
        _most(f"“{a.question or a.article_id}” ({a.quoted:,})" for a in statistics.articles),
        f"The {len(rows)} articles quoted most, and how the marks of this time fell out.",
        (
            Column("article", Unit.ARTICLE),
            Column("question", Unit.TEXT),
            Column("quoted", Unit.COUNT),
            Column("helpful", Unit.COUNT),
            Column("unhelpful", Unit.COUNT),
        ),
        rows,
    )


def _symptoms(statistics: Statistics) -> Panel:
    return Panel(
        "symptoms",
        "Symptoms and topics asked about most",
        _most(f"{each.name} ({each.count:,})" for each in statistics.symptoms),
        "By how often an article with it was quoted; an article counts for each of its symptoms.",
        (Column("symptom", Unit.TEXT), Column("quotations", Unit.COUNT)),
        tuple((each.name, each.count) for each in statistics.symptoms),
    )


def _shares(key: str, title: str, name: str, counts: Sequence[ShareCount]) -> Panel:
    return Panel(
        key,
        title,
        _most(f"{each.name} ({each.turns:,})" for each in counts),
        f"Turns by {name}, those of most turns first, with the match rate of each.",
        (
            Column(name, Unit.TEXT),
            Column("turns", Unit.COUNT),
            Column("questions", Unit.COUNT),
            Column("answered", Unit.COUNT),
            Column("match rate", Unit.SHARE),
        ),
        tuple((c.name, c.turns, c.questions, c.answered, _share(c.answered, c.questions)) for c in counts),
    )


def _emergencies(statistics: Statistics) -> Panel:
    whole = sum(each.turns for each in statistics.turns if each.outcome == Outcome.EMERGENCY)
    return Panel(
        "emergencies",
        "Emergencies by sign",
        f"{_count(whole, 'emergency', 'emergencies')}. {_most(f'{s.name} ({s.count:,})' for s in statistics.signs)}",
        "Messages in which signs of an emergency were found; one with several signs counts for each.",
        (Column("sign", Unit.TEXT), Column("turns", Unit.COUNT)),
        tuple((each.name, each.count) for each in statistics.signs),
    )


_REVIEW_BINS: Final = (
    ("over a year overdue", -366, None),
    ("91 to 365 days overdue", -91, -365),
    ("31 to 90 days overdue", -31, -90),
    ("1 to 30 days overdue", -1, -30),
    ("due within 30 days", 30, 0),
    ("due in 31 to 90 days", 90, 31),
)


def _reviews(statistics: Statistics, today: dt.date) -> Panel:
    counts: Counter[str] = Counter()
    for due, articles in statistics.reviews_due:
        left = (due - today).days
        for name, most, least in _REVIEW_BINS:
            if left <= most and (least is None or left >= least):
                counts[name] += articles
    overdue = sum(counts[name] for name, most, _ in _REVIEW_BINS if most < 0)
    soon = counts.total() - overdue
    return Panel(
        "reviews",
        "Reviews due",
        f"{_count(overdue, 'article')} overdue for review, {soon:,} due within 90 days, as of {today}.",
        "Of the articles that patients are shown, as of today, whatever days are chosen.",
        (Column("review", Unit.TEXT), Column("articles", Unit.COUNT)),
        tuple((name, counts[name]) for name, _, _ in _REVIEW_BINS),
    )


def _overdue(statistics: Statistics, today: dt.date) -> Panel:
    return Panel(
        "overdue",
        "Longest overdue for review",
        _most(f"“{each.question}” ({(today - each.review_due).days:,} days)" for each in statistics.overdue),
        "The articles whose review has been due for longest, as of today.",
        (
            Column("article", Unit.ARTICLE),
            Column("question", Unit.TEXT),
            Column("review due", Unit.DAY),
            Column("days overdue", Unit.COUNT),
        ),
        tuple((o.article_id, o.question, o.review_due, (today - o.review_due).days) for o in statistics.overdue),
    )


def _over_time(days: Days) -> Column:
    return Column(f"{days.step}" if days.step == "day" else f"{days.step} from", Unit.DAY)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "no share" if share is None else f"{share:.1%}".replace("%", " %")


def _count(count: int, one: str, more: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {more or one + 's'}"


def _most(named: Iterable[str]) -> str:
    first = [*named][:3]
    return f"Most: {', '.join(first)}." if first else "None."


def _spell(seconds: float) -> str:
    if seconds < _HOUR_S:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / _HOUR_S:.1f} hours" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.1f} days"

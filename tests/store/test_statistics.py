"""What turns, marks and staff's work add up to: both databases count the same, and as counted by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.article import Article, Status
from bot.domain.days import Days
from bot.domain.reply import Outcome
from bot.ports import SourcedArticle
from bot.ports.statistics import (
    ExportedGroup,
    GapCount,
    MarkCount,
    NamedCount,
    OverdueArticle,
    QuotedArticle,
    ShareCount,
    TurnCount,
)
from bot.ports.turns import Feedback
from bot.store.schema import phrasings, question_groups, queued_questions, turns
from bot.store.statistics import SqlStatisticsStore
from tests.conftest import NOON
from tests.store.conftest import noon
from tests.store.made import turn

if TYPE_CHECKING:
    from bot.store import SqlStore

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)
DAYS = Days(MONDAY, TUESDAY)


def at(day: dt.date, hour: int = 12, minute: int = 0, second: int = 0, microsecond: int = 0) -> dt.datetime:
    """A moment of a day, in UTC."""
    return dt.datetime.combine(day, dt.time(hour, minute, second, microsecond), dt.UTC)


QUOTED = {"article_id": "colds", "revision": 1, "sha256": "f" * 64}
# Two of the turns are at the very ends of the days, and two a microsecond beside them.
TURNS = (
    turn(id="before", created=at(MONDAY - dt.timedelta(days=1), 23, 59, 59, 999_999)),
    turn(id="first", created=at(MONDAY, 0), **QUOTED),
    turn(id="spanish", created=at(MONDAY), language="es", channel="web", outcome=Outcome.UNMATCHED),
    turn(id="thanks", created=at(MONDAY), channel="web", intent="thanks", outcome=Outcome.INFORMATION),
    turn(id="picked", created=at(MONDAY), channel="web", intent="choice", **QUOTED),
    turn(id="one sign", created=at(TUESDAY), outcome=Outcome.EMERGENCY, signs=("stroke",), question=None),
    turn(id="two signs", created=at(TUESDAY), outcome=Outcome.EMERGENCY, signs=("stroke", "bleeding"), question=None),
    turn(id="choices", created=at(TUESDAY), intent="follow-up", outcome=Outcome.CHOICES),
    turn(id="last", created=at(TUESDAY, 23, 59, 59, 999_999), article_id="lice", revision=1, sha256="e" * 64),
    turn(id="after", created=at(TUESDAY + dt.timedelta(days=1), 0)),
)


@pytest.fixture
def statistics(store: SqlStore) -> SqlStatisticsStore:
    """The statistics of the turns above; one article that was quoted is no more."""
    colds = Article(id="colds", question="How long is a cold?", symptoms=("Cough", "fever"), review_due=MONDAY)
    store.put([SourcedArticle(colds)])
    for each in TURNS:
        store.record(each, None)
    return SqlStatisticsStore(store.engine, noon)


def test_turns_are_counted_by_day_and_outcome(statistics: SqlStatisticsStore) -> None:
    """A day begins at midnight UTC; small talk, emergencies and picked choices are no questions."""
    assert statistics.statistics(DAYS, TUESDAY, 10).turns == (
        TurnCount(MONDAY, "answer", 2, 1),
        TurnCount(MONDAY, "information", 1, 0),
        TurnCount(MONDAY, "unmatched", 1, 1),
        TurnCount(TUESDAY, "answer", 1, 1),
        TurnCount(TUESDAY, "choices", 1, 1),
        TurnCount(TUESDAY, "emergency", 2, 0),
    )


def test_channels_and_languages_are_counted(statistics: SqlStatisticsStore) -> None:
    """Those of most turns first, up to the limit."""
    counted = statistics.statistics(DAYS, TUESDAY, 10)
    assert counted.channels == (ShareCount("api", 5, 3, 2), ShareCount("web", 3, 1, 0))
    assert counted.languages == (ShareCount("en", 7, 3, 2), ShareCount("es", 1, 1, 0))
    assert statistics.statistics(DAYS, TUESDAY, 1).languages == (ShareCount("en", 7, 3, 2),)


def test_articles_symptoms_and_signs_are_counted(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """An article that is no more has no question; each sign of an emergency counts."""
    store.give_feedback(TURNS[1].session_id, Feedback("first", False, "too-long", "", at(TUESDAY, 0)))
    store.give_feedback(TURNS[1].session_id, Feedback("picked", True, "", "", at(TUESDAY)))
    store.give_feedback(TURNS[1].session_id, Feedback("last", True, "", "", at(TUESDAY + dt.timedelta(days=1))))
    counted = statistics.statistics(DAYS, TUESDAY, 10)
    assert counted.articles == (
        QuotedArticle("colds", "How long is a cold?", 2, 1, 1),
        QuotedArticle("lice", None, 1, 0, 0),
    )
    assert counted.symptoms == (NamedCount("cough", 2), NamedCount("fever", 2))
    assert counted.signs == (NamedCount("stroke", 2), NamedCount("bleeding", 1))
    assert counted.marks == (MarkCount(TUESDAY, 1, 1),)


def test_groups_are_counted_as_they_grow(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """On the day on which they reach a size, with the day on which they were settled."""
    rows: list[dict[str, object]] = [
        {"id": "small", "state": "open", "settled": None},
        {"id": "pair", "state": "taught", "settled": at(TUESDAY)},
    ]
    shared: dict[str, object] = {"language": "en", "title": "", "assignee": "", "came_back": False, "version": 1}
    members = {"small": ["spanish"], "pair": ["first", "choices", "after"]}
    with store.engine.begin() as connection:
        made: dict[str, object] = {"created": NOON, "changed": NOON}
        connection.execute(question_groups.insert(), [row | shared | made for row in rows])
        for group, turn_ids in members.items():
            each = [{"turn_id": it, "group_id": group, "kind": "unmatched", "is_moved": False} for it in turn_ids]
            connection.execute(queued_questions.insert(), each)
        taught: dict[str, object] = {"article_id": "colds", "taught_by": "ann", "group_id": "pair"}
        connection.execute(phrasings.insert(), [taught | {"text": "b", "created": at(TUESDAY, 18)}])
        connection.execute(phrasings.insert(), [taught | {"text": "a", "created": at(TUESDAY, 6)}])
    counted = statistics.statistics(DAYS, TUESDAY, 10)
    assert set(counted.gaps) == {
        GapCount(MONDAY, TUESDAY, 1, 1),
        GapCount(MONDAY, None, 1, 1),
        GapCount(TUESDAY, TUESDAY, 2, 1),
    }
    # From midnight of Monday to six o'clock on Tuesday.
    assert [*counted.taught_after_s] == [30 * 3_600]
    assert statistics.statistics(Days(MONDAY, MONDAY), TUESDAY, 10).taught_after_s == ()
    assert [(each.text, each.group_id) for each in statistics.phrasings_of(DAYS)] == [("a", "pair"), ("b", "pair")]
    pair, small = statistics.groups()
    assert pair == ExportedGroup(
        "pair", "", "en", "taught", "", None, 3, 1, at(MONDAY, 0), at(TUESDAY + dt.timedelta(days=1), 0), at(TUESDAY)
    )
    assert (small.questions, small.settled) == (1, None)


def test_reviews_are_counted(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """Of served articles: those due, and those soon to be; one is overdue from the day after."""
    soon = TUESDAY + dt.timedelta(days=90)
    for name, due, status in (
        ("soon", soon, Status.SAMPLE),
        ("later", soon + dt.timedelta(days=1), Status.PUBLISHED),
        ("retired", MONDAY, Status.RETIRED),
        ("undated", None, Status.PUBLISHED),
    ):
        store.put([SourcedArticle(Article(id=name, question=f"{name}?", review_due=due, status=status))])
    counted = statistics.statistics(DAYS, TUESDAY, 10)
    assert counted.reviews_due == ((MONDAY, 1), (soon, 1))
    assert counted.overdue == (OverdueArticle("colds", "How long is a cold?", MONDAY),)
    assert statistics.statistics(DAYS, MONDAY, 10).overdue == ()


def test_days_without_anything(statistics: SqlStatisticsStore) -> None:
    """Are no error."""
    counted = statistics.statistics(Days(dt.date(2020, 1, 1), dt.date(2020, 1, 31)), TUESDAY, 10)
    assert (counted.turns, counted.marks, counted.articles, counted.gaps, counted.open_reports) == ((), (), (), (), 0)
    assert list(statistics.turns_of(Days(dt.date(2020, 1, 1), dt.date(2020, 1, 1)))) == []


def test_what_is_counted_is_what_is_exported(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """Turns and feedback of the days, oldest first, as they were recorded."""
    exported = list(statistics.turns_of(DAYS))
    assert sorted(exported, key=lambda each: each.id) == sorted(TURNS[1:-1], key=lambda each: each.id)
    assert [each.created for each in exported] == sorted(each.created for each in exported)
    store.give_feedback(TURNS[1].session_id, Feedback("first", False, "other", "Why?", at(MONDAY, 0)))
    mark, *others = statistics.marks_of(DAYS)
    assert not others
    assert (mark.turn_id, mark.helpful, mark.comment, mark.article_id) == ("first", False, "Why?", "colds")


def test_the_number_of_statements_does_not_grow(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """However much there is to count."""
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    statistics.statistics(Days(dt.date(2020, 1, 1), dt.date(2020, 1, 1)), TUESDAY, 10)
    of_nothing = len(statements)
    statistics.statistics(DAYS, TUESDAY, 10)
    assert len(statements) == 2 * of_nothing


def test_thousands_of_turns_are_exported_once_each(statistics: SqlStatisticsStore, store: SqlStore) -> None:
    """Also where many came at the same moment, and while others are erased."""
    template = {column.name: None for column in turns.columns} | {
        "session_id": TURNS[0].session_id,
        "created": at(MONDAY, 6),
        "channel": "api",
        "intent": "question",
        "outcome": "answer",
        "language": "en",
        "candidates": [],
        "offered": [],
        "signs": [],
        "model_sha256": "",
        "index_version": 1,
        "calibration": "",
    }
    with store.engine.begin() as connection:
        connection.execute(turns.insert(), [template | {"id": f"{number:05}"} for number in range(2_100)])
    reading = statistics.turns_of(DAYS)
    seen = [next(reading).id]
    with store.engine.begin() as connection:
        connection.execute(turns.delete().where(turns.c.id == "02000"))
    seen += [each.id for each in reading]
    assert [each for each in seen if each.isdigit()] == [f"{number:05}" for number in range(2_100) if number != 2_000]

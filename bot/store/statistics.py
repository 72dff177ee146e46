"""`bot.ports.statistics.StatisticsStore` over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.domain.article import SERVED
from bot.domain.intents import Intent
from bot.domain.reply import Outcome
from bot.domain.reports import ReportState
from bot.ports.statistics import (
    GROUP_SIZES,
    ExportedGroup,
    ExportedMark,
    GapCount,
    MarkCount,
    NamedCount,
    OverdueArticle,
    QuotedArticle,
    ShareCount,
    Statistics,
    TaughtPhrasing,
    TurnCount,
)
from bot.store.audit import log_action
from bot.store.base import SqlBase
from bot.store.chunks import read_in_chunks
from bot.store.rows import turn_of
from bot.store.schema import (
    article_symptoms,
    articles,
    error_reports,
    feedback,
    phrasings,
    question_groups,
    queued_questions,
    turns,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.days import Days
    from bot.ports.turns import Turn

    _Rows = sa.Select[*tuple[Any, ...]]

# How long before their reviews are due articles are counted.
SOON: Final = dt.timedelta(days=90)
# What was asked of the library, and what the library said to it. A button's choice is a question asked before.
_QUESTIONS: Final = [intent.value for intent in (Intent.QUESTION, Intent.FOLLOW_UP, Intent.CORRECTION)]
_LOOKED_UP: Final = [outcome.value for outcome in (Outcome.ANSWER, Outcome.CHOICES, Outcome.UNMATCHED)]


class _UtcDay(FunctionElement[dt.date]):
    """The day, in UTC, of a column that keeps a moment."""

    type = sa.Date()
    inherit_cache = True


@compiles(_UtcDay, "postgresql")
def _day_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC' AS DATE)"


@compiles(_UtcDay, "sqlite")
def _day_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10)"


def _sum_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


_IS_QUESTION: Final = sa.and_(turns.c.intent.in_(_QUESTIONS), turns.c.outcome.in_(_LOOKED_UP))
_IS_ANSWERED: Final = sa.and_(_IS_QUESTION, turns.c.outcome == Outcome.ANSWER.value)
_OF_DAYS: Final = sa.and_(turns.c.created >= sa.bindparam("start"), turns.c.created < sa.bindparam("end"))
_MARKED_THEN: Final = sa.and_(feedback.c.changed >= sa.bindparam("start"), feedback.c.changed < sa.bindparam("end"))
_TURN_DAY: Final = _UtcDay(turns.c.created)
_TURNS: Final = (
    sa.select(_TURN_DAY.label("day"), turns.c.outcome, sa.func.count(), _sum_of(_IS_QUESTION))
    .where(_OF_DAYS)
    .group_by(_TURN_DAY, turns.c.outcome)
    .order_by(_TURN_DAY, turns.c.outcome)
)
_MARK_DAY: Final = _UtcDay(feedback.c.changed)
_MARKS: Final = (
    sa.select(_MARK_DAY, _sum_of(feedback.c.helpful.is_(True)), _sum_of(feedback.c.helpful.is_(False)))
    .where(_MARKED_THEN)
    .group_by(_MARK_DAY)
    .order_by(_MARK_DAY)
)
# One row an article, which is joined to by everything that is told of articles.
_ALL_QUOTED: Final = (
    sa.select(turns.c.article_id, sa.func.count().label("quoted"))
    .where(_OF_DAYS, turns.c.article_id.is_not(None))
    .group_by(turns.c.article_id)
    .subquery()
)
_OF_ARTICLE: Final = sa.select(turns.c.article_id).where(turns.c.id == feedback.c.turn_id).scalar_subquery()
_MARKED: Final = (
    sa.select(
        _OF_ARTICLE.label("article_id"),
        _sum_of(feedback.c.helpful.is_(True)).label("helpful"),
        _sum_of(feedback.c.helpful.is_(False)).label("unhelpful"),
    )
    .where(_MARKED_THEN)
    .group_by(sa.text("1"))
    .subquery()
)
_ARTICLES: Final = (
    sa.select(
        _ALL_QUOTED.c.article_id,
        articles.c.question,
        _ALL_QUOTED.c.quoted,
        sa.func.coalesce(_MARKED.c.helpful, 0),
        sa.func.coalesce(_MARKED.c.unhelpful, 0),
    )
    .outerjoin(articles, articles.c.id == _ALL_QUOTED.c.article_id)
    .outerjoin(_MARKED, _MARKED.c.article_id == _ALL_QUOTED.c.article_id)
    .order_by(_ALL_QUOTED.c.quoted.desc(), _ALL_QUOTED.c.article_id)
    .limit(sa.bindparam("most"))
)
_SYMPTOMS: Final = (
    sa.select(article_symptoms.c.symptom, sa.func.sum(_ALL_QUOTED.c.quoted))
    .join(_ALL_QUOTED, _ALL_QUOTED.c.article_id == article_symptoms.c.article_id)
    .group_by(article_symptoms.c.symptom)
    .order_by(sa.func.sum(_ALL_QUOTED.c.quoted).desc(), article_symptoms.c.symptom)
    .limit(sa.bindparam("most"))
)
# The few combinations there are of signs are added up by sign afterwards: JSON is taken apart differently everywhere.
_COMBINATION: Final = sa.cast(turns.c.signs, sa.Text)
_SIGNS: Final = (
    sa.select(_COMBINATION, sa.func.count())
    .where(_OF_DAYS, turns.c.outcome == Outcome.EMERGENCY.value)
    .group_by(_COMBINATION)
)
# A look-up for each question of the queue, of which there are fewer than turns.
_ASKED: Final = sa.select(turns.c.created).where(turns.c.id == queued_questions.c.turn_id).scalar_subquery()
_QUEUED: Final = sa.select(queued_questions.c.group_id, queued_questions.c.turn_id, _ASKED.label("created")).subquery()
_NUMBERED: Final = (
    sa.select(
        _QUEUED.c.group_id,
        _QUEUED.c.created,
        sa.func.row_number()
        .over(partition_by=_QUEUED.c.group_id, order_by=(_QUEUED.c.created, _QUEUED.c.turn_id))
        .label("number"),
    )
    .where(_QUEUED.c.created < sa.bindparam("end"))
    .subquery()
)
_REACHED_DAY: Final = _UtcDay(_NUMBERED.c.created)
_SETTLED_DAY: Final = _UtcDay(question_groups.c.settled)
_GAPS: Final = (
    sa.select(_REACHED_DAY, _SETTLED_DAY, _NUMBERED.c.number, sa.func.count())
    .join(question_groups, question_groups.c.id == _NUMBERED.c.group_id)
    .where(_NUMBERED.c.number.in_(GROUP_SIZES))
    .group_by(_REACHED_DAY, _SETTLED_DAY, _NUMBERED.c.number)
    .order_by(_REACHED_DAY, _NUMBERED.c.number)
)
_FIRST_TAUGHT: Final = (
    sa.select(phrasings.c.group_id, sa.func.min(phrasings.c.created).label("taught"))
    .where(phrasings.c.group_id.is_not(None), phrasings.c.created < sa.bindparam("end"))
    .group_by(phrasings.c.group_id)
    .having(sa.func.min(phrasings.c.created) >= sa.bindparam("start"))
    .subquery()
)
_TAUGHT: Final = (
    sa.select(_FIRST_TAUGHT.c.taught, sa.func.min(turns.c.created).label("asked"))
    .join(queued_questions, queued_questions.c.group_id == _FIRST_TAUGHT.c.group_id)
    .join(turns, turns.c.id == queued_questions.c.turn_id)
    .where(turns.c.created <= _FIRST_TAUGHT.c.taught)
    .group_by(_FIRST_TAUGHT.c.group_id, _FIRST_TAUGHT.c.taught)
)
_IS_SERVED: Final = articles.c.status.in_([status.value for status in SERVED])
_REVIEWS: Final = (
    sa.select(articles.c.review_due, sa.func.count())
    .where(_IS_SERVED, articles.c.review_due <= sa.bindparam("soon"))
    .group_by(articles.c.review_due)
    .order_by(articles.c.review_due)
)
_OVERDUE: Final = (
    sa.select(articles.c.id, articles.c.question, articles.c.review_due)
    .where(_IS_SERVED, articles.c.review_due < sa.bindparam("today"))
    .order_by(articles.c.review_due, articles.c.id)
    .limit(sa.bindparam("most"))
)
_OPEN_REPORTS: Final = (
    sa.select(sa.func.count()).select_from(error_reports).where(error_reports.c.state == ReportState.OPEN.value)
)
_GROUP_ROWS: Final = (
    sa.select(
        question_groups,
        sa.func.count(turns.c.id).label("questions"),
        sa.func.count(sa.distinct(turns.c.session_id)).label("people"),
        sa.func.min(turns.c.created).label("first_asked"),
        sa.func.max(turns.c.created).label("last_asked"),
    )
    .outerjoin(queued_questions, queued_questions.c.group_id == question_groups.c.id)
    .outerjoin(turns, turns.c.id == queued_questions.c.turn_id)
    .group_by(question_groups.c.id)
)


def _shares(column: sa.Column[str]) -> _Rows:
    return (
        sa.select(column, sa.func.count(), _sum_of(_IS_QUESTION), _sum_of(_IS_ANSWERED))
        .where(_OF_DAYS)
        .group_by(column)
        .order_by(sa.func.count().desc(), column)
        .limit(sa.bindparam("most"))
    )


_CHANNELS: Final = _shares(turns.c.channel)
_LANGUAGES: Final = _shares(turns.c.language)


class SqlStatisticsStore(SqlBase):
    """`bot.ports.statistics.StatisticsStore` over a database opened by `open_engine`."""

    def statistics(self, days: Days, today: dt.date, limit: int) -> Statistics:
        """See `StatisticsStore.statistics`."""
        asked = {"start": days.start, "end": days.end, "most": limit, "today": today, "soon": today + SOON}
        with self._reading() as connection:

            def rows(wanted: _Rows) -> Iterator[tuple[Any, ...]]:
                return (tuple(row) for row in connection.execute(wanted, asked).all())

            return Statistics(
                turns=tuple(TurnCount(*row) for row in rows(_TURNS)),
                channels=tuple(ShareCount(*row) for row in rows(_CHANNELS)),
                languages=tuple(ShareCount(*row) for row in rows(_LANGUAGES)),
                marks=tuple(MarkCount(*row) for row in rows(_MARKS)),
                articles=tuple(QuotedArticle(*row) for row in rows(_ARTICLES)),
                symptoms=tuple(NamedCount(name, int(count)) for name, count in rows(_SYMPTOMS)),
                signs=_by_sign(rows(_SIGNS)),
                gaps=tuple(GapCount(*row) for row in rows(_GAPS)),
                taught_after_s=tuple(sorted((taught - asked).total_seconds() for taught, asked in rows(_TAUGHT))),
                reviews_due=tuple((due, count) for due, count in rows(_REVIEWS)),
                overdue=tuple(OverdueArticle(*row) for row in rows(_OVERDUE)),
                open_reports=connection.scalar(_OPEN_REPORTS) or 0,
            )

    def turns_of(self, days: Days) -> Iterator[Turn]:
        """See `StatisticsStore.turns_of`."""
        wanted = sa.select(turns).where(turns.c.created >= days.start, turns.c.created < days.end)
        return (turn_of(row) for row in read_in_chunks(self._reading, wanted, turns.c.created, turns.c.id))

    def marks_of(self, days: Days) -> Iterator[ExportedMark]:
        """See `StatisticsStore.marks_of`."""
        wanted = (
            sa.select(feedback, turns.c.article_id, turns.c.channel)
            .join(turns, turns.c.id == feedback.c.turn_id)
            .where(feedback.c.changed >= days.start, feedback.c.changed < days.end)
        )
        for row in read_in_chunks(self._reading, wanted, feedback.c.changed, feedback.c.turn_id):
            yield ExportedMark(
                row.turn_id, row.helpful, row.reason, row.comment, row.changed, row.article_id, row.channel
            )

    def phrasings_of(self, days: Days) -> Iterator[TaughtPhrasing]:
        """See `StatisticsStore.phrasings_of`."""
        wanted = sa.select(phrasings).where(phrasings.c.created >= days.start, phrasings.c.created < days.end)
        keys = (phrasings.c.created, phrasings.c.article_id, phrasings.c.text)
        for row in read_in_chunks(self._reading, wanted, *keys):
            yield TaughtPhrasing(row.article_id, row.text, row.created, row.taught_by, row.group_id)

    def groups(self) -> Iterator[ExportedGroup]:
        """See `StatisticsStore.groups`."""
        for row in read_in_chunks(self._reading, _GROUP_ROWS, question_groups.c.id):
            yield ExportedGroup(
                row.id,
                row.title,
                row.language,
                row.state,
                row.assignee,
                row.article_id,
                row.questions,
                row.people,
                row.first_asked,
                row.last_asked,
                row.settled,
            )

    def note_export(self, kind: str, days: Days, by: str) -> None:
        """See `StatisticsStore.note_export`."""
        told = {"since": days.since.isoformat(), "until": days.until.isoformat()}
        with self._writing() as connection:
            log_action(connection, self._clock(), by, "data.export", f"data:{kind}", after=told)


def _by_sign(combinations: Iterator[tuple[Any, ...]]) -> tuple[NamedCount, ...]:
    """The signs of each combination, a JSON list, those of most turns first."""
    counts: Counter[str] = Counter()
    for combination, count in combinations:
        for sign in json.loads(combination):
            counts[sign] += count
    return tuple(NamedCount(*each) for each in sorted(counts.items(), key=lambda each: (-each[1], each[0])))

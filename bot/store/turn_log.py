"""`bot.ports.turn_log.TurnLog` over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.errors import NotFound, shown
from bot.domain.reply import Outcome
from bot.ports.turn_log import ANY_FEEDBACK, HELPFUL, NO_FEEDBACK, ListedTurn, TurnPage
from bot.store.base import SqlBase
from bot.store.rows import feedback_of, revision_of, turn_of
from bot.store.schema import articles, feedback, revisions, turns

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.article import Revision
    from bot.ports.turn_log import TurnFilters
    from bot.ports.turns import Feedback, Turn


class SqlTurnLog(SqlBase):
    """`bot.ports.turn_log.TurnLog` over a database opened by `open_engine`."""

    def page(self, filters: TurnFilters, number: int, size: int) -> TurnPage:
        """See `TurnLog.page`."""
        fits = _fitting(filters)
        listed = (
            sa.select(turns, articles.c.question.label("quoted"), feedback.c.helpful)
            .outerjoin(articles, articles.c.id == turns.c.article_id)
            .outerjoin(feedback, feedback.c.turn_id == turns.c.id)
            .where(*fits)
            .order_by(turns.c.created.desc(), turns.c.id)
        )
        count = (
            sa.select(sa.func.count())
            .select_from(turns.outerjoin(feedback, feedback.c.turn_id == turns.c.id) if filters.feedback else turns)
            .where(*fits)
        )
        with self._reading() as connection:
            rows = connection.execute(listed.limit(size).offset((number - 1) * size)).all()
            total = connection.scalar(count) or 0
            channels, languages, intents = (
                tuple(connection.scalars(sa.select(column).distinct().order_by(column)))
                for column in (turns.c.channel, turns.c.language, turns.c.intent)
            )
        return TurnPage(tuple(_listed(row) for row in rows), total, number, size, channels, languages, intents)

    def turn(self, turn_id: str) -> tuple[Turn, Feedback | None]:
        """See `TurnLog.turn`."""
        with self._reading() as connection:
            row = connection.execute(sa.select(turns).where(turns.c.id == turn_id)).first()
            if row is None:
                raise NotFound(f"there is no turn {shown(turn_id)}; it may have been erased, or be too old to be kept")
            given = connection.execute(sa.select(feedback).where(feedback.c.turn_id == turn_id)).first()
        return turn_of(row), feedback_of(given) if given else None

    def revisions(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Revision]:
        """See `TurnLog.revisions`."""
        keys = sa.tuple_(revisions.c.article_id, revisions.c.number)
        with self._reading() as connection:
            rows = connection.execute(sa.select(revisions).where(keys.in_(list(wanted)))) if wanted else ()
            return {(row.article_id, row.number): revision_of(row) for row in rows}


def _fitting(filters: TurnFilters) -> list[sa.ColumnElement[bool]]:
    fits: list[sa.ColumnElement[bool]] = []
    for column, value in (
        (turns.c.outcome, filters.outcome.value if filters.outcome else ""),
        (turns.c.channel, filters.channel),
        (turns.c.language, filters.language),
        (turns.c.intent, filters.intent),
        (turns.c.article_id, filters.article_id),
    ):
        if value:
            fits.append(column == value)
    if filters.since:
        fits.append(turns.c.created >= dt.datetime.combine(filters.since, dt.time.min, dt.UTC))
    if filters.until:
        fits.append(turns.c.created < dt.datetime.combine(filters.until + dt.timedelta(days=1), dt.time.min, dt.UTC))
    if filters.feedback == NO_FEEDBACK:
        fits.append(feedback.c.turn_id.is_(None))
    elif filters.feedback == ANY_FEEDBACK:
        fits.append(feedback.c.turn_id.is_not(None))
    elif filters.feedback:
        fits.append(feedback.c.helpful.is_(filters.feedback == HELPFUL))
    return fits


def _listed(row: sa.Row[Any]) -> ListedTurn:
    return ListedTurn(
        id=row.id,
        created=row.created,
        channel=row.channel,
        language=row.language,
        intent=row.intent,
        outcome=Outcome(row.outcome),
        question=row.question,
        probability=row.probability,
        article_id=row.article_id,
        quoted=row.quoted,
        helpful=row.helpful,
    )

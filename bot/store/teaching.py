"""Teaching phrasings, and taking them back, each with what it takes to undo it.

What is kept of an action: the article, the phrasings, of those that were forgotten also who had taught them when and
from which group, and of the group that was taught its fields before and after.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED
from bot.domain.errors import Conflict, shown
from bot.domain.question_queue import Action, GroupState
from bot.ports.queue import GroupFields
from bot.ports.teaching import TaughtPage, TaughtPhrasing
from bot.store.base import SqlBase
from bot.store.library import forget_phrasings, teach_phrasings
from bot.store.queue_changes import change_groups, lock_queue, mark_undone, record_action, restore_groups
from bot.store.schema import articles, phrasings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TAUGHT: Final = sa.select(phrasings, articles.c.question, articles.c.language, articles.c.status).join(
    articles, articles.c.id == phrasings.c.article_id
)


class SqlTeaching(SqlBase):
    """The part of `bot.ports.teaching.PastQuestions` by which phrasings are taught."""

    def teach(self, article_id: str, phrasings: Sequence[str], group: tuple[str, int] | None, by: str) -> Action:
        """See `PastQuestions.teach`."""
        with self._writing() as connection:
            lock_queue(connection)
            at = self._clock()
            undo: dict[str, Any] = {"article_id": article_id, "at": at.isoformat()}
            if group:
                fields = GroupFields(state=GroupState.TAUGHT, article_id=article_id)
                undo["groups"] = change_groups(connection, at, dict([group]), fields, action="teach", by=by)
            new = teach_phrasings(connection, at, article_id, phrasings, by, group[0] if group else None)
            if not new and not group:
                raise Conflict(f"the article {shown(article_id)} has all of these phrasings already")
            undo["taught"] = list(new)
            return record_action(connection, at, "teach", f"{_count(new)} taught to {article_id}", undo, by)

    def forget(self, article_id: str, phrasings: Sequence[str], by: str) -> Action:
        """See `PastQuestions.forget`."""
        with self._writing() as connection:
            lock_queue(connection)
            at = self._clock()
            gone = [
                {"text": row.text, "created": row.created.isoformat(), "by": row.taught_by, "group_id": row.group_id}
                for row in forget_phrasings(connection, at, article_id, phrasings, by)
            ]
            undo = {"article_id": article_id, "forgotten": gone}
            return record_action(connection, at, "forget", f"{_count(gone)} of {article_id} forgotten", undo, by)

    def undo(self, action_id: str, by: str) -> None:
        """See `PastQuestions.undo`."""
        with self._writing() as connection:
            lock_queue(connection)
            at = self._clock()
            undo = mark_undone(connection, at, action_id, by)
            restore_groups(connection, at, undo.get("groups", {}), by)
            if undo.get("taught"):
                _take_back(connection, at, undo, by)
            for each in undo.get("forgotten", []):
                _teach_again(connection, at, undo["article_id"], each, by)

    def taught(self, *, article_id: str, words: str, number: int, size: int) -> TaughtPage:
        """See `PastQuestions.taught`."""
        wanted = _TAUGHT
        if article_id:
            wanted = wanted.where(phrasings.c.article_id == article_id)
        for word in words.split():
            wanted = wanted.where(phrasings.c.text.icontains(word, autoescape=True))
        newest = wanted.order_by(phrasings.c.created.desc(), phrasings.c.article_id, phrasings.c.text)
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
            rows = connection.execute(newest.limit(size).offset((number - 1) * size))
            return TaughtPage(tuple(_taught(row) for row in rows), total, number, size)

    def all_taught(self) -> tuple[TaughtPhrasing, ...]:
        """See `PastQuestions.all_taught`."""
        wanted = _TAUGHT.order_by(phrasings.c.article_id, phrasings.c.text)
        with self._reading() as connection:
            return tuple(_taught(row) for row in connection.execute(wanted))


def _take_back(connection: sa.Connection, at: dt.datetime, undo: Mapping[str, Any], by: str) -> None:
    """Forget what the action taught; not what was forgotten since, and perhaps taught again by somebody else."""
    article_id = undo["article_id"]
    then = sa.and_(
        phrasings.c.article_id == article_id,
        phrasings.c.text.in_(undo["taught"]),
        phrasings.c.created == dt.datetime.fromisoformat(undo["at"]),
    )
    if texts := connection.scalars(sa.select(phrasings.c.text).where(then)).all():
        forget_phrasings(connection, at, article_id, texts, by)


def _teach_again(
    connection: sa.Connection, at: dt.datetime, article_id: str, forgotten: Mapping[str, Any], by: str
) -> None:
    """Put a phrasing back as it was, unless it was taught again since."""
    if teach_phrasings(connection, at, article_id, [forgotten["text"]], by, forgotten["group_id"]):
        created = dt.datetime.fromisoformat(forgotten["created"])
        connection.execute(
            phrasings.update()
            .where(phrasings.c.article_id == article_id, phrasings.c.text == forgotten["text"])
            .values(created=created, taught_by=forgotten["by"])
        )


def _count(texts: Sequence[Any]) -> str:
    return "1 phrasing" if len(texts) == 1 else f"{len(texts)} phrasings"


def _taught(row: sa.Row[Any]) -> TaughtPhrasing:
    return TaughtPhrasing(
        article_id=row.article_id,
        question=row.question,
        text=row.text,
        created=row.created,
        by=row.taught_by,
        group_id=row.group_id,
        language=row.language,
        is_served=row.status in SERVED,
    )

"""`bot.ports.backlog.BacklogStore` over SQLAlchemy Core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED
from bot.ports.backlog import Backlog
from bot.store.base import SqlBase
from bot.store.schema import articles, drafts, error_reports, question_groups, queued_questions

if TYPE_CHECKING:
    import datetime as dt

_SERVED: Final = tuple(status.value for status in SERVED)
_ASKED: Final = sa.exists().where(queued_questions.c.group_id == question_groups.c.id)


class SqlBacklogStore(SqlBase):
    """`bot.ports.backlog.BacklogStore` over a database opened by `open_engine`."""

    def counts(self, today: dt.date) -> Backlog:
        """See `BacklogStore.counts`."""
        wanted = sa.select(
            _count(question_groups, question_groups.c.state == "open", _ASKED),
            _count(question_groups, question_groups.c.state == "needs_article"),
            _count(drafts, drafts.c.state == "submitted"),
            _count(drafts, drafts.c.state == "signed_off"),
            _count(articles, articles.c.review_due < today, articles.c.status.in_(_SERVED)),
            _count(error_reports, error_reports.c.state == "open"),
        )
        with self._reading() as connection:
            return Backlog(*connection.execute(wanted).one())


def _count(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()

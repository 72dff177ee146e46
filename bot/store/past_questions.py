"""`bot.ports.teaching.PastQuestions` over SQLAlchemy Core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from bot.domain.intents import Intent
from bot.ports.teaching import PastQuestion
from bot.store.schema import question_vectors, turns
from bot.store.teaching import SqlTeaching

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

_CHUNK: Final = 5_000


class SqlPastQuestions(SqlTeaching):
    """`bot.ports.teaching.PastQuestions` over a database opened by `open_engine`."""

    def since(self, moment: dt.datetime, model_sha256: str) -> Iterator[PastQuestion]:
        """See `PastQuestions.since`."""
        same_model = sa.and_(question_vectors.c.turn_id == turns.c.id, question_vectors.c.model_sha256 == model_sha256)
        wanted = (
            sa.select(turns.c.id, turns.c.question, turns.c.language, question_vectors.c.vector)
            .outerjoin(question_vectors, same_model)
            .where(turns.c.created > moment, turns.c.question.is_not(None), turns.c.intent == Intent.QUESTION.value)
            .order_by(turns.c.created.desc(), turns.c.id)
        )
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_CHUNK).execute(wanted):
                yield PastQuestion(*row)

"""What every store over the database shares."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite

from bot.store.database import translated_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from bot.ports import Clock


class SqlBase:
    """Transactions over a database opened by `open_engine`."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._clock = clock

    @property
    def engine(self) -> sa.Engine:
        """The database's, for the stores beside this one."""
        return self._engine

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with translated_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction; on SQLite it has waited for its turn, so that what is read in it stays true."""
        with translated_errors(), self._writer.begin() as connection:
            yield connection


def insert_on(engine: sa.Engine) -> Callable[[sa.Table], Any]:
    """The dialect's INSERT, which has ON CONFLICT."""
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  it loads drivers that SQLite does not need

        return postgresql.insert
    return sqlite.insert

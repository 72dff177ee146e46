"""What deleted words leave in the files of a database, and how it is cleaned away.

A row is out of reach once its deletion is committed; its bytes are not gone by that alone.

SQLite: `PRAGMA secure_delete` writes zeros over it in the database, and its old pages stay in the write-ahead log until
that is emptied, which is done after each deletion. One kind of trace outlives both: where rows moved from one page to
another, the page they left may keep a copy of them. Only VACUUM removes it.

PostgreSQL: VACUUM frees the room of deleted rows, without writing over it. VACUUM FULL makes the table's files anew,
but nobody can read the table meanwhile, and it keeps a row that some open transaction might still see. The server's
write-ahead log has its own keeping, which is the operator's.

So deletions are counted, in the transaction that makes them, and `scrub` makes the files anew if there were any since
it last did. The count outlives a killed process.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Final

import sqlalchemy as sa

from bot.domain.errors import Unavailable
from bot.store.database import empty_log, translated_errors
from bot.store.schema import erasures, error_reports, feedback, question_vectors, queued_questions, sessions, turns

# Where patients' words are, or may be found by; those that refer to others first.
_TABLES: Final = (error_reports, feedback, queued_questions, question_vectors, turns, sessions)
_PAUSE_S: Final = 0.05
_CLEANING_LOCK: Final = 0x646E6F7466  # any number that no other program on the database uses
_COUNTS: Final = sa.select(erasures.c.made, erasures.c.cleaned)
_MADE: Final = erasures.update().values(made=erasures.c.made + 1)
_CLEANED: Final = (
    erasures.update().where(erasures.c.cleaned < sa.bindparam("upto")).values(cleaned=sa.bindparam("upto"))
)
_NEWEST_TRANSACTION: Final = sa.text("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS text)")
_COUNT_OLDER: Final = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND greatest(age(backend_xid), age(backend_xmin)) > age(CAST(CAST(:newest AS text) AS xid))"
)


def count_erasure(connection: sa.Connection) -> None:
    """Remember, with the transaction that deletes words, that traces of them may be left."""
    connection.execute(_MADE)


def scrub(engine: sa.Engine, patience_s: float) -> None:
    """Make the files anew if words were deleted since that was last done.

    Raises Unavailable if it cannot be done within about `patience_s`, since somebody is using them; it is still to be
    done then. Several processes may ask for it at once.
    """
    with translated_errors():
        if engine.dialect.name == "postgresql":
            _scrub_postgresql(engine, patience_s)
        else:
            _scrub_sqlite(engine, patience_s)


def _scrub_sqlite(engine: sa.Engine, patience_s: float) -> None:
    with engine.connect() as connection:
        made, cleaned = connection.execute(_COUNTS).one()
    if made == cleaned:
        return
    # While somebody keeps the log from being emptied, VACUUM would only add the whole database to it.
    _require_empty_log(engine, patience_s)
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM")
    _require_empty_log(engine, patience_s)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(_CLEANED, {"upto": made})


def _require_empty_log(engine: sa.Engine, patience_s: float) -> None:
    if not empty_log(engine, patience_s):
        raise Unavailable(
            f"what was deleted is still in the database's journal: another program has been reading it for over "
            f"{patience_s:g} s. It is out of reach, and is cleaned away at the next attempt."
        )


def _scrub_postgresql(engine: sa.Engine, patience_s: float) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Closed at the end, not used again: its settings and its lock go with it.
        connection.detach()
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_CLEANING_LOCK))):
            return  # another process is at it
        made, cleaned = connection.execute(_COUNTS).one()
        if made == cleaned:
            return
        _wait_for_older(connection, patience_s)
        connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{patience_s:g}s", False)))
        for table in _TABLES:
            connection.execute(sa.text(f"VACUUM (FULL) {table.name}"))
        connection.execute(_CLEANED, {"upto": made})


def _wait_for_older(connection: sa.Connection, patience_s: float) -> None:
    """Wait until no transaction is open that may still see what was deleted before this moment."""
    newest = connection.scalar(_NEWEST_TRANSACTION)
    end = time.monotonic() + patience_s
    while connection.scalar(_COUNT_OLDER, {"newest": newest}):
        if time.monotonic() >= end:
            raise Unavailable(
                f"what was deleted is still in the database's files: a transaction that began before has been open for "
                f"over {patience_s:g} s. It is out of reach, and is cleaned away at the next attempt."
            )
        time.sleep(_PAUSE_S)

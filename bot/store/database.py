"""Opening the database, and bringing it to the newest schema."""

from __future__ import annotations

import secrets
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from filelock import FileLock

from bot.domain.errors import ConfigurationError, Unavailable
from bot.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD: Final = "0004"
# How long a writer waits for another before it gives up.
_BUSY_TIMEOUT_S: Final = 30
# An attempt to empty SQLite's log keeps writers waiting for so long; between attempts they get their turn.
_ATTEMPT_MS: Final = 100
_PAUSE_S: Final = 0.05
# How long opening waits for that. What is left is told of by the count of erasures.
_OPENING_PATIENCE_S: Final = 1
# As many connections as the web server has threads. A statement's values may quote a patient: errors leave them out.
_POOL: Final[dict[str, Any]] = {"pool_size": 40, "max_overflow": 10, "hide_parameters": True}
_MIGRATION_LOCK: Final = 0x646E6F7465  # "dnote": any number that no other program on the database uses


def open_engine(url: str) -> sa.Engine:
    """An engine for `url` (SQLite or PostgreSQL), with the newest schema. Raises ConfigurationError, Unavailable."""
    parsed = store_address(url)
    match parsed.get_backend_name():
        case "sqlite":
            engine = _sqlite_engine(parsed)
        case _:
            engine = _engine(parsed, pool_pre_ping=True, **_POOL)
    try:
        with translated_errors():
            _migrate(engine)
            # A process that was killed may have left in the log what it had deleted.
            empty_log(engine, _OPENING_PATIENCE_S)
    except BaseException:
        engine.dispose()
        raise
    return engine


def store_address(url: str) -> sa.URL:
    """`url` of SQLite or PostgreSQL, with its driver. Raises ConfigurationError."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "DOCTORS_NOTE_DATABASE_URL is not a database address such as sqlite:////srv/doctors-note/library.sqlite "
            "or postgresql+psycopg://user:password@host/database"
        ) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if (name := parsed.get_backend_name()) not in {"sqlite", "postgresql"}:
        raise ConfigurationError(f"DOCTORS_NOTE_DATABASE_URL: {name!r} is not supported; use sqlite or postgresql")
    return parsed


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the database's own errors into Unavailable, which says what to do."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise Unavailable(f"the store does not answer: {_said(error)}. {_remedy(_said(error))}") from error
    except sa.exc.DatabaseError as error:
        raise Unavailable(f"the store refused: {_said(error)}. {_remedy(_said(error))}") from error
    except sa.exc.TimeoutError as error:
        raise Unavailable("the store is busy: no connection came free. Try again in a moment.") from error


def empty_log(engine: sa.Engine, patience_s: float) -> bool:
    """Bring SQLite's write-ahead log into the database, and cut it to nothing; False if it was in use for so long.

    It is in use while somebody, in whichever process, reads what was there before it was written to.
    """
    if engine.dialect.name != "sqlite":
        return True
    end = time.monotonic() + patience_s
    with translated_errors(), closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_ATTEMPT_MS if patience_s else 0}")
        try:
            while True:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                is_busy, *_ = cursor.fetchone() or (False,)
                if not is_busy:
                    return True
                if time.monotonic() >= end:
                    return False
                time.sleep(_PAUSE_S)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_S * 1_000}")
            cursor.close()


def _said(error: sa.exc.DBAPIError) -> str:
    """The database's own words. PostgreSQL adds details of several lines, which may quote a row."""
    return next(iter(str(error.orig).splitlines()), "")


def _remedy(message: str) -> str:
    if "full" in message or "No space" in message or "disk I/O" in message:
        return "Free some space on the disk; nothing was half-written."
    if "locked" in message:
        return f"Another program has held the database for over {_BUSY_TIMEOUT_S} s; try again when it has finished."
    if "unable to open" in message or "readonly" in message:
        return "Check that the data folder exists and may be written to."
    if "not a database" in message or "malformed" in message:
        return "If the database file is damaged, restore it from a backup."
    return "Check that the database runs and can be reached, then try again."


def _engine(url: sa.URL, **options: Any) -> sa.Engine:
    try:
        return sa.create_engine(url, **options)
    except (ImportError, sa.exc.ArgumentError) as error:
        raise ConfigurationError(
            f"DOCTORS_NOTE_DATABASE_URL: the driver {url.drivername!r} cannot be used ({error}); begin the address "
            "with sqlite: or postgresql:"
        ) from error


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Every connection to ":memory:" would be a database of its own.
    pool = {"poolclass": sa.StaticPool, "hide_parameters": True} if url.database in {None, "", ":memory:"} else _POOL
    engine = _engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}, **pool)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver would begin transactions at moments of its own; ours are begun below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # A commit survives a killed process; after a power cut the last ones may be gone, but never a part of one.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten, and no copy of it goes to temporary files elsewhere. See `bot.store.traces`.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A transaction that will write takes its turn at once: one that turns from reading to writing could not wait.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _migrate(engine: sa.Engine) -> None:
    if _revision(engine) == HEAD:
        return
    with _migration_lock(engine), engine.execution_options(writes=True).begin() as connection:
        # Imported here: most starts find the newest schema and need none of it.
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        if _revision_on(connection) == HEAD:  # another process was faster
            return
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except Exception as error:
            if "Can't locate revision" in str(error):
                raise ConfigurationError(
                    "the database was made by a newer version of Doctor's Note; install that version or a newer one"
                ) from error
            raise
        if connection.execute(sa.select(schema.library.c.id)).first() is None:
            connection.execute(schema.library.insert().values(id=1, store_id=secrets.token_hex(16), version=0))


@contextmanager
def _migration_lock(engine: sa.Engine) -> Iterator[None]:
    """Let one process migrate at a time. PostgreSQL takes a lock inside the transaction instead."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and path != ":memory:":
        with FileLock(f"{path}.migration-lock"):
            yield
    else:
        yield


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_on(connection)


def _revision_on(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision

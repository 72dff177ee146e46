"""Copies of a store for backups, and stores made of them again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import sqlalchemy as sa

from bot.domain.errors import ConfigurationError, DoctorsNoteError, Unavailable
from bot.store.database import HEAD, open_engine, store_address, translated_errors
from bot.store.schema import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HEAD", "Contents", "SqliteCopies", "StoreCopies", "contents_of", "of_now"]

_COUNTED: Final = ("articles", "phrasings", "sessions", "turns", "staff_accounts")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a store: its id, the revision of its schema, and the number of rows in some of its tables."""

    store_id: str
    schema: str
    counts: Mapping[str, int]


class StoreCopies(Protocol):
    """Copies one kind of store. Its methods raise ConfigurationError and Unavailable."""

    kind: str
    member: str  # what a copy is called in a backup

    def save(self, target: Path) -> Contents:
        """Write a copy to `target` as of one moment, while others go on writing."""
        ...

    def present(self) -> Contents | None:
        """What is in the store now, brought to the newest schema; None if it cannot be read."""
        ...

    def restore(self, source: Path, *, is_same: bool) -> str | None:
        """Make a store of the copy `source`, without what was erased since, and without sign-ins of staff.

        `is_same` tells that the present store is the one that was copied, and can be asked what it has erased. The
        address of the new store, made of `source` itself, which is to be put into `place`; None if it is in place.
        """
        ...

    @property
    def place(self) -> Path | None:
        """The file of the store; None if it is none."""
        ...


def of_now(restored: str, present: str) -> Iterator[str]:
    """Statements that take from a restored store what the present one has erased; both are prefixes of tables."""
    withheld = f"(SELECT id FROM {present}turns WHERE question IS NULL)"  # noqa: S608  names of ours
    yield f"DELETE FROM {restored}sessions WHERE id NOT IN (SELECT id FROM {present}sessions)"  # noqa: S608
    yield f"DELETE FROM {restored}turns WHERE id NOT IN (SELECT id FROM {present}turns)"  # noqa: S608
    for derived in ("queued_questions", "question_vectors"):
        yield f"DELETE FROM {restored}{derived} WHERE turn_id IN {withheld}"  # noqa: S608
    yield f"UPDATE {restored}turns SET question = NULL WHERE question IS NOT NULL AND id IN {withheld}"  # noqa: S608
    fields = "helpful, reason, comment, changed"
    yield (
        f"UPDATE {restored}feedback AS own SET ({fields}) = (SELECT {fields} FROM {present}feedback AS now "  # noqa: S608
        f"WHERE now.turn_id = own.turn_id) WHERE turn_id IN (SELECT turn_id FROM {present}feedback)"
    )


def contents_of(connection: sa.Connection) -> Contents:
    """What is in the store of `connection`. Raises ConfigurationError if there is none."""
    found = set(sa.inspect(connection).get_table_names())
    if not {"alembic_version", library.name} <= found:
        raise ConfigurationError("there is no store yet, so there is nothing to back up; look at DOCTORS_NOTE_DATA_DIR")
    return Contents(
        str(connection.scalar(sa.select(library.c.store_id))),
        str(connection.scalar(sa.text("SELECT version_num FROM alembic_version"))),
        {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in _COUNTED
            if name in found
        },
    )


class SqliteCopies:
    """`StoreCopies` of a SQLite database in a file."""

    kind = "sqlite"
    member = "library.sqlite"

    def __init__(self, url: str) -> None:
        self._url = url
        name = store_address(url).database
        if not name or name == ":memory:":
            raise ConfigurationError("DOCTORS_NOTE_DATABASE_URL: a store in memory cannot be backed up")
        self._path = Path(name)

    @property
    def place(self) -> Path:
        """See `StoreCopies.place`."""
        return self._path

    def save(self, target: Path) -> Contents:
        """See `StoreCopies.save`."""
        if not self._path.is_file():
            raise ConfigurationError(f"there is no store at {self._path}, so there is nothing to back up")
        # Not the online backup: that copies pages, with what was deleted from them where traces are left. This copies
        # rows. Both are of one moment, and keep nobody from writing.
        try:
            with closing(sqlite3.connect(self._path, timeout=30)) as connection:
                connection.execute("PRAGMA temp_store = MEMORY")
                connection.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            raise Unavailable(f"the store cannot be copied: {error}") from error
        target.chmod(0o600)
        engine = sa.create_engine(f"sqlite:///{target}", poolclass=sa.NullPool, hide_parameters=True)
        with translated_errors(), engine.connect() as connection:
            fault = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if fault != "ok":
                raise Unavailable(f"the store is damaged ({fault}); restore it from an earlier backup")
            return contents_of(connection)

    def present(self) -> Contents | None:
        """See `StoreCopies.present`."""
        if not self._path.is_file():
            return Contents("", HEAD, {})
        try:
            engine = open_engine(self._url)
            try:
                with translated_errors(), engine.connect() as connection:
                    return contents_of(connection)
            finally:
                engine.dispose()
        except DoctorsNoteError:
            return None

    def restore(self, source: Path, *, is_same: bool) -> str:
        """See `StoreCopies.restore`."""
        address = f"sqlite:///{source}"
        engine = open_engine(address)
        try:
            # Not a transaction of SQLAlchemy's: none can be open when a database is attached.
            with translated_errors(), closing(engine.raw_connection()) as connection:
                cursor = connection.cursor()
                cursor.execute("ATTACH ? AS now", (str(self._path) if is_same else ":memory:",))
                cursor.execute("BEGIN IMMEDIATE")
                for statement in of_now("main.", "now.") if is_same else ():
                    cursor.execute(statement)
                cursor.execute("DELETE FROM main.staff_sessions")
                cursor.execute("UPDATE main.erasures SET made = made + 1")
                cursor.execute("COMMIT")
                cursor.execute("DETACH now")
                cursor.close()
        finally:
            engine.dispose()
        return address

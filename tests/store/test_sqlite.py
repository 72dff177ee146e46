"""What SQLite in particular must stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.article import Article
from bot.domain.errors import ConfigurationError, Unavailable
from bot.ports import SourcedArticle
from bot.store import SqlStore, open_engine
from tests.conftest import NOON

if TYPE_CHECKING:
    from pathlib import Path


def opened(path: Path) -> SqlStore:
    return SqlStore(open_engine(f"sqlite:///{path}"), lambda: NOON)


def test_it_writes_ahead(tmp_path: Path) -> None:
    """Readers are not kept waiting by a writer: the journal is a write-ahead log."""
    store = opened(tmp_path / "library.sqlite")
    with store._engine.connect() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """When no more fits, the import is undone as a whole, and the message tells to free some space."""
    store = opened(tmp_path / "library.sqlite")
    store.put([SourcedArticle(Article("a", "Question?", "Yes."))])
    with store._engine.connect() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count"))

    @sa.event.listens_for(store._engine, "begin")
    def _limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")

    many = (SourcedArticle(Article(f"b{number}", "Question?", "x" * 4_000)) for number in range(200))
    with pytest.raises(Unavailable, match="Free some space"):
        store.put(many)
    assert [stored.article.id for stored in store.all()] == ["a"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Another program's file is refused with a clear word, and left as it is."""
    path = tmp_path / "library.sqlite"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(Unavailable, match="not a database"):
        opened(path)
    assert path.read_bytes().startswith(b"This is a letter")


@pytest.mark.parametrize(("url", "said"), [("nonsense", "is not a database address"), ("mysql://x/y", "use sqlite or")])
def test_a_wrong_address_says_what_is_right(url: str, said: str) -> None:
    """The operator is told which addresses are understood."""
    with pytest.raises(ConfigurationError, match=said):
        open_engine(url)

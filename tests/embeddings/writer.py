"""A process that writes an index, for tests that read it meanwhile, kill it, or leave it no room.

python -m tests.embeddings.writer commit FOLDER          commits `made.group` after group until it is killed
python -m tests.embeddings.writer full FOLDER BYTES      commits once while no file can grow beyond BYTES
"""

from __future__ import annotations

import resource
import signal
import sys
from dataclasses import replace
from pathlib import Path

from embeddings.index import IndexFolder, MissingIndexError, Snapshot
from tests.embeddings.made import IDENTITY, document, group

# Larger than a small segment, so that a limit can stop the manifest alone.
FULL_IDENTITY = replace(IDENTITY, source_id="store " * 1000)


def commit(folder: Path) -> None:
    """Commit on from what the folder has; say so after each."""
    index = IndexFolder(folder, IDENTITY)
    with index.lock:
        try:
            snapshot = index.load()
        except MissingIndexError:
            snapshot = index.empty()
        while True:
            version = snapshot.version + 1
            snapshot = index.commit(snapshot, group(version), version)
            sys.stdout.write(f"{version}\n")
            sys.stdout.flush()


def full(folder: Path, limit: int) -> None:
    """Commit onto what the folder has, on a disk with no room: say what was raised, and what is left."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that the write fails as on a full disk, and kills nobody
    index = IndexFolder(folder, FULL_IDENTITY)
    before = sorted(path.name for path in folder.glob("segment-*"))
    base = index.load()

    def attempt() -> Snapshot:
        return index.commit(base, [document("new", 2, 12)], 2)

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        attempt()
        raised = ""
    except OSError as error:
        raised = type(error).__name__
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    after = sorted(path.name for path in folder.glob("segment-*"))
    loaded = index.load().version
    sys.stdout.write(f"{raised} {loaded} {before == after} {attempt().version} {index.load().version}")


if __name__ == "__main__":
    if sys.argv[1] == "commit":
        commit(Path(sys.argv[2]))
    else:
        full(Path(sys.argv[2]), int(sys.argv[3]))

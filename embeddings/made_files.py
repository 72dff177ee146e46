"""Files that are made once and then kept: each set in a folder of its own, with what it was made of and its hashes.

They can always be made again, so one that is torn, altered or another's is thrown away and made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_RECORD: Final = "record.json"


class CannotMakeError(Exception):
    """The files cannot be made; the message is the reason, in one line."""


def made_files(
    parent: Path, recipe: Mapping[str, str | int], make: Callable[[Path], None], *, names: Sequence[str]
) -> Path:
    """The folder with the files `names` that `make` writes into one; made only if they are not there.

    They stand in `parent`, in a folder of their own for each `recipe`: whatever they depend on. Processes that want the
    same at the same time make it once. Every file's hash is checked before it is given out. Raises what `make` raises,
    and OSError.
    """
    folder = parent / hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:16]
    parent.mkdir(parents=True, exist_ok=True)
    # The lock's file lies beside the folder, which is replaced as a whole.
    with FileLock(folder.with_suffix(".lock")):
        if not _is_whole(folder, recipe, names):
            _make(folder, recipe, make, names)
            if not _is_whole(folder, recipe, names):
                raise OSError(f"{folder} was made, but does not hold what was written")
    return folder


def adopt_files(ready: Path, parent: Path) -> None:
    """Copy into `parent` the sets of files in `ready` that are not there: made elsewhere, they need not be made here.

    Raises OSError.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for record in sorted(ready.glob(f"*/{_RECORD}")):
        folder = parent / record.parent.name
        with FileLock(folder.with_suffix(".lock")):
            if not folder.exists():
                new = folder.with_suffix(".new")
                shutil.rmtree(new, ignore_errors=True)
                shutil.copytree(record.parent, new)
                new.rename(folder)


def run_apart(module: str, *arguments: str) -> None:
    """Run `python -m module` in a process of its own, whose memory goes with it.

    Raises CannotMakeError with the last line that it said, where it fails.
    """
    # It imports what this process does, wherever that stands and whatever the working directory is.
    root = str(Path(__file__).parent.parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))}
    command = [sys.executable, "-P", "-m", module, *arguments]
    result = subprocess.run(  # noqa: S603  a module of ours
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.strip()]
        raise CannotMakeError(lines[-1].strip() if lines else f"{module} ended with status {result.returncode}")


def _is_whole(folder: Path, recipe: Mapping[str, str | int], names: Sequence[str]) -> bool:
    """Whether every file is there, and is what was made by `recipe`."""
    try:
        record = json.loads((folder / _RECORD).read_bytes())
        hashes = {name: _sha256(folder / name) for name in names}
    except (OSError, ValueError):
        return False
    return bool(record == {"recipe": dict(recipe), "sha256": hashes})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(folder: Path, recipe: Mapping[str, str | int], make: Callable[[Path], None], names: Sequence[str]) -> None:
    new = folder.with_suffix(".new")
    for leftover in (folder, new):  # torn, or of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir()
    try:
        make(new)
        hashes = {}
        for name in names:
            with (new / name).open("rb") as file:
                os.fsync(file.fileno())
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
        record: dict[str, Any] = {"recipe": dict(recipe), "sha256": hashes}
        with (new / _RECORD).open("w", encoding="utf-8") as file:
            json.dump(record, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.rename(folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise

"""The file of a backup: a tar archive, compressed with gzip, of a manifest and the members that it lists.

The manifest (`manifest.json`, the first in the archive) has the program's version, the schema's revision, the kind and
the id of the store, counts, when the backup was made, and the size and SHA-256 of each other member.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from bot.domain.errors import Unavailable, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_WORKPLACE: Final = ".doctors-note-backup"
# Of the manifest, which is read before anything of the file is trusted.
_MAX_MANIFEST_BYTES: Final = 1_000_000
_DAMAGE: Final = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup: its length in bytes and its SHA-256 (hex)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `store` is "sqlite" or "postgresql", `schema` the revision of its tables."""

    version: str
    made: dt.datetime
    store: str
    store_id: str
    schema: str
    counts: Mapping[str, int]
    members: Mapping[str, Member]


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """An empty folder in `folder`, for this process alone, which is gone at the end.

    What a killed process left there is gone, too. Raises Unavailable while another process has it, and OSError.
    """
    place = folder / _WORKPLACE
    lock = FileLock(place.with_suffix(".lock"), blocking=False, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Unavailable(f"another backup or restore is at work in {folder}; try again when it has finished") from None
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        lock.release()


def member_of(path: Path) -> Member:
    """How `path` is listed in a manifest."""
    with path.open("rb") as file:
        return Member(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write_backup(path: Path, manifest: Manifest, files: Mapping[str, Path], place: Path) -> None:
    """Write the backup of `files`, by their names in the manifest, to `path`, which it replaces as a whole.

    It is made in `place`, a folder on the same disk; only its owner can read it.
    """
    new = place / "file.new"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  with its mode
        with gzip.GzipFile("", "wb", 6, file) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
            text = json.dumps(_record_of(manifest), indent=1).encode()
            archive.addfile(_entry(_MANIFEST, len(text), manifest.made), io.BytesIO(text))
            for name, source in files.items():
                with source.open("rb") as content:
                    archive.addfile(_entry(name, manifest.members[name].size, manifest.made), content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in `folder` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(path: Path) -> Manifest:
    """The manifest of the backup at `path`. Raises UnreadableFile, OSError."""
    if not path.is_file():
        raise UnreadableFile(
            f"{path} is {'a folder' if path.is_dir() else 'not there'}; name a file that `backup` wrote"
        )
    with _opened(path) as archive:
        return _manifest(path, archive)


def extract(path: Path, folder: Path) -> Manifest:
    """Write the members of the backup at `path` below `folder`, each proved by its hash. Raises UnreadableFile."""
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        found = set()
        while (entry := archive.next()) is not None:  # a loop over the archive would begin with the manifest again
            if entry.name not in manifest.members or not entry.isreg():
                raise UnreadableFile(f"{path}: {entry.name!r} is not in its manifest; {_REMEDY}")
            target = folder / entry.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = archive.extractfile(entry)
            assert content is not None  # a regular file's
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            if member_of(target) != manifest.members[entry.name]:
                raise UnreadableFile(f"{path} is damaged: {entry.name} is not what was backed up; {_REMEDY}")
            found.add(entry.name)
    if missing := manifest.members.keys() - found:
        raise UnreadableFile(f"{path} is damaged: {', '.join(sorted(missing))} is missing; {_REMEDY}")
    return manifest


_REMEDY: Final = "use another backup"


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        # As a stream: nothing of the file is looked at twice, or before what stands ahead of it.
        with tarfile.open(path, "r|gz") as archive:
            yield archive
    except _DAMAGE as error:
        raise UnreadableFile(
            f"{path} is damaged, or no backup of Doctor's Note ({str(error) or type(error).__name__}); {_REMEDY}"
        ) from error


def _manifest(path: Path, archive: tarfile.TarFile) -> Manifest:
    entry = archive.next()
    if entry is None or entry.name != _MANIFEST or not entry.isreg() or entry.size > _MAX_MANIFEST_BYTES:
        raise UnreadableFile(f"{path} is no backup of Doctor's Note: it does not begin with {_MANIFEST}")
    content = archive.extractfile(entry)
    assert content is not None  # a regular file's
    try:
        record = json.loads(content.read())
        if record["program"] != "doctors-note":
            raise ValueError(f"the program {record['program']!r}")
        version = str(record["version"])
        if record["format"] > FORMAT:
            raise UnreadableFile(
                f"{path} was made by Doctor's Note {version}, which is newer; restore it with that version"
            )
        members = {name: Member(int(each["size"]), str(each["sha256"])) for name, each in record["members"].items()}
        manifest = Manifest(
            version,
            dt.datetime.fromisoformat(record["made"]),
            str(record["store"]),
            str(record["store_id"]),
            str(record["schema"]),
            {name: int(count) for name, count in record["counts"].items()},
            members,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"{path} is no backup of Doctor's Note: its manifest cannot be read") from error
    for name in members:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or name == _MANIFEST:
            raise UnreadableFile(f"{path} is no backup of Doctor's Note: it has a file {name!r}")
    return manifest


def _record_of(manifest: Manifest) -> dict[str, Any]:
    return {
        "program": "doctors-note",
        "format": FORMAT,
        "version": manifest.version,
        "made": manifest.made.isoformat(),
        "store": manifest.store,
        "store_id": manifest.store_id,
        "schema": manifest.schema,
        "counts": dict(manifest.counts),
        "members": {name: {"size": each.size, "sha256": each.sha256} for name, each in manifest.members.items()},
    }


def _entry(name: str, size: int, made: dt.datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mtime = int(made.timestamp())
    entry.mode = 0o600
    return entry

"""Back up an installation into one file, and restore it: its store, and what its operator made.

What can be made again (the index, the models) is left out, and made again.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from bot.backup_file import Manifest, extract, member_of, read_manifest, sync_folder, workplace, write_backup
from bot.domain.errors import Conflict, UnreadableFile
from bot.running import alone
from bot.service.privacy import enforce_retention
from bot.store import SqlStore, open_engine
from bot.store.copies import HEAD, SqliteCopies
from bot.store.database import store_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Clock
    from bot.store.copies import StoreCopies

# What an operator made in the data folder: files, and folders of files.
MADE: Final = ("calibration.json", "sites.yaml", "secret.key", "trained")
_READY: Final = "restore.ready"
_PLAN: Final = "plan.json"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `articles` and `sessions` are counts of the store as it is now.

    `left_out` sessions of the backup are too old by now, or were erased since. `erased_known` tells whether the store
    that was replaced could be asked what had been erased.
    """

    manifest: Manifest
    articles: int
    sessions: int
    left_out: int
    erased_known: bool


def copies_of(url: str) -> StoreCopies:
    """Copies the store at the address `url`. Raises ConfigurationError."""
    if store_address(url).get_backend_name() == "sqlite":
        return SqliteCopies(url)
    from bot.store.postgresql_copies import PostgresqlCopies  # noqa: PLC0415  its driver takes a while to load

    return PostgresqlCopies(url)


def back_up(data_dir: Path, url: str, path: Path, clock: Clock) -> Manifest:
    """Write a backup to `path`, readable by its owner alone. Raises ConfigurationError, Unavailable, OSError."""
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder; name a file")
    copies = copies_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    with workplace(path.parent.resolve()) as place:
        made = clock()
        contents = copies.save(place / copies.member)
        files = {copies.member: place / copies.member, **dict(_made_by_operator(data_dir, place))}
        members = {name: member_of(source) for name, source in files.items()}
        manifest = Manifest(
            version("doctors-note"),
            made,
            copies.kind,
            contents.store_id,
            contents.schema,
            contents.counts,
            members,
        )
        write_backup(path.resolve(), manifest, files, place)
    return manifest


def _made_by_operator(data_dir: Path, place: Path) -> Iterator[tuple[str, Path]]:
    """Copies in `place`, by their names: an operator may edit the files while they are hashed and packed."""
    for name in MADE:
        top = data_dir / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file():
                copied = place / path.relative_to(data_dir)
                copied.parent.mkdir(parents=True, exist_ok=True)
                yield path.relative_to(data_dir).as_posix(), shutil.copyfile(path, copied)


def restore(
    data_dir: Path, url: str, index_dir: Path, path: Path, clock: Clock, retention_days: int, *, replace: bool
) -> Restored:
    """Put the backup at `path` in place of what is there, all of it or nothing.

    Raises UnreadableFile of a backup that cannot be used, Conflict if the store has articles and `replace` is false,
    Unavailable while a server runs, ConfigurationError, OSError.
    """
    copies = copies_of(url)
    manifest = _usable(path, copies)
    with alone(data_dir), workplace(data_dir.resolve()) as place:
        finish_restore(data_dir)
        present = copies.present()
        if not replace and (present is None or present.counts.get("articles")):
            has = "cannot be read" if present is None else f"has {present.counts['articles']:,} articles"
            raise Conflict(f"the store {has}; say --replace to put the backup in its place")
        ready = place / _READY
        ready.mkdir()
        extract(path, ready)
        erased_known = present is not None and present.store_id == manifest.store_id
        address = copies.restore(ready / copies.member, is_same=erased_known)
        store = SqlStore(open_engine(address or url), clock)
        try:
            enforce_retention(store, clock, retention_days)
            with store.engine.connect() as connection:
                articles, sessions = (
                    connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() or 0  # noqa: S608  names of ours
                    for name in ("articles", "sessions")
                )
        finally:
            store.close()
        _make_ready(ready, manifest, copies, index_dir)
        ready.replace(data_dir / _READY)
        sync_folder(data_dir)
        finish_restore(data_dir)
    left_out = manifest.counts.get("sessions", 0) - sessions
    return Restored(manifest, articles, sessions, left_out, erased_known)


def _usable(path: Path, copies: StoreCopies) -> Manifest:
    manifest = read_manifest(path)
    if manifest.schema > HEAD:
        raise UnreadableFile(
            f"{path} was made by Doctor's Note {manifest.version}, whose store is newer (schema {manifest.schema}, "
            f"here {HEAD}); install that version or a newer one"
        )
    if manifest.store != copies.kind or copies.member not in manifest.members:
        raise UnreadableFile(
            f"{path} is the backup of a store in {manifest.store}, but DOCTORS_NOTE_DATABASE_URL names one in "
            f"{copies.kind}"
        )
    return manifest


def _make_ready(ready: Path, manifest: Manifest, copies: StoreCopies, index_dir: Path) -> None:
    """Write down what is left to do, so that whoever comes next can do it."""
    store: list[str] = []
    if copies.place is None:
        (ready / copies.member).unlink()
    else:
        place = copies.place.absolute()
        source = ready / copies.member
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.parent.stat().st_dev != ready.stat().st_dev:  # it can be moved in one step on one disk only
            source = Path(shutil.copy2(source, place.with_name(place.name + ".restored")))
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        store = [source.name if source.parent == ready else str(source), str(place)]
    names = sorted({name.partition("/")[0] for name in manifest.members} & set(MADE))
    plan = {"store": store, "made": names, "index": str(index_dir.absolute())}
    with (ready / _PLAN).open("w", encoding="utf-8") as file:
        json.dump(plan, file)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(ready)


def finish_restore(data_dir: Path) -> None:
    """Do what is left of a restore that was killed after all of it was ready; nothing, if there is none."""
    ready = data_dir / _READY
    if not ready.is_dir():
        return
    with FileLock(data_dir / "restore.lock"):
        if (ready / _PLAN).is_file():
            plan = json.loads((ready / _PLAN).read_text(encoding="utf-8"))
            _remove(Path(plan["index"]))
            if plan["store"]:
                _move_store(ready / plan["store"][0], Path(plan["store"][1]))
            for name in plan["made"]:
                if (ready / name).exists():
                    _remove(data_dir / name)
                    (ready / name).replace(data_dir / name)
            sync_folder(data_dir)
            (ready / _PLAN).unlink()
        shutil.rmtree(ready, ignore_errors=True)


def _move_store(source: Path, target: Path) -> None:
    if source.exists():
        # The journal is of the file that goes; read beside the new one, it would damage it.
        for suffix in ("-wal", "-shm"):
            _remove(target.with_name(target.name + suffix))
        source.replace(target)
        sync_folder(target.parent)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

"""The library in files that come from, and go to, a browser."""

from __future__ import annotations

import lzma
import shutil
import tempfile
import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidQuery, shown
from bot.importers import EXPORT_FORMATS, FORMATS
from bot.service.importing import Refused, Report, import_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.ports import ArticleStore

_ARCHIVE: Final = ".zip"
_MAX_MEMBERS: Final = 50_000
_MAX_UNPACKED_BYTES: Final = 1_000_000_000
# Of a process that was killed. An import takes minutes at most.
_LEFT_BEHIND_S: Final = 6 * 3600
# What `zipfile` lets out of archives that are broken, or that it does not know.
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError,
    NotImplementedError, ValueError,
)  # fmt: skip
_MAX_NAME_BYTES: Final = 200
_SUFFIX: Final = {"jsonl": ".jsonl", "csv": ".csv", "markdown": _ARCHIVE}


class FileExchange:
    """`bot.service.staff.transfer.LibraryFiles` over the formats of `bot.importers`, with its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def import_formats(self) -> Mapping[str, tuple[str, ...]]:
        """See `LibraryFiles.import_formats`."""
        return {name: (*format_.suffixes, _ARCHIVE) for name, format_ in FORMATS.items()}

    @property
    def export_formats(self) -> tuple[str, ...]:
        """See `LibraryFiles.export_formats`."""
        return EXPORT_FORMATS

    def read(self, store: ArticleStore, format_: str, files: Sequence[tuple[str, Path]]) -> Report:
        """See `LibraryFiles.read`."""
        source = FORMATS.get(format_)
        if source is None:
            raise InvalidQuery(f"format: {shown(format_)} is none of {', '.join(FORMATS)}")
        with tempfile.TemporaryDirectory(dir=files[0][1].parent) as unpacked:
            paths: list[Path] = []
            names: dict[str, str] = {}
            for number, (name, path) in enumerate(files):
                # In a folder of its own, under its own name, which may be the article's id.
                place = Path(unpacked) / str(number)
                place.mkdir()
                bare = _bare(name)
                if bare.lower().endswith(_ARCHIVE):
                    if reason := _unpack(path, place):
                        return Report(refused=[Refused(bare, "", reason)])
                    paths.append(place)
                    names[str(place)] = bare
                else:
                    paths.append(path.rename(place / bare))
                    names[str(paths[-1])] = bare
            report = import_paths(
                store,
                paths,
                suffixes=source.suffixes,
                read=source.read,
                progress=lambda done, total: None,  # noqa: ARG005
                together=True,
            )
        report.refused = [_renamed(entry, names) for entry in report.refused]
        report.left_out = [_renamed(entry, names) for entry in report.left_out]
        return report

    def write(self, store: ArticleStore, format_: str, target: Path) -> str:
        """See `LibraryFiles.write`."""
        write = FORMATS[format_].write if format_ in FORMATS else None
        if write is None:
            raise InvalidQuery(f"format: {shown(format_)} is none of {', '.join(EXPORT_FORMATS)}")
        if format_ == "markdown":
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                write(store.all(), Path(folder))
                _pack(Path(folder), target)
        else:
            write(store.all(), target)
        return f"library{_SUFFIX[format_]}"

    def folder(self) -> Path:
        """See `LibraryFiles.folder`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.iterdir():
            # Another process may sweep it at the same time.
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _LEFT_BEHIND_S:
                    shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(dir=self._folder))


def _bare(name: str) -> str:
    """The last part of a file's name as a browser sent it, made fit to be a file's name here; its ending stays."""
    last = PurePosixPath(name.replace("\\", "/")).name
    bare = "".join(character if character.isprintable() else "_" for character in last)
    bare = bare.encode("utf-8", "replace")[-_MAX_NAME_BYTES:].decode("utf-8", "ignore")
    return bare if bare.strip(". ") else "file"


def _unpack(archive: Path, folder: Path) -> str:
    """Put the files of an archive into `folder`; why not, if it cannot be done, else ""."""
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            if len(members) > _MAX_MEMBERS:
                return f"it has {len(members):,} files; at most {_MAX_MEMBERS:,} are taken"
            if sum(member.file_size for member in members) > _MAX_UNPACKED_BYTES:
                return f"unpacked it has more than {_MAX_UNPACKED_BYTES:,} bytes; use `doctors-note import` instead"
            for member in members:
                # It reads no more than the sizes that were counted, and drops "..", drives and roots from names.
                packed.extract(member, folder)
    except _UNREADABLE as error:
        return f"it is not a zip archive that can be read: {error}"
    return ""


def _pack(folder: Path, target: Path) -> None:
    """All files of `folder` in one archive; the same library gives the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            member = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, path.read_bytes())


def _renamed(entry: Refused, names: Mapping[str, str]) -> Refused:
    """`entry` with the names that files had, wherever a path of ours stands."""
    file, reason = entry.file, entry.reason
    for path, name in names.items():
        file = name if file == path else file.replace(f"{path}/", f"{name}: ")
        reason = reason.replace(f"{path}/", f"{name}: ").replace(path, name)
    return entry._replace(file=file, reason=reason)

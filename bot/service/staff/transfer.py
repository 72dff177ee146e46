"""Bring articles in from files, and give the library out as files: as the command line does, from a browser."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from shutil import rmtree
from typing import TYPE_CHECKING, Protocol

from bot.domain.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.domain.staff import Caller
    from bot.ports import ArticleStore
    from bot.service.importing import Report
    from bot.service.staff.desk import Desk


class LibraryFiles(Protocol):
    """Reads and writes the library in the formats that there are."""

    @property
    def import_formats(self) -> Mapping[str, tuple[str, ...]]:
        """The formats that can be read, with the endings of their files; an archive has several."""
        ...

    @property
    def export_formats(self) -> tuple[str, ...]:
        """The formats that can be written."""
        ...

    def read(self, store: ArticleStore, format_: str, files: Sequence[tuple[str, Path]]) -> Report:
        """Import `files` (the name that each had, and where it lies; at least one), all or none. Raises InvalidQuery.

        They may be moved within their folder.
        """
        ...

    def write(self, store: ArticleStore, format_: str, target: Path) -> str:
        """Write the whole library into the file `target`; the name to give it. Raises InvalidQuery."""
        ...

    def folder(self) -> Path:
        """An empty folder for files on their way, which its user deletes."""
        ...


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `outdated` are the articles it changed that have an open draft of what was before."""

    report: Report
    outdated: tuple[str, ...]


@contextmanager
def passing_folder(desk: Desk) -> Iterator[Path]:
    """A folder for files on their way, which is gone at the end."""
    folder = desk.editing.files.folder()
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def import_files(desk: Desk, caller: Caller, format_: str, files: Sequence[tuple[str, Path]]) -> Imported:
    """Import `files` (the name that each had, and where it lies), all or none. Raises InvalidQuery, Unavailable."""
    if not files:
        raise InvalidQuery("files: there is none; choose at least one")
    before = desk.core.store.version()
    drafts_before = set(desk.drafts.outdated(None))
    report = desk.editing.files.read(desk.core.store, format_, files)
    changes = report.changes
    desk.drafts.log(
        caller.name,
        "library.import",
        f"format:{format_}",
        {
            "files": report.files,
            "added": changes.added,
            "changed": changes.changed,
            "unchanged": changes.unchanged,
            "refused": len(report.refused),
            "library_version": [before, desk.core.store.version()],
        },
    )
    return Imported(report, tuple(each for each in desk.drafts.outdated(None) if each not in drafts_before))


def export_library(desk: Desk, caller: Caller, format_: str, target: Path) -> str:
    """Write the whole library, drafts of it and withdrawn articles too, into `target`; the name to give the file."""
    name = desk.editing.files.write(desk.core.store, format_, target)
    desk.drafts.log(caller.name, "library.export", f"format:{format_}", {"library_version": desk.core.store.version()})
    return name

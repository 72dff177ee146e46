"""Commands on the library: import, export, index, verify."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from bot.bootstrap import configure_logging, install, open_store
from bot.cli.taught import asked_taught, print_lost, record_of
from bot.cli.terminal import AsJson, app, errors, out, print_json, printable, progress_bar
from bot.config import read_settings
from bot.domain.errors import UnreadableFile
from bot.importers import EXPORT_FORMATS, FORMATS
from bot.service.importing import Report, import_paths
from bot.service.verifying import verify as verify_all

if TYPE_CHECKING:
    from bot.bootstrap import Installation
    from bot.config import Settings
    from bot.service.importing import Refused

_SHOWN: Final = 50

# mypy cannot see the members of an enumeration that is made from the registry.
ImportFormat = StrEnum("ImportFormat", {name: name for name in FORMATS})  # type: ignore[misc]
ExportFormat = StrEnum("ExportFormat", {name: name for name in EXPORT_FORMATS})  # type: ignore[misc]


@app.command("import")
def import_(
    format_: Annotated[ImportFormat, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders that are searched for files.")],
    if_empty: Annotated[
        bool, typer.Option(help="Only if the library has no article yet, and then all files or none.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import articles, each file as a whole or not at all, and bring the index in line."""
    settings = read_settings()
    configure_logging(settings.log_level)
    store = open_store(settings)
    is_left = if_empty and not store.is_empty()
    if is_left:
        report = Report()
    else:
        source = FORMATS[format_.value]
        with progress_bar("Reading files") as progress:
            report = import_paths(
                store, paths, suffixes=source.suffixes, read=source.read, progress=progress, together=if_empty
            )
    record: dict[str, object] = {
        **asdict(report.changes),
        "files": report.files,
        "refused": [_refused(entry) for entry in report.refused],
        "left_out": [_refused(entry) for entry in report.left_out],
        "ignored_files": report.ignored,
    }
    # What was imported is told before the index is brought in line, which may take long, or, as JSON, also if it fails.
    if not as_json:
        if is_left:
            out.print("The library has articles already: nothing was imported.")
        else:
            _print_report(report)
    try:
        if report.changes.added or report.changes.changed:
            taught = asked_taught(opened(settings))
            record["taught"] = record_of(taught)
            if not as_json:
                print_lost(taught)
    finally:
        if as_json:
            print_json(record)
    if report.refused:
        raise typer.Exit(1)


@app.command("export")
def export(
    format_: Annotated[ExportFormat, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(EXPORT_FORMATS)}.")],
    path: Annotated[Path, typer.Argument(help="The file to write; for markdown, the folder.")],
    as_json: AsJson = False,
) -> None:
    """Write the whole library, drafts and withdrawn articles too, to a file or folder."""
    store = open_store(read_settings())
    write = FORMATS[format_.value].write
    assert write is not None  # only such formats can be chosen
    is_folder = format_.value == "markdown"
    if path.exists() and path.is_dir() != is_folder and not path.is_char_device():
        raise UnreadableFile(
            f"{path} is {'a file' if is_folder else 'a folder'}; name a {'folder' if is_folder else 'file'}"
        )
    count = write(store.all(), path)
    if as_json:
        print_json({"exported": count, "path": str(path)})
    else:
        out.print(f"{count:,} articles written to {path}")


@app.command("index")
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make it anew, whatever state it is in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the index in line with the library."""
    settings = read_settings()
    configure_logging(settings.log_level)
    installation = opened(settings, rebuild=rebuild)
    result = {"texts": installation.core.retriever.count, "library_version": installation.core.store.version()}
    if as_json:
        print_json(result)
    else:
        out.print(f"The index is in line with the library: {result['texts']:,} texts.")


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Prove that the index, the store and every quotation given so far agree.

    What was stored but not yet indexed is indexed first; an index that was damaged is told of, not mended.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    core = opened(settings, repair=False).core
    result = verify_all(core.store, core.retriever)
    if as_json:
        print_json({"agrees": not result.disagreements, **asdict(result)})
    elif result.disagreements:
        for line in result.disagreements:
            out.print(line)
        errors.print(f"{len(result.disagreements):,} disagreements.")
    else:
        out.print(
            f"Store, index and quotations agree: {result.texts:,} texts indexed, "
            f"{result.quotations:,} quotations given."
        )
    if result.disagreements:
        raise typer.Exit(1)


def opened(settings: Settings, *, rebuild: bool = False, repair: bool = True, wait: bool = True) -> Installation:
    """The installation, its index brought in line behind a progress bar; see `install`."""
    with progress_bar("Indexing articles") as progress:
        return install(settings, announce=errors.print, progress=progress, rebuild=rebuild, repair=repair, wait=wait)


def _refused(entry: Refused) -> dict[str, object]:
    return {"file": entry.file, "record": entry.record, "reason": entry.reason, "records": entry.records}


def _print_report(report: Report) -> None:
    changes = report.changes
    out.print(
        f"{changes.added:,} added, {changes.changed:,} changed, {changes.unchanged:,} unchanged "
        f"from {report.files:,} files; {len({entry.file for entry in report.refused}):,} refused."
    )
    for entry in report.left_out:
        out.print(f"left out: {entry.file}: {entry.record}: {entry.reason}")
    if report.ignored:
        out.print(f"ignored: {report.ignored:,} files of other formats")
    for entry in report.refused[:_SHOWN]:
        place = f"{entry.file}, {entry.record}" if entry.record else entry.file
        errors.print(Text("refused: ", style="bold red"), printable(f"{place}: {entry.reason}"), sep="")
    if len(report.refused) > _SHOWN:
        errors.print(f"... and {len(report.refused) - _SHOWN:,} more; --json lists them all")
    sys.stdout.flush()

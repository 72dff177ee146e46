"""The library in files: from a browser, and to one."""

from __future__ import annotations

from shutil import copyfileobj
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import File, Form, UploadFile
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from bot.domain.errors import InvalidQuery, shown
from bot.domain.staff import Caller, Right
from bot.service.staff.taught_cases import TaughtReport, ask_few_taught
from bot.service.staff.transfer import export_library, import_files, passing_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from bot.service.importing import Refused
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

MAX_UPLOAD_BYTES: Final = 100_000_000
_MAX_FILES: Final = 1_000
_CHUNK_BYTES: Final = 262_144
_SHOWN: Final = 200


class RefusedRecord(BaseModel):
    """A record that was not taken: of which file ("" for all of it), and why."""

    file: str
    record: str
    reason: str
    records: int

    @classmethod
    def of(cls, entry: Refused) -> RefusedRecord:
        """The record of `entry`."""
        return cls(file=entry.file, record=entry.record, reason=entry.reason, records=entry.records)


class ImportPage(BaseModel):
    """The report of an import, as the command line's; before one, `added` is None. `outdated`: see their drafts.

    `taught` is what became of taught phrasings; None where nothing changed, or they are to be asked at /phrasings/ask.
    """

    formats: dict[str, tuple[str, ...]]
    export_formats: list[str]
    max_bytes: int
    format: str = ""
    added: int | None = None
    changed: int = 0
    unchanged: int = 0
    files: int = 0
    refused: list[RefusedRecord] = []
    left_out: list[RefusedRecord] = []
    ignored_files: int = 0
    outdated: list[str] = []
    taught: TaughtReport | None = None


def add_transfer_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The routes of import and export. They come before those of articles, whose ids would take their addresses."""
    files = desk.editing.files

    def blank() -> ImportPage:
        return ImportPage(
            formats=dict(files.import_formats), export_formats=list(files.export_formats), max_bytes=MAX_UPLOAD_BYTES
        )

    @routes.view("/articles/import", Right.WRITE, "staff/articles/import.html", "The formats of import and export")
    def get_import(caller: Caller) -> ImportPage:
        """With the endings of their files."""
        return blank()

    @routes.answer(
        "/articles/import",
        Right.IMPORT,
        "staff/articles/import.html",
        "Import articles from files",
        max_body_size=MAX_UPLOAD_BYTES,
    )
    def post_import(
        caller: Caller,
        files: Annotated[list[UploadFile], File(description="Files of one format, or zip archives of them.")],
        format_: Annotated[str, Form(alias="format")],
    ) -> ImportPage:
        """All of them, or, if anything is refused, none; the same report as the command line's."""
        if len(files) > _MAX_FILES:
            raise InvalidQuery(f"files: {len(files):,} are too many; put them into one zip archive")
        with passing_folder(desk) as folder:
            named = []
            for number, upload in enumerate(each for each in files if each.filename):
                path = folder / f"upload-{number}"
                with path.open("wb") as target:
                    copyfileobj(upload.file, target, _CHUNK_BYTES)
                named.append((upload.filename or "", path))
            done = import_files(desk, caller, format_, named)
        report = done.report
        page = blank()
        page.format = format_
        page.added, page.changed, page.unchanged = (
            report.changes.added,
            report.changes.changed,
            report.changes.unchanged,
        )
        page.files, page.ignored_files, page.outdated = report.files, report.ignored, list(done.outdated)
        if report.changes.added or report.changes.changed:
            page.taught = ask_few_taught(desk)
        page.refused = [RefusedRecord.of(entry) for entry in report.refused]
        page.left_out = [RefusedRecord.of(entry) for entry in report.left_out]
        return page

    @routes.download("/articles/export/{format_}", Right.WRITE, "Export the whole library")
    def get_export(caller: Caller, format_: str) -> Response:
        """Drafts and withdrawn articles of the library too; markdown comes as a zip archive of files."""
        if format_ not in desk.editing.files.export_formats:
            raise InvalidQuery(f"format: {shown(format_)} is none of {', '.join(desk.editing.files.export_formats)}")
        with passing_folder(desk) as folder:
            target = folder / "export"
            name = export_library(desk, caller, format_, target)
            size = target.stat().st_size
            file = target.open("rb")  # it can be read to its end after its folder is gone
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
        return StreamingResponse(_read(file), headers=headers, media_type="application/octet-stream")


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk

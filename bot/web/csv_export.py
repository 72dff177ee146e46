"""Tables as CSV files (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from itertools import chain
from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet may take for the beginning of a formula (OWASP, CSV Injection), also in full width.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Without it, Excel takes UTF-8 for the code page of its machine.
_BOM: Final = "\ufeff"
# Rows are sent together: a piece of a response costs more than a row of it.
_ROWS: Final = 500


def csv_cell(value: object) -> str:
    """`value` as a cell's text; words that a spreadsheet would run as a formula get an apostrophe before them.

    Numbers stay as they are, None is empty, and a moment is ISO 8601.

    >>> [csv_cell(value) for value in ("=1+1", -1.5, "-1", None, True)]
    ["'=1+1", '-1.5', "'-1", '', 'true']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in pieces, as the rows come."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    for number, row in enumerate(rows, 1):
        writer.writerow(map(csv_cell, row))
        if number % _ROWS == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """The file `name`.csv, to be kept by the browser. It begins with a byte order mark ("utf-8-sig")."""
    pieces = chain([_BOM], csv_text(header, rows))
    return download_response(f"{name}.csv", "text/csv; charset=utf-8; header=present", pieces)


def download_response(file_name: str, media_type: str, pieces: Iterable[str]) -> StreamingResponse:
    """A file that the browser keeps instead of showing it; `file_name` is plain ASCII without quotes."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)

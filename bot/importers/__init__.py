"""The formats that articles come in and go out by; to add one, write a module and name it in `FORMATS`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.importers import csv, jsonl, markdown, medquad, page

if TYPE_CHECKING:
    from bot.importers.base import Format

FORMATS: Final[dict[str, Format]] = {
    "markdown": markdown.FORMAT,
    "jsonl": jsonl.FORMAT,
    "csv": csv.FORMAT,
    "page": page.FORMAT,
    "medquad": medquad.FORMAT,
}
EXPORT_FORMATS: Final = tuple(name for name, format_ in FORMATS.items() if format_.write is not None)

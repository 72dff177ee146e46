"""Files from a browser, of whatever names and bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from bot.importers.exchange import FileExchange
from bot.ports import Changes

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store import SqlStore

LINE = b'{"id": "a", "question": "Why?", "short_answer": "So."}\n'


def upload(folder: Path, content: bytes) -> Path:
    path = folder / "upload-0"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "name", ["..", ".", "", "...", "a\x00b\n.jsonl", "é" * 300 + ".jsonl", "\udc80.jsonl", "a\\..\\b.jsonl", "/"]
)
def test_files_of_any_name_are_taken(name: str, tmp_path: Path, store: SqlStore) -> None:
    """Under a name that is safe, in a folder of their own."""
    report = FileExchange(tmp_path).read(store, "jsonl", [(name, upload(tmp_path, LINE))])
    assert (report.changes, report.refused) == (Changes(added=1), [])


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_damaged_is_refused(method: int, tmp_path: Path, store: SqlStore) -> None:
    """With a reason, at whatever byte, and nothing of it is taken."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.jsonl", LINE * 3)
    whole = packed.getvalue()
    for place in range(30, 60):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        report = FileExchange(tmp_path).read(store, "jsonl", [("a.zip", upload(tmp_path, bytes(broken)))])
        assert report.refused, place
    assert store.is_empty()

"""CSV (RFC 4180, UTF-8) with a heading row: the keys of the JSON form.

`also_asked` and `symptoms` have one item a line within their cell; `references` has a JSON list, or one reference a
line within its cell, whose identifiers are then read from its text.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, Final

from bot.domain.errors import InvalidArticle, UnreadableFile
from bot.domain.records import KEYS, article_from_record, record_from_article
from bot.importers.base import MAX_ARTICLE_FILE_BYTES, Format
from bot.importers.files import replacing
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.ports import StoredArticle

_LISTS: Final = ("also_asked", "symptoms")


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The articles in `path`, a row at a time."""
    csv.field_size_limit(MAX_ARTICLE_FILE_BYTES)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            heading = _heading(next(rows, []))
            for row in rows:
                if any(row):
                    yield from _read_row(heading, row, f"line {rows.line_num}")
    except csv.Error as error:
        raise UnreadableFile(f"it is not CSV: {error} (line {rows.line_num})") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"it is not UTF-8 ({error.reason}); save it as CSV UTF-8") from error
    except OSError as error:
        raise UnreadableFile(f"it cannot be read: {error.strerror}") from error


def write(articles: Iterable[StoredArticle], path: Path) -> int:
    """Write all articles to the file `path`."""
    count = 0
    with replacing(path) as file:
        rows = csv.DictWriter(file, KEYS)
        rows.writeheader()
        for count, stored in enumerate(articles, start=1):  # noqa: B007  the last number is the count
            record = record_from_article(stored.article)
            for key in _LISTS:
                record[key] = "\n".join(record[key])
            record["references"] = json.dumps(record["references"], ensure_ascii=False) if record["references"] else ""
            rows.writerow(record)
    return count


def _heading(row: list[str]) -> list[str]:
    heading = [name.strip() for name in row]
    if "question" not in heading:
        raise UnreadableFile(
            "its first row is no heading, separated by commas, with the column question "
            f"(known columns: {', '.join(KEYS)})"
        )
    if len(set(heading)) != len(heading):
        raise UnreadableFile("a column stands there twice in its heading")
    return heading


def _read_row(heading: list[str], row: list[str], place: str) -> Iterator[SourcedArticle | Refusal]:
    if len(row) != len(heading):
        yield Refusal(place, f"it has {len(row)} cells, the heading {len(heading)}")
        return
    record: dict[str, Any] = dict(zip(heading, row, strict=True))
    for key in _LISTS:
        record[key] = _items(record.get(key, ""))
    try:
        record["references"] = _references(record.get("references", ""))
        yield SourcedArticle(article_from_record(record))
    except InvalidArticle as error:
        yield from (Refusal(place, str(problem)) for problem in error.problems)
    except UnreadableFile as error:
        yield Refusal(place, str(error))


def _items(cell: str) -> list[str]:
    return [line for line in cell.replace("\r\n", "\n").split("\n") if line.strip()]


def _references(cell: str) -> object:
    if not cell.lstrip().startswith("["):
        return _items(cell)
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"references begins with [ but is not a JSON list: {error}") from error


FORMAT: Final = Format(suffixes=(".csv",), read=read, write=write)

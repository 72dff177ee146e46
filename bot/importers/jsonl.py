"""JSON Lines: one article a line, in the JSON form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.domain.errors import InvalidArticle, UnreadableFile, shown
from bot.domain.records import article_from_record, record_from_article
from bot.importers.base import MAX_ARTICLE_FILE_BYTES, Format
from bot.importers.files import replacing
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.ports import StoredArticle


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The articles in `path`, a line at a time."""
    for number, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            yield SourcedArticle(article_from_record(record_of(line)))
        except InvalidArticle as error:
            yield from (Refusal(place, str(problem)) for problem in error.problems)
        except UnreadableFile as error:
            yield Refusal(place, str(error))


def record_of(line: bytes) -> dict[str, Any]:
    """The record in a line. Raises UnreadableFile."""
    try:
        record = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_without_repetition)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"it is not UTF-8 (byte {error.start:,}); save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"it is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise UnreadableFile(f"it is {shown(record)}, expected an object")
    return record


def lines(path: Path) -> Iterator[bytes]:
    """The lines of `path`, none of which may be longer than an article can be. Raises UnreadableFile."""
    try:
        with path.open("rb") as file:
            while line := file.readline(MAX_ARTICLE_FILE_BYTES):
                if len(line) == MAX_ARTICLE_FILE_BYTES:
                    raise UnreadableFile(
                        f"it has a line of over {MAX_ARTICLE_FILE_BYTES:,} bytes; is it JSON Lines, one article a line?"
                    )
                if b"\x00" in line:
                    raise UnreadableFile("it is a binary file, expected text in UTF-8")
                yield line
    except OSError as error:
        raise UnreadableFile(f"it cannot be read: {error.strerror}") from error


def write(articles: Iterable[StoredArticle], path: Path) -> int:
    """Write all articles to the file `path`."""
    count = 0
    with replacing(path) as file:
        for count, stored in enumerate(articles, start=1):  # noqa: B007  the last number is the count
            file.write(json.dumps(record_from_article(stored.article), ensure_ascii=False) + "\n")
    return count


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shown(twice)} stands there twice")
    return record


FORMAT: Final = Format(suffixes=(".jsonl",), read=read, write=write)

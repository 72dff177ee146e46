"""Evaluation libraries and questions: read, and asked along the same path as a patient's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidArticle, UnreadableFile, shown
from bot.domain.records import article_from_record
from bot.importers.jsonl import lines, record_of
from bot.ports import SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, and the ids of the articles that answer it; none where nothing in the library does."""

    asked: str
    expected: frozenset[str]


def read_library(path: Path) -> Iterator[SourcedArticle]:
    """The articles of an evaluation library (JSON Lines; `id` and `question` suffice). Raises UnreadableFile."""
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            try:
                yield SourcedArticle(article_from_record(record_of(line), needs_answer=False))
            except (InvalidArticle, UnreadableFile) as error:
                raise UnreadableFile(f"{path}, line {number}: {error}") from error


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """The questions of a question file (JSON Lines; `asked`, `expected`). Raises UnreadableFile."""
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            try:
                yield _question(record_of(line))
            except UnreadableFile as error:
                raise UnreadableFile(f"{path}, line {number}: {error}") from error


def _question(record: dict[str, object]) -> AskedQuestion:
    asked, expected = record.get("asked"), record.get("expected")
    if not isinstance(asked, str) or not asked.strip():
        raise UnreadableFile(f"asked is {shown(asked)}, expected a question")
    ids = [expected] if isinstance(expected, str) else [] if expected is None else expected
    if not isinstance(ids, list) or not all(isinstance(identifier, str) for identifier in ids):
        raise UnreadableFile(f"expected is {shown(expected)}, expected an article's id, a list of ids, or null")
    return AskedQuestion(asked, frozenset(ids))

"""Evaluation libraries and questions, read from their files."""

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
    """A question, and the ids of the articles that answer it; none where nothing in the library does.

    `stated` is the `expected` of its file as it stands there; `kind`, "" for none, groups questions in the metrics;
    `line` is the number of its line.
    """

    asked: str
    expected: frozenset[str]
    stated: str | tuple[str, ...] | None = None
    kind: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A library, and questions to ask of it."""

    articles: tuple[SourcedArticle, ...]
    questions: tuple[AskedQuestion, ...]


def read_task(library: Path, questions: Path) -> Task:
    """A library and its questions, held against each other. Raises UnreadableFile, naming the line."""
    articles = tuple(read_library(library))
    asked = tuple(read_questions(questions))
    for path, records, what in ((library, articles, "article"), (questions, asked, "question")):
        if not records:
            raise UnreadableFile(f"{path} has no {what}; it needs at least one, as a line of JSON")
    known = {sourced.article.id for sourced in articles}
    for question in asked:
        place = f"{questions}, line {question.line}"
        if missing := sorted(question.expected - known):
            raise UnreadableFile(f"{place}: it expects {shown(missing[0])}, which {library} does not have")
    return Task(articles, asked)


def read_library(path: Path) -> Iterator[SourcedArticle]:
    """The articles of an evaluation library (JSON Lines; `id` and `question` suffice). Raises UnreadableFile."""
    first_lines: dict[str, int] = {}
    for number, record in numbered_records(path):
        try:
            article = article_from_record(record, needs_answer=False)
        except InvalidArticle as error:
            raise UnreadableFile(f"{path}, line {number}: {error}") from error
        if (first := first_lines.setdefault(article.id, number)) != number:
            raise UnreadableFile(f"{path}, line {number}: the id {shown(article.id)} stands in line {first} already")
        yield SourcedArticle(article)


def read_questions(path: Path) -> Iterator[AskedQuestion]:
    """The questions of a question file (JSON Lines; `asked`, `expected`, optional `kind`). Raises UnreadableFile."""
    for number, record in numbered_records(path):
        try:
            yield _question(record, number)
        except UnreadableFile as error:
            raise UnreadableFile(f"{path}, line {number}: {error}") from error


def numbered_records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """The records of a JSON Lines file with the numbers of their lines. Raises UnreadableFile, naming both."""
    numbered = enumerate(lines(path), start=1)
    while True:
        try:
            number, line = next(numbered, (0, b""))
        except UnreadableFile as error:
            raise UnreadableFile(f"{path}: {error}") from error
        if not number:
            return
        if line.strip():
            try:
                yield number, record_of(line)
            except UnreadableFile as error:
                raise UnreadableFile(f"{path}, line {number}: {error}") from error


def _question(record: dict[str, object], line: int) -> AskedQuestion:
    asked, expected, kind = record.get("asked"), record.get("expected"), record.get("kind", "")
    if not isinstance(asked, str) or not asked.strip():
        raise UnreadableFile(f"asked is {shown(asked)}, expected a question")
    if "expected" not in record:
        raise UnreadableFile("expected is missing; it is an article's id, a list of ids, or null")
    ids = [expected] if isinstance(expected, str) else [] if expected is None else expected
    if not isinstance(ids, list) or not all(isinstance(identifier, str) for identifier in ids):
        raise UnreadableFile(f"expected is {shown(expected)}, expected an article's id, a list of ids, or null")
    if not isinstance(kind, str):
        raise UnreadableFile(f"kind is {shown(kind)}, expected a word")
    stated = tuple(ids) if isinstance(expected, list) else expected if isinstance(expected, str) else None
    return AskedQuestion(asked, frozenset(ids), stated, kind, line)

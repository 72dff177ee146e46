"""JSON Lines: each line is an article, or is refused by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.importers import jsonl
from tests.importers.articles import articles_of, refusals_of, stored

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '{"id": "a", "question": "Why?", "short_answer": "So."}'


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.jsonl"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [GOOD, GOOD + "\n", f"\n\n  \n{GOOD}\r\n\r\n", "\ufeff" + GOOD, GOOD.replace("Why?", "Wh\\u0079?"), f"\t{GOOD} "],
    ids=["bare", "line-end", "blank-lines-crlf", "byte-order-mark", "escape", "spaces"],
)
def test_an_article_a_line(content: str, tmp_path: Path) -> None:
    """Blank lines, line ends of Windows, a byte order mark and escapes make no difference."""
    assert [article.question for article in articles_of(jsonl.read(written(tmp_path, content)))] == ["Why?"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "it is not JSON: "),
        ("not json", "it is not JSON: "),
        (GOOD + GOOD, "it is not JSON: Extra data"),
        ("[" * 100_000, "it is not JSON: "),
        ('{"a":' * 100_000, "it is not JSON: "),
        ("1" * 10_000, "it is not JSON: "),
        ("[1, 2]", "it is [1, 2], expected an object"),
        ("null", "it is None, expected an object"),
        ('{"id": "a", "id": "b"}', "the key 'id' stands there twice"),
        ('{"id": "a", "references": [{"text": "x", "text": "y"}]}', "the key 'text' stands there twice"),
        ('{"id": "b", "question": NaN, "short_answer": "x"}', "question: nan is not text"),
        ('{"id": "b", "question": Infinity, "short_answer": "x"}', "question: inf is not text"),
        ('{"id": "b", "question": "\\ud800", "short_answer": "x"}', "free of control characters (U+D800 at 0)"),
        ('{"id": "b", "question": "a\\u0000b", "short_answer": "x"}', "free of control characters (U+0000 at 1)"),
        ('{"id": "b", "question": "Why?"}', "short_answer: '' is not an answer"),
    ],
    ids=str.__len__,
)
def test_a_broken_line_is_refused_by_its_number(line: str, reason: str, tmp_path: Path) -> None:
    """The other lines are read all the same, and the reason is short."""
    records = list(jsonl.read(written(tmp_path, f"{GOOD}\n{line}\n")))
    ((place, why),) = refusals_of(records)
    assert place == "line 2"
    assert reason in why
    assert len(why) < 400
    assert articles_of(records[:1])[0].id == "a"


def test_a_line_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """The byte at fault is named, with the remedy."""
    path = written(tmp_path, b'{"id": "caf\xe9"}\n')
    assert refusals_of(jsonl.read(path)) == [("line 1", "it is not UTF-8 (byte 11); save the file as UTF-8")]


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    """A file with NUL bytes is no text."""
    with pytest.raises(UnreadableFile, match="it is a binary file"):
        list(jsonl.read(written(tmp_path, b"PK\x03\x04\x00\x00")))


def test_a_huge_line_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A file of 50 MB without a line end is given up after the largest article there can be."""
    path = written(tmp_path, b"")
    with path.open("r+b") as file:
        file.truncate(50_000_000)
    with pytest.raises(UnreadableFile, match="it has a line of over 5,000,000 bytes; is it JSON Lines"):
        list(jsonl.read(path))


def test_an_empty_file_has_no_articles(tmp_path: Path) -> None:
    """The export of an empty library is an empty file."""
    assert list(jsonl.read(written(tmp_path, ""))) == []


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    """A record is written with its keys in the contract's order, and its letters not escaped."""
    articles = articles_of(jsonl.read(written(tmp_path, GOOD.replace("Why", "Wh\u00fd"))))
    assert jsonl.write(map(stored, articles), tmp_path / "out.jsonl") == 1
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == (
        '{"id": "a", "question": "Wh\u00fd?", "short_answer": "So.", "also_asked": [], "symptoms": [], "author": "", '
        '"reviewer": "", "published": null, "reviewed": null, "review_due": null, "language": "en", '
        '"status": "published", "source": "", "references": [], "explanation": ""}\n'
    )

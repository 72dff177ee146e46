"""CSV with a heading row, as spreadsheets write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.domain.references import Reference
from bot.importers import csv
from tests.importers.articles import articles_of, refusals_of

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.csv"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "id,question,short_answer\na,Why?,So.\n",
        "id,question,short_answer\r\na,Why?,So.\r\n",
        "id,question,short_answer\ra,Why?,So.\r",
        "\ufeffid,question,short_answer\r\na,Why?,So.",
        " short_answer , id,question\nSo.,a,Why?\n",
        'id,question,short_answer\n"a","Why?","So."\n\n,,\n',
    ],
    ids=["lf", "crlf", "cr", "byte-order-mark", "columns-moved", "quotes-and-blank-rows"],
)
def test_a_row_is_an_article(content: str, tmp_path: Path) -> None:
    """Line ends, a byte order mark, the order of columns, and empty rows make no difference."""
    (article,) = articles_of(csv.read(written(tmp_path, content)))
    assert (article.id, article.question, article.short_answer) == ("a", "Why?", "So.")


def test_cells_with_several_lines(tmp_path: Path) -> None:
    """Quoted cells keep commas, quotes and lines; lists have an item a line; references are read from their text."""
    path = written(
        tmp_path,
        "id,question,explanation,symptoms,also_asked,references\r\n"
        'a,"Why, ""now""?","One.\r\n\r\nTwo.","cough\r\nrunny nose\r\n",,"First. PMID: 1\nSecond, 2020."\r\n',
    )
    (article,) = articles_of(csv.read(path))
    assert article.question == 'Why, "now"?'
    assert article.explanation == "One.\n\nTwo."
    assert article.symptoms == ("cough", "runny nose")
    assert article.also_asked == ()
    assert article.references == (Reference("First. PMID: 1", pmid="1"), Reference("Second, 2020."))


def test_references_as_json(tmp_path: Path) -> None:
    """A cell that begins with a bracket has the references of the JSON form."""
    path = written(tmp_path, 'id,question,short_answer,references\na,Why?,So.,"[{""text"": ""T"", ""pmid"": ""7""}]"\n')
    assert articles_of(csv.read(path))[0].references == (Reference("T", pmid="7"),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,Why?", "it has 2 cells, the heading 4"),
        ("a,Why?,So.,,", "it has 5 cells, the heading 4"),
        ("a,,So.,", "question: '' is not a question"),
        ("A,Why?,So.,", "id: 'A' is not 1 to 100"),
        ("a,Why?,So.,[1", "references begins with [ but is not a JSON list"),
        ("a,Why?,So.," + "[" * 90_000, "references begins with [ but is not a JSON list"),
        ("a,Why?,So.,[1]", "references[1]: 1 is not a text, or a record"),
        ("a,Why?,So\x00.,", "free of control characters (U+0000 at 2)"),
    ],
    ids=["short", "long", "no-question", "id", "json", "nested", "number", "nul"],
)
def test_a_bad_row_is_refused_by_its_line(row: str, reason: str, tmp_path: Path) -> None:
    """The line is the file's, also after cells of several lines."""
    content = f'id,question,short_answer,references\nfirst,Why?,"So\n.",\n{row}\n'
    ((place, why),) = refusals_of(csv.read(written(tmp_path, content)))
    assert place == "line 4"
    assert reason in why


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "its first row is no heading"),
        ("a,Why?,So.\n", "its first row is no heading, separated by commas, with the column question"),
        ("id;question;short_answer\na;Why?;So.\n", "its first row is no heading, separated by commas"),
        ("id,question,question\na,Why?,So.\n", "a column stands there twice"),
        ('id,question\na,"Why?', "it is not CSV: unexpected end of data (line 2)"),
        ('id,question\na,"Why"?\n', "it is not CSV: "),
        (b"id,question,short_answer\na,Wh\xff?,So.\n", "it is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "it is not UTF-8"),
        ('id,question\na,"' + "x" * 5_000_001, "it is not CSV: field larger than field limit"),
    ],
    ids=["empty", "no-heading", "semicolons", "twice", "unclosed", "after-quote", "latin-1", "binary", "huge-cell"],
)
def test_what_is_no_csv_is_refused(content: str | bytes, reason: str, tmp_path: Path) -> None:
    """The file as a whole is refused, with the line where it is known."""
    with pytest.raises(UnreadableFile) as caught:
        list(csv.read(written(tmp_path, content)))
    assert reason in str(caught.value)


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    """A misspelt heading is not dropped in silence."""
    path = written(tmp_path, "id,question,short_answer,authr\na,Why?,So.,x\n")
    ((place, reason),) = refusals_of(csv.read(path))
    assert (place, reason.split(" (")[0]) == ("line 2", "authr: 'x' is not a known field")


def test_a_sparse_file_of_50_mb_is_refused(tmp_path: Path) -> None:
    """Nothing but NUL bytes, however many, is no heading."""
    path = written(tmp_path, b"")
    with path.open("r+b") as file:
        file.truncate(50_000_000)
    with pytest.raises(UnreadableFile):
        list(csv.read(path))

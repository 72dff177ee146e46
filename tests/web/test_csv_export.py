"""Tables as CSV files."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.csv_export import csv_cell, csv_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_words_are_a_formula(start: str) -> None:
    """Of whatever begins as one, a spreadsheet sees text."""
    assert csv_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@settings(deadline=None)
@given(st.text(st.sampled_from("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'\" \ufeffa1")))
def test_no_cell_begins_as_a_formula(text: str) -> None:
    """Whatever it is made of; and what was written can be told from it."""
    cell = csv_cell(text)
    assert not cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    assert cell in {text, f"'{text}"}


@settings(deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)))
def test_a_table_can_be_read_again(rows: list[list[str]]) -> None:
    """Cell by cell, whatever is in it; long tables come in pieces."""
    text = "".join(csv_text(["a", "b"], rows * 300))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a", "b"],
        *([csv_cell(cell) for cell in row] for row in rows * 300),
    ]

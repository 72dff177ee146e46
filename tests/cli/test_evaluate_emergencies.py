"""`doctors-note evaluate-emergencies`, as the contract has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    path = tmp_path / "messages.tsv"
    path.write_text(
        "1\tchst pain n sweatng\n"
        "0\twhat are the symptoms of a heart attack\n"
        "0\tmy father had a stroke in 2012\n"
        "0\tI am bleeding heavily\tlabelled wrongly\n"
    )
    return path


def test_the_figures_are_printed(run: Callable[..., Outcome], messages: Path) -> None:
    """With --json they have the contract's keys."""
    outcome = run("evaluate-emergencies", messages, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == {
        "n": 4,
        "recall": 1.0,
        "false_alarm_rate": 1 / 3,
        "missed": [],
        "wrongly_alarmed": ["I am bleeding heavily"],
    }


def test_people_can_read_them(run: Callable[..., Outcome], messages: Path) -> None:
    """Without it, line by line."""
    out = run("evaluate-emergencies", messages).out
    assert "recall: 1.0000" in out
    assert "I am bleeding heavily" in out


def test_a_bad_file_is_refused(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """It is named with its line, and the exit is 1."""
    bad = tmp_path / "bad.tsv"
    bad.write_text("1\tfine\nyes\tno label\n")
    outcome = run("evaluate-emergencies", bad)
    assert outcome.code == 1
    assert "line 2" in outcome.err
    assert run("evaluate-emergencies", tmp_path / "none.tsv").code == 1
    assert run("evaluate-emergencies").code == 2

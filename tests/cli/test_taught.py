"""Taught phrasings as cases on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.staff import COMMAND_LINE
from bot.service.staff.teaching import teach
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.bootstrap import Installation
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

JET_LAG = ROOT / "data/articles/jet-lag.md"
PHRASING = "my head is still in another time zone"


def test_cases_that_hold_and_cases_that_are_lost(run: Run, installation: Installation) -> None:
    """The figures, each lost phrasing, and exit 1 while there is one; all of it in JSON too."""
    assert run("evaluate", "--taught").out.startswith("0 taught phrasings asked")
    teach(installation.desk, COMMAND_LINE, "jet-lag", [PHRASING])
    held = run("evaluate", "--taught")
    assert (held.code, held.err) == (0, "")
    assert held.out.startswith("1 taught phrasings asked: 1 quoted their article, 0 offered it, 0 lost it;")
    teach(installation.desk, COMMAND_LINE, "jet-lag", ["hello there"])
    lost = run("evaluate", "--taught")
    assert lost.code == 1
    assert "taught, but lost: jet-lag: 'hello there': it is information" in lost.err
    report = run("evaluate", "--taught", "--json")
    assert report.code == 1
    assert json.loads(report.out) == {
        "n": 2,
        "quoted": 1,
        "offered": 0,
        "unserved": 0,
        "lost": [
            {
                "phrasing": "hello there",
                "article_id": "jet-lag",
                "outcome": "information",
                "instead": [],
                "probability": None,
            }
        ],
    }


def test_what_cannot_go_with_it(run: Run) -> None:
    """It asks the installed library; an evaluation of files needs both of them."""
    assert run("evaluate", "--taught", "--library", JET_LAG).code == 2
    assert run("evaluate", "--library", JET_LAG).code == 2


def test_an_import_asks_them_again(run: Run, installation: Installation, tmp_path: Path) -> None:
    """An article that takes a phrasing away is told of, and imported all the same."""
    teach(installation.desk, COMMAND_LINE, "jet-lag", [PHRASING])
    copy = tmp_path / "time-zones.md"
    text = JET_LAG.read_text().replace("id: jet-lag", "id: a-time-zones")
    head, _, rest = text.partition("question: ")
    copy.write_text(f"{head}question: {PHRASING}\n" + rest.partition("\n")[2])
    outcome = run("import", "markdown", copy, "--json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["added"], report["taught"]["n"]) == (0, 1, 1)
    # The two articles answer the very same question: the other one is quoted, this one offered beside it, or lost.
    assert report["taught"]["quoted"] == 0
    retired = tmp_path / "jet-lag.md"
    retired.write_text(JET_LAG.read_text().replace("status: sample", "status: retired"))
    report = json.loads(run("import", "markdown", retired, "--json").out)
    assert (report["changed"], report["taught"]["n"], report["taught"]["unserved"]) == (1, 0, 1)

"""The documentation says what the code does."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from typer.main import get_command

from bot.cli.terminal import app
from bot.domain.feedback import FeedbackReason
from bot.importers import FORMATS
from bot.store.schema import metadata
from scripts.reference_pages import DOCS, PAGES
from tests.conftest import ROOT

# What has nothing to do with anybody: what doctors wrote, and counts.
LIBRARY = {"library", "articles", "article_symptoms", "revisions", "erasures"}
DOCUMENTS = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])


@pytest.mark.parametrize("name", PAGES)
def test_pages_made_from_code_are_up_to_date(name: str) -> None:
    """`python -m scripts.reference_pages` would change nothing."""
    assert (DOCS / name).read_text() == PAGES[name]()


def test_links_lead_somewhere() -> None:
    """Every relative link in the documentation has its file."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_commands_in_the_documentation_exist() -> None:
    """Every `doctors-note COMMAND` that a reader is told to type is one."""
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009  typer hides that it is a group
    whole = "\n".join(document.read_text() for document in DOCUMENTS)
    told = set(re.findall(r"(?:(?<![=/])|(?<=bin/))doctors-note ([a-z][a-z-]*)", whole))  # not folders and users
    assert told <= commands
    assert commands <= told


def test_keys_of_the_staff_pages_are_documented() -> None:
    """The guide's table has every single key that the pages' script has as a command, and no other."""
    script = (ROOT / "bot/web/static/staff-keys.js").read_text()
    commands = set(re.findall(r'^  \["(.)", "', script, re.MULTILINE))
    places = set(re.findall(r'^  (.): \["/staff', script, re.MULTILINE))
    assert {"j", "z"} <= commands
    assert {"q", "t"} <= places
    told, led = set[str](), set[str]()
    section = (DOCS / "staff.md").read_text().partition("### Keys")[2].partition("\n## ")[0]
    for cell in re.findall(r"^\| (\*\*.*?) \|", section, re.MULTILINE):
        keys = re.findall(r"\*\*(.)\*\*", cell)
        if " then " in cell:
            led |= set(keys[1:])
        elif " to " in cell:
            told.add(keys[0])
        else:
            told |= set(keys)
    assert told == commands | {"/", "?"}
    assert led == places


def test_every_format_is_documented() -> None:
    """The page on importing has a row for each format."""
    page = (DOCS / "importing.md").read_text()
    assert set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == set(FORMATS)


def test_make_targets_in_the_readme_exist() -> None:
    """Every `make TARGET` that the README names is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^    make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_nothing_of_a_workplace_is_in_the_repository() -> None:
    """No file names a machine's paths or hosts."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in set(listed.stdout.split()) - {"tests/test_docs.py"}:
        if name.endswith((".md", ".py", ".toml", ".txt", "Makefile", "run")):
            assert not re.search(r"(?<!\w)/(root|home|work)/", (ROOT / name).read_text()), name


def test_every_stored_field_is_told_of() -> None:
    """The page on privacy has each column in which something about a patient is kept, and none that is not there."""
    page = (DOCS / "privacy.md").read_text()
    told = {
        f"{table}.{field}"
        for table, fields in re.findall(r"^\| (\w+) \| ([a-z0-9_, ]+) \|", page, re.MULTILINE)
        for field in fields.split(", ")
    }
    stored = [table for name, table in metadata.tables.items() if name not in LIBRARY]
    assert told - {"table.field"} == {str(column) for table in stored for column in table.columns}


def test_every_reason_is_documented() -> None:
    """The page on the API has the reasons that feedback may give."""
    page = (DOCS / "api.md").read_text()
    assert all(f"`{reason}`" in page for reason in FeedbackReason)


def test_golden_questions_fit_the_library() -> None:
    """Each expects bundled articles or none; there are at least 150 of both, half of the latter near misses."""
    bundled = {path.stem for path in (ROOT / "data/articles").glob("*.md")}
    questions = [json.loads(line) for line in (ROOT / "data/golden/questions.jsonl").read_text().splitlines()]
    expected = [
        {question["expected"]} if isinstance(question["expected"], str) else set(question["expected"] or ())
        for question in questions
    ]
    assert set().union(*expected) == bundled
    assert sum(1 for each in expected if each) >= 150
    unanswerable = [question["kind"] for question, each in zip(questions, expected, strict=True) if not each]
    assert len(unanswerable) >= 150
    assert unanswerable.count("near-miss") * 2 >= len(unanswerable)
    assert len({question["asked"] for question in questions}) == len(questions)

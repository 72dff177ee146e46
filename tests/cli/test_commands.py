"""The commands, as the contract states them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.checks import dangers_of_library
from bot.domain.article import Article
from bot.ports import SourcedArticle
from tests.conftest import ROOT
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.bootstrap import Installation
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

BUNDLED = ROOT / "data/articles"


def test_every_command_explains_itself(run: Run) -> None:
    """Each command of the contract has a help text."""
    answering = ("serve", "ask", "check", "evaluate", "calibrate", "train")
    for command in (*answering, "import", "export", "index", "verify", "retention", "erase", "staff"):
        outcome = run(command, "--help")
        assert outcome.code == 0
        assert "Usage:" in outcome.out
    assert run("import", "nonsense", "x").code == 2
    assert run("nonsense").code == 2


def test_import_reports_and_repeats_nothing(run: Run, tmp_path: Path) -> None:
    """The first import adds, the second changes nothing, a changed file is one change; --json has the numbers."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("jet-lag", "dandruff"):
        (folder / f"{name}.md").write_bytes((BUNDLED / f"{name}.md").read_bytes())
    first = json.loads(run("import", "markdown", folder, "--json").out)
    assert (first["added"], first["changed"], first["unchanged"], first["refused"]) == (2, 0, 0, [])
    path = folder / "jet-lag.md"
    path.write_text(path.read_text().replace("short_answer: ", "short_answer: Newly said. "))
    second = run("import", "markdown", folder)
    assert second.out.startswith("0 added, 1 changed, 1 unchanged from 2 files; 0 refused")
    assert run("import", "--if-empty", "markdown", BUNDLED).out.startswith("The library has articles already")
    assert run("verify").code == 0


def test_import_tells_what_it_refused(run: Run, tmp_path: Path) -> None:
    """A refused file is named with record and reason, exits 1, and keeps no other file out."""
    (tmp_path / "good.md").write_bytes((BUNDLED / "jet-lag.md").read_bytes())
    (tmp_path / "bad.md").write_text("---\nquestion: Is it?\nstatus: done\nshort_answer: Yes.\n---\n")
    outcome = run("import", "markdown", tmp_path / "good.md", tmp_path / "bad.md", tmp_path / "none.md", "--json")
    report = json.loads(outcome.out)
    assert outcome.code == 1
    assert report["added"] == 1
    refused = {entry["file"]: entry["reason"] for entry in report["refused"]}
    assert refused[str(tmp_path / "none.md")] == "there is no such file or folder"
    assert "status: 'done' is not one of draft, published, retired, sample" in refused[str(tmp_path / "bad.md")]


def test_markdown_goes_round_byte_for_byte(run: Run, tmp_path: Path) -> None:
    """Every bundled article is exported as it was imported."""
    run("import", "markdown", BUNDLED)
    assert run("export", "markdown", tmp_path / "out").code == 0
    exported = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert exported == {path.name: path.read_bytes() for path in BUNDLED.glob("*.md")}


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_other_formats_lose_nothing(run: Run, tmp_path: Path, name: str) -> None:
    """What is exported and imported again is unchanged."""
    run("import", "markdown", BUNDLED)
    assert json.loads(run("export", name, tmp_path / f"all.{name}", "--json").out)["exported"] == 30
    report = json.loads(run("import", name, tmp_path / f"all.{name}", "--json").out)
    assert (report["unchanged"], report["changed"], report["added"]) == (30, 0, 0)


def test_export_says_where_it_cannot_write(run: Run, tmp_path: Path) -> None:
    """A folder is no file, a file no folder, a full disk no place, and nothing half-written stays."""
    run("import", "markdown", BUNDLED / "jet-lag.md")
    (tmp_path / "file").write_text("x")
    assert "is a folder; name a file" in run("export", "jsonl", tmp_path).err
    assert "is a file; name a folder" in run("export", "markdown", tmp_path / "file").err
    assert run("export", "jsonl", "/proc/nothing/here.jsonl").code == 1
    assert (tmp_path / "file").read_text() == "x"


def test_ask_prints_an_answer_to_read(run: Run, installation: Installation) -> None:
    """Notice, question, answer, references with links, disclaimer."""
    outcome = run("ask", "How long does a sprained ankle take to heal?")
    article = installation.core.store.article("ankle-sprain-recovery").article
    assert outcome.code == 0
    assert outcome.out.startswith("Sample text")
    for text in (article.question, article.short_answer, f"1. {article.references[0].text}", "not medical advice"):
        assert text in outcome.out
    for paragraph in article.explanation.split("\n\n"):
        assert paragraph.replace("\n- ", "\n  • ").removeprefix("- ") in outcome.out
    reply = json.loads(run("ask", "what is the weather", "--json").out)
    assert (reply["outcome"], reply["quotation"]) == ("unmatched", None)


@pytest.mark.parametrize("question", ["", "   ", "😀", "x" * 2_001])
def test_ask_refuses_what_is_no_question(run: Run, question: str) -> None:
    """Exit 1 and a word on stderr, before any model is loaded."""
    outcome = run("ask", question)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: message:")


def test_index_and_verify(run: Run, installation: Installation) -> None:
    """A rebuilt index agrees; a store or an index that was altered is told of, with exit 1, and not mended."""
    texts = installation.core.retriever.count
    assert json.loads(run("index", "--rebuild", "--json").out)["texts"] == texts
    assert json.loads(run("verify", "--json").out)["agrees"] is True
    with installation.core.store._writer.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "UPDATE revisions SET short_answer = 'Take all of them.' WHERE article_id = 'jet-lag'"
        )
    outcome = run("verify")
    assert outcome.code == 1
    assert "article jet-lag, revision 1: its text does not have the hash recorded with it" in outcome.out
    segment = next(installation.settings.index_dir.glob("segment-*.faiss"))
    segment.write_bytes(segment.read_bytes()[:-1])
    for _ in range(2):
        outcome = run("verify")
        assert outcome.code == 1
        assert "`doctors-note index` makes it anew" in outcome.err


def test_check_names_dangers_by_id(run: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample articles, a public address without encryption, and what keeps it from working at all."""
    monkeypatch.setenv("DOCTORS_NOTE_PUBLIC_URL", "http://clinic.example")
    found = {danger["id"]: danger["level"] for danger in json.loads(run("check", "--json").out)}
    warned = ("country.unset", "library.samples", "public-url.plain-http", "sites.any-origin")
    of_staff = ("staff.plain-http", "staff.no-admin", "staff.no-clinician")
    assert found == dict.fromkeys((*warned, *of_staff), "warning")
    monkeypatch.setenv("DOCTORS_NOTE_EMBEDDING_MODEL", "/no/such/model")
    outcome = run("check")
    assert outcome.code == 1
    assert "error: configuration.unusable" in outcome.out
    assert str(installation.settings.data_dir) not in outcome.out


def test_check_warns_of_languages_that_the_model_was_not_made_for(installation: Installation) -> None:
    """Unless another model is named; English of any region is what it was made for."""
    settings, store = installation.settings, installation.core.store
    british = Article(id="british", question="Is it?", short_answer="Yes.", language="en-GB")
    store.put([SourcedArticle(british)])
    assert "library.languages" not in {danger.id for danger in dangers_of_library(store, settings)}
    store.put([SourcedArticle(replace(british, id="arabic", language="ar"))])
    (warning,) = (danger for danger in dangers_of_library(store, settings) if danger.id == "library.languages")
    assert "1 served articles are in other languages than English (ar)" in warning.message
    named = settings.model_copy(update={"embedding_model": "a-model-for-arabic"})
    assert "library.languages" not in {danger.id for danger in dangers_of_library(store, named)}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOCTORS_NOTE_PORTT", "1", "unknown setting DOCTORS_NOTE_PORTT"),
        ("DOCTORS_NOTE_PORT", "high", "DOCTORS_NOTE_PORT: 'high' cannot be used"),
        ("DOCTORS_NOTE_PUBLIC_URL", "clinic", "is not a web address that begins with http"),
        ("DOCTORS_NOTE_PUBLIC_URL", "https://", "is not a web address that begins with http"),
        ("DOCTORS_NOTE_DATABASE_URL", "postgresql+nodriver://u:secret@h/d", "begin the address with sqlite: or"),
        ("DOCTORS_NOTE_DATABASE_URL", "mysql://u:secret@h/d", "use sqlite or postgresql"),
        ("DOCTORS_NOTE_CALIBRATION", "/no/such/file", "cannot be read"),
        ("DOCTORS_NOTE_DATA_DIR", "/proc/nowhere", "name a folder that may be written to"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """The variable, its value and what was expected; never a secret."""
    monkeypatch.setenv(name, value)
    outcome = run("index")
    assert outcome.code == 1
    assert said in outcome.err
    assert "secret" not in outcome.err
    assert "Traceback" not in outcome.err


def test_calibrate_fits_measures_and_writes(run: Run, tmp_path: Path) -> None:
    """A calibration fitted to questions of one's own is written with its circumstances, and then used."""
    run("import", "markdown", BUNDLED)
    run("export", "jsonl", tmp_path / "library.jsonl")
    questions = ROOT / "data/golden/questions.jsonl"
    outcome = run("calibrate", "--library", tmp_path / "library.jsonl", "--questions", questions, "--json")
    result = json.loads(outcome.out)
    record = result["record"]
    assert (record["libraries"], record["answerable"], record["wish"]) == (1, 186, 0.05)
    assert 0 < record["calibration"]["choose_at"] < record["calibration"]["answer_at"] < 1
    figures = result["figures"]["all, cross-validated"]
    assert figures["questions"] == record["questions"] == 186 + 235
    assert figures["recall_at_1"] > 0.7
    assert json.loads(run("ask", "jet lag", "--json").out)["outcome"] in {"answer", "choices"}


def test_calibrate_refuses_what_does_not_fit(run: Run, tmp_path: Path) -> None:
    """Questions that expect an article which the library lacks, or that are too few, are told of."""
    library, questions = tmp_path / "l.jsonl", tmp_path / "q.jsonl"
    library.write_text('{"id": "a", "question": "Is it?"}\n')
    questions.write_text('{"asked": "is it", "expected": "b"}\n')
    files = ("--library", library, "--questions", questions)
    assert "expects 'b', which" in run("calibrate", *files).err
    questions.write_text('{"asked": "is it", "expected": "a"}\n')
    assert "at least 5 of each" in run("calibrate", *files).err
    questions.write_text('{"asked": 5}\n')
    assert "line 1: asked is 5, expected a question" in run("calibrate", *files).err
    assert run("calibrate", "--library", library, "--questions", questions, "--questions", questions).code == 2


@pytest.mark.slow
def test_train_makes_a_model_of_the_library_s_phrasings(run: Run, tmp_path: Path) -> None:
    """What was trained is a folder with a card, which is loaded as a model is, and asks for a calibration."""
    run("import", "markdown", ROOT / "data/articles")
    credits_file = tmp_path / "credits.json"
    credits_file.write_text('[{"name": "samples", "authors": "us", "licence": "Apache-2.0"}]')
    folder = tmp_path / "mine"
    options = ("--credits", credits_file, "--epochs", "0.01", "--out", folder, "--json")
    outcome = run("train", "--base", "all-MiniLM-L6-v2", *options)
    assert outcome.code == 0, outcome.err
    card = json.loads(outcome.out)["card"]
    assert (card["name"], card["base"], card["data"][0]["name"]) == ("mine", "all-MiniLM-L6-v2", "samples")
    assert card["settings"]["triplets"] > 500
    assert card == json.loads((folder / "card.json").read_text())


def test_train_refuses_what_teaches_nothing(run: Run, tmp_path: Path) -> None:
    """Too little to learn from, files that are none, a folder that holds something else: told, and nothing written."""
    folder = tmp_path / "mine"
    assert "there are 0 triplets to learn from" in run("train", "--out", folder).err
    assert "there are 0 triplets" in run("train", "--not-installed", "--out", folder).err
    (tmp_path / "pairs.jsonl").write_text('{"asked": 1}')
    assert "pairs.jsonl, line 1" in run("train", "--pairs", tmp_path / "pairs.jsonl", "--out", folder).err
    (tmp_path / "credits.json").write_text("[1]")
    assert "is not a list of objects" in run("train", "--credits", tmp_path / "credits.json", "--out", folder).err
    assert "cannot be read" in run("train", "--phrases", tmp_path, "--out", folder).err
    assert not folder.exists()


def test_retention_deletes_what_is_too_old(
    run: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the setting says, or as this once; the rest stays."""
    store, now = installation.core.store, installation.core.clock()
    for days in (100, 50, 0):
        moment = now - dt.timedelta(days=days, minutes=1)
        store.record(turn(id=str(days), session_id=f"session-{days:012}", created=moment), None)
    assert json.loads(run("retention", "--json").out) == {"deleted": 1, "days": 90}
    assert run("retention").out == "0 conversations deleted that were last gone on with over 90 days ago.\n"
    assert json.loads(run("retention", "--json", "--days", "10").out) == {"deleted": 1, "days": 10}
    assert len(store.turns("session-000000000000")) == 1
    for wrong in ("0", "3651", "x"):
        assert run("retention", "--days", wrong).code == 2
    monkeypatch.setenv("DOCTORS_NOTE_RETENTION_DAYS", "0")
    assert "DOCTORS_NOTE_RETENTION_DAYS: '0' cannot be used" in run("retention").err


def test_erase_deletes_a_conversation(run: Run, installation: Installation) -> None:
    """With its words, down to the bytes; what is not there, or no session at all, is told of, with exit 1."""
    store = installation.core.store
    store.record(turn(question="my purple zebra itches"), None)
    store.record(turn(id="b", session_id="another-0123456789"), None)
    outcome = run("erase", SESSION)
    assert (outcome.code, outcome.out) == (0, "The conversation is erased.\n")
    assert [len(store.turns(each)) for each in (SESSION, "another-0123456789")] == [0, 1]
    files = [path for path in installation.settings.data_dir.glob("library*") if path.is_file()]
    assert len(files) >= 2
    assert not any(b"zebra" in path.read_bytes() for path in files)
    outcome = run("erase", SESSION)
    assert (outcome.code, outcome.err) == (1, "error: there is no such conversation\n")
    assert json.loads(run("erase", SESSION, "--json").out) == {"erased": False}
    assert json.loads(run("erase", "another-0123456789", "--json").out) == {"erased": True}
    assert "error: session_id: 'short' is not 16 to 64" in run("erase", "short").err

"""`evaluate`, as the contract states it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

LIBRARY = [
    {"id": "jet-lag", "question": "How can I get over jet lag?"},
    {"id": "dandruff", "question": "What helps against dandruff?"},
    {"id": "cold", "question": "How long does a common cold last?"},
    {"id": "lice", "question": "How do I get rid of head lice?"},
]
QUESTIONS: list[dict[str, object]] = [
    {"asked": "what helps with my dandruff", "expected": "dandruff", "kind": "plain"},
    {"asked": "how can I get over jet lag", "expected": ["jet-lag", "cold"], "kind": "plain"},
    {"asked": "how long does my cold last", "expected": ["cold"], "kind": "plain"},
    {"asked": "what is the capital of France", "expected": None, "kind": "unrelated"},
    {"asked": "my TV shows no picture", "expected": [], "kind": "unrelated"},
]
KEYS = {
    "n",
    "n_answerable",
    "recall_at_1",
    "recall_at_3",
    "mrr",
    "answered_right",
    "answered_wrong",
    "false_answers",
    "right_at_false",
    "ece",
}


def written(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[object, ...]:
    """The options that name a small library and its questions."""
    library = written(tmp_path / "library.jsonl", [dict(record) for record in LIBRARY])
    return "--library", library, "--questions", written(tmp_path / "questions.jsonl", QUESTIONS)


def test_evaluate_writes_and_prints_what_the_contract_says(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """Metrics, predictions in the order of the file, charts; the same metrics with --json; no trace of the library."""
    folder = tmp_path / "deep/out"
    outcome = run("evaluate", *files, "--out", folder, "--json")
    assert outcome.code == 0, outcome.err
    metrics = json.loads(outcome.out)
    assert {path.name for path in folder.iterdir()} == {
        "metrics.json",
        "predictions.jsonl",
        "reliability.svg",
        "risk-coverage.svg",
    }
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    assert metrics.keys() >= KEYS
    assert (metrics["n"], metrics["n_answerable"], metrics["recall_at_1"], metrics["mrr"]) == (5, 3, 1.0, 1.0)
    assert metrics["right_at_false"].keys() == {"0.01", "0.05", "0.10"}
    assert metrics["by_kind"]["unrelated"]["n"] == 2
    lines = [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]
    assert [(line["asked"], line["expected"]) for line in lines] == [
        (question["asked"], question["expected"]) for question in QUESTIONS
    ]
    assert [line["article_id"] for line in lines[:3]] == ["dandruff", "jet-lag", "cold"]
    for line in lines:
        assert line["outcome"] in {"answer", "choices", "unmatched"}
        assert 0 <= line["probability"] <= 1
        assert sorted(line["top"]) == sorted(record["id"] for record in LIBRARY)
        assert line["top"][0] == line["article_id"]
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["models"]
    printed = run("evaluate", *files).out
    assert "recall_at_1" in printed
    assert "right_at_false 0.05" in printed


def test_depth_changes_only_how_many_are_listed(run: Run, tmp_path: Path) -> None:
    """What is decided, and on what probability, is the same with 1 and with 20; so are the metrics but for `mrr`."""
    articles = ROOT / "data/articles"
    run("import", "markdown", articles)
    run("export", "jsonl", tmp_path / "library.jsonl")
    golden = (ROOT / "data/golden/questions.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "questions.jsonl").write_text("".join(golden[::20]))
    files = "--library", tmp_path / "library.jsonl", "--questions", tmp_path / "questions.jsonl"
    found: dict[int, list[dict[str, Any]]] = {}
    metrics: dict[int, dict[str, Any]] = {}
    for depth in (1, 20):
        folder = tmp_path / f"out-{depth}"
        metrics[depth] = json.loads(run("evaluate", *files, "--out", folder, "--depth", depth, "--json").out)
        found[depth] = [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]
    for shallow, deep in zip(found[1], found[20], strict=True):
        first, twenty = shallow.pop("top"), deep.pop("top")
        assert shallow == deep
        assert first == twenty[:1]
        assert len(set(twenty)) == len(twenty) == 20
    for key in KEYS - {"mrr"}:
        assert metrics[1][key] == metrics[20][key]


def test_one_kind_of_question_alone_is_measured(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """Without unanswerable questions their figures are null, without answerable ones those; nothing is NaN."""
    for chosen, missing, given in (
        (QUESTIONS[:3], "false_answers", "recall_at_1"),
        (QUESTIONS[3:], "recall_at_1", "false_answers"),
    ):
        written(tmp_path / "questions.jsonl", chosen)
        outcome = run("evaluate", *files, "--json", "--out", tmp_path / "out")
        metrics = json.loads(outcome.out, parse_constant=pytest.fail)
        assert metrics[missing] is None
        assert metrics[given] is not None
        assert metrics["ece"] is not None
        assert set(metrics["right_at_false"].values()) == {None}
        assert "\N{EN DASH}" in run("evaluate", *files).out


def test_a_message_without_words_gets_no_article(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """`ask` tells its sender so; here it is a question that found nothing, at probability 0 in the figures."""
    written(tmp_path / "questions.jsonl", [*QUESTIONS, {"asked": "?!", "expected": None}])
    metrics = json.loads(run("evaluate", *files, "--out", tmp_path / "out", "--json").out)
    last = json.loads((tmp_path / "out/predictions.jsonl").read_text().splitlines()[-1])
    assert last == {
        "asked": "?!",
        "expected": None,
        "outcome": "unmatched",
        "article_id": None,
        "probability": None,
        "top": [],
    }
    assert metrics["n_unanswerable"] == 3


def test_compare_measures_others_beside_ours(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """A column each; what has no policy has no figures of one; ours are those of the evaluation itself."""
    outcome = run("evaluate", *files, "--compare", "--json", "--out", tmp_path / "out")
    compared = json.loads(outcome.out)["compared"]
    assert list(compared) == ["bm25", "plain cosine", "ours, untrained", "ours"]
    for name in ("bm25", "plain cosine"):
        assert compared[name]["recall_at_1"] == 1.0
        assert compared[name]["right_at_false"]["0.05"] is not None
        assert compared[name]["ece"] is compared[name]["answered_right"] is None
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())
    assert {key: compared["ours"][key] for key in KEYS} == {key: metrics[key] for key in KEYS}
    printed = run("evaluate", *files, "--compare")
    assert "plain cosine" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("library", "questions", "said"),
    [
        ("", '{"asked": "is it", "expected": "a"}', "library.jsonl has no article"),
        ('{"id": "a", "question": "Is it?"}', "\n\n", "questions.jsonl has no question"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "x", "expected": null}\n{"asked": "is it", "expected": "b"}',
         "questions.jsonl, line 2: it expects 'b', which"),
        ('{"id": "a", "question": "Is it?"}\n\n{"id": "a", "question": "Was it?"}',
         '{"asked": "is it", "expected": "a"}', "library.jsonl, line 3: the id 'a' stands in line 1 already"),
        ('{"id": "a"}', '{"asked": "is it", "expected": "a"}', "library.jsonl, line 1: question"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": " ", "expected": null}', "line 1: asked is ' ', expected"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "is it"}', "line 1: expected is missing"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "is it", "expected": 5}', "line 1: expected is 5"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "is it", "expected": null, "kind": 5}', "line 1: kind is 5"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "is it", "expected": null}\nno', "line 2: it is not JSON"),
        ('{"id": "a", "question": "Is it?"}', '{"asked": "is it", "expected": null}\n\x00', "it is a binary file"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_are_refused(run: Run, tmp_path: Path, library: str, questions: str, said: str) -> None:
    """The file, the line and what is wrong there; exit 1, before anything is written."""
    (tmp_path / "library.jsonl").write_text(library)
    (tmp_path / "questions.jsonl").write_text(questions)
    outcome = run(
        "evaluate",
        "--library",
        tmp_path / "library.jsonl",
        "--questions",
        tmp_path / "questions.jsonl",
        "--out",
        tmp_path / "out",
    )
    assert (outcome.code, outcome.out) == (1, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "out").exists()


def test_files_that_are_not_there_are_named(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """A missing file, a file where a folder must be, a place where nothing can be written."""
    outcome = run("evaluate", "--library", tmp_path / "none.jsonl", *files[2:])
    assert outcome.code == 1
    assert f"{tmp_path / 'none.jsonl'}: it cannot be read: No such file" in outcome.err
    assert run("evaluate", *files[:2]).code == 2
    assert run("evaluate", *files, "--depth", 0).code == 2
    file = tmp_path / "file"
    file.write_text("mine")
    outcome = run("evaluate", *files, "--out", file)
    assert outcome.code == 1
    assert f"{file} is a file; name a folder" in outcome.err
    assert file.read_text() == "mine"
    outcome = run("evaluate", *files, "--out", "/proc/nothing/out")
    assert outcome.code == 1
    assert outcome.err.startswith("error: ")


def test_all_files_are_written_or_none(run: Run, files: tuple[object, ...], tmp_path: Path) -> None:
    """Where one cannot be written, the others stay as they were."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "metrics.json").write_text("before")
    (folder / ".risk-coverage.svg.new").mkdir()
    assert run("evaluate", *files, "--out", folder).code == 1
    assert {path.name for path in folder.iterdir()} == {"metrics.json", ".risk-coverage.svg.new"}
    assert (folder / "metrics.json").read_text() == "before"


def test_the_settings_in_use_count(
    run: Run, files: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A calibration that is set, or lies in the data folder, decides; a wrong setting is named."""
    shipped = ROOT / "bot/calibrations/health-questions.json"
    record = json.loads(shipped.read_text())
    record["calibration"] |= {"answer_at": 0.0, "version": "all-are-quoted"}
    (tmp_path / "own.json").write_text(json.dumps(record))
    usual = json.loads(run("evaluate", *files, "--json").out)
    monkeypatch.setenv("DOCTORS_NOTE_CALIBRATION", str(tmp_path / "own.json"))
    generous = json.loads(run("evaluate", *files, "--json").out)
    assert (usual["false_answers"], generous["false_answers"]) == (0.0, 1.0)
    assert generous["calibration"] == "all-are-quoted"
    monkeypatch.delenv("DOCTORS_NOTE_CALIBRATION")
    (tmp_path / "own.json").rename(tmp_path / "var/calibration.json")
    assert json.loads(run("evaluate", *files, "--json").out)["false_answers"] == 1.0
    assert {path.name for path in (tmp_path / "var").iterdir()} == {"calibration.json", "models"}
    monkeypatch.setenv("DOCTORS_NOTE_EMBEDDING_MODEL", "/no/such/model")
    assert "DOCTORS_NOTE_EMBEDDING_MODEL" in run("evaluate", *files).err


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_evaluation_leaves_nothing_behind(
    tmp_path: Path, data_dir: Path, files: tuple[object, ...], request_to_end: signal.Signals
) -> None:
    """Neither its temporary library nor half of its results stay, and it does not exit as if it had finished."""
    questions: list[dict[str, object]] = [
        {"asked": f"question number {number} about colds " * 20, "expected": None} for number in range(3_000)
    ]
    written(tmp_path / "questions.jsonl", questions)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary), "DOCTORS_NOTE_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "bot", "evaluate", *map(str, files), "--out", str(tmp_path / "out")]
    # A shell that runs the tests in the background has them, and what they start, ignore SIGINT.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
        preexec_fn=heeding,  # noqa: PLW1509  it takes no lock, which is what would be unsafe
    ) as process:
        deadline = time.monotonic() + 120
        while not list(temporary.glob("doctors-note-*/*/index/*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(request_to_end)
        assert process.wait(60) != 0
    assert list(temporary.glob("doctors-note-*")) == []
    assert not (tmp_path / "out").exists()

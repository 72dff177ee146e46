"""Turn the development data (../shared/eval, ../shared/data/medquad) into library and question files.

    python -m scripts.development_tasks ../shared/eval var/tasks
    python -m scripts.development_tasks ../shared/eval var/tasks --medquad ../shared/data/medquad [--full]

writes pairs-library.jsonl, pairs-questions.jsonl, messages-library.jsonl and messages-questions.jsonl, and the messages
that no model was trained on (see `scripts.training_data`) as messages-unseen-questions.jsonl; the second form
medquad-library.jsonl and medquad-questions.jsonl too, see `scripts.medquad_task`, with --full the articles' texts in
the library. ordinary.tsv has the same pairs and messages as `evaluate-emergencies` reads them, all as no emergency:
what alarms among them is to be looked at. They hold other people's text under their licences: keep them out of the
repository.
"""

from __future__ import annotations

import csv
import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from scripts import medquad_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def pairs(source: Path) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Library questions, and (asked, expected library question or None), of the doctors' question pairs."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    asked = [(row["asked"], row["library_question"] if row["same_answer"] == "1" else None) for row in rows]
    return list(dict.fromkeys(row["library_question"] for row in rows)), asked


def messages(source: Path) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Condensed questions, and (message, its question), of the messages to the National Library of Medicine."""
    with source.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return list(dict.fromkeys(row["question"] for row in rows)), [(row["message"], row["question"]) for row in rows]


def may_train(question: str) -> bool:
    """Whether messages that ask `question` may be trained on: every second question, by its hash, may."""
    return hashlib.sha256(question.encode()).digest()[-1] % 2 == 0


def write(folder: Path, name: str, questions: list[str], asked: list[tuple[str, str | None]]) -> None:
    """Write a task's two files."""
    ids = {question: f"{name}-{number}" for number, question in enumerate(questions, start=1)}
    _write_lines(folder / f"{name}-library.jsonl", ({"id": ids[q], "question": " ".join(q.split())} for q in questions))
    _write_lines(
        folder / f"{name}-questions.jsonl",
        ({"asked": text, "expected": ids[expected] if expected else None} for text, expected in asked),
    )


def _write_lines(path: Path, records: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    print(path)


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m scripts.development_tasks")
    parser.add_argument("source", type=Path, help="the folder of question-pairs-dev.csv and patient-messages-dev.jsonl")
    parser.add_argument("target", type=Path, help="the folder to write to")
    parser.add_argument("--medquad", type=Path, help="the folder of MedQuAD's XML files")
    parser.add_argument("--full", action="store_true", help="with the articles' texts in medquad-library.jsonl")
    options = parser.parse_args()
    target = options.target
    target.mkdir(parents=True, exist_ok=True)
    write(target, "pairs", *pairs(options.source / "question-pairs-dev.csv"))
    condensed, asked = messages(options.source / "patient-messages-dev.jsonl")
    write(target, "messages", condensed, asked)
    ordinary = [text for text, _ in (*pairs(options.source / "question-pairs-dev.csv")[1], *asked)]
    lines = (f"0\t{' '.join(text.split())}\n" for text in dict.fromkeys(ordinary))
    (target / "ordinary.tsv").write_text("".join(lines), encoding="utf-8")
    unseen: list[tuple[str, str | None]] = [
        (message, question) for message, question in asked if question and not may_train(question)
    ]
    write(target, "messages-unseen", condensed, unseen)
    if options.medquad:
        library, questions = medquad_task.task(options.medquad, full=options.full)
        _write_lines(target / "medquad-library.jsonl", library)
        _write_lines(target / "medquad-questions.jsonl", questions)

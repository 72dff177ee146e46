"""Turn the development data (../shared/eval) into library and question files.

    python -m scripts.development_tasks ../shared/eval var/tasks

writes pairs-library.jsonl, pairs-questions.jsonl, messages-library.jsonl and messages-questions.jsonl. They hold other
people's text under their licences: keep them out of the repository.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def write(folder: Path, name: str, questions: list[str], asked: list[tuple[str, str | None]]) -> None:
    """Write a task's two files."""
    ids = {question: f"{name}-{number}" for number, question in enumerate(questions, start=1)}
    _write_lines(folder / f"{name}-library.jsonl", ({"id": ids[q], "question": " ".join(q.split())} for q in questions))
    _write_lines(
        folder / f"{name}-questions.jsonl",
        ({"asked": text, "expected": ids[expected] if expected else None} for text, expected in asked),
    )


def _write_lines(path: Path, records: Iterable[dict[str, str | None]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m scripts.development_tasks EVAL_FOLDER OUTPUT_FOLDER")
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    write(target, "pairs", *pairs(source / "question-pairs-dev.csv"))
    write(target, "messages", *messages(source / "patient-messages-dev.jsonl"))

"""How well questions that mean the same are grouped, beside other ways to group them, in one run.

    python -m scripts.question_grouping LIBRARY.jsonl QUESTIONS.jsonl [--thresholds 0.7,0.78]

The files are an evaluation task (see `scripts.development_tasks`). The library's questions and those that were asked
come in one after another, in an order that is drawn by chance; those that have the same article mean the same, and any
two others do not. Printed of each way: of the pairs that it put together the share that mean the same (precision), of
those that mean the same the share that it put together (recall), how many groups it made, and how large the largest is.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.bootstrap import load_encoder
from bot.config import read_settings
from bot.grouping import NEAR, NEAREST, QuestionGrouping

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEED = 20_190_511
_ALL = 1_000_000
_SAME_WORDS = 0.998


class Asked(NamedTuple):
    """A question, and what it means: an article's id, or a name of its own where it has none."""

    text: str
    meaning: str


def read_task(library: Path, questions: Path) -> list[Asked]:
    """The distinct questions of a task, in an order drawn by chance; one that expects several articles is left out."""
    asked: dict[str, str] = {}
    for line in library.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        asked.setdefault(record["question"], record["id"])
    for number, line in enumerate(questions.read_text(encoding="utf-8").splitlines()):
        record = json.loads(line)
        if not isinstance(record["expected"], list):
            asked.setdefault(record["asked"], record["expected"] or f"none of them {number}")
    found = [Asked(text, meaning) for text, meaning in asked.items()]
    random.Random(_SEED).shuffle(found)  # noqa: S311  nobody is to be kept from guessing it
    return found


def pairs_of(sizes: Counter[object]) -> int:
    """How many pairs there are within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes.values())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--thresholds", default="0.70,0.74,0.78,0.82,0.86")
    options = parser.parse_args()
    asked = read_task(options.library, options.questions)
    vectors = encoded([each.text for each in asked])
    ways = [("the same words", _SAME_WORDS, 1)]
    for near in map(float, options.thresholds.split(",")):
        ways += [
            ("the nearest member", near, 1),
            ("the mean of all members", near, _ALL),
            (f"the mean of the nearest {NEAREST}", near, NEAREST),
        ]
    table = Table("similarity to", "at least", "precision", "recall", "groups", "largest", "")
    meant = Counter[object](each.meaning for each in asked)
    for name, near, nearest in track(ways, "Grouping", console=Console(stderr=True)):
        groups = QuestionGrouping(near, nearest).place([], vectors)
        together = Counter[object](groups)
        right = pairs_of(Counter(zip(groups, (each.meaning for each in asked), strict=True)))
        is_ours = (near, nearest) == (NEAR, NEAREST)
        table.add_row(
            name,
            f"{near:.3g}",
            f"{right / (pairs_of(together) or 1):.3f}",
            f"{right / (pairs_of(meant) or 1):.3f}",
            f"{len(together):,}",
            str(max(together.values())),
            "this is used" if is_ours else "",
        )
    table.caption = f"{len(asked):,} questions, {pairs_of(meant):,} pairs of them mean the same"
    Console().print(table)


def encoded(texts: Sequence[str]) -> list[bytes]:
    """Their vectors as they are stored."""
    return [row.astype("<f2").tobytes() for row in np.asarray(load_encoder(read_settings()).encode(texts))]


if __name__ == "__main__":
    main()

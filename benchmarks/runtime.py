"""What each runtime of the model costs, and what it finds: the reasons for the default of `DOCTORS_NOTE_RUNTIME`.

    python -m benchmarks.runtime [--library L.jsonl --questions Q.jsonl]...

prints for each of them, side by side in one run: the time to encode one text (of at most 300 characters), the texts
encoded in a second when many are given at once, the seconds until a fresh process has encoded its first, that process's
memory, and how well plain cosine finds the right question in each library that is given
(`python -m scripts.development_tasks` makes such files). `right_at_false` is defined in docs/evaluation.md.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.turn import ROOT, texts_of
from bot.bootstrap import load_encoder
from bot.config import read_settings
from bot.evaluation import read_library, read_questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.encoder import Encoder

RUNTIMES: Final = ("sentence-transformers", "onnx", "onnx-int8")
ROUNDS: Final = 5
ROUND: Final = 20
_FALSE: Final = (0.01, 0.05, 0.10)
_FRESH: Final = (
    "import psutil; from bot.bootstrap import load_encoder; from bot.config import read_settings;"
    "load_encoder(read_settings()).encode(['Is a fever of 39 degrees dangerous?']);"
    "print(psutil.Process().memory_info().rss)"
)


class Quality(NamedTuple):
    """Shares of the answerable; `right_at_false` has one value for each of `_FALSE`, none without unanswerable ones."""

    recall_at_1: float
    right_at_false: list[float]


def measured_speed(encoders: Sequence[Encoder], texts: list[str]) -> list[tuple[float, float]]:
    """Median milliseconds of encoding one text, and texts a second of many at once, of each encoder, in turns."""
    times_ms: list[list[float]] = [[] for _ in encoders]
    rates: list[list[float]] = [[] for _ in encoders]
    for round_ in range(ROUNDS):
        for number, encoder in enumerate(encoders):
            time.sleep(0.05)  # a thread pool spins for a while after its work
            for text in texts[round_ * ROUND : (round_ + 1) * ROUND]:
                began = time.perf_counter()
                encoder.encode([text])
                times_ms[number].append((time.perf_counter() - began) * 1_000)
            began = time.perf_counter()
            encoder.encode(texts[:100])
            rates[number].append(100 / (time.perf_counter() - began))
    return [(statistics.median(ms), statistics.median(rate)) for ms, rate in zip(times_ms, rates, strict=True)]


def fresh_process(runtime: str, data_dir: Path) -> tuple[float, float]:
    """Seconds until a new process has encoded a text, and its resident megabytes."""
    environment = os.environ | {"DOCTORS_NOTE_RUNTIME": runtime, "DOCTORS_NOTE_DATA_DIR": str(data_dir)}
    began = time.perf_counter()
    output = subprocess.run(
        [sys.executable, "-c", _FRESH], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout
    return time.perf_counter() - began, int(output) / 2**20


def measured_quality(encoder: Encoder, library: Path, questions: Path) -> Quality:
    """How well the nearest question by cosine is the right one."""
    articles = [sourced.article for sourced in read_library(library)]
    asked = list(read_questions(questions))
    vectors = encoder.encode([article.question for article in articles])
    similarities = encoder.encode([question.asked for question in asked]) @ vectors.T
    best = similarities.max(1)
    right = np.array(
        [articles[row].id in question.expected for row, question in zip(similarities.argmax(1), asked, strict=True)]
    )
    answerable = np.array([bool(question.expected) for question in asked])
    unanswerable = np.sort(best[~answerable])[::-1]
    shares = []
    for share in _FALSE if len(unanswerable) else ():
        # The threshold lies just above the first that may no longer reach it.
        allowed = math.floor(share * len(unanswerable))
        shares.append(float((right & (best > unanswerable[allowed])).sum() / answerable.sum()))
    return Quality(float(right[answerable].mean()), shares)


def measure(tasks: Sequence[tuple[Path, Path]], texts: list[str], data_dir: Path) -> Table:
    """All figures, a row a runtime."""
    encoders = [load_encoder(read_settings(data_dir=data_dir, runtime=runtime)) for runtime in RUNTIMES]
    table = Table("runtime", "ms a text", "texts/s", "start, s", "memory, MB")
    for library, _ in tasks:
        table.add_column(f"{library.stem}: recall@1")
        table.add_column("right at false " + " / ".join(f"{share:.2f}" for share in _FALSE))
    speeds = measured_speed(encoders, texts)
    for runtime, encoder, (one_ms, rate) in zip(RUNTIMES, encoders, speeds, strict=True):
        start_s, memory = fresh_process(runtime, data_dir)
        found = [measured_quality(encoder, *task) for task in tasks]
        quality = [
            cell
            for recall, shares in found
            for cell in (f"{recall:.4f}", " / ".join(f"{share:.4f}" for share in shares))
        ]
        table.add_row(runtime, f"{one_ms:.2f}", f"{rate:.0f}", f"{start_s:.2f}", f"{memory:.0f}", *quality)
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, action="append", default=[], help="may be given several times")
    parser.add_argument("--questions", type=Path, action="append", default=[], help="as many times as --library")
    parser.add_argument("--texts", type=Path, default=ROOT / "data/golden/questions.jsonl", help="texts to time with")
    parser.add_argument("--data-dir", type=Path, help="where made models are kept; a temporary folder")
    arguments = parser.parse_args()
    tasks = list(zip(arguments.library, arguments.questions, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        table = measure(tasks, texts_of(arguments.texts)[: ROUNDS * ROUND], arguments.data_dir or Path(folder))
        Console(width=180).print(table)


if __name__ == "__main__":
    main()

"""What the emergency rules cost a turn, beside the likeness.

    python -m benchmarks.emergencies [--data-dir DIR]

prints the median and the longest time of an assessment of the development messages, of long messages and of hostile
ones, and of a likeness, once a message is encoded.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.bootstrap import load_emergencies, load_encoder
from bot.config import read_settings
from bot.retrieval import EncodedQuery
from bot.triage_evaluation import read_messages

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
MAX_CHARS = 2_000
ROUNDS = 3
ENCODED = 200


def milliseconds(act: Callable[[], object]) -> float:
    """The shortest of several runs: what else the machine does is not measured."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times) * 1_000


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="a data folder in which the model is prepared already")
    settings = read_settings(data_dir=parser.parse_args().data_dir)
    encoder = load_encoder(settings)
    safety = load_emergencies(settings, encoder)
    texts = [message.text for message in read_messages(ROOT / "data/emergencies/development.tsv")]
    long = ["\n".join(texts[start : start + 60])[:MAX_CHARS] for start in range(0, len(texts) - 60, 60)]
    words = ("chest pain ", "no chest pain or ", "my baby has a fever and is blue and limp ", ", ", "what is? ", "a")
    hostile = [(word * MAX_CHARS)[:MAX_CHARS] for word in words]
    queries = [
        EncodedQuery(text, vector)
        for text, vector in zip(texts[:ENCODED], encoder.encode(texts[:ENCODED]), strict=True)
    ]
    table = Table("ms", "median", "longest")
    for name, some in (("messages", texts), ("2,000 characters of emergencies", long), ("hostile ones", hostile)):
        times = [milliseconds(lambda text=text: safety.detector.assess(text)) for text in some]  # type: ignore[misc]
        table.add_row(f"assessing {name}", f"{statistics.median(times):.2f}", f"{max(times):.2f}")
    times = [milliseconds(lambda query=query: safety.likeness.of(query)) for query in queries]  # type: ignore[misc]
    table.add_row("likeness", f"{statistics.median(times):.2f}", f"{max(times):.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()

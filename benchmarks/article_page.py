"""What the page of an article costs, and what looking for the other questions on it, on the bundled library.

    python -m benchmarks.article_page [--data-dir DIR] [--rounds 20]

asks for every served article's page in turn, in this process and without a network, and prints the median and the 95th
percentile of a page whose other questions are kept, and of looking for them, which the first page after a change adds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from bot.bootstrap import install
from bot.config import read_settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.service.other_questions import OtherQuestions
from bot.web.app import create_app

ROOT = Path(__file__).parent.parent
MAX_ARTICLES = 100


def measure(data_dir: Path, rounds: int) -> Table:
    """Milliseconds of each, over up to `MAX_ARTICLES` articles."""
    installation = install(read_settings(data_dir=data_dir))
    core = installation.core
    if core.store.is_empty():
        read = [
            each for path in sorted((ROOT / "data/articles").glob("*.md")) for each in FORMATS["markdown"].read(path)
        ]
        core.store.put(each for each in read if isinstance(each, SourcedArticle))
    core.retriever.open()
    served = [each.article for each, _ in zip(core.store.all(), range(MAX_ARTICLES), strict=False)]
    shown = [each for each in served if core.serving().may_show(each.status, each.review_due)]
    whole: list[float] = []
    looking: list[float] = []
    with TestClient(create_app(installation.desk)) as client:
        for number in range(rounds + 1):
            for article in shown:
                began = time.perf_counter()
                client.get(f"/articles/{article.id}").raise_for_status()
                between = time.perf_counter()
                OtherQuestions(core).of(article)
                ended = time.perf_counter()
                if number:  # the first round warms up
                    whole.append((between - began) * 1_000)
                    looking.append((ended - between) * 1_000)
    table = Table("figure", "p50, ms", "p95, ms", caption=f"{len(shown)} articles, {len(whole):,} pages")
    for name, values in (("page, its other questions kept", whole), ("looking for them, the first time", looking)):
        cuts = statistics.quantiles(values, n=100)
        table.add_row(name, f"{cuts[49]:.1f}", f"{cuts[94]:.1f}")
    core.store.close()
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="a data folder with a library; without one, the bundled library")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Console().print(measure(arguments.data_dir or Path(folder), arguments.rounds))


if __name__ == "__main__":
    main()

"""How long the library's pages take, with as many articles as MedQuAD has.

    python -m benchmarks.library DATA_DIR MEDQUAD_DIR [--rounds 20] [--url postgresql://...]

puts the articles of MedQuAD's files into a store of its own (in DATA_DIR, if no address of an empty database is given),
and asks the application in this process for each page, one after another. The times are from the request to the whole
page; beside them stands what the processors worked on it. The index in DATA_DIR holds the bundled library alone, for
taking in all of MedQuAD takes minutes: a search encodes and ranks as ever, among fewer articles (for that see
`benchmarks.search`), and compares its words with all.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import astuple, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from bot.bootstrap import configure_logging, install, utc_now
from bot.config import read_settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.store import SqlStore, open_engine
from bot.web.api import api_router
from bot.web.library_pages import library_router
from bot.web.metrics import Metrics
from bot.web.origins import OriginRules
from bot.web.sitemap import sitemap_router

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (
    ("front", "/library"),
    ("front, in one language", "/library?language=en"),
    ("page 100", "/library?page=100"),
    ("last page", "/library?page=800"),
    ("symptoms, A to Z", "/library/symptoms"),
    ("symptoms, one letter", "/library/symptoms?letter=C"),
    ("articles on a symptom", "/library?symptom=breast%20cancer"),
    ("search, one word", "/library?q=anemia"),
    ("search, a question", "/library?q=what%20are%20the%20treatments%20for%20sickle%20cell%20disease"),
    ("search, one in half of all", "/library?q=the"),
    ("search, nothing", "/library?q=qwxzv"),
    ("search, as JSON", "/api/v1/articles?q=anemia"),
    ("part of the sitemap", "/sitemap-1.xml"),
)


def medquad(folder: Path) -> Iterator[SourcedArticle]:
    """The articles of MedQuAD's files in `folder`."""
    for path in sorted(folder.rglob("*.xml")):
        for record in FORMATS["medquad"].read(path):
            if isinstance(record, SourcedArticle):
                yield record


def measure(data_dir: Path, folder: Path, url: str, rounds: int) -> Table:
    """The times of every page."""
    store = SqlStore(open_engine(url or f"sqlite:///{data_dir}/medquad.sqlite"), utc_now)
    count = sum(astuple(store.put(medquad(folder))))
    installation = install(read_settings(data_dir=data_dir))
    bundled = [
        record
        for path in sorted((ROOT / "data/articles").glob("*.md"))
        for record in FORMATS["markdown"].read(path)
        if isinstance(record, SourcedArticle)
    ]
    installation.core.store.put(bundled)
    installation.core.retriever.open()
    core = replace(installation.core, store=store)
    app = FastAPI()
    app.include_router(library_router(core))
    app.include_router(sitemap_router(core))
    app.include_router(
        api_router(replace(installation.desk, core=core), Metrics(), OriginRules(core.sites, core.site.public_url))
    )
    table = Table("page", "first, ms", "median, ms", "95th, ms", "of processors, ms", "KB")
    with TestClient(app, headers={"accept": "text/html"}) as client:
        for name, path in PAGES:
            began = time.perf_counter()
            client.get(path).raise_for_status()
            first = (time.perf_counter() - began) * 1_000
            times, busy = [], []
            for _ in range(rounds):
                began, worked = time.perf_counter(), time.process_time()
                response = client.get(path).raise_for_status()
                times.append((time.perf_counter() - began) * 1_000)
                busy.append((time.process_time() - worked) * 1_000)
            high = statistics.quantiles(times, n=20)[-1]
            figures = (first, statistics.median(times), high, statistics.median(busy), len(response.content) / 1024)
            table.add_row(name, *(f"{figure:.0f}" for figure in figures))
    table.caption = f"{count:,} articles in {store.engine.dialect.name}"
    installation.core.retriever.close()
    installation.core.store.close()
    store.close()
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    configure_logging("warning")
    Console().print(measure(options.data_dir, options.folder, options.url, options.rounds))


if __name__ == "__main__":
    main()

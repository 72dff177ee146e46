"""How fast articles come into the index, beside the bare model on the same texts, in one run.

    python -m benchmarks.indexing [--format medquad PATH] [--articles 1000]

imports articles into a temporary store (without a path, the bundled ones), then times bringing the index in line (read
from the store, cut, encode, write, commit) and `SentenceTransformer.encode` on the same distinct texts, in turns.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from bot.bootstrap import load_encoder, open_retriever
from bot.config import read_settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.retrieval import texts_of
from embeddings.encoder import packaged_model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
ROUNDS = 3


def articles_of(format_name: str, path: Path) -> Iterator[SourcedArticle]:
    """The articles of every file in `path`."""
    source = FORMATS[format_name]
    for file in sorted(path.rglob("*")):
        if file.suffix in source.suffixes:
            yield from (record for record in source.read(file) if isinstance(record, SourcedArticle))


def measure(articles: list[SourcedArticle]) -> Table:
    """Texts a second of both, round by round."""
    model = SentenceTransformer(str(packaged_model_folder()), device="cpu")
    encoder = load_encoder(read_settings())
    table = Table("round", "texts", "indexing, texts/s", "encode alone, texts/s", "ratio")
    ratios = []
    for number in range(1, ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            retriever, store = open_retriever(Path(folder), encoder)
            store.put(articles)
            texts = sorted({text for stored in store.all() for *_, text in texts_of(stored)})
            began = time.perf_counter()
            retriever.open()
            indexing = len(texts) / (time.perf_counter() - began)
            retriever.close()
            store.close()
        began = time.perf_counter()
        model.encode(texts, batch_size=32, normalize_embeddings=True)
        alone = len(texts) / (time.perf_counter() - began)
        ratios.append(indexing / alone)
        table.add_row(str(number), f"{len(texts):,}", f"{indexing:.1f}", f"{alone:.1f}", f"{ratios[-1]:.2f}")
    table.add_row("median", "", "", "", f"{statistics.median(ratios):.2f}")
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", default="markdown", choices=sorted(FORMATS))
    parser.add_argument("path", nargs="?", type=Path, default=ROOT / "data/articles")
    parser.add_argument("--articles", type=int, default=1_000, help="at most so many")
    arguments = parser.parse_args()
    articles = list(islice(articles_of(arguments.format, arguments.path), arguments.articles))
    Console().print(measure(articles))


if __name__ == "__main__":
    main()

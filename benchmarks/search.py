"""How long a search takes, exact and approximate, by the number of vectors: the reasons for `segment.EXACT_UP_TO`.

    python -m benchmarks.search [--sizes 1000,16000,100000] [--queries 200] [--k 32] [--approximate-up-to 100000]

Needs no model: the vectors are drawn so that they lie as sentence vectors do (see `drawn`). Everything is seeded; the
times are those of the machine, of one query after another on one thread. A second table has searches in partitions of
an index, one of which has a hundredth of the vectors, beside the same search in an index that is not parted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import faiss
import numpy as np

from embeddings.index import Identity, IndexFolder
from embeddings.segment import Document, Entry, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_DIMENSION: Final = 384
_SEED: Final = 20_260_301
_RECALL_AT: Final = 10
_CLUSTER_SIZE: Final = 40
# The standard deviation along axis i falls as i ** -_DECAY, and a cluster's spread is _SPREAD of that between clusters.
_DECAY: Final = 0.4
_SPREAD: Final = 0.7
# One vector in so many is of the small partition.
_SMALL: Final = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table; times in milliseconds but for the building. `recall` is held against float32 vectors."""

    size: int
    kind: str
    build_s: float
    megabytes: float
    median_ms: float
    p95_ms: float
    recall: float


def drawn(size: int, queries: int, seed: int = _SEED) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`size` unit vectors, and `queries` more like them, float32 (n, 384), that lie as sentence vectors do.

    They are a mixture: texts gather round topics (clusters of about 40), and both the topics and what is within them
    differ mostly along few axes (standard deviations that fall by a power of the axis). The constants were set by
    all-MiniLM-L6-v2's vectors of MedQuAD's questions; vectors without such structure make a graph look far worse than
    it is. A query is drawn as one more text of a topic that the index has.
    """
    generator = np.random.default_rng(seed)
    scale = np.arange(1, _DIMENSION + 1, dtype=np.float32) ** np.float32(-_DECAY)
    centres = generator.standard_normal((max(1, size // _CLUSTER_SIZE), _DIMENSION), np.float32) * scale

    def draw(count: int) -> NDArray[np.float32]:
        vectors = generator.standard_normal((count, _DIMENSION), np.float32) * (scale * np.float32(_SPREAD))
        vectors += centres[generator.integers(len(centres), size=count)]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    return draw(size), draw(queries)


def measured(size: int, queries: int, k: int, *, approximate: bool) -> Iterable[Figures]:
    """The figures of exact search among `size` vectors, and of approximate search if that is wanted."""
    vectors, wanted = drawn(size, queries)
    document = Document("all", 1, tuple(Entry("text", row, row + 1, row) for row in range(size)), vectors)
    true = [set(np.argsort(-(vectors @ query))[:_RECALL_AT].tolist()) for query in wanted]
    for kind, exact_up_to in (("exact", size), ("approximate", 0))[: 2 if approximate else 1]:
        began = time.perf_counter()
        segment = Segment.of([document], _DIMENSION, exact_up_to)
        build_s = time.perf_counter() - began
        found, times_ms = _searched(segment, wanted, k)
        recall = sum(len(a & b) for a, b in zip(true, found, strict=True)) / sum(map(len, true))
        median, p95 = np.percentile(times_ms, [50, 95]).tolist()
        yield Figures(size, kind, build_s, _megabytes(segment), median, p95, recall)


def measured_partitions(size: int, queries: int, k: int) -> Iterable[tuple[str, float]]:
    """Median milliseconds of a search in `size` vectors of one partition, and in each of two that have as many."""
    vectors, wanted = drawn(size, queries)
    documents = [Document(str(row), 1, (Entry("text", 0, 1, row),), vectors[row : row + 1]) for row in range(size)]
    parted = [replace(document, partition="small") for document in documents[::_SMALL]]
    parted += [document for row, document in enumerate(documents) if row % _SMALL]
    identity = Identity("drawn", "", "", _DIMENSION, "", "")
    with tempfile.TemporaryDirectory() as folder:
        index = IndexFolder(Path(folder), identity)
        for name, held, partition in (
            ("all, not parted", documents, None),
            ("the only partition", documents, ""),
            ("all of two partitions", parted, None),
            ("the large one", parted, ""),
            ("the small one", parted, "small"),
        ):
            snapshot = index.commit(index.empty(), held, 1)
            times_ms = []
            for number in range(queries):
                began = time.perf_counter()
                snapshot.search(wanted[number : number + 1], k, partition)
                times_ms.append(1000 * (time.perf_counter() - began))
            yield name, float(np.median(times_ms))


def _searched(segment: Segment, queries: NDArray[np.float32], k: int) -> tuple[list[set[int]], list[float]]:
    alive = np.ones(1, np.bool_)
    found: list[set[int]] = []
    times_ms: list[float] = []
    segment.search(queries[:1], k, alive)
    for number in range(len(queries)):
        began = time.perf_counter()
        _, rows = segment.search(queries[number : number + 1], k, alive)
        times_ms.append(1000 * (time.perf_counter() - began))
        found.append(set(rows[0, :_RECALL_AT].tolist()))
    return found, times_ms


def _megabytes(segment: Segment) -> float:
    """What the vectors and their links take, in memory and on disk alike."""
    written = 0

    def count(content: bytes) -> int:
        nonlocal written
        written += len(content)
        return len(content)

    faiss.write_index(segment.vectors, faiss.PyCallbackIOWriter(count))
    return written / 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="1000,16000,100000", help="numbers of vectors, separated by commas")
    parser.add_argument("--queries", type=int, default=200, help="how many searches are timed")
    parser.add_argument("--k", type=int, default=32, help="how many neighbours each search asks for")
    parser.add_argument(
        "--approximate-up-to",
        type=int,
        default=100_000,
        help="the largest size for which the graph is built as well: it takes minutes from there",
    )
    options = parser.parse_args(arguments)
    print("| vectors | search | build s | MB | median ms | 95 % ms | recall@10 |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    for size in (int(size) for size in options.sizes.split(",")):
        for row in measured(size, options.queries, options.k, approximate=size <= options.approximate_up_to):
            print(
                f"| {row.size:,} | {row.kind} | {row.build_s:.2f} | {row.megabytes:,.1f} | "
                f"{row.median_ms:.2f} | {row.p95_ms:.2f} | {row.recall:.3f} |"
            )
            sys.stdout.flush()
    print("\n| vectors | search in | median ms |\n|---:|---|---:|")
    for size in (int(size) for size in options.sizes.split(",")):
        if size <= options.approximate_up_to:  # the index's files are written, and each vector is a document of it
            for name, median_ms in measured_partitions(size, options.queries, options.k):
                print(f"| {size:,} | {name} | {median_ms:.2f} |")


if __name__ == "__main__":
    main()

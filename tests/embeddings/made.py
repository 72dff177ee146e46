"""Documents and vectors for the tests of the index, the same in every process."""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index import Identity, Snapshot
from embeddings.segment import Document, Entry

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSION: Final = 8
PARTITIONS: Final = ("here", "there", "elsewhere")
IDENTITY: Final = Identity("model", "0" * 64, "float32", DIMENSION, "store", "scheme-1")

# What an index says of a document, in a form that compares by value.
Said = tuple[int, tuple[Entry, ...], bytes, str]


def unit(count: int, seed: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    """Random unit vectors, float32 (count, dimension), rounded to half precision as the index keeps them."""
    vectors = np.random.default_rng(seed).standard_normal((count, dimension), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float16).astype(np.float32)


@cache
def document(document_id: str, revision: int, texts: int, partition: str = "") -> Document:
    """A document whose entries and vectors follow from the arguments."""
    seed = zlib.crc32(f"{document_id} {revision}".encode())
    entries = tuple(Entry(f"field[{row % 3}]", 10 * row, 10 * row + 7, 2**64 - 1 - seed - row) for row in range(texts))
    return Document(document_id, revision, entries, unit(texts, seed), partition)


def group(version: int) -> list[Document]:
    """The documents of which the `version`th commit consists: some new, some changed, some moved, some taken away."""
    return [
        document(f"d{(version * 5 + item) % 23}", version, (version + item) % 4, PARTITIONS[version % 7 // 3])
        for item in range(5)
    ]


def contents(version: int) -> dict[str, Said]:
    """What an index must hold after the commits 1 to `version` of `group`."""
    held: dict[str, Said] = {}
    for number in range(1, version + 1):
        for changed in group(number):
            held.pop(changed.id, None)
            if changed.entries:
                held[changed.id] = said(changed)
    return held


def said(found: Document) -> Said:
    """A document but for its id, comparable."""
    return found.revision, found.entries, np.ascontiguousarray(found.vectors).tobytes(), found.partition


def held(snapshot: Snapshot) -> dict[str, Said]:
    """What `snapshot` holds; a document that it has twice is an error."""
    found = [(indexed.id, said(indexed)) for indexed in snapshot.documents()]
    assert len(dict(found)) == len(found)
    return dict(found)

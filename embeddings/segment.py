"""A segment of an index: some documents' vectors, immutable once made, in memory and as two files.

All documents of a segment are of one partition, so that a search in one partition reads nothing of the others.

Vectors are kept in half precision (IEEE 754 binary16), which takes half the memory. Each component is off by at most
one part in 2,048, so a similarity of unit vectors moves by less than 0.0005.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import faiss
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# From this many vectors in one segment on, search is approximate: an exact one then takes over 20 ms on one thread,
# twice what encoding the question does (`python -m benchmarks.search`).
EXACT_UP_TO: Final = 200_000
# Links a vector, and candidates kept while building and searching the graph (Malkov and Yashunin 2018).
_HNSW_LINKS: Final = 32
_HNSW_EF_CONSTRUCTION: Final = 40
_HNSW_EF_SEARCH: Final = 256


class Entry(NamedTuple):
    """One indexed text: `start` to `end` in characters of `field` of a document's revision; `digest` of the text."""

    field: str
    start: int
    end: int
    digest: int


class Match(NamedTuple):
    """A found text, with its cosine `similarity` (-1 to 1) to the query."""

    document: str
    revision: int
    entry: Entry
    similarity: float


class TornIndexError(Exception):
    """A file of the index is missing, cut short or altered."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the index holds of one document: entry i has row i of `vectors`, float32 (len(entries), dimension).

    The index rounds the vectors to half precision, and gives them out so.
    Without entries it only takes the document's earlier entries away, in whichever partition they are.
    `partition` names the part of the index that it belongs to: each can be searched by itself.
    """

    id: str
    revision: int
    entries: tuple[Entry, ...]
    vectors: NDArray[np.float32]
    partition: str = ""


class StoredFile(NamedTuple):
    """A file of the index as the manifest records it."""

    name: str
    bytes: int
    sha256: str


class Segment:
    """Vectors of documents of one partition, laid out document by document.

    Rows `offsets[i]` to `offsets[i + 1]` belong to `documents[i]`, `row_counts[i]` of them. The columns `fields`
    (numbers into `field_names`), `starts`, `ends` and `digests` have one value a row.
    """

    def __init__(self, vectors: Any, columns: dict[str, NDArray[Any]]) -> None:
        self.vectors = vectors
        self._columns = columns
        self.partition = str(columns["partition"])
        self.documents: list[str] = columns["documents"].tolist()
        self.field_names: list[str] = columns["field_names"].tolist()
        self.row_counts: NDArray[np.int64] = np.diff(columns["offsets"])
        self.position = {document: number for number, document in enumerate(self.documents)}
        if vectors.ntotal != columns["offsets"][-1] or vectors.ntotal != len(columns["fields"]):
            raise TornIndexError(f"{vectors.ntotal} vectors do not fit {len(columns['fields'])} entries")

    @classmethod
    def of(cls, documents: Sequence[Document], dimension: int, exact_up_to: int = EXACT_UP_TO) -> Segment:
        """A segment of `documents`, whose ids differ, and whose partition does not."""
        partitions = sorted({document.partition for document in documents})
        if len(partitions) != 1:
            raise ValueError(f"the documents are of the partitions {partitions}, expected one")
        field_names = sorted({entry.field for document in documents for entry in document.entries})
        numbers = {name: number for number, name in enumerate(field_names)}
        entries = [entry for document in documents for entry in document.entries]
        counts = [len(document.entries) for document in documents]
        columns = {
            "partition": np.array(partitions[0], dtype=np.str_),
            "documents": np.array([document.id for document in documents], dtype=np.str_),
            "revisions": np.array([document.revision for document in documents], np.int32),
            "offsets": np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64),
            "field_names": np.array(field_names, dtype=np.str_),
            "fields": np.array([numbers[entry.field] for entry in entries], np.int32),
            "starts": np.array([entry.start for entry in entries], np.int32),
            "ends": np.array([entry.end for entry in entries], np.int32),
            "digests": np.array([entry.digest for entry in entries], np.uint64),
        }
        approximate = len(entries) > exact_up_to
        vectors = _approximate_index(dimension) if approximate else _exact_index(dimension)
        for document in documents:
            if document.vectors.shape != (len(document.entries), dimension):
                raise ValueError(
                    f"{document.id}: vectors have the shape {document.vectors.shape}, "
                    f"expected {(len(document.entries), dimension)}"
                )
        filled = [document.vectors for document in documents if document.entries]
        if filled:
            rows = np.ascontiguousarray(np.concatenate(filled), np.float32)
            vectors.train(rows)
            vectors.add(rows)
        return cls(vectors, columns)

    def __len__(self) -> int:
        """How many vectors it has."""
        return int(self.vectors.ntotal)

    @property
    def is_exact(self) -> bool:
        """Whether search in it finds the true nearest, or nearly always does."""
        return isinstance(self.vectors, faiss.IndexScalarQuantizer)

    def rows(self, number: int) -> tuple[int, int]:
        """The first and the one past the last row of document `number`."""
        return int(self._columns["offsets"][number]), int(self._columns["offsets"][number + 1])

    def revision(self, number: int) -> int:
        """The revision of document `number`."""
        return int(self._columns["revisions"][number])

    def document(self, number: int) -> Document:
        """Document `number`, as it was given."""
        start, end = self.rows(number)
        return Document(
            self.documents[number],
            self.revision(number),
            tuple(self.entry(row) for row in range(start, end)),
            self.vectors.reconstruct_n(start, end - start)
            if end > start
            else np.empty((0, self.vectors.d), np.float32),
            self.partition,
        )

    def entry(self, row: int) -> Entry:
        """The entry of `row`."""
        columns = self._columns
        return Entry(
            self.field_names[columns["fields"][row]],
            int(columns["starts"][row]),
            int(columns["ends"][row]),
            int(columns["digests"][row]),
        )

    def match(self, row: int, similarity: float) -> Match:
        """The match of `row`."""
        number = int(np.searchsorted(self._columns["offsets"], row, side="right")) - 1
        return Match(self.documents[number], int(self._columns["revisions"][number]), self.entry(row), similarity)

    def search(
        self, queries: NDArray[np.float32], count: int, alive: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `count` rows nearest to each query, of those whose document is alive: similarities and rows.

        `alive` has one value a document. Missing rows are -1.
        """
        if len(self) == 0 or count < 1:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        # FAISS keeps this number for each calling thread; its pool and the encoder's would fight over the cores.
        faiss.omp_set_num_threads(1)
        selector = None
        if not alive.all():
            bits = np.packbits(np.repeat(alive, self.row_counts), bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
        if self.is_exact:
            parameters = faiss.SearchParameters(sel=selector)
        else:
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=max(_HNSW_EF_SEARCH, count))
        return self.vectors.search(queries, min(count, len(self)), params=parameters)  # type: ignore[no-any-return]

    def save(self, folder: Path, name: str) -> tuple[StoredFile, StoredFile]:
        """Write it under `name` into `folder`, down to the disk. Raises OSError, and then leaves no file."""
        vectors_path, columns_path = folder / f"{name}.faiss", folder / f"{name}.npz"
        try:
            # Through a file of Python's: FAISS's own does not raise what fails when it is closed.
            with vectors_path.open("wb") as file:
                faiss.write_index(self.vectors, faiss.PyCallbackIOWriter(file.write))
            with columns_path.open("wb") as file:
                np.savez(file, allow_pickle=False, **self._columns)
            return _stored(vectors_path), _stored(columns_path)
        except BaseException:
            vectors_path.unlink(missing_ok=True)
            columns_path.unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, folder: Path, files: Sequence[StoredFile]) -> Segment:
        """The segment in `files`. Raises TornIndexError; FileNotFoundError where another process replaced it."""
        vectors_stored, columns_stored = files
        vectors_path, columns_path = folder / vectors_stored.name, folder / columns_stored.name
        # Opened once, so that a writer who deletes them meanwhile takes nothing away.
        with vectors_path.open("rb") as vectors_file, columns_path.open("rb") as columns_file:
            for file, stored in ((vectors_file, vectors_stored), (columns_file, columns_stored)):
                size = os.fstat(file.fileno()).st_size
                if size != stored.bytes:
                    raise TornIndexError(f"{file.name} has {size} bytes, expected {stored.bytes}")
                if hashlib.file_digest(file, "sha256").hexdigest() != stored.sha256:
                    raise TornIndexError(f"{file.name} is not the file that was saved: its sha256 differs")
                file.seek(0)
            try:
                vectors = faiss.deserialize_index(np.frombuffer(vectors_file.read(), np.uint8))
                with np.load(columns_file, allow_pickle=False) as columns:
                    return cls(vectors, dict(columns))
            except (RuntimeError, ValueError, KeyError) as error:
                raise TornIndexError(f"{vectors_path} cannot be read: {error}") from error


def _exact_index(dimension: int) -> Any:
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _approximate_index(dimension: int) -> Any:
    index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_fp16, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _HNSW_EF_CONSTRUCTION
    return index


def _stored(path: Path) -> StoredFile:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return StoredFile(path.name, os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())

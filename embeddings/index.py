"""An index in a folder: segments of vectors, and a manifest that says which of them count.

A change writes a new segment and then replaces the manifest in one step, so that a reader sees the index before it
or after it and nothing between. A document in a later segment hides what earlier ones hold of it. Segments are merged
as they come (each is kept at least twice as large as the next: a log-structured merge, O'Neil et al. 1996), so that
there are few of them however many changes were made. Each partition has segments of its own.

Writers take turns by `IndexFolder.lock`; readers take no lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from filelock import FileLock

from embeddings.segment import EXACT_UP_TO, Document, Match, Segment, StoredFile, TornIndexError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_FORMAT: Final = 3
_MANIFEST: Final = "manifest.json"
_LOCK: Final = "lock"
# A reader can meet a manifest whose segments a writer has just merged away; the next manifest names the merged one.
_READ_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index was made of and with; one with another identity is of no use.

    `precision` is what the weights were rounded to for its vectors, `source_id` names the store whose documents it
    holds, `scheme` the way that they are cut into texts.
    """

    model: str
    weights_sha256: str
    precision: str
    dimension: int
    source_id: str
    scheme: str

    def differences(self, other: Identity) -> list[str]:
        """What keeps the two apart, one line each. A model's name may differ: its weights decide."""
        return [
            f"{name} is {getattr(other, name)!r}, expected {getattr(self, name)!r}"
            for name in ("weights_sha256", "precision", "dimension", "source_id", "scheme")
            if getattr(self, name) != getattr(other, name)
        ]


class MissingIndexError(Exception):
    """There is no index in the folder."""


class MismatchedIndexError(Exception):
    """The index was made with another model, of another store, or by another version of this program."""


@dataclass(frozen=True, slots=True)
class _Part:
    segment: Segment
    files: tuple[StoredFile, ...]
    alive: NDArray[np.bool_]  # one value a document of the segment


class Snapshot:
    """The index at one moment; immutable, so any number of threads may search it.

    `version` is that of the source which the index has caught up with; `count` is the number of texts, and
    `partitions` that of the documents in each partition, which have at least one.
    """

    def __init__(
        self, identity: Identity, version: int, stored: Sequence[tuple[Segment, tuple[StoredFile, ...]]]
    ) -> None:
        self.identity = identity
        self.version = version
        self.parts = tuple(_with_alive(stored))
        self.count = sum(_live_rows(part) for part in self.parts)
        self.partitions = _partitions(self.parts)

    @property
    def is_exact(self) -> bool:
        """Whether every search finds the true nearest."""
        return all(part.segment.is_exact for part in self.parts)

    def search(self, queries: NDArray[np.float32], count: int, partition: str | None = None) -> list[list[Match]]:
        """The `count` texts nearest to each query, best first; fewer where there are fewer.

        `queries` is float32 (n, dimension) of unit vectors; `partition` is the one to search, None stands for all.
        Raises ValueError for another shape.
        """
        if queries.ndim != 2 or queries.shape[1] != self.identity.dimension:
            raise ValueError(
                f"queries have the shape {queries.shape}, expected {(len(queries), self.identity.dimension)}"
            )
        found: list[list[tuple[float, int, int]]] = [[] for _ in queries]
        for number, part in enumerate(self.parts):
            if not _live_rows(part) or partition not in (None, part.segment.partition):
                continue
            similarities, rows = part.segment.search(queries, count, part.alive)
            for query, (query_similarities, query_rows) in enumerate(zip(similarities, rows, strict=True)):
                found[query].extend(
                    (float(similarity), number, int(row))
                    for similarity, row in zip(query_similarities, query_rows, strict=True)
                    if row >= 0
                )
        return [
            [
                self.parts[number].segment.match(row, similarity)
                for similarity, number, row in sorted(hits, key=_rank)[:count]
            ]
            for hits in found
        ]

    def document(self, document_id: str) -> Document | None:
        """What the index holds of a document; None if nothing."""
        for part in reversed(self.parts):
            number = part.segment.position.get(document_id)
            if number is not None:
                found = part.segment.document(number)
                return found if found.entries else None
        return None

    def revisions(self) -> dict[str, int]:
        """The revision of every document that has entries, by its id."""
        return {
            part.segment.documents[number]: part.segment.revision(number)
            for part in self.parts
            for number in np.flatnonzero(part.alive & (part.segment.row_counts > 0)).tolist()
        }

    def documents(self) -> Iterator[Document]:
        """Every document that has entries, in no particular order."""
        for part in self.parts:
            yield from _live_documents(part)


class IndexFolder:
    """The index on disk, for one identity.

    `exact_up_to` is the number of vectors in a segment from which search is approximate.
    """

    def __init__(self, folder: Path, identity: Identity, *, exact_up_to: int = EXACT_UP_TO) -> None:
        self.folder = folder
        self.identity = identity
        self._exact_up_to = exact_up_to
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = FileLock(folder / _LOCK)

    def empty(self) -> Snapshot:
        """An index of nothing, to begin anew from."""
        return Snapshot(self.identity, 0, [])

    def signature(self) -> tuple[int, int, int] | None:
        """Changes whenever the index on disk does; None where there is none."""
        try:
            status = (self.folder / _MANIFEST).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size

    def load(self, known: Snapshot | None = None) -> Snapshot:
        """The index on disk; segments that `known` has already are taken from there.

        Raises MissingIndexError, MismatchedIndexError or TornIndexError.
        """
        loaded = {part.files: part.segment for part in known.parts} if known else {}
        for _ in range(_READ_ATTEMPTS):
            manifest = self._manifest()
            try:
                return self._snapshot(manifest, loaded)
            except FileNotFoundError as error:
                missing = error
                if manifest == self._manifest():
                    break
        raise TornIndexError(f"{missing.filename} is named by the manifest but is not there")

    def commit(
        self, base: Snapshot, documents: Sequence[Document], version: int, *, build_graphs: bool = True
    ) -> Snapshot:
        """Put `documents` over `base`, on disk and then in the answer. Hold `lock`. Raises OSError.

        `version` is that of the source which the result has caught up with. Merging into a segment that is searched
        approximately takes minutes; with `build_graphs` false that is left to a later commit.
        """
        stored: list[tuple[Segment, tuple[StoredFile, ...] | None]] = [
            (part.segment, part.files) for part in base.parts
        ]
        partition = attrgetter("partition")
        for _, group in groupby(sorted(documents, key=partition), key=partition):
            stored.append((Segment.of(list(group), self.identity.dimension, self._exact_up_to), None))
        while (merged := self._merged(stored, build_graphs=build_graphs)) is not None:
            stored = merged
        complete: list[tuple[Segment, tuple[StoredFile, ...]]] = []
        written: list[StoredFile] = []
        try:
            for segment, kept in stored:
                files = kept or self._saved(segment)
                complete.append((segment, files))
                if not kept:
                    written.extend(files)
            snapshot = Snapshot(self.identity, version, complete)
            manifest = self._written_manifest(snapshot)
        except BaseException:
            # On a full disk the next try may be soon: what this one wrote must not stay and fill it further.
            for file in written:
                (self.folder / file.name).unlink(missing_ok=True)
            raise
        self._replace_manifest(manifest)
        self._sweep({file.name for _, files in complete for file in files})
        return snapshot

    def _merged(
        self, stored: list[tuple[Segment, tuple[StoredFile, ...] | None]], *, build_graphs: bool
    ) -> list[tuple[Segment, tuple[StoredFile, ...] | None]] | None:
        """`stored` with two segments made one, or one freed of its dead rows; None where nothing needs it."""
        parts = list(_with_alive([(segment, files or ()) for segment, files in stored]))
        for places in _to_merge(parts):
            if build_graphs or sum(_live_rows(parts[place]) for place in places) <= self._exact_up_to:
                rest = [kept for place, kept in enumerate(stored[: places[-1]]) if place not in places]
                return [*rest, *self._rewritten(parts, places), *stored[places[-1] + 1 :]]
        return None

    def _rewritten(
        self, parts: Sequence[_Part], places: Sequence[int]
    ) -> list[tuple[Segment, tuple[StoredFile, ...] | None]]:
        """The live documents at `places` as one segment for the last of these, or none.

        Removals go once no other segment before it has anything of the document.
        """
        others = [part.segment for place, part in enumerate(parts[: places[-1]]) if place not in places]
        documents = [
            part.segment.document(number)
            for part in (parts[place] for place in places)
            for number in np.flatnonzero(part.alive).tolist()
            if part.segment.row_counts[number]
            or any(part.segment.documents[number] in other.position for other in others)
        ]
        return [(Segment.of(documents, self.identity.dimension, self._exact_up_to), None)] if documents else []

    def _saved(self, segment: Segment) -> tuple[StoredFile, ...]:
        return segment.save(self.folder, f"segment-{secrets.token_hex(8)}")

    def _manifest(self) -> dict[str, Any]:
        path = self.folder / _MANIFEST
        try:
            manifest = json.loads(path.read_bytes())
            if not isinstance(manifest, dict):
                raise TypeError("it is not an object")
        except FileNotFoundError:
            raise MissingIndexError(f"{path} is missing") from None
        except (ValueError, TypeError) as error:
            raise TornIndexError(f"{path} cannot be read: {error}") from error
        if manifest.get("format") != _FORMAT:
            raise MismatchedIndexError(f"{path}: format is {manifest.get('format')!r}, expected {_FORMAT}")
        if manifest.get("sha256") != _manifest_sha256(manifest):
            raise TornIndexError(f"{path} is not the file that was saved: its sha256 differs")
        return manifest

    def _snapshot(self, manifest: dict[str, Any], loaded: dict[tuple[StoredFile, ...], Segment]) -> Snapshot:
        """The index that `manifest` names; segments that `loaded` has not are added to it."""
        try:
            identity = Identity(**manifest["identity"])
            version, count = int(manifest["version"]), int(manifest["count"])
            files = [tuple(StoredFile(*stored) for stored in segment) for segment in manifest["segments"]]
        except (KeyError, TypeError, ValueError) as error:
            raise TornIndexError(f"{self.folder / _MANIFEST} cannot be read: {error!r}") from error
        if differences := self.identity.differences(identity):
            raise MismatchedIndexError("; ".join(differences))
        for names in files:
            if names not in loaded:
                loaded[names] = Segment.load(self.folder, names)
        snapshot = Snapshot(identity, version, [(loaded[names], names) for names in files])
        if snapshot.count != count:
            raise TornIndexError(f"{self.folder} has {snapshot.count} entries, expected {count}")
        return snapshot

    def _written_manifest(self, snapshot: Snapshot) -> Path:
        manifest: dict[str, Any] = {
            "format": _FORMAT,
            "identity": asdict(snapshot.identity),
            "version": snapshot.version,
            "count": snapshot.count,
            "segments": [part.files for part in snapshot.parts],
        }
        manifest["sha256"] = _manifest_sha256(manifest)
        path = (self.folder / _MANIFEST).with_suffix(".new")
        with path.open("w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _replace_manifest(self, new: Path) -> None:
        new.replace(self.folder / _MANIFEST)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _sweep(self, kept: set[str]) -> None:
        """Delete segments that the manifest does not name: merged ones, and those of a writer that was killed."""
        for path in self.folder.glob("segment-*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _manifest_sha256(manifest: dict[str, Any]) -> str:
    """SHA-256 (hex) of all that a manifest says but the hash itself."""
    said = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _rank(hit: tuple[float, int, int]) -> tuple[float, int, int]:
    similarity, part, row = hit
    return -similarity, part, row


def _with_alive(stored: Sequence[tuple[Segment, tuple[StoredFile, ...]]]) -> Iterator[_Part]:
    """Each segment with its documents that no later segment hides."""
    masks = [np.ones(len(segment.documents), np.bool_) for segment, _ in stored]
    for later, (segment, _) in enumerate(stored):
        for document in segment.documents:
            for earlier in range(later):
                number = stored[earlier][0].position.get(document)
                if number is not None:
                    masks[earlier][number] = False
    for (segment, files), alive in zip(stored, masks, strict=True):
        yield _Part(segment, files, alive)


def _to_merge(parts: Sequence[_Part]) -> Iterator[tuple[int, ...]]:
    """The places of a segment that is mostly dead rows, or of a partition's last two where they are of like size."""
    places: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        places.setdefault(part.segment.partition, []).append(place)
        if _live_rows(part) * 2 < len(part.segment):
            yield (place,)
    for first, second in (pair for of_one in places.values() for pair in pairwise(of_one[-2:])):
        if len(parts[first].segment) < 2 * max(1, len(parts[second].segment)):
            yield first, second


def _live_rows(part: _Part) -> int:
    return int(part.segment.row_counts[part.alive].sum())


def _partitions(parts: Sequence[_Part]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for part in parts:
        counts[part.segment.partition] += int((part.alive & (part.segment.row_counts > 0)).sum())
    return dict(+counts)


def _live_documents(part: _Part) -> Iterator[Document]:
    for number in np.flatnonzero(part.alive).tolist():
        document = part.segment.document(number)
        if document.entries:
            yield document

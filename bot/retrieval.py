"""Finds the articles that may answer: the library's texts, kept in an index, in line with the store.

The only module that knows `embeddings`.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from filelock import Timeout

from bot.domain.decision import Candidate, Span
from bot.domain.errors import DamagedIndex, Unavailable, UnknownModel
from bot.domain.language_tags import primary_language
from embeddings.batching import Batcher
from embeddings.encoder import ModelError, SentenceTransformerEncoder
from embeddings.index import (
    Identity,
    IndexFolder,
    MismatchedIndexError,
    MissingIndexError,
    Snapshot,
)
from embeddings.made_files import CannotMakeError
from embeddings.passages import MAX_CHARS, passages
from embeddings.segment import Document, Entry, TornIndexError
from embeddings.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bot.ports import ArticleStore, Query, StoredArticle
    from embeddings.encoder import Encoder

_log = logging.getLogger(__name__)

# Raised whenever `texts_of` cuts or `primary_language` divides otherwise, so that an index made before is made anew.
_SCHEME: Final = f"fields-1/passages-{MAX_CHARS}/languages-1"
QUESTION_FIELDS: Final = ("question", "also_asked", "phrasing")
# Articles brought into the index between two commits of it: what a killed import has to do again.
_CHUNK: Final = 512
# Texts between two reports of progress.
_SLICE: Final = 128
# Changed articles that a question waits for, some tens of milliseconds each; more are brought in meanwhile.
_SMALL_BACKLOG: Final = 8
_LOCK_TIMEOUT_S: Final = 1.0
_RETRY_AFTER_S: Final = 5.0
_UNUSABLE: Final = (MissingIndexError, TornIndexError, MismatchedIndexError)
# Emoji, with what joins and varies them: the encoder reads them as strange words.
_PICTURES: Final = re.compile("(?:[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\u200d]*)+")
# How many vectors verification encodes again.
_SAMPLE: Final = 64


def no_progress(_done: int, _total: int) -> None:
    """Report progress to nobody."""


def announce_nothing(_text: str) -> None:
    """Tell nobody."""


def open_encoder(
    model: str, runtime: str, models_dir: Path, announce: Callable[[str], None] = announce_nothing
) -> Encoder:
    """The encoder for a sentence-transformers name or folder.

    `runtime` is a value of `Settings.runtime`; `announce` is told of work that takes long. What is made of the model
    for ONNX Runtime is kept in `models_dir`. Raises UnknownModel, Unavailable.
    """
    try:
        if runtime == "sentence-transformers":
            return SentenceTransformerEncoder(model)
        # Imported here: the other runtime needs none of it.
        from embeddings.onnx_encoder import OnnxEncoder  # noqa: PLC0415

        try:
            return OnnxEncoder(model, models_dir, "int8" if runtime == "onnx-int8" else "float32", announce)
        except CannotMakeError as error:
            _log.warning("model_not_exported", extra={"reason": str(error), "served_by": "sentence-transformers"})
            return SentenceTransformerEncoder(model)
    except ModelError as error:
        raise UnknownModel(f"DOCTORS_NOTE_EMBEDDING_MODEL: {error}") from error
    except OSError as error:
        raise Unavailable(
            f"the model cannot be prepared: {error}. Free some space in the data folder, or make it writable."
        ) from error


def texts_of(stored: StoredArticle) -> Iterator[tuple[str, int, int, str]]:
    """The texts by which an article is found, as (field, start, end, text).

    `text` is characters `start` to `end` of that field. Items of lists are fields of their own: `also_asked[1]`.
    """
    article = stored.article
    yield "question", 0, len(article.question), article.question
    for field, lines in (("also_asked", article.also_asked), ("phrasing", stored.phrasings)):
        for number, line in enumerate(lines, start=1):
            yield f"{field}[{number}]", 0, len(line), line
    for field, text in (("short_answer", article.short_answer), ("explanation", article.explanation)):
        for start, end in passages(text):
            yield field, start, end, text[start:end]


@dataclass(frozen=True, slots=True, eq=False)
class EncodedQuery:
    """A message as it was encoded: `text`, its slips mended, and `vector`, float32 (dimension,), of length 1."""

    text: str
    vector: NDArray[np.float32]


class ArticleIndex:
    """The index of a store's served articles. Safe to use from several threads and processes at once."""

    def __init__(self, encoder: Encoder, folder: Path, store: ArticleStore) -> None:
        self._encoder = encoder
        self._store = store
        identity = Identity(
            encoder.name, encoder.weights_sha256, encoder.precision, encoder.dimension, store.store_id(), _SCHEME
        )
        try:
            self._folder = IndexFolder(folder, identity)
        except OSError as error:
            raise _unwritable(error) from error
        self._snapshot = self._folder.empty()
        self._spelling = (Speller(), -1)
        self._reading_words = threading.Lock()
        self._publishing = threading.Lock()
        self._freshening = threading.Lock()
        self._retry_at = 0.0
        self._batcher: Batcher[str, NDArray[np.float32]] | None = (
            Batcher(lambda texts: list(encoder.encode(texts))) if encoder.gains_by_batches else None
        )
        # An encoder that takes all processors for its batch is slowed by several searches at once, and slows them.
        self._searching = threading.Lock() if encoder.gains_by_batches else nullcontext()

    @property
    def model_sha256(self) -> str:
        """See `bot.ports.Retriever`."""
        return self._encoder.weights_sha256

    @property
    def encoder(self) -> Encoder:
        """What encodes its texts."""
        return self._encoder

    @property
    def snapshot(self) -> Snapshot:
        """What it answers from at this moment."""
        return self._snapshot

    @property
    def count(self) -> int:
        """How many texts it holds."""
        return self._snapshot.count

    @property
    def backlog(self) -> int:
        """How many articles changed since the index last caught up."""
        return self._store.count_changed_since(self._snapshot.version)

    def open(
        self,
        progress: Callable[[int, int], None] = no_progress,
        *,
        rebuild: bool = False,
        repair: bool = True,
        wait: bool = True,
    ) -> None:
        """Load the index and bring it in line with the store.

        One that cannot be used is made anew, or, without `repair`, DamagedIndex is raised. `progress` is told of
        articles done, and articles to do. While another process is at work on it, `wait` until it has finished, or go
        on with what is there: the rest then comes in as it is made. Raises Unavailable.
        """
        try:
            with self._folder.lock.acquire(timeout=-1 if wait else _LOCK_TIMEOUT_S):
                base = self._folder.empty() if rebuild else self._usable(self._check_origin, repair=repair)
                self._catch_up(base, progress)
        except Timeout:
            _log.warning("index_busy", extra={"reason": "another process is bringing it in line"})
            with suppress(*_UNUSABLE):  # it is being made
                self._publish(self._folder.load(self._snapshot))
        except OSError as error:
            raise _unwritable(error) from error

    def read(self, text: str) -> EncodedQuery:
        """See `bot.ports.Retriever`. Blocks; simultaneous calls are encoded together where the encoder gains by it."""
        self._freshen()
        mended = self.speller().mended(cleaned(text))
        return EncodedQuery(mended, self._batcher(mended) if self._batcher else self._encoder.encode([mended])[0])

    def find(self, query: Query, depth: int, language: str) -> tuple[list[Candidate], int]:
        """See `bot.ports.Retriever`."""
        if not isinstance(query, EncodedQuery):
            raise TypeError(f"query is a {type(query).__name__}, expected what `read` returns")
        snapshot = self._snapshot
        with self._searching:
            return candidates_in(snapshot, query.vector, depth, language), snapshot.version

    def languages(self) -> dict[str, int]:
        """See `bot.ports.Retriever`."""
        return dict(self._snapshot.partitions)

    def speller(self) -> Speller:
        """What mends slips, by the words of the library as they were when the index last caught up."""
        version = self._snapshot.version
        if self._spelling[1] != version:
            with self._reading_words:
                if self._spelling[1] != version:
                    self._spelling = (self._spelling[0].of(self._store.questions()), version)
        return self._spelling[0]

    def close(self) -> None:
        """End the thread that encodes, if there is one."""
        if self._batcher:
            self._batcher.close()

    def disagreements(self) -> Iterator[str]:
        """What in the index is not as the store has it, a line each; a sample of vectors is encoded again."""
        snapshot = self._snapshot
        indexed = {document.id: document for document in snapshot.documents()}
        sample: list[tuple[str, str, NDArray[np.float32]]] = []
        step = max(1, snapshot.count // _SAMPLE)
        seen = 0
        for stored in self._store.all():
            article_id = stored.article.id
            document = indexed.pop(article_id, None)
            if not stored.article.is_served:
                if document is not None:
                    yield f"article {article_id}: it is in the index, but is {stored.article.status}"
                continue
            if document is None:
                yield f"article {article_id}: it is not in the index"
                continue
            texts = list(texts_of(stored))
            if document.revision != stored.revision.number:
                yield (
                    f"article {article_id}: the index has revision {document.revision}, "
                    f"the store {stored.revision.number}"
                )
            elif document.partition != (language := primary_language(stored.article.language)):
                yield f"article {article_id}: the index has it in {document.partition!r}, the store in {language!r}"
            elif list(document.entries) != [entry_of(text) for text in texts]:
                yield f"article {article_id}: the index has other texts of it than the store"
            else:
                for (field, start, end, text), vector in zip(texts, document.vectors, strict=True):
                    if seen % step == 0:
                        sample.append((f"article {article_id}, {field} {start}-{end}", text, vector))
                    seen += 1
        yield from (f"article {article_id}: it is in the index, but not in the store" for article_id in indexed)
        yield from self._wrong_vectors(sample)

    def _wrong_vectors(self, sample: Sequence[tuple[str, str, NDArray[np.float32]]]) -> Iterator[str]:
        vectors = self._encoder.encode([text for _, text, _ in sample])
        for (place, _, indexed), vector in zip(sample, vectors, strict=True):
            if float(indexed @ vector) < 0.999:
                yield f"{place}: its vector is not that of its text"

    def _usable(self, check: Callable[[Snapshot], None] | None = None, *, repair: bool) -> Snapshot:
        """The index on disk, or an empty one to begin anew from where that cannot be used. Hold the lock."""
        try:
            loaded = self._folder.load(self._snapshot)
            if check:
                check(loaded)
        except MissingIndexError:
            return self._folder.empty()
        except (TornIndexError, MismatchedIndexError) as error:
            if not repair:
                raise DamagedIndex(f"the index: {error}. `doctors-note index` makes it anew.") from error
            _log.warning("index_rebuilt", extra={"reason": str(error)})
            return self._folder.empty()
        else:
            self._publish(loaded)
            return loaded

    def _check_origin(self, snapshot: Snapshot) -> None:
        """Raise MismatchedIndexError if `snapshot` cannot have been made of what the store has.

        That is so when the store was put back to an earlier state, even if it has gone on from there.
        """
        indexed = snapshot.revisions()
        changed_since = self._store.changed_ids_since(snapshot.version)
        expected = self._store.served_revisions(snapshot.version)
        unexpected = {item for item in indexed.items() ^ expected.items() if item[0] not in changed_since}
        if unexpected or self._store.version() < snapshot.version:
            raise MismatchedIndexError(
                "it does not follow from the store, which must have been put back to an earlier state"
            )

    def _publish(self, snapshot: Snapshot) -> None:
        """Answer from `snapshot` from now on, unless what is there is newer."""
        with self._publishing:
            if snapshot.version >= self._snapshot.version:
                self._snapshot = snapshot

    def _freshen(self) -> None:
        """Take up what changed in the store since the last question, before this one is answered."""
        if self._snapshot.version == self._store.version():
            return
        if not self._freshening.acquire(timeout=_LOCK_TIMEOUT_S):
            return
        try:
            with suppress(*_UNUSABLE):
                self._publish(self._folder.load(self._snapshot))
            backlog = self.backlog if time.monotonic() >= self._retry_at else 0
            if 0 < backlog <= _SMALL_BACKLOG:
                self._catch_up_if_free()
            elif backlog:
                self._retry_at = time.monotonic() + _RETRY_AFTER_S
                threading.Thread(target=self._catch_up_if_free, name="index", daemon=True).start()
        finally:
            self._freshening.release()

    def _catch_up_if_free(self) -> None:
        try:
            with self._folder.lock.acquire(timeout=_LOCK_TIMEOUT_S):
                self._catch_up(self._usable(repair=True), no_progress, build_graphs=False)
        except Timeout:
            # Another process is at it; what it has made is loaded at a later question, without waiting for it.
            self._retry_at = time.monotonic() + _RETRY_AFTER_S
        except (OSError, Unavailable) as error:
            # Answers stay right without: what the store no longer serves is left out of them.
            _log.warning("index_stale", extra={"reason": str(error)})
            self._retry_at = time.monotonic() + _RETRY_AFTER_S

    def _catch_up(self, base: Snapshot, progress: Callable[[int, int], None], *, build_graphs: bool = True) -> None:
        """Bring `base` in line with the store, chunk by chunk; each is on disk before the next. Hold the lock.

        Questions go on being answered from what was there until the result has caught up with that.
        """
        snapshot = base
        total = self._store.count_changed_since(base.version)
        done = 0
        while changed := self._store.changed_since(snapshot.version, _CHUNK):

            def chunk_progress(share: float, done: int = done, size: int = len(changed)) -> None:
                progress(done + round(share * size), max(total, done + size))

            documents = self._encoded(changed, chunk_progress)
            version = changed[-1].changed_version
            snapshot = self._folder.commit(snapshot, documents, version, build_graphs=build_graphs)
            self._publish(snapshot)
            done += len(changed)
            progress(done, max(total, done))
        if not done and self._folder.signature() is None:  # an empty library has an index too
            snapshot = self._folder.commit(snapshot, [], snapshot.version)
        with self._publishing:
            self._snapshot = snapshot

    def _encoded(self, changed: Sequence[StoredArticle], progress: Callable[[float], None]) -> list[Document]:
        texts = [list(texts_of(stored)) if stored.article.is_served else [] for stored in changed]
        # Equal texts are encoded once; those of like length together, since a batch is as slow as its longest.
        distinct = sorted({text for article in texts for *_, text in article}, key=len, reverse=True)
        vectors = np.empty((len(distinct), self._encoder.dimension), np.float32)
        for start in range(0, len(distinct), _SLICE):
            vectors[start : start + _SLICE] = self._encoder.encode(distinct[start : start + _SLICE])
            progress(min(1.0, (start + _SLICE) / len(distinct)))
        row = {text: number for number, text in enumerate(distinct)}
        return [
            Document(
                stored.article.id,
                stored.revision.number,
                tuple(entry_of(text) for text in article),
                vectors[[row[text] for *_, text in article]],
                primary_language(stored.article.language),
            )
            for stored, article in zip(changed, texts, strict=True)
        ]


def cleaned(text: str) -> str:
    """`text` on one line, without pictures."""
    return " ".join(_PICTURES.sub(" ", text).split())


def candidates_in(snapshot: Snapshot, vector: NDArray[np.float32], depth: int, language: str) -> list[Candidate]:
    """Up to `depth` candidates in `language` for a question's vector; see `bot.ports.Retriever.find`."""
    partition = primary_language(language) if language else None
    found = _nearest_documents(snapshot, vector, depth, partition)
    return [_candidate(snapshot, article_id, vector) for article_id in found]


def _nearest_documents(snapshot: Snapshot, vector: NDArray[np.float32], depth: int, partition: str | None) -> list[str]:
    """The ids of up to `depth` documents, in the order of their nearest text."""
    count = 4 * depth
    while True:
        (hits,) = snapshot.search(vector[np.newaxis], count, partition)
        ids = list(dict.fromkeys(match.document for match in hits))
        if len(ids) >= depth or count >= snapshot.count:
            return ids[:depth]
        count *= 4


def _candidate(snapshot: Snapshot, article_id: str, query: NDArray[np.float32]) -> Candidate:
    document = snapshot.document(article_id)
    assert document is not None  # it was found in this very snapshot
    similarities = document.vectors @ query
    best: dict[bool, int] = {}
    for row, entry in enumerate(document.entries):
        is_question = entry.field.partition("[")[0] in QUESTION_FIELDS
        if is_question not in best or similarities[row] > similarities[best[is_question]]:
            best[is_question] = row
    by_question = float(similarities[best[True]])
    by_passage = float(similarities[best[False]]) if False in best else None
    matched = document.entries[best[True] if by_passage is None or by_question >= by_passage else best[False]]
    return Candidate(
        article_id,
        document.revision,
        by_question,
        by_passage,
        Span(matched.field, matched.start, matched.end),
    )


def entry_of(text: tuple[str, int, int, str]) -> Entry:
    """The index's entry for one of `texts_of`."""
    field, start, end, content = text
    digest = int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest(), "big")
    return Entry(field, start, end, digest)


def _unwritable(error: OSError) -> Unavailable:
    return Unavailable(
        f"the index cannot be written: {error}. Free some space in the data folder, or make it writable; "
        "the library itself is unharmed, and `doctors-note index` goes on where this stopped."
    )

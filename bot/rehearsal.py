"""An index as it would be with more phrasings of an article, without writing any of it.

What it finds is found by the very code and data that answer patients. Which of very many past questions are worth
asking it is told from their vectors alone, by the rule of `bot.domain.decision` in numpy, with some slack.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bot.domain.language_tags import primary_language
from bot.ports.teaching import Sifted
from bot.retrieval import EncodedQuery, candidates_in, cleaned, entry_of, texts_of
from bot.service.matching import DEPTH
from bot.standings import SLACK, StandingTable, question_vectors
from embeddings.index import Snapshot
from embeddings.made_files import made_files
from embeddings.segment import Document, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bot.domain.decision import Calibration, Candidate
    from bot.ports import Query, StoredArticle
    from bot.retrieval import ArticleIndex
    from embeddings.encoder import Encoder
    from embeddings.spelling import Speller

_log = logging.getLogger(__name__)

# As many similarities of a question to a text as are computed at most, in about half a second on two cores.
_MAX_PRODUCTS: Final = 30_000_000
# Questions that are always looked at, however large the library is.
_MIN_ROWS: Final = 100
_CHUNK: Final = 2_048
_VECTOR: Final = "<f2"
_WORD: Final = re.compile(r"[^\W\d_]+")
_FILE: Final = "vectors.npy"


class ImaginedIndex:
    """A `bot.ports.Retriever` over a snapshot, with a speller. What `vectors` has is not encoded again.

    It never changes: what happens to the library meanwhile is not seen.
    """

    def __init__(
        self,
        encoder: Encoder,
        snapshot: Snapshot,
        speller: Speller,
        vectors: dict[str, NDArray[np.float32]],
    ) -> None:
        self._encoder = encoder
        self._vectors = vectors
        self.snapshot = snapshot
        self.speller = speller

    @property
    def model_sha256(self) -> str:
        """See `bot.ports.Retriever`."""
        return self._encoder.weights_sha256

    @property
    def count(self) -> int:
        """See `bot.ports.Retriever`."""
        return self.snapshot.count

    @property
    def backlog(self) -> int:
        """None: it is what it is."""
        return 0

    def mended(self, text: str) -> str:
        """`text` as it is encoded."""
        return self.speller.mended(cleaned(text))

    def read(self, text: str) -> EncodedQuery:
        """See `bot.ports.Retriever`."""
        mended = self.mended(text)
        if mended not in self._vectors:
            self._vectors[mended] = self._encoder.encode([mended])[0]
        return EncodedQuery(mended, self._vectors[mended])

    def know(self, text: str, vector: bytes) -> None:
        """Take `vector` for what `text` means."""
        self._vectors[self.mended(text)] = np.frombuffer(vector, _VECTOR).astype(np.float32)

    def prepare(self, texts: Sequence[str]) -> None:
        """See `PreparedRetriever.prepare`."""
        new = sorted({self.mended(text) for text in texts} - self._vectors.keys(), key=len)
        if new:
            self._vectors.update(zip(new, self._encoder.encode(new), strict=True))

    def find(self, query: Query, depth: int, language: str) -> tuple[list[Candidate], int]:
        """See `bot.ports.Retriever`."""
        assert isinstance(query, EncodedQuery)
        return candidates_in(self.snapshot, query.vector, depth, language), self.snapshot.version

    def languages(self) -> dict[str, int]:
        """See `bot.ports.Retriever`."""
        return dict(self.snapshot.partitions)

    def open(self, progress: Callable[[int, int], None] = ...) -> None:
        """Nothing is to be opened."""

    def disagreements(self) -> Iterator[str]:
        """None are looked for."""
        return iter(())

    def close(self) -> None:
        """Nothing is held."""


class IndexRehearser:
    """`bot.ports.teaching.Rehearser` over the index that answers."""

    def __init__(self, index: ArticleIndex, folder: Path) -> None:
        """What is remembered is kept in `folder`."""
        self._index = index
        self._folder = folder
        self._known: tuple[Speller | None, tuple[str, ...], list[bytes]] = (None, (), [])
        self._learning = threading.Lock()

    def as_it_is(self) -> ImaginedIndex:
        """See `Rehearser.as_it_is`."""
        self._index.read("a")  # which brings it in line
        return ImaginedIndex(self._index.encoder, self._index.snapshot, self._index.speller(), {})

    def rehearse(self, stored: StoredArticle, phrasings: Sequence[str]) -> IndexRehearsal:
        """See `Rehearser.rehearse`."""
        self._index.read(phrasings[0])  # which brings it in line
        snapshot, speller = self._index.snapshot, self._index.speller()
        new = [text for text in dict.fromkeys(phrasings) if text not in stored.phrasings]
        taught = replace(stored, phrasings=tuple(sorted((*stored.phrasings, *new))))
        document = self._document(taught, snapshot.document(stored.article.id))
        added = Segment.of([document], self._index.encoder.dimension)
        after = Snapshot(
            snapshot.identity,
            snapshot.version,
            [*((part.segment, part.files) for part in snapshot.parts), (added, ())],
        )
        vectors: dict[str, NDArray[np.float32]] = {}
        return IndexRehearsal(
            ImaginedIndex(self._index.encoder, snapshot, speller, vectors),
            ImaginedIndex(self._index.encoder, after, speller.with_more(new), vectors),
            stored.article.id,
            new,
        )

    def vectors(self, texts: Sequence[str], *, remember: bool = False) -> list[bytes]:
        """See `Rehearser.vectors`."""
        if not texts:
            return []
        speller = self._index.speller()
        if not remember:
            mended = [speller.mended(cleaned(text)) for text in texts]
            return [vector.tobytes() for vector in self._encoded(mended)]
        with self._learning:
            # Other words of the library may mend other slips.
            if self._known[:2] != (speller, tuple(texts)):
                mended = [speller.mended(cleaned(text)) for text in texts]
                self._known = (speller, tuple(texts), self._kept(mended))
            return self._known[2]

    def _encoded(self, mended: Sequence[str]) -> NDArray[Any]:
        return self._index.encoder.encode(mended).astype(_VECTOR)

    def _kept(self, mended: Sequence[str]) -> list[bytes]:
        """The vectors of `mended`, from the disk if they were made before."""
        encoder = self._index.encoder
        texts = hashlib.sha256("\n".join(mended).encode()).hexdigest()
        recipe: dict[str, str | int] = {
            "vectors": texts,
            "weights_sha256": encoder.weights_sha256,
            "precision": encoder.precision,
        }

        def make(folder: Path) -> None:
            np.save(folder / _FILE, self._encoded(mended), allow_pickle=False)

        try:
            folder = made_files(self._folder, recipe, make, names=[_FILE])
            return [vector.tobytes() for vector in np.load(folder / _FILE, allow_pickle=False)]
        except OSError as error:  # a full disk, say: they are made again by the next process
            _log.warning("vectors_not_kept", extra={"reason": str(error)})
            return [vector.tobytes() for vector in self._encoded(mended)]

    def _document(self, stored: StoredArticle, known: Document | None) -> Document:
        """The article as the index would hold it; texts that it holds already are not encoded again."""
        texts = list(texts_of(stored))
        entries = [entry_of(text) for text in texts]
        rows = {entry.digest: row for entry, row in zip(known.entries, known.vectors, strict=True)} if known else {}
        new = [place for place, entry in enumerate(entries) if entry.digest not in rows]
        vectors = np.empty((len(texts), self._index.encoder.dimension), np.float32)
        if new:
            vectors[new] = self._index.encoder.encode([texts[place][-1] for place in new])
        for place, entry in enumerate(entries):
            if entry.digest in rows:
                vectors[place] = rows[entry.digest]
        language = primary_language(stored.article.language)
        return Document(stored.article.id, stored.revision.number, tuple(entries), vectors, language)


class IndexRehearsal:
    """`bot.ports.teaching.Rehearsal` of the index as it was at one moment."""

    def __init__(self, before: ImaginedIndex, after: ImaginedIndex, article_id: str, phrasings: Sequence[str]) -> None:
        self.before = before
        self.after = after
        self._phrasings = phrasings
        self._article_id = article_id

    def prepare(self, texts: Sequence[str], known: Sequence[tuple[str, bytes]] = ()) -> None:
        """See `Rehearsal.prepare`."""
        for text, vector in known:
            self.before.know(text, vector)
        for index in (self.before, self.after):
            index.prepare(texts)

    def changed_by_words(self, texts: Sequence[str]) -> tuple[int, ...]:
        """See `Rehearsal.changed_by_words`."""
        # A slip is mended into a word that is one letter longer or shorter at most, and begins with the same one.
        shapes = {
            (word[0], len(word) + longer) for text in self._phrasings for word in _words(text) for longer in (-1, 0, 1)
        }
        return tuple(
            place
            for place, text in enumerate(texts)
            if any((word[0], len(word)) in shapes for word in _words(text))
            and self.before.mended(text) != self.after.mended(text)
        )

    def sift(
        self, vectors: Sequence[bytes], words: Callable[[int], int], calibration: Calibration, language: str
    ) -> Sifted:
        """See `Rehearsal.sift`."""
        if not vectors:
            return Sifted((), (), 0)
        asked = np.frombuffer(b"".join(vectors), _VECTOR).reshape(len(vectors), -1)
        nearness, gain = self._gain(asked)
        # Only where a phrasing is nearer than all that the article is found by already does anything change at all.
        places = np.flatnonzero(gain > -2 * SLACK)
        partition = primary_language(language)
        texts = sum(len(part.segment) for part in self.after.snapshot.parts if part.segment.partition == partition)
        limit = max(_MIN_ROWS, _MAX_PRODUCTS // max(1, texts))
        left_out = max(0, len(places) - limit)
        if left_out:
            places = places[np.argpartition(-nearness[places], limit)[:limit]]
            places.sort()
        table = StandingTable(self._documents(asked[places].astype(np.float32), partition), self._article_id)
        logs = np.zeros(len(asked), np.float32)
        logs[places] = np.log1p([words(place) for place in places.tolist()])
        sure: list[int] = []
        unsure: list[int] = []
        for chunk in np.split(places, range(_CHUNK, len(places), _CHUNK)):
            if len(chunk):
                differs, is_close = table.held(asked[chunk].astype(np.float32), logs[chunk], calibration)
                sure += chunk[differs & ~is_close].tolist()
                unsure += chunk[is_close].tolist()
        return Sifted(tuple(sure), tuple(unsure), left_out)

    def _gain(self, asked: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How near the new phrasings are to each of `asked`, and how much nearer than what finds the article now."""
        known, then = (index.snapshot.document(self._article_id) for index in (self.before, self.after))
        assert then is not None
        digests = {entry.digest for entry in known.entries} if known else set()
        is_new = [entry.digest not in digests for entry in then.entries]
        nearness, gain = np.full(len(asked), -1.0, np.float32), np.full(len(asked), -1.0, np.float32)
        if not any(is_new):
            return nearness, gain
        new, old = then.vectors[is_new], question_vectors(known) if known else None
        for start in range(0, len(asked), _CHUNK):
            rows = asked[start : start + _CHUNK].astype(np.float32)
            nearest = (rows @ new.T).max(axis=1)
            nearness[start : start + _CHUNK] = nearest
            gain[start : start + _CHUNK] = nearest - (rows @ old.T).max(axis=1) if old is not None else 1.0
        return nearness, gain

    def _documents(self, rows: NDArray[np.float32], partition: str) -> list[tuple[Document, Document | None]]:
        """The documents that may be among the candidates of any of `rows`: after, and before if that differs."""
        snapshot = self.after.snapshot
        texts = sum(len(part.segment) for part in snapshot.parts if part.segment.partition == partition)
        if len(rows) * texts <= _MAX_PRODUCTS:
            found = [document for document in snapshot.documents() if document.partition == partition]
        else:
            ids = {
                candidate.article_id
                for row in rows
                for index in (self.before, self.after)
                for candidate in candidates_in(index.snapshot, row, DEPTH, partition)
            }
            found = [document for each in sorted(ids) if (document := snapshot.document(each))]
        return [
            (each, self.before.snapshot.document(each.id) if each.id == self._article_id else each) for each in found
        ]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())

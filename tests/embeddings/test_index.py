"""What an index must do, exact or approximate: find the nearest, and hold what was committed last."""

from __future__ import annotations

import math
import random
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.index import IndexFolder, Snapshot
from embeddings.segment import EXACT_UP_TO, Document, Entry, Segment
from tests.embeddings.made import DIMENSION, IDENTITY, PARTITIONS, Said, contents, document, group, held, said, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.segment import Match

IDS = [f"document {letter}é" for letter in "abcdefgh"]
# One commit: which documents it has, how many texts each (none takes it away), and in which partition.
COMMIT = st.dictionaries(
    st.sampled_from(IDS), st.tuples(st.integers(0, 4), st.sampled_from(PARTITIONS)), max_size=len(IDS)
)


@pytest.fixture(params=[EXACT_UP_TO, 0], ids=["exact", "approximate"], scope="module")
def exact_up_to(request: pytest.FixtureRequest) -> int:
    """Each kind of search. Among the few vectors of these tests the approximate one misses nothing either."""
    return int(request.param)


@pytest.fixture
def index(tmp_path: Path, exact_up_to: int) -> IndexFolder:
    """An empty folder for an index."""
    return IndexFolder(tmp_path / "index", IDENTITY, exact_up_to=exact_up_to)


def assert_nearest(found: Sequence[Match], count: int, query: NDArray[np.float32], model: dict[str, Document]) -> None:
    """`found` is what a search of every vector in `model` finds, best first."""
    similarities = {
        (held.id, held.revision, entry): float(vector @ query)
        for held in model.values()
        for entry, vector in zip(held.entries, held.vectors, strict=True)
    }
    best = sorted(similarities.values(), reverse=True)[:count]
    assert [match.similarity for match in found] == pytest.approx(best, abs=1e-5)
    keys = [(match.document, match.revision, match.entry) for match in found]
    assert len(set(keys)) == len(keys)
    assert [similarities[key] for key in keys] == pytest.approx(best, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(commits=st.lists(COMMIT, min_size=1, max_size=12), count=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_agrees_with_a_dictionary(
    exact_up_to: int, commits: list[dict[str, tuple[int, str]]], count: int, seed: int
) -> None:
    """After each commit the index has what a dict would have, and so on disk.

    In it, and in each partition alone, it finds what a full scan finds.
    """
    model: dict[str, Document] = {}
    query = unit(2, seed)
    with tempfile.TemporaryDirectory() as folder:
        index = IndexFolder(Path(folder), IDENTITY, exact_up_to=exact_up_to)
        snapshot = index.empty()
        for version, commit in enumerate(commits, start=1):
            documents = [document(document_id, version, *texts) for document_id, texts in commit.items()]
            for changed in documents:
                model.pop(changed.id, None)
                if changed.entries:
                    model[changed.id] = changed
            snapshot = index.commit(snapshot, documents, version)
            for seen in (snapshot, index.load(snapshot), index.load()):
                assert seen.version == version
                assert seen.count == sum(len(kept.entries) for kept in model.values())
                assert held(seen) == {kept.id: said(kept) for kept in model.values()}
                for document_id in IDS:
                    found = seen.document(document_id)
                    kept = model.get(document_id)
                    assert (found and said(found)) == (kept and said(kept))
                assert seen.partitions == Counter(kept.partition for kept in model.values())
                for partition in (None, *PARTITIONS):
                    there = {kept.id: kept for kept in model.values() if partition in (None, kept.partition)}
                    for row, matches in enumerate(seen.search(query, count, partition)):
                        assert_nearest(matches, count, query[row], there)


@settings(max_examples=50, deadline=None)
@given(size=st.integers(1, 60), dimension=st.integers(1, 32), count=st.integers(1, 70), seed=st.integers(0, 2**32 - 1))
def test_search_agrees_with_numpy(exact_up_to: int, size: int, dimension: int, count: int, seed: int) -> None:
    """Whatever the dimension and the number of texts, search finds what a product with every vector finds."""
    vectors, queries = unit(size, seed, dimension), unit(3, seed + 1, dimension)
    identity = replace(IDENTITY, dimension=dimension)
    whole = Document("all", 1, tuple(Entry("text", row, row + 1, row) for row in range(size)), vectors)
    with tempfile.TemporaryDirectory() as folder:
        index = IndexFolder(Path(folder), identity, exact_up_to=exact_up_to)
        snapshot = index.commit(index.empty(), [whole], 1)
        for query, found in zip(queries, snapshot.search(queries, count), strict=True):
            similarities = vectors @ query
            best = np.sort(similarities)[::-1][:count]
            assert [match.similarity for match in found] == pytest.approx(best.tolist(), abs=1e-5)
            assert [similarities[match.entry.start] for match in found] == pytest.approx(best.tolist(), abs=1e-5)


def test_many_commits(index: IndexFolder) -> None:
    """After 60 commits of all kinds the index has what was committed last, in few segments."""
    snapshot = index.empty()
    for version in range(1, 61):
        snapshot = index.commit(snapshot, group(version), version)
        assert held(snapshot) == contents(version)
        assert len(snapshot.parts) <= len(PARTITIONS) * (2 + math.log2(23 * 3))
    assert held(index.load()) == contents(60)


def test_number_of_segments(index: IndexFolder) -> None:
    """The number of segments grows with the logarithm of the number of texts, whatever the sizes of commits."""
    chance = random.Random(7)
    snapshot = index.empty()
    most = 0
    for version in range(1, 151):
        size = chance.choice([1, 1, 1, 2, 40])
        snapshot = index.commit(
            snapshot, [document(f"d{chance.randrange(400)}-{row}", version, 1) for row in range(size)], version
        )
        most = max(most, snapshot.count)
        assert len(snapshot.parts) <= 2 + math.log2(most)
        files = {path.name for path in index.folder.glob("segment-*")}
        assert files == {file.name for part in snapshot.parts for file in part.files}


def test_empty(index: IndexFolder) -> None:
    """An index of nothing finds nothing, holds nothing and can be kept on disk."""
    snapshot = index.commit(index.empty(), [], 5)
    for seen in (index.empty(), snapshot, index.load()):
        assert seen.search(unit(2, 0), 10) == [[], []]
        assert seen.count == 0
        assert seen.document("a") is None
        assert list(seen.documents()) == []
        assert seen.is_exact
    assert index.load().version == 5


def test_fewer_texts_than_asked(index: IndexFolder) -> None:
    """A search for more texts than there are finds each once."""
    snapshot = index.commit(index.empty(), [document("a", 1, 3), document("b", 1, 2)], 1)
    (found,) = snapshot.search(unit(1, 0), 100)
    assert sorted((match.document, match.entry.start) for match in found) == [
        ("a", 0),
        ("a", 10),
        ("a", 20),
        ("b", 0),
        ("b", 10),
    ]


def test_nothing_asked(index: IndexFolder) -> None:
    """A search for no texts finds none, and one of no queries has no results."""
    snapshot = index.commit(index.empty(), [document("a", 1, 3)], 1)
    assert snapshot.search(unit(2, 0), 0) == [[], []]
    assert snapshot.search(unit(0, 0), 5) == []


def test_a_removal_alone(index: IndexFolder) -> None:
    """A commit that only takes a document away leaves the rest to be found."""
    snapshot = index.commit(index.empty(), [document(name, 1, 2) for name in "abcd"], 1)
    snapshot = index.commit(snapshot, [document("b", 2, 0)], 2)
    (found,) = snapshot.search(unit(1, 0), 100)
    assert {match.document for match in found} == {"a", "c", "d"}
    assert snapshot.document("b") is None


def test_removal_of_what_was_never_there(index: IndexFolder) -> None:
    """Taking away an unknown document changes nothing, even in an empty index."""
    snapshot = index.commit(index.empty(), [document("ghost", 1, 0)], 1)
    assert snapshot.search(unit(1, 0), 5) == [[]]
    snapshot = index.commit(snapshot, [document("a", 1, 1)], 2)
    assert list(held(snapshot)) == ["a"]


def test_a_document_that_moves(index: IndexFolder) -> None:
    """A document that changes its partition is found in the new one alone, and where it went back, in the old."""
    snapshot = index.commit(index.empty(), [document(name, 1, 4, "here") for name in "abcd"], 1)
    for version, partition in ((2, "there"), (3, "here"), (4, "there"), (5, "elsewhere")):
        snapshot = index.commit(snapshot, [document("a", version, 1, partition)], version)
        assert snapshot.partitions == Counter(["here"] * 3 + [partition])
        for place in PARTITIONS:
            (found,) = snapshot.search(unit(1, 0), 100, place)
            assert {match.document for match in found} == ({"b", "c", "d"} if place == "here" else set()) | (
                {"a"} if place == partition else set()
            )
    taken = index.commit(snapshot, [document("a", 6, 0, "here")], 6)
    assert taken.partitions == {"here": 3}
    assert taken.search(unit(1, 0), 100, "elsewhere") == [[]]


def test_partitions_have_segments_of_their_own(index: IndexFolder) -> None:
    """Each is merged by itself, to as few segments as an index of it alone has."""
    both, alone = index, IndexFolder(index.folder / "alone", IDENTITY)
    mixed, single = both.empty(), alone.empty()
    for version in range(1, 40):
        here = document(f"h{version}", version, 3, "here")
        mixed = both.commit(mixed, [here, document(f"t{version}", version, 1, "there")], version)
        single = alone.commit(single, [here], version)
        sizes = [len(part.segment) for part in mixed.parts if part.segment.partition == "here"]
        assert sizes == [len(part.segment) for part in single.parts]


def test_documents_of_one_segment_share_a_partition() -> None:
    """A segment of documents from two partitions is refused, naming both."""
    with pytest.raises(ValueError, match=r"of the partitions \['here', 'there'\], expected one"):
        Segment.of([document("a", 1, 1, "here"), document("b", 1, 1, "there")], DIMENSION)


def test_everything_taken_away(index: IndexFolder) -> None:
    """An index whose documents were all taken away is empty, and can be filled again."""
    snapshot = index.commit(index.empty(), [document(name, 1, 3) for name in "abc"], 1)
    snapshot = index.commit(snapshot, [document(name, 2, 0) for name in "abc"], 2)
    assert (snapshot.count, list(snapshot.documents()), snapshot.search(unit(1, 0), 5)) == (0, [], [[]])
    snapshot = index.commit(snapshot, [document("a", 3, 1)], 3)
    assert held(index.load()) == {"a": said(document("a", 3, 1))}


def test_a_text_is_found_by_itself(index: IndexFolder) -> None:
    """A vector that is in the index is the first found for itself, with similarity 1 and all that was said of it."""
    texts = document("a", 7, 4)
    snapshot = index.commit(index.empty(), [document("b", 3, 4), texts], 1)
    for row, (first, *_) in enumerate(snapshot.search(texts.vectors, 3)):
        assert (first.document, first.revision, first.entry) == ("a", 7, texts.entries[row])
        assert first.similarity == pytest.approx(1, abs=1e-3)


def test_a_snapshot_stays_as_it_was(index: IndexFolder) -> None:
    """What is committed after a snapshot was taken is not in it, although its files are gone from the disk."""
    snapshots: list[tuple[Snapshot, dict[str, Said]]] = []
    snapshot = index.empty()
    for version in range(1, 31):
        snapshot = index.commit(snapshot, group(version), version)
        snapshots.append((snapshot, contents(version)))
    for seen, expected in snapshots:
        assert held(seen) == expected
        (found,) = seen.search(unit(1, 0), 1000)
        assert {match.document for match in found} == set(expected)


def test_signature(index: IndexFolder) -> None:
    """The signature is None without an index, stays while nothing is committed, and is new after each commit."""
    assert index.signature() is None
    snapshot = index.empty()
    seen = set()
    for version in range(1, 11):
        snapshot = index.commit(snapshot, [], 1)
        assert index.signature() == index.signature()
        seen.add(index.signature())
        assert len(seen) == version


def test_loading_anew_takes_known_segments(index: IndexFolder) -> None:
    """Segments that a snapshot has already are not read again: nor are those without any text."""
    snapshot = index.commit(index.empty(), [document(name, 1, 4) for name in "abcd"], 1)
    snapshot = index.commit(snapshot, [document("a", 2, 0)], 2)
    assert len(snapshot.parts) == 2
    again = index.load(snapshot)
    assert [part.segment for part in again.parts] == [part.segment for part in snapshot.parts]


@pytest.mark.parametrize("shape", [(2, DIMENSION), (3, DIMENSION - 1), (3 * DIMENSION,)])
def test_vectors_of_another_shape(index: IndexFolder, shape: tuple[int, ...]) -> None:
    """Vectors that are not one a text, each of the index's dimension, are refused with both shapes."""
    wrong = Document("a", 1, document("a", 1, 3).entries, np.zeros(shape, np.float32))
    with pytest.raises(ValueError, match="a: vectors have the shape") as refusal:
        index.commit(index.empty(), [wrong], 1)
    assert str(shape) in str(refusal.value)
    assert str((3, DIMENSION)) in str(refusal.value)
    assert index.signature() is None


@pytest.mark.parametrize("shape", [(2, DIMENSION + 1), (DIMENSION,)])
def test_queries_of_another_shape(index: IndexFolder, shape: tuple[int, ...]) -> None:
    """Queries of another dimension are refused with both shapes, by an empty index too."""
    for snapshot in (index.empty(), index.commit(index.empty(), [document("a", 1, 2)], 1)):
        with pytest.raises(ValueError, match="queries have the shape") as refusal:
            snapshot.search(np.zeros(shape, np.float32), 3)
        assert str(shape) in str(refusal.value)
        assert f"expected ({shape[0]}, {DIMENSION})" in str(refusal.value)


def test_approximate_from_a_size_on(tmp_path: Path) -> None:
    """A segment of more than `exact_up_to` texts is searched approximately, one of as many is not; so when loaded."""
    index = IndexFolder(tmp_path, IDENTITY, exact_up_to=4)
    snapshot = index.commit(index.empty(), [document("a", 1, 4)], 1)
    assert (snapshot.is_exact, index.load().is_exact) == (True, True)
    snapshot = index.commit(snapshot, [document("b", 1, 4)], 2)
    assert (snapshot.is_exact, index.load().is_exact) == (False, False)


def clustered(count: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors, float32 (count, 64), in clusters of about 25."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((200, 64), np.float32)
    vectors = generator.standard_normal((count, 64), np.float32) + centres[generator.integers(200, size=count)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_recall(tmp_path: Path) -> None:
    """Of the 10 nearest of 5,000 clustered vectors approximate search finds over 90 %, also when half are hidden."""
    identity = replace(IDENTITY, dimension=64)
    vectors, queries = clustered(5000, 1), clustered(100, 2)
    documents = [
        Document(f"d{row}", 1, (Entry("text", 0, 1, row),), vectors[row : row + 1]) for row in range(len(vectors))
    ]
    removals = [Document(f"d{row}", 2, (), vectors[:0]) for row in range(0, 5000, 2)]
    exact = IndexFolder(tmp_path / "exact", identity)
    approximate = IndexFolder(tmp_path / "approximate", identity, exact_up_to=1000)
    exact_snapshot = exact.commit(exact.empty(), documents, 1)
    approximate_snapshot = approximate.commit(approximate.empty(), documents, 1)
    for hidden in (0, 2500):
        if hidden:
            exact_snapshot = exact.commit(exact_snapshot, removals, 2)
            approximate_snapshot = approximate.commit(approximate_snapshot, removals, 2)
        assert (exact_snapshot.is_exact, approximate_snapshot.is_exact) == (True, False)
        assert exact_snapshot.count == approximate_snapshot.count == 5000 - hidden
        found = 0
        for true, guess in zip(
            exact_snapshot.search(queries, 10), approximate_snapshot.search(queries, 10), strict=True
        ):
            assert len(true) == 10
            found += len({match.document for match in true} & {match.document for match in guess})
        assert found / (10 * len(queries)) > 0.9


def test_half_precision(index: IndexFolder) -> None:
    """Vectors are given out rounded to half precision, and similarities are those to what was put in to 0.0005."""
    vectors = np.random.default_rng(1).standard_normal((50, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    whole = Document("a", 1, tuple(Entry("text", row, row + 1, row) for row in range(50)), vectors)
    snapshot = index.commit(index.empty(), [whole], 1)
    kept = snapshot.document("a")
    assert kept is not None
    assert np.array_equal(kept.vectors, vectors.astype(np.float16).astype(np.float32))
    query = unit(1, 2)
    (found,) = snapshot.search(query, 50)
    expected = [float(vectors[match.entry.start] @ query[0]) for match in found]
    assert [match.similarity for match in found] == pytest.approx(expected, abs=5e-4)


def test_graphs_can_wait(tmp_path: Path) -> None:
    """Without leave to build graphs, no commit makes an approximate segment; the next one with leave does."""
    index = IndexFolder(tmp_path, IDENTITY, exact_up_to=4)
    snapshot = index.empty()
    for number in range(1, 7):
        snapshot = index.commit(snapshot, [document(f"d{number}", 1, 1)], number, build_graphs=False)
        assert snapshot.is_exact
    assert held(snapshot) == {f"d{number}": said(document(f"d{number}", 1, 1)) for number in range(1, 7)}
    merged = index.commit(snapshot, [document("d7", 1, 2)], 7)
    assert not merged.is_exact
    assert held(merged) == held(snapshot) | {"d7": said(document("d7", 1, 2))}

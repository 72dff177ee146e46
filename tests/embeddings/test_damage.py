"""An index that is damaged, or is another one, is refused by the right error; nothing of it is used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from embeddings.index import IndexFolder, MismatchedIndexError, MissingIndexError
from embeddings.segment import TornIndexError
from tests.embeddings.made import IDENTITY, document, held

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    """An index of two segments."""
    index = IndexFolder(tmp_path, IDENTITY)
    snapshot = index.commit(index.empty(), [document("a", 1, 8)], 1)
    assert len(index.commit(snapshot, [document("b", 2, 2)], 2).parts) == 2
    return index


def forged(index: IndexFolder, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest, and make its hash that of what it then says."""
    path = index.folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    del manifest["sha256"]
    manifest["sha256"] = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps(manifest))


def test_forging_alone_harms_nothing(index: IndexFolder) -> None:
    """A manifest whose hash is that of what it says is taken, however it is laid out."""
    before = held(index.load())
    forged(index, lambda manifest: None)
    assert held(index.load()) == before


@pytest.mark.parametrize("pattern", ["*.faiss", "*.npz"])
def test_segment_files(index: IndexFolder, pattern: str) -> None:
    """A segment's file that is gone, cut short, longer, or altered anywhere is named by a TornIndexError."""
    for path in index.folder.glob(pattern):
        whole = path.read_bytes()
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:length])
            with pytest.raises(TornIndexError, match=f"{path.name} has {length} bytes, expected {len(whole)}"):
                index.load()
        path.write_bytes(whole + b"\0")
        with pytest.raises(TornIndexError, match=path.name):
            index.load()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
            with pytest.raises(TornIndexError, match=f"{path.name} is not the file that was saved"):
                index.load()
        path.unlink()
        with pytest.raises(TornIndexError, match=f"{path.name} is named by the manifest but is not there"):
            index.load()
        path.write_bytes(whole)
        assert index.load().version == 2


def test_every_byte_of_the_manifest(index: IndexFolder) -> None:
    """A manifest that is cut short or has a bit of any byte flipped is refused."""
    path = index.folder / "manifest.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        if place % 8 == 0:
            path.write_bytes(whole[:place])
            with pytest.raises(TornIndexError):
                index.load()
        for bit in (1, 0x20):  # another digit, or the other case of a letter
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            with pytest.raises((TornIndexError, MismatchedIndexError)):
                index.load()
    path.write_bytes(whole)
    assert index.load().version == 2


@pytest.mark.parametrize("content", [b"", b"null", b"[1]", b'"text"', b"{", b"\xff\xfe", b"\0" * 100])
def test_garbage_as_manifest(index: IndexFolder, content: bytes) -> None:
    """A manifest that is no JSON object is torn."""
    (index.folder / "manifest.json").write_bytes(content)
    with pytest.raises(TornIndexError, match=r"manifest\.json cannot be read"):
        index.load()


@pytest.mark.parametrize("stated", [0, 2, 4, None, "3"])
def test_another_format(index: IndexFolder, stated: object) -> None:
    """A manifest of another format is another program's: both formats are named."""
    forged(index, lambda manifest: manifest.update(format=stated))
    with pytest.raises(MismatchedIndexError, match=f"format is {stated!r}, expected 3"):
        index.load()


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("identity"),
        lambda manifest: manifest["identity"].pop("scheme"),
        lambda manifest: manifest["identity"].update(colour="red"),
        lambda manifest: manifest.update(version="many"),
        lambda manifest: manifest.update(count=None),
        lambda manifest: manifest.update(segments=3),
        lambda manifest: manifest["segments"][0][0].pop(),
    ],
    ids=["no identity", "no scheme", "more identity", "version", "count", "segments", "no hash"],
)
def test_a_manifest_of_another_shape(index: IndexFolder, change: Callable[[dict[str, Any]], object]) -> None:
    """A manifest that lacks something, or has something of another type, is torn."""
    forged(index, change)
    with pytest.raises(TornIndexError, match=r"manifest\.json cannot be read"):
        index.load()


def test_wrong_count(index: IndexFolder) -> None:
    """A manifest that counts otherwise than its segments do is torn; both numbers are named."""
    forged(index, lambda manifest: manifest.update(count=11))
    with pytest.raises(TornIndexError, match="has 10 entries, expected 11"):
        index.load()


def test_files_of_different_segments(index: IndexFolder) -> None:
    """The vectors of one segment with the entries of another are torn; both numbers are named."""

    def change(manifest: dict[str, Any]) -> None:
        first, second = manifest["segments"]
        first[1] = second[1]

    forged(index, change)
    with pytest.raises(TornIndexError, match="8 vectors do not fit 2 entries"):
        index.load()


def test_files_that_are_something_else(index: IndexFolder) -> None:
    """A manifest that calls the entries vectors is torn."""
    forged(index, lambda manifest: manifest["segments"][0].reverse())
    with pytest.raises(TornIndexError, match="cannot be read"):
        index.load()


def test_no_index(tmp_path: Path) -> None:
    """A folder without a manifest has no index; the folder is made where it is not."""
    index = IndexFolder(tmp_path / "deep" / "folder", IDENTITY)
    assert index.folder.is_dir()
    with pytest.raises(MissingIndexError, match=r"manifest\.json is missing"):
        index.load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights_sha256", "f" * 64),
        ("dimension", 9),
        ("source_id", "another"),
        ("scheme", "scheme-2"),
        ("precision", "int8"),
    ],
)
def test_another_identity(index: IndexFolder, name: str, value: str | int) -> None:
    """An index made otherwise is refused by the name of what differs, with both values, and nothing else."""
    wanted = replace(IDENTITY, **{name: value})  # type: ignore[arg-type]
    with pytest.raises(MismatchedIndexError) as refusal:
        IndexFolder(index.folder, wanted).load()
    assert str(refusal.value) == f"{name} is {asdict(IDENTITY)[name]!r}, expected {value!r}"


def test_all_differences_are_named(index: IndexFolder) -> None:
    """Where several things differ, each is named."""
    with pytest.raises(MismatchedIndexError, match="dimension is 8, expected 9; scheme is 'scheme-1', expected 'x'"):
        IndexFolder(index.folder, replace(IDENTITY, dimension=9, scheme="x")).load()


def test_a_model_of_another_name(index: IndexFolder) -> None:
    """The same weights under another name make the same index."""
    assert IndexFolder(index.folder, replace(IDENTITY, model="/a/folder")).load().version == 2


def test_leftovers_are_swept(index: IndexFolder) -> None:
    """What a killed writer left is deleted by the next commit, and what is not the index's is kept."""
    for name in ("segment-0123.faiss", "segment-0123.npz", "notes.txt"):
        (index.folder / name).write_text("left")
    (index.folder / "manifest.new").write_text("half a mani")
    assert index.load().version == 2
    snapshot = index.commit(index.load(), [document("c", 3, 1)], 3)
    names = {file.name for part in snapshot.parts for file in part.files}
    assert {path.name for path in index.folder.iterdir()} == names | {"manifest.json", "notes.txt"}


def test_beginning_anew(index: IndexFolder) -> None:
    """A commit onto an empty index replaces a torn one, and its files go."""
    (index.folder / "manifest.json").write_text("torn")
    index.commit(index.empty(), [document("z", 1, 1)], 1)
    assert list(held(index.load())) == ["z"]
    assert len(list(index.folder.glob("segment-*"))) == 2

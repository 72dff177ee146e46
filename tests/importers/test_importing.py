"""Importing files and folders into a library: each file as a whole or not at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.domain.article import Article
from bot.domain.errors import UnreadableFile
from bot.importers import FORMATS, base, csv, jsonl, markdown
from bot.importers.files import replacing
from bot.ports import Changes, SourcedArticle
from bot.service.importing import import_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.ports import Refusal
    from bot.service.importing import Report
    from bot.store import SqlStore


def line(identifier: str, question: str = "Why?") -> str:
    return f'{{"id": "{identifier}", "question": "{question}", "short_answer": "So."}}\n'


def note(folder: Path, name: str, identifier: str = "", question: str = "Why?") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\nid: {identifier}\nquestion: {question}\n---\nSo.\n", encoding="utf-8")
    return path


def ids(store: SqlStore) -> list[str]:
    return [stored.article.id for stored in store.all()]


def refused(report: Report) -> list[tuple[str, str, str]]:
    return [(entry.file.rsplit("/", maxsplit=1)[-1], entry.record, entry.reason) for entry in report.refused]


def test_a_second_import_changes_nothing(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """The same files again are unchanged: no revision, no new version of the library."""
    (tmp_path / "a.jsonl").write_text(line("a") + line("b"), encoding="utf-8")
    assert import_("jsonl", tmp_path / "a.jsonl").changes == Changes(added=2)
    version = store.version()
    assert import_("jsonl", tmp_path / "a.jsonl").changes == Changes(unchanged=2)
    assert store.version() == version
    (tmp_path / "a.jsonl").write_text(line("a", "How?") + line("b"), encoding="utf-8")
    assert import_("jsonl", tmp_path / "a.jsonl").changes == Changes(changed=1, unchanged=1)
    assert store.article("a").revision.number == 2


@pytest.mark.parametrize("bad", ["{", line("A"), line("a")], ids=["json", "rule", "repeated-id"])
def test_a_file_with_one_bad_line_leaves_no_trace(
    bad: str, tmp_path: Path, store: SqlStore, import_: Callable[..., Report]
) -> None:
    """All lines before and after the bad one are left out with it, and the other file is imported."""
    good = "".join(line(f"n{number}") for number in range(600))
    (tmp_path / "1.jsonl").write_text(line("a") + good + bad + line("z"), encoding="utf-8")
    (tmp_path / "2.jsonl").write_text(line("b"), encoding="utf-8")
    report = import_("jsonl", tmp_path / "1.jsonl", tmp_path / "2.jsonl")
    assert ids(store) == ["b"]
    assert (report.changes, report.files, len(report.refused)) == (Changes(added=1), 1, 1)


def test_a_file_that_breaks_off_leaves_no_trace(
    tmp_path: Path, store: SqlStore, import_: Callable[..., Report]
) -> None:
    """A fault of the file itself, found after good rows, undoes those as well."""
    path = tmp_path / "a.csv"
    path.write_text('id,question,short_answer\na,Why?,So.\nb,"Why', encoding="utf-8")
    assert refused(import_("csv", path)) == [("a.csv", "", "it is not CSV: unexpected end of data (line 3)")]
    assert ids(store) == []


def test_nobody_waits_while_a_file_is_read(tmp_path: Path, store: SqlStore) -> None:
    """Others write while an import reads its records, which it takes all together in the end."""
    path = tmp_path / "a.jsonl"
    path.write_text(line("a"), encoding="utf-8")
    beside = SourcedArticle(Article("beside", "Why?", "So."))

    def read(file: Path) -> Iterator[SourcedArticle | Refusal]:
        yield from FORMATS["jsonl"].read(file)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(store.put, [beside]).result()

    report = import_paths(store, [path], suffixes=[".jsonl"], read=read, progress=lambda done, total: None)
    assert (report.refused, ids(store)) == ([], ["a", "beside"])


def test_an_id_is_given_once_in_a_file(tmp_path: Path, import_: Callable[..., Report]) -> None:
    """Two articles with one id in a file are not silently one."""
    path = tmp_path / "a.jsonl"
    path.write_text(line("a") + line("a", "How?"), encoding="utf-8")
    assert refused(import_("jsonl", path)) == [
        ("a.jsonl", "article a", f"its id was already given by {path} in this import")
    ]


def test_an_id_is_given_once_in_an_import(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """The first file has the id; the second is refused and told of the first."""
    first, second = note(tmp_path, "1.md", "same", "First?"), note(tmp_path, "2.md", "same", "Second?")
    report = import_("markdown", tmp_path)
    assert refused(report) == [("2.md", "article same", f"its id was already given by {first} in this import")]
    assert store.article("same").article.question == "First?"
    assert import_("markdown", second).changes == Changes(changed=1)


def test_a_refused_file_does_not_take_its_ids(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """An id in a file that was refused is free for the next file."""
    (tmp_path / "1.jsonl").write_text(line("a") + "{", encoding="utf-8")
    (tmp_path / "2.jsonl").write_text(line("a"), encoding="utf-8")
    assert import_("jsonl", tmp_path).changes == Changes(added=1)
    assert ids(store) == ["a"]


def test_a_file_named_twice_is_imported_once(
    tmp_path: Path, import_: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may be named beside its folder, in another form, without being its own rival."""
    path = note(tmp_path / "in", "a.md")
    monkeypatch.chdir(tmp_path)
    report = import_("markdown", tmp_path / "in", path, path.relative_to(tmp_path))
    assert (report.changes, report.refused) == (Changes(added=1), [])


def test_a_thousand_faults_are_told_in_twenty(tmp_path: Path, import_: Callable[..., Report]) -> None:
    """The report of a hopeless file stays readable."""
    (tmp_path / "a.jsonl").write_text("{\n" * 1_000, encoding="utf-8")
    report = import_("jsonl", tmp_path / "a.jsonl")
    assert [entry.record for entry in report.refused] == [*(f"line {number}" for number in range(1, 21)), ""]
    assert "there may be more" in report.refused[-1].reason


def test_folders_are_searched(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """Files in folders of folders are found by their ending, in any case; hidden ones and others are not."""
    note(tmp_path, "in/a.md")
    note(tmp_path, "in/sub/b.MD")
    note(tmp_path, "in/.hidden.md")
    note(tmp_path, "in/.git/c.md")
    note(tmp_path, "in/read.txt")
    (tmp_path / "in/folder.md").mkdir()
    report = import_("markdown", tmp_path / "in")
    assert ids(store) == ["a", "b"]
    assert (report.refused, report.ignored) == ([], 1)


def test_a_folder_without_such_files_is_refused(tmp_path: Path, import_: Callable[..., Report]) -> None:
    """A folder that has nothing of the format is probably the wrong one."""
    (tmp_path / "in").mkdir()
    assert refused(import_("page", tmp_path / "in")) == [
        ("in", "", "there is no file in it that ends in .txt or .html or .htm")
    ]


def test_a_missing_path_is_refused(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """A path that is not there is told of, and the others are imported."""
    good = note(tmp_path, "a.md")
    report = import_("markdown", tmp_path / "none.md", tmp_path / ("x" * 300), good)
    assert [reason.split(":")[0] for _, _, reason in refused(report)] == [
        "there is no such file or folder",
        "[Errno 36] File name too long",
    ]
    assert ids(store) == ["a"]


def test_what_is_no_file_is_refused(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """A pipe, named or found in a folder, is refused rather than waited for."""
    os.mkfifo(tmp_path / "pipe.md")
    note(tmp_path, "a.md")
    expected = ("pipe.md", "", "it is neither a file nor a folder")
    assert refused(import_("markdown", tmp_path / "pipe.md")) == [expected]
    assert refused(import_("markdown", tmp_path)) == [expected]
    assert ids(store) == ["a"]


def test_links_do_not_lead_out_of_a_folder(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """A link in a folder is followed within it alone; one that leads out, nowhere or to itself is refused."""
    outside = note(tmp_path, "outside/secret.md")
    inside = note(tmp_path, "in/sub/a.md")
    (tmp_path / "in/b.md").symlink_to(inside)
    (tmp_path / "in/c.md").symlink_to(outside)
    (tmp_path / "in/d.md").symlink_to(tmp_path / "none.md")
    (tmp_path / "in/e.md").symlink_to(tmp_path / "in/e.md")
    (tmp_path / "in/f").symlink_to(outside.parent)
    (tmp_path / "in/g").symlink_to(inside.parent)
    report = import_("markdown", tmp_path / "in")
    assert ids(store) == ["a", "b"]
    assert [(name, reason[:30]) for name, _, reason in refused(report)] == [
        ("c.md", "it is a link that leads out of"),
        ("d.md", "it is a link that leads nowher"),
        ("e.md", "it is a link that leads nowher"),
        ("f", "it is a link that leads out of"),
    ]


def test_a_named_link_is_followed(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """A link that is itself named, to a file or a folder, is what the operator meant."""
    note(tmp_path, "in/a.md")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    (tmp_path / "b.md").symlink_to(note(tmp_path, "other.md"))
    assert import_("markdown", tmp_path / "link", tmp_path / "b.md").refused == []
    assert ids(store) == ["a", "b"]


@pytest.mark.parametrize("format_name", ["markdown", "page", "medquad"])
def test_a_huge_file_is_refused_unread(format_name: str, tmp_path: Path, import_: Callable[..., Report]) -> None:
    """A file of 50 MB is no article; its size alone says so."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert refused(import_(format_name, path)) == [
        ("a.txt", "", "it has 50,000,000 bytes; at most 5,000,000 are taken of such a file")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "it is a binary file, expected text in UTF-8"),
        ("Why?".encode("utf-16"), "it is a binary file, expected text in UTF-8"),
        (b"---\nquestion: caf\xe9?\n---\n", "it is not UTF-8 (byte 17 is 0xe9); save it as UTF-8"),
        (b"", "it does not begin with a line of three hyphens (---), so it has no front matter"),
    ],
    ids=["png", "utf-16", "latin-1", "empty"],
)
def test_what_is_no_text_is_refused(
    content: bytes, reason: str, tmp_path: Path, import_: Callable[..., Report]
) -> None:
    """Binary files and other encodings are told apart from text, with the byte at fault and the remedy."""
    (tmp_path / "a.md").write_bytes(content)
    assert refused(import_("markdown", tmp_path / "a.md")) == [("a.md", "", reason)]


@pytest.mark.parametrize("read", [jsonl.read, csv.read, markdown.read])
def test_a_folder_is_no_file(read: Callable[[Path], object], tmp_path: Path) -> None:
    """Each reader refuses a path that it cannot open, with the system's reason."""
    with pytest.raises(UnreadableFile, match="it cannot be read: Is a directory"):
        list(read(tmp_path))  # type: ignore[call-overload]  # every reader gives an iterator


def test_a_file_s_limit_is_inclusive(tmp_path: Path) -> None:
    """A file of exactly the most bytes is taken."""
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert base.read_bytes(path, 5) == b"12345"
    with pytest.raises(UnreadableFile, match="it has 5 bytes; at most 4"):
        base.read_bytes(path, 4)


def test_progress_counts_to_the_end(tmp_path: Path, store: SqlStore) -> None:
    """Progress begins at none and ends with all files done, the refused ones too."""
    note(tmp_path, "a.md")
    (tmp_path / "b.md").write_text("no", encoding="utf-8")
    told: list[tuple[int, int]] = []
    source = FORMATS["markdown"]
    import_paths(
        store,
        [tmp_path],
        suffixes=source.suffixes,
        read=source.read,
        progress=lambda done, files: told.append((done, files)),
    )
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    """A failure while writing leaves the old file as it was, and nothing beside it."""
    path = tmp_path / "new" / "a.txt"
    with replacing(path) as file:
        file.write("old\r\n")
    with pytest.raises(UnicodeEncodeError), replacing(path) as file:
        file.write("new" + "x" * 100_000 + "\ud800")
    assert path.read_bytes() == b"old\r\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    """Writing to a link replaces what it leads to; the link stays."""
    (tmp_path / "target").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with replacing(tmp_path / "link") as file:
        file.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text(encoding="utf-8") == "new"


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """An export to a pipe, as to /dev/stdout, goes into it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replacing(pipe) as file:
        file.write("text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert pipe.is_fifo()

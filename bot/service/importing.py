"""Import files into the library: each as a whole or not at all, with a reason for everything that is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.domain.errors import SenderError, Unavailable, UnreadableFile
from bot.ports import Changes, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.ports import ArticleStore, SourcedArticle

# Reasons listed for one file; a file of ten thousand broken lines is told of as well with these.
_MAX_REASONS_A_FILE: Final = 20


class Refused(NamedTuple):
    """What was not taken: `record` of `file` ("" for all of it), why, and how many records alike."""

    file: str
    record: str
    reason: str
    records: int = 1


@dataclass(slots=True)
class Report:
    """What an import did.

    `refused` are faults; `left_out` are records known to be empty; `ignored` counts files in folders whose ending is
    not the format's.
    """

    changes: Changes = field(default_factory=Changes)
    files: int = 0
    refused: list[Refused] = field(default_factory=list)
    left_out: list[Refused] = field(default_factory=list)
    ignored: int = 0


class _FileRefused(Exception):
    """Carries a file's refusals out of the transaction that they undo."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__()
        self.refusals = refusals


def import_paths(
    store: ArticleStore,
    paths: Sequence[Path],
    *,
    suffixes: Sequence[str],
    read: Callable[[Path], Iterator[SourcedArticle | Refusal]],
    progress: Callable[[int, int], None],
    together: bool = False,
) -> Report:
    """Import the files among `paths`, and those in its folders that end in one of `suffixes`.

    Each file is taken as a whole or not at all; with `together`, all of them are. `progress` is told of files done,
    and files in all. If the store fails on the way, the report says so and what was not reached.
    """
    report = Report()
    # A file may be named twice, as with its folder.
    files = list({file.absolute(): file for file in _files(paths, suffixes, report)}.values())
    groups = [files] if together and files else [[file] for file in files]
    taken: dict[str, str] = {}
    empty: Counter[tuple[str, str]] = Counter()
    for number, group in enumerate(groups):
        progress(number, len(groups))
        try:
            _import_group(store, group, read, report, taken, empty)
        except Unavailable as error:
            report.refused.append(Refused(str(group[0]), "", str(error)))
            left = len(groups) - number - 1
            if left:
                report.refused.append(
                    Refused(str(groups[number + 1][0]), "", f"not reached, with {left - 1:,} more files")
                )
            break
    progress(len(groups), len(groups))
    report.left_out = [
        Refused(folder, f"{count:,} records", reason, count) for (folder, reason), count in sorted(empty.items())
    ]
    return report


def _import_group(
    store: ArticleStore,
    group: Sequence[Path],
    read: Callable[[Path], Iterator[SourcedArticle | Refusal]],
    report: Report,
    taken: dict[str, str],
    empty: Counter[tuple[str, str]],
) -> None:
    """Import the files of `group` in one transaction, begun when all of them have been read."""
    ids: dict[str, str] = {}
    left_out: Counter[tuple[str, str]] = Counter()
    reading = group[0]

    articles: list[SourcedArticle] = []
    try:
        # All is read and checked first: the store keeps other writers waiting while it takes them.
        for reading in group:
            articles.extend(_accepted(read(reading), reading, ids, taken, left_out))
        report.changes += store.put(articles)
    except _FileRefused as refused:
        report.refused.extend(Refused(str(reading), refusal.record, refusal.reason) for refusal in refused.refusals)
    except SenderError as error:
        report.refused.append(Refused(str(reading), "", str(error)))
    else:
        report.files += len(group)
        taken.update(ids)
        empty.update(left_out)


def _accepted(
    records: Iterator[SourcedArticle | Refusal],
    file: Path,
    ids: dict[str, str],
    taken: dict[str, str],
    left_out: Counter[tuple[str, str]],
) -> Iterator[SourcedArticle]:
    """The articles among `records`; their ids go to `ids`. Raises _FileRefused at the end if any must not be."""
    refusals: list[Refusal] = []
    for record in records:
        if isinstance(record, Refusal) and record.fatal:
            refusals.append(record)
        elif isinstance(record, Refusal):
            left_out[str(file.parent), record.reason] += 1
        else:
            identifier = record.article.id
            if (other := ids.get(identifier) or taken.get(identifier)) is not None:
                refusals.append(Refusal(f"article {identifier}", f"its id was already given by {other} in this import"))
            ids[identifier] = str(file)
            if not refusals:
                yield record
        if len(refusals) >= _MAX_REASONS_A_FILE:
            refusals.append(Refusal("", f"read no further after {_MAX_REASONS_A_FILE} faults; there may be more"))
            break
    if refusals:
        raise _FileRefused(refusals)


def _files(paths: Sequence[Path], suffixes: Sequence[str], report: Report) -> Iterator[Path]:
    for path in paths:
        try:
            if path.is_dir():
                yield from _files_in(path, suffixes, report)
            elif path.is_file():
                yield path
            elif path.exists():
                raise UnreadableFile("it is neither a file nor a folder")
            else:
                raise UnreadableFile("there is no such file or folder")
        except (UnreadableFile, OSError, ValueError) as error:
            report.refused.append(Refused(str(path), "", str(error)))


def _files_in(folder: Path, suffixes: Sequence[str], report: Report) -> Iterator[Path]:
    found = 0
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        is_folder = path.is_dir()
        if is_hidden or (is_folder and not path.is_symlink()):
            continue
        if path.suffix.lower() not in suffixes and not is_folder:
            report.ignored += 1
        elif reason := _reason_to_leave_alone(path, folder):
            report.refused.append(Refused(str(path), "", reason))
        elif not is_folder:
            found += 1
            yield path
    if not found:
        endings = " or ".join(suffixes)
        report.refused.append(Refused(str(folder), "", f"there is no file in it that ends in {endings}"))


def _reason_to_leave_alone(path: Path, folder: Path) -> str | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
        return "it is a link that leads nowhere"
    if not target.is_relative_to(folder.resolve()):
        return f"it is a link that leads out of {folder}; name its target"
    return None if target.is_file() or target.is_dir() else "it is neither a file nor a folder"

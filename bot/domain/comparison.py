"""What differs between two texts, or two articles, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.domain.records import KEYS, REFERENCE_KEYS, record_from_article

if TYPE_CHECKING:
    from bot.domain.article import Article

# A word with the punctuation in it, one other character, or white space: put together again, the text as it was.
_WORD: Final = re.compile(r"\s+|\w+(?:[-'\u2019.,]\w+)*|[^\w\s]")
_COMPARED: Final = tuple(key for key in KEYS if key not in {"id", "status"})
# What keeps a comparison, of whatever texts, to about half a second. Beyond these it goes by line, then by the whole.
_MAX_PIECES: Final = 8_000
_MAX_EDITS: Final = 800
_NOWHERE: Final = 1_000_000_000
_LINE: Final = re.compile(r"[^\n]*\n?")


class Change(StrEnum):
    """What became of a part of a text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words with the same fate."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose text is not the same in two articles."""

    field: str
    parts: tuple[Part, ...]


def compared(before: str, after: str) -> tuple[Part, ...]:
    """`after` against `before`: its parts that are the same or new give `after`, the others `before`.

    >>> [(part.change.value, part.text) for part in compared("a red cat", "a cat")]
    [('same', 'a '), ('gone', 'red '), ('same', 'cat')]
    """
    parts: list[Part] = []
    for pieces in (_WORD, _LINE):
        old, new = ([piece for piece in pieces.findall(text) if piece] for text in (before, after))
        if (kept := _kept(old, new)) is not None:
            break
    else:
        old, new, kept = [before], [after], []
    place = place_new = 0
    for start, start_new, count in (*kept, (len(old), len(new), 0)):
        for change, text in (
            (Change.GONE, old[place:start]),
            (Change.NEW, new[place_new:start_new]),
            (Change.SAME, old[start : start + count]),
        ):
            if said := "".join(text):
                parts.append(Part(change, said))
        place, place_new = start + count, start_new + count
    return tuple(parts)


def _kept(old: list[str], new: list[str]) -> list[tuple[int, int, int]] | None:
    """The runs that both have: where each begins in `old` and in `new`, and its length. None if that takes too long."""
    shorter = min(len(old), len(new))
    head = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    tail = next((place for place in range(shorter - head) if old[-1 - place] != new[-1 - place]), shorter - head)
    steps = _steps(old[head : len(old) - tail], new[head : len(new) - tail])
    if steps is None:
        return None
    runs = [(0, 0, head), *((head + start, head + start_new, count) for start, start_new, count in steps)]
    runs.append((len(old) - tail, len(new) - tail, tail))
    joined: list[tuple[int, int, int]] = []
    for start, start_new, count in runs:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (start, start_new):
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + count)
        elif count:
            joined.append((start, start_new, count))
    return joined


def _steps(old: list[str], new: list[str]) -> list[tuple[int, int, int]] | None:
    """As `_kept`, by Myers' algorithm: the time grows with how much differs, not with how often words come again."""
    size, size_new = len(old), len(new)
    if max(size, size_new) > _MAX_PIECES:
        return None
    # By diagonal (place in old less place in new): how far in `old` so many edits lead.
    furthest = {1: 0}
    former: list[dict[int, int]] = []
    for edits in range(min(size + size_new, _MAX_EDITS) + 1):
        former.append(furthest)
        reached: dict[int, int] = {}
        for diagonal in range(-edits, edits + 1, 2):
            x = _begin(furthest, diagonal)
            y = x - diagonal
            if x > size or y > size_new:
                continue
            while x < size and y < size_new and old[x] == new[y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if x == size and y == size_new:
                return _way_back(former, size, size_new)
        furthest = reached
    return None


def _begin(furthest: dict[int, int], diagonal: int) -> int:
    """How far in `old` one more edit leads on `diagonal`, out of reach if it leads there from nowhere."""
    inserted, deleted = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -1) + 1
    return max(inserted, deleted) if inserted >= 0 or deleted > 0 else _NOWHERE


def _way_back(former: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int, int]]:
    runs = []
    for furthest in reversed(former):
        diagonal = x - y
        begin = _begin(furthest, diagonal)
        if x > begin:
            runs.append((begin, begin - diagonal, x - begin))
        inserted = furthest.get(diagonal + 1, -1) == begin
        x, y = (begin, begin - diagonal - 1) if inserted else (begin - 1, begin - diagonal)
    return runs[::-1]


def article_changes(before: Article | None, after: Article) -> tuple[FieldChange, ...]:
    """The fields in which `after` is not as `before`, in the order of the contract; None has nothing in any field."""
    old = dict.fromkeys(_COMPARED, "") if before is None else _texts(before)
    new = _texts(after)
    return tuple(FieldChange(key, compared(old[key], new[key])) for key in _COMPARED if old[key] != new[key])


def _texts(article: Article) -> dict[str, str]:
    record = record_from_article(article)
    texts: dict[str, str] = {}
    for key in _COMPARED:
        value = record[key]
        if key == "references":
            value = [
                "\n    ".join(
                    [
                        reference["text"],
                        *(f"{name}: {reference[name]}" for name in REFERENCE_KEYS[1:] if reference[name]),
                    ]
                )
                for reference in value
            ]
        texts[key] = "\n".join(value) if isinstance(value, list) else str(value or "")
    return texts

"""A message laid out for redaction: folded to plain characters, with what is decided on already blanked out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind: TypeAlias = Literal[
    "email", "phone", "web address", "card number", "id", "record number", "date", "address", "name"
]

# Stands where something was found or is to stay, so that no later rule sees it. No folded text has it otherwise.
BLANK: Final = "\x00"
_PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(get_args(Kind))}|redacted)\]")
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = re.compile(r"[\n -~]*")
# Letters that are blank.
_FILLERS: Final = "\u115f\u1160\u3164\uffa0\u2800"
# Marks that Unicode does not decompose, as people and phones put them in the place of plain ones.
_LIKE_PLAIN: Final = str.maketrans("‘’‛ʼ′“”„ˈ⁄∕∶", "'''''\"\"\"'//:")


@dataclass(frozen=True, slots=True)
class _Folded:
    """`origins[i]` is the place in the original text of `text[i]`; the last entry is the original's length."""

    text: str
    origins: Sequence[int]


@lru_cache(maxsize=4096)
def _folded_letter(letter: str) -> str:
    """`letter` as plain characters; "" for one that shows nothing."""
    category = unicodedata.category(letter)
    if letter in "\n\u2028\u2029\u0085":
        plain = "\n"
    elif category == "Zs" or letter in "\t\r\f\v":
        plain = " "
    elif category in {"Cf", "Cc", "Cs"} or "\ufe00" <= letter <= "\ufe0f" or letter in _FILLERS:
        plain = ""
    elif category == "Pd" or letter in "\u2212\u2043\u02d7":
        plain = "-"
    elif category == "Nd":
        plain = str(unicodedata.decimal(letter))
    elif letter.isalpha() and not unicodedata.decomposition(letter).startswith("<"):
        plain = letter
    else:
        parts = unicodedata.normalize("NFKC", letter).translate(_LIKE_PLAIN)
        plain = "".join(part if part == letter else _folded_letter(part) for part in parts)
    return plain


def _fold(text: str) -> _Folded:
    if _PLAIN.fullmatch(text):
        return _Folded(text, range(len(text) + 1))
    letters: list[str] = []
    origins: list[int] = []
    for place, letter in enumerate(text):
        # A mark on what is no letter (a digit struck through, a keycap) only hides it.
        if unicodedata.combining(letter) or letter in "\u20e3\u20dd\u20de":
            if not letters or not letters[-1].isalpha():
                continue
            plain = letter
        else:
            plain = _folded_letter(letter)
        letters.extend(plain)
        origins.extend([place] * len(plain))
    origins.append(len(text))
    return _Folded("".join(letters), origins)


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern, and words of which a message has one if it matches anywhere (none: it is always asked)."""

    pattern: re.Pattern[str]
    words: frozenset[str] = frozenset()

    def found(self, sheet: Sheet) -> Iterator[re.Match[str]]:
        """Its matches in what is left of the message."""
        if self.words and self.words.isdisjoint(sheet.words):
            return iter(())
        return self.pattern.finditer(sheet.text)


def cue(pattern: str, words: str = "", flags: re.RegexFlag = re.IGNORECASE) -> Cue:
    """A cue whose words are parted by blanks; `flags` are those of the pattern."""
    return Cue(re.compile(pattern, flags), frozenset(words.split()))


class Sheet:
    """One message on its way through the rules. `text` is what is left to look at, blanked where it is decided.

    `words` are those of the whole message in lower case: most rules need one of a few, and do nothing without.
    """

    def __init__(self, original: str) -> None:
        self._original = original
        self._folded = _fold(original)
        self._taken: list[tuple[int, int, Kind]] = []
        self._pending: list[tuple[int, int]] = []
        self.text = self._folded.text
        self.has_digits = _DIGIT.search(self.text) is not None
        self.words = frozenset(word.lower() for word in _WORD.findall(self.text))
        if "[" in self.text:
            self.keep_all(_PLACEHOLDER)

    def take(self, start: int, end: int, kind: Kind) -> None:
        """Characters `start` to `end` of `text` identify somebody."""
        self._taken.append((start, end, kind))
        self._pending.append((start, end))

    def keep(self, start: int, end: int) -> None:
        """Characters `start` to `end` of `text` stay, whatever later rules would make of them."""
        self._pending.append((start, end))

    def take_all(self, cue: Cue, kind: Kind) -> None:
        """Take every match, or of each its group "value" where the pattern has one, and blank them out."""
        group = "value" if "value" in cue.pattern.groupindex else 0
        for match in cue.found(self):
            self.take(*match.span(group), kind)
        self.settle()

    def keep_all(self, pattern: re.Pattern[str]) -> None:
        """Keep every match, and blank them out."""
        for match in pattern.finditer(self.text):
            self.keep(*match.span())
        self.settle()

    def settle(self) -> None:
        """Blank out what was taken or kept since the last time."""
        if not self._pending:
            return
        text = self.text
        for start, end in self._pending:
            text = text[:start] + BLANK * (end - start) + text[end:]
        self._pending.clear()
        self.text = text

    def untaken(self) -> str:
        """The message in plain characters with only what was taken blanked out, not what was kept."""
        text = self._folded.text
        for start, end, _ in self._taken:
            text = text[:start] + BLANK * (end - start) + text[end:]
        return text

    def redacted(self) -> str:
        """The original message with "[kind]" for everything taken."""
        if not self._taken:
            return self._original
        origins = self._folded.origins
        parts: list[str] = []
        place = 0
        for start, end, kind in _merged(self._taken):
            parts += self._original[place : origins[start]], f"[{kind}]"
            # Up to the next shown character: invisible ones after the last go with it.
            place = max(origins[end], origins[end - 1] + 1)
        return "".join((*parts, self._original[place:]))


def _merged(taken: list[tuple[int, int, Kind]]) -> list[tuple[int, int, Kind]]:
    """The spans in order, those that overlap as one, of the kind that was found first."""
    merged: list[tuple[int, int, int]] = []
    for start, end, number in sorted((start, end, number) for number, (start, end, _) in enumerate(taken)):
        if merged and start < merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(before[1], end), min(before[2], number)))
        else:
            merged.append((start, end, number))
    return [(start, end, taken[number][2]) for start, end, number in merged]

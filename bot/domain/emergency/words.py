"""A message as words in clauses and sentences, and the words of our patterns as people mistype them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_TOKEN: Final = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)|(?P<word>w/o?(?!\w)|[^\W\d_]+(?:['`][^\W\d_]+)*)"
    r"|(?P<end>[.?!;\n\N{HORIZONTAL ELLIPSIS}\u061b\u061f\N{BULLET}]|\s[-\N{EN DASH}\N{EM DASH}]+\s|\N{EM DASH})"
    r"|(?P<comma>[,:()/\u060c])"
)
RANGE: Final = re.compile(r"#(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
# After these, 's is "is" or "has", and not a possessive.
_SUBJECTS_WITH_S: Final = frozenset(("he", "she", "it", "that", "what", "who", "there", "here", "how", "where", "let"))
_ARABIC: Final = str.maketrans("\u0629\u0649", "\u0647\u064a", "\u0640")
_VOWELS: Final = str.maketrans("", "", "aeiouy")
_DOUBLED: Final = re.compile(r"(.)\1+")
_ENDING: Final = re.compile(r"(?:ing|in|ed)$")
# Fewer letters have too many neighbours.
_MIN_SLIP: Final = 5
_MIN_BONES: Final = 3
_LONG: Final = 8


def folded(text: str) -> str:
    """`text` in small letters without accents, its apostrophes alike; Arabic letters written in one way."""
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_ARABIC)
        text = "".join(each for each in text if not unicodedata.combining(each))
    return text


def _word(raw: str) -> str:
    word = raw.replace("`", "'")
    if word.endswith("'s") and word[:-2] not in _SUBJECTS_WITH_S:
        word = word[:-2]
    return _STRETCHED.sub(r"\1", word.replace("'", ""))


def words_of(text: str) -> list[str]:
    """The words and numbers of `text`, as patterns have them.

    >>> words_of("Can't breathe, my Dad's 70!")
    ['cant', 'breathe', 'my', 'dad', '70']
    """
    return [_word(match[0]) for match in _TOKEN.finditer(folded(text)) if match["word"] or match["number"]]


@dataclass(frozen=True, slots=True)
class Message:
    """The words of a message; `clauses` and `sentences` have the number of each word's, `after_comma` those after one.

    `asks` are the sentences that end with a question mark.
    """

    words: tuple[str, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]
    after_comma: frozenset[int]
    asks: frozenset[int]


def read(text: str, shorthand: Mapping[str, tuple[str, ...]], turns: frozenset[str], starts: frozenset[str]) -> Message:
    """`text` in words, with `shorthand` written out.

    A clause ends before a word of `turns` ("but"), and before one of `starts` ("my", "she") that follows a comma or
    an "and".
    """
    words: list[str] = []
    clauses: list[int] = []
    sentences: list[int] = []
    after_comma: set[int] = set()
    asks: set[int] = set()
    clause = sentence = 0
    comma = False
    for match in _TOKEN.finditer(folded(text)):
        if match["end"]:
            if match["end"] in "?\u061f":
                asks.add(sentence)
            if words and sentences[-1] == sentence:
                sentence, clause = sentence + 1, clause + 1
            comma = False
        elif match["comma"]:
            comma = True
        else:
            word = _word(match[0])
            for part in shorthand.get(word, (word,)):
                if words and sentences[-1] == sentence:
                    joined = words[-1] in AND
                    if part in turns or (part in starts and (comma or joined)):
                        clause += 1
                if comma:
                    after_comma.add(len(words))
                    comma = False
                words.append(part)
                clauses.append(clause)
                sentences.append(sentence)
    return Message(tuple(words), tuple(clauses), tuple(sentences), frozenset(after_comma), frozenset(asks))


AND: Final = frozenset(("and", "y", "e", "و"))


class Vocabulary:
    """The words of all patterns, each with a number, and how a word of a message is read as them.

    A word that ends with "*" stands for every word that begins so. `is_word` tells whether a word is one of the
    language: only what is none can be a slip of the finger.
    """

    def __init__(self, is_word: Callable[[str], bool]) -> None:
        self._is_word = is_word
        self._numbers: dict[str, int] = {}
        self._begins: dict[str, int] = {}
        self._near: dict[str, set[str]] = {}
        self._bones: dict[str, set[str]] = {}
        self._ranges: list[tuple[float, float, int]] = []

    def number(self, word: str) -> int:
        """The number of a word of a pattern, or of a range of numbers; it is added where it is new."""
        known = word in self._numbers
        number = self._numbers.setdefault(word, len(self._numbers))
        if known:
            return number
        if limits := RANGE.fullmatch(word):
            self._ranges.append((float(limits[1]), float(limits[2]), number))
            return number
        stem = word.removesuffix("*")
        if stem != word:
            self._begins[stem] = number
        if stem.isalpha() and stem.isascii():
            if len(stem) >= _MIN_SLIP:
                for key in (stem, *_without_one(stem)):
                    self._near.setdefault(key, set()).add(word)
            bones = _bones_of(stem)
            if len(bones) >= _MIN_BONES:
                self._bones.setdefault(bones, set()).add(word)
        return number

    def read(self, word: str, mended: str = "", *, slips: bool = True) -> tuple[int, ...]:
        """The numbers of all that `word` can be read as; where it is nothing, of what it may be a slip of.

        `mended` is what a spelling checker made of it. Without `slips`, it is only what it is.
        """
        if not slips:
            return self._readings(word)
        return self._readings(word) or (self._readings(mended) if mended else ()) or self._slips(word)

    def _readings(self, word: str) -> tuple[int, ...]:
        found = [self._numbers[word]] if word in self._numbers else []
        if word[:1].isdecimal():
            value = float(word.replace(",", "."))
            found += [number for low, high, number in self._ranges if low <= value <= high]
        found += [self._begins[word[:end]] for end in range(1, len(word) + 1) if word[:end] in self._begins]
        return tuple(found)

    def _slips(self, word: str) -> tuple[int, ...]:
        if not (4 <= len(word) <= 20 and word.isascii() and word.isalpha()) or self._is_word(word):
            return ()
        found: set[str] = set()
        if len(word) >= _MIN_SLIP - 1:
            keys = (word, *_without_one(word))
            found = {
                each
                for key in keys
                for each in self._near.get(key, ())
                if each[0] == word[0] and _is_near(word, each.removesuffix("*"))
            }
        if not found and (ending := _ENDING.search(word)):
            # "bleding" is a slip of "bleed*", though not of any word that is written out.
            bones = _bones_of(word[: ending.start()])
            if len(bones) >= _MIN_BONES:
                found = {each for each in self._bones.get(bones, ()) if each[0] == word[0] and each.endswith("*")}
        bones = _bones_of(word)
        # "brth" has no vowel left to go by; of longer words three consonants tell enough.
        if len(bones) >= _MIN_BONES + (len(word) < _MIN_SLIP):
            found |= {each for each in self._bones.get(bones, ()) if each[0] == word[0]}
            if not found and len(word) >= _LONG:
                found = {
                    each
                    for key in _without_one(bones)
                    for each in self._bones.get(key, ())
                    if each[0] == word[0] and abs(len(each) - len(word)) <= 2
                }
        # "bleding" is "bleeding", and so all that begins with "bleed".
        return tuple({number for each in found for number in (self._numbers[each], *self._readings(each))})


def _without_one(word: str) -> Iterable[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _bones_of(word: str) -> str:
    """What is left of a word without vowels and doubled letters: what most misspellings keep.

    >>> _bones_of("seizure") == _bones_of("siezzure"), _bones_of("chest")
    (True, 'chst')
    """
    return word[:1] + _DOUBLED.sub(r"\1", word[1:].translate(_VOWELS)) if word else ""


def _is_near(word: str, other: str) -> bool:
    """Whether one letter left out, added or changed, or two swapped, make `word` of `other` (Damerau 1964)."""
    if word == other:
        return True
    if len(word) == len(other):
        wrong = [place for place in range(len(word)) if word[place] != other[place]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and word[wrong[0]] == other[wrong[1]]
            and word[wrong[1]] == other[wrong[0]]
        )
    short, long = sorted((word, other), key=len)
    return len(long) == len(short) + 1 and short in _without_one(long)

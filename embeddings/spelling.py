"""Mends slips of the finger in a question before it is encoded: an encoder reads "temprature" as pieces of nothing.

English, by the dictionary of pyspellchecker, and by the words of the library itself, which know more of medicine.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

from spellchecker import SpellChecker

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)*")
# Shorter words have too many neighbours.
_MIN_CHARS: Final = 5


@cache
def _english() -> SpellChecker:
    """The dictionary, which takes a while to read, once for all that needs it."""
    return SpellChecker(distance=1)


class Speller:
    """Mends words that neither English nor a library has, and that one of theirs is nearest to.

    `texts` are the library's. A word is replaced by one that is a single letter away (one left out, added, changed, or
    two swapped: Damerau 1964) and begins with the same letter; a word of the library before one of the dictionary, a
    frequent one before a rare one. Names ("Lyrica") are left as they are, and so is a text most of whose longer words
    stay unknown: it is of another language. Safe to use from several threads at once.
    """

    def __init__(self, texts: Iterable[str] = (), dictionary: SpellChecker | None = None) -> None:
        self._dictionary = dictionary or _english()
        self._library = Counter(word.lower() for text in texts for word in _WORD.findall(text))

    def of(self, texts: Iterable[str]) -> Speller:
        """A speller for the library of `texts`, with this one's dictionary."""
        return Speller(texts, self._dictionary)

    def with_more(self, texts: Iterable[str]) -> Speller:
        """A speller for this one's library and `texts`."""
        more = self.of(texts)
        more._library.update(self._library)  # noqa: SLF001  of its own kind
        return more

    def mended(self, text: str) -> str:
        """`text` with its slips mended. Only for finding: never to be shown, or taken for what a person wrote."""
        mended = {word: self._mended(word) for word in _WORD.findall(text) if len(word) >= _MIN_CHARS}
        strange = sum(not self.is_known(word) for word in mended.values())
        if 2 * strange > len(mended):
            return text
        return _WORD.sub(lambda match: mended.get(match[0], match[0]), text)

    def is_known(self, word: str) -> bool:
        """Whether `word` is one of the library or of English."""
        lower = word.lower()
        return lower in self._library or lower in self._dictionary

    def _mended(self, word: str) -> str:
        is_name = word[0].isupper() and not word.isupper()
        if not word.isalpha() or is_name or self.is_known(word):
            return word
        lower = word.lower()
        near = {other for other in self._dictionary.edit_distance_1(lower) if other[0] == lower[0] and other.isalpha()}
        found = near & self._library.keys()
        if found:
            return max(found, key=lambda other: (self._library[other], other))
        return max(self._dictionary.known(near), key=lambda other: (self._dictionary[other], other), default=word)

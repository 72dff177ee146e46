"""Words as they are looked up: what a search compares, and where a name stands from A to Z."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# Marks that searches go without: those of Latin, Greek and Cyrillic letters, and the vowel signs of Arabic and Hebrew.
# The vowel signs of other scripts are letters of their own.
_MARKS: Final = dict.fromkeys(
    (*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x610, 0x61B), 0x640, *range(0x64B, 0x660), 0x670)
)
# "crohns" is to find "Crohn's".
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"))
# A word of fewer letters of the Latin alphabet is too often a part of others ("ear" of "heart") to be found within one.
_WITHIN: Final = 4
# Letters that stand apart in a language: after which other one, and in which order (Unicode's CLDR, root otherwise).
_APART: Final[dict[str, dict[str, tuple[str, int]]]] = {
    "da": {"æ": ("z", 1), "ø": ("z", 2), "å": ("z", 3)},
    "es": {"ñ": ("n", 1)},
    "fi": {"å": ("z", 1), "ä": ("z", 2), "ö": ("z", 3)},
    "nb": {"æ": ("z", 1), "ø": ("z", 2), "å": ("z", 3)},
    "nn": {"æ": ("z", 1), "ø": ("z", 2), "å": ("z", 3)},
    "no": {"æ": ("z", 1), "ø": ("z", 2), "å": ("z", 3)},
    "sv": {"å": ("z", 1), "ä": ("z", 2), "ö": ("z", 3)},
}
# Where names stand that begin with no letter.
NO_LETTER: Final = "0-9"


def folded(text: str) -> str:
    """The words of `text`, each after a space, without case, accents and punctuation.

    >>> folded("¿Qué es la MIGRAÑA?"), folded("Crohn's (ileitis)")
    (' que es la migrana', ' crohns ileitis')
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold()).translate(_MARKS)
    words = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text).split()
    return "".join(f" {word}" for word in words)


def sought(query: str) -> tuple[str, ...]:
    """What each word of `query` is looked for by, within a `folded` text; short ones only where a word begins.

    >>> sought("Ear infections"), sought("?")
    ((' ear', 'infections'), ())
    """
    words = dict.fromkeys(folded(query).split())
    return tuple(f" {word}" if word.isascii() and len(word) < _WITHIN else word for word in words)


def place(name: str, language: str) -> tuple[tuple[str, int], ...]:
    """By what `name` is sorted among others, in the order of `language` (a BCP 47 tag).

    >>> sorted(["ñu", "oca", "nube", "Águila"], key=lambda name: place(name, "es"))
    ['Águila', 'nube', 'ñu', 'oca']
    """
    tag = language.partition("-")[0].lower()
    return tuple(step for letter in unicodedata.normalize("NFC", name.casefold()) for step in _steps(letter, tag))


def initial(name: str, language: str) -> str:
    """The letter that `name` stands under, in upper case; `NO_LETTER` for figures and signs.

    >>> initial("éruption", "fr"), initial("ñu", "es"), initial("15q11.2 microdeletion", "en")
    ('E', 'Ñ', '0-9')
    """
    apart = _APART.get(language.partition("-")[0].lower(), {})
    for letter in unicodedata.normalize("NFC", name.casefold()):
        if letter in apart:
            return letter.upper()
        for base in folded(letter):
            if base.isalpha():
                return base.upper()
            if base.isnumeric():
                return NO_LETTER
    return NO_LETTER


@lru_cache(maxsize=4_096)
def _steps(letter: str, language: str) -> tuple[tuple[str, int], ...]:
    """Where a letter stands: most at one place, "æ" and the like at two, and what is no letter before all."""
    apart = _APART.get(language, {}).get(letter)
    if apart:
        return (apart,)
    return tuple((base, 0) for base in folded(letter)[1:]) or ((" ", 0),)

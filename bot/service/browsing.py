"""Browse the library: its languages, and its symptoms and topics from A to Z."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.domain.alphabet import NO_LETTER, initial, place
from bot.domain.errors import InvalidQuery

if TYPE_CHECKING:
    from bot.domain.article import Serving
    from bot.ports import CountedSymptom
    from bot.service.core import Core

# So many symptoms stand on one page; a letter with more has several.
SYMPTOMS_ON_A_PAGE: Final = 200
# So many, those with the most articles, are offered first.
MOST: Final = 24
_MAX_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the list of symptoms, with those that begin with it, in order."""

    letter: str
    symptoms: tuple[CountedSymptom, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to browse in a language, or in all."""

    symptoms: int
    letters: tuple[Letter, ...]
    most: tuple[CountedSymptom, ...]


@dataclass(slots=True)
class _Kept:
    """What was counted at one version of the store, on one day."""

    version: int
    serving: Serving
    languages: dict[str, int]
    shelves: dict[tuple[str, str], Shelf] = field(default_factory=dict)


class Contents:
    """The library's table of contents, made anew when the library, or the day, has changed. Safe for threads."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._kept: _Kept | None = None
        self._lock = threading.Lock()

    def languages(self) -> dict[str, int]:
        """How many articles there are, by language: primary subtags of BCP 47, the most first. Raises Unavailable."""
        return dict(self._now().languages)

    def shelf(self, language: str, reader: str) -> Shelf:
        """The symptoms in `language` ("" for all). Raises Unavailable.

        They are sorted as in `language`, and those of all languages as in that of the `reader`.
        """
        kept = self._now()
        if language and language.partition("-")[0].lower() not in kept.languages:
            return Shelf(0, (), ())
        key = language.lower(), (language or reader).lower()
        if key not in kept.shelves:
            # Tags that nobody writes articles in would else fill it.
            shelf = _shelf(self._core.store.symptoms(language, kept.serving), key[1])
            if not shelf.symptoms:
                return shelf
            kept.shelves[key] = shelf
        return kept.shelves[key]

    def _now(self) -> _Kept:
        version, serving = self._core.store.version(), self._core.serving()
        with self._lock:
            kept = self._kept
            if kept is None or (kept.version, kept.serving) != (version, serving):
                counted: Counter[str] = Counter()
                for tag, count in self._core.store.languages(serving).items():
                    counted[tag.partition("-")[0].lower()] += count
                kept = self._kept = _Kept(version, serving, dict(counted.most_common()))
            return kept


def one_letter(shelf: Shelf, letter: str, page: int) -> tuple[tuple[CountedSymptom, ...], int]:
    """Page `page` (from 1) of the symptoms under `letter`, and how many pages there are. Raises InvalidQuery."""
    if not 1 <= page <= _MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {_MAX_PAGE:,}")
    symptoms = next((each.symptoms for each in shelf.letters if each.letter == letter), ())
    pages = -(-len(symptoms) // SYMPTOMS_ON_A_PAGE)
    return symptoms[(page - 1) * SYMPTOMS_ON_A_PAGE :][:SYMPTOMS_ON_A_PAGE], pages


def _shelf(symptoms: tuple[CountedSymptom, ...], language: str) -> Shelf:
    letters: dict[str, list[CountedSymptom]] = {}
    for symptom in sorted(symptoms, key=lambda each: (place(each.name, language), each.name)):
        letters.setdefault(initial(symptom.name, language), []).append(symptom)
    ordered = sorted(letters, key=lambda letter: (letter == NO_LETTER, place(letter, language)))
    most = sorted(symptoms, key=lambda each: (-each.articles, place(each.name, language)))
    return Shelf(len(symptoms), tuple(Letter(each, tuple(letters[each])) for each in ordered), tuple(most[:MOST]))

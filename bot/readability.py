"""How hard a text is to read, by textstat's formulas: syllables from a dictionary (English) or by hyphenation rules."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from bot.domain.language_tags import primary_language
from bot.ports.editorial import ReadingLevel

if TYPE_CHECKING:
    from collections.abc import Callable

# Below these the formulas tell of chance.
_MIN_WORDS: Final = 30
# Patients' materials are best at the reading level of eleven to fourteen years: AMA 2007 and NIH 2013 say school grades
# 6 to 8.
_HARD_GRADE: Final = 8.0
# Flesch's scale: below 60 a text is harder than plain language.
_HARD_EASE: Final = 60.0
# The languages that textstat has the constants of Flesch's formula for.
_EASE: Final = frozenset({"de", "es", "fr", "it", "nl", "ru"})


class TextstatReadability:
    """`bot.ports.editorial.Readability` by textstat, which is loaded when it is first asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._textstat: Any = None

    def level(self, text: str, language: str) -> ReadingLevel | None:
        """See `Readability.level`."""
        language = primary_language(language)
        if len(text.split()) < _MIN_WORDS or (language != "en" and language not in _EASE):
            return None
        if language == "en":
            grade = self._figure(language, lambda textstat: textstat.flesch_kincaid_grade(text))
            years = max(round(grade) + 5, 6)
            words = f"school grade {max(grade, 0):.0f}, readers of about {years} years"
            return ReadingLevel("Flesch-Kincaid grade", grade, words, grade > _HARD_GRADE)
        ease = self._figure(language, lambda textstat: textstat.flesch_reading_ease(text))
        words = f"{ease:.0f} of 100, where 60 and more is plain language"
        return ReadingLevel("Flesch reading ease", ease, words, ease < _HARD_EASE)

    def _figure(self, language: str, formula: Callable[[Any], float]) -> float:
        """What `formula` says. textstat keeps its language, and what it counted last, in one object for all threads."""
        with self._lock:
            if self._textstat is None:
                from textstat import textstat  # noqa: PLC0415  it loads a dictionary, which most processes never need

                self._textstat = textstat
            self._textstat.set_lang(language)
            return float(formula(self._textstat))

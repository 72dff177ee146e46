"""Tells in which language a message is written, from its words, offline.

The words and word parts are weighed by `eldc` (Nito-ELD), which knows 60 languages. What it says counts only where the
language leads English clearly: a message in English that is taken for another one would not be answered.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import Final

import eldc

from bot.domain.language_tags import primary_language
from bot.ports import Detected

# Scripts that one language alone is commonly written in, Unicode's blocks of letters and signs.
_SCRIPTS: Final = {
    "ja": "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d",
    "ko": "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "gu": "\u0a80-\u0aff",
    "pa": "\u0a00-\u0a7f",
    "or": "\u0b00-\u0b7f",
}
_RUN: Final = re.compile("|".join(f"(?P<{language}>[{block}]+)" for language, block in _SCRIPTS.items()))
_LETTER: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"\d")
_MARKS: Final = string.punctuation + "\N{INVERTED QUESTION MARK}\N{INVERTED EXCLAMATION MARK}\N{HORIZONTAL ELLIPSIS}"
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Japanese is written in Chinese characters too, of which kana are never far; a stray one stands in Chinese.
_KANA_SHARE: Final = 0.1
# Languages in scripts of several languages, none of them English: two words of one are enough.
_OTHER_SCRIPTS: Final = frozenset({"am", "ar", "be", "bg", "bn", "fa", "hi", "mr", "ru", "uk", "ur", "yi", "zh"})
# The lead over English (0 to 1) that a language needs, in three words and in more, and English over the next one; set
# by `python -m scripts.language_detection`. Names of diseases and people are short, and look like many languages.
MIN_LEAD: Final = 0.3
_MIN_LEAD_OF_THREE: Final = 0.5
_MIN_LEAD_OF_ENGLISH: Final = 0.1
_SCORES: Final = 20


class EldDetector:
    """A language detector over `eldc`; see `bot.ports.LanguageDetector`. Safe to use from several threads at once.

    `min_lead` (0 to 1) is by how much a language must lead English.
    """

    def __init__(self, min_lead: float = MIN_LEAD) -> None:
        self._min_lead = min_lead
        eldc.init()
        self._eldc = eldc.instance()
        self._eldc.set_scores(_SCORES)

    def detect(self, text: str) -> Detected | None:
        """See `bot.ports.LanguageDetector`."""
        by_script = None if text.isascii() else _by_script(text)
        if by_script:
            return Detected(by_script, 1.0)
        language, lead = self._likeliest(text)
        words = _words(text)
        if language == "und" or words < (2 if language in _OTHER_SCRIPTS else 3):
            return None
        if language == "en":
            needed = _MIN_LEAD_OF_ENGLISH
        else:
            needed = max(_MIN_LEAD_OF_THREE, self._min_lead) if words <= 3 else self._min_lead
        return Detected(language, lead) if lead >= needed else None

    def _likeliest(self, text: str) -> tuple[str, float]:
        """The likeliest language, and by how much it leads English; or English the next one. "und" without a letter."""
        if not text.isascii():
            text = text.encode(errors="replace").decode()  # a lone surrogate is no text
        found = self._eldc.detect_details(text)
        scores: dict[str, float] = found.scores
        rival = max((score for language, score in scores.items() if language != found.language), default=0.0)
        if found.language != "en":
            rival = scores.get("en", 0.0)
        return primary_language(found.language), round(scores.get(found.language, 0.0) - rival, 4)


def _words(text: str) -> int:
    """How many words `text` has that may tell a language: initials and formulas ("E. coli 0157:H7") do not.

    Two Chinese characters, between which there are no spaces, are about one.
    """
    words = [word.strip(_MARKS) for word in _HAN.sub(" ", text).split()]
    told = sum(len(word) > 1 and _LETTER.search(word) is not None and _DIGIT.search(word) is None for word in words)
    return told + len(_HAN.findall(text)) // 2


def _by_script(text: str) -> str | None:
    """The language of the script that most letters are of, where it is that of one language alone."""
    letters: Counter[str] = Counter()
    for run in _RUN.finditer(text):
        assert run.lastgroup is not None  # it has no other parts than groups
        letters[run.lastgroup] += len(run[0])
    if not letters:
        return None
    if kana := letters.pop("ja", 0):
        japanese = kana + len(_HAN.findall(text))
        if kana > _KANA_SHARE * japanese:
            letters["ja"] = japanese
    language, count = max(letters.items(), key=lambda item: item[1], default=("", 0))
    return language if 2 * count > len(_LETTER.findall(text)) else None

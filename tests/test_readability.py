"""How hard a text is to read, where that can be told."""

from __future__ import annotations

from bot.readability import TextstatReadability

EASY = "The cat sat on the mat. It was a hot day. " * 6
HARD = (
    "Notwithstanding considerable heterogeneity, interdisciplinary rehabilitation necessitates individualisation. " * 6
)


def test_easy_and_hard_english() -> None:
    """By the years of school that it takes."""
    readability = TextstatReadability()
    easy, hard = readability.level(EASY, "en"), readability.level(HARD, "en-GB")
    assert easy is not None
    assert hard is not None
    assert (easy.is_hard, hard.is_hard) == (False, True)
    assert easy.figure < 3
    assert hard.figure > 12
    assert "school grade" in easy.words


def test_other_languages() -> None:
    """By Flesch's scale where it has the language's constants; nothing is told of others, nor of a few words."""
    readability = TextstatReadability()
    spanish = readability.level("El gato come. Hoy hace sol. La casa es de Ana. " * 6, "es")
    assert spanish is not None
    assert not spanish.is_hard
    assert readability.level("قطة " * 60, "ar") is None
    assert readability.level("A few words.", "en") is None
    again = readability.level(EASY, "en")
    assert again is not None
    assert again.figure < 3

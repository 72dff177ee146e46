"""Postal addresses: street and house, boxes, postcodes.

The name of a town or a country alone is no address and stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction import streets
from bot.redaction.vocabulary import FUNCTION_WORDS, word_set

if TYPE_CHECKING:
    from bot.redaction.sheet import Sheet

# Between a number and what may be a street, these words tell a story.
_STORY: Final = FUNCTION_WORDS | word_set(
    """
    mile miles meter meters metre metres foot feet times time minute minutes hour hours day days week weeks month
    months year years block blocks inch inches percent people kids children dose doses pill pills tablet tablets mri
    ct ecg scan scans brain chest head blood different long short brisk daily busy hot cold degree degrees second
    seconds th st nd rd step steps stage grade type level cups cup glasses per
    """
)
_ANNOUNCED: Final = re.compile(
    r"\b(?:live|lives|living|lived|address|home|house|moved|stay|staying|at|reside)\b[^\n]{0,20}$", re.IGNORECASE
)


def take_addresses(sheet: Sheet) -> None:
    """Take postal addresses, with the town where it stands with the street."""
    if sheet.has_digits:
        sheet.take_all(streets.BOX, "address")
        _take_streets(sheet)
        if streets.MAY_HAVE_CODE.search(sheet.text):
            for pattern in streets.WITH_TOWN:
                sheet.take_all(pattern, "address")
        for match in streets.ANNOUNCED.found(sheet):
            value = match["value"].rstrip(" ,.#/-\n")
            if any(letter.isdigit() for letter in value):
                sheet.take(match.start("value"), match.start("value") + len(value), "address")
        sheet.settle()
        if not sheet.text.isascii():
            sheet.take_all(streets.UNCASED, "address")
        for pattern in (*streets.POSTCODES, streets.FLAT_ALONE):
            sheet.take_all(pattern, "address")
    for match in streets.LIVING.found(sheet):
        sheet.take(match.start("value"), _end(sheet.text, match.end("value")), "address")
    sheet.settle()


def _take_streets(sheet: Sheet) -> None:
    for match in streets.ENGLISH.found(sheet):
        if _is_street(sheet.text, match):
            sheet.take(match.start(), _end(sheet.text, match.end()), "address")
    sheet.settle()
    for pattern in (*streets.OTHERS, streets.SPANISH):
        for match in pattern.found(sheet):
            if pattern is not streets.SPANISH or _is_spanish(match.group()):
                sheet.take(match.start(), _end(sheet.text, match.end()), "address")
        sheet.settle()


def _is_street(text: str, match: re.Match[str]) -> bool:
    words = match["name"].split()
    is_story = any(word.strip(".,").lower() in _STORY for word in words if word not in {"St", "St."})
    if is_story and words[0] not in {"The", "Old", "New", "First", "Second"}:
        return False
    if match["street"]:
        return True
    if match["maybe"].isupper() and not text.isupper():
        return False
    if all(word[0].isupper() or word[0].isdigit() for word in words):
        return True
    # "i live at 12 oak drive"
    return len(words) == 1 and _ANNOUNCED.search(text, max(0, match.start() - 40), match.start()) is not None


def _is_spanish(street: str) -> bool:
    """Whether its name has a capital, or it begins as nothing else does."""
    return any(word[:1].isupper() for word in street.split()[1:]) or street.lower().startswith(streets.SURELY_SPANISH)


def _end(text: str, end: int) -> int:
    """Where the address ends whose street ends at `end`: with the flat, and the town or its postcode."""
    while match := streets.MORE_FLAT.match(text, end):
        end = match.end()
    match = streets.MORE_TO_CODE.match(text, end)
    if match and not any(word.strip(".,").lower() in _STORY for word in match["words"].replace(",", " ").split()):
        return match.end() if match["code"].isdigit() else match.end("code")
    for _ in range(3):
        match = streets.MORE_TOWN.match(text, end)
        if not match:
            break
        end = match.end()
    return end

"""Dates: each with day, month and year, and after a word for birth those with less.

That a full date is always taken loses when a treatment began; a reader still sees that it did, and no rule can tell the
date of a birth from one of a visit. A year, a month with its year and a day with its month stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction.measures import UNIT
from bot.redaction.vocabulary import word_set

if TYPE_CHECKING:
    from bot.redaction.sheet import Sheet

_MONTHS: Final = word_set(
    """
    jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov
    november dec december enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre januar jänner februar märz maerz mrz mai juni juli okt oktober dez dezember janv janvier fév févr
    février fevrier mars avr avril juin juillet août aout octobre novembre déc décembre decembre gennaio febbraio
    aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março marco maio junho julho setembro
    outubro novembro dezembro januari februari maart mei augustus
    """
)
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_DAY_WORD: Final = rf"{_DAY}(?:st|nd|rd|th|\.|º|o|er|ª)?"
_MONTH: Final = r"(?P<month>[^\W\d_]{3,10})\.?"
_MONTH_NUMBER: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:19|20)\d\d"
_ANY_YEAR: Final = rf"(?:{_YEAR}|'?\d\d)"
_BEFORE: Final = r"(?<![\w/.])(?<!\d-)"
_AFTER: Final = r"(?![\w/]|[.-]\d)"
_GAP: Final = r"[\s,./-]"
_IN_NUMBERS: Final = re.compile(
    "|".join(
        (
            rf"{_BEFORE}{_YEAR}\s?[-/.]\s?{_MONTH_NUMBER}\s?[-/.]\s?{_DAY}(?:t\d\d:\d\d\S*|{_AFTER})",
            # Day and month in either order.
            rf"{_BEFORE}{_DAY}(?P<a>\s?[-/.]\s?){_MONTH_NUMBER}(?P=a){_ANY_YEAR}{_AFTER}",
            rf"{_BEFORE}{_MONTH_NUMBER}(?P<b>\s?[-/.]\s?){_DAY}(?P=b){_ANY_YEAR}{_AFTER}",
            rf"{_BEFORE}(?:{_DAY} {_MONTH_NUMBER}|{_MONTH_NUMBER} {_DAY}) {_YEAR}(?![\w/-])",
            rf"{_YEAR}\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]?",
        )
    ),
    re.IGNORECASE,
)
_IN_WORDS: Final = (
    re.compile(
        rf"{_BEFORE}{_DAY_WORD}{_GAP}{{0,3}}(?:(?:of|de|di|do)\s)?{_MONTH}{_GAP}{{0,3}}(?:(?:of|de|del|in)\s)"
        rf"?{_ANY_YEAR}{_AFTER}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){_MONTH}{_GAP}{{1,3}}(?:the\s)?{_DAY_WORD}(?:{_GAP}{{1,3}}(?:(?:of|in)\s)?{_YEAR}|\s?,?\s'\d\d)"
        rf"{_AFTER}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w){_YEAR}{_GAP}{{1,3}}{_MONTH}{_GAP}{{1,3}}{_DAY_WORD}(?!\w)", re.IGNORECASE),
)
_BIRTH: Final = re.compile(
    r"(?<!\w)(?:born|birth(?:day|date|s)?|bday|b-day|dob|d\.o\.b\.?|d\.?\s?o\.?\s?birth|nac(?:í|i|ió|io|ido|ida|"
    r"imiento)|cumpleaños|"
    r"geb(?:oren|\.|urtstag|urtsdatum)?|née?|naissance|anniversaire|nat[oa]|nascit[ao]|nascid[oa]|nascimento|"
    r"geboortedatum|född|"
    r"fødselsdato|生年月日|出生)(?!\w)[^\d\x00\n]{0,25}?(?<![\w/.-])(?=\d|[^\W\d_])",
    re.IGNORECASE,
)
_BIRTH_HINTS: Final = (
    "born",
    "birth",
    "day",
    "dob",
    "d.o",
    "nac",
    "cumple",
    "geb",
    "né",
    "nais",
    "anniv",
    "nat",
    "nasc",
    "föd",
    "fød",
    "生",
)
# What stands for a date after a word for birth, though it is none elsewhere.
_PARTS: Final = (
    re.compile(r"\d{6}(?:\d\d)?\b"),
    re.compile(
        rf"(?:{_DAY}\s?[-/. ]\s?{_MONTH_NUMBER}|{_MONTH_NUMBER}\s?[-/. ]\s?{_DAY})(?:\s?[-/. ]\s?{_ANY_YEAR})?{_AFTER}"
    ),
    re.compile(rf"{_MONTH_NUMBER}\s?[-/.]\s?{_YEAR}"),
    re.compile(
        rf"{_DAY_WORD}[\s,.-]{{0,3}}(?:(?:of|de)\s)?{_MONTH}(?!\w)(?:[\s,.-]{{1,3}}(?:de\s)?{_ANY_YEAR}\b)?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_MONTH}(?!\w)[\s,.-]{{1,3}}(?:the\s)?(?:{_DAY_WORD}|{_YEAR})(?!\w)(?:[\s,.-]{{1,3}}{_ANY_YEAR}\b)?",
        re.IGNORECASE,
    ),
    # "the twelfth of May nineteen eighty-five", "May the twelfth"
    re.compile(
        rf"(?:the\s)?[a-z]+(?:[ -][a-z]+)?(?:th|st|nd|rd)\sof\s{_MONTH}(?!\w)(?:[\s,-]+(?:nineteen|two thousand|"
        rf"twenty)(?:[\s-](?:and|hundred|oh|"
        r"[a-z]+teen|[a-z]+ty|ten|eleven|twelve|one|two|three|four|five|six|seven|eight|nine)){0,4})?",
        re.IGNORECASE,
    ),
    re.compile(rf"{_MONTH}\s(?:the\s)?[a-z]+(?:[ -][a-z]+)?(?:th|first|second|third)(?!\w)", re.IGNORECASE),
)
# To the next word, within the sentence.
_NEXT: Final = re.compile(r"[^\W\d_]+[^\w\x00\n.]{1,3}(?=\w)")
_UNIT: Final = re.compile(rf"\s?(?:-\s?)?{UNIT}(?!\w)", re.IGNORECASE)


def take_dates(sheet: Sheet) -> None:
    """Take full dates, and whatever dates a word for birth announces."""
    lowered = sheet.text.lower()
    if any(hint in lowered for hint in _BIRTH_HINTS):
        _take_births(sheet)
    if not sheet.has_digits:
        return
    for pattern in (_IN_NUMBERS, *_IN_WORDS):
        for match in pattern.finditer(sheet.text):
            if _is_date(match):
                sheet.take(*match.span(), "date")
        sheet.settle()


def _take_births(sheet: Sheet) -> None:
    for birth in _BIRTH.finditer(sheet.text):
        end = min(len(sheet.text), birth.end() + 30)
        place = birth.end()
        # The cue ends at the first word or number; the date may be a few words on.
        while place < end:
            found = next(
                (match for part in _PARTS if (match := part.match(sheet.text, place)) and _is_date(match)), None
            )
            if found:
                sheet.take(*found.span(), "date")
                break
            step = _NEXT.match(sheet.text, place)
            if not step:
                break
            place = step.end()
    sheet.settle()


def _is_date(match: re.Match[str]) -> bool:
    """Whether its month is one, and no unit follows ("12-13-14 weeks")."""
    month = match.groupdict().get("month")
    if month and month.lower() not in _MONTHS:
        return False
    return _UNIT.match(match.string, match.end()) is None

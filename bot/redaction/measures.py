"""What numbers in a medical question mean something else than a person: doses, readings, years. They stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction.cues import PHONE_BEFORE

if TYPE_CHECKING:
    from bot.redaction.sheet import Sheet

UNIT: Final = (
    r"(?:mgs?|mcgs?|ug|μg|micrograms?|milligrams?|miligramos|g|gr|gms?|grams?|gramos|gramm|kgs?|kilos?|kilograms?|lbs?|"
    r"pounds?|oz|ounces?|mls?|dl|cl|l|litres?|liters?|cc|mmol|mol|pmol|nmol|ng|pg|mmhg|bpm|cms?|mm|km|kms|miles?|"
    r"metres?|"
    r"meters?|ft|feet|foot|inch|inches|yrs?|years?|yo|y/o|months?|mos?|mths?|weeks?|wks?|days?|hours?|hrs?|h|"
    r"minutes?|mins?|"
    r"seconds?|secs?|%|percent|i\.?u\.?|units?|kcals?|cals?|calories?|kj|copies|cells?|platelets?|steps?|tablets?|"
    r"tabs?|"
    r"pills?|capsules?|caps?|puffs?|drops?|doses?|cigarettes?|drinks?|degrees?|°\s?[cf]?|celsius|fahrenheit|dollars?|"
    r"usd|\$|euros?|€|"
    r"£|rupees?|rs|pesos?|people|women|men|patients?|children|million|lakhs?|crores?|thousand|reps?|sets?|"
    r"anos?|años?|meses|mes|semanas?|dias?|días?|horas?|minutos?|jahren?|monaten?|wochen?|tagen?|stunden?|minuten?|"
    r"ans?|mois|semaines?|jours?|heures?|anni|mesi|settimane|giorni|ore|per|times?)"
)
_NUMBER: Final = r"\d{1,6}(?:[.,]\d{1,3}){0,2}"
_SHORT: Final = r"\d{1,5}(?:[.,]\d{1,3}){0,2}"
# "500 mg", "2x200mg", "3-4 days", "10 to 15 mg", "20 000 steps", "150000 platelets"; never the end of a longer row of
# numbers, which may be somebody's.
_MEASURED: Final = re.compile(
    rf"(?<![\w+])(?<!\d[ .\-/()])(?:[<>~=]\s?)?(?:\d{{1,3}} 000|{_SHORT}(?:(?:\s?[-x/]\s?|,\s|\s(?:to|or|and|a|bis|à)"
    rf"\s){_SHORT}){{1,3}}|{_NUMBER})"
    rf"(?:\s|-)?{UNIT}(?!\w)(?!\s(?:road|rd|street|st|marg|nagar|avenue|ave|lane)\b)",
    re.IGNORECASE,
)
# Blood pressure, vision, counts of seven (24/7): no zero in front, as numbers of telephones have.
_PRESSURE: Final = re.compile(
    r"(?<![\w/.+])(?<!\d[ \-()])[1-9]\d{1,2}(?:-[1-9]\d{1,2})?\s?/\s?[1-9]\d{1,2}(?:-[1-9]\d{1,2})?(?![\w/])(?![ "
    r".\-]\d{3})"
)
# One number or a row of them with a decimal mark each, as lab reports have them.
_DECIMAL: Final = re.compile(
    r"(?<![\w+.,/-])(?<!\d[ ])(?:0|[1-9]\d{0,2})[.,]\d{1,2}(?![\w/-]|[.,]\d)(?! ?\d+(?![\d.,]))"
)
_THOUSANDS: Final = re.compile(r"(?<![\w+.,-])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\w-]|,\d)")
_YEARS: Final = re.compile(
    r"(?<![\w+/.-])(?:19|20)\d\ds?(?:\s?(?:-|/|,|&|and|to|till|until|through|y|bis|à)\s?(?:19|20)\d\ds?)+(?![\w/-])"
)
# After "born" or "since" a year alone is about as telling as an age.
_YEAR: Final = re.compile(
    r"\b(?:in|since|from|of|until|till|around|about|year|en|desde|seit|depuis|im jahr)\s+(?:19|20)"
    r"\d\d\b(?!\s?[-/.]?\s?\d)",
    re.IGNORECASE,
)
# "NM_000059.3": a sequence in a gene bank. "c.1521_1523delCTT": a mutation.
_GENE: Final = re.compile(r"\b[NX][CGMPRT]_\d{6,9}(?:\.\d+)?\b|\b[cgmpn]\.[\w*+>_-]+")
_READING: Final = re.compile(
    r"\b(?:bps?|pressures?|readings?|levels?|sugars?|glucose|results?|values?|scores?|counts?|rates?|numbers were|"
    r"weights?|"
    r"temps?|temperatures?|cholesterol|labs?|between|every)\b[^\n]{0,30}$",
    re.IGNORECASE,
)


def keep_amounts(sheet: Sheet) -> None:
    """Keep the numbers that a unit follows, and mutations of genes."""
    _keep(sheet, _MEASURED)
    _keep(sheet, _GENE)


def keep_values(sheet: Sheet) -> None:
    """Keep the numbers that are values by their form: pressures, decimals, thousands, years."""
    for pattern in (_THOUSANDS, _YEARS, _YEAR, _PRESSURE, _DECIMAL):
        _keep(sheet, pattern)


def _keep(sheet: Sheet, pattern: re.Pattern[str]) -> None:
    for match in pattern.finditer(sheet.text):
        # After "call me on" it is rather the beginning of a telephone number.
        if not PHONE_BEFORE.search(sheet.text, max(0, match.start() - 60), match.start()):
            sheet.keep(*match.span())
    sheet.settle()


def follows_reading(text: str, start: int) -> bool:
    """Whether numbers at `start` are announced as readings or results."""
    return _READING.search(text, max(0, start - 60), start) is not None

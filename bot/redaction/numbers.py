"""Numbers that give themselves away by their form: cards, accounts, national ids, telephones, anything long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction.cues import PHONE_BEFORE
from bot.redaction.measures import follows_reading
from bot.redaction.sheet import Cue

if TYPE_CHECKING:
    from bot.redaction.sheet import Kind, Sheet

_CARD: Final = re.compile(r"(?<![\d+])(?<!\d[ -])[2-6]\d{3}(?:[ -]?\d){9,15}(?![ -]?\d)")
_CARD_GROUPS: Final = Cue(
    re.compile(r"(?<![\d+])\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)|(?<![\d+])3\d{3}([ -])\d{6}\2\d{5}(?!\d)")
)
_CARD_EXTRA: Final = Cue(
    re.compile(
        r"\b(?:cvv2?|cvc|exp(?:iry|ires|\.)?(?: date)?|valid(?: thru)?)\s?:?\s?(?P<value>\d{3,4}|\d\d\s?/\s?\d{2,4})\b",
        re.IGNORECASE,
    )
)
# Forms that mean a person in one country or another; each names where. Checksums are not asked for: a digit that the
# patient mistyped identifies them no less.
_ID_FORMS: Final = (
    r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?<=\d)",  # IBAN
    r"\d{3}[-. ]\d{2}[-. ]\d{4}",  # US: SSN, ITIN
    r"[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-Z]",  # GB: national insurance
    r"[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}",  # GB: driving licence
    r"[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]",  # IN: PAN
    r"\d{1,2}\.?\d{3}\.?\d{3}[ -]?[A-Z]|[XYZ][ -]?\d{7}[ -]?[A-Z]",  # ES: DNI, NIE
    r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]",  # IT: codice fiscale
    r"\d{3}\.\d{3}\.\d{3}-\d{2}",  # BR: CPF
    r"[A-Z]{4}\d{6}[A-Z0-9]{3}(?:[A-Z0-9]{5})?",  # MX: RFC, CURP
    r"[12] ?\d{2} ?[0-1]\d ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?",  # FR: NIR
    r"[2-9]\d{3} \d{4} \d{4}",  # IN: Aadhaar
    r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",  # CH: AHV
    r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",  # DE: social security
    r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]|(?:19|20)\d{6}[-+]?\d{4}",  # DK, FI, SE: of the date of birth
    r"\d{6}-\d{7}",  # KR
    r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",  # BE
    r"\d{17}[\dX]",  # CN
    r"[STFGM]\d{7}[A-Z]|[A-Z]{1,2}\d{6}\([0-9A]\)",  # SG, HK
    r"\d{7}[A-W][A-IW]?",  # IE
    r"\d{4} \d{5} \d(?:[ -/]\d)?",  # AU: Medicare
    r"[A-Z]{1,2}\d{6,9}[A-Z]?|[A-Z]\d{2}[A-Z]\d{5}",  # passports
    r"[A-Z]\d{2,3}-\d{3,4}-\d{2,4}(?:-\d{2,3}){0,2}",  # US: driver licences
    r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}",  # UUID
    r"(?=(?:[A-Z]*\d){4})(?=\w{0,15}[A-Z])[A-HJ-NPR-Z0-9]{17}",  # VIN
)
_FORMS: Final = Cue(re.compile(rf"(?<![\w+-])(?:{'|'.join(_ID_FORMS)})(?![\w-])", re.IGNORECASE))
# Words with many digits: serial numbers, hashes, records. Grouped only by what joins a word.
_CODE: Final = Cue(
    re.compile(
        r"(?<![\w.+)-])(?=[\w./-]*[A-Z])(?:[A-Z]*[./_-]?\d[./_-]?){7,}\w*(?:-\w+)*|(?<!\w)(?=(?:[A-Z_]*\d){5})\w{14,}",
        re.IGNORECASE,
    )
)

# Groups of digits with what people put between them.
_ROW: Final = re.compile(r"(?:\+[ ]?|(?<![\w])0?\(\+?|\(\+?)?\d+(?:(?:\)|[ .\-/()~*_])[ .\-/()~*_]{0,2}\d+)*\)?")
_EXTENSION: Final = re.compile(r"\s?,?\s?(?:ext|extension|x|#|durchwahl|poste)\.?\s?\d{1,6}\b", re.IGNORECASE)
_LETTERED: Final = Cue(
    re.compile(
        r"(?<![\w-])(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ .-]\d{0,3}-?[A-Z]{4,8}\b(?<![a-z])|(?<![\w-])1?[ "
        r"-]?8\d\d-[A-Z]{3}-?[A-Z]{4}\b"
    )
)
_DIGIT: Final = re.compile(r"\d")
_GROUP: Final = re.compile(r"\d+")
_RANGE: Final = re.compile(r"\s-\s")
_LONG: Final = re.compile(r"\d{7,}")

_DIGIT_WORD: Final = (
    r"(?:zero|oh|o|nought|naught|nil|one|two|three|four|five|six|seven|eight|nine|double|triple|treble|"
    r"cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|null|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun|"
    r"zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|\d{1,4})"
)
_SPELT: Final = Cue(
    re.compile(rf"(?<![\w-])(?:plus\s)?{_DIGIT_WORD}(?:[\s,.-]{{1,3}}{_DIGIT_WORD}){{5,}}(?![\w-])", re.IGNORECASE)
)
_SPELT_WORD: Final = re.compile(
    r"\b(?:zero|oh|nought|double|one|two|three|seven|eight|nine|cero|uno|dos|tres|null|eins|zwei|drei|zéro|deux|"
    r"trois)\b",
    re.IGNORECASE,
)

# Where a number without a country may be from, asked in this order after the site's own country.
_LIKELY_COUNTRIES: Final = (
    "US",
    "GB",
    "IN",
    "DE",
    "ES",
    "FR",
    "IT",
    "AU",
    "NL",
    "MX",
    "BR",
    "NO",
    "DK",
    "SG",
    "HK",
    "ZA",
)


def take_cards(sheet: Sheet) -> None:
    """Take the numbers of cards, and what is printed beside them."""
    for match in _CARD.finditer(sheet.text):
        if _ends_in_check_digit(match.group()):
            sheet.take(*match.span(), "card number")
    sheet.settle()
    sheet.take_all(_CARD_GROUPS, "card number")
    sheet.take_all(_CARD_EXTRA, "card number")


def take_ids(sheet: Sheet) -> None:
    """Take accounts and ids, which have forms of their own."""
    sheet.take_all(_FORMS, "id")
    sheet.take_all(_CODE, "id")


def take_announced_phones(sheet: Sheet) -> None:
    """Take telephone numbers that a word announces, before a date is seen in a part of one."""
    for match in _ROW.finditer(sheet.text):
        if len(_DIGIT.findall(match.group())) >= 7 and _is_announced(sheet.text, match.start()):
            _take_row(sheet, match, "phone")
    sheet.settle()


def take_phones(sheet: Sheet, country: str) -> None:
    """Take telephone numbers, and all other rows of seven digits or more that nothing shows to be measures.

    `country` (ISO 3166) is where one without a country's prefix is most likely from, "" if unknown.
    """
    countries = tuple(dict.fromkeys((country, *_LIKELY_COUNTRIES) if country else _LIKELY_COUNTRIES))
    sheet.take_all(_LETTERED, "phone")
    for match in _ROW.finditer(sheet.text):
        kind = _kind_of_row(sheet.text, match, countries)
        if kind:
            _take_row(sheet, match, kind)
    sheet.settle()


def take_spelt_phones(sheet: Sheet) -> None:
    """Take telephone numbers whose digits are written as words."""
    if len(_SPELT_WORD.findall(sheet.text)) < 3:
        return
    sheet.take_all(_SPELT, "phone")


def take_what_is_left(sheet: Sheet) -> None:
    """Take every run of seven digits or more, whatever it is: no measure in a question has so many."""
    for match in _LONG.finditer(sheet.untaken()):
        sheet.take(*match.span(), "id")
    sheet.settle()


def _is_announced(text: str, start: int) -> bool:
    return PHONE_BEFORE.search(text, max(0, start - 60), start) is not None


def _take_row(sheet: Sheet, match: re.Match[str], kind: Kind) -> None:
    extension = _EXTENSION.match(sheet.text, match.end())
    sheet.take(match.start(), extension.end() if extension else match.end(), kind)


def _kind_of_row(text: str, match: re.Match[str], countries: tuple[str, ...]) -> Kind | None:
    row = match.group()
    groups: list[str] = _GROUP.findall(row)
    digits = "".join(groups)
    is_announced = len(digits) + len(groups) > 6 and _is_announced(text, match.start())
    if len(digits) < 7 and not is_announced:
        return None
    # A prefix of a country or of a town: none is in front of a measure.
    if is_announced or "+" in row or digits.startswith("0"):
        return "phone" if len(digits) <= 17 else "id"
    is_range = len(groups) == 2 and len(digits) < 9 and _RANGE.search(row) is not None
    is_loose = len(groups) > 2 and len(digits) < 9 and not _is_phone(row, countries)
    if is_range or is_loose or _are_values(text, match.start(), row, groups):
        return None
    is_phone = len(digits) <= 15 and (len(groups) > 1 or _is_phone(row, countries))
    return "phone" if is_phone else "id"


def _ends_in_check_digit(number: str) -> bool:
    """Whether a card's number is in order (ISO/IEC 7812-1, annex B).

    >>> _ends_in_check_digit("4111 1111 1111 1111"), _ends_in_check_digit("4111 1111 1111 1112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed([int(letter) for letter in number if letter.isdigit()])):
        total += digit if place % 2 == 0 else sum(divmod(2 * digit, 10))
    return total % 10 == 0


def _are_values(text: str, start: int, row: str, groups: list[str]) -> bool:
    """Whether a row is one of readings ("120 80 75"), not of one number's groups."""
    return len(groups) > 2 and max(map(len, groups)) <= 3 and "  " not in row and follows_reading(text, start)


def _is_phone(row: str, countries: tuple[str, ...]) -> bool:
    """Whether a row is a number that a telephone of one of `countries` has."""
    # Imported here: it takes a fifth of the time to start, and few messages need it.
    import phonenumbers  # noqa: PLC0415

    for country in countries:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(row, country)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False

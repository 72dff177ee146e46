"""Words that announce what the number after them is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.redaction.vocabulary import FUNCTION_WORDS, word_set

if TYPE_CHECKING:
    from bot.redaction.sheet import Kind, Sheet

# Right before a number of a telephone. "Number" alone may be that of pills.
PHONE_BEFORE: Final = re.compile(
    r"\b(?:phones?|tel|telephones?|mobiles?|mob|cells?|cellphones?|landline|call|calls?|ring|text|sms|whats\s?app|"
    r"fax|contact|"
    r"reach|dial|pager|viber|signal|(?:my|his|her|our|their|the)\s+(?:\w+\s+)?(?:no|nr|num|number|numbers)|"
    r"telefon(?:nummer|o|szám)?|handy(?:nummer)?|mobil(?:nummer)?|teléfono|móvil|movil|celular|téléphone|portable|"
    r"numéro|número|"
    r"ligue|rufen|llam[ae](?:r|me|dme)?|appele[rz])\b[^\d\x00\n]{0,25}$",
    re.IGNORECASE,
)

_BEGIN: Final = r"(?<![A-Z0-9])(?=[A-Z0-9])"
_NUMBER_WORDS: Final = word_set(
    """
    number numbers no nr num nbr id ids code identification identifier identity reference ref nummer número numero
    numéro zeichen card n
    """
)
_NUMBER_WORD: Final = "(?:" + "|".join(sorted(_NUMBER_WORDS - {"n"}, key=len, reverse=True)) + "|#|n°)"
_LINK: Final = (
    r"(?:[\s:=#.,'\"()-]|\b(?:of (?:my|the|his|her) \w+|is|was|are|my|the|of|with|est|es|ist|lautet|è|under|as|it's|"
    r"its|reads|"
    r"says)\b)"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern that ends where a value may begin, which has `digits` digits at least.

    A message that it matches has one of `words`; none: it is always asked.
    """

    pattern: re.Pattern[str]
    kind: Kind
    digits: int
    words: frozenset[str] = frozenset()


def _cued(subjects: str, kind: Kind, digits: int) -> _Rule:
    """For values after one of `subjects` and a word for "number"."""
    pattern = (
        rf"\b(?:(?:{subjects})[\s'-]{{0,2}}(?:s\s)?{_LINK}{{0,3}}{_NUMBER_WORD}|{_NUMBER_WORD}\s(?:of|de|du|de la|"
        rf"del|di)\s(?:{subjects}))"
        rf"\b\.?{_LINK}{{0,8}}{_BEGIN}"
    )
    return _Rule(re.compile(pattern, re.IGNORECASE), kind, digits)


def _alone(subjects: str, words: str, kind: Kind, digits: int) -> _Rule:
    """For values right after one of `subjects`, each of which begins with one of `words`."""
    pattern = rf"\b(?:{subjects})(?![a-z])(?:{_LINK}|\b{_NUMBER_WORD}\b){{0,8}}{_BEGIN}"
    return _Rule(re.compile(pattern, re.IGNORECASE), kind, digits, frozenset(words.split()))


_PLATE: Final = _alone(
    r"(?:licen[cs]e|number|registration|car)\s?plates?|plates?|car reg(?:istration)?|registration|reg(?=\s?[:#n])|"
    r"matr[íi]cula|kennzeichen|nummernschild|immatriculation|targa",
    "license licence number registration car plate plates numberplate reg matrícula matricula kennzeichen "
    "nummernschild "
    "immatriculation targa",
    "id",
    1,
)
_RULES: Final = (
    # These are numbers by themselves, without a word that says so.
    _alone(
        r"mrn|m\.r\.n\.?|emr|ehr|uhid|hosp(?:ital)?\s?#|aktenzeichen|patientennummer|versichertennummer|fallnummer|"
        r"krankenversichertennummer|policennummer|nhc",
        "mrn m emr ehr uhid hosp hospital aktenzeichen patientennummer versichertennummer fallnummer "
        "krankenversichertennummer policennummer nhc",
        "record number",
        2,
    ),
    _cued(
        r"medical(?: records?)?|(?:health )?records?|patients?|hospital|hosp|clinic|charts?|case|file|encounter|visit|"
        r"admission|insurance|ins|policy|member(?:ship)?|group|claim|subscriber|plan|beneficiary|"
        r"health\s?(?:plan|card|insurance)|appointment|booking|order|confirmation|prescription|rx|invoice|lab|"
        r"specimen|sample|"
        r"accession|referral|patienten|versicherten|versicherungs|kranken(?:versicherungs|versicherten|kassen)?|"
        r"akten|fall|"
        r"historia(?: cl[ií]nica)?|paciente|expediente|p[óo]liza|dossier|patiente?|mutuelle|tessera sanitaria",
        "record number",
        2,
    ),
    _alone(
        r"national insurance|ssn|s\.s\.n\.?|nino|aadhaa?r|curp|cpf|bsn|pesel|iban|imei|vin|passport|pasaporte|"
        r"reisepass|"
        r"passeport|passaporto|personnummer|steuer-?id|steueridentifikationsnummer|sozialversicherungsnummer|"
        r"ausweisnummer|dni|"
        r"nie|nif|nir|codice fiscale|driver'?s licen[cs]e|driving licen[cs]e|medicare|nhs|tfn|c[ée]dula|insee",
        "national ssn s nino aadhaar aadhar curp cpf bsn pesel iban imei vin passport pasaporte reisepass passeport "
        "passaporto "
        "personnummer steuer steuerid steueridentifikationsnummer sozialversicherungsnummer ausweisnummer dni nie "
        "nif nir "
        "codice driver drivers driving medicare nhs tfn cédula cedula insee",
        "id",
        3,
    ),
    _cued(
        r"ssn|social(?: security)?|national(?: insurance)?|ni|nino|nhs|chi|tax(?:payer)?|passport|pass|visa|permit|"
        r"driver'?s?(?: licen[cs]e)?|driving(?: licen[cs]e)?|licen[cs]e|dl|id|identity(?: card)?|medicare|medicaid|"
        r"aadhaa?r|pan|"
        r"acct|sin|voter|user|student|employee|staff|badge|serial|device|vin|imei|account|bank|routing|sort|iban|swift|"
        r"green card|alien|registration|certificate|resident|residence|curp|rfc|cpf|rg|dni|nie|nif|bsn|pesel|"
        r"personal|ahv|"
        r"personnummer|steuer|sozialversicherungs|ausweis|reisepass|personalausweis|führerschein|konto|pasaporte|"
        r"carnet|"
        r"c[ée]dula|seguridad social|licencia|passeport|s[ée]curit[ée] sociale|permis|carte vitale|codice fiscale|my "
        r"number",
        "id",
        3,
    ),
    _PLATE,
    # Things that have a number, but also a price, a year or a length: only one that is long is taken.
    _alone(
        r"policy|p[óo]liza|insurance|member(?:ship)?|claim|case|file|chart|ref|reference|account|acct|group|subscriber|"
        r"prescription|rx|booking|dossier|expediente|akte",
        "policy póliza poliza insurance member membership claim case file chart ref reference account acct group "
        "subscriber "
        "prescription rx booking dossier expediente akte",
        "record number",
        4,
    ),
)
_GROUP: Final = re.compile(r"[A-Z0-9]+(?:[/._-]{1,2}[A-Z0-9]+)*", re.IGNORECASE)
_ENDS: Final = re.compile(r"\s*(?:[.,;!?)\n]|$)")
_PREFIX: Final = re.compile(r"(?<!\w)[A-Z]{1,6}[-/]$")
_DIGIT: Final = re.compile(r"\d")
_YEAR_ALONE: Final = re.compile(r"(?:19|20)\d\d")


def take_cued(sheet: Sheet) -> None:
    """Take the numbers that the words before them give away."""
    lowered = sheet.text.lower()
    has_number_word = not _NUMBER_WORDS.isdisjoint(sheet.words) or "nummer" in lowered or "#" in lowered
    for rule in _RULES:
        if rule.words.isdisjoint(sheet.words) if rule.words else not has_number_word:
            continue
        for match in rule.pattern.finditer(sheet.text):
            start = _value_start(sheet.text, match.end())
            end = _value_end(sheet.text, start, trailing_letters=rule is _PLATE)
            value = sheet.text[start:end]
            is_year = rule.digits > 2 and _YEAR_ALONE.fullmatch(value)
            if len(value) >= 3 and len(_DIGIT.findall(value)) >= rule.digits and not is_year:
                sheet.take(start, end, rule.kind)
        sheet.settle()


def _value_start(text: str, start: int) -> int:
    """Where a value begins of which the cue took the first part: "my reference is REF-123"."""
    before = _PREFIX.search(text, max(0, start - 8), start)
    return before.start() if before else start


def _value_end(text: str, start: int, *, trailing_letters: bool) -> int:
    """Where the groups that begin at `start` end: each has a digit, but for letters before and after."""
    end = start
    place = start
    while group := _GROUP.match(text, place):
        word = group.group()
        if _DIGIT.search(word):
            end = group.end()
        elif len(word) > 6 or word.lower() in FUNCTION_WORDS or (place > start and len(word) > 3) or not word.isupper():
            if place > start or not _letters_of_a_number(text, group):
                break
        elif place > start and (trailing_letters or _ENDS.match(text, group.end())):
            end = group.end()
        place = group.end() + 1
        if text[group.end() : place] != " ":
            break
    return end


def _letters_of_a_number(text: str, group: re.Match[str]) -> bool:
    """Whether lower-case letters begin a value, as in "plate abc 123"."""
    return (
        len(group.group()) <= 3
        and group.group() not in FUNCTION_WORDS
        and text[group.end() + 1 : group.end() + 2].isdigit()
    )

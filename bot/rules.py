"""Reads the emergency rules (`data/emergencies/`): signs, the words they share, and telephone numbers.

An installation must never start without them, so every fault is a ConfigurationError that names the file, the sign and
what to do.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.emergency import Contact, Country, Detector, Line, PatternError, Sign
from bot.tables import fault, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_FIELDS: Final = {"id", "title", "rank", "advice", "avoid", "contacts", "quote", "patterns"}
_MUST: Final = _FIELDS - {"avoid", "contacts", "quote"}
_ADVICE_LINES: Final = range(1, 6)


@dataclass(frozen=True, slots=True)
class Emergencies:
    """The emergency rules of an installation: how signs are found, the signs by id, the countries by code.

    `countries` has "" for a country that is not known.
    """

    detector: Detector
    signs: Mapping[str, Sign]
    countries: Mapping[str, Country]


def read_emergencies(folder: Path, is_word: Callable[[str], bool]) -> Emergencies:
    """The rules in `folder`; `is_word` tells whether a word is one of the language. Raises ConfigurationError."""
    words = read_table(folder / "words.yaml")
    files = sorted((folder / "signs").glob("*.yaml"))
    if not files:
        raise fault(folder / "signs", "there is no sign in it")
    signs: dict[str, Sign] = {}
    for path in files:
        sign = _sign(path)
        if sign.id in signs:
            raise fault(path, f"the sign {sign.id!r} is there twice")
        signs[sign.id] = sign
    try:
        lists, frames, shorthand = (dict(words[part]) for part in ("lists", "frames", "shorthand"))
        detector = Detector(tuple(signs.values()), lists, frames, shorthand, is_word)
    except PatternError as error:
        raise fault(folder, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise fault(
            folder / "words.yaml", f"lists, frames and shorthand are expected, each a table ({error})"
        ) from error
    return Emergencies(detector, signs, read_countries(folder / "countries.yaml"))


def read_countries(path: Path) -> dict[str, Country]:
    """The countries in the file by code; "" is a country that is not known. Raises ConfigurationError."""
    table = read_table(path)
    entries = table.get("countries")
    if not isinstance(entries, dict) or not entries:
        raise fault(path, "it has no countries")
    countries = {code: _country(path, code, entry) for code, entry in entries.items()}
    regions = []
    for code in table.get("regions") or ():
        if code not in countries:
            raise fault(path, f"regions: there is no country {code!r}")
        regions.append((countries[code].name, countries[code].lines_for(Contact.EMERGENCY)[0]))
    if not regions:
        raise fault(path, "regions: none is named, so nothing can be shown where the country is not known")
    return countries | {"": Country("", "", (), tuple(regions))}


def _country(path: Path, code: str, entry: Any) -> Country:
    if not (len(code) == 2 and code.isupper() and code.isascii()):
        raise fault(path, f"{code!r} is not a country's code of two capital letters (ISO 3166-1)")
    if not isinstance(entry, dict) or not entry.get("name") or not entry.get("emergency"):
        raise fault(path, f"{code}: a name and an emergency number are expected")
    if unknown := set(entry) - {"name", *Contact}:
        raise fault(path, f"{code}: {', '.join(sorted(unknown))} is not one of name, {', '.join(Contact)}")
    lines = [_line(path, code, contact, each) for contact in Contact for each in entry.get(contact) or ()]
    return Country(code, entry["name"], tuple(lines))


def _line(path: Path, code: str, contact: Contact, entry: Any) -> Line:
    parts = entry if isinstance(entry, dict) else {"number": entry}
    number, name = parts.get("number"), parts.get("name", "")
    if (
        not isinstance(number, str)
        or not any(each in string.digits for each in number)
        or set(parts) - {"number", "name"}
    ):
        raise fault(path, f"{code}, {contact}: {entry!r} is not a number, or a number and a name")
    return Line(contact, number, name)


def _sign(path: Path) -> Sign:
    table = read_table(path)
    if missing := _MUST - set(table):
        raise fault(path, f"{', '.join(sorted(missing))} is missing")
    if unknown := set(table) - _FIELDS:
        raise fault(path, f"{', '.join(sorted(unknown))} is not one of {', '.join(sorted(_FIELDS))}")
    name = f"the sign {table['id']!r}"
    if not str(table["rank"]).isdecimal():
        raise fault(path, f"{name}: rank: {table['rank']!r} is not a whole number")
    if table.get("quote", "true") not in {"true", "false"}:
        raise fault(path, f"{name}: quote: {table['quote']!r} is neither true nor false")
    advice, avoid = _lines(path, name, "advice", table), _lines(path, name, "avoid", table)
    if len(advice) not in _ADVICE_LINES:
        raise fault(path, f"{name}: advice: 1 to 5 lines are expected, not {len(advice)}")
    for line in (*advice, *avoid):
        if {part for _, part, _, _ in string.Formatter().parse(line) if part is not None} - {"number"}:
            raise fault(path, f"{name}: {line!r} has another place to fill in than {{number}}")
    contacts = _lines(path, name, "contacts", table)
    if unknown := set(contacts) - set(Contact):
        raise fault(path, f"{name}: contacts: {', '.join(sorted(unknown))} is not one of {', '.join(Contact)}")
    patterns = table["patterns"]
    if not isinstance(patterns, dict) or not patterns.get("en"):
        raise fault(path, f"{name}: patterns: a list for each language is expected, with en among them")
    return Sign(
        id=table["id"],
        title=table["title"],
        rank=int(table["rank"]),
        advice=advice,
        avoid=avoid,
        contacts=tuple(Contact(contact) for contact in contacts),
        quote=table.get("quote", "true") == "true",
        patterns=tuple(text for language in patterns for text in _lines(path, name, language, patterns)),
    )


def _lines(path: Path, name: str, field: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    lines = table.get(field) or []
    if not isinstance(lines, list) or not all(isinstance(line, str) and line.strip() for line in lines):
        raise fault(path, f"{name}: {field}: a list of lines of text is expected")
    return tuple(lines)

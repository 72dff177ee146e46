"""Reads the web sites that the widget may stand on, from the file of `DOCTORS_NOTE_SITES`.

Every fault is a ConfigurationError that names the file, the site, the field and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast
from urllib.parse import urlsplit

from bot.domain.colours import MIN_CONTRAST, contrast, is_colour
from bot.domain.errors import shown
from bot.domain.language_tags import primary_language
from bot.domain.records import LANGUAGE_TAG
from bot.domain.sites import NO_TEXT, SITE_ID, Origin, SiteText, WidgetSite, WidgetSites
from bot.tables import Setting, fault, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from bot.domain.errors import ConfigurationError

SETTING: Final = Setting("DOCTORS_NOTE_SITES", "put it right; docs/sites.md tells of each field")
_LINES: Final = ("greeting", "tips")
_TEXTS: Final = ("title", "label", "contact", "disclaimer", *_LINES)
_WEB: Final = frozenset({"https", "http"})
_ADDRESSES: Final = {
    "privacy_url": _WEB,
    "symptom_check_url": _WEB,
    "contact_url": _WEB | {"tel", "mailto"},
}
_POSITIONS: Final = ("right", "left")
_REMEMBER: Final = ("browser", "tab", "no")
_FIELDS: Final = (
    "origins", *_TEXTS, *_ADDRESSES, "language", "country", "accent", "accent_dark", "position", "remember", "topics"
)  # fmt: skip
# What an accent is seen beside: text of its colour on these, and text of the last on a button of its colour.
_BESIDE_ACCENT: Final = ("page", "surface", "on-accent")
_TOKEN: Final = re.compile(r"--([a-z-]+):\s*(#[0-9a-fA-F]{6})\s*;")


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The design's colours that an accent must stand out from, by name: on a light screen and on a dark one."""

    light: Mapping[str, str]
    dark: Mapping[str, str]


def read_surfaces(tokens: Path) -> Surfaces:
    """Those of the design's tokens, a style sheet whose part for dark screens comes last. Raises OSError."""
    light, _, dark = tokens.read_text(encoding="utf-8").partition("prefers-color-scheme: dark")
    return Surfaces(_beside_accent(light), _beside_accent(dark))


def read_sites(path: Path, countries: Collection[str], surfaces: Surfaces) -> WidgetSites:
    """The sites in the file; `countries` are the codes with emergency numbers. Raises ConfigurationError."""
    table = read_table(path, SETTING)
    entries = table.get("sites")
    if not isinstance(entries, dict) or not entries or set(table) != {"sites"}:
        raise fault(
            path, "a table `sites` is expected, and nothing beside it, with at least one site by its id", SETTING
        )
    return WidgetSites({name: _Entry(path, name, entry).site(countries, surfaces) for name, entry in entries.items()})


class _Entry:
    """A site as the file has it."""

    def __init__(self, path: Path, name: str, entry: Any) -> None:
        self._path, self._name = path, name
        if not SITE_ID.fullmatch(name):
            raise fault(path, f"{shown(name)} is not a site's id: 1 to 24 of the characters a-z, 0-9 and -", SETTING)
        if not isinstance(entry, dict):
            raise fault(path, f"the site {name!r}: a table with origins is expected", SETTING)
        self._fields: dict[str, Any] = entry
        if unknown := [field for field in entry if field not in _FIELDS]:
            raise self._fault(str(unknown[0]), f"it is not one of {', '.join(_FIELDS)}")

    def site(self, countries: Collection[str], surfaces: Surfaces) -> WidgetSite:
        return WidgetSite(
            id=self._name,
            origins=self._origins(),
            **{field: self._text(field) for field in _TEXTS},
            **{field: self._address(field) for field in _ADDRESSES},
            language=self._language(),
            country=self._country(countries),
            accent=self._colour("accent", surfaces.light),
            accent_dark=self._colour("accent_dark", surfaces.dark),
            position=cast("Literal['right', 'left']", self._one_of("position", _POSITIONS)),
            remember=cast("Literal['browser', 'tab', 'no']", self._one_of("remember", _REMEMBER)),
            topics=self._list("topics"),
        )

    def _fault(self, field: str, what: str) -> ConfigurationError:
        return fault(self._path, f"the site {self._name!r}: {field}: {what}", SETTING)

    def _origins(self) -> tuple[Origin, ...]:
        listed = self._list("origins")
        if not listed:
            raise self._fault("origins", "a list of the origins of its pages is expected, such as https://example.org")
        try:
            return tuple(Origin.of(each) for each in listed)
        except ValueError as error:
            raise self._fault("origins", str(error)) from error

    def _list(self, field: str) -> tuple[str, ...]:
        lines = self._fields.get(field, [])
        if not isinstance(lines, list) or not all(isinstance(line, str) and line.strip() for line in lines):
            raise self._fault(field, "a list of texts is expected")
        return tuple(line.strip() for line in lines)

    def _text(self, field: str) -> SiteText:
        """A text, or one for each language; of lines, each may be a list, too."""
        value = self._fields.get(field)
        if value is None:
            return NO_TEXT
        if not isinstance(value, dict):
            return SiteText({"": self._said(field, value)})
        for tag in value:
            if not LANGUAGE_TAG.fullmatch(tag):
                raise self._fault(field, f"{shown(tag)} is not a BCP 47 language tag such as en or pt-BR")
        if not value:
            raise self._fault(field, "a text is expected, or one for each language")
        return SiteText({primary_language(tag): self._said(field, text) for tag, text in value.items()})

    def _said(self, field: str, value: Any) -> str:
        if field in _LINES and isinstance(value, list) and value and all(isinstance(line, str) for line in value):
            value = "\n".join(" ".join(line.split()) for line in value)
        if not isinstance(value, str) or not value.strip():
            raise self._fault(field, "a text is expected, or one for each language")
        return value.strip()

    def _address(self, field: str) -> SiteText:
        addresses = self._text(field)
        schemes = _ADDRESSES[field]
        for address in addresses.by_language.values():
            try:
                parts = urlsplit(address)
            except ValueError:
                parts = urlsplit("")
            if parts.scheme not in schemes or not (parts.hostname or (parts.scheme not in _WEB and parts.path)):
                begins = ", ".join(f"{scheme}:" for scheme in sorted(schemes))
                raise self._fault(field, f"{shown(address)} is not an address that begins with one of {begins}")
        return addresses

    def _language(self) -> str:
        tag = self._fields.get("language", "")
        if not isinstance(tag, str) or (tag and not LANGUAGE_TAG.fullmatch(tag)):
            raise self._fault("language", f"{shown(tag)} is not a BCP 47 language tag such as en or pt-BR")
        return tag

    def _country(self, countries: Collection[str]) -> str:
        code = self._fields.get("country", "")
        if not isinstance(code, str) or code.upper() not in {"", *countries}:
            known = ", ".join(sorted(filter(None, countries)))
            raise self._fault("country", f"{shown(code)} is none of {known}, whose emergency numbers are known")
        return code.upper()

    def _one_of(self, field: str, allowed: tuple[str, ...]) -> str:
        value = self._fields.get(field, allowed[0])
        if value not in allowed:
            raise self._fault(field, f"{shown(value)} is not one of {', '.join(allowed)}")
        return str(value)

    def _colour(self, field: str, beside: Mapping[str, str]) -> str:
        colour = self._fields.get(field, "")
        if not isinstance(colour, str) or (colour and not is_colour(colour)):
            raise self._fault(field, f"{shown(colour)} is not a colour written as '#rrggbb' (in quotes)")
        better = "lighter" if field == "accent_dark" else "darker"
        for name, other in beside.items():
            if colour and (ratio := contrast(colour, other)) < MIN_CONTRAST:
                raise self._fault(
                    field,
                    f"{colour} has a contrast of {ratio:.2f} to 1 with {other} (the design's {name}), and at least "
                    f"{MIN_CONTRAST} is needed to be read; choose a {better} one",
                )
        return colour.lower()


def _beside_accent(style: str) -> dict[str, str]:
    found = dict(_TOKEN.findall(style))
    return {name: found[name] for name in _BESIDE_ACCENT if name in found}

"""Given and family names of some eighty countries, taken from the installed `faker`.

Faker knows more names than anybody writes down, but to import its providers takes a second: the lists are made once,
and read from a file after that.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.redaction.vocabulary import without_accents

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "names.json"


@dataclass(frozen=True, slots=True)
class NameLists:
    """Names in Latin letters, in lower case and without accents."""

    given: frozenset[str]
    family: frozenset[str]


@cache
def names_of_faker() -> NameLists:
    """All names that Faker makes people of; takes about a second the first time."""
    from faker.providers import person  # noqa: PLC0415  see above

    given: set[str] = set()
    family: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for field in dir(provider):
            for prefix, names in (("first_name", given), ("last_name", family)):
                values = getattr(provider, field)
                if field.startswith(prefix) and isinstance(values, tuple | list | dict):
                    names.update(without_accents(str(name)) for name in values if name and _is_latin(str(name)))
    return NameLists(frozenset(given), frozenset(family))


def write_names(folder: Path) -> None:
    """Write the lists to a file in `folder`."""
    names = names_of_faker()
    lists = {"given": sorted(names.given), "family": sorted(names.family)}
    (folder / FILE).write_text(json.dumps(lists), encoding="utf-8")


def read_names(folder: Path) -> NameLists:
    """The lists that `write_names` wrote."""
    lists = json.loads((folder / FILE).read_bytes())
    return NameLists(frozenset(lists["given"]), frozenset(lists["family"]))


def _is_latin(name: str) -> bool:
    return len(name) > 2 and all("LATIN" in unicodedata.name(letter, "") or letter in "'-" for letter in name)

"""Signs of an emergency, what to say of each, and whom to call: data, as `data/emergencies/` has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Contact(StrEnum):
    """Whom to call."""

    EMERGENCY = "emergency"
    CRISIS = "crisis"
    POISON = "poison"
    POLICE = "police"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Sign:
    """A kind of emergency.

    `rank` orders signs, the most urgent first. `advice` are our own sentences, named by their English text (see
    `bot.domain.wording`), with {number} for the emergency number; `avoid` those on what not to do. `contacts` come
    after the emergency number. No article is quoted after a notice where `quote` is false.
    """

    id: str
    title: str
    rank: int
    advice: tuple[str, ...]
    avoid: tuple[str, ...]
    contacts: tuple[Contact, ...]
    quote: bool
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line: its number as people read it, its name ("" where the number is enough)."""

    contact: Contact
    number: str
    name: str = ""

    @property
    def href(self) -> str:
        """The number as a link."""
        return "tel:" + "".join(each for each in self.number if each.isdigit() or each == "+")


@dataclass(frozen=True, slots=True)
class Country:
    """The lines of a country; `code` is ISO 3166-1 alpha-2, "" where the country is not known.

    With no country known, `lines` has none, and `regions` the emergency numbers of several, each with its name.
    """

    code: str
    name: str
    lines: tuple[Line, ...]
    regions: tuple[tuple[str, Line], ...] = ()

    def lines_for(self, contact: Contact) -> tuple[Line, ...]:
        """The lines of one kind, the main one first."""
        return tuple(line for line in self.lines if line.contact is contact)

"""Our own sentences in the language of the reader. Quoted text never passes through here."""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable


# Unicode's first strong isolate, and its end.
_ISOLATE: Final = "\u2068"
_END: Final = "\u2069"


def _english_date(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


@dataclass(frozen=True, slots=True)
class Wording:
    """How sentences of ours are said in one language.

    A sentence is named by its English text, as in gettext; one that a catalogue lacks is said in English.
    `language` is a BCP 47 tag, `direction` that of its script, `spelled_out` a date as its readers write it.
    """

    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    translations: NullTranslations = field(default_factory=NullTranslations)
    spelled_out: Callable[[dt.date], str] = _english_date

    def __call__(self, sentence: str, /, **values: object) -> str:
        """`sentence` in this language, with `values` in the places named in braces.

        From right to left each value is kept apart: the parts of "116 123" would change places otherwise.

        >>> Wording()("Signed off by {reviewer}.", reviewer="Dr A")
        'Signed off by Dr A.'
        """
        said = self.translations.gettext(sentence) if sentence else ""
        if self.direction == "rtl":
            values = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
        return said.format(**values) if values else said


ENGLISH: Final = Wording()

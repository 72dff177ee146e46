"""Our sentences in every language that there is a catalogue for: gettext, read by Babel from its text form.

Catalogues lie in `bot/locales/LANGUAGE/LC_MESSAGES/doctors_note.po`; none needs compiling.
"""

from __future__ import annotations

from functools import partial
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.domain.errors import ConfigurationError, shown
from bot.domain.language_tags import primary_language
from bot.domain.wording import ENGLISH, Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

DOMAIN: Final = "doctors_note"
LOCALES: Final = Path(__file__).parent / "locales"


class Wordings:
    """A `Wording` for each language with a catalogue, and English. Raises ConfigurationError for a broken catalogue."""

    def __init__(self, site_language: str, folder: Path = LOCALES) -> None:
        self._known = {ENGLISH.language: ENGLISH} | {wording.language: wording for wording in _wordings(folder)}
        self._fallback = self._known.get(primary_language(site_language), ENGLISH)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that our sentences are said in."""
        return tuple(sorted(self._known))

    def of(self, *languages: str) -> Wording:
        """The wording for the first of `languages` (BCP 47) that there is one for, else for the site's."""
        known = (self._known.get(primary_language(language)) for language in languages)
        return next((wording for wording in known if wording), self._fallback)

    def name(self, language: str, wording: Wording) -> str:
        """What `language` is called in the language of `wording`; the tag itself where nobody knows."""
        locale = Locale.parse(wording.language)
        return str(locale.languages.get(primary_language(language), language))


def _wordings(folder: Path) -> Iterator[Wording]:
    for path in sorted(folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = path.parent.parent.name
        try:
            locale = Locale.parse(language)
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language, abort_invalid=True)
            _check_places(catalogue)
        except (OSError, ValueError, UnknownLocaleError, PoFileError) as error:
            raise ConfigurationError(f"{path}: the catalogue cannot be read ({error}); mend or remove it") from error
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        direction: Literal["ltr", "rtl"] = "rtl" if locale.text_direction == "rtl" else "ltr"
        spelled_out = partial(format_date, format="long", locale=language)
        yield Wording(language, direction, GNUTranslations(compiled), spelled_out)


def _check_places(catalogue: Catalog) -> None:
    """Raise ValueError for a translation that has other places for values than its sentence: it could not be said."""
    for message in catalogue:
        sentence, said = str(message.id), str(message.string)
        if sentence and said and _places(said) != _places(sentence):
            raise ValueError(f"{shown(said)} has not the same places in braces as {shown(sentence)}")


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}

"""Keep the catalogues of our sentences in step with the sentences.

    python -m scripts.catalogues [LANGUAGE...]

collects every sentence of ours (the constants of `bot/domain/texts.py`, `say("...")` in code, in templates and in the
widget, the replies to small talk, and all that is said in an emergency) and brings each catalogue in `bot/locales/` in
line with them: new sentences come in untranslated, those that are no more go. A LANGUAGE without a catalogue gets one.
It prints how many of each catalogue are translated; what to do then is in docs/translating.md.
"""

from __future__ import annotations

import ast
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.domain.emergency import notice
from bot.rules import read_emergencies
from bot.small_talk import read_replies
from bot.web.widget_sentences import widget_sentences
from bot.wordings import DOMAIN, LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent
_METHODS: Final = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
# A template that cannot be read is a fault, not a template without sentences.
_OPTIONS: Final = {"**.html": {"silent": "false"}}
# No dates and no names: they would change with each run, and git keeps them.
_HEADER: Final = r"""# Our sentences in {name}; docs/translating.md says how to change them.
msgid ""
msgstr ""
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def sentences() -> Catalog:
    """Every sentence of ours, with the files that it stands in."""
    catalogue = Catalog(fuzzy=False)
    for place, sentence in [*_constants(ROOT / "bot/domain/texts.py"), *_said(), *_replies(), *_emergencies()]:
        catalogue.add(sentence, locations=[(place, 0)])
    return catalogue


def catalogue_path(language: str) -> Path:
    """Where the catalogue of `language` lies."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def updated(language: str, wanted: Catalog) -> Catalog:
    """The catalogue of `language` with the sentences of `wanted` and no others."""
    path = catalogue_path(language)
    catalogue = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(language: str, catalogue: Catalog) -> str:
    """`catalogue` as its file, in the order of the files that its sentences stand in."""
    body = io.BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_by_file=True)
    header = _HEADER.format(name=Locale.parse(language).english_name, language=language)
    return header + body.getvalue().decode()


def untranslated(catalogue: Catalog) -> list[str]:
    """The sentences that `catalogue` does not say."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not message.string)]


def main() -> None:
    """Run from the command line."""
    for language in sys.argv[1:]:
        try:
            Locale.parse(language)
        except (ValueError, UnknownLocaleError) as error:
            sys.exit(f"{language}: {error}; name a language such as es")
    wanted = sentences()
    present = {path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(present.union(sys.argv[1:])):
        catalogue, path = updated(language, wanted), catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(language, catalogue), encoding="utf-8")
        print(f"{language}: {len(catalogue) - len(untranslated(catalogue))} of {len(catalogue)} sentences")


def _constants(path: Path) -> Iterator[tuple[str, str]]:
    """The sentences of a module of constants."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        match statement:
            case ast.AnnAssign(value=ast.Constant(value=str(sentence))):
                yield str(path.relative_to(ROOT)), sentence


def _said() -> Iterator[tuple[str, str]]:
    """What code and templates give to `say`, word for word."""
    for name, _, sentence, _, _ in extract_from_dir(ROOT / "bot", _METHODS, _OPTIONS, keywords={"say": None}):
        yield f"bot/{name}", str(sentence)
    for name, sentence in widget_sentences():
        yield f"bot/web/widget/{name}", sentence


def _replies() -> Iterator[tuple[str, str]]:
    """The replies to small talk."""
    for paragraphs in read_replies(ROOT / "data/small_talk").values():
        for paragraph in paragraphs:
            yield "data/small_talk/replies.yaml", paragraph


def _emergencies() -> Iterator[tuple[str, str]]:
    """What is said in an emergency, and the regions whose numbers are shown where the country is not known."""
    rules = read_emergencies(ROOT / "data/emergencies", lambda _: True)
    for sentence in notice.sentences({}):
        yield "bot/domain/emergency/notice.py", sentence
    for sign in rules.signs.values():
        for sentence in (sign.title, *sign.advice, *sign.avoid):
            yield f"data/emergencies/signs/{sign.id}.yaml", sentence
    for region, _ in rules.countries[""].regions:
        yield "data/emergencies/countries.yaml", region


if __name__ == "__main__":
    main()

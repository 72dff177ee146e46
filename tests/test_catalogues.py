"""Our sentences in other languages: complete, in step with the English ones, and said as they should be."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from bot.domain import texts
from bot.domain.errors import ConfigurationError
from bot.domain.intents import Intent, hear
from bot.domain.wording import ENGLISH, Wording
from bot.small_talk import read_phrases, read_replies
from bot.wordings import DOMAIN, LOCALES, Wordings
from scripts.catalogues import catalogue_path, main, sentences, untranslated, updated, written
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog

LANGUAGES = sorted(path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
PHRASES = {phrases.language: phrases for phrases in read_phrases(ROOT / "data" / "small_talk")}
QUOTED = re.compile('[\u201c\u00ab"](.*?)[\u201d\u00bb"]')


@cache
def wanted() -> Catalog:
    """Every sentence of ours, collected once."""
    return sentences()


def said(language: str) -> dict[str, str]:
    """Every sentence of ours, and how it is said in `language`."""
    say = Wordings("en").of(language)
    return {str(message.id): say(str(message.id)) for message in wanted() if message.id}


def places(sentence: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_there_are_catalogues() -> None:
    """Beside English, Spanish and Arabic are spoken."""
    assert LANGUAGES == ["ar", "es"]
    assert Wordings("en").languages == ("ar", "en", "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_in_step_with_the_sentences(language: str) -> None:
    """`python -m scripts.catalogues` would change nothing."""
    assert written(language, updated(language, wanted())) == catalogue_path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_complete(language: str) -> None:
    """Each sentence is translated, and none is left in English."""
    assert untranslated(updated(language, wanted())) == []
    assert [sentence for sentence, translation in said(language).items() if sentence == translation] == (
        ["No", "India", "Australia"] if language == "es" else []
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_sentence(language: str) -> None:
    """What is filled in stands in both."""
    for sentence, translation in said(language).items():
        assert places(translation) == places(sentence), translation


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_are_told_to_write_is_understood(language: str) -> None:
    """What stands in quotation marks asks for the same as in the English sentence."""
    told = 0
    for sentence, translation in said(language).items():
        meant = [hear(part, [PHRASES["en"]], offered=0).intent for part in QUOTED.findall(sentence)]
        heard = [hear(part, [PHRASES[language]], offered=0).intent for part in QUOTED.findall(translation)]
        assert heard == meant, translation
        told += sum(intent is not Intent.QUESTION for intent in meant)
    assert told >= 10


@pytest.mark.parametrize(
    ("title", "intent"),
    [
        (texts.NONE_OF_THESE, Intent.NONE_OF_THESE),
        (texts.BROWSE, Intent.TOPICS),
        (texts.DO_NOT_SHARE, Intent.NO),
        (texts.REFERENCES, Intent.REFERENCES),
    ],
)
@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_what_a_button_says_may_be_typed(language: str, title: str, intent: Intent) -> None:
    """A person on a channel without buttons types what stands there."""
    assert hear(Wordings("en").of(language)(title), [PHRASES[language]], offered=0).intent is intent


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_language_asked_for_is_named(language: str) -> None:
    """Whoever asks for a language is told, in it, that the conversation goes on in it."""
    wordings = Wordings("en")
    say = wordings.of(language)
    (reply,) = read_replies(ROOT / "data" / "small_talk")[Intent.LANGUAGE]
    assert wordings.name(language, say) in say(reply)


def test_the_first_language_that_is_known_is_spoken() -> None:
    """Region and script do not matter; where none of those asked for is known, the site's language is, else English."""
    wordings = Wordings("es-MX")
    assert wordings.of("ar").language == "ar"
    assert wordings.of("tlh", "ar-EG", "en").language == "ar"
    assert wordings.of("tlh").language == wordings.of().language == "es"
    assert Wordings("tlh").of("qaa") is ENGLISH


def test_languages_are_named_in_the_reader_s() -> None:
    """One that nobody has a name for is called by its tag."""
    wordings = Wordings("en")
    assert [wordings.name("es-MX", wordings.of(each)) for each in ("en", "es", "ar")] == [
        "Spanish",
        "español",
        "الإسبانية",
    ]
    assert wordings.name("qaa", wordings.of("es")) == "qaa"


def test_arabic_is_written_from_right_to_left() -> None:
    """The others are written from left to right."""
    assert {each: Wordings("en").of(each).direction for each in ("ar", "en", "es")} == {
        "ar": "rtl",
        "en": "ltr",
        "es": "ltr",
    }


def test_dates_are_spelled_out_in_each_language() -> None:
    """No reader takes the day for the month."""
    spelled_out = {each: Wordings("en").of(each).spelled_out(dt.date(2026, 3, 1)) for each in ("ar", "en", "es")}
    assert spelled_out == {"en": "1 March 2026", "es": "1 de marzo de 2026", "ar": "1 مارس 2026"}


def test_a_number_to_call_keeps_its_order_from_right_to_left() -> None:
    """The parts of 116 123 would change places in an Arabic line; between isolating marks they do not."""
    say = Wordings("en").of("ar")
    assert "\u2068116 123\u2069" in say("Call {number}", number="116 123")
    assert Wordings("en").of("es")("Call {number}", number="116 123") == "Llamar al 116 123"


GOOD = 'msgid "Published {date}."\nmsgstr "Publié le {date}."\n'


def catalogue(folder: Path, language: str, content: bytes) -> Path:
    """A catalogue with `content`."""
    path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_a_catalogue_needs_nothing_but_its_file(tmp_path: Path) -> None:
    """Another language is spoken once it lies there; what it lacks is said in English."""
    catalogue(tmp_path, "fr", GOOD.encode())
    say = Wordings("fr", tmp_path).of()
    assert isinstance(say, Wording)
    assert say(texts.PUBLISHED, date=say.spelled_out(dt.date(2026, 3, 1))) == "Publié le 1 mars 2026."
    assert say(texts.REFERENCES) == texts.REFERENCES


@pytest.mark.parametrize(
    ("language", "content", "fault"),
    [
        ("fr", b"this is no catalogue", "misformatted"),
        ("fr", GOOD.encode("latin-1"), "utf-8"),
        ("fr", GOOD.replace("le {date}", "le {dat}").encode(), "places in braces"),
        ("fr", GOOD.replace("le {date}", "le {date").encode(), "expected '}'"),
        ("klingon-talk", GOOD.encode(), "klingon"),
    ],
)
def test_a_broken_catalogue_is_named(tmp_path: Path, language: str, content: bytes, fault: str) -> None:
    """It is found when the service starts, and not when an emergency has to be spoken of."""
    path = catalogue(tmp_path, language, content)
    with pytest.raises(ConfigurationError, match=f"{re.escape(str(path))}.*({fault}).*mend or remove it"):
        Wordings("en", tmp_path)


def test_the_command_adds_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new catalogue has every sentence, untranslated; what was translated stays, and what is no sentence goes."""
    monkeypatch.setattr("scripts.catalogues.LOCALES", tmp_path)
    kept = catalogue(tmp_path, "fr", f'{GOOD}\nmsgid "Gone."\nmsgstr "Parti."\n'.encode())
    monkeypatch.setattr("sys.argv", ["catalogues", "de"])
    main()
    first = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.po")}
    assert "Publié le {date}." in first[kept]
    assert "Gone." not in first[kept]
    count = len(wanted())
    assert capsys.readouterr().out == f"de: 0 of {count} sentences\nfr: 1 of {count} sentences\n"
    main()
    assert first == {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.po")}


def test_the_command_refuses_what_is_no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what one looks like."""
    monkeypatch.setattr("sys.argv", ["catalogues", "../es"])
    with pytest.raises(SystemExit, match="name a language such as es"):
        main()

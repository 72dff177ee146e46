"""In which language a message is: told where its words show it, and not told where they do not."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.language_tags import primary_language
from bot.languages import EldDetector
from scripts.language_detection import english, foreign, is_long, recognised, told, unaccented, with_slips
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.ports import LanguageDetector


@pytest.fixture(scope="module")
def detector() -> EldDetector:
    """The detector as it is in use."""
    return EldDetector()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how do i get rid of a wart on my foot", "en"),
        ("what is lupus", "en"),
        ("me duele mucho la cabeza", "es"),
        ("MI HIJO TIENE FIEBRE Y TOS", "es"),
        ("quiero saber si puedo tomar advil con metformin", "es"),
        ("mal di gola da tre giorni", "it"),
        ("болит горло уже неделю", "ru"),
        ("الم في الصدر", "ar"),
        ("发烧怎么办", "zh"),
        ("熱が下がらない", "ja"),
    ],
)
def test_the_language_of_a_message(detector: LanguageDetector, text: str, language: str) -> None:
    """A few words tell it, in whatever letters, and a drug's name among them does not hide it."""
    found = detector.detect(text)
    assert found is not None
    assert found.language == language
    assert 0.1 <= found.certainty <= 1


@pytest.mark.parametrize(
    ("text", "language"),
    [("두통", "ko"), ("πονοκέφαλος", "el"), ("ปวดหัว", "th"), ("頭がいたい", "ja"), ("インフル", "ja"), ("ஜுரம்", "ta")],
)
def test_a_script_of_one_language_tells_it(detector: LanguageDetector, text: str, language: str) -> None:
    """One word is enough."""
    found = detector.detect(text)
    assert found is not None
    assert (found.language, found.certainty) == (language, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "12345", "38.5", "???", "🤒🤒", "x" * 2_000, "hi", "lol", "gracias", "covid", "грипп", "頭痛"),
        *("paracetamol 500", "E. coli 0157:H7?", "John Smith", "Maria Garcia Lopez", "metoprolol succinate lisinopril"),
        "asdf qwer zxcv uiop",
    ],
)
def test_what_does_not_tell(detector: LanguageDetector, text: str) -> None:
    """Numbers, names, gibberish, and a word or two that several languages have, or might have."""
    assert detector.detect(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "What is Mal de debarquement?",
        "Is Cornelia de Lange syndrome inherited?",
        "what causes pityriasis lichenoides et varioliformis acuta",
        "β-thalassemia and λ-chains: who is a carrier?",
        "what does 頭痛 mean",
        "is naïve café crème bad for me",
    ],
)
def test_english_with_foreign_words(detector: EldDetector, text: str) -> None:
    """Names of diseases, letters of formulas and a quoted word make no other language of it."""
    assert told(detector, text) in {"", "en"}


def test_chinese_with_a_kana(detector: EldDetector) -> None:
    """One kana, as advertisements have it, does not make Japanese of a Chinese sentence."""
    assert told(detector, "我每天喝優の酪乳會不會肚子痛拉肚子") == "zh"


def test_golden_questions_are_english(detector: EldDetector) -> None:
    """None of those to the sample articles is taken for another language, and nearly all are told to be English."""
    lines = map(json.loads, (ROOT / "data/golden/questions.jsonl").read_text().splitlines())
    found = Counter(told(detector, line["asked"]) for line in lines if line["kind"] != "unrelated")
    assert set(found) <= {"", "en"}
    assert found["en"] > 0.98 * found.total()


@pytest.mark.parametrize("change", [str, unaccented, with_slips], ids=["as they are", "without accents", "with slips"])
def test_nine_in_ten_are_recognised(detector: EldDetector, change: Callable[[str], str]) -> None:
    """Of messages of four words and more in other languages; of those that nothing was set on, too."""
    asked = [each for each in foreign() if is_long(each)]
    for name in ("seen", "unseen"):
        assert recognised(detector, [each for each in asked if each.set == name], change) >= 0.9


def test_our_messages_are_as_they_are_said_to_be() -> None:
    """Ten and more in each of fourteen languages, of two to forty words, each once."""
    messages = foreign()
    counts = Counter(each.language for each in messages)
    assert sum(count >= 10 for count in counts.values()) == 14
    assert len({each.text for each in messages}) == len(messages)
    spaced = [len(each.text.split()) for each in messages if each.language not in {"ja", "zh"}]
    assert 2 <= min(spaced) <= statistics.median(spaced) <= max(spaced) <= 40


def test_a_greater_lead_tells_less() -> None:
    """What needs a greater lead over English is told of fewer messages, and never otherwise."""
    detectors = [EldDetector(lead) for lead in (0.0, 0.2, 0.4, 0.6, 1.0)]
    for message in foreign():
        found = [told(detector, message.text) for detector in detectors]
        known = found.count(found[0]) if found[0] else 0
        assert found == [found[0]] * known + [""] * (len(found) - known)


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_is_taken(text: str) -> None:
    """Lone surrogates, control and unassigned characters raise nothing, and languages have their usual names."""
    found = EldDetector().detect(text)
    assert found is None or (found.language == primary_language(found.language) and 0 <= found.certainty <= 1)


def test_threads_do_not_disturb_each_other(detector: EldDetector) -> None:
    """At once from many threads, each message is told as it is alone."""
    texts = [each.text for each in foreign()]
    alone = [detector.detect(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(lambda _: [detector.detect(text) for text in texts], range(16)):
            assert together == alone


@pytest.mark.shared
def test_messages_in_english_are_not_taken_for_others(detector: EldDetector, shared: Path) -> None:
    """Of questions and messages by patients and doctors at most two in 10,000, as they are and with slips."""
    whole = [text for name, texts in english(shared).items() if "names" not in name for text in texts]
    assert len(whole) > 15_000
    for change in (str, lambda text: with_slips(text.lower())):
        mistaken = sum(told(detector, change(text)) not in {"", "en"} for text in whole)
        assert mistaken <= 2 * len(whole) / 10_000

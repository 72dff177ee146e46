"""The emergency rules, as they stand in data/emergencies: each case states one of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.blocks import BlockType
from bot.domain.emergency import (
    UNNAMED,
    Assessment,
    Contact,
    Detector,
    PatternError,
    emergency_blocks,
    fallback_block,
)
from bot.domain.wording import ENGLISH
from bot.rules import Emergencies, read_emergencies
from embeddings.spelling import Speller
from tests.conftest import ROOT

FOLDER = ROOT / "data/emergencies"
TELLING = (
    "no",
    "chest",
    "pain",
    "or",
    "what",
    "if",
    "my",
    "baby",
    "had",
    "2012",
    "40",
    "can't",
    "breathe",
    ",",
    "?",
    ".",
    "but",
)


@pytest.fixture(scope="module")
def rules() -> Emergencies:
    return read_emergencies(FOLDER, Speller().is_known)


@pytest.fixture(scope="module")
def detector(rules: Emergencies) -> Detector:
    return rules.detector


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("crushing pain in my chest and I am sweating", "heart"),
        ("his mouth droops and he cannot lift his arm", "stroke"),
        ("I can't breathe", "breathing"),
        ("my throat is closing after peanuts", "allergy"),
        ("the bleeding won't stop", "bleeding"),
        ("my toddler drank bleach", "poisoning"),
        ("I want to kill myself", "suicide"),
        ("I'm pregnant and bleeding heavily", "pregnancy"),
        ("my newborn has a fever", "babies"),
        ("my son fell from the balcony", "children"),
        ("hit his head and keeps vomiting", "head-spine"),
        ("my wife is having a seizure", "seizures"),
        ("fever and she is confused", "sepsis"),
        ("bleach in my eye", "eyes"),
        ("sudden severe pain in my testicle", "testicles"),
        ("my diabetic dad is unconscious", "diabetes"),
        ("boiling water over his face", "heat-burns"),
        ("my husband is hitting me", "violence"),
        ("stopped drinking two days ago, now seeing things", "withdrawal"),
        ("severe stomach pain and vomiting blood", "abdomen"),
        ("she collapsed and is not breathing", "unconscious"),
        ("the bone is sticking out of my arm", "limb"),
        ("voices tell me to kill people", "psychosis"),
    ],
)
def test_every_sign_is_reached(rules: Emergencies, text: str, sign: str) -> None:
    """Each sign is found by its plainest words, and there is no sign without a case here."""
    assert sign in rules.detector.assess(text).signs


def test_the_cases_above_name_every_sign(rules: Emergencies) -> None:
    """A new sign needs a case."""
    cases = {case[1] for mark in test_every_sign_is_reached.pytestmark for case in mark.args[1]}  # type: ignore[attr-defined]
    assert cases == set(rules.signs)


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "no fever, chest pain or shortness of breath",
        "I don't have any chest pain",
        "my father had a stroke in 2012",
        "I had a heart attack five years ago",
        "she used to have seizures as a child",
        "what are the symptoms of a heart attack",
        "how is a stroke treated",
        "can anxiety cause chest pain",
        "what is the difference between a stroke and a seizure",
        "how do I lower my risk of a heart attack",
        "what to do if someone is choking",
        "in my first aid course we learned how to treat choking",
        "I'm writing a novel in which she is stabbed in the chest",
        "nearly had a heart attack when I saw the bill",
        "I'm dying to know",
        "what a stroke of luck",
        "recovering from a heart attack, when can I drive",
        "¿qué es un infarto?",
        "mi padre tuvo un infarto en 2010",
    ],
)
def test_what_is_not_so_or_not_now_is_no_emergency(detector: Detector, text: str) -> None:
    """Negation, history, knowledge, prevention, training, fiction and figures of speech show no notice."""
    assert not detector.assess(text).is_emergency


@pytest.mark.parametrize(
    "text",
    [
        "no fever but chest pain",
        "I had a heart attack five years ago and now I have chest pain again",
        "what should I do, my dad can't breathe",
        "what are the symptoms of a stroke? my wife's face is drooping",
        "she won't wake up",
        "he is not breathing",
        "my neighbour collapsed",
        "chst pain n sweatng",
        "cnt brth",
        "my dad is unconcious",
        "im bleding alot",
        "she is having a siezure",
        "no puedo respirar",
        "quiero morirme",
        "لا استطيع التنفس",
        "CHEST PAIN!!!",
    ],
)
def test_what_is_happening_is_an_emergency(detector: Detector, text: str) -> None:
    """What follows a "but", is back again, is asked in need, is said of others or misspelt shows the notice."""
    assert detector.assess(text).is_emergency


def test_the_most_urgent_sign_comes_first(detector: Detector) -> None:
    """Somebody who does not breathe comes before a broken leg."""
    signs = detector.assess("bone sticking out of his leg and he is not breathing").signs
    assert signs.index("unconscious") < signs.index("limb")


def test_a_likeness_speaks_where_no_rule_does(detector: Detector) -> None:
    """A message that is very like an emergency is one, of no name; a doubtful one is none if it is unlike."""
    assert detector.assess("something is very wrong with him", likeness=0.99).signs == (UNNAMED,)
    assert not detector.assess("something is very wrong with him", likeness=0.3).is_emergency
    assert not detector.assess("is it normal that my chest hurts", likeness=0.01).is_emergency


def test_the_likeness_is_english(detector: Detector) -> None:
    """A message in another language is judged by the rules alone."""
    assert not detector.assess("tengo mocos desde hace tres días", likeness=0.99).is_emergency
    assert not detector.assess("hm", likeness=0.99, language="es").is_emergency


def test_no_article_stands_beside_suicide_violence_or_psychosis(rules: Emergencies) -> None:
    """These are for people, not for reading."""
    assert {sign.id for sign in rules.signs.values() if not sign.quote} == {"suicide", "violence", "psychosis"}
    assert not rules.detector.may_quote(rules.detector.assess("I want to kill myself"))
    assert rules.detector.may_quote(Assessment((UNNAMED,)))


@pytest.mark.parametrize(
    "messages",
    [st.text(max_size=400), st.lists(st.sampled_from(TELLING), max_size=300).map(" ".join)],
    ids=["any text", "telling words"],
)
def test_no_text_breaks_the_rules(messages: st.SearchStrategy[str]) -> None:
    """Whatever is typed is assessed, be it the words that rules are made of, in any order."""

    @given(messages, st.sampled_from([None, 0.5]))
    @settings(max_examples=200, deadline=None)
    def assessed(text: str, likeness: float | None) -> None:
        _RULES.detector.assess(text, text[::-1], likeness)

    assessed()


_RULES = read_emergencies(FOLDER, Speller().is_known)


@pytest.mark.parametrize("pattern", ["", "chest + ", "@nothing", "#a-b > c", "***"])
def test_a_pattern_that_cannot_be_read_names_its_sign(rules: Emergencies, pattern: str) -> None:
    """Whoever wrote it is told where it stands."""
    sign = replace(rules.signs["heart"], patterns=(pattern,))
    frames = {name: ["zzz"] for name in _frame_names()}
    with pytest.raises(PatternError, match="heart"):
        Detector((sign,), {}, frames, {})


def test_a_missing_frame_is_named(rules: Emergencies) -> None:
    """Rules without their negations would alarm at everything."""
    with pytest.raises(PatternError, match="negators"):
        Detector((rules.signs["heart"],), {}, {}, {})


def _frame_names() -> tuple[str, ...]:
    from bot.domain.emergency.context import FRAMES  # noqa: PLC0415

    return FRAMES


def test_the_notice_comes_first_with_the_number_to_call(rules: Emergencies) -> None:
    """In a known country the number stands in the first line, and can be called."""
    sign = rules.signs["heart"]
    first, second, *_ = emergency_blocks((sign,), rules.countries["GB"], ENGLISH)
    assert (first.type, first.text) == (BlockType.NOTICE, "This may be an emergency. Call 999 now.")
    assert (second.type, second.href) == (BlockType.LINK, "tel:999")


def test_without_a_country_the_numbers_of_several_regions_are_shown(rules: Emergencies) -> None:
    """Nobody is left without a number."""
    blocks = emergency_blocks((), rules.countries[""], ENGLISH)
    hrefs = {block.href for block in blocks if block.type is BlockType.LINK}
    assert "local emergency number" in blocks[0].text
    assert {"tel:911", "tel:999", "tel:112", "tel:000", "tel:119"} <= hrefs


def test_a_crisis_line_comes_before_the_emergency_number(rules: Emergencies) -> None:
    """Who thinks of suicide is led to somebody to talk to."""
    blocks = emergency_blocks((rules.signs["suicide"],), rules.countries["US"], ENGLISH)
    links = [block.href for block in blocks if block.type is BlockType.LINK]
    assert links[:2] == ["tel:988", "tel:911"]
    assert "988" in blocks[0].text


def test_poison_lines_and_police_are_shown_where_they_are_needed(rules: Emergencies) -> None:
    """Each sign brings its own lines."""
    poison = emergency_blocks((rules.signs["poisoning"],), rules.countries["US"], ENGLISH)
    police = emergency_blocks((rules.signs["violence"],), rules.countries["JP"], ENGLISH)
    assert "tel:18002221222" in {block.href for block in poison}
    assert "110" in police[0].text


@pytest.mark.parametrize("code", sorted(_RULES.countries))
def test_every_country_can_show_every_sign(rules: Emergencies, code: str) -> None:
    """No place is left unfilled, in no country, for no sign; nothing is marked as an article's."""
    country = rules.countries[code]
    assert not code or country.lines_for(Contact.EMERGENCY)
    assert not code or country.lines_for(Contact.POLICE)
    for sign in rules.signs.values():
        for block in (*emergency_blocks((sign,), country, ENGLISH), fallback_block(country, ENGLISH)):
            assert "{" not in block.text + "".join(block.items or ())
            assert not block.quoted
            assert block.text or block.items


def test_every_sign_says_what_to_do(rules: Emergencies) -> None:
    """Each has a title, a few lines of advice, and patterns."""
    for sign in rules.signs.values():
        assert sign.title
        assert sign.patterns
        assert 2 <= len(sign.advice) + len(sign.avoid) <= 8


def test_the_fallback_names_the_number(rules: Emergencies) -> None:
    """While the rules are broken every reply says whom to call."""
    assert "112" in fallback_block(rules.countries["DE"], ENGLISH).text
    assert "local emergency number" in fallback_block(rules.countries[""], ENGLISH).text

"""The phrases that ship, and the triplets that they make."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.training.noise import careless, framed, mistyped
from bot.training.phrases import Phrases, Topic, read_phrases
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    """Those of the repository."""
    return read_phrases(ROOT / "data/training")


def test_every_topic_has_aspects_to_ask_about(phrases: Phrases) -> None:
    """No kind of topic is without at least two aspects that are not related, which a triplet needs."""
    for kind in {topic.kind for topic in phrases.topics}:
        aspects = [aspect for aspect in phrases.aspects if kind in aspect.kinds]
        for aspect in aspects:
            assert any(other != aspect and other.name not in aspect.related for other in aspects), (kind, aspect.name)


def test_every_form_names_its_topic(phrases: Phrases) -> None:
    """A form without {topic} would ask about nothing; one with another placeholder would show it to a reader."""
    for aspect in phrases.aspects:
        for form in aspect.forms:
            rest = form.replace("{topic}", "").replace("{who}", "")
            assert "{topic}" in form, (aspect.name, form)
            assert "{" not in rest, (aspect.name, form)


def test_related_aspects_are_related_both_ways(phrases: Phrases) -> None:
    """Else one of the two would be taught as a wrong answer to the other."""
    by_name = {aspect.name: aspect for aspect in phrases.aspects}
    for aspect in phrases.aspects:
        for name in aspect.related:
            assert aspect.name in by_name[name].related, (aspect.name, name)


def test_no_two_topics_share_a_name(phrases: Phrases) -> None:
    """A name that two near topics had would make the same question right and wrong."""
    names = [name.lower() for topic in phrases.topics for name in topic.names]
    assert len(names) == len(set(names))


def test_a_pair_is_either_the_same_or_a_contrast(phrases: Phrases) -> None:
    """No pair is taught as both."""
    assert not {frozenset(pair) for pair in phrases.same} & {frozenset(pair) for pair in phrases.contrasts}


@pytest.mark.parametrize("seed", range(20))
def test_a_triplet_s_negative_asks_something_else(phrases: Phrases, seed: int) -> None:
    """The wrong question is on another aspect of the topic, or on a topic near it; no placeholder is left."""
    rng = random.Random(seed)
    topic = Topic("condition", ("measles", "rubeola"), ("rubella",))
    triplet = phrases.triplet(topic, rng)
    assert "{" not in "".join(triplet)
    assert any(name in triplet.positive for name in topic.names)
    assert triplet.negative != triplet.positive
    assert any(name in triplet.negative for name in ("measles", "rubeola", "rubella"))


def test_the_same_seed_makes_the_same_triplets(phrases: Phrases) -> None:
    """What a model was trained on can be made again."""
    first, again = (
        [phrases.triplet(rng.choice(phrases.topics), rng) for _ in range(50)]
        for rng in (random.Random(3), random.Random(3))
    )
    assert first == again


@pytest.mark.parametrize("seed", range(10))
def test_a_slip_changes_one_word_by_one_letter(seed: int) -> None:
    """Two letters swapped, one left out or one doubled, within the word."""
    text = "is influenza contagious"
    slipped = mistyped(text, random.Random(seed))
    changed = [pair for pair in zip(text.split(), slipped.split(), strict=True) if pair[0] != pair[1]]
    assert len(changed) <= 1
    assert abs(len(slipped) - len(text)) <= 1


def test_short_words_are_left_alone() -> None:
    """There is nothing to slip on."""
    assert mistyped("is it flu", random.Random(1)) == "is it flu"


def test_a_framed_question_keeps_its_words() -> None:
    """The question stands whole in the message around it."""
    message = framed("Is it flu?", ["Hello.", "I am 40."], ["Thanks."], random.Random(2))
    assert "Is it flu?" in message
    assert message != "Is it flu?"


def test_careless_typing_keeps_the_order_of_words() -> None:
    """However careless, it stays the same message."""
    assert len(careless("What are the symptoms of shingles?", random.Random(4)).split()) == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("aspects.yaml", "a: [", "is not YAML"),
        ("aspects.yaml", "symptoms: {related: []}", "does not hold phrases for training"),
        ("same.yaml", "- [only one]", "does not hold phrases for training"),
        ("topics.yaml", None, "cannot be read"),
        ("topics.yaml", "{}", "it has no topics"),
        ("topics.yaml", "planet: [[[mars]]]", "no aspect is of the kind 'planet'"),
        ("aspects.yaml", "a: {related: [], kinds: [test], forms: ['{topic}?', 'is {topic}?']}", "no aspect is of the"),
    ],
)
def test_a_folder_that_is_none_is_told(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    """The error names the file or folder and what is wrong."""
    for path in (ROOT / "data/training").glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(content)
    with pytest.raises(UnreadableFile, match=said):
        read_phrases(tmp_path)

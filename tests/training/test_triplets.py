"""Triplets from pairs, topics and phrases."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.training.making import Sources, triplets_of
from bot.training.phrases import read_phrases
from bot.training.triplets import Pair, from_pairs, from_topics, read_pairs
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoder import Encoder

QUESTIONS = [
    "What are the symptoms of shingles?",
    "How is shingles treated?",
    "Is shingles contagious?",
    "How long does a sprained ankle take to heal?",
    "What causes kidney stones?",
]
PAIRS = [
    Pair("what does shingles look like at first", QUESTIONS[0], entailed=True),
    Pair("can i give my shingles to the baby", QUESTIONS[2], entailed=True),
    Pair("can i give my shingles to the baby", QUESTIONS[1], entailed=False),
    Pair("when can i run after i twisted my foot", QUESTIONS[3], entailed=True),
    Pair("why did i get a stone in my kidney", QUESTIONS[4], entailed=True),
]


def test_the_wrong_question_is_near_and_not_known_to_be_right(encoder: Encoder) -> None:
    """Each pair with an answer makes one triplet; its negative is one of the library that is not right."""
    triplets = list(from_pairs(PAIRS, encoder.encode, random.Random(1)))
    assert [triplet.anchor for triplet in triplets] == [pair.asked for pair in PAIRS if pair.entailed]
    for triplet, pair in zip(triplets, [pair for pair in PAIRS if pair.entailed], strict=True):
        assert triplet.positive == pair.library_question
        assert triplet.negative in QUESTIONS
        assert triplet.negative != triplet.positive


def test_equal_texts_teach_nothing(encoder: Encoder) -> None:
    """A question asked in the library's own words makes no triplet, whatever its case and spaces."""
    pairs = [*PAIRS, Pair("how is  SHINGLES treated?", QUESTIONS[1], entailed=True)]
    assert len(list(from_pairs(pairs, encoder.encode, random.Random(1)))) == 4


def test_a_question_with_two_right_answers_has_neither_as_negative(encoder: Encoder) -> None:
    """What also answers is never taught to be wrong."""
    both = [Pair("shingles, what now", question, entailed=True) for question in QUESTIONS[:2]]
    for seed in range(10):
        for triplet in from_pairs([*PAIRS, *both], encoder.encode, random.Random(seed)):
            if triplet.anchor == "shingles, what now":
                assert triplet.negative not in QUESTIONS[:2]


def test_no_pairs_no_triplets(encoder: Encoder) -> None:
    """A file of wrong answers alone is no reason to fail."""
    assert list(from_pairs([PAIRS[2]], encoder.encode, random.Random(1))) == []


def test_topics_that_share_a_word_are_taken_for_each_other() -> None:
    """A name of one word in common is what makes two conditions near; others are not mixed up."""
    phrases = read_phrases(ROOT / "data/training")
    names = ["Marfan syndrome", "Loeys-Dietz syndrome", "asthma"]
    for seed in range(20):
        for triplet, name in zip(from_topics(phrases, names, random.Random(seed)), names, strict=True):
            assert name in triplet.positive
            if name == "asthma":
                assert "asthma" in triplet.negative


def test_sources_together(encoder: Encoder) -> None:
    """All sources are drawn from and shuffled; the same seed gives the same, another one another order."""
    sources = Sources(read_phrases(ROOT / "data/training"), 40, ("asthma", "gout"), (tuple(PAIRS),))
    first, again, other = (triplets_of(sources, encoder.encode, seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other
    assert len(first) > 40 + 2 + 4


def test_pairs_are_read(tmp_path: Path) -> None:
    """JSON Lines of asked, library_question and entailed; empty lines are passed over."""
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"asked": "a", "library_question": "b", "entailed": true}\n\n')
    assert list(read_pairs(path)) == [Pair("a", "b", entailed=True)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"asked": "a", "library_question": "b"}', "line 1: .*expected asked and library_question"),
        ('{"asked": 3, "library_question": "b", "entailed": true}', "line 1"),
        ("[]", "line 1: it is"),
        ("no", "line 1: it is not JSON"),
    ],
)
def test_pairs_that_are_none_are_told(tmp_path: Path, line: str, said: str) -> None:
    """The line, and what was expected there."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UnreadableFile, match=said):
        list(read_pairs(path))

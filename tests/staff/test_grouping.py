"""Questions are grouped by what they mean to the real encoder."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.grouping import QuestionGrouping

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

# Each line means the same.
MEANINGS = (
    ("How do I get rid of hiccups?", "how can i get rid of hiccups", "How do I get rid of the hiccups?"),
    ("Is a bunion dangerous?", "are bunions dangerous"),
    ("Can I fly with a cold?", "can i fly when i have a cold", "Is it ok to fly with a cold?"),
    ("Why is my left eyelid twitching?", "why does my left eyelid twitch"),
)


@pytest.fixture(scope="module")
def vectors(encoder: Encoder) -> dict[str, bytes]:
    texts = [text for meaning in MEANINGS for text in meaning]
    return {text: row.astype("<f2").tobytes() for text, row in zip(texts, encoder.encode(texts), strict=True)}


def grouped(texts: list[str], vectors: dict[str, bytes], sizes: list[int]) -> dict[str, str]:
    """The first wording of each one's group, where they come in batches of these sizes."""
    placed: list[tuple[str, bytes]] = []
    found: dict[str, str] = {}
    rest = texts
    for size in (*sizes, len(texts)):
        batch, rest = rest[:size], rest[size:]
        places = QuestionGrouping().place(placed, [vectors[text] for text in batch])
        first: dict[int, str] = {}
        for text, place in zip(batch, places, strict=True):
            found[text] = place if isinstance(place, str) else first.setdefault(place, text)
            placed.append((found[text], vectors[text]))
    return found


def test_wordings_of_one_meaning_stand_together(vectors: dict[str, bytes]) -> None:
    """And no others with them."""
    groups = grouped(list(vectors), vectors, [])
    for meaning in MEANINGS:
        assert {groups[text] for text in meaning} == {meaning[0]}


@pytest.mark.parametrize("seed", range(5))
def test_batches_do_not_matter(vectors: dict[str, bytes], seed: int) -> None:
    """In whichever batches questions come, they stand as if they had come one by one; what has a place keeps it."""
    draw = random.Random(seed)
    texts = [*vectors, *draw.sample(list(vectors), 4)]
    draw.shuffle(texts)
    one_by_one = grouped(texts, vectors, [1] * len(texts))
    assert grouped(texts, vectors, []) == one_by_one
    assert grouped(texts, vectors, [draw.randint(1, 4) for _ in range(5)]) == one_by_one


def unit(*values: float) -> bytes:
    row = np.array(values) / np.linalg.norm(values)
    return bytes(row.astype("<f2").tobytes())


def test_groups_do_not_grow_in_chains() -> None:
    """What is like the last member alone stays out; the nearest three have to agree."""
    chain = [unit(np.cos(angle), np.sin(angle)) for angle in np.arange(5) * 0.5]
    assert QuestionGrouping(near=0.8, nearest=1).place([], chain) == [0, 0, 0, 0, 0]
    assert QuestionGrouping(near=0.8, nearest=3).place([], chain) != [0, 0, 0, 0, 0]


def test_a_group_of_two_wordings_made_by_hand_takes_both() -> None:
    """Unlike the mean of all its members, which is near to neither."""
    placed = [("both", unit(1, 0))] * 3 + [("both", unit(0, 1))] * 3
    assert QuestionGrouping().place(placed, [unit(1, 0.1), unit(0.1, 1), unit(-1, 0)]) == ["both", "both", 0]


def test_the_same_words_go_where_staff_put_them() -> None:
    """Though the group that they were taken from is nearer on the whole."""
    placed = [("from", unit(1, 0.03)), ("from", unit(1, -0.03)), ("to", unit(1, 0)), ("to", unit(0, 1))]
    assert QuestionGrouping().place(placed, [unit(1, 0)]) == ["to"]


def test_the_central_wording() -> None:
    """It is the one nearest to the mean, of equal ones the first."""
    assert QuestionGrouping().central([unit(1, 0), unit(1, 1), unit(0, 1)]) == 1
    assert QuestionGrouping().central([unit(1, 0), unit(1, 0)]) == 0

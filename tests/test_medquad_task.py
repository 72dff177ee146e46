"""MedQuAD as an evaluation: what is said to be answered is there, and what is held out is not."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from scripts import medquad_phrasings as phrasings
from scripts.medquad_task import is_held_out, misspelt, normalised, task

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.medquad_task import Record

NAMES = [
    f"{syllable}{ending} Syndrome" for syllable in ("Bar", "Dol", "Fen", "Gim", "Kul", "Mor") for ending in "aeiou"
]
FORMS = ("What is (are) {} ?", "What are the symptoms of {} ?", "Is {} inherited ?")


def file(name: str, number: int) -> str:
    pairs = "".join(
        f'<QAPair pid="{place}"><Question>{form.format(name)}</Question><Answer>One text.</Answer></QAPair>'
        for place, form in enumerate(FORMS, start=1)
    )
    return f'<Document id="{number}" source="GARD"><Focus>{name}</Focus><QAPairs>{pairs}</QAPairs></Document>'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Record], list[Record]]:
    """Thirty made-up diseases with three articles each, one of them told of by two files; and the task of them."""
    folder = tmp_path_factory.mktemp("medquad")
    for number, name in enumerate([*NAMES, NAMES[0].upper() + " (BS)"]):
        (folder / f"{number:07}.xml").write_text(file(name, number))
    return folder, *task(folder)


def test_what_is_expected_is_there(made: tuple[Path, list[Record], list[Record]]) -> None:
    """Every id is in the library, with the topic that is asked about; articles of two files count alike."""
    _, library, questions = made
    by_id = {str(record["id"]): str(record["question"]).lower() for record in library}
    answerable = [question for question in questions if question["expected"]]
    assert {question["kind"] for question in answerable} == {"plain", "terse", "story", "misspelt"}
    for question in answerable:
        expected = question["expected"]
        assert isinstance(expected, list)
        topics = {re.sub(r" \(bs\)", "", topic) for topic in (by_id[identifier] for identifier in expected)}
        assert len(topics) == 1
        is_double = not is_held_out(normalised(NAMES[0])) and NAMES[0].lower() in topics.pop()
        assert len(expected) == (2 if is_double else 1)


def test_what_is_held_out_is_not_there(made: tuple[Path, list[Record], list[Record]]) -> None:
    """No library question names a held-out topic, and nothing on a missing type is in the topic's articles."""
    _, library, questions = made
    gone = [name for name in NAMES if is_held_out(normalised(name))]
    assert 0 < len(gone) < len(NAMES) / 2
    whole = " ".join(str(record["question"]).lower() for record in library)
    assert not any(name.lower() in whole for name in gone)
    asked = [str(question["asked"]).lower() for question in questions if question["kind"] == "held-out topic"]
    assert len(asked) == len(gone) * len(FORMS)
    missing = [question for question in questions if question["kind"] == "missing type"]
    assert missing
    assert all(question["expected"] is None for question in missing)
    assert not any("hereditary" in str(question["asked"]) for question in missing)


def test_the_task_is_the_same_each_time(made: tuple[Path, list[Record], list[Record]]) -> None:
    """The sample, the wording and the slips are seeded; the texts are there if they are asked for."""
    folder, library, questions = made
    again, same = task(folder, full=True)
    assert same == questions
    assert [{"id": record["id"], "question": record["question"]} for record in again] == library
    assert all(record["explanation"] == "One text." for record in again)


def test_slips_change_words_a_little() -> None:
    """Some longer words differ, by two letters at most in length and never in number; short ones stay."""
    text = "how do doctors treat alopecia areata and what helps"
    changed = misspelt(text, random.Random(1))
    assert changed != text
    pairs = list(zip(text.split(" "), changed.split(" "), strict=True))
    assert all(before == after for before, after in pairs if len(before) <= 4)
    assert all(abs(len(before) - len(after)) <= 1 for before, after in pairs)
    assert misspelt(text, random.Random(1)) == changed


def test_every_type_has_its_phrasings() -> None:
    """Each type of question is asked in several ways, all of which name the topic."""
    assert phrasings.LIBRARY.keys() == phrasings.PLAIN.keys() == phrasings.TERSE.keys()
    assert phrasings.MENTIONS.keys() <= phrasings.PLAIN.keys()
    for kind, ways in phrasings.PLAIN.items():
        assert len(set(ways)) >= 4, kind
        assert all(way.count("{topic}") == 1 for way in (*ways, phrasings.TERSE[kind]))

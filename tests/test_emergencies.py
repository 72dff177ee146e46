"""Emergencies, recognised as in a conversation: the quality that no change may fall below, and what must be named.

The gates stand in data/emergencies/gates.json, and nowhere else.
"""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import load_emergencies
from bot.config import Settings
from bot.domain.errors import ConfigurationError, UnreadableFile
from bot.evaluation import read_questions
from bot.retrieval import no_progress
from bot.rules import read_countries, read_emergencies
from bot.service.triage import assess
from bot.triage_evaluation import alarmed, read_messages, triage_metrics
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bot.service.core import Safety
    from embeddings.encoder import Encoder

FOLDER = ROOT / "data/emergencies"
GATES: dict[str, dict[str, float]] = json.loads((FOLDER / "gates.json").read_text())


@pytest.fixture(scope="module")
def safety(models_dir: Path, encoder: Encoder) -> Safety:
    return load_emergencies(Settings(data_dir=models_dir.parent), encoder)


@pytest.mark.parametrize("name", [name for name in GATES if name.endswith(".tsv")])
def test_quality_does_not_fall_below(safety: Safety, encoder: Encoder, name: str) -> None:
    """Emergencies are recognised as often, and others alarmed at as seldom, as the gate says."""
    messages = read_messages(FOLDER / name)
    found = alarmed(safety, encoder, [message.text for message in messages], no_progress)
    metrics = triage_metrics(messages, found)
    assert metrics["recall"] >= GATES[name]["recall"]
    assert metrics["false_alarm_rate"] <= GATES[name]["false_alarm_rate"]


def test_the_rules_alone_are_good_enough(safety: Safety) -> None:
    """Where the encoder is down, most is still recognised."""
    messages = read_messages(FOLDER / "unseen.tsv")
    found = [assess(safety, message.text, None).is_emergency for message in messages]
    metrics = triage_metrics(messages, found)
    assert metrics["recall"] >= GATES["rules alone"]["recall"]
    assert metrics["false_alarm_rate"] <= GATES["rules alone"]["false_alarm_rate"]


def test_ordinary_questions_seldom_alarm(safety: Safety, encoder: Encoder) -> None:
    """Of the golden questions hardly any shows the notice."""
    texts = [question.asked for question in read_questions(ROOT / "data/golden/questions.jsonl")]
    found = alarmed(safety, encoder, texts, no_progress)
    assert sum(found) / len(found) <= GATES["golden"]["false_alarm_rate"]


def test_no_unseen_message_is_an_example() -> None:
    """What is measured on is not learned from."""
    examples = {message.text.lower() for message in read_messages(FOLDER / "examples.tsv")}
    assert not examples & {message.text.lower() for message in read_messages(FOLDER / "unseen.tsv")}


def test_broken_rules_are_told_of_and_never_raise(safety: Safety, caplog: pytest.LogCaptureFixture) -> None:
    """A fault in the rules costs no reply, and its log has no word of the message."""
    broken = SimpleNamespace(detector=None, likeness=safety.likeness, countries=safety.countries)
    assessment = assess(broken, "my secret words", None)  # type: ignore[arg-type]
    assert assessment.broken
    assert not assessment.is_emergency
    assert caplog.records[-1].getMessage() == "emergency_detector_failed"
    assert "secret" not in caplog.text


def test_without_a_likeness_the_rules_go_on(safety: Safety) -> None:
    """A likeness that fails leaves the rules alone."""
    assert assess(safety, "I can't breathe", SimpleNamespace(text="I can't breathe", vector=None)).is_emergency


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "emergencies")
    return tmp_path / "emergencies"


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("signs/heart.yaml", "id: [", "heart.yaml.*line"),
        ("signs/heart.yaml", "id: heart", "heart.yaml.*is missing"),
        ("signs/heart.yaml", None, "heart.yaml"),
        ("words.yaml", "lists: {}", "words.yaml"),
        ("countries.yaml", "countries: {}", "countries.yaml"),
        ("countries.yaml", "regions: [XX]\ncountries: {GB: {name: x, emergency: ['999']}}", "XX"),
        ("countries.yaml", "regions: [GB]\ncountries: {GB: {name: x}}", "GB.*emergency number"),
    ],
)
def test_a_fault_in_the_rules_is_named(copied: Path, file: str, text: str | None, named: str) -> None:
    """No installation starts with broken rules, and whoever broke them is told where."""
    if text is None:
        (copied / file).write_bytes(b"\xff")
    else:
        (copied / file).write_text(text)
    with pytest.raises(ConfigurationError, match=named):
        read_emergencies(copied, bool)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("quote: true", "quote: maybe", "heart.*quote"),
        ("rank: 20", "rank: high", "heart.*rank"),
        ("contacts: []", "contacts: [friend]", "heart.*friend"),
        ('"@chest > @chest_pain"', '"@chst > pain"', "heart.*@chst"),
        ("Do not drive yourself to the hospital.", "Do not call {name}.", "heart.*name"),
    ],
)
def test_a_fault_in_a_sign_names_it(copied: Path, old: str, new: str, named: str) -> None:
    """Each field of a sign is checked."""
    path = copied / "signs/heart.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigurationError, match=named):
        read_emergencies(copied, bool)


def test_an_installation_does_not_start_without_its_rules(tmp_path: Path, encoder: Encoder) -> None:
    """An empty folder of rules is refused."""
    with pytest.raises(ConfigurationError, match="DOCTORS_NOTE_RULES_DIR"):
        load_emergencies(Settings(data_dir=tmp_path, rules_dir=tmp_path), encoder)


def test_a_country_without_numbers_is_refused(models_dir: Path, encoder: Encoder) -> None:
    """A country is one that there are numbers for."""
    with pytest.raises(ConfigurationError, match=r"DOCTORS_NOTE_COUNTRY.*'ZZ'"):
        load_emergencies(Settings(data_dir=models_dir.parent, country="zz"), encoder)


def test_the_countries_asked_for_are_there() -> None:
    """Each with its main lines."""
    assert {"US", "CA", "GB", "IE", "JP", "IN", "AU", "NZ", "DE", "FR", ""} <= set(
        read_countries(FOLDER / "countries.yaml")
    )


@pytest.mark.parametrize(
    ("text", "line"), [("1\tok\n2\tno\n", "line 2"), ("1\tok\n\nx", "line 3"), ("1\t\n", "line 1"), ("", "no message")]
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, line: str) -> None:
    """A file that is not what it should be says where."""
    path = tmp_path / "messages.tsv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=line):
        read_messages(path)

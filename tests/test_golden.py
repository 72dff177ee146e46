"""The golden questions, asked of the bundled library: the quality that no change may fall below.

The gates stand in data/golden/gates.json, and nowhere else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.bootstrap import temporary_installation
from bot.config import Settings
from bot.domain.message import Inbound
from bot.evaluation import read_questions
from bot.predictions import metrics_of, predict
from bot.retrieval import no_progress
from bot.service.asking import ask
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bot.bootstrap import Installation
    from bot.ports import SourcedArticle
    from bot.predictions import Prediction
    from embeddings.encoder import Encoder

GOLDEN = ROOT / "data/golden"
GATES: dict[str, dict[str, float]] = json.loads((GOLDEN / "gates.json").read_text())


@pytest.fixture(scope="module")
def predictions(
    bundled: list[SourcedArticle], encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> list[Prediction]:
    """What becomes of the golden questions, as `evaluate` asks them."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("golden"))
    with temporary_installation(settings, bundled, encoder=encoder) as installation:
        return predict(installation.core, list(read_questions(GOLDEN / "questions.jsonl")), 10, no_progress)


def figure(metrics: dict[str, Any], name: str) -> float:
    """The metric `name`; a part of one is named as in right_at_false.0.05."""
    whole, _, part = name.partition(".")
    return float(metrics[whole][part] if part else metrics[whole])


@pytest.mark.parametrize("name", GATES["at_least"])
def test_quality_does_not_fall_below(predictions: list[Prediction], name: str) -> None:
    """Right articles are found and quoted as often as the gate says."""
    assert figure(metrics_of(predictions), name) >= GATES["at_least"][name]


@pytest.mark.parametrize("name", GATES["at_most"])
def test_errors_do_not_rise_above(predictions: list[Prediction], name: str) -> None:
    """Wrong articles are quoted, and probabilities are off, as seldom as the gate says."""
    assert figure(metrics_of(predictions), name) <= GATES["at_most"][name]


def test_gates_are_of_metrics() -> None:
    """Every gate is a share, and no time."""
    assert GATES.keys() == {"at_least", "at_most"}
    for gates in GATES.values():
        assert gates
        assert all(0 <= gate <= 1 for gate in gates.values())
        assert not any("seconds" in name for name in gates)


@pytest.mark.slow
def test_an_evaluation_predicts_what_a_patient_gets(predictions: list[Prediction], installation: Installation) -> None:
    """Each golden question, asked alone: the same outcome, probability and article, quoted or offered."""
    for prediction in predictions:
        if not any(character.isalnum() for character in prediction.question.asked):
            continue
        reply = ask(installation.core, Inbound(prediction.question.asked))
        place = f"line {prediction.question.line}"
        assert reply.outcome == prediction.outcome, place
        assert reply.probability == prediction.probability, place
        assert (reply.quotation.article_id if reply.quotation else None) == prediction.quoted, place
        offered = tuple(choice.article_id for choice in reply.choices)
        assert offered == prediction.ranking[: len(offered)], place
        # Small talk, and an emergency beside which nothing is quoted, look for no article.
        candidates = installation.core.store.turns(reply.session_id)[-1].candidates
        assert [each.article_id for each in candidates[:1]] in ([], [prediction.article_id]), place


def test_files_are_read_as_they_stand(tmp_path: Path) -> None:
    """A question keeps its line, its kind, and `expected` as its file states it."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"asked": "a", "expected": "x"}\n\n{"asked": "b", "expected": ["y", "x"], "kind": "long"}\n')
    first, second = read_questions(path)
    assert (first.line, first.expected, first.kind) == (1, frozenset({"x"}), "")
    assert (second.line, second.expected, second.kind) == (3, frozenset({"x", "y"}), "long")
    assert first.stated == "x"
    assert second.stated == ("y", "x")

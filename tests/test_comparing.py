"""Baselines find what they can, in an order that is always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.comparing import BASELINES, Baseline, measured
from bot.domain.records import article_from_record
from bot.evaluation import AskedQuestion, Task
from bot.ports import SourcedArticle
from embeddings.remembering import RememberingEncoder

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

QUESTIONS = {
    "jet-lag": "How can I get over jet lag?",
    "dandruff": "What helps against dandruff?",
    "sleeping": "Why am I not sleeping well?",
    "sleeping-again": "Why am I not sleeping well?",
}
ARTICLES = [
    article_from_record({"id": identifier, "question": question}, needs_answer=False)
    for identifier, question in QUESTIONS.items()
]


@pytest.fixture(params=BASELINES)
def baseline(request: pytest.FixtureRequest, encoder: Encoder) -> Baseline:
    """Each baseline, over four articles."""
    return BASELINES[request.param](ARTICLES, encoder)


def test_a_baseline_ranks_by_evidence(baseline: Baseline) -> None:
    """The closest comes first, equal ones in the order of the library, and no more than were asked for."""
    texts = ["dandruff", "he sleeps so badly, sleeping is hard", "jet lag"]
    ranking = baseline.rank(texts, 2)
    assert [[entry[0] for entry in entries][:1] for entries in ranking] == [["dandruff"], ["sleeping"], ["jet-lag"]]
    assert [entry[0] for entry in ranking[1]] == ["sleeping", "sleeping-again"]
    for entries in ranking:
        evidence = [entry[1] for entry in entries]
        assert evidence == sorted(evidence, reverse=True)
        assert len(entries) <= 2


def test_a_baseline_takes_any_message(baseline: Baseline) -> None:
    """Words that no article has, stop words alone, another script, nothing: a ranking each, empty or not."""
    texts = ["zxqv", "the of and", "頭が痛い", "", "?"]
    assert len(baseline.rank(texts, 3)) == len(texts)
    assert baseline.rank([], 3) == []


def test_words_are_stemmed(encoder: Encoder) -> None:
    """BM25 finds "sleeping" by "sleeps", and nothing by a word that no article has."""
    bm25 = BASELINES["bm25"](ARTICLES, encoder)
    found, nothing = bm25.rank(["he sleeps", "zxqv"], 3)
    assert [entry[0] for entry in found] == ["sleeping", "sleeping-again"]
    assert nothing == []


def test_a_library_of_stop_words_has_nothing_to_find(encoder: Encoder) -> None:
    """BM25 over articles without a word of weight finds nothing, without failing."""
    articles = [article_from_record({"id": "a", "question": "Is it?"}, needs_answer=False)]
    assert BASELINES["bm25"](articles, encoder).rank(["is it"], 3) == [[]]


def test_a_baseline_is_measured_without_a_policy(baseline: Baseline) -> None:
    """Its ranking has figures, what it would do has none."""
    task = Task(
        tuple(SourcedArticle(article) for article in ARTICLES),
        (
            AskedQuestion("what helps with dandruff", frozenset({"dandruff"})),
            AskedQuestion("zxqv", frozenset()),
        ),
    )
    metrics = measured(baseline, task, 10)
    assert (metrics["recall_at_1"], metrics["right_at_false"]["0.01"]) == (1.0, 1.0)
    assert metrics["false_answers"] is metrics["ece"] is None


def test_a_remembering_encoder_gives_the_same_vectors(encoder: Encoder) -> None:
    """For new texts, known ones, several alike and none; a text is encoded once."""
    remembering = RememberingEncoder(encoder)
    texts = ["jet lag", "dandruff", "jet lag"]
    first = remembering.encode(texts)
    assert first.shape == (3, encoder.dimension)
    assert (first @ encoder.encode(texts).T).diagonal() == pytest.approx(1, abs=1e-5)
    assert (remembering.encode(["dandruff"])[0] == first[1]).all()
    assert remembering.encode([]).shape == (0, encoder.dimension)
    assert (remembering.name, remembering.weights_sha256) == (encoder.name, encoder.weights_sha256)

"""Questions of an evaluation, asked as a patient's are, and what came of each."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.domain.decision import ranked
from bot.domain.errors import InvalidMessage
from bot.domain.message import Inbound
from bot.domain.reply import Outcome
from bot.metrics import Judged, metrics
from bot.service.asking import ask
from bot.service.matching import DEPTH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.evaluation import AskedQuestion
    from bot.service.core import Core

# As many questions as are encoded together.
_THREADS: Final = 32


@dataclass(frozen=True, slots=True)
class Prediction:
    """What came of a question.

    `article_id` is the best article, whatever the outcome; `quoted` the one that was quoted. `ranking` has the ids of
    all that were found, best first.
    """

    question: AskedQuestion
    outcome: Outcome
    article_id: str | None
    quoted: str | None
    probability: float | None
    ranking: tuple[str, ...]

    def line(self, depth: int) -> str:
        """The prediction as a line of JSON, with up to `depth` ids in `top`."""
        record = {
            "asked": self.question.asked,
            "expected": self.question.stated,
            "outcome": self.outcome,
            "article_id": self.article_id,
            "probability": self.probability,
            "top": self.ranking[:depth],
        }
        if self.question.kind:
            record["kind"] = self.question.kind
        return json.dumps(record, ensure_ascii=False)

    @property
    def judged(self) -> Judged:
        """The prediction held against what answers the question."""
        return Judged(
            is_answerable=bool(self.question.expected),
            place=place_of(self.question.expected, self.ranking),
            # What is quoted without a probability, as an article that was asked for by name, is so at any threshold.
            evidence=self.probability if self.probability is not None else 1.0 if self.quoted else float("-inf"),
            is_quoted=self.quoted is not None,
            is_offered=self.quoted is not None or self.outcome is Outcome.CHOICES,
            probability=self.probability,
        )


def place_of(expected: frozenset[str], ranking: Sequence[str]) -> int | None:
    """The place, from 1, of the first of `ranking` that is expected; None where none is."""
    return next((place for place, article_id in enumerate(ranking, start=1) if article_id in expected), None)


def predict(
    core: Core, questions: Sequence[AskedQuestion], depth: int, progress: Callable[[int, int], None]
) -> list[Prediction]:
    """What comes of each question, in their order, with `depth` articles ranked or what a patient's question ranks.

    They are asked many at once, so that they are encoded together. `progress` is told of questions done, and of all.
    """
    # Those of like length together: a batch is as slow as its longest.
    order = sorted(range(len(questions)), key=lambda number: len(questions[number].asked), reverse=True)
    predictions: dict[int, Prediction] = {}
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="evaluation")
    try:
        futures = {pool.submit(_predict, core, questions[number], depth): number for number in order}
        for future in as_completed(futures):
            predictions[futures[future]] = future.result()
            progress(len(predictions), len(questions))
    finally:
        pool.shutdown(cancel_futures=True)
    return [predictions[number] for number in range(len(questions))]


def metrics_of(predictions: Sequence[Prediction]) -> dict[str, Any]:
    """All metrics, and where questions have a kind, the main ones of each kind."""
    result = metrics([prediction.judged for prediction in predictions])
    kinds = sorted({prediction.question.kind for prediction in predictions} - {""})
    if kinds:
        result["by_kind"] = {
            kind: _without_thresholds([each.judged for each in predictions if each.question.kind == kind])
            for kind in kinds
        }
    return result


def _without_thresholds(judged: Sequence[Judged]) -> dict[str, Any]:
    # A kind is mostly all answerable or all not, and small: no threshold or calibration is measured on it.
    unmeasured = {"right_at_false", "ece", "false_answers_upper_95"}
    return {name: value for name, value in metrics(judged).items() if name not in unmeasured}


def _predict(core: Core, question: AskedQuestion, depth: int) -> Prediction:
    try:
        inbound = Inbound(question.asked)
    except InvalidMessage:
        # One without a word, "???" say, or one that is too long: the sender is told so, and nothing is quoted.
        return Prediction(question, Outcome.UNMATCHED, article_id=None, quoted=None, probability=None, ranking=())
    reply = ask(core, inbound)
    turn = core.store.turns(reply.session_id)[-1]
    ranking = [each.article_id for each in turn.candidates]
    quoted = reply.quotation.article_id if reply.quotation else None
    if not ranking and quoted:
        ranking.append(quoted)
    if depth > DEPTH or not ranking:
        # The decision is made on what a patient's question finds; what else is found stands behind that. Of small talk
        # and of some emergencies nothing is looked for.
        query = core.retriever.read(inbound.text)
        further, _ = core.retriever.find(query, max(DEPTH, depth), turn.language)
        known = set(ranking)
        ranking += [
            entry.candidate.article_id
            for entry in ranked(further, core.calibration, query.text)
            if entry.candidate.article_id not in known
        ]
    return Prediction(
        question=question,
        outcome=reply.outcome,
        article_id=ranking[0] if ranking else None,
        quoted=quoted,
        probability=turn.probability,
        ranking=tuple(ranking[: max(DEPTH, depth)]),
    )

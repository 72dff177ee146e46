"""Whom many questions find, told from their vectors alone: the rule of `bot.domain.decision`, in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.domain.decision import MAX_RIVALS, SIMILARITY_DIGITS, UNRELATED
from bot.retrieval import QUESTION_FIELDS
from bot.service.matching import DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.domain.decision import Calibration
    from embeddings.segment import Document

# A stored vector is rounded to half precision, which moves a similarity by about 0.00002; and similarities are rounded.
SLACK: Final = 0.00015
# No more than this (as a logit) does one rival more or less change a probability.
_RIVAL_REACH: Final = 0.5
# Choices are told apart by their first so many.
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class _Standing:
    """The candidates of some questions, best first: a row a question, a column a candidate, with NaN where is none."""

    columns: NDArray[np.int64]
    by_question: NDArray[np.float64]
    evidence: NDArray[np.float64]
    logits: NDArray[np.float64]


class StandingTable:
    """The texts of some documents, of which one is found by more phrasings than before."""

    def __init__(self, documents: Sequence[tuple[Document, Document | None]], article_id: str) -> None:
        """`documents` are as they would be, and as they are; None where it is not found at all."""
        after = [document for document, _ in documents]
        self._questions, self._question_starts = _stacked([question_vectors(document) for document in after])
        self._passages, self._passage_starts = _stacked([_passages(document) for document in after])
        self._has_passages = np.array([len(_passages(document)) > 0 for document in after], np.bool_)
        self._article = next((place for place, each in enumerate(after) if each.id == article_id), None)
        before = documents[self._article][1] if self._article is not None else None
        self._known = question_vectors(before) if before else None
        # Equal similarities are ordered by id.
        self._by_id = np.argsort(np.argsort([document.id for document in after]))

    def held(
        self, rows: NDArray[np.float32], words: NDArray[np.float32], calibration: Calibration
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which of `rows` are decided on otherwise, and of which the last digits tell that.

        `words` are the logarithms of their numbers of words.
        """
        differs, is_close = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        if self._article is None:
            return differs, is_close
        by_question = np.maximum.reduceat(rows @ self._questions.T, self._question_starts, axis=1)
        by_passage = np.full(by_question.shape, np.nan, np.float32)
        if self._has_passages.any():
            by_passage[:, self._has_passages] = np.maximum.reduceat(
                rows @ self._passages.T, self._passage_starts, axis=1
            )
        # Where the article is no candidate even then, nothing changes.
        nearest = np.fmax(by_question, by_passage)
        its = nearest[:, self._article, np.newaxis]
        found = np.flatnonzero((nearest > its + 2 * SLACK).sum(axis=1) < DEPTH)
        by_question, by_passage, words = by_question[found], by_passage[found], words[found]
        then = self._standing(by_question, by_passage, words, calibration)
        known = by_question.copy()
        known[:, self._article] = np.nan if self._known is None else (rows[found] @ self._known.T).max(axis=1)
        now = self._standing(known, by_passage, words, calibration)
        differs[found] = (_verdict(now, calibration) != _verdict(then, calibration)).any(axis=1)
        is_close[found] = _is_close(now, calibration) | _is_close(then, calibration)
        return differs, is_close

    def _standing(
        self,
        by_question: NDArray[np.float32],
        by_passage: NDArray[np.float32],
        words: NDArray[np.float32],
        calibration: Calibration,
    ) -> _Standing:
        nearest = np.where(np.isnan(by_question), -np.inf, np.fmax(by_question, by_passage))
        found = np.argpartition(-nearest, min(DEPTH, nearest.shape[1]) - 1, axis=1)[:, :DEPTH]
        question = np.take_along_axis(by_question, found, axis=1).astype(np.float64)
        passage = np.take_along_axis(by_passage, found, axis=1).astype(np.float64)
        farther = np.minimum(question, passage)
        agreed = np.maximum(question, passage) + calibration.agreement_weight * (farther - calibration.agreement_from)
        evidence = np.where(np.isnan(passage), question, agreed)
        order = np.lexsort((self._by_id[found], np.where(np.isnan(evidence), np.inf, -evidence)), axis=1)
        columns, question, evidence = (np.take_along_axis(each, order, axis=1) for each in (found, question, evidence))
        rivals = _rivals(question, evidence)
        logits = (
            calibration.intercept
            + calibration.similarity * evidence
            + calibration.rivals * rivals
            + calibration.words * words[:, np.newaxis]
        )
        return _Standing(columns, question, evidence, logits)


def question_vectors(document: Document) -> NDArray[np.float32]:
    """The vectors of a document's question and phrasings."""
    return document.vectors[[entry.field.partition("[")[0] in QUESTION_FIELDS for entry in document.entries]]


def _passages(document: Document) -> NDArray[np.float32]:
    return document.vectors[[entry.field.partition("[")[0] not in QUESTION_FIELDS for entry in document.entries]]


def _stacked(blocks: Iterable[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The rows of `blocks` that are not empty, one after the other, and where each begins."""
    filled = [block for block in blocks if len(block)]
    if not filled:
        return np.empty((0, 0), np.float32), np.empty(0, np.int64)
    return np.concatenate(filled), np.cumsum([0, *(len(block) for block in filled[:-1])])


def _rivals(question: NDArray[np.float64], evidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signal `rivals` of each candidate; see `bot.domain.decision.Signals`."""
    rounded = np.round(question, SIMILARITY_DIGITS)
    is_rival = (rounded[:, :, np.newaxis] != rounded[:, np.newaxis, :]) & ~np.isnan(evidence)[:, np.newaxis, :]
    counted = is_rival & (np.cumsum(is_rival, axis=2) <= MAX_RIVALS)
    number = counted.sum(axis=2)
    total = np.where(counted, np.nan_to_num(evidence)[:, np.newaxis, :], 0.0).sum(axis=2)
    mean: NDArray[np.float64] = np.where(number > 0, total / np.maximum(number, 1), UNRELATED)
    return mean


def _verdict(standing: _Standing, calibration: Calibration) -> NDArray[np.int64]:
    """What is quoted (then alone), or offered, as columns of the table; -1 where nothing is."""
    is_answered = standing.logits[:, :1] >= _logit(calibration.answer_at)
    is_offered = standing.logits >= _logit(calibration.choose_at)
    is_offered[:, 1:] &= ~is_answered
    shown = np.where(is_offered, standing.columns, -1)[:, :_SHOWN]
    return np.concatenate([is_answered.astype(np.int64), shown], axis=1)


def _is_close(standing: _Standing, calibration: Calibration) -> NDArray[np.bool_]:
    """Where the rounding of vectors may have decided: near a threshold, or between candidates near each other."""
    slack = SLACK * (calibration.similarity * (1 + calibration.agreement_weight) + abs(calibration.rivals)) + 0.0001 / (
        calibration.choose_at * (1 - calibration.choose_at)
    )
    close = np.zeros(len(standing.logits), np.bool_)
    for threshold in (calibration.answer_at, calibration.choose_at):
        close |= (np.abs(standing.logits - _logit(threshold)) < slack).any(axis=1)
    is_shown = standing.logits >= _logit(calibration.choose_at) - slack
    gaps = np.abs(np.diff(standing.evidence, axis=1)) < 4 * SLACK
    # Two found by the same question are no rivals of each other: that is told from the last digit, too.
    likeness = np.abs(np.diff(np.sort(standing.by_question, axis=1), axis=1))
    alike = ((likeness > 1e-6) & (likeness < 2 * SLACK)).any(axis=1)
    for threshold in (calibration.answer_at, calibration.choose_at):
        alike_near = alike & (np.abs(standing.logits - _logit(threshold)) < _RIVAL_REACH).any(axis=1)
        close |= alike_near
    return close | (gaps & is_shown[:, 1:]).any(axis=1)


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))

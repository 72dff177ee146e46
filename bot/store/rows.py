"""Articles and turns as rows of the tables, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.domain.alphabet import folded
from bot.domain.article import Article, Revision, Status
from bot.domain.decision import KeptCandidate, Span
from bot.domain.records import REFERENCE_KEYS, record_from_article
from bot.domain.references import Reference
from bot.domain.reply import Outcome
from bot.ports.turns import Feedback, Provenance, Turn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Row

# Columns of `revisions` that stand for the article; its id is the row's `article_id`.
_DATES: Final = ("published", "reviewed", "review_due")


def revision_row(article: Article, number: int, created: dt.datetime) -> dict[str, Any]:
    """The row of `revisions` for `article`."""
    row = record_from_article(article) | {date: getattr(article, date) for date in _DATES}
    del row["id"]
    return row | {"article_id": article.id, "number": number, "sha256": article.sha256, "created": created}


def words_of(question: str, also_asked: Sequence[str], short_answer: str, symptoms: Sequence[str]) -> str:
    """What is kept of an article to search it by: its question first, by which it is sorted, too."""
    return folded("\n".join((question, *also_asked, *symptoms, short_answer)))


def revision_of(row: Row[Any]) -> Revision:
    """The revision in a row of `revisions`, its text exactly as it was put in."""
    values = row._mapping  # noqa: SLF001  the documented way to reach columns by name
    article = Article(
        id=values["article_id"],
        question=values["question"],
        short_answer=values["short_answer"],
        explanation=values["explanation"],
        also_asked=tuple(values["also_asked"]),
        symptoms=tuple(values["symptoms"]),
        author=values["author"],
        reviewer=values["reviewer"],
        published=values["published"],
        reviewed=values["reviewed"],
        review_due=values["review_due"],
        language=values["language"],
        status=Status(values["status"]),
        source=values["source"],
        references=tuple(
            Reference(**{key: reference[key] for key in REFERENCE_KEYS}) for reference in values["references"]
        ),
    )
    return Revision(values["number"], article, values["created"], values["sha256"])


def turn_row(turn: Turn) -> dict[str, Any]:
    """The row of `turns` for `turn`."""
    return {
        "id": turn.id,
        "session_id": turn.session_id,
        "created": turn.created,
        "channel": turn.channel,
        "intent": turn.intent,
        "outcome": turn.outcome.value,
        "question": turn.question,
        "language": turn.language,
        "probability": turn.probability,
        "article_id": turn.article_id,
        "revision": turn.revision,
        "sha256": turn.sha256,
        "candidates": [_candidate_row(each) for each in turn.candidates],
        "offered": list(turn.offered),
        "signs": list(turn.signs),
        "model_sha256": turn.provenance.model_sha256,
        "index_version": turn.provenance.index_version,
        "calibration": turn.provenance.calibration,
        "answer_at": turn.provenance.answer_at,
        "choose_at": turn.provenance.choose_at,
    }


def turn_of(row: Row[Any]) -> Turn:
    """The turn in a row of `turns`."""
    return Turn(
        id=row.id,
        session_id=row.session_id,
        created=row.created,
        channel=row.channel,
        intent=row.intent,
        outcome=Outcome(row.outcome),
        question=row.question,
        language=row.language,
        probability=row.probability,
        article_id=row.article_id,
        revision=row.revision,
        sha256=row.sha256,
        candidates=tuple(_candidate_of(*each) for each in row.candidates),
        offered=tuple(row.offered),
        signs=tuple(row.signs),
        provenance=Provenance(row.model_sha256, row.index_version, row.calibration, row.answer_at, row.choose_at),
    )


def _candidate_row(candidate: KeptCandidate) -> list[Any]:
    matched = candidate.matched
    return [
        candidate.article_id,
        candidate.probability,
        candidate.revision,
        candidate.question_similarity,
        candidate.passage_similarity,
        [matched.field, matched.start, matched.end] if matched else None,
    ]


def _candidate_of(
    article_id: str,
    probability: float,
    revision: int | None = None,
    by_question: float | None = None,
    by_passage: float | None = None,
    matched: list[Any] | None = None,
) -> KeptCandidate:
    """A candidate from its row; earlier versions kept the first two alone."""
    return KeptCandidate(
        article_id, probability, revision, by_question, by_passage, Span(*matched) if matched else None
    )


def feedback_row(feedback: Feedback) -> dict[str, Any]:
    """The row of `feedback` for the first that is given on a turn."""
    return {
        "turn_id": feedback.turn_id,
        "helpful": feedback.helpful,
        "reason": feedback.reason,
        "comment": feedback.comment,
        "created": feedback.created,
        "changed": feedback.created,
    }


def feedback_of(row: Row[Any]) -> Feedback:
    """The feedback in a row of `feedback`; `created` is when it was first given."""
    return Feedback(row.turn_id, row.helpful, row.reason, row.comment, row.created)

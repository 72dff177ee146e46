"""Why an answer was given, or not: what was decided, between what, and what today's library would say."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED
from bot.domain.decision import Candidate, KeptCandidate, signals_of
from bot.domain.errors import InvalidMessage, InvalidQuery, shown
from bot.domain.intents import Intent
from bot.domain.records import UNPRINTABLE
from bot.domain.reply import Outcome
from bot.ports.turn_log import ANY_FEEDBACK, HELPFUL, NO_FEEDBACK, UNHELPFUL, TurnFilters, TurnPage
from bot.service.staff.teaching_preview import Reaction, reaction_of
from bot.service.staff.unrecorded import ask_unrecorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Revision
    from bot.domain.decision import Calibration, Signals
    from bot.ports import Head
    from bot.ports.turns import Feedback, Turn
    from bot.service.staff.desk import Desk

MAX_PAGE: Final = 10_000
MAX_PAGE_SIZE: Final = 200
_MAX_VALUE_CHARS: Final = 100
_FEEDBACK: Final = ("", HELPFUL, UNHELPFUL, ANY_FEEDBACK, NO_FEEDBACK)
# Such a message was read with what came before it; by itself it may be read otherwise.
_IN_CONTEXT: Final = frozenset({Intent.FOLLOW_UP, Intent.CORRECTION, Intent.NONE_OF_THESE})


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate: what it was found by, and how likely it was taken to answer.

    `question` is what the article asks now. `matched_text` is the text that was nearest, None where it cannot be told
    any more, as of a phrasing, which has no revisions. `rivals` is the mean of the other candidates' nearness; like
    `similarity`, see `bot.domain.decision.Signals`; both are None in turns of earlier versions. `is_current` says that
    patients are served that very revision now.
    """

    article_id: str
    question: str
    revision: int | None
    question_similarity: float | None
    passage_similarity: float | None
    matched_field: str | None
    matched_text: str | None
    similarity: float | None
    rivals: float | None
    probability: float
    is_current: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was quoted: `is_proven` says that the store has that revision, and that its text has that hash."""

    article_id: str
    revision: int
    sha256: str
    question: str
    is_proven: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """What a decision was computed with; `answer_at` and `choose_at` are None in turns of earlier versions."""

    model_sha256: str
    index_version: int
    calibration: str
    answer_at: float | None
    choose_at: float | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the patient thought of it; `comment` is redacted."""

    helpful: bool
    reason: str
    comment: str
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: what was given, between which candidates, by what, and why, in a sentence."""

    reaction: Reaction
    candidates: tuple[Weighed, ...]
    versions: Versions
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A turn, and why it came out so.

    `question` is redacted, None where no words are kept; `signs` are ids of emergencies. `today` is what the same words
    get now, as the first message of a conversation; None without words. `differences` says, a line each, in what it
    differs; `is_alone` that the turn was read with what had been said before, and `today` is not.
    """

    id: str
    created: dt.datetime
    channel: str
    language: str
    intent: str
    question: str | None
    quoted: Quoted | None
    then: Decided
    signs: tuple[str, ...]
    feedback: Opinion | None
    today: Decided | None
    differences: tuple[str, ...]
    is_alone: bool


def list_turns(desk: Desk, filters: TurnFilters, page: int = 1, size: int = 50) -> TurnPage:
    """Page `page` (from 1) of the turns that fit, `size` (at most 200) on each. Raises InvalidQuery, Unavailable."""
    if not 1 <= page <= MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {MAX_PAGE:,}")
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise InvalidQuery(f"size: {size} is not a number from 1 to {MAX_PAGE_SIZE}")
    if filters.feedback not in _FEEDBACK:
        raise InvalidQuery(f"feedback: {shown(filters.feedback)} is none of {', '.join(filter(None, _FEEDBACK))}")
    for name in ("channel", "language", "intent", "article_id"):
        value = getattr(filters, name)
        if len(value) > _MAX_VALUE_CHARS or UNPRINTABLE.search(value):
            raise InvalidQuery(f"{name}: {shown(value)} has characters that no turn has, or too many of them")
    return desk.turn_log.page(filters, page, size)


def explain(desk: Desk, turn_id: str) -> Explanation:
    """Why a turn came out as it did. Asks its words again, and keeps nothing of that. Raises NotFound, Unavailable."""
    turn, feedback = desk.turn_log.turn(turn_id)
    again, reaction_now = _asked_again(desk, turn)
    kept = [*turn.candidates, *(again.candidates if again else ())]
    wanted = {(each.article_id, each.revision) for each in kept if each.revision is not None}
    if turn.article_id and turn.revision is not None:
        wanted.add((turn.article_id, turn.revision))
    revisions = desk.turn_log.revisions(wanted)
    ids = {*(each.article_id for each in kept), *turn.offered, *([turn.article_id] if turn.article_id else [])}
    heads = desk.core.store.heads(sorted(ids)) if ids else {}
    calibration = desk.core.calibration
    then = _decided(turn, _reaction_of_turn(turn, heads), revisions, heads, calibration)
    today = _decided(again, reaction_now, revisions, heads, calibration) if again and reaction_now else None
    return Explanation(
        id=turn.id,
        created=turn.created,
        channel=turn.channel,
        language=turn.language,
        intent=turn.intent,
        question=turn.question,
        quoted=_quoted(turn, revisions, heads),
        then=then,
        signs=turn.signs,
        feedback=_opinion(feedback),
        today=today,
        differences=tuple(_differences(then, today)) if today else (),
        is_alone=turn.intent in _IN_CONTEXT,
    )


def _asked_again(desk: Desk, turn: Turn) -> tuple[Turn | None, Reaction | None]:
    if not turn.question:
        return None, None
    try:
        tried = ask_unrecorded(desk.core, turn.question, turn.language)
    except InvalidMessage:  # redaction may leave nothing that could be sent
        return None, None
    return tried.turn, reaction_of(tried.reply)


def _reaction_of_turn(turn: Turn, heads: dict[str, Head]) -> Reaction:
    offered = turn.offered if turn.outcome is Outcome.CHOICES else ()
    shown_ids = ([turn.article_id] if turn.article_id else []) + [each for each in offered if each != turn.article_id]
    questions = tuple(heads[each].question if each in heads else "" for each in shown_ids)
    return Reaction(turn.outcome, tuple(shown_ids), questions, turn.probability)


def _decided(
    turn: Turn,
    reaction: Reaction,
    revisions: dict[tuple[str, int], Revision],
    heads: dict[str, Head],
    calibration: Calibration,
) -> Decided:
    made_with = turn.provenance
    versions = Versions(
        made_with.model_sha256,
        made_with.index_version,
        made_with.calibration,
        made_with.answer_at,
        made_with.choose_at,
    )
    # The weights of the calibration are not kept: how near a candidate was is told again only by the same ones.
    signals = (
        _signals(turn.candidates, turn.question or "", calibration)
        if made_with.calibration == calibration.version
        else {}
    )
    weighed = tuple(_weighed(each, signals.get(each.article_id), revisions, heads) for each in turn.candidates)
    return Decided(reaction, weighed, versions, sentence_of(turn))


def _signals(kept: Sequence[KeptCandidate], text: str, calibration: Calibration) -> dict[str, Signals]:
    candidates = [
        Candidate(each.article_id, each.revision, each.question_similarity, each.passage_similarity, each.matched)
        for each in kept
        if each.revision is not None and each.question_similarity is not None and each.matched is not None
    ]
    found = signals_of(candidates, text, calibration.agreement_weight, calibration.agreement_from)
    return {candidate.article_id: signals for candidate, signals in found}


def _weighed(
    kept: KeptCandidate,
    signals: Signals | None,
    revisions: dict[tuple[str, int], Revision],
    heads: dict[str, Head],
) -> Weighed:
    head = heads.get(kept.article_id)
    revision = revisions.get((kept.article_id, kept.revision)) if kept.revision is not None else None
    return Weighed(
        article_id=kept.article_id,
        question=head.question if head else "",
        revision=kept.revision,
        question_similarity=kept.question_similarity,
        passage_similarity=kept.passage_similarity,
        matched_field=kept.matched.field if kept.matched else None,
        matched_text=_matched_text(kept, revision),
        similarity=signals.similarity if signals else None,
        rivals=signals.rivals if signals else None,
        probability=kept.probability,
        is_current=bool(head and head.status in SERVED and head.revision == kept.revision),
    )


def _matched_text(kept: KeptCandidate, revision: Revision | None) -> str | None:
    if revision is None or kept.matched is None:
        return None
    name, _, number = kept.matched.field.partition("[")
    article = revision.article
    if name == "also_asked":
        place = int(number.removesuffix("]")) - 1
        text = article.also_asked[place] if place < len(article.also_asked) else ""
    else:
        fields = {"question": article.question, "short_answer": article.short_answer}
        text = (fields | {"explanation": article.explanation}).get(name, "")
    return text[kept.matched.start : kept.matched.end] or None


def _quoted(turn: Turn, revisions: dict[tuple[str, int], Revision], heads: dict[str, Head]) -> Quoted | None:
    if turn.article_id is None or turn.revision is None or turn.sha256 is None:
        return None
    revision, head = revisions.get((turn.article_id, turn.revision)), heads.get(turn.article_id)
    # Of the text itself, not only of the hash that is recorded with it.
    is_proven = revision is not None and turn.sha256 == revision.sha256 == revision.article.sha256
    is_current = bool(head and head.status in SERVED and head.revision == turn.revision)
    question = revision.article.question if revision else ""
    return Quoted(turn.article_id, turn.revision, turn.sha256, question, is_proven, is_current)


def _opinion(feedback: Feedback | None) -> Opinion | None:
    if feedback is None:
        return None
    return Opinion(feedback.helpful, feedback.reason, feedback.comment, feedback.created)


def sentence_of(turn: Turn) -> str:
    """Why a turn came out as it did, in plain words."""
    if turn.outcome is Outcome.EMERGENCY:
        beside = " An article was quoted after the notice." if turn.article_id else ""
        return f"It was taken for an emergency ({', '.join(turn.signs)}), which comes before any article.{beside}"
    if turn.probability is not None and turn.candidates:
        return _decision_of(turn, turn.probability)
    if turn.article_id:
        return "The article was asked for by itself, as by a button: nothing was decided."
    if turn.outcome is Outcome.INFORMATION:
        return f"It was taken for small talk ({turn.intent}), for which no article is looked for."
    return (
        f"There was no article to decide on: the library has none in the language {turn.language}, or none was found."
    )


def _decision_of(turn: Turn, best: float) -> str:
    made_with = turn.provenance
    answer_at, choose_at = (
        "the threshold of that time" if threshold is None else f"{threshold:.4f}"
        for threshold in (made_with.answer_at, made_with.choose_at)
    )
    if turn.intent == Intent.NONE_OF_THESE:
        said = (
            f"The patient said that what was offered is not what they asked. Its best had the probability {best:.4f}."
        )
    elif turn.article_id:
        said = (
            f"The article was quoted, since it answers with the probability {best:.4f}: {answer_at} or more is needed."
        )
    elif turn.outcome is Outcome.CHOICES:
        said = (
            f"The best article answers with the probability {best:.4f}. One is quoted from {answer_at} on, and only if "
            f"no other reading stands beside it; what has {choose_at} or more was offered."
        )
    else:
        said = (
            f"Nothing was quoted or offered: the best article answers with the probability {best:.4f}. One is offered "
            f"from {choose_at} on, and quoted from {answer_at} on."
        )
    return f"{said} It was read with what had been said before." if turn.intent in _IN_CONTEXT else said


def _differences(then: Decided, today: Decided) -> list[str]:
    """In what today's decision differs, a line each, what matters most first."""
    lines = []
    if then.reaction.outcome != today.reaction.outcome:
        lines.append(f"The outcome was {then.reaction.outcome}, and would be {today.reaction.outcome}.")
    if then.reaction.article_ids != today.reaction.article_ids:
        lines.append(f"It gave {_named(then.reaction)}, and would give {_named(today.reaction)}.")
    if then.reaction.probability != today.reaction.probability:
        lines.append(f"The best probability was {_figure(then.reaction)}, and would be {_figure(today.reaction)}.")
    ids_then, ids_today = (tuple(each.article_id for each in side.candidates) for side in (then, today))
    if ids_then != ids_today:
        lines.append("The candidates are others, or in another order.")
    for name in ("model_sha256", "index_version", "calibration", "answer_at", "choose_at"):
        before, after = getattr(then.versions, name), getattr(today.versions, name)
        if before != after and before is not None:
            what = name.replace("_", " ").replace(" sha256", "")
            lines.append(f"The {what} is another: {_short(before)} then, {_short(after)} now.")
    return lines


def _named(reaction: Reaction) -> str:
    return ", ".join(reaction.article_ids) or "no article"


def _figure(reaction: Reaction) -> str:
    return "none" if reaction.probability is None else f"{reaction.probability:.4f}"


def _short(value: object) -> str:
    return str(value)[:12]

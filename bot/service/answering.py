"""Replies from the library: an answer, choices, or an honest word that there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain import texts
from bot.domain.blocks import Block, BlockType, article_blocks
from bot.domain.decision import MAX_CHOICES, KeptCandidate
from bot.domain.emergency import fallback_block
from bot.domain.errors import NotFound
from bot.domain.intents import Intent
from bot.domain.reply import (
    Choice,
    Outcome,
    QuickReply,
    Quotation,
    question_blocks,
    quick_replies,
    quotation,
    same_question_blocks,
)
from bot.service.matching import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Article, Revision
    from bot.domain.decision import Ranked
    from bot.domain.wording import Wording
    from bot.ports.turns import Turn
    from bot.service.core import Core
    from bot.service.matching import Match
    from bot.service.received import Received

# A question this much less likely to be meant than one that is offered as a choice is still worth naming.
_NEAR_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said to a message, and to be kept of it.

    `question` has the words to keep for staff, "" for none; they are redacted before they are kept. `question_of` is
    the id of an earlier turn, where it is that turn's question that is to be kept (once more). `library_version` is
    None where nothing was looked for. `signs` are those of the emergency that it replies to. `marked` is as in `Reply`.
    """

    intent: Intent
    outcome: Outcome
    blocks: tuple[Block, ...]
    quoted: Quotation | None = None
    choices: tuple[Choice, ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    offered: tuple[str, ...] = ()
    candidates: tuple[KeptCandidate, ...] = ()
    probability: float | None = None
    library_version: int | None = None
    question: str = ""
    question_of: str | None = None
    signs: tuple[str, ...] = ()
    marked: bool | None = None


def question_draft(core: Core, received: Received) -> Draft:
    """The reply to a question in the patient's own words."""
    if received.library is None:
        return _no_library(core, received)
    is_correction = received.heard.intent is Intent.CORRECTION
    query = core.retriever.read(received.heard.argument) if is_correction else received.query
    found = match(core, query, received.library, received.conversation, received.phrases, is_correction=is_correction)
    if found.decision.answer:
        return _answer(core, received, found, found.decision.answer)
    return _choices_or_none(core, received, found)


def article_draft(core: Core, received: Received, article_id: str, intent: Intent) -> Draft:
    """An article that was asked for by its id, or the word that it is not served (any more)."""
    try:
        stored = core.store.article(article_id)
    except NotFound:
        stored = None
    article = stored.article if stored else None
    if stored is None or not core.serving().may_show(stored.article.status, stored.article.review_due):
        said = Block(BlockType.PARAGRAPH, unshown(article, received.say) if article else received.say(texts.UNMATCHED))
        return Draft(intent, Outcome.UNMATCHED, (said,), quick_replies=(browse_button(received),))
    quoted, blocks = _quoted(core, received, stored.revision)
    return Draft(intent, Outcome.ANSWER, blocks, quoted)


def rejected_draft(core: Core, received: Received) -> Draft:
    """The reply to "none of these" and "that is not what I asked": what else is near, else it is unmatched."""
    say, turn = received.say, received.last_turn
    if turn is None or not (turn.offered or turn.article_id):
        turn = received.offer
    if turn is None or not (turn.offered or turn.article_id):
        return Draft(
            Intent.NONE_OF_THESE, Outcome.INFORMATION, (Block(BlockType.PARAGRAPH, say(texts.NOTHING_OFFERED)),)
        )
    if turn.article_id and not turn.offered:
        seen = {turn.article_id}
        others = [
            entry for entry in turn.candidates if entry.article_id not in seen and _is_near(core, entry.probability)
        ]
        if choices := _choices(core, others):
            return about_turn(turn, choices_draft(received, Intent.NONE_OF_THESE, texts.OTHER_MEANING, choices))
    blocks, buttons = _unmatched_parts(received, (), is_shared=bool(turn.question))
    draft = Draft(Intent.NONE_OF_THESE, Outcome.UNMATCHED, blocks, quick_replies=buttons, offered=turn.offered)
    return about_turn(turn, draft)


def choices_draft(received: Received, intent: Intent, introduction: str, choices: tuple[Choice, ...]) -> Draft:
    """The question which of `choices` is meant; `introduction` is one of `bot.domain.texts`."""
    say = received.say
    return Draft(
        intent,
        Outcome.CHOICES,
        question_blocks(say(introduction), choices),
        choices=choices,
        quick_replies=(*quick_replies(choices), QuickReply(say(texts.NONE_OF_THESE), "/none")),
        offered=tuple(choice.article_id for choice in choices),
    )


def about_turn(turn: Turn, draft: Draft) -> Draft:
    """`draft` as a reply to the question of an earlier turn, with what was found for it."""
    return replace(draft, candidates=turn.candidates, probability=turn.probability, question_of=turn.id)


def browse_button(received: Received) -> QuickReply:
    """Leads to the symptoms and topics of the library."""
    return QuickReply(received.say(texts.BROWSE), "/topics")


def _answer(core: Core, received: Received, found: Match, best: Ranked) -> Draft:
    revision = core.store.revision(best.candidate.article_id, best.candidate.revision)
    same = [entry.candidate.article_id for entry in found.decision.choices]
    heads, serving = (core.store.heads(same) if same else {}), core.serving()
    others = tuple(
        Choice(each, heads[each].question)
        for each in same
        if (head := heads.get(each))
        and serving.may_show(head.status, head.review_due)
        and head.question == revision.article.question
    )
    quoted, blocks = _quoted(core, received, revision)
    return Draft(
        found.intent,
        Outcome.ANSWER,
        (*blocks, *same_question_blocks([core.site.article_url(other.article_id) for other in others], received.say)),
        quoted,
        # They all have the answer's question: their links, in the blocks, tell them apart, so they have no buttons.
        choices=others,
        candidates=_candidates(found.ranking),
        probability=found.decision.probability,
        library_version=found.library_version,
        question=received.inbound.text,
    )


def _choices_or_none(core: Core, received: Received, found: Match) -> Draft:
    if choices := _choices(core, _candidates(found.decision.choices)):
        introduction = texts.AGAIN if found.is_again else texts.CHOICES if len(choices) > 1 else texts.CHOICE
        draft = choices_draft(received, found.intent, introduction, choices)
    else:
        near = _choices(core, [entry for entry in _candidates(found.ranking) if _is_near(core, entry.probability)])
        blocks, buttons = _unmatched_parts(received, near, is_shared=True)
        offered = tuple(choice.article_id for choice in near)
        draft = Draft(found.intent, Outcome.UNMATCHED, blocks, quick_replies=buttons, offered=offered)
    return replace(
        draft,
        candidates=_candidates(found.ranking),
        probability=found.decision.probability,
        library_version=found.library_version,
        question=received.inbound.text,
    )


def _no_library(core: Core, received: Received) -> Draft:
    blocks = no_library_blocks(core, received)
    shared, buttons = _unmatched_parts(received, (), is_shared=True)
    return Draft(
        Intent.QUESTION,
        Outcome.UNMATCHED,
        # Emergencies told in that language may have gone unseen.
        (fallback_block(received.country, received.say), *blocks, *shared[1:]),
        quick_replies=buttons,
        question=received.inbound.text,
    )


def no_library_blocks(core: Core, received: Received) -> tuple[Block, ...]:
    """The word that there are no articles in the language of a message, and in which there are."""
    say, wordings = received.say, core.conversing.wordings
    languages = ", ".join(sorted(wordings.name(each, say) for each in core.retriever.languages()))
    return (
        Block(BlockType.PARAGRAPH, say(texts.NO_LIBRARY, language=wordings.name(received.language, say))),
        Block(BlockType.PARAGRAPH, say(texts.LIBRARY_LANGUAGES, languages=languages)),
    )


def _unmatched_parts(
    received: Received, near: Sequence[Choice], *, is_shared: bool
) -> tuple[tuple[Block, ...], tuple[QuickReply, ...]]:
    """What is shown when no article answers, and the buttons with it; `is_shared` if staff will see the question."""
    say = received.say
    blocks = [Block(BlockType.PARAGRAPH, say(texts.UNMATCHED))]
    if near:
        blocks += question_blocks(say(texts.NEAR), near)
    blocks.append(Block(BlockType.PARAGRAPH, say(texts.UNMATCHED_ADVICE)))
    buttons = [*quick_replies(near), browse_button(received)]
    if is_shared:
        blocks.append(Block(BlockType.PARAGRAPH, say(texts.UNMATCHED_SHARED)))
        buttons.append(QuickReply(say(texts.DO_NOT_SHARE), f"/withhold {received.turn_id}"))
    return tuple(blocks), tuple(buttons)


def _quoted(core: Core, received: Received, revision: Revision) -> tuple[Quotation, tuple[Block, ...]]:
    return quoted_article(core, revision, received.say)


def quoted_article(core: Core, revision: Revision, say: Wording) -> tuple[Quotation, tuple[Block, ...]]:
    """`revision` as a reply quotes it, for programs and for people."""
    url = core.site.article_url(revision.article.id)
    is_overdue = core.serving().is_overdue(revision.article.review_due)
    blocks = tuple(article_blocks(revision.article, url, say, is_overdue=is_overdue))
    return quotation(revision, url=url, disclaimer=core.site.said(say).disclaimer), blocks


def unshown(article: Article, say: Wording) -> str:
    """Why an article that there is may not be shown."""
    if article.is_served and article.review_due:
        return say(texts.AWAITS_REVIEW, date=say.spelled_out(article.review_due))
    return say(texts.RETIRED)


def _choices(core: Core, candidates: Sequence[KeptCandidate]) -> tuple[Choice, ...]:
    """The first few of `candidates` that are there, each question once."""
    heads = core.store.heads([each.article_id for each in candidates]) if candidates else {}
    by_question: dict[str, Choice] = {}
    serving = core.serving()
    for article_id in (each.article_id for each in candidates):
        head = heads.get(article_id)
        if head and serving.may_show(head.status, head.review_due):
            by_question.setdefault(heads[article_id].question, Choice(article_id, heads[article_id].question))
    return tuple(by_question.values())[:MAX_CHOICES]


def _candidates(ranking: Sequence[Ranked]) -> tuple[KeptCandidate, ...]:
    return tuple(KeptCandidate.of(entry) for entry in ranking)


def _is_near(core: Core, probability: float) -> bool:
    return probability >= _NEAR_SHARE * core.calibration.choose_at

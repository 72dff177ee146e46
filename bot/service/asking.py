"""Ask a question: retrieve, decide, quote."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED
from bot.domain.blocks import article_blocks, closing_blocks
from bot.domain.decision import Decision, decide, ranked
from bot.domain.errors import NotFound
from bot.domain.reply import (
    Choice,
    Outcome,
    Quotation,
    Reply,
    choice_blocks,
    quick_replies,
    quotation,
    same_question_blocks,
    unmatched_blocks,
)
from bot.ports import Provenance, Turn

if TYPE_CHECKING:
    from bot.domain.article import Revision
    from bot.domain.decision import Ranked
    from bot.domain.message import Inbound
    from bot.service.core import Core

DEPTH: Final = 8


def ask(core: Core, inbound: Inbound) -> Reply:
    """The reply to a patient's message, kept as a turn before it is given. Raises Unavailable."""
    if inbound.chosen_article is not None:
        ranking: list[Ranked] = []
        index_version = core.store.version()
        revision = _served(core, inbound.chosen_article)
        decision = Decision(answer=None, choices=(), probability=None)
    else:
        ranking, index_version = rank(core, inbound.text, DEPTH)
        decision = decide(ranking, core.calibration)
        answer = decision.answer
        revision = core.store.revision(answer.candidate.article_id, answer.candidate.revision) if answer else None
    if revision is not None:
        outcome = Outcome.ANSWER
    else:
        outcome = Outcome.CHOICES if decision.choices else Outcome.UNMATCHED
    turn = Turn(
        id=secrets.token_hex(16),
        session_id=inbound.session_id or secrets.token_urlsafe(24),
        created=core.clock(),
        outcome=outcome,
        probability=decision.probability,
        article_id=revision.article.id if revision else None,
        revision=revision.number if revision else None,
        sha256=revision.sha256 if revision else None,
        candidates=tuple((entry.candidate.article_id, entry.probability) for entry in ranking),
        provenance=Provenance(core.retriever.model_sha256, index_version, core.calibration.version),
    )
    reply = _reply(core, turn, decision, revision)
    core.store.record(turn, inbound.language)
    return reply


def rank(core: Core, text: str, depth: int) -> tuple[list[Ranked], int]:
    """Up to `depth` articles that may be shown, best first, and the store version that they were found at.

    What the index found is held against the store: an article that was retired or revised meanwhile is left out,
    however far the index is behind.
    """
    candidates, version = core.retriever.find(text, depth)
    heads = core.store.heads([candidate.article_id for candidate in candidates])
    current = [
        candidate
        for candidate in candidates
        if (head := heads.get(candidate.article_id)) and head.status in SERVED and head.revision == candidate.revision
    ]
    return ranked(current, core.calibration, text), version


def _served(core: Core, article_id: str) -> Revision | None:
    """The newest revision of an article that may be shown; None if there is none (any more)."""
    try:
        stored = core.store.article(article_id)
    except NotFound:
        return None
    return stored.revision if stored.article.is_served else None


def _reply(core: Core, turn: Turn, decision: Decision, revision: Revision | None) -> Reply:
    choices = _choices(core, decision, revision)
    quoted: Quotation | None = None
    if revision is not None:
        url = core.site.article_url(revision.article.id)
        quoted = quotation(revision, url=url, disclaimer=core.site.disclaimer)
        others = [core.site.article_url(choice.article_id) for choice in choices]
        blocks = (*article_blocks(revision.article, url), *same_question_blocks(others))
    elif choices:
        blocks = choice_blocks(choices)
    else:
        blocks = unmatched_blocks()
    return Reply(
        session_id=turn.session_id,
        turn_id=turn.id,
        outcome=turn.outcome,
        probability=turn.probability,
        quotation=quoted,
        choices=choices,
        blocks=(*blocks, *closing_blocks(core.site.disclaimer, core.site.symptom_check_url)),
        # Beside an answer they all have its question: their links, in the blocks, tell them apart.
        quick_replies=quick_replies(choices) if revision is None else (),
    )


def _choices(core: Core, decision: Decision, revision: Revision | None) -> tuple[Choice, ...]:
    """The articles to offer; beside an answer, only those that have its very question."""
    if not decision.choices:
        return ()
    heads = core.store.heads([choice.candidate.article_id for choice in decision.choices])
    return tuple(
        Choice(choice.candidate.article_id, heads[choice.candidate.article_id].question)
        for choice in decision.choices
        if choice.candidate.article_id in heads
        and (revision is None or heads[choice.candidate.article_id].question == revision.article.question)
    )

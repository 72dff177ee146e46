"""A turn of a conversation: emergencies first, then what the message asks for, then the library."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain import texts
from bot.domain.blocks import Block, BlockType, closing_blocks
from bot.domain.emergency import UNNAMED, Assessment, call_blocks, emergency_blocks, fallback_block
from bot.domain.errors import DoctorsNoteError
from bot.domain.intents import Intent, Leaning
from bot.domain.reply import Outcome, Reply
from bot.domain.wording import ENGLISH
from bot.ports import Provenance, Turn
from bot.service.answering import Draft, question_draft
from bot.service.received import receive
from bot.service.small_talk import small_talk_draft
from bot.service.triage import triage

if TYPE_CHECKING:
    from bot.domain.message import Inbound
    from bot.domain.wording import Wording
    from bot.service.core import Core
    from bot.service.received import Received

_log = logging.getLogger(__name__)

_QUESTIONS = frozenset({Intent.QUESTION, Intent.CORRECTION})
_NO_ANSWERS = frozenset({Outcome.INFORMATION, Outcome.UNMATCHED})


def ask(core: Core, inbound: Inbound) -> Reply:
    """The reply to a patient's message, kept as a turn before it is given. Raises Unavailable.

    Whatever breaks on the way, a message that is taken for an emergency is told what to do.
    """
    assessment: Assessment | None = None
    try:
        received = receive(core, inbound)
        if not _is_button(core, received):
            if inbound.text.startswith("/"):  # a command word before it makes the message like nothing that is known
                assessment = triage(core, inbound.text.partition(" ")[2] or inbound.text, None)
            else:
                assessment = triage(core, inbound.text, received.query)
            if received.heard.intent not in _QUESTIONS and assessment.signs == (UNNAMED,):
                # "stop", "and then": small talk has too few words for their likeness alone to tell anything.
                assessment = Assessment()
        return _reply(core, received, assessment)
    except Exception as error:
        assessment = assessment or triage(core, inbound.text, None)
        if not assessment.is_emergency:
            raise
        reason = str(error) if isinstance(error, DoctorsNoteError) else type(error).__name__
        # Without its traceback, which may quote the message.
        _log.error("emergency_unrecorded", extra={"signs": assessment.signs, "reason": reason})
        return _unrecorded(core, inbound, assessment)


def _is_button(core: Core, received: Received) -> bool:
    """Whether a button sent the message: a topic's name may well sound like an emergency."""
    heard = received.heard
    if not heard.is_button or heard.intent is not Intent.TOPIC:
        return heard.is_button
    return core.store.page(query="", symptom=heard.argument, language="", number=1, size=1).total > 0


def _reply(core: Core, received: Received, assessment: Assessment | None) -> Reply:
    if assessment and assessment.is_emergency:
        draft = _emergency_draft(core, received, assessment)
    elif received.heard.intent is Intent.ERASE:
        return _erased(core, received)
    elif received.heard.intent in _QUESTIONS:
        draft = question_draft(core, received)
        if draft.outcome is Outcome.UNMATCHED and _is_about_emergency(received):
            assessment = Assessment(received.conversation.turns[0].signs, doubtful=True)
            draft = _emergency_draft(core, received, assessment)
    else:
        draft = small_talk_draft(core, received)
    turn = _turn(core, received, draft, assessment)
    reply = Reply(
        session_id=turn.session_id,
        turn_id=turn.id,
        outcome=turn.outcome,
        probability=turn.probability,
        quotation=draft.quoted,
        choices=draft.choices,
        blocks=_blocks(core, received, draft, assessment),
        quick_replies=draft.quick_replies,
        language=received.say.language,
        signs=turn.signs,
    )
    core.store.record(turn, received.inbound.language)
    if turn.signs:
        _log.warning("emergency", extra={"signs": turn.signs, "channel": turn.channel})
    return reply


def _turn(core: Core, received: Received, draft: Draft, assessment: Assessment | None) -> Turn:
    """What is kept of it."""
    question = draft.question if draft.was_redacted else core.redactor.redacted(draft.question)
    version = draft.library_version
    return Turn(
        id=received.turn_id,
        session_id=received.session_id,
        created=received.at,
        channel=received.inbound.channel,
        intent=draft.intent,
        outcome=draft.outcome,
        question=question or None,
        language=received.language,
        probability=draft.probability,
        article_id=draft.quoted.article_id if draft.quoted else None,
        revision=draft.quoted.revision if draft.quoted else None,
        sha256=draft.quoted.sha256 if draft.quoted else None,
        candidates=draft.candidates,
        offered=draft.offered,
        signs=assessment.signs if assessment else (),
        provenance=Provenance(
            core.retriever.model_sha256,
            version if version is not None else core.store.version(),
            core.calibration.version,
        ),
    )


def _blocks(core: Core, received: Received, draft: Draft, assessment: Assessment | None) -> tuple[Block, ...]:
    """All that is shown: warnings first, the disclaimer last."""
    say, blocks = received.say, list(draft.blocks)
    fallback = fallback_block(received.country, say)
    if assessment and assessment.broken and draft.outcome is not Outcome.EMERGENCY:
        blocks.insert(0, fallback)
    last = received.last_turn
    is_beside = draft.outcome in _NO_ANSWERS or draft.intent is Intent.FOLLOW_UP
    if last and last.outcome is Outcome.EMERGENCY and draft.outcome is not Outcome.EMERGENCY and is_beside:
        # "yes", "how long does it last?", "goodbye": it may be the emergency that is meant.
        signs = core.safety.detector.signs_of(Assessment(last.signs))
        blocks = [*call_blocks(signs, received.country, say), *(block for block in blocks if block != fallback)]
    is_first = all(turn.outcome is Outcome.EMERGENCY for turn in received.conversation.turns)
    if is_first and draft.outcome is not Outcome.EMERGENCY:
        blocks.append(Block(BlockType.NOTICE, say(texts.CONSENT, days=core.site.retention_days)))
    return (*blocks, *_closing(core, say))


def _emergency_draft(core: Core, received: Received, assessment: Assessment) -> Draft:
    """What to do now; then the article on it, where there is one that may stand beside it. No word of it is kept."""
    signs = core.safety.detector.signs_of(assessment)
    notice = emergency_blocks(signs, received.country, received.say)
    if received.heard.intent in _QUESTIONS and core.safety.detector.may_quote(assessment):
        found = question_draft(core, received)
        if found.quoted:
            return replace(found, outcome=Outcome.EMERGENCY, blocks=(*notice, *found.blocks), question="")
        return replace(
            found, outcome=Outcome.EMERGENCY, blocks=notice, choices=(), quick_replies=(), offered=(), question=""
        )
    return Draft(received.heard.intent, Outcome.EMERGENCY, notice)


def _is_about_emergency(received: Received) -> bool:
    """Whether a message says nothing by itself, right after an emergency: "what should I do?"."""
    last = received.last_turn
    leans = received.phrases.leaning(received.query.text) is Leaning.WHOLLY
    return leans and last is not None and last.outcome is Outcome.EMERGENCY


def _erased(core: Core, received: Received) -> Reply:
    """The session and all that it said is gone; what follows is a new one."""
    core.store.erase(received.session_id)
    said = (Block(BlockType.PARAGRAPH, received.say(line)) for line in core.conversing.replies[Intent.ERASE])
    return _unkept(core, Outcome.INFORMATION, tuple(said), received.say)


def _unrecorded(core: Core, inbound: Inbound, assessment: Assessment) -> Reply:
    """What to do in an emergency, with as few parts as may be: any of them may be what broke."""
    try:
        detected = core.safety.languages.detect(inbound.text)
        say = core.conversing.wordings.of(detected.language if detected else "", inbound.language or core.site.language)
        country = core.safety.country(inbound.country or "", core.site.country)
        blocks = emergency_blocks(core.safety.detector.signs_of(assessment), country, say)
    except Exception as error:  # noqa: BLE001  whatever broke, the patient is told whom to call
        _log.error("emergency_unnamed", extra={"error": type(error).__name__})
        say, blocks = ENGLISH, emergency_blocks((), core.safety.countries[""], ENGLISH)
    reply = _unkept(core, Outcome.EMERGENCY, blocks, say)
    return replace(reply, session_id=inbound.session_id or reply.session_id, signs=assessment.signs)


def _unkept(core: Core, outcome: Outcome, blocks: tuple[Block, ...], say: Wording) -> Reply:
    """A reply of which nothing is kept."""
    return Reply(
        session_id=secrets.token_urlsafe(24),
        turn_id=secrets.token_hex(16),
        outcome=outcome,
        probability=None,
        quotation=None,
        choices=(),
        blocks=(*blocks, *_closing(core, say)),
        quick_replies=(),
        language=say.language,
    )


def _closing(core: Core, say: Wording) -> tuple[Block, ...]:
    return tuple(closing_blocks(say(core.site.disclaimer), core.site.symptom_check_url, say))

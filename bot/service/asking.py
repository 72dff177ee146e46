"""A turn of a conversation: emergencies first, then what the message asks for, then the library."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain import texts
from bot.domain.blocks import Block, BlockType, closing_blocks
from bot.domain.emergency import Assessment, call_blocks, emergency_blocks, fallback_block
from bot.domain.errors import DoctorsNoteError, Unavailable, Withdrawn
from bot.domain.intents import QUESTIONS, Intent
from bot.domain.reply import Outcome, Reply
from bot.domain.wording import ENGLISH
from bot.ports.turns import Provenance, Turn
from bot.service.answering import Draft, question_draft
from bot.service.received import receive
from bot.service.small_talk import small_talk_draft
from bot.service.triage import NO_ANSWERS, assess, standing_emergency, taken_up, triage

if TYPE_CHECKING:
    from bot.domain.message import Inbound
    from bot.domain.wording import Wording
    from bot.service.core import Core
    from bot.service.received import Received

_log = logging.getLogger(__name__)

# How often a reply is made anew since the article in it was withdrawn meanwhile.
_ATTEMPTS = 3


def ask(core: Core, inbound: Inbound) -> Reply:
    """The reply to a patient's message, kept as a turn before it is given. Raises Unavailable.

    Whatever breaks on the way, a message that is taken for an emergency is told what to do.
    """
    assessment: Assessment | None = None
    try:
        received = receive(core, inbound)
        assessment = triage(core, received)
        if received.heard.intent is Intent.ERASE and not assessment.is_emergency:
            return _erased(core, received)
        return _reply(core, received, assessment)
    except Exception as error:
        assessment = assessment or assess(core.safety, inbound.text, None)
        if not assessment.is_emergency:
            raise
        reason = str(error) if isinstance(error, DoctorsNoteError) else type(error).__name__
        # Without its traceback, which may quote the message.
        _log.error("emergency_unrecorded", extra={"signs": assessment.signs, "reason": reason})
        return unrecorded(core, inbound, assessment)


def _reply(core: Core, received: Received, assessment: Assessment) -> Reply:
    for _ in range(_ATTEMPTS):
        try:
            return _recorded(core, received, _draft(core, received, assessment))
        except Withdrawn:
            # It was retired or revised since it was found: what it says must not go out any more.
            continue
    raise Unavailable("the library changes faster than it can be quoted; try again in a moment")


def _draft(core: Core, received: Received, assessment: Assessment) -> Draft:
    if assessment.is_emergency:
        return _emergency_draft(core, received, assessment)
    if received.heard.intent in QUESTIONS:
        draft = question_draft(core, received)
        if draft.outcome is Outcome.UNMATCHED and (earlier := taken_up(received)):
            return _emergency_draft(core, received, earlier)
    else:
        draft = small_talk_draft(core, received)
    if assessment.broken:
        draft = replace(draft, blocks=(fallback_block(received.country, received.say), *draft.blocks))
    return draft


def _emergency_draft(core: Core, received: Received, assessment: Assessment) -> Draft:
    """What to do now; then the article on it, where there is one that may stand beside it. No word of it is kept."""
    signs = core.safety.detector.signs_of(assessment)
    notice = emergency_blocks(signs, received.country, received.say)
    draft = Draft(received.heard.intent, Outcome.EMERGENCY, notice, signs=assessment.signs)
    if received.heard.intent in QUESTIONS and core.safety.detector.may_quote(assessment):
        found = question_draft(core, received)
        draft = replace(
            draft,
            intent=found.intent,
            candidates=found.candidates,
            probability=found.probability,
            library_version=found.library_version,
        )
        if found.quoted:
            return replace(draft, blocks=(*notice, *found.blocks), quoted=found.quoted, choices=found.choices)
    return draft


def _recorded(core: Core, received: Received, draft: Draft) -> Reply:
    """The reply, of which what is to be kept has been kept. Raises Withdrawn if what it quotes no longer is served."""
    turn = _turn(core, received, draft)
    reply = Reply(
        session_id=turn.session_id,
        turn_id=turn.id,
        outcome=turn.outcome,
        probability=turn.probability,
        quotation=draft.quoted,
        choices=draft.choices,
        blocks=_blocks(core, received, draft),
        quick_replies=draft.quick_replies,
        language=received.say.language,
        signs=turn.signs,
        marked=draft.marked,
    )
    core.store.record(turn, received.inbound.language, question_of=draft.question_of, serving=core.serving())
    if turn.signs:
        _log.warning("emergency", extra={"signs": turn.signs, "channel": turn.channel})
    return reply


def _turn(core: Core, received: Received, draft: Draft) -> Turn:
    """What is kept of it."""
    version = draft.library_version
    return Turn(
        id=received.turn_id,
        session_id=received.session_id,
        created=received.at,
        channel=received.inbound.channel,
        intent=draft.intent,
        outcome=draft.outcome,
        question=core.redactor.redacted(draft.question) or None,
        language=received.language,
        probability=draft.probability,
        article_id=draft.quoted.article_id if draft.quoted else None,
        revision=draft.quoted.revision if draft.quoted else None,
        sha256=draft.quoted.sha256 if draft.quoted else None,
        candidates=draft.candidates,
        offered=draft.offered,
        signs=draft.signs,
        provenance=Provenance(
            core.retriever.model_sha256,
            version if version is not None else core.store.version(),
            core.calibration.version,
            core.calibration.answer_at,
            core.calibration.choose_at,
        ),
    )


def _blocks(core: Core, received: Received, draft: Draft) -> tuple[Block, ...]:
    """All that is shown: warnings first, the disclaimer last."""
    say, blocks = received.say, list(draft.blocks)
    emergency = standing_emergency(received)
    is_beside = draft.outcome in NO_ANSWERS or draft.intent is Intent.FOLLOW_UP
    if emergency and draft.outcome is not Outcome.EMERGENCY and is_beside:
        # "yes", "how long does it last?", "goodbye": it may be the emergency that is meant.
        signs = core.safety.detector.signs_of(Assessment(emergency.signs))
        fallback = fallback_block(received.country, say)
        blocks = [*call_blocks(signs, received.country, say), *(block for block in blocks if block != fallback)]
    if received.heard.asks_erasure:
        blocks.append(Block(BlockType.NOTICE, say(texts.HOW_TO_ERASE)))
    is_first = all(turn.outcome is Outcome.EMERGENCY for turn in received.conversation.turns)
    if is_first and draft.outcome is not Outcome.EMERGENCY:
        blocks.append(Block(BlockType.NOTICE, say(texts.CONSENT, days=core.site.retention_days)))
    return (*blocks, *closing(core, say))


def _erased(core: Core, received: Received) -> Reply:
    """The session and all that it said is gone; what follows is a new one."""
    core.store.erase(received.session_id)
    said = (Block(BlockType.PARAGRAPH, received.say(line)) for line in core.conversing.replies[Intent.ERASE])
    return replace(unkept(Outcome.INFORMATION, (*said, *closing(core, received.say)), received.say), erased=True)


def unrecorded(core: Core, inbound: Inbound, assessment: Assessment) -> Reply:
    """What to do in an emergency, with as few parts as may be: any of them may be what broke."""
    try:
        detected = core.safety.languages.detect(inbound.text)
        languages = (detected.language if detected else "", inbound.language or "", core.site.language)
        say = core.conversing.wordings.of(*languages)
        country = core.safety.country(inbound.country or "", core.site.country)
        blocks = emergency_blocks(core.safety.detector.signs_of(assessment), country, say)
        closed = closing(core, say)
    except Exception as error:  # noqa: BLE001  whatever broke, the patient is told whom to call
        _log.error("emergency_unnamed", extra={"error": type(error).__name__})
        say = ENGLISH
        blocks, closed = emergency_blocks((), core.safety.countries[""], say), closing(core, say)
    reply = unkept(Outcome.EMERGENCY, (*blocks, *closed), say)
    return replace(reply, session_id=inbound.session_id or reply.session_id, signs=assessment.signs)


def unkept(outcome: Outcome, blocks: tuple[Block, ...], say: Wording) -> Reply:
    """A reply of which nothing is kept."""
    return Reply(
        session_id=secrets.token_urlsafe(24),
        turn_id=secrets.token_hex(16),
        outcome=outcome,
        probability=None,
        quotation=None,
        choices=(),
        blocks=blocks,
        quick_replies=(),
        language=say.language,
    )


def closing(core: Core, say: Wording) -> tuple[Block, ...]:
    """What every reply ends with."""
    site = core.site.said(say)
    return tuple(closing_blocks(site.disclaimer, site.symptom_check_url, say))

"""Whether a message is an emergency, which comes before everything."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from bot.domain.emergency import UNNAMED, Assessment
from bot.domain.intents import QUESTIONS, Intent, Leaning, hear
from bot.domain.reply import Outcome

if TYPE_CHECKING:
    from bot.ports import Query
    from bot.ports.turns import Turn
    from bot.service.core import Core, Safety
    from bot.service.received import Received

_log = logging.getLogger(__name__)

# Replies with no article, quoted or offered: an emergency before them may still be what is talked about.
NO_ANSWERS: Final = frozenset({Outcome.INFORMATION, Outcome.UNMATCHED})


def triage(core: Core, received: Received) -> Assessment:
    """Whether a message by itself is an emergency. Raises Unavailable; `assess` of its words stands in for it then."""
    text = received.inbound.text
    if _is_from_a_button(core, received):
        return Assessment()
    if text.startswith("/"):  # a command word before it makes the message like nothing that is known
        return assess(core.safety, text.partition(" ")[2] or text, None)
    assessment = assess(core.safety, text, received.query)
    if received.heard.intent not in QUESTIONS and assessment.signs == (UNNAMED,):
        # "stop", "and then": small talk has too few words for their likeness alone to tell anything.
        return Assessment()
    return assessment


def triage_search(core: Core, words: str, query: Query | None) -> Assessment:
    """Whether the words of a search are an emergency. Never raises; for `query` see `assess`."""
    assessment = assess(core.safety, words, query)
    if assessment.signs == (UNNAMED,) and _is_small_talk(core, words):
        return Assessment()
    return assessment


def taken_up(received: Received) -> Assessment | None:
    """The emergency that a question asks about which no article answers, if it says nothing by itself.

    "What should I do?", after an emergency, asks about that.
    """
    emergency = standing_emergency(received)
    if emergency is None or received.phrases.leaning(received.query.text) is not Leaning.WHOLLY:
        return None
    return Assessment(emergency.signs, doubtful=True)


def standing_emergency(received: Received) -> Turn | None:
    """The turn of an emergency that the conversation has not gone on from: no article was quoted or offered since."""
    for turn in received.conversation.turns:
        if turn.outcome is Outcome.EMERGENCY:
            return turn
        if turn.outcome not in NO_ANSWERS:
            return None
    return None


def assess(safety: Safety, text: str, query: Query | None) -> Assessment:
    """What the emergency rules say of a message. Never raises: if they break, the assessment says so.

    `query` is the message as the retriever read it; None where that cannot be had, and the rules stand alone.
    """
    try:
        likeness = None if query is None else _likeness(safety, query)
        detected = safety.languages.detect(text)
        return safety.detector.assess(
            text, query.text if query else "", likeness, detected.language if detected else ""
        )
    except Exception as error:  # noqa: BLE001  a fault in the rules must not cost the reply that warns of it
        _log.error("emergency_detector_failed", extra={"reason": type(error).__name__})
        return Assessment(broken=True)


def _likeness(safety: Safety, query: Query) -> float | None:
    """None, too, where it cannot be told: the rules alone are better than none."""
    try:
        return safety.likeness.of(query)
    except Exception as error:  # noqa: BLE001  see above
        _log.error("emergency_likeness_failed", extra={"reason": type(error).__name__})
        return None


def _is_small_talk(core: Core, words: str) -> bool:
    return hear(words, core.conversing.phrases, offered=0).intent not in QUESTIONS


def _is_from_a_button(core: Core, received: Received) -> bool:
    """Whether a button sent the message: a topic's name may well sound like an emergency."""
    heard = received.heard
    if not heard.is_button or heard.intent is not Intent.TOPIC:
        return heard.is_button
    found = core.store.page(query="", symptom=heard.argument, language="", serving=core.serving(), number=1, size=1)
    return found.total > 0

"""A message as it is understood: in which language, asking for what, after what was said before."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.intents import QUESTIONS, Heard, Intent, hear
from bot.domain.language_tags import primary_language
from bot.ports.turns import Conversation

if TYPE_CHECKING:
    from bot.domain.emergency import Country
    from bot.domain.intents import Phrases
    from bot.domain.message import Inbound
    from bot.domain.wording import Wording
    from bot.ports import Query
    from bot.ports.turns import Turn
    from bot.service.core import Core

# As many turns as are looked back on for what "it" or "the second one" may be.
MEMORY_TURNS: Final = 10
# How far back a list is taken up again by its number.
_OFFER_TURNS: Final = 3
# A message of so few words is read again with its slips mended: it may be small talk.
_SHORT_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class Received:
    """A message with all that is needed to reply to it.

    `language` is the primary subtag of the one it is taken to be in, `library` of the articles to look among; None if
    there are none in it. `say` has our sentences in `language`, or in the nearest to it that there are.
    """

    inbound: Inbound
    session_id: str
    turn_id: str
    at: dt.datetime
    conversation: Conversation
    query: Query
    heard: Heard
    language: str
    library: str | None
    country: Country
    phrases: Phrases
    say: Wording

    @property
    def last_turn(self) -> Turn | None:
        """The turn before this one; None at first contact."""
        return next(iter(self.conversation.turns), None)

    @property
    def offer(self) -> Turn | None:
        """The last turn that offered something to choose from, if that is not long ago."""
        return _offer(self.conversation)


def receive(core: Core, inbound: Inbound) -> Received:
    """Understand a message. Raises Unavailable."""
    now = core.clock()
    conversation = Conversation()
    if inbound.session_id:
        since = now - dt.timedelta(minutes=core.site.session_ttl_min)
        conversation = _since_restart(core.store.conversation(inbound.session_id, since, MEMORY_TURNS))
    query = core.retriever.read(inbound.text)
    preferred = _preferred_language(core, inbound, conversation)
    offer = _offer(conversation)
    heard = _hear(core, inbound.text, query.text, preferred, len(offer.offered) if offer else 0)
    if heard.intent is Intent.RESTART:
        conversation = replace(conversation, turns=())
    language, library = _language(core, inbound.text, heard, preferred)
    return Received(
        inbound=inbound,
        session_id=inbound.session_id or secrets.token_urlsafe(24),
        turn_id=secrets.token_hex(16),
        at=now,
        conversation=conversation,
        query=query,
        heard=heard,
        language=language,
        library=library,
        country=core.safety.country(inbound.country or "", core.site.country),
        phrases=core.conversing.phrases_of(language)[0],
        say=core.conversing.wordings.of(language, preferred, core.site.language),
    )


def _since_restart(conversation: Conversation) -> Conversation:
    """What was said before a patient began anew is not looked back on."""
    place = next((place for place, turn in enumerate(conversation.turns) if turn.intent == Intent.RESTART), None)
    return conversation if place is None else replace(conversation, turns=conversation.turns[: place + 1])


def _offer(conversation: Conversation) -> Turn | None:
    return next((turn for turn in conversation.turns[:_OFFER_TURNS] if turn.offered), None)


def _preferred_language(core: Core, inbound: Inbound, conversation: Conversation) -> str:
    """The language to assume of a message that does not show its own: the conversation's, else the site's."""
    asked = inbound.language
    if asked and primary_language(asked) != primary_language(conversation.language or ""):
        return primary_language(asked)
    if conversation.turns:
        return primary_language(conversation.turns[0].language)
    return primary_language(asked or conversation.language or core.site.language)


def _hear(core: Core, text: str, mended: str, language: str, offered: int) -> Heard:
    phrases = core.conversing.phrases_of(language)
    heard = hear(text, phrases, offered=offered)
    if heard.intent is Intent.QUESTION and mended != text and len(mended.split()) <= _SHORT_WORDS:
        second = hear(mended, phrases, offered=offered)
        return heard if second.intent is Intent.CORRECTION else second
    return heard


def _language(core: Core, text: str, heard: Heard, preferred: str) -> tuple[str, str | None]:
    """The language of a message, and of the articles that may answer it."""
    libraries = core.retriever.languages()
    detected = None
    if heard.intent in QUESTIONS:
        detected = core.conversing.languages.detect(text)
    language = detected.language if detected else heard.language or preferred
    if language in libraries or not libraries:
        return language, language
    site = primary_language(core.site.language)
    if detected is None and site in libraries and heard.language is None:
        # Nothing in it says that it is in a language without a library: it is tried in the site's.
        return language, site
    return language, None

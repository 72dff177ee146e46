"""A message from a messaging channel: whatever comes of it, its sender is told something."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.domain import texts
from bot.domain.blocks import Block, BlockType
from bot.domain.emergency import fallback_block
from bot.domain.errors import DoctorsNoteError
from bot.domain.message import MAX_MESSAGE_CHARS, Inbound
from bot.domain.records import UNPRINTABLE
from bot.domain.reply import Outcome
from bot.domain.wording import ENGLISH
from bot.service.asking import ask, closing, unkept, unrecorded
from bot.service.triage import assess

if TYPE_CHECKING:
    from bot.domain.emergency import Country
    from bot.domain.message import ChannelMessage
    from bot.domain.reply import Reply
    from bot.domain.wording import Wording
    from bot.service.core import Core

_log = logging.getLogger(__name__)

_WORD: Final = re.compile(r"[^\W_]+")


def session_of(key: bytes, channel: str, sender: str) -> str:
    """The session of a sender: always the same, and without `key` nobody can tell or guess whose it is.

    An HMAC-SHA256 (RFC 2104) in 43 characters of base64url.

    >>> session_of(b"a secret of ours", "rest", "+44 7700 900123") == session_of(b"", "rest", "+44 7700 900123")
    False
    """
    named = f"{channel}\0{sender}".encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hmac.digest(key, named, hashlib.sha256)).rstrip(b"=").decode("ascii")


def reply_to(core: Core, channel: str, message: ChannelMessage) -> Reply:
    """The reply to a message of a channel. Its session stays the sender's, also when what it had has been erased.

    What cannot be read is told so. Raises Unavailable and whatever else breaks: see `apology`.
    """
    session_id = session_of(core.key, channel, message.sender)
    said = _unreadable(message.text)
    if said is None:
        inbound = Inbound(message.text, session_id, message.language, message.country, channel)
        return replace(ask(core, inbound), session_id=session_id)
    # What is too long for the model is read by the rules still; its length is bounded by that of a request.
    words = " ".join(_WORD.findall(message.text))
    assessment = assess(core.safety, UNPRINTABLE.sub(" ", message.text), None)
    if assessment.is_emergency and words:
        inbound = Inbound(words[:MAX_MESSAGE_CHARS], session_id, message.language, message.country, channel)
        return unrecorded(core, inbound, assessment)
    return replace(_told(core, message, said), session_id=session_id)


def apology(core: Core, channel: str, message: ChannelMessage, error: Exception) -> Reply:
    """What is said in the place of a reply after `error`: that it is our fault, and whom to call in an emergency.

    It needs neither store nor model, and logs the reason without the message.
    """
    # The values in an unexpected error may quote the message.
    reason = str(error) if isinstance(error, DoctorsNoteError) else type(error).__name__
    _log.error("message_unanswered", extra={"channel": channel, "reason": reason})
    session_id = session_of(core.key, channel, message.sender)
    return replace(_told(core, message, texts.PROBLEM_OURS_HERE), session_id=session_id)


def _unreadable(text: str) -> str | None:
    """Why a message cannot be taken, as one of `bot.domain.texts`; None if it can."""
    if len(text) > MAX_MESSAGE_CHARS:
        return texts.MESSAGE_TOO_LONG
    return None if any(character.isalnum() for character in text) else texts.MESSAGE_WITHOUT_WORDS


def _told(core: Core, message: ChannelMessage, sentence: str) -> Reply:
    """A reply of a sentence of ours, of which nothing is kept; the emergency line comes first."""
    country = core.safety.country(message.country or "", core.site.country)
    try:
        say = core.conversing.wordings.of(message.language or "", core.site.language)
        return _sentence(core, sentence, country, say)
    except Exception as error:  # noqa: BLE001  whatever broke, the patient is told, in English then
        _log.error("sentence_unsaid", extra={"error": type(error).__name__})
        return _sentence(core, sentence, country, ENGLISH)


def _sentence(core: Core, sentence: str, country: Country, say: Wording) -> Reply:
    said = Block(BlockType.PARAGRAPH, say(sentence, count=f"{MAX_MESSAGE_CHARS:,}"))
    return unkept(Outcome.INFORMATION, (fallback_block(country, say), said, *closing(core, say)), say)

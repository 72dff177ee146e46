"""What the widget is told when a page shows it: our words in the reader's language, and how the site wants it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.domain import texts
from bot.domain.blocks import Block  # noqa: TC001  read at run time, for the API's schema
from bot.domain.emergency import fallback_block
from bot.domain.errors import InvalidQuery, Unavailable, shown
from bot.domain.feedback import MAX_COMMENT_CHARS, FeedbackReason
from bot.domain.language_tags import primary_language
from bot.domain.message import MAX_MESSAGE_CHARS
from bot.domain.records import LANGUAGE_TAG
from bot.domain.reply import QuickReply
from bot.domain.sites import WidgetSite
from bot.domain.wording import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.sites import SiteText
    from bot.service.core import Core

_log = logging.getLogger(__name__)

# What messages of the widget are recorded as where no site is named.
CHANNEL: Final = "widget"
# As many topics as a first look takes in.
_MAX_TOPICS: Final = 8
_GREETING: Final = (texts.CHAT_WHAT, texts.CHAT_LIMITS, texts.CHAT_BROWSE, texts.CHAT_REPORT)
_TIPS: Final = (texts.TIP_ONE_SYMPTOM, texts.TIP_SINCE_WHEN, texts.TIP_ONE_QUESTION)
# Stands for the site where none is named.
_ANY_SITE: Final = WidgetSite("", ())
_REASONS: Final = {
    FeedbackReason.WRONG_QUESTION: texts.REASON_WRONG_QUESTION,
    FeedbackReason.HARD_TO_UNDERSTAND: texts.REASON_HARD_TO_UNDERSTAND,
    FeedbackReason.TOO_LONG: texts.REASON_TOO_LONG,
    FeedbackReason.NOT_ENOUGH: texts.REASON_NOT_ENOUGH,
    FeedbackReason.OUT_OF_DATE: texts.REASON_OUT_OF_DATE,
    FeedbackReason.OTHER: texts.REASON_OTHER,
}


@dataclass(frozen=True, slots=True)
class NamedLanguage:
    """A language (BCP 47), and what its own speakers call it."""

    language: str
    name: str


@dataclass(frozen=True, slots=True)
class NamedReason:
    """A reason for which a reply did not help, and how a patient is asked for it."""

    reason: FeedbackReason
    title: str


@dataclass(frozen=True, slots=True)
class WidgetSettings:
    """What the widget shows on a site before anything is asked, and how it behaves there.

    `language` is the one that all is said in, of `languages`. `sentences` has the widget's own sentences by their
    English text, none for English. Colours are #rrggbb, None for the design's own. `remember` says where a conversation
    is kept: for the browser, for the tab, or not at all. `channel` is what the widget sends with each message.
    """

    site: str
    language: str
    direction: Literal["ltr", "rtl"]
    languages: tuple[NamedLanguage, ...]
    title: str
    label: str | None
    greeting: tuple[str, ...]
    tips: tuple[str, ...]
    topics: tuple[QuickReply, ...]
    emergency: Block
    consent: str
    disclaimer: str
    symptom_check_url: str | None
    contact: str
    contact_url: str | None
    privacy_url: str | None
    library_url: str
    retention_days: int
    session_ttl_min: int
    max_message_chars: int
    max_comment_chars: int
    feedback_reasons: tuple[NamedReason, ...]
    accent: str | None
    accent_dark: str | None
    position: Literal["right", "left"]
    remember: Literal["browser", "tab", "no"]
    channel: str
    sentences: dict[str, str]


def widget_settings(core: Core, language: str, sentences: Iterable[str]) -> WidgetSettings:
    """What the widget is told on the site that `core` serves, in `language` (BCP 47) or, without it, the site's.

    `sentences` are the widget's own. Raises InvalidQuery for a language that is no tag. Needs no store:
    emergencies are answered without one as well, and somebody must be able to tell of them.
    """
    if language and not LANGUAGE_TAG.fullmatch(language):
        raise InvalidQuery(f"language: {shown(language)} is not a BCP 47 language tag such as en or pt-BR")
    wordings, own = core.conversing.wordings, core.site.web_site or _ANY_SITE
    say = wordings.of(*filter(None, (language, core.site.language)))
    site = core.site.said(say)

    def said(text: SiteText, otherwise: str = "") -> str:
        return text.said(say, site.language) or (say(otherwise) if otherwise else "")

    return WidgetSettings(
        site=own.id,
        language=say.language,
        direction=say.direction,
        languages=tuple(NamedLanguage(each, wordings.name(each, wordings.of(each))) for each in wordings.languages),
        title=said(own.title, texts.CHAT_TITLE),
        label=said(own.label) or None,
        greeting=_lines(said(own.greeting)) or tuple(say(sentence) for sentence in _GREETING),
        tips=_lines(said(own.tips)) or tuple(say(sentence) for sentence in _TIPS),
        topics=tuple(QuickReply(topic, f"/topic {topic}") for topic in _topics(core, own, say.language)),
        emergency=fallback_block(core.safety.country(site.country), say),
        consent=say(texts.CONSENT, days=site.retention_days),
        disclaimer=site.disclaimer,
        symptom_check_url=site.symptom_check_url or None,
        contact=site.contact,
        contact_url=site.contact_url or None,
        privacy_url=said(own.privacy_url) or None,
        library_url=f"{site.public_url}/library?lang={say.language}",
        retention_days=site.retention_days,
        session_ttl_min=site.session_ttl_min,
        max_message_chars=MAX_MESSAGE_CHARS,
        max_comment_chars=MAX_COMMENT_CHARS,
        feedback_reasons=tuple(NamedReason(reason, say(title)) for reason, title in _REASONS.items()),
        accent=own.accent or None,
        accent_dark=own.accent_dark or None,
        position=own.position,
        remember=own.remember,
        channel=own.channel if own.id else CHANNEL,
        sentences={} if say.language == ENGLISH.language else {sentence: say(sentence) for sentence in sentences},
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _topics(core: Core, own: WidgetSite, language: str) -> tuple[str, ...]:
    """The site's, then those of the library that is searched for readers of `language`: without one, the site's.

    While the library cannot be read, the site's alone.
    """
    found: tuple[str, ...] = ()
    try:
        if language not in core.retriever.languages():
            language = primary_language(core.site.language)
        found = core.store.topics(language, _MAX_TOPICS, core.serving())
    except Unavailable as error:
        _log.warning("no_topics", extra={"reason": str(error)})
    return tuple(dict.fromkeys((*own.topics, *found)))[:_MAX_TOPICS]

"""Replies to what is no question on health: greetings, commands, and questions about the last answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.domain import texts
from bot.domain.blocks import Block, BlockType, reference_blocks, source_blocks
from bot.domain.emergency import fallback_block
from bot.domain.errors import NotFound
from bot.domain.feedback import GivenFeedback
from bot.domain.intents import LAST, Intent
from bot.domain.language_tags import primary_language
from bot.domain.reply import Choice, Outcome, QuickReply, question_blocks, quick_replies
from bot.service.answering import (
    Draft,
    about_turn,
    article_draft,
    browse_button,
    choices_draft,
    no_library_blocks,
    rejected_draft,
)
from bot.service.feedback import give_feedback
from bot.service.matching import article_in_view
from bot.service.triage import standing_emergency

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.service.core import Core
    from bot.service.received import Received

# As many topics, or questions on one, as a person can look over.
MAX_TOPICS: Final = 15
MAX_ON_TOPIC: Final = 10


def small_talk_draft(core: Core, received: Received) -> Draft:
    """The reply to a message whose intent is not a question."""
    return _REPLIES.get(received.heard.intent, _said)(core, received)


def _said(core: Core, received: Received) -> Draft:
    """What stands in `data/small_talk/`."""
    intent = received.heard.intent
    if intent in {Intent.YES, Intent.NO} and standing_emergency(received):
        return _information(intent)  # whom to call is said again
    blocks = _paragraphs(core, received, intent)
    if intent in {Intent.GREETING, Intent.HELP}:
        return _information(intent, *blocks, fallback_block(received.country, received.say), browse=received)
    return _information(intent, *blocks)


def _restart(core: Core, received: Received) -> Draft:
    """A greeting: what was said before is not looked back on any more."""
    blocks = _paragraphs(core, received, Intent.GREETING)
    return _information(Intent.RESTART, *blocks, fallback_block(received.country, received.say), browse=received)


def _paragraphs(core: Core, received: Received, intent: Intent) -> tuple[Block, ...]:
    return tuple(
        Block(BlockType.PARAGRAPH, received.say(paragraph, days=core.site.retention_days))
        for paragraph in core.conversing.replies.get(intent, ())
    )


def _choice(core: Core, received: Received) -> Draft:
    """An article chosen by a button, or by its place in what was offered, where there is such a place."""
    number, offered = received.heard.number, received.offer.offered if received.offer else ()
    if number is None:
        return article_draft(core, received, received.heard.argument, Intent.CHOICE)
    place = len(offered) if number == LAST else number
    if place not in range(1, len(offered) + 1):
        said = texts.NO_SUCH_PLACE if offered else texts.NOTHING_OFFERED
        return _information(Intent.CHOICE, Block(BlockType.PARAGRAPH, received.say(said)))
    return article_draft(core, received, offered[place - 1], Intent.CHOICE)


def _yes(core: Core, received: Received) -> Draft:
    """Yes, to the only article that was offered; else it is asked which one."""
    last = received.last_turn
    if last is None or last.outcome is not Outcome.CHOICES:
        return _said(core, received)
    if len(last.offered) == 1:
        return article_draft(core, received, last.offered[0], Intent.CHOICE)
    heads, serving = core.store.heads(last.offered), core.serving()
    choices = tuple(
        Choice(each, head.question)
        for each in last.offered
        if (head := heads.get(each)) and serving.may_show(head.status, head.review_due)
    )
    return about_turn(last, choices_draft(received, Intent.YES, texts.WHICH, choices))


def _no(core: Core, received: Received) -> Draft:
    """No: to sharing a question, to what was offered, or to what was answered."""
    last = received.last_turn
    if last is not None and last.outcome is Outcome.UNMATCHED and last.question:
        return _withheld(core, received, last.id)
    if last is not None and last.outcome in {Outcome.CHOICES, Outcome.ANSWER}:
        return rejected_draft(core, received)
    return _said(core, received)


def _withhold(core: Core, received: Received) -> Draft:
    return _withheld(core, received, received.heard.argument)


def _withheld(core: Core, received: Received, turn_id: str) -> Draft:
    """Keep a question from staff, for good."""
    said = texts.WITHHELD
    try:
        core.store.withhold(received.session_id, turn_id)
    except NotFound:  # it has expired, been deleted with the rest, or never been
        said = texts.NOTHING_TO_WITHHOLD
    return _information(Intent.WITHHOLD, Block(BlockType.PARAGRAPH, received.say(said)))


def _marked(core: Core, received: Received) -> Draft:
    """Thanks for having said whether a reply, or else the last with an article, helped; or that there is none such."""
    intent, turn_id = received.heard.intent, received.heard.argument
    helpful = intent is Intent.HELPFUL
    quoted = (turn.id for turn in received.conversation.turns if turn.article_id)
    turn_id = turn_id or next(quoted, "")
    try:
        give_feedback(core, GivenFeedback(received.session_id, turn_id, helpful))
    except NotFound:  # it has expired, been deleted, or never been
        return _information(intent, Block(BlockType.PARAGRAPH, received.say(texts.NOTHING_TO_MARK)))
    thanks = _information(intent, Block(BlockType.PARAGRAPH, received.say(texts.FEEDBACK_THANKS)))
    return replace(thanks, marked=helpful)


def _references(core: Core, received: Received) -> Draft:
    """The references of the article that the conversation is about."""
    article = article_in_view(core, received.conversation)
    if article is None:
        return _no_article_yet(received)
    blocks = tuple(reference_blocks(article)) or (Block(BlockType.PARAGRAPH, received.say(texts.NO_REFERENCES)),)
    heading = Block(BlockType.HEADING, article.question, quoted=True)
    source = source_blocks(article, core.site.article_url(article.id), received.say)
    return _information(received.heard.intent, heading, *blocks, *source)


def _author(core: Core, received: Received) -> Draft:
    """Who wrote and who signed off the article that the conversation is about, and when."""
    article = article_in_view(core, received.conversation)
    if article is None:
        return _no_article_yet(received)
    source = source_blocks(article, core.site.article_url(article.id), received.say)
    return _information(Intent.AUTHOR, Block(BlockType.HEADING, article.question, quoted=True), *source)


def _full_article(core: Core, received: Received) -> Draft:
    """The article that the conversation is about, once more and whole."""
    article = article_in_view(core, received.conversation)
    return article_draft(core, received, article.id, Intent.FULL_ARTICLE) if article else _no_article_yet(received)


def _topics(core: Core, received: Received) -> Draft:
    """The symptoms and topics that most articles are on."""
    if received.library is None:
        return _information(Intent.TOPICS, *no_library_blocks(core, received))
    topics = core.store.topics(received.library, MAX_TOPICS, core.serving())
    if not topics:
        return _information(Intent.TOPICS, Block(BlockType.PARAGRAPH, received.say(texts.NO_TOPICS)))
    return Draft(
        Intent.TOPICS,
        Outcome.INFORMATION,
        (
            Block(BlockType.PARAGRAPH, received.say(texts.TOPICS)),
            Block(BlockType.LIST, items=topics, quoted=True),
        ),
        quick_replies=tuple(QuickReply(topic, f"/topic {topic}") for topic in topics),
    )


def _topic(core: Core, received: Received) -> Draft:
    """The questions that the articles on a symptom or topic answer."""
    topic = received.heard.argument
    if not topic:
        return _topics(core, received)
    found = core.store.page(
        query="", symptom=topic, language="", serving=core.serving(), number=1, size=MAX_ON_TOPIC
    ).articles
    of_language = [each.article for each in found if primary_language(each.article.language) == received.library]
    choices = tuple(Choice(article.id, article.question) for article in of_language)
    if not choices:
        nothing = Block(BlockType.PARAGRAPH, received.say(texts.NOTHING_ON_TOPIC, topic=topic))
        return _information(Intent.TOPIC, nothing, browse=received)
    return Draft(
        Intent.TOPIC,
        Outcome.INFORMATION,
        question_blocks(received.say(texts.ON_TOPIC, topic=topic), choices),
        quick_replies=(*quick_replies(choices), browse_button(received)),
        offered=tuple(choice.article_id for choice in choices),
    )


def _person(core: Core, received: Received) -> Draft:
    """Whom to turn to."""
    say, site = received.say, core.site.said(received.say)
    if not site.contact and not site.contact_url:
        return _information(
            Intent.PERSON, Block(BlockType.PARAGRAPH, say(texts.NO_CONTACT)), fallback_block(received.country, say)
        )
    blocks = [Block(BlockType.PARAGRAPH, say(texts.CONTACT, contact=site.contact or site.contact_url))]
    if site.contact_url:
        blocks.append(Block(BlockType.LINK, site.contact or site.contact_url, href=site.contact_url))
    return _information(Intent.PERSON, *blocks, fallback_block(received.country, say))


def _no_article_yet(received: Received) -> Draft:
    """None was quoted in this conversation, or the one that was has been withdrawn since."""
    quoted = any(turn.article_id for turn in received.conversation.turns)
    said = Block(BlockType.PARAGRAPH, received.say(texts.RETIRED if quoted else texts.NO_ARTICLE_YET))
    return _information(received.heard.intent, said, browse=received)


def _information(intent: Intent, *blocks: Block, browse: Received | None = None) -> Draft:
    buttons = (browse_button(browse),) if browse else ()
    return Draft(intent, Outcome.INFORMATION, blocks, quick_replies=buttons)


_REPLIES: Final[dict[Intent, Callable[[Core, Received], Draft]]] = {
    Intent.CHOICE: _choice,
    Intent.NONE_OF_THESE: rejected_draft,
    Intent.YES: _yes,
    Intent.NO: _no,
    Intent.WITHHOLD: _withhold,
    Intent.HELPFUL: _marked,
    Intent.UNHELPFUL: _marked,
    Intent.RESTART: _restart,
    Intent.REFERENCES: _references,
    Intent.AUTHOR: _author,
    Intent.FULL_ARTICLE: _full_article,
    Intent.TOPICS: _topics,
    Intent.TOPIC: _topic,
    Intent.PERSON: _person,
}

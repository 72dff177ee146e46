"""Match a message with the library: by itself, and, where it leans on what came before, with that as context."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from bot.domain.decision import MAX_CHOICES, Decision, decide, ranked
from bot.domain.errors import NotFound
from bot.domain.intents import QUESTIONS, Intent, Leaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Article
    from bot.domain.decision import Ranked
    from bot.domain.intents import Phrases
    from bot.ports import Query
    from bot.ports.turns import Conversation
    from bot.service.core import Core

DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Match:
    """What the library has for a message. `ranking` (best first) is what the decision was made on.

    `is_again` says that the article in view is offered once more.
    """

    intent: Intent
    ranking: Sequence[Ranked]
    decision: Decision
    library_version: int
    is_again: bool = False


def match(
    core: Core,
    query: Query,
    language: str,
    conversation: Conversation,
    phrases: Phrases,
    *,
    is_correction: bool = False,
) -> Match:
    """The articles in `language` for a message; a correction is never answered with the article that it corrects."""
    ranking, version = rank(core, query, DEPTH, language)
    leaning = max(phrases.leaning(query.text), Leaning.PERHAPS if is_correction else Leaning.NOT)
    alone = decide(ranking, core.calibration)
    if leaning is Leaning.NOT or not conversation.turns:
        return Match(Intent.QUESTION, ranking, alone, version)
    article, spoken_of = _spoken_of(core, conversation)
    if is_correction and article is not None:
        ranking = _without(article.id, ranking)
        alone = decide(ranking, core.calibration)
    plain = Match(Intent.CORRECTION if is_correction else Intent.QUESTION, ranking, alone, version)
    topic = phrases.topic(spoken_of)
    if not topic:
        return plain
    named = core.retriever.read(phrases.in_context(query.text, topic))
    in_context, _ = rank(core, named, DEPTH, language)
    if is_correction and article is not None:
        in_context = _without(article.id, in_context)
    return _resolved(core, plain, in_context, leaning, article)


def rank(core: Core, query: Query, depth: int, language: str) -> tuple[list[Ranked], int]:
    """Up to `depth` articles in `language` that may be shown, best first, and the store version they were found at.

    What the index found is held against the store: an article that was retired or revised meanwhile is left out,
    however far the index is behind, and so is one that is withheld until it has been reviewed.
    """
    serving, found_at = core.serving(), depth
    while True:
        candidates, version = core.retriever.find(query, found_at, language)
        heads = core.store.heads([candidate.article_id for candidate in candidates])
        current = [
            candidate
            for candidate in candidates
            if (head := heads.get(candidate.article_id))
            and serving.may_show(head.status, head.review_due)
            and head.revision == candidate.revision
        ]
        withheld = sum(serving.is_withheld(head.review_due) for head in heads.values())
        # The withheld ones stay in the index, and must not keep out those behind them.
        if len(current) >= depth or not withheld or len(candidates) < found_at:
            return ranked(current[:depth], core.calibration, query.text), version
        found_at *= 4


def article_in_view(core: Core, conversation: Conversation) -> Article | None:
    """The article that the conversation is about: the last one quoted, if it is still served."""
    article_id = next((turn.article_id for turn in conversation.turns if turn.article_id), None)
    if article_id is None:
        return None
    try:
        article = core.store.article(article_id).article
    except NotFound:
        return None
    return article if core.serving().may_show(article.status, article.review_due) else None


def _spoken_of(core: Core, conversation: Conversation) -> tuple[Article | None, str]:
    """What "it" is, as a question: the article last quoted, or a later question that had none, but had some near it.

    What has nothing near it in the library may be mere talk.
    """
    for turn in conversation.turns:
        if turn.article_id:
            article = article_in_view(core, conversation)
            return article, article.question if article else ""
        if turn.question and turn.offered and turn.intent in QUESTIONS:
            return None, turn.question
    return None, ""


def _resolved(core: Core, plain: Match, ranking: Sequence[Ranked], leaning: Leaning, article: Article | None) -> Match:
    """What a message that leans on what came before asks for; where two readings stand, both are offered.

    `plain` is the message by itself, `ranking` with its topic named. The `article` in view would be found again by its
    topic whatever is asked about it: it is offered again, but quoted again only if the message by itself finds it.
    """
    in_context = decide(ranking, core.calibration)
    alone, other = plain.decision.answer, in_context.answer
    if not ranking or (alone and (leaning is Leaning.OPENS or (not other and leaning is Leaning.PERHAPS))):
        return plain
    intent = plain.intent if plain.intent is Intent.CORRECTION else Intent.FOLLOW_UP
    is_again = other is not None and article is not None and other.candidate.article_id == article.id
    # "no, I meant my back": with the topic that it corrects beside it, it may find just that once more.
    is_sure = leaning is Leaning.WHOLLY or (alone is None and plain.intent is not Intent.CORRECTION)
    if other and ((is_sure and not is_again) or _same_article(alone, other)):
        return Match(intent, ranking, in_context, plain.library_version)
    both = _interleaved(ranking, plain.ranking)
    likely = tuple(entry for entry in both if entry.probability >= core.calibration.choose_at)[:MAX_CHOICES]
    offered = Decision(None, likely, max(both[0].probability, plain.decision.probability or 0.0))
    return Match(intent, both, offered, plain.library_version, is_again=is_again and alone is None)


def _same_article(one: Ranked | None, other: Ranked | None) -> bool:
    return one is not None and other is not None and one.candidate.article_id == other.candidate.article_id


def _interleaved(*rankings: Sequence[Ranked]) -> list[Ranked]:
    """The best of each, then the second best of each, and so on; each article once."""
    chosen: dict[str, Ranked] = {}
    for entries in zip_longest(*rankings):
        for entry in entries:
            if entry is not None:
                chosen.setdefault(entry.candidate.article_id, entry)
    return list(chosen.values())


def _without(article_id: str, ranking: Sequence[Ranked]) -> list[Ranked]:
    return [entry for entry in ranking if entry.candidate.article_id != article_id]

"""Search the library: what the chat would find, then every article with the words. Nothing of it is kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Final

from bot.domain.emergency import emergency_blocks, fallback_block
from bot.domain.errors import InvalidQuery, Unavailable, shown
from bot.domain.message import MAX_MESSAGE_CHARS
from bot.domain.records import UNPRINTABLE
from bot.service.matching import rank
from bot.service.triage import triage_search

if TYPE_CHECKING:
    from bot.domain.blocks import Block
    from bot.domain.emergency import Assessment
    from bot.ports import Query, StoredArticle
    from bot.service.core import Core

_log = logging.getLogger(__name__)

PAGE_SIZE: Final = 20
MAX_QUERY_CHARS: Final = 200
_MAX_PAGE: Final = 100_000
# As many as fit on the first page are put first by what they mean.
_DEPTH: Final = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, and which page (from 1) of it.

    That is `words`, among articles with a `symptom`, in a `language` (a BCP 47 tag); "" stands for any.
    """

    words: str = ""
    symptom: str = ""
    language: str = ""
    page: int = 1

    def __post_init__(self) -> None:
        """Raise InvalidQuery where something cannot be used; white space is evened out."""
        if not 1 <= self.page <= _MAX_PAGE:
            raise InvalidQuery(f"page: {self.page} is not a number from 1 to {_MAX_PAGE:,}")
        for name, value in (("q", self.words), ("symptom", self.symptom), ("language", self.language)):
            if len(value) > MAX_QUERY_CHARS:
                raise InvalidQuery(
                    f"{name}: {len(value):,} characters are too many; at most {MAX_QUERY_CHARS} are taken"
                )
            if UNPRINTABLE.search(value):
                raise InvalidQuery(f"{name}: {shown(value)} has characters that no article has")
        object.__setattr__(self, "words", " ".join(self.words.split()))
        object.__setattr__(self, "symptom", " ".join(self.symptom.split()))


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, of so many `pages`; `total` counts the articles on all of them.

    `emergency` is to stand above everything: what to do, where the words are an emergency; else it is empty. `language`
    is the one that it is said in.
    """

    articles: tuple[StoredArticle, ...]
    page: int
    pages: int
    total: int
    emergency: tuple[Block, ...] = ()
    language: str = ""


def search_library(core: Core, search: Search, *languages: str) -> Found:
    """A page of the articles that may be shown, found by meaning or by words; without words, all in order of questions.

    Those that the chat would quote or offer come first, the likeliest first; then those with every word, in the order
    of questions. `languages` are those that our sentences are wanted in, where the words do not show their own. Raises
    Unavailable; not where the words are an emergency, which are then all that is found.
    """
    if not search.words:
        return _page(core, search, ())
    query = _read(core, search.words)
    assessment = triage_search(core, search.words, query)
    try:
        found = _page(core, search, _likely(core, query, search) if query else ())
    except Unavailable:
        if not assessment.is_emergency:
            raise
        found = Found((), search.page, 0, 0)
    return _warned(core, search.words, assessment, found, languages)


def unsearched(core: Core, words: str, *languages: str) -> Found:
    """Nothing, for words that are too many to search for, but for what to do where they are an emergency."""
    read = words[:MAX_MESSAGE_CHARS]
    return _warned(core, read, triage_search(core, read, _read(core, read)), Found((), 1, 0, 0), languages)


def _warned(core: Core, words: str, assessment: Assessment, found: Found, languages: tuple[str, ...]) -> Found:
    if not (assessment.is_emergency or assessment.broken):
        return found
    country = core.safety.country(core.site.country)
    detected = core.safety.languages.detect(words)
    say = core.conversing.wordings.of(*([detected.language] if detected else []), *languages)
    if not assessment.is_emergency:
        return replace(found, emergency=(fallback_block(country, say),), language=say.language)
    signs = core.safety.detector.signs_of(assessment)
    return replace(found, emergency=emergency_blocks(signs, country, say), language=say.language)


def _page(core: Core, search: Search, first: tuple[str, ...]) -> Found:
    found = core.store.page(
        query=search.words,
        symptom=search.symptom,
        language=search.language,
        serving=core.serving(),
        number=search.page,
        size=PAGE_SIZE,
        first=first,
    )
    return Found(found.articles, search.page, ceil(found.total / PAGE_SIZE), found.total)


def _read(core: Core, words: str) -> Query | None:
    """The words as the retriever reads them; None where it cannot: those of the articles are still searched."""
    if not any(letter.isalnum() for letter in words):
        return None
    try:
        return core.retriever.read(words)
    except Unavailable as error:
        _log.warning("search_by_words_alone", extra={"reason": str(error)})
        return None


def _likely(core: Core, query: Query, search: Search) -> tuple[str, ...]:
    """The ids of the articles that the chat would quote or offer, the likeliest first."""
    ranking, _ = rank(core, query, _DEPTH, search.language)
    return tuple(entry.candidate.article_id for entry in ranking if entry.probability >= core.calibration.choose_at)

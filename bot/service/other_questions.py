"""The questions that come nearest to an article's own, for its page."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from bot.domain.errors import Unavailable
from bot.domain.reply import Choice
from bot.service.matching import rank

if TYPE_CHECKING:
    from bot.domain.article import Article, Serving
    from bot.service.core import Core

_log = logging.getLogger(__name__)

MAX_OTHERS: Final = 5
# As many of the nearest are looked at: most are on something else where the library is small.
_DEPTH: Final = 20
# An article on none of the same symptoms and topics is offered if it is at least so probable that it answers.
_MIN_PROBABILITY: Final = 0.1
# At a kilobyte each.
_MAX_KEPT: Final = 4_000

_Asked = tuple[str, str, str]


class OtherQuestions:
    """Other articles to read, of each article; kept until the library, or the day, has changed. Safe for threads."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._at: tuple[int, Serving] | None = None
        self._kept: dict[_Asked, tuple[Choice, ...]] = {}
        self._lock = threading.Lock()

    def of(self, article: Article) -> tuple[Choice, ...]:
        """Up to `MAX_OTHERS` others in the language of `article`, nearest first; each question once.

        Only what patients may be shown, and what is near: on one of the same symptoms or topics, or likely to answer
        the question. None while nothing can be found: a page does without. The first time takes as long as finding the
        answer to one question, most of it for encoding.
        """
        # A past revision asks something else, perhaps.
        asked = article.id, article.question, article.language
        try:
            at = self._core.store.version(), self._core.serving()
            with self._lock:
                if at != self._at:
                    self._at, self._kept = at, {}
                if (kept := self._kept.get(asked)) is not None:
                    return kept
            found, version = _found(self._core, article)
        except Unavailable as error:
            _log.warning("no_other_questions", extra={"reason": str(error)})
            return ()
        with self._lock:
            # An index that lags behind finds what it has: not for long.
            if self._at == at and version == at[0] and len(self._kept) < _MAX_KEPT:
                self._kept[asked] = found
        return found


def _found(core: Core, article: Article) -> tuple[tuple[Choice, ...], int]:
    """The others, and the version of the library that they were found at."""
    ranking, version = rank(core, core.retriever.read(article.question), _DEPTH, article.language)
    ids = [entry.candidate.article_id for entry in ranking]
    alike = core.store.alike(article.id, ids) if ids else frozenset()
    near = [
        entry.candidate.article_id
        for entry in ranking
        if entry.candidate.article_id in alike or entry.probability >= _MIN_PROBABILITY
    ]
    heads = core.store.heads(near) if near else {}
    by_question = {article.question: Choice(article.id, article.question)}
    serving = core.serving()
    for article_id in near:
        head = heads.get(article_id)
        if head and head.article_id != article.id and serving.may_show(head.status, head.review_due):
            by_question.setdefault(head.question, Choice(head.article_id, head.question))
    return tuple(by_question.values())[1 : MAX_OTHERS + 1], version

"""Teach phrasings to articles, list them, and take them back; `teaching_preview` tells what that would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidQuery, shown
from bot.domain.phrasings import checked_phrasings, placeholder_in, without_near_copies
from bot.domain.records import MAX_LINE_CHARS, UNPRINTABLE
from bot.domain.staff import Right
from bot.service.staff.teaching_preview import (
    Already,
    Caution,
    Change,
    NearerArticle,
    Preview,
    Reaction,
    preview,
    served_article,
)
from bot.service.staff.undo import undoes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.question_queue import Action, RecordedAction
    from bot.domain.staff import Caller
    from bot.ports.teaching import TaughtPage
    from bot.service.staff.desk import Desk

__all__ = [
    "Already",
    "Caution",
    "Change",
    "NearerArticle",
    "Preview",
    "Proposal",
    "Reaction",
    "forget",
    "list_taught",
    "preview",
    "proposal",
    "teach",
]

MAX_PAGE: Final = 10_000
MAX_PAGE_SIZE: Final = 200
_MAX_WORDS_CHARS: Final = 300
# Of a group of very many wordings, those that most people asked.
_WORDINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """Wordings of a group to choose from, those asked most often first, each but once.

    `withheld` are such as have a placeholder of redaction ("[phone]"): they are to be edited first.
    """

    group_id: str
    version: int
    wordings: tuple[str, ...]
    withheld: tuple[str, ...]


def proposal(desk: Desk, group_id: str) -> Proposal:
    """What there is to teach of a group. Raises NotFound, Unavailable."""
    summary = desk.queue.group(group_id)
    words = without_near_copies(
        words
        for words, _ in desk.queue.wordings(group_id, desk.core.retriever.model_sha256, _WORDINGS)
        if len(words) <= MAX_LINE_CHARS and "\n" not in words
    )
    return Proposal(
        group_id,
        summary.version,
        tuple(each for each in words if not placeholder_in(each)),
        tuple(each for each in words if placeholder_in(each)),
    )


def teach(
    desk: Desk, caller: Caller, article_id: str, phrasings: Sequence[str], group: tuple[str, int] | None = None
) -> Action:
    """Teach `phrasings`, live at the next question everywhere; `group` (id and version seen) becomes taught.

    Undone by the action's id. Raises NotFound, InvalidArticle, Conflict, Unavailable.
    """
    texts = checked_phrasings(phrasings)
    served_article(desk, article_id)
    return desk.past.teach(article_id, texts, group, caller.name)


def forget(desk: Desk, caller: Caller, article_id: str, phrasings: Sequence[str]) -> Action:
    """Take taught phrasings away. Undone by the action's id. Raises NotFound, InvalidQuery, Unavailable."""
    if not phrasings:
        raise InvalidQuery("phrasings: there is none; name those to forget")
    return desk.past.forget(article_id, tuple(dict.fromkeys(phrasings)), caller.name)


@undoes(Right.TEACH, "teach", "forget")
def _undo(desk: Desk, caller: Caller, action: RecordedAction) -> None:
    desk.past.undo(action.id, caller.name)


def list_taught(desk: Desk, *, article_id: str = "", words: str = "", page: int = 1, size: int = 50) -> TaughtPage:
    """Phrasings taught to an article, or with "" to any, that have every one of `words`. Raises InvalidQuery."""
    if not 1 <= page <= MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {MAX_PAGE:,}")
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise InvalidQuery(f"size: {size} is not a number from 1 to {MAX_PAGE_SIZE}")
    for name, value in (("words", words), ("article", article_id)):
        if len(value) > _MAX_WORDS_CHARS or UNPRINTABLE.search(value):
            raise InvalidQuery(f"{name}: {shown(value)} has characters that no phrasing has, or too many of them")
    return desk.past.taught(article_id=article_id, words=words, number=page, size=size)

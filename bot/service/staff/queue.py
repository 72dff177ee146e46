"""The queue: what is in it, and what staff do with it. Each action returns the id that undoes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.article import SERVED
from bot.domain.errors import InvalidQuery, NotFound, shown
from bot.domain.question_queue import (
    MAX_NOTE_CHARS,
    MAX_TITLE_CHARS,
    MAX_TOGETHER,
    NEAREST_SHOWN,
    GroupDetail,
    GroupState,
    NearArticle,
)
from bot.domain.records import MAX_ID_CHARS, UNPRINTABLE, is_article_id, normalised
from bot.domain.staff import Right
from bot.ports.queue import GroupFields
from bot.service.matching import DEPTH, rank
from bot.service.staff.undo import undo, undoes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.decision import Span
    from bot.domain.question_queue import Action, ActionPage, GroupPage, GroupSummary, QueueFilters, RecordedAction
    from bot.domain.staff import Caller
    from bot.ports import StoredArticle
    from bot.service.staff.desk import Desk

__all__ = [
    "actions_on",
    "add_note",
    "assign",
    "dismiss",
    "group_detail",
    "link_article",
    "list_groups",
    "mark_published",
    "merge",
    "move",
    "next_group",
    "recent_actions",
    "rename",
    "reopen",
    "request_article",
    "split",
    "undo",
]

MAX_PAGE: Final = 10_000
MAX_PAGE_SIZE: Final = 200
MAX_ASSIGNEE_CHARS: Final = 64
# Of what was done to one group.
ACTIONS_SHOWN: Final = 10
# Of a group of very many wordings, those of most people tell what it is about.
_WORDINGS: Final = 200
# The kinds of actions on the queue, all undone alike.
KINDS: Final = (
    "dismiss",
    "reopen",
    "assign",
    "rename",
    "note",
    "request_article",
    "link_article",
    "merge",
    "split",
    "move",
)


def list_groups(desk: Desk, filters: QueueFilters, page: int = 1, size: int = 50) -> GroupPage:
    """Page `page` (from 1) of the groups that fit, `size` (at most 200) on each. Raises InvalidQuery, Unavailable."""
    _check_page(page, size)
    for name, value in (("words", filters.words), ("channel", filters.channel), ("assignee", filters.assignee)):
        if len(value) > MAX_TITLE_CHARS or UNPRINTABLE.search(value):
            raise InvalidQuery(f"{name}: {shown(value)} has characters that no question has, or too many of them")
    return desk.queue.groups(filters, page, size)


def group_detail(desk: Desk, group_id: str, page: int = 1, size: int = 50) -> GroupDetail:
    """A group, one page of its questions, and the articles nearest to it. Raises NotFound, InvalidQuery."""
    _check_page(page, size)
    summary = desk.queue.group(group_id)
    representative = representative_wording(desk, group_id)
    return GroupDetail(
        summary,
        desk.queue.members(group_id, page, size),
        desk.queue.notes(group_id),
        nearest_articles(desk, representative, summary.language) if representative else (),
        representative,
    )


def next_group(desk: Desk, filters: QueueFilters, group_id: str) -> str | None:
    """The group to go on to after `group_id`, in the order of `filters`; None if there is no other."""
    return desk.queue.following(filters, group_id)


def actions_on(desk: Desk, group_id: str) -> tuple[RecordedAction, ...]:
    """What staff did to a group last, newest first."""
    return desk.queue.actions(1, ACTIONS_SHOWN, group_id).actions


def representative_wording(desk: Desk, group_id: str) -> str:
    """The wording that is nearest to the meaning of a whole group; "" where it has no question. Raises Unavailable."""
    wordings = desk.queue.wordings(group_id, desk.encoder.model_sha256, _WORDINGS)
    encoded = [(words, vector) for words, vector in wordings if vector is not None]
    if encoded:
        return encoded[desk.grouping.central([vector for _, vector in encoded])][0]
    return wordings[0][0] if wordings else ""


def nearest_articles(desk: Desk, question: str, language: str) -> tuple[NearArticle, ...]:
    """The articles nearest to `question`, best first, with the probabilities that a patient's would have."""
    core = desk.core
    # To the depth of a patient's question: a probability depends on the rivals that are looked at.
    ranking, _ = rank(core, core.retriever.read(question), DEPTH, language)
    found = []
    for entry in ranking[:NEAREST_SHOWN]:
        try:
            stored = core.store.article(entry.candidate.article_id)
        except NotFound:
            continue
        span = entry.candidate.matched
        found.append(
            NearArticle(
                stored.article.id, stored.article.question, entry.probability, span.field, matched_text(stored, span)
            )
        )
    return tuple(found)


def matched_text(stored: StoredArticle, span: Span) -> str:
    """The text of an article at `span`; "" where the article has no such place any more."""
    name, _, number = span.field.partition("[")
    if number:
        lines = stored.phrasings if name == "phrasing" else stored.article.also_asked
        place = int(number.removesuffix("]")) - 1
        text = lines[place] if place < len(lines) else ""
    else:
        text = {
            "question": stored.article.question,
            "short_answer": stored.article.short_answer,
            "explanation": stored.article.explanation,
        }[name]
    return text[span.start : span.end]


def dismiss(desk: Desk, caller: Caller, groups: Mapping[str, int]) -> Action:
    """Nothing is to be done for these. Raises NotFound, Conflict, InvalidQuery, Unavailable, as all actions do."""
    fields = GroupFields(state=GroupState.DISMISSED)
    return desk.queue.change(
        _some(groups), fields, kind="dismiss", summary=f"{_count(groups)} dismissed", by=caller.name
    )


def reopen(desk: Desk, caller: Caller, groups: Mapping[str, int]) -> Action:
    """Something is to be done for these, after all."""
    fields = GroupFields(state=GroupState.OPEN)
    return desk.queue.change(_some(groups), fields, kind="reopen", summary=f"{_count(groups)} reopened", by=caller.name)


def assign(desk: Desk, caller: Caller, groups: Mapping[str, int], assignee: str) -> Action:
    """Give these to an account, by its name, or, with "", to nobody."""
    assignee = _line("assignee", assignee, MAX_ASSIGNEE_CHARS)
    summary = f"{_count(groups)} assigned to {assignee or 'nobody'}"
    return desk.queue.change(
        _some(groups), GroupFields(assignee=assignee), kind="assign", summary=summary, by=caller.name
    )


def rename(desk: Desk, caller: Caller, group_id: str, version: int, title: str) -> Action:
    """Give a group a title in staff's own words; "", or the words of one of its questions, takes it away."""
    title = _line("title", title, MAX_TITLE_CHARS)
    summary = "1 group given a title" if title else "The title of 1 group taken away"
    return desk.queue.change(
        {group_id: version}, GroupFields(title=title), kind="rename", summary=summary, by=caller.name
    )


def request_article(
    desk: Desk, caller: Caller, groups: Mapping[str, int], owner: str, title: str = "", note: str = ""
) -> Action:
    """An article is to be written for these, by `owner`. "" for `owner` or `title` leaves these as they are.

    A title in the words of one of their questions is none.
    """
    owner = _line("owner", owner, MAX_ASSIGNEE_CHARS)
    title = _line("title", title, MAX_TITLE_CHARS)
    # An article that was linked before is not the one that is asked for.
    fields = GroupFields(state=GroupState.NEEDS_ARTICLE, assignee=owner or None, title=title or None, article_id="")
    summary = f"{_count(groups)} marked as needing an article{f' from {owner}' if owner else ''}"
    return desk.queue.change(
        _some(groups), fields, kind="request_article", summary=summary, by=caller.name, note=_text("note", note)
    )


def link_article(desk: Desk, caller: Caller, group_id: str, version: int, article_id: str) -> Action:
    """Say which article, or which draft, is the one for a group: the group is published when, or if, that is."""
    article_id = article_id.strip()
    if not is_article_id(article_id):
        raise InvalidQuery(
            f"article_id: {shown(article_id)} is not 1 to {MAX_ID_CHARS} of the characters a-z, 0-9 and -"
        )
    head = desk.core.store.heads([article_id]).get(article_id)
    state = GroupState.PUBLISHED if head and head.status in SERVED else GroupState.NEEDS_ARTICLE
    fields = GroupFields(state=state, article_id=article_id)
    summary = f"1 group linked to the article {article_id}"
    return desk.queue.change({group_id: version}, fields, kind="link_article", summary=summary, by=caller.name)


def merge(desk: Desk, caller: Caller, groups: Mapping[str, int], into: str) -> Action:
    """Make one group, `into`, of at least two; its state, title and assignee stay. All are of one language."""
    if len(_some(groups)) < 2 or into not in groups:
        raise InvalidQuery("groups: name at least two, and as `into` the one of them that the others go into")
    return desk.queue.merge(groups, into, summary=f"{_count(groups)} merged", by=caller.name)


def split(desk: Desk, caller: Caller, group_id: str, version: int, turn_ids: Sequence[str]) -> Action:
    """Make a new group of some questions of a group."""
    return desk.queue.move(group_id, version, _questions(turn_ids), None, kind="split", by=caller.name)


def move(
    desk: Desk, caller: Caller, group_id: str, version: int, turn_ids: Sequence[str], into: str, into_version: int
) -> Action:
    """Move some questions of a group into another group of the same language."""
    if into == group_id:
        raise InvalidQuery("into: the questions are in that group already; name another")
    return desk.queue.move(group_id, version, _questions(turn_ids), (into, into_version), kind="move", by=caller.name)


def add_note(desk: Desk, caller: Caller, group_id: str, text: str) -> Action:
    """Write a note beside a group."""
    text = _text("text", text)
    if not text:
        raise InvalidQuery("text: it is empty; write what the others are to know")
    return desk.queue.add_note(group_id, text, summary="A note written beside 1 group", by=caller.name)


def recent_actions(desk: Desk, page: int = 1, size: int = 50) -> ActionPage:
    """What staff did, newest first. Raises InvalidQuery, Unavailable."""
    _check_page(page, size)
    return desk.queue.actions(page, size)


def mark_published(desk: Desk, article_id: str) -> int:
    """Tell the groups that need `article_id` that it is published, and count them. Raises Unavailable.

    Nothing happens while the article is not served.
    """
    return desk.queue.settle_published(article_id)


@undoes(Right.REVIEW, *KINDS)
def _undo_on_the_queue(desk: Desk, caller: Caller, action: RecordedAction) -> None:
    desk.queue.undo(action.id, caller.name)


def group_summary(desk: Desk, group_id: str) -> GroupSummary:
    """The group alone. Raises NotFound, Unavailable."""
    return desk.queue.group(group_id)


def _check_page(page: int, size: int) -> None:
    if not 1 <= page <= MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {MAX_PAGE:,}")
    if not 1 <= size <= MAX_PAGE_SIZE:
        raise InvalidQuery(f"size: {size} is not a number from 1 to {MAX_PAGE_SIZE}")


def _some(groups: Mapping[str, int]) -> Mapping[str, int]:
    if not 1 <= len(groups) <= MAX_TOGETHER:
        raise InvalidQuery(f"groups: {len(groups)} are chosen; choose 1 to {MAX_TOGETHER}")
    return groups


def _questions(turn_ids: Sequence[str]) -> Sequence[str]:
    if not 1 <= len(turn_ids) <= MAX_TOGETHER:
        raise InvalidQuery(f"questions: {len(turn_ids)} are chosen; choose 1 to {MAX_TOGETHER}")
    return tuple(dict.fromkeys(turn_ids))


def _count(groups: Mapping[str, int]) -> str:
    return "1 group" if len(groups) == 1 else f"{len(groups)} groups"


def _line(field: str, value: str, max_chars: int) -> str:
    value = _text(field, value, max_chars)
    if "\n" in value:
        raise InvalidQuery(f"{field}: {shown(value)} is not a single line")
    return value


def _text(field: str, value: str, max_chars: int = MAX_NOTE_CHARS) -> str:
    value = normalised(value)
    if len(value) > max_chars:
        raise InvalidQuery(f"{field}: it has {len(value):,} characters; at most {max_chars:,} are taken")
    if found := UNPRINTABLE.search(value):
        raise InvalidQuery(f"{field}: it has a control character (U+{ord(found.group()):04X}) at {found.start()}")
    return value

"""The queue of questions that nothing answered well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator, Field

from bot.domain.errors import InvalidQuery, shown
from bot.domain.question_queue import (
    ActionPage,
    GroupDetail,
    GroupPage,
    GroupState,
    GroupSummary,
    QuestionKind,
    QueueFilters,
    QueueSort,
    RecordedAction,
)
from bot.domain.staff import Caller, Right
from bot.service.staff import queue
from bot.service.staff.catching_up import catch_up_if_few
from bot.web.staff.fields import DateOrNone
from bot.web.staff.routes import Done

if TYPE_CHECKING:
    from bot.domain.question_queue import Action
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

PAGE_SIZE: Final = 50
# Questions of a group, on its page.
QUESTIONS: Final = 20
# Groups to choose from, where questions are to be moved.
_OTHERS: Final = 40
ANY: Final = "any"
# A form sends a field where nothing was chosen, too.
_EMPTY_IS_NONE: Final = BeforeValidator(lambda given: given or None)


def _filters(
    state: Annotated[str, Query(description="A state, or any.")] = GroupState.OPEN,
    kind: Annotated[QuestionKind | None, _EMPTY_IS_NONE] = None,
    channel: str = "",
    language: str = "",
    assignee: Annotated[str, Query(description="The name of an account, or - for nobody's.")] = "",
    since: DateOrNone = None,
    until: DateOrNone = None,
    words: str = "",
    sort: QueueSort = QueueSort.PEOPLE,
) -> QueueFilters:
    return QueueFilters(_state(state), kind, channel, language, assignee, since, until, words, sort)


Filters = Annotated[QueueFilters, Depends(_filters)]


@dataclass(frozen=True, slots=True)
class QueueView:
    """A page of the queue, what it is filtered by, and the names of those whom groups can be assigned to.

    `last` is what the caller did last, if it still stands: it can be undone.
    """

    page: GroupPage
    filters: QueueFilters
    number: int
    size: int
    staff: tuple[str, ...]
    last: RecordedAction | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group, and which page of its questions.

    `next` is the id of the one to go on to among those that the filters leave, None if there is no other. `others` are
    groups that questions can be moved to, `actions` what was done to this one, newest first.
    """

    group: GroupDetail
    number: int
    size: int
    next: str | None
    others: tuple[GroupSummary, ...]
    staff: tuple[str, ...]
    actions: tuple[RecordedAction, ...]


@dataclass(frozen=True, slots=True)
class ActionsView:
    """A page of what staff did."""

    page: ActionPage
    number: int
    size: int


class Chosen(BaseModel):
    """Groups as they were seen: `id:version` each."""

    groups: list[str] = Field(default_factory=list, description="`id:version` of each group.")

    def seen(self, fewest: int = 1) -> dict[str, int]:
        """The versions by id. Raises InvalidQuery for fewer than `fewest`."""
        if len(self.groups) < fewest:
            few = "no group is" if not self.groups else "only one group is"
            raise InvalidQuery(
                f"{few} ticked; tick at least {'one' if fewest == 1 else 'two'} (`groups`: `id:version`)"
            )
        return dict(_seen(each) for each in self.groups)


class Assigning(Chosen):
    """Who is to have them."""

    assignee: str = Field("", description="The name of an account; empty for nobody.")


class Requesting(Chosen):
    """An article that is to be written."""

    owner: str = Field("", description="The name of the account that is to write it.")
    title: str = ""
    note: str = ""


class Merging(Chosen):
    """Which of them stays; the first, if it is not said."""

    into: str = Field("", description="The id of one of them.")


class Linking(BaseModel):
    """The article for a group."""

    version: int
    article_id: str


class Naming(BaseModel):
    """A title in staff's own words."""

    version: int
    title: str = ""


class Moving(BaseModel):
    """Questions that belong elsewhere; into a group of their own, if no other is named."""

    version: int
    turns: list[str] = Field(description="The turn ids of the questions.")
    into: str = Field("", description="`id:version` of the group that they are to go to.")


class Noting(BaseModel):
    """A note."""

    text: str


def add_queue_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The routes over a wired desk."""
    _add_views(routes, desk)
    _add_bulk(routes, desk)
    _add_single(routes, desk)


def _add_views(routes: StaffRoutes, desk: Desk) -> None:
    @routes.view("/queue", Right.SEE, "staff/queue.html", "The queue")
    def queue_page(
        caller: Caller,
        filters: Filters,
        page: int = 1,
        size: Annotated[int, Query(description="At most 200.")] = PAGE_SIZE,
    ) -> QueueView:
        """Groups of questions, those of most people first."""
        catch_up_if_few(desk)
        last = next(iter(queue.recent_actions(desk, size=1).actions), None)
        return QueueView(
            queue.list_groups(desk, filters, page, size),
            filters,
            page,
            size,
            _staff(desk),
            last if last and last.actor == caller.name and last.undone is None else None,
        )

    @routes.view("/queue/{group_id}", Right.SEE, "staff/group.html", "A group of questions")
    def group_page(caller: Caller, group_id: str, filters: Filters, page: int = 1, size: int = QUESTIONS) -> GroupView:
        """Its wordings, its notes, and the articles nearest to it. The filters are those of the list it stands in."""
        detail = queue.group_detail(desk, group_id, page, size)
        rest = queue.list_groups(desk, QueueFilters(language=detail.summary.language), size=_OTHERS)
        return GroupView(
            detail,
            page,
            size,
            queue.next_group(desk, filters, group_id),
            tuple(each for each in rest.groups if each.id != group_id),
            _staff(desk),
            queue.actions_on(desk, group_id),
        )

    @routes.view("/actions", Right.SEE, "staff/actions.html", "What staff did")
    def actions_page(caller: Caller, page: int = 1, size: int = PAGE_SIZE) -> ActionsView:
        """The newest first; each that stands can be undone."""
        return ActionsView(queue.recent_actions(desk, page, size), page, size)

    @routes.action("/actions/{action_id}/undo", Right.REVIEW, "Undo an action")
    def undo(caller: Caller, action_id: str) -> Done:
        """As long as what it did was not changed since."""
        return Done(message=queue.undo(desk, caller, action_id).summary)


def _add_bulk(routes: StaffRoutes, desk: Desk) -> None:
    """What is done to several groups at once, all or none."""

    @routes.action("/queue/dismiss", Right.REVIEW, "Dismiss groups")
    def dismiss(caller: Caller, body: Chosen) -> Done:
        """Nothing is to be done for them."""
        return _done(queue.dismiss(desk, caller, body.seen()))

    @routes.action("/queue/reopen", Right.REVIEW, "Reopen groups")
    def reopen(caller: Caller, body: Chosen) -> Done:
        """Something is to be done for them, after all."""
        return _done(queue.reopen(desk, caller, body.seen()))

    @routes.action("/queue/assign", Right.REVIEW, "Assign groups")
    def assign(caller: Caller, body: Assigning) -> Done:
        """To an account, or to nobody."""
        return _done(queue.assign(desk, caller, body.seen(), body.assignee))

    @routes.action("/queue/request", Right.REVIEW, "Ask for an article")
    def request_article(caller: Caller, body: Requesting) -> Done:
        """An article is to be written for them."""
        return _done(queue.request_article(desk, caller, body.seen(), body.owner, body.title, body.note))

    @routes.action("/queue/merge", Right.REVIEW, "Merge groups")
    def merge(caller: Caller, body: Merging) -> Done:
        """Into one of them."""
        seen = body.seen(fewest=2)
        return _done(queue.merge(desk, caller, seen, body.into or next(iter(seen), "")))


def _add_single(routes: StaffRoutes, desk: Desk) -> None:
    """What is done to one group."""

    @routes.action("/queue/{group_id}/link", Right.REVIEW, "Link an article")
    def link(caller: Caller, group_id: str, body: Linking) -> Done:
        """The group is published when the article is."""
        return _done(queue.link_article(desk, caller, group_id, body.version, body.article_id))

    @routes.action("/queue/{group_id}/title", Right.REVIEW, "Name a group")
    def rename(caller: Caller, group_id: str, body: Naming) -> Done:
        """In staff's own words; empty for the wording that most have asked."""
        return _done(queue.rename(desk, caller, group_id, body.version, body.title))

    @routes.action("/queue/{group_id}/move", Right.REVIEW, "Move questions")
    def move(caller: Caller, group_id: str, body: Moving) -> Done:
        """Into another group, or into one of their own."""
        if not body.into:
            return _done(queue.split(desk, caller, group_id, body.version, body.turns))
        into, version = _seen(body.into)
        return _done(queue.move(desk, caller, group_id, body.version, body.turns, into, version))

    @routes.action("/queue/{group_id}/notes", Right.REVIEW, "Write a note")
    def note(caller: Caller, group_id: str, body: Noting) -> Done:
        """For the others to read."""
        return _done(queue.add_note(desk, caller, group_id, body.text))


def _staff(desk: Desk) -> tuple[str, ...]:
    return tuple(account.name for account in desk.accounts.accounts() if account.is_active)


def _done(action: Action) -> Done:
    return Done(message=f"{action.summary}.", undo=action.id)


def _state(value: str) -> GroupState | None:
    if value in {"", ANY}:
        return None
    try:
        return GroupState(value)
    except ValueError:
        raise InvalidQuery(f"state: {shown(value)} is none of {', '.join((*GroupState, ANY))}") from None


def _seen(text: str) -> tuple[str, int]:
    group_id, _, version = text.rpartition(":")
    if not group_id or not version.isascii() or not version.isdecimal() or len(version) > 9:
        raise InvalidQuery(f"groups: {shown(text)} is not a group's id, a colon, and the version that was seen")
    return group_id, int(version)

"""The queue of questions that nothing answered well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from bot.domain.question_queue import (
        Action,
        ActionPage,
        GroupPage,
        GroupState,
        GroupSummary,
        Note,
        QuestionKind,
        QueuedQuestion,
        QueueFilters,
        RecordedAction,
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A question that is to come into the queue. `language` is a primary subtag."""

    turn_id: str
    kind: QuestionKind
    asked: dt.datetime
    language: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """When a turn comes into the queue.

    Looked at are turns, and feedback on turns, since `since`; None looks at all. Choices count as not picked where they
    were offered before `chosen_by`. Answers are doubtful below `answer_at` (where the turn does not state its own
    threshold) and `margin`.
    """

    since: dt.datetime | None
    chosen_by: dt.datetime
    answer_at: float
    margin: float


@dataclass(frozen=True, slots=True)
class GroupFields:
    """What an action makes of groups; None leaves a field as it is, "" empties it."""

    state: GroupState | None = None
    assignee: str | None = None
    title: str | None = None
    article_id: str | None = None


class QuestionEncoder(Protocol):
    """Tells what questions mean to the model. Safe to call from several threads."""

    @property
    def model_sha256(self) -> str:
        """SHA-256 (hex) of the model's weights: vectors compare only where it is the same."""
        ...

    def encode(self, questions: Sequence[str]) -> list[bytes]:
        """A vector for each question: float16 little-endian, of length 1."""
        ...


class Grouping(Protocol):
    """Tells which questions mean much the same."""

    def place(self, placed: Iterable[tuple[str, bytes]], vectors: Sequence[bytes]) -> list[str | int]:
        """For each of `vectors`, in this order, the group it belongs to: an id, or the number of a new one, from 0.

        `placed` has the group and vector of each question that has a place already. All are of one language and model.
        """
        ...

    def central(self, vectors: Sequence[bytes]) -> int:
        """Which of `vectors` (at least one) is nearest to their mean; of equal ones the first."""
        ...


class QueueStore(Protocol):
    """The queue, its groups, and what staff did. Every method may raise Unavailable.

    Where a method takes groups by id with the versions that were seen, it raises NotFound if one is gone, and Conflict
    if one changed meanwhile; nothing is done then. `by` is the `Caller.name`.
    """

    def groups(self, filters: QueueFilters, number: int, size: int) -> GroupPage:
        """Page `number` (from 1) of the groups that fit."""
        ...

    def group(self, group_id: str) -> GroupSummary:
        """A group. Raises NotFound."""
        ...

    def members(self, group_id: str, number: int, size: int) -> tuple[QueuedQuestion, ...]:
        """Page `number` (from 1) of its questions, newest first."""
        ...

    def notes(self, group_id: str) -> tuple[Note, ...]:
        """What staff wrote beside it, oldest first."""
        ...

    def wordings(self, group_id: str, model_sha256: str, limit: int) -> tuple[tuple[str, bytes | None], ...]:
        """Its distinct wordings, those of most people first, each with its vector of that model (None: it has none)."""
        ...

    def change(
        self, groups: Mapping[str, int], fields: GroupFields, *, kind: str, summary: str, by: str, note: str = ""
    ) -> Action:
        """Give all of `groups` these fields, and, if it is not "", `note`; or none of them.

        `kind` names the action, such as "dismiss". It is recorded with `summary`, to be undone.
        """
        ...

    def add_note(self, group_id: str, text: str, *, summary: str, by: str) -> Action:
        """Write a note beside a group. Raises NotFound."""
        ...

    def merge(self, groups: Mapping[str, int], into: str, *, summary: str, by: str) -> Action:
        """Move the questions and notes of all `groups` into `into`, which is one of them."""
        ...

    def move(
        self, group_id: str, version: int, turn_ids: Sequence[str], into: tuple[str, int] | None, *, kind: str, by: str
    ) -> Action:
        """Move questions out of a group, into another, or, with None, into a new one."""
        ...

    def following(self, filters: QueueFilters, group_id: str) -> str | None:
        """The group that comes after `group_id` among those that fit; the first, after the last or one that does not.

        None if there is no other.
        """
        ...

    def actions(self, number: int, size: int, group_id: str = "") -> ActionPage:
        """What staff did, or what they did to one group, newest first."""
        ...

    def action(self, action_id: str) -> RecordedAction:
        """One action. Raises NotFound."""
        ...

    def record_action(self, kind: str, summary: str, undo: Mapping[str, Any], by: str) -> Action:
        """Keep what another area did, so that it can be undone by the undoer that it registered for `kind`."""
        ...

    def undo(self, action_id: str, by: str) -> None:
        """Undo an action on the queue, all of it. Raises NotFound, and Conflict if it was undone, or changed since."""
        ...

    def mark_undone(self, action_id: str, by: str) -> None:
        """Note that another area undid its action. Raises NotFound, and Conflict if it was undone already."""
        ...

    def settle_published(self, article_id: str | None = None) -> int:
        """Groups that need `article_id` (None: any article) and have it now are published; how many there were."""
        ...

    def arrivals(self, arriving: Arriving) -> tuple[Arrival, ...]:
        """The questions that are to come into the queue, or to be of another kind there, oldest first.

        Of the same words in one session there is one, the first.
        """
        ...

    def recant(self, since: dt.datetime | None) -> int:
        """Take out what was marked as unhelpful and, since then, as helpful after all; how many there were."""
        ...

    def without_vector(
        self, model_sha256: str, limit: int, turn_ids: Sequence[str] | None = None, *, since: dt.datetime | None = None
    ) -> tuple[tuple[str, str], ...]:
        """Up to `limit` questions (turn id, words) that have no vector of that model: of these turns, or of any.

        `since` leaves out turns before then.
        """
        ...

    def queued_without_vector(self, model_sha256: str, limit: int) -> tuple[tuple[str, str], ...]:
        """The same of those that are in the queue."""
        ...

    def keep_vectors(self, model_sha256: str, vectors: Sequence[tuple[str, bytes]]) -> None:
        """Keep the vectors of turns whose words are still kept."""
        ...

    def place(
        self,
        arrivals: Sequence[Arrival],
        model_sha256: str,
        grouping: Callable[[Iterable[tuple[str, bytes]], Sequence[bytes]], list[str | int]],
    ) -> int:
        """Bring `arrivals` into the queue, each into its group, and count them; for `grouping` see `Grouping.place`.

        What was placed, withheld or erased meanwhile is left alone, and what is of a language in which a question in
        the queue has no vector of that model. Taught and published groups come back.
        """
        ...

    def alone(self) -> AbstractContextManager[bool]:
        """Whether, while this is held, no other process brings questions in; false at once where another does."""
        ...

    def tidy(self, empty_since: dt.datetime) -> int:
        """Delete the groups that have had no question, and no change, since then, and count them."""
        ...

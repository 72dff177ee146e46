"""Undo what staff did, whatever area did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.errors import Conflict, Forbidden
from bot.domain.question_queue import Action

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.question_queue import RecordedAction
    from bot.domain.staff import Caller, Right
    from bot.service.staff.desk import Desk

    Undoer = Callable[[Desk, Caller, RecordedAction], None]

# By the kind of an action: the right that doing it takes, which undoing it takes too, and its undoer. That undoes all
# of it or raises Conflict, and marks the action as undone (in the same transaction, where it can, else by
# `QueueStore.mark_undone` at its end).
_UNDOERS: Final[dict[str, tuple[Right, Undoer]]] = {}


def undoes(right: Right, *kinds: str) -> Callable[[Undoer], Undoer]:
    """Register a function as the undoer of actions of these kinds, for callers who hold `right`."""

    def register(undoer: Undoer) -> Undoer:
        for kind in kinds:
            assert kind not in _UNDOERS, f"{kind} has an undoer"
            _UNDOERS[kind] = (right, undoer)
        return undoer

    return register


def may_undo(caller: Caller, action: RecordedAction) -> bool:
    """Whether an action still stands and can be undone at all, by this caller."""
    known = _UNDOERS.get(action.kind)
    return action.undone is None and known is not None and caller.may(known[0])


def undo(desk: Desk, caller: Caller, action_id: str) -> Action:
    """Undo an action. Raises NotFound; Conflict if it was undone already, or what it did was changed since.

    Raises Forbidden for who may not do what it did.
    """
    action = desk.queue.action(action_id)
    right, undoer = _UNDOERS.get(action.kind, (None, None))
    if right is not None and not caller.may(right):
        raise Forbidden(f"{caller.name} may not undo this: it needs the right {right.value!r}, as doing it did")
    if action.undone is not None:
        raise Conflict(
            f"this was undone already, by {action.undone_by} on {action.undone:%Y-%m-%d at %H:%M} UTC: {action.summary}"
        )
    if undoer is None:
        raise Conflict(f"this cannot be undone: {action.summary}")
    undoer(desk, caller, action)
    return Action(action.id, f"Undone: {action.summary}")

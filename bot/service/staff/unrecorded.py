"""Ask as a patient does, and leave no trace of it: what would be said, or would be with another index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from bot.domain.message import Inbound
from bot.service.asking import ask

if TYPE_CHECKING:
    from bot.domain.reply import Reply
    from bot.ports import Retriever, Store
    from bot.ports.turns import Feedback, Turn
    from bot.service.core import Core

# Where such a message came in, in what is logged of an emergency.
CHANNEL: Final = "staff"


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be said, and what would be kept of it; None where nothing would."""

    reply: Reply
    turn: Turn | None


class _UnrecordedStore:
    """A store that is read as it is; what a conversation would write is not written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.turn: Turn | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def record(self, turn: Turn, *_: Any, **__: Any) -> None:
        self.turn = turn

    def erase(self, session_id: str) -> bool:  # noqa: ARG002  as the store's
        return False

    def withhold(self, session_id: str, turn_id: str) -> None:
        pass

    def give_feedback(self, session_id: str, feedback: Feedback) -> None:
        pass


def ask_unrecorded(core: Core, question: str, language: str | None, retriever: Retriever | None = None) -> Tried:
    """What `question` gets as the first message of a conversation in `language` (None: not stated).

    `retriever` finds in place of the one that answers. Raises InvalidMessage, Unavailable.
    """
    store = _UnrecordedStore(core.store)
    unrecorded = replace(core, store=cast("Store", store), retriever=retriever or core.retriever)
    reply = ask(unrecorded, Inbound(question, language=language, channel=CHANNEL))
    return Tried(reply, store.turn)

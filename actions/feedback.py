"""The action that keeps whether an answer helped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actions import service
from actions.conversing import Conversing, Events
from actions.sentences import NOT_KEPT, THANKS, say

if TYPE_CHECKING:
    from rasa_sdk.executor import CollectingDispatcher

    from actions.messages import Message

_YES: Final = frozenset({"yes", "true", "1", "helpful"})
_NO: Final = frozenset({"no", "false", "0", "not_helpful"})


class ActionAnswerFeedback(Conversing):
    """Keeps whether an answer helped: that of the entity `turn`, as buttons name it, else the last."""

    failed = NOT_KEPT

    def name(self) -> str:
        """As the domain lists it."""
        return "action_answer_feedback"

    async def respond(self, dispatcher: CollectingDispatcher, message: Message) -> Events:
        """Thanks."""
        turn_id, helpful = message.entities.get("turn"), is_helpful(message)
        turn_id = turn_id if isinstance(turn_id, str) and turn_id else message.turn_id
        if turn_id is None or helpful is None:
            raise service.UnknownTurn("nothing to mark")
        await service.mark(self._settings, message.session_id, turn_id, helpful=helpful)
        dispatcher.utter_message(text=say(THANKS, message.language))
        return []


def is_helpful(message: Message) -> bool | None:
    """What the entity `helpful` says, else the intent (`helpful`, `not_helpful`); None if neither does."""
    told = str(message.entities.get("helpful", message.intent)).strip().lower()
    return True if told in _YES else False if told in _NO else None

"""The actions that answer what a patient types or chooses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from actions.conversing import Conversing, Events
from actions.replies import CHOOSE

if TYPE_CHECKING:
    from rasa_sdk.executor import CollectingDispatcher

    from actions.messages import Message

_BUTTON: Final = f"/{CHOOSE}{{"


class ActionAnswerQuestion(Conversing):
    """Puts what was typed to the API as it was typed: a question, "the second one", a greeting, an emergency."""

    def name(self) -> str:
        """As the domain lists it."""
        return "action_answer_question"

    async def respond(self, dispatcher: CollectingDispatcher, message: Message) -> Events:
        """The reply to the message's text."""
        return await self.put(dispatcher, message, message.text)


class ActionChooseAnswer(Conversing):
    """Puts what a button stands for to the API: the entity `payload`; without one, what was typed."""

    def name(self) -> str:
        """As the domain lists it."""
        return "action_choose_answer"

    async def respond(self, dispatcher: CollectingDispatcher, message: Message) -> Events:
        """The reply to what was chosen."""
        return await self.put(dispatcher, message, chosen(message))


def chosen(message: Message) -> str:
    """The payload of the button that was pressed, or what was typed."""
    payload = message.entities.get("payload")
    if payload is None and message.text.startswith(_BUTTON):
        # The domain does not list the entity, so that Rasa has left it out.
        try:
            payload = json.loads(message.text.removeprefix(f"/{CHOOSE}")).get("payload")
        except ValueError:
            payload = None
    return payload if isinstance(payload, str) else message.text

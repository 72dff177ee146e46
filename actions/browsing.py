"""The action that shows what the library knows about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actions.conversing import Conversing, Events

if TYPE_CHECKING:
    from rasa_sdk.executor import CollectingDispatcher

    from actions.messages import Message

_TOPICS: Final = "/topics"


class ActionBrowseSymptoms(Conversing):
    """Asks the API for the symptoms and topics of its library, which come as buttons."""

    def name(self) -> str:
        """As the domain lists it."""
        return "action_browse_symptoms"

    async def respond(self, dispatcher: CollectingDispatcher, message: Message) -> Events:
        """The symptoms and topics."""
        return await self.put(dispatcher, message, _TOPICS)

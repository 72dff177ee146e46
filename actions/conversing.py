"""What all actions have in common: they are told of a message, and whatever happens the patient is told something."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from actions import service
from actions.messages import REPLIED_SLOT, SESSION_SLOT, TURN_SLOT, Message, read_message
from actions.sentences import BUSY, EMERGENCY, FAILED, NO_WORDS, NOTHING_TO_MARK, TOO_LONG, say
from actions.settings import Settings, read_settings

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher
    from rasa_sdk.types import DomainDict

    from actions.sentences import Sentence

_log = logging.getLogger(__name__)

_SENTENCES: Final[dict[type[service.ServiceError], Sentence]] = {
    service.TooLong: TOO_LONG,
    service.NoWords: NO_WORDS,
    service.UnknownTurn: NOTHING_TO_MARK,
    service.Busy: BUSY,
}
Events = list[dict[str, Any]]


class Conversing(Action, ABC):
    """An action that puts something to the API.

    It holds its settings and nothing else, as the server pickles it to start a worker.
    """

    failed: Sentence = FAILED

    def __init__(self, settings: Settings | None = None) -> None:
        """By default with the settings of the environment. Raises SettingsError."""
        self._settings = settings or read_settings()

    @abstractmethod
    async def respond(self, dispatcher: CollectingDispatcher, message: Message) -> Events:
        """Say what there is to say to `message`. Raises ServiceError, then with nothing said."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:  # noqa: ARG002  rasa-sdk's form
        """Respond; if that fails, say so, and whom to call. Nothing is raised: Rasa would then say nothing at all."""
        language = self._settings.language
        try:
            message = read_message(tracker, self._settings)
            language = message.language
            return [*await self.respond(dispatcher, message), *_replied(tracker)]
        except service.ServiceError as error:
            _log.warning("%s: no reply: %s", self.name(), error.reason)
            sentence = _SENTENCES.get(type(error), self.failed)
        except Exception as error:  # noqa: BLE001  whatever it is, the patient is told something and the log none of their words
            _log.error("%s: crashed: %s", self.name(), type(error).__name__)
            sentence = self.failed
        emergency = self._settings.emergency_line or say(EMERGENCY, language)
        dispatcher.utter_message(text=f"{emergency}\n{say(sentence, language)}")
        return _replied(tracker)

    async def put(self, dispatcher: CollectingDispatcher, message: Message, text: str) -> Events:
        """Put `text` to the API and send its reply. Raises ServiceError."""
        reply = await service.ask(self._settings, message, text)
        reply.send(dispatcher, message.channel)
        # What was erased can neither be gone on with nor be marked.
        turn_id = None if reply.parts.erased else reply.parts.turn_id
        return [SlotSet(SESSION_SLOT, message.session_id), SlotSet(TURN_SLOT, turn_id)]


def _replied(tracker: Tracker) -> Events:
    """That something was said, where the domain has a slot for it: by it, Rasa knows that the actions are there."""
    return [SlotSet(REPLIED_SLOT, True)] if REPLIED_SLOT in tracker.slots else []

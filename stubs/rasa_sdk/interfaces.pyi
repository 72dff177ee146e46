from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

class Tracker:
    sender_id: str
    slots: dict[str, Any]
    latest_message: dict[str, Any]
    def get_latest_input_channel(self) -> str | None: ...

class Action:
    def name(self) -> str: ...
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]: ...

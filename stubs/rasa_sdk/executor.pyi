from typing import Any

from pydantic import BaseModel

class CollectingDispatcher:
    messages: list[dict[str, Any]]
    def utter_message(
        self,
        text: str | None = None,
        *,
        json_message: dict[str, Any] | None = None,
        buttons: list[dict[str, str]] | None = None,
    ) -> None: ...

class ActionExecutorRunResult(BaseModel):
    events: list[dict[str, Any]]
    responses: list[dict[str, Any]]

class ActionExecutor:
    actions: dict[str, Any]
    def register_package(self, package: str) -> None: ...
    async def run(self, action_call: dict[str, Any]) -> ActionExecutorRunResult | None: ...

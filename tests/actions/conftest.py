"""Actions as rasa-sdk runs them, and our API over the bundled library for them to ask."""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rasa_sdk.executor import ActionExecutor

from actions import service
from bot.bootstrap import install
from bot.config import Settings
from bot.web.app import create_app
from tests.actions.apis import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rasa_sdk.executor import ActionExecutorRunResult

    from bot.service.core import Safety
    from embeddings.encoder import Encoder

CALLS = Path(__file__).parent / "calls"
KEY = "a secret of the tests"


def call(action: str, text: str, *, sender: str = "patient-7", metadata: object = None, **parts: Any) -> dict[str, Any]:
    """A call as Rasa 3.6.21 posts it, for a message of this text; `parts` are of the latest message, or its `slots`."""
    made: dict[str, Any] = copy.deepcopy(json.loads((CALLS / "question.json").read_text(encoding="utf-8")))
    tracker = made["tracker"]
    made |= {"next_action": action, "sender_id": sender}
    tracker["sender_id"] = sender
    tracker["slots"] |= parts.pop("slots", {})
    for event in tracker["events"]:
        if event["event"] == "user":
            event["input_channel"] = parts.pop("channel", "rest")
    tracker["latest_message"] |= {"text": text, "metadata": metadata or {}, **parts}
    return made


@dataclass
class Assistant:
    """An action server in process, on an event loop of its own."""

    executor: ActionExecutor
    runner: asyncio.Runner

    def run(self, *arguments: Any, **parts: Any) -> ActionExecutorRunResult:
        """What an action does when it is called with `call(...)`."""
        result = self.runner.run(self.executor.run(call(*arguments, **parts)))
        assert result is not None
        return result

    def ask(self, text: str, **parts: Any) -> tuple[str, list[dict[str, str]], dict[str, Any]]:
        """The text, the buttons and the reply that a question is answered with."""
        said, custom = self.run("action_answer_question", text, **parts).responses
        return said["text"], said["buttons"], custom["custom"]["data"]["reply"]


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Assistant]]:
    """Starts an action server for the API at an address, with settings."""
    with asyncio.Runner() as runner:

        def start(address: str, **settings: str) -> Assistant:
            for name, value in {"API_URL": address, "KEY": KEY, **settings}.items():
                monkeypatch.setenv(f"DOCTORS_NOTE_ACTIONS_{name}", value)
            executor = ActionExecutor()
            executor.register_package("actions")
            return Assistant(executor, runner)

        yield start
        runner.run(service.close())


@pytest.fixture(scope="module")
def api(
    bundled_folder: Path, encoder: Encoder, safety: Safety, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Our API over the bundled library: its address, and its data folder."""
    folder = tmp_path_factory.mktemp("api") / "var"
    shutil.copytree(bundled_folder, folder, symlinks=True)
    installation = install(Settings(data_dir=folder), encoder=encoder, safety=safety)
    with served(create_app(installation.desk)) as address:
        yield address, folder
    installation.core.store.close()

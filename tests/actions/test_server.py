"""The action server as it is started in production, called as Rasa 3.6.21 calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.actions.apis import answer, free_port, small_api
from tests.actions.conftest import CALLS, KEY
from tests.actions.test_failures import BLOCK, EMERGENCY, replied
from tests.processes import end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
START_S = 90
# What escaping, templates, splitting or normalising would change.
AWKWARD = "  *_<b>&amp;[]()~|{name} {{slot}}\u2028 e\u0301 \ufb01 🤧\r\n\ttab \\n “quoted” \u202eabc\u202c\u00a0\u00ad "


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]


def environment(**settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return (
        kept | {"SANIC_HOST": "127.0.0.1"} | {f"DOCTORS_NOTE_ACTIONS_{name}": value for name, value in settings.items()}
    )


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., tuple[str, Path]]]:
    """Starts an action server with settings: its address, and the file with all that it writes."""
    started: list[subprocess.Popen[bytes]] = []

    def serve(**settings: str) -> tuple[str, Path]:
        port, written = free_port(), tmp_path / f"{len(started)}.log"
        with written.open("wb") as out:
            process = subprocess.Popen(
                [*command(port), "--debug"],
                cwd=ROOT,
                env=environment(**settings),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        started.append(process)
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + START_S
        while time.monotonic() < end and process.poll() is None:
            try:
                if httpx2.get(f"{address}/health", trust_env=False).json() == {"status": "ok"}:
                    return address, written
            except httpx2.TransportError:
                time.sleep(0.1)
        pytest.fail(written.read_text(encoding="utf-8"))

    yield serve
    for process in started:
        end(process)


def posted(address: str, name: str) -> dict[str, Any]:
    """What the action server answers to a call of Rasa's."""
    headers = {"content-type": "application/json"}
    response = httpx2.post(
        f"{address}/webhook", content=(CALLS / name).read_bytes(), headers=headers, timeout=60, trust_env=False
    )
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found


def test_rasas_calls_are_answered_and_each_character_arrives(serving: Callable[..., tuple[str, Path]]) -> None:
    """A question and a pressed button, without a setting but where the API is; then with the API gone."""
    blocks = [BLOCK | {"text": AWKWARD, "quoted": True}, BLOCK | {"type": "disclaimer", "text": "No advice."}]
    reply = replied(blocks=blocks, quotation={"explanation": AWKWARD}, outcome="answer")
    with small_api(answer(reply)) as asked:
        address, written = serving(API_URL=asked.address)
        said, custom = posted(address, "question.json")["responses"]
        posted(address, "choice.json")
    assert [body["message"] for _, body in asked.requests] == ["How long does a cold last?", "/article cold-duration"]
    assert [body.get("country") for _, body in asked.requests] == ["GB", None]
    assert len({body["session_id"] for _, body in asked.requests}) == 2
    assert said["text"] == f"{AWKWARD}\n\nNo advice."
    assert custom["custom"] == {"data": {"reply": json.loads(reply)}}
    (failed,) = posted(address, "question.json")["responses"]
    assert failed["text"].startswith(EMERGENCY)
    log = written.read_text(encoding="utf-8")
    assert "action_answer_question: no reply: ConnectError" in log
    assert "cold" not in log
    assert "patient-7" not in log
    assert "No advice" not in log


def test_it_starts_without_the_api_and_loads_no_model(serving: Callable[..., tuple[str, Path]]) -> None:
    """It lists its actions while nothing listens where the API should be."""
    address, _ = serving(API_URL=f"http://127.0.0.1:{free_port()}", KEY=KEY)
    listed = {action["name"] for action in httpx2.get(f"{address}/actions", trust_env=False).json()}
    assert listed == {
        "action_answer_question",
        "action_choose_answer",
        "action_answer_feedback",
        "action_browse_symptoms",
    }
    code = (
        "import sys, rasa_sdk.executor as e; e.ActionExecutor().register_package('actions');"
        "print([m for m in ('bot', 'embeddings', 'torch', 'onnxruntime', 'numpy', 'faiss') if m in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_it_does_not_start_with_a_setting_that_cannot_be_used() -> None:
    """It names the setting and the remedy, rather than fail at the first patient."""
    outcome = subprocess.run(
        command(free_port()),
        cwd=ROOT,
        env=environment(API_URL="http://api:8000"),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_S,
    )
    assert outcome.returncode != 0
    assert "DOCTORS_NOTE_ACTIONS_KEY or DOCTORS_NOTE_ACTIONS_KEY_FILE is needed" in outcome.stderr

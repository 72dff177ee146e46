"""A real server is told two hundred things that identify people, and none of them is left anywhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.conftest import ROOT
from tests.planted import PLANTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.bootstrap import Installation

LONG = 7
COMMENT = "You can also reach me: {identifier}"


@contextmanager
def served(folder: Path) -> Iterator[httpx2.Client]:
    """A server on `folder`, whose log at its most talkative goes there too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": str(folder), "DOCTORS_NOTE_LOG_LEVEL": "debug"}
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                for _ in range(600):
                    try:
                        client.get("/health/ready").raise_for_status()
                        break
                    except httpx2.HTTPError:
                        assert process.poll() is None, "the server has ended"
                        time.sleep(0.1)
                yield client
        finally:
            process.terminate()
            process.wait()


def bytes_of(folder: Path) -> bytes:
    """Everything in the files of `folder`, but for what is made of the model."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "models" not in path.parts]
    return b"\n".join(path.read_bytes() for path in paths)


@pytest.mark.slow
def test_what_identifies_a_person_is_written_nowhere(installation: Installation, data_dir: Path) -> None:
    """Not in the database, its journal, the index, the logs or the metrics, byte for byte, while it runs and after."""
    store = installation.core.store
    words: list[str] = []
    with served(data_dir) as client:
        for planted in PLANTED:
            reply = client.post("/api/v1/ask", json={"message": planted.message}).raise_for_status().json()
            mark = {
                "session_id": reply["session_id"],
                "turn_id": reply["turn_id"],
                "helpful": False,
                "comment": COMMENT.format(identifier=planted.message)[:1_000],
            }
            client.post("/api/v1/feedback", json=mark).raise_for_status()
            (turn,), feedback = store.turns(reply["session_id"]), store.feedback(reply["turn_id"])
            assert feedback is not None
            words.append(f"{turn.question or ''} {feedback.comment}")
            assert planted.identifier not in words[-1]
        metrics = client.get("/metrics").raise_for_status().content
        running = bytes_of(data_dir)
    # What is shorter stands somewhere in any file by chance.
    long = [planted for planted in PLANTED if len(planted.identifier) >= LONG]
    assert len(long) >= 200
    for written in (running, bytes_of(data_dir), metrics):
        assert [planted for planted in long if planted.identifier.encode() in written] == []
    assert b"doctors_note_turns_total" in metrics
    # Else there would be nothing to find.
    assert sum(len(each.split()) > 12 for each in words) > len(PLANTED) / 2
    assert b"You can also reach me" in running

"""Rasa Open Source, our action server and our API, all real, over the bundled library."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.rasa_conversation import say
from scripts.rasa_stack import Ports, Stack
from scripts.rasa_venv import VenvError, make_venv
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

collect_ignore = ["socketio_client.py"]  # for the interpreter of Rasa's environment

KEY = "a secret of the tests"
VENV_VARIABLE = "RASA_VENV"


@pytest.fixture(scope="session")
def rasa_python(request: pytest.FixtureRequest) -> Path:
    """The interpreter of an environment with Rasa: that of RASA_VENV, of `.venv-rasa`, or one that is made once."""
    if named := os.environ.get(VENV_VARIABLE):
        return Path(named) / "bin/python"
    folder = ROOT / ".venv-rasa"
    if not folder.is_dir():
        folder = Path(request.config.cache.mkdir("rasa")) / "venv"
    try:
        make_venv(folder)
    except VenvError as error:
        pytest.skip(str(error))
    return folder / "bin/python"


@dataclass
class Patients:
    """Those who talk to the assistant."""

    stack: Stack
    data_dir: Path
    python: Path

    def say(self, sender: str, message: str) -> list[dict[str, Any]]:
        """All that the REST channel answers."""
        return say(f"http://127.0.0.1:{self.stack.ports.rasa}", sender, message)

    def ask(self, sender: str, message: str) -> tuple[str, list[dict[str, str]], dict[str, Any]]:
        """The text, the buttons and the reply that the REST channel answers: one message, and one for programs."""
        said, custom = self.say(sender, message)
        return said["text"], said.get("buttons", []), custom["custom"]["data"]["reply"]

    def say_by_socket(self, session: str, *messages: str) -> list[list[dict[str, Any]]]:
        """All that the socket.io channel answers to each message."""
        script = ROOT / "tests/rasa/socketio_client.py"
        told = {"address": f"http://127.0.0.1:{self.stack.ports.rasa}", "session": session, "messages": messages}
        done = subprocess.run(
            [self.python, str(script)], input=json.dumps(told), capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        answered: list[list[dict[str, Any]]] = json.loads(done.stdout)
        return answered

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What our store has."""
        with closing(sqlite3.connect(f"file:{self.data_dir / 'library.sqlite'}?mode=ro", uri=True)) as store:
            return store.execute(query, values).fetchall()


def free_ports() -> Ports:
    """Ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for each in (one, two, three):
            each.bind(("127.0.0.1", 0))
        return Ports(*(int(each.getsockname()[1]) for each in (one, two, three)))


@contextmanager
def listening(port: int) -> Iterator[None]:
    """Somebody who listens at a port, and never answers."""
    with socket.socket() as mute:
        mute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        mute.bind(("127.0.0.1", port))
        mute.listen()
        yield


@pytest.fixture(scope="session")
def rasa_folder(rasa_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the assistant has been trained."""
    folder = tmp_path_factory.mktemp("rasa")
    Stack(folder, rasa_python, free_ports()).train()
    return folder


@pytest.fixture(scope="session")
def served_data_dir(bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder for the API that Rasa's actions ask."""
    data_dir = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(bundled_folder, data_dir, symlinks=True)
    return data_dir


@pytest.fixture(scope="session")
def patients(rasa_folder: Path, rasa_python: Path, served_data_dir: Path) -> Iterator[Patients]:
    """The assistant, which runs."""
    stack = Stack(
        rasa_folder,
        rasa_python,
        free_ports(),
        {"DOCTORS_NOTE_DATA_DIR": str(served_data_dir), "DOCTORS_NOTE_LOG_LEVEL": "debug"},
        {"DOCTORS_NOTE_ACTIONS_KEY": KEY, "DOCTORS_NOTE_ACTIONS_TIMEOUT_S": "2", "LOG_LEVEL": "DEBUG"},
    )
    try:
        stack.start()
        yield Patients(stack, served_data_dir, rasa_python)
    finally:
        stack.stop()

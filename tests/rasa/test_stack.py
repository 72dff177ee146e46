"""What starts Rasa and the rest, as far as it needs no Rasa; and what its guide shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
import yaml

from scripts.rasa_conversation import say
from scripts.rasa_stack import Ports, Program, Stack, StackError
from scripts.rasa_venv import CONSTRAINTS, MissingPythonError, interpreter
from tests.actions.apis import answer, small_api
from tests.conftest import ROOT
from tests.rasa.conftest import free_ports, listening

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

ASSISTANT = ROOT / "bot/rasa"
# It listens at the port it is told, with a process of its own beside it.
BOTH = """
import http.server, subprocess, sys
subprocess.Popen(["sleep", "600"])
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""


def test_a_program_that_ends_is_told_of_with_the_end_of_its_log(tmp_path: Path) -> None:
    """The message names the program, its exit code, and what it said last."""
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    program = Program("The server", command, f"http://127.0.0.1:{free_ports().api}/", tmp_path / "server.log")
    with pytest.raises(StackError, match=r"The server has ended, with exit code 1.*\n +no such thing"):
        program.start()
    program.stop()


def test_stopping_ends_the_processes_of_a_program_too(tmp_path: Path) -> None:
    """Nothing stays behind."""
    port = free_ports().api
    command = [sys.executable, "-c", BOTH, str(port)]
    program = Program("The server", command, f"http://127.0.0.1:{port}/", tmp_path / "server.log", folder=tmp_path)
    program.start()
    assert program.process is not None
    started = psutil.Process(program.process.pid).children(recursive=True)
    assert started
    program.stop()
    gone, alive = psutil.wait_procs(started, timeout=30)
    assert gone
    assert not alive


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    """By the program as well, with exit code 1 and no traceback."""
    ports = free_ports()
    with listening(ports.actions):
        with pytest.raises(StackError, match=f"The action server cannot listen at port {ports.actions}: it is in use"):
            Stack(tmp_path, tmp_path, ports).start()
        command = [sys.executable, "-m", "scripts.rasa_stack", "--venv", str(tmp_path), "--folder", str(tmp_path)]
        command += ["--api-port", str(ports.api), "--actions-port", str(ports.actions), "--rasa-port", str(ports.rasa)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The action server cannot listen")
    assert "python -m scripts.rasa_stack --help" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "broken", [answer(b"[{", content_length="100"), answer(b"<html>", content_length="6")], ids=["cut off", "a page"]
)
def test_an_answer_that_breaks_off_is_told(broken: Callable[[BaseHTTPRequestHandler], None]) -> None:
    """As a failure that ends the conversation with a line, without a traceback."""
    with small_api(broken) as asked, pytest.raises(OSError, match="broke off its answer"):
        say(asked.address, "me", "hello")


def test_a_person_is_asked_again_after_an_empty_line() -> None:
    """Nothing is sent, and the prompt stands there again; the end of the input is answered with none."""
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"\n \n\x04")
    command = [sys.executable, "-m", "scripts.rasa_conversation", f"http://127.0.0.1:{free_ports().rasa}"]
    done = subprocess.run(command, cwd=ROOT, stdin=terminal, capture_output=True, text=True, check=False)
    os.close(keyboard)
    os.close(terminal)
    assert (done.returncode, done.stdout) == (0, "\n> > > ")


def shim(path: Path, said: str, code: int = 0) -> str:
    """A program that says `said`, as an interpreter that is asked for its version, or as a shim that has none."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home where nothing is installed; PATH leads to its bin alone."""
    for name in ("PYTHON310", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_a_missing_python_is_told(monkeypatch: pytest.MonkeyPatch, bare_machine: Path) -> None:
    """With what to do about it; another version does not pass for it, nor does a shim that leads nowhere."""
    with pytest.raises(MissingPythonError, match=r"Python 3\.10 is not found here\. .* PYTHON310=PATH"):
        interpreter()
    led_nowhere = shim(bare_machine / "bin/python3.10", "3.10", code=127)
    with pytest.raises(MissingPythonError, match=rf"{led_nowhere} does not run here\. .* PYTHON310=PATH"):
        interpreter()
    monkeypatch.setenv("PYTHON310", "no-such-python")
    with pytest.raises(MissingPythonError, match=r"no-such-python does not run here"):
        interpreter()
    monkeypatch.setenv("PYTHON310", sys.executable)
    with pytest.raises(MissingPythonError, match=r"is Python 3\.11"):
        interpreter()


def test_python_is_found_where_it_is_installed(monkeypatch: pytest.MonkeyPatch, bare_machine: Path) -> None:
    """On PATH, else the newest of pyenv, else of uv; what does not run is passed over."""
    uv = shim(bare_machine / ".local/share/uv/python/cpython-3.10.14-linux-x86_64-gnu/bin/python3.10", "3.10")
    assert interpreter() == uv
    shim(bare_machine / "bin/python3.10", "pyenv: python3.10: command not found", code=127)
    shim(bare_machine / ".pyenv/versions/3.10.9/bin/python3.10", "3.10")
    newer = shim(bare_machine / ".pyenv/versions/3.10.13/bin/python3.10", "3.10")
    assert interpreter() == newer
    elsewhere = shim(bare_machine / "tools/versions/3.10.1/bin/python3.10", "3.10")
    monkeypatch.setenv("PYENV_ROOT", str(bare_machine / "tools"))
    assert interpreter() == elsewhere
    (bare_machine / "bin/python3.10").unlink()
    (bare_machine / "bin").rmdir()
    on_path = shim(bare_machine / "bin/python3.10", "3.10")
    assert interpreter() == on_path


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize(("options", "code"), [([], 1), (["--if-found"], 0)])
def test_the_checks_go_on_without_python(options: list[str], code: int, tmp_path: Path) -> None:
    """They say what is missing; who asks for the environment itself is told of a failure."""
    command = [sys.executable, "-m", "scripts.rasa_venv", *options, str(tmp_path / "venv")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith("Python 3.10 is not found here. Rasa Open Source 3.6 needs Python 3.10")
    assert not (tmp_path / "venv").exists()


def test_the_guide_shows_what_the_assistant_has() -> None:
    """Each snippet of docs/rasa.md stands in the file that it names, line for line."""
    page = (ROOT / "docs/rasa.md").read_text()
    shown = re.findall(r"^ *<!-- (\S+) -->\n( *)```yaml\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == 5
    for name, indent, snippet in shown:
        text = "".join(line.removeprefix(indent) for line in snippet.splitlines(keepends=True))
        assert text in (ROOT / name).read_text(), name


def test_the_guide_names_the_ports_and_versions_there_are() -> None:
    """What it tells a reader to install and to reach is what is used."""
    page = (ROOT / "docs/rasa.md").read_text()
    assert Ports() == Ports(api=8000, actions=5055, rasa=5005)
    assert "ACTION_SERVER_URL=http://127.0.0.1:5055/webhook" in page
    pinned = CONSTRAINTS.read_text()
    assert "pip install --constraint bot/rasa/constraints.txt rasa==3.6.21" in page
    assert {"rasa==3.6.21", "python-socketio==5.9.0", "python-engineio==4.7.1"} <= set(pinned.splitlines())
    assert "rasa-sdk==3.21.1" in (ROOT / "pyproject.toml").read_text()


def test_every_intent_of_typed_words_leads_to_doctors_note() -> None:
    """Each intent has its rules; none with examples leads anywhere but to the answer, and buttons have no examples."""
    domain = yaml.safe_load((ASSISTANT / "domain.yml").read_text())
    rules = yaml.safe_load((ASSISTANT / "data/rules.yml").read_text())["rules"]
    leads = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}
    typed = {each["intent"] for each in yaml.safe_load((ASSISTANT / "data/nlu.yml").read_text())["nlu"]}
    assert set(leads) == set(domain["intents"])
    assert {leads[intent] for intent in typed | {"nlu_fallback", "out_of_scope"}} == {"action_answer_question"}
    assert set(leads.values()) == set(domain["actions"])
    assert len(rules) == 2 * len(leads)

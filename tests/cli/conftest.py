"""The command line, run in this process or, where it must be killed, in its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bot.cli import main
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path) -> Callable[..., Outcome]:
    """Runs a command as the console script does."""

    def run_command(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["doctors-note", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Outcome(code, *capsys.readouterr())

    return run_command


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a command in a process of its own, on the test's data folder."""
    started: list[subprocess.Popen[bytes]] = []

    def start_command(*arguments: object) -> subprocess.Popen[bytes]:
        environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": str(data_dir)}
        command = [sys.executable, "-m", "bot", *map(str, arguments)]
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        )
        return started[-1]

    yield start_command
    for process in started:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()

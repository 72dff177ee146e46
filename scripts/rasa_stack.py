"""Doctor's Note, its action server and Rasa, started together, and stopped together.

`python -m scripts.rasa_stack` trains the sample assistant, starts what does not run, and opens a conversation in the
terminal; with `--serve`, it only keeps everything running. Whatever ends it, nothing stays behind, unless it is killed
(SIGKILL) itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scripts.rasa_conversation import converse
from scripts.rasa_venv import ROOT, VenvError, make_venv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ASSISTANT: Final = ROOT / "bot/rasa"
MODEL: Final = "assistant.tar.gz"
_START_S: Final = 180
_STOP_S: Final = 10
_LOG_LINES: Final = 12


class StackError(Exception):
    """Something did not start, or has ended; the text says what, and what to do."""


@dataclass(frozen=True)
class Ports:
    """Where each listens, on 127.0.0.1."""

    api: int = 8000
    actions: int = 5055
    rasa: int = 5005


@dataclass
class Program:
    """One of the programs, in a process group of its own. Its output goes to `log`."""

    name: str
    command: list[str]
    health: str
    log: Path
    environment: dict[str, str] = field(repr=False, default_factory=dict)
    folder: Path = ROOT
    process: subprocess.Popen[bytes] | None = None
    _was_started: bool = False

    def start(self) -> None:
        """Start it, and wait until it answers. Raises StackError."""
        with self.log.open("ab" if self._was_started else "wb") as log:
            self._was_started = True
            self.process = subprocess.Popen(  # noqa: S603  our own command
                self.command,
                cwd=self.folder,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl+C reaches this program first, which then stops the others
            )
        until = time.monotonic() + _START_S
        while not is_answering(self.health):
            self.check()
            if time.monotonic() > until:
                raise StackError(
                    f"{self.name} does not answer at {self.health} after {_START_S} s.{self._last_lines()}"
                )
            time.sleep(0.1)

    def check(self) -> None:
        """Raises StackError if it has ended."""
        if self.process is not None and (code := self.process.poll()) is not None:
            raise StackError(f"{self.name} has ended, with exit code {code}.{self._last_lines()}")

    def stop(self) -> None:
        """End it and all processes that it started."""
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(_STOP_S)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()
        self.process = None

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join([f" The end of {self.log}:", *(f"    {line}" for line in lines)])


class Stack:
    """The programs. `folder` takes the trained model and the logs; `python` is that of the environment with Rasa.

    `api_settings` and `action_settings` are variables of their environments.
    """

    def __init__(
        self,
        folder: Path,
        python: Path,
        ports: Ports,
        api_settings: dict[str, str] | None = None,
        action_settings: dict[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.ports = folder, ports
        self._python = str(python.absolute())  # not resolved: it is by its place that it knows its packages
        self._rasa_environment = {
            "ACTION_SERVER_URL": f"http://127.0.0.1:{ports.actions}/webhook",
            "RASA_TELEMETRY_ENABLED": "false",
            "CUDA_VISIBLE_DEVICES": "",  # TensorFlow is loaded, and has nothing to do
        }
        self.api = Program(
            "Doctor's Note",
            [sys.executable, "-m", "bot", "serve", "--host", "127.0.0.1", "--port", str(ports.api)],
            f"http://127.0.0.1:{ports.api}/health/ready",
            folder / "doctors-note.log",
            api_settings or {},
        )
        self.actions = Program(
            "The action server",
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(ports.actions)],
            f"http://127.0.0.1:{ports.actions}/health",
            folder / "actions.log",
            {
                "DOCTORS_NOTE_ACTIONS_API_URL": f"http://127.0.0.1:{ports.api}",
                "SANIC_HOST": "127.0.0.1",
                **(action_settings or {}),
            },
        )
        self.rasa = Program(
            "Rasa",
            [
                *(self._python, "-m", "rasa", "run", "--model", str(folder / MODEL)),
                *("--endpoints", str(ASSISTANT / "endpoints.yml"), "--credentials", str(ASSISTANT / "credentials.yml")),
                *("--logging-config-file", str(ASSISTANT / "logging.yml")),
                *("--interface", "127.0.0.1", "--port", str(ports.rasa)),
            ],
            f"http://127.0.0.1:{ports.rasa}/webhooks/rest/",
            folder / "rasa.log",
            self._rasa_environment,
            folder,
        )

    @property
    def programs(self) -> list[Program]:
        """In the order in which they are started."""
        return [self.api, self.actions, self.rasa]

    def train(self) -> None:
        """Train the assistant; what has not changed since the last time is not trained again. Raises StackError."""
        log = self.folder / "training.log"
        files = ["-c", ASSISTANT / "config.yml", "-d", ASSISTANT / "domain.yml", "--data", ASSISTANT / "data"]
        command = [self._python, "-m", "rasa", "train", *map(str, files), "--out", ".", "--fixed-model-name", MODEL]
        with log.open("wb") as written:
            environment = os.environ | self._rasa_environment
            done = subprocess.run(  # noqa: S603  our own command
                command, cwd=self.folder, env=environment, stdout=written, stderr=subprocess.STDOUT, check=False
            )
        if done.returncode or not (self.folder / MODEL).is_file():
            raise StackError(f"Rasa could not be trained, with exit code {done.returncode}: see {log}")

    def require_free_ports(self) -> list[Program]:
        """The programs to start: an API of ours that runs already is used. Raises StackError if a port is in use."""
        is_running = is_answering(self.api.health)
        wanted = [program for program in self.programs if not (program is self.api and is_running)]
        for program in wanted:
            _require_free(program)
        return wanted

    def start(self) -> None:
        """Start everything that does not run. Raises StackError."""
        for program in self.require_free_ports():
            program.start()

    def check(self) -> None:
        """Raises StackError if one of the programs has ended."""
        for program in self.programs:
            program.check()

    def stop(self) -> None:
        """End everything that was started here, the last one first."""
        for program in reversed(self.programs):
            program.stop()


def is_answering(address: str) -> bool:
    """Whether a GET of `address` is answered with 200."""
    # What the environment says of proxies does not hold for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _require_free(program: Program) -> None:
    """Raises StackError if somebody listens where `program` is to."""
    port = int(program.health.split(":")[2].partition("/")[0])
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            raise StackError(
                f"{program.name} cannot listen at port {port}: it is in use. End what uses it (a run that was killed "
                "leaves its programs behind), or take another: python -m scripts.rasa_stack --help"
            ) from None


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end this program as Ctrl+C does."""

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  the library's form
        raise KeyboardInterrupt

    kept = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try the sample assistant: Doctor's Note through Rasa.")
    parser.add_argument("--serve", action="store_true", help="keep everything running until Ctrl+C, and ask nothing")
    parser.add_argument(
        "--venv", type=Path, default=ROOT / ".venv-rasa", help="the environment with Rasa; made if missing"
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var/rasa", help="where the trained model and the logs are"
    )
    for name, port in vars(Ports()).items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help=f"default {port}")
    return parser.parse_args()


def main() -> int:
    """Run it from the command line; the exit code is 1 if something did not start, or has ended."""
    given = _arguments()
    ports = Ports(given.api_port, given.actions_port, given.rasa_port)
    stack = Stack(given.folder.absolute(), given.venv / "bin/python", ports)
    try:
        with _stopped_by_signals():
            stack.require_free_ports()
            if given.venv == ROOT / ".venv-rasa":
                make_venv(given.venv)
            _say("Training the assistant ...")
            stack.train()
            _say("Starting Doctor's Note, the action server and Rasa ...")
            stack.start()
            _say(f"Rasa is at http://127.0.0.1:{ports.rasa}; logs are in {stack.folder}.")
            if given.serve:
                while True:
                    stack.check()
                    time.sleep(0.5)
            converse(f"http://127.0.0.1:{ports.rasa}", check=stack.check)
    except (StackError, VenvError, OSError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl+C is not to leave half of it running
        stack.stop()
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Killed at any moment, it starts again with everything whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest

from bot.domain.message import Inbound
from bot.domain.staff import COMMAND_LINE, Right
from bot.service.asking import ask
from bot.service.staff.accounts import add_key
from bot.service.verifying import verify

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from bot.bootstrap import Installation

    Start = Callable[..., subprocess.Popen[bytes]]
    Install = Callable[..., Installation]

ARTICLES = 400
SPRAIN = "How long does a sprained ankle take to heal?"


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for the moment at which to kill; a process that ends before it has failed."""
    deadline = time.monotonic() + 120
    while not happened():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "the moment did not come"
        time.sleep(0.002)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of files with ten articles each."""
    folder = tmp_path / "library"
    folder.mkdir()
    for file in range(ARTICLES // 10):
        records = [
            {"id": f"a{file:03}-{number}", "question": f"Does thing {file} {number} help?", "short_answer": "It may."}
            for number in range(10)
        ]
        (folder / f"{file:03}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


def test_kill_during_an_import(start: Start, installed: Install, library: Path, tmp_path: Path) -> None:
    """Each file is in the store as a whole or not at all, and the same import then takes in the rest."""
    process = start("import", "jsonl", library)
    wait_until((tmp_path / "var/library.sqlite-wal").exists, process)
    store = installed().core.store
    wait_until(lambda: store.version() > 0, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = installed()
    assert verify(again.core.store, again.core.retriever).disagreements == ()
    assert sum(1 for _ in again.core.store.all()) % 10 == 0
    finished = start("import", "jsonl", library, "--json")
    report = json.loads(finished.communicate()[0])
    assert report["added"] + report["unchanged"] == ARTICLES
    assert report["changed"] == 0


def test_kill_while_the_index_is_saved(start: Start, installed: Install, library: Path, tmp_path: Path) -> None:
    """The former index, or the new one, is there after it, and both agree with the store."""
    opened = installed()
    folder = tmp_path / "var/index"
    before = set(folder.iterdir())
    process = start("import", "jsonl", library)
    wait_until(lambda: bool({path for path in folder.iterdir() if path.suffix == ".faiss"} - before), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert ask(opened.core, Inbound("does thing 3 4 help")).turn_id
    again = installed()
    assert again.core.retriever.backlog == 0
    assert verify(again.core.store, again.core.retriever).disagreements == ()
    assert not list(folder.glob("*.new"))


@pytest.fixture
def served(start: Start, installation: Installation) -> tuple[str, Callable[[int], subprocess.Popen[bytes]]]:
    """The address of a server to be, and how to start it with some workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def serve(workers: int) -> subprocess.Popen[bytes]:
        process = start("serve", "--port", port, "--workers", workers)

        def answers() -> bool:
            try:
                return httpx2.get(f"{address}/health/ready").status_code == 200
            except httpx2.TransportError:
                return False

        wait_until(answers, process)
        return process

    assert installation.core.retriever.backlog == 0
    return address, serve


def test_kill_during_turns(
    served: tuple[str, Callable[[int], subprocess.Popen[bytes]]], installation: Installation
) -> None:
    """Every reply that was given is on record, none is half there, and the next server answers."""
    address, serve = served
    process = serve(1)
    given: list[str] = []

    def ask_on() -> None:
        with httpx2.Client(base_url=address) as client:
            while True:
                try:
                    reply = client.post("/api/v1/ask", json={"message": "How long does a sprained ankle take to heal?"})
                except httpx2.TransportError:
                    return
                given.append(reply.json()["turn_id"])

    threads = [threading.Thread(target=ask_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(given) > 20, process)
    os.kill(process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    process.wait()
    result = verify(installation.core.store, installation.core.retriever)
    assert result.disagreements == ()
    with installation.core.store._engine.connect() as connection:  # type: ignore[attr-defined]
        kept = {row[0] for row in connection.exec_driver_sql("SELECT id FROM turns")}
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert set(given) <= kept
    serve(1)
    assert httpx2.post(f"{address}/api/v1/ask", json={"message": "jet lag"}).status_code == 200


def test_workers_answer_alike(
    served: tuple[str, Callable[[int], subprocess.Popen[bytes]]], installation: Installation
) -> None:
    """Whichever of several processes answers says the same, and knows at once what was taught or withdrawn."""
    address, serve = served
    serve(2)

    def replies(message: str) -> set[tuple[str, float, str | None]]:
        found = set()
        for _ in range(12):  # a new connection each time, so that both workers get some
            reply = httpx2.post(f"{address}/api/v1/ask", json={"message": message}).json()
            quotation = reply["quotation"]
            found.add((reply["outcome"], reply["probability"], quotation and quotation["article_id"]))
        return found

    (alike,) = replies("How long does a sprained ankle take to heal?")
    assert alike[2] == "ankle-sprain-recovery"
    own = ask(installation.core, Inbound("How long does a sprained ankle take to heal?"))
    assert alike[:2] == (own.outcome, own.probability)
    installation.core.store.teach("jet-lag", ["my clock is upside down since the long haul"], "tester")
    (taught,) = replies("my clock is upside down since the long haul")
    assert taught[2] == "jet-lag"


def killed(process: subprocess.Popen[bytes]) -> None:
    """Kill a server with all its workers, as a machine that loses its power does."""
    for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        each.kill()
    process.wait()


@pytest.mark.slow
def test_a_retired_article_is_quoted_no_more(
    served: tuple[str, Callable[[int], subprocess.Popen[bytes]]], installation: Installation
) -> None:
    """Under load, in every worker: what is asked once the call has returned is never answered with it.

    Nor after the server was killed right after the call, and started again.
    """
    address, serve = served
    process = serve(2)
    _, key = add_key(installation.desk, COMMAND_LINE, "robot", [Right.SEE, Right.PUBLISH])
    quoted: list[tuple[float, bool]] = []  # when it was asked, and whether the article was quoted
    enough = threading.Event()

    def ask_on() -> None:
        while not enough.is_set():  # a new connection each time, so that both workers get some
            asked = time.monotonic()
            reply = httpx2.post(
                f"{address}/api/v1/ask", json={"message": "How long does a sprained ankle take to heal?"}
            )
            quotation = reply.json()["quotation"]
            quoted.append((asked, bool(quotation) and quotation["article_id"] == "ankle-sprain-recovery"))

    threads = [threading.Thread(target=ask_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: sum(was_quoted for _, was_quoted in list(quoted)) > 20, process)
    retired = httpx2.post(
        f"{address}/api/v1/staff/articles/ankle-sprain-recovery/retire",
        json={"revision": 1, "reason": "out of date"},
        headers={"Authorization": f"Bearer {key}"},
    )
    returned = time.monotonic()
    assert retired.status_code == 200, retired.text
    wait_until(lambda: sum(asked > returned for asked, _ in list(quoted)) > 40, process)
    enough.set()
    for thread in threads:
        thread.join()
    assert not any(was_quoted for asked, was_quoted in quoted if asked > returned)

    assert httpx2.post(
        f"{address}/api/v1/staff/articles/jet-lag/retire",
        json={"revision": 1, "reason": "out of date"},
        headers={"Authorization": f"Bearer {key}"},
    ).is_success
    killed(process)
    serve(1)
    for message in (SPRAIN, "How do I get over jet lag?", "/article jet-lag"):
        quotation = httpx2.post(f"{address}/api/v1/ask", json={"message": message}).json()["quotation"]
        assert not quotation or quotation["article_id"] not in {"ankle-sprain-recovery", "jet-lag"}

"""What a turn costs over HTTP, beside one bare encoding of the same text and a route made by hand, in one run.

    python -m benchmarks.turn [--data-dir DIR] [--questions FILE] [--clients 16] [--seconds 15]

starts `doctors-note serve` on the library in DIR (without one, on the bundled library in a temporary folder), and
prints the time to its first answer, the time of a turn with one client, the questions answered in a second with many,
and the memory of the process. Beside each figure stand that of the route in `benchmarks.by_hand`, served in the same
way on the same vectors, and of `SentenceTransformer.encode` on the same texts. They take turns, so that all meet the
same machine.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from benchmarks import by_hand
from bot.bootstrap import install
from bot.config import read_settings
from bot.evaluation import read_questions
from bot.retrieval import ArticleIndex
from embeddings.encoder import packaged_model_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
MAX_CHARS = 300
ROUND = 10
WARM_UP = 5
# Rounds in which each server is asked by many clients.
ROUNDS = 3


def texts_of(questions: Path) -> list[str]:
    """The questions of at most 300 characters, as patients mostly write them, that are taken at all."""
    texts = [question.asked for question in read_questions(questions) if len(question.asked) <= MAX_CHARS]
    return [text for text in texts if any(character.isalnum() for character in text)]


@contextmanager
def served(command: list[str], data_dir: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address and process of the server that `command` starts, given a port as its last argument."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": str(data_dir), "DOCTORS_NOTE_LOG_LEVEL": "error"}
    process = subprocess.Popen(
        [sys.executable, "-m", *command, str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def write_library(data_dir: Path, folder: Path) -> int:
    """Bring the index in `data_dir` in line, write what `by_hand` serves into `folder`, and count the texts."""
    installation = install(read_settings(data_dir=data_dir))
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    by_hand.prepare(folder, index.snapshot, installation.core.store)
    index.close()
    installation.core.store.close()
    return index.count


def first_answer_s(address: str, text: str, began: float) -> float:
    """Seconds from `began` until the server has answered a question."""
    with httpx2.Client(base_url=address, timeout=60) as client:
        while True:
            try:
                _ask(client, text)
                return time.perf_counter() - began
            except httpx2.TransportError:
                time.sleep(0.01)


def one_client(addresses: list[str], texts: list[str], model: SentenceTransformer, seconds: float) -> list[list[float]]:
    """Milliseconds of each turn with each server, and of each bare encoding, in turns of ten, for so long in all."""
    end = time.perf_counter() + seconds
    rounds = cycle(range(0, len(texts) - ROUND + 1, ROUND))
    with ExitStack() as opened:
        clients = [opened.enter_context(httpx2.Client(base_url=address, timeout=60)) for address in addresses]
        acts: list[Callable[[str], object]] = [*(partial(_ask, client) for client in clients), model.encode]
        measured: list[list[float]] = [[] for _ in acts]
        while time.perf_counter() < end:
            start = next(rounds)
            for milliseconds, act in zip(measured, acts, strict=True):
                time.sleep(0.05)  # a thread pool spins for a while after its work
                for text in texts[start : start + ROUND]:
                    began = time.perf_counter()
                    act(text)
                    milliseconds.append((time.perf_counter() - began) * 1_000)
    return measured


def _ask(client: httpx2.Client, text: str) -> None:
    client.post("/api/v1/ask", json={"message": text}).raise_for_status()


def many_clients(address: str, texts: list[str], clients: int, seconds: float) -> float:
    """Questions answered in a second by `clients` that each ask again as soon as they are answered."""
    end = time.perf_counter() + seconds
    counts = [0] * clients

    def ask(number: int) -> None:
        with httpx2.Client(base_url=address, timeout=60) as client:
            while time.perf_counter() < end:
                text = texts[(number * 31 + counts[number]) % len(texts)]
                client.post("/api/v1/ask", json={"message": text}).raise_for_status()
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def batched_per_s(model: SentenceTransformer, texts: list[str], seconds: float) -> float:
    """Texts encoded in a second in batches of 32, with nothing else going on."""
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        model.encode(texts, batch_size=32)
        count += len(texts)
    return count / (time.perf_counter() - began)


def measure(data_dir: Path, texts: list[str], clients: int, seconds: float) -> Table:
    """All figures of the library in `data_dir`."""
    model = SentenceTransformer(str(packaged_model_folder()), device="cpu")
    model.encode(texts[:8])
    table = Table("figure", "Doctor's Note", "by hand", "encode alone", "ratio to by hand", "ratio to encode")

    def row(name: str, *figures: float, digits: int = 0) -> None:
        shown = [f"{figure:,.{digits}f}" for figure in figures]
        ratios = [f"{figures[0] / figure:.2f}" for figure in figures[1:]]
        table.add_row(name, *shown, *([""] * (3 - len(shown))), *ratios)

    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        count = write_library(data_dir, Path(folder))
        addresses, processes, starts = [], [], []
        for command in (["bot", "serve", "--port"], ["benchmarks.by_hand", folder]):
            began = time.perf_counter()
            address, process = opened.enter_context(served(command, data_dir))
            starts.append(first_answer_s(address, texts[0], began))
            addresses.append(address)
            processes.append(process)
            for text in texts[:WARM_UP]:
                first_answer_s(address, text, 0)
        turns = one_client(addresses, texts, model, seconds)
        for name, share in (("p50, one client, ms", 50), ("p95, one client, ms", 95)):
            row(name, *(statistics.quantiles(values, n=100)[share - 1] for values in turns), digits=2)
        rates = [
            [many_clients(address, texts, clients, seconds / ROUNDS) for address in addresses] for _ in range(ROUNDS)
        ]
        answered = [statistics.median(rate) for rate in zip(*rates, strict=True)]
        memory = [process.memory_info().rss / 2**20 for process in processes]
    row(f"questions/s, {clients} clients", *answered, batched_per_s(model, texts, seconds / 3))
    row("start to first answer, s", *starts, digits=1)
    row("resident memory, MB", *memory)
    table.caption = f"{count:,} texts"
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="a data folder with a library and its index")
    parser.add_argument("--questions", type=Path, default=ROOT / "data/golden/questions.jsonl")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    texts = texts_of(arguments.questions)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = arguments.data_dir or Path(folder)
        if arguments.data_dir is None:
            environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": folder}
            command = [sys.executable, "-m", "bot", "import", "markdown", str(ROOT / "data/articles")]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        Console().print(measure(data_dir, texts, arguments.clients, arguments.seconds))


if __name__ == "__main__":
    main()

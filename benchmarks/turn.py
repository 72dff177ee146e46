"""What a turn costs over HTTP, beside one bare encoding of the same text, in one run.

    python -m benchmarks.turn [--data-dir DIR] [--questions FILE] [--clients 16] [--seconds 15]

starts `doctors-note serve` on the library in DIR (without one, on the bundled library in a temporary folder), and
prints the time to its first answer, the time of a turn with one client, the questions answered in a second with many,
and the memory of the process. `SentenceTransformer.encode` on the same texts stands beside each figure.
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
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psutil
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from bot.evaluation import read_questions
from embeddings.encoder import packaged_model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
MAX_CHARS = 300
TURNS = 300
ROUND = 10


def texts_of(questions: Path) -> list[str]:
    """The questions of at most 300 characters, as patients mostly write them, that are taken at all."""
    texts = [question.asked for question in read_questions(questions) if len(question.asked) <= MAX_CHARS]
    return [text for text in texts if any(character.isalnum() for character in text)]


@contextmanager
def served(data_dir: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address and process of a server on the library in `data_dir`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": str(data_dir), "DOCTORS_NOTE_LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def first_answer_s(address: str, text: str, began: float) -> float:
    """Seconds from `began` until the server has answered a question."""
    while True:
        try:
            httpx2.post(f"{address}/api/v1/ask", json={"message": text}, timeout=60).raise_for_status()
            return time.perf_counter() - began
        except httpx2.TransportError:
            time.sleep(0.01)


def one_client(address: str, texts: list[str], model: SentenceTransformer) -> tuple[list[float], list[float]]:
    """Milliseconds of each turn, and of each bare encoding, in turns of ten, so that both meet the same machine."""
    turns: list[float] = []
    encodings: list[float] = []
    asked = (texts * (TURNS // len(texts) + 1))[:TURNS]
    with httpx2.Client(base_url=address) as client:
        for start in range(0, TURNS, ROUND):
            for measured, act in ((turns, partial(_ask, client)), (encodings, model.encode)):
                time.sleep(0.05)  # a thread pool spins for a while after its work
                for text in asked[start : start + ROUND]:
                    began = time.perf_counter()
                    act(text)
                    measured.append((time.perf_counter() - began) * 1_000)
    return turns, encodings


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
    table = Table("figure", "turn over HTTP", "encode alone", "ratio")
    began = time.perf_counter()
    with served(data_dir) as (address, process):
        start_s = first_answer_s(address, texts[0], began)
        ready = httpx2.get(f"{address}/health/ready").json()
        for text in texts[:20]:
            first_answer_s(address, text, 0)
        turns, encodings = one_client(address, texts, model)
        for name, share in (("p50, one client, ms", 50), ("p95, one client, ms", 95)):
            turn, encoding = (statistics.quantiles(values, n=100)[share - 1] for values in (turns, encodings))
            table.add_row(name, f"{turn:.2f}", f"{encoding:.2f}", f"{turn / encoding:.2f}")
        answered = many_clients(address, texts, clients, seconds)
        memory = process.memory_info().rss / 2**20
    alone = batched_per_s(model, texts, seconds / 3)
    table.add_row(f"questions/s, {clients} clients", f"{answered:.0f}", f"{alone:.0f}", f"{answered / alone:.2f}")
    table.add_row("start to first answer, s", f"{start_s:.1f}", "", "")
    table.add_row("resident memory, MB", f"{memory:.0f}", "", "")
    table.add_row("texts in the index", f"{ready['texts_indexed']:,}", "", "")
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

"""How long a preview takes over very many past questions, and how soon a taught phrasing is live in another process.

    python -m benchmarks.teaching [--questions 100000] [--rounds 5]
    python -m benchmarks.teaching --data-dir DIR       # article_preview over an installation that is there already

Past questions are made: each of the golden ones many times over, with a number put to its end so that no two are the
same, and its vector turned a little at random. The bundled library is taught in one process and asked in another, a
server; the time is from the return of `teach` to the first answer of the server that quotes the article.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import httpx2
import numpy as np

from benchmarks.turn import served
from bot.bootstrap import configure_logging, install
from bot.config import read_settings
from bot.domain.staff import COMMAND_LINE
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.service.staff.teaching import teach
from bot.service.staff.teaching_preview import preview
from bot.service.staff.undo import undo
from bot.store.schema import question_vectors, sessions, turns

if TYPE_CHECKING:
    from bot.bootstrap import Installation
    from bot.store import SqlStore

ROOT = Path(__file__).parent.parent
CHUNK = 5_000
# How far a made vector is turned from the one it is made of.
TURNED = 0.3
PHRASINGS = {
    "jet-lag": ["my head is still in another time zone", "how do I sleep after a long flight"],
    "cold-duration": ["when will my nose stop running"],
    "ankle-sprain-recovery": ["I twisted my foot, when can I run again", "my foot hurts since I fell"],
}


def make_questions(installation: Installation, count: int) -> None:
    """Past questions with their vectors, written as turns."""
    desk, model = installation.desk, installation.core.retriever.model_sha256
    texts = [each.asked for each in desk.golden if any(character.isalnum() for character in each.asked)]
    known = np.stack([np.frombuffer(each, "<f2") for each in desk.rehearser.vectors(texts)]).astype(np.float32)
    random = np.random.default_rng(1)
    now = dt.datetime.now(dt.UTC)
    engine = cast("SqlStore", installation.core.store).engine
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sessions.insert(), {"id": "made", "language": None, "created": now, "last_seen": now})
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            noise = random.standard_normal((len(numbers), known.shape[1])).astype(np.float32)
            vectors = known[[number % len(texts) for number in numbers]]
            vectors += TURNED * noise / np.linalg.norm(noise, axis=1, keepdims=True)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            connection.execute(turns.insert(), [_turn(number, texts[number % len(texts)], now) for number in numbers])
            rows = [
                {"turn_id": f"{number:032x}", "model_sha256": model, "vector": vector.astype("<f2").tobytes()}
                for number, vector in zip(numbers, vectors, strict=True)
            ]
            connection.execute(question_vectors.insert(), rows)


def _turn(number: int, text: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": f"{number:032x}",
        "session_id": "made",
        "created": now - dt.timedelta(seconds=number),
        "channel": "api",
        "intent": "question",
        "outcome": "unmatched",
        "question": f"{text} {number}",
        "language": "en",
        "candidates": [],
        "offered": [],
        "signs": [],
        "model_sha256": "",
        "index_version": 0,
        "calibration": "",
    }


def measure_previews(installation: Installation, rounds: int) -> None:
    """Print how long article_preview take; the first of a process apart."""
    for number in range(rounds + 1):
        seconds = []
        for article_id, phrasings in PHRASINGS.items():
            began = time.perf_counter()
            found = preview(installation.desk, article_id, phrasings)
            seconds.append(time.perf_counter() - began)
            if number in {0, rounds}:
                print(
                    f"{article_id}: {found.past:,} past and {found.golden} golden questions, {len(found.changes)} "
                    f"change, {found.left_out:,} left out: {seconds[-1]:.2f} s{' (first)' if not number else ''}"
                )
    print(f"median of the last round: {statistics.median(seconds):.2f} s")


def measure_live(data_dir: Path, installation: Installation, rounds: int) -> None:
    """Print how soon another process answers with what was taught here."""
    phrasing = PHRASINGS["jet-lag"][0]
    command = ["bot", "serve", "--port"]
    with served(command, data_dir) as (address, _), httpx2.Client(base_url=address, timeout=60) as client:

        def is_quoted() -> bool:
            quotation = client.post("/api/v1/ask", json={"message": phrasing}).json()["quotation"]
            return quotation is not None and quotation["article_id"] == "jet-lag"

        while True:
            try:
                assert not is_quoted()
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        taught, live = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            action = teach(installation.desk, COMMAND_LINE, "jet-lag", [phrasing])
            returned = time.perf_counter()
            asked = 1
            while not is_quoted():
                asked += 1
            live.append(time.perf_counter() - returned)
            taught.append(returned - began)
            undo(installation.desk, COMMAND_LINE, action.id)
            assert not is_quoted()
    print(
        f"teaching takes {statistics.median(taught) * 1000:.0f} ms; another process quotes the article "
        f"{statistics.median(live) * 1000:.0f} ms after that (at most {max(live) * 1000:.0f} ms, at question {asked})"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data-dir", type=Path)
    options = parser.parse_args()
    configure_logging("error")
    with TemporaryDirectory() as temporary:
        data_dir = options.data_dir or Path(temporary)
        installation = install(read_settings(data_dir=data_dir))
        if options.data_dir is None:
            paths = sorted((ROOT / "data/articles").glob("*.md"))
            records = [record for path in paths for record in FORMATS["markdown"].read(path)]
            installation.core.store.put(record for record in records if isinstance(record, SourcedArticle))
            installation.core.retriever.open()
            make_questions(installation, options.questions)
        measure_previews(installation, options.rounds)
        if options.data_dir is None:
            measure_live(data_dir, installation, options.rounds)
        installation.core.retriever.close()
        installation.core.store.close()


if __name__ == "__main__":
    main()

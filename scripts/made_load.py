"""Fill an installation with made conversations, to look at the pages of staff, and to measure them.

    python -m scripts.made_load DATA_DIR [--turns 100000] [--unmatched 5000] [--seed 1]

Into DATA_DIR come the bundled library, where there is none, and turns as patients might have had them over the last 89
days: answers and choices from the library's own phrasings, small talk, emergencies, feedback, and so many questions
that nothing answers, made from phrases below, some asked by many. They are then brought into the queue, and staff have
worked on some. The same seed makes the same. It is for a folder of its own: nothing tells these turns from real ones.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import track

from bot.bootstrap import Installation, configure_logging, install
from bot.config import read_settings
from bot.domain.question_queue import DOUBTFUL_MARGIN, QueueFilters
from bot.domain.staff import Caller, Right
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.service.staff import queue
from bot.service.staff.catching_up import catch_up
from bot.store import SqlStore
from bot.store.schema import feedback, question_vectors, sessions, turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parent.parent
DAYS: Final = 89
_CHUNK: Final = 5_000
_CALLER: Final = Caller("made", "made-load", "A Made Reviewer", frozenset(Right))
_CHANNELS: Final = ("web", "web", "web", "api", "whatsapp", "telegram")
# Of a hundred turns that are not unmatched.
_SHARES: Final = {"answer": 62, "choices": 12, "talk": 24, "emergency": 2}

# How unmatched questions are asked, about what; nothing of it is in the bundled library.
_ASKED: Final = {
    "en": (
        (
            "how do i get rid of {}",
            "what can i do about {}",
            "is {} dangerous",
            "why do i have {} every evening",
            "can {} go away by itself",
            "which doctor do i see for {}",
            "{} since yesterday, what now",
            "is there a cream against {}",
            "does stress cause {}",
            "can i do sports with {}",
            "is {} contagious",
            "how long does {} last",
            "my daughter has {}, is that normal",
            "what tests are there for {}",
        ),
        (
            "a ringing left ear", "cold fingertips", "a clicking jaw", "brittle nails", "a metallic taste", "hiccups",
            "a twitching eyelid", "a numb little toe", "itchy shins", "split lips", "a stiff thumb", "dry elbows",
            "white spots on my nails", "goose bumps at night", "a lump behind the knee", "sweaty palms",
            "a sore tongue",
            "a crooked toe", "a blocked tear duct", "burping after coffee", "cracked heels", "an itchy scar", "snoring",
            "a dent in my shin", "restless legs", "a hoarse voice", "red earlobes", "popping shoulders",
            "yellow toenails",
            "a cherry angioma", "motion sickness on trains", "jet lag", "a tattoo that itches", "an ingrown hair",
            "flaky eyebrows", "tired eyes from screens", "a trigger finger", "a ganglion on the wrist", "a bunion",
            "dark rings under my eyes",
        ),
    ),
    "es": (
        ("como quito {}", "es peligroso {}", "que hago con {}", "cuanto dura {}", "es contagioso {}"),
        (
            "el hipo", "un zumbido en el oído", "las uñas quebradizas", "los talones agrietados", "el ronquido",
            "un juanete",
        ),
    ),
    "de": (
        ("was hilft gegen {}", "ist {} gefährlich", "wie lange dauert {}", "warum habe ich {}"),
        ("Schluckauf", "ein zuckendes Augenlid", "Ohrensausen", "rissige Fersen", "Schnarchen", "kalte Finger"),
    ),
}  # fmt: skip
_OPENINGS: Final = ("", "", "", "hello, ", "please, ", "quick question: ")
_ENDINGS: Final = ("", "", "?", "??", " thanks")
_TALK: Final = ("greeting", "thanks", "goodbye", "help", "topics")
_SIGNS: Final = ("chest-pain", "stroke", "suicide", "bleeding", "breathing")


class Load:
    """Rows of made turns, each session's after another, all drawn from one seed."""

    def __init__(self, installation: Installation, seed: int, now: dt.datetime) -> None:
        core = installation.core
        self._draw = random.Random(seed)  # noqa: S311  the same seed makes the same
        self._now = now
        self._calibration = core.calibration
        self._made_with = {
            "model_sha256": core.retriever.model_sha256,
            "index_version": core.store.version(),
            "calibration": core.calibration.version,
        }
        self._library = [
            (stored.article.id, stored.revision.number, stored.revision.sha256, words)
            for stored in core.store.all()
            if stored.article.is_served and stored.article.language == "en"
            for words in (stored.article.question, *stored.article.also_asked)
        ]
        self._numbers = iter(range(10**9))

    def sessions(
        self, count: int, unmatched: int
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]]:
        """Sessions of `count` turns in all, `unmatched` of them so, as rows: the session, its turns, their feedback."""
        left, missing = count, unmatched
        while left > 0:
            at = self._now - dt.timedelta(days=DAYS) * self._draw.random()
            session = {"id": self._id("s"), "language": None, "created": at, "last_seen": at}
            channel = self._draw.choice(_CHANNELS)
            rows: list[dict[str, Any]] = []
            for _ in range(min(left, self._draw.choice((1, 1, 2, 2, 3, 5)))):
                if len(rows) >= left:
                    break
                if self._draw.random() < missing / left:
                    rows.append(self._unmatched())
                    missing -= 1
                else:
                    rows += self._other(min(2, left - len(rows)))
            for row in rows:
                at += dt.timedelta(seconds=self._draw.randint(10, 120))
                row |= {"id": self._id("t"), "session_id": session["id"], "created": at, "channel": channel}
            session["last_seen"] = at
            left -= len(rows)
            yield session, rows, [self._feedback(row) for row in rows if self._draw.random() < 0.1]

    def _unmatched(self) -> dict[str, Any]:
        language = self._draw.choices(("en", "es", "de"), (90, 6, 4))[0]
        forms, things = _ASKED[language]
        # A few things are asked about by many, most by few.
        thing = things[min(int(self._draw.paretovariate(0.6)) - 1, len(things) - 1)]
        words = self._draw.choice(_OPENINGS) + self._draw.choice(forms).format(thing) + self._draw.choice(_ENDINGS)
        return self._turn("question", "unmatched", words, self._draw.uniform(0, 0.3), language)

    def _other(self, room: int) -> list[dict[str, Any]]:
        kind = self._draw.choices(list(_SHARES), list(_SHARES.values()))[0]
        if kind == "talk":
            return [self._turn(self._draw.choice(_TALK), "information", None, None)]
        if kind == "emergency":
            return [self._turn("question", "emergency", None, None) | {"signs": [self._draw.choice(_SIGNS)]}]
        article_id, revision, sha256, words = self._draw.choice(self._library)
        quoted = {"article_id": article_id, "revision": revision, "sha256": sha256}
        if kind == "answer" or room < 2:
            sure = self._draw.uniform(self._calibration.answer_at + DOUBTFUL_MARGIN - 0.001, 1)
            return [self._turn("question", "answer", words, sure) | quoted | {"candidates": [[article_id, sure]]}]
        unsure = self._draw.uniform(self._calibration.choose_at, self._calibration.answer_at)
        offered = self._turn("question", "choices", words, unsure)
        offered |= {"offered": [article_id], "candidates": [[article_id, unsure]]}
        end = self._draw.random()
        if end < 0.02:
            return [offered, self._turn("none-of-these", "unmatched", words, unsure)]
        return [offered] if end < 0.04 else [offered, self._turn("choice", "answer", None, None) | quoted]

    def _turn(
        self, intent: str, outcome: str, words: str | None, probability: float | None, language: str = "en"
    ) -> dict[str, Any]:
        return self._made_with | {
            "intent": intent,
            "outcome": outcome,
            "question": words,
            "language": language,
            "probability": probability,
            "article_id": None,
            "revision": None,
            "sha256": None,
            "candidates": [],
            "offered": [],
            "signs": [],
            "answer_at": self._calibration.answer_at,
            "choose_at": self._calibration.choose_at,
        }

    def _feedback(self, row: dict[str, Any]) -> dict[str, Any]:
        at = row["created"] + dt.timedelta(seconds=30)
        return {
            "turn_id": row["id"],
            "helpful": row["outcome"] != "unmatched" and self._draw.random() < 0.95,
            "reason": "",
            "comment": "",
            "created": at,
            "changed": at,
        }

    def _id(self, kind: str) -> str:
        return f"made-{kind}-{next(self._numbers):012}-{self._draw.getrandbits(32):08x}"


def fill(installation: Installation, count: int, unmatched: int, seed: int) -> None:
    """Make the turns, and bring them into the queue."""
    core, desk = installation.core, installation.desk
    assert isinstance(core.store, SqlStore)
    engine = core.store.engine
    load = Load(installation, seed, core.clock())
    made = load.sessions(count, unmatched)
    words: dict[str, list[str]] = {}
    while part := list(islice(made, _CHUNK)):
        rows = [row for _, rows, _ in part for row in rows]
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(sessions.insert(), [session for session, _, _ in part])
            connection.execute(turns.insert(), rows)
            connection.execute(feedback.insert(), [given for _, _, marks in part for given in marks])
        for row in rows:
            if row["question"]:
                words.setdefault(row["question"], []).append(row["id"])
    distinct = list(words)
    for start in track(range(0, len(distinct), 64), "Encoding", console=Console(stderr=True)):
        together = distinct[start : start + 64]
        vectors = zip(together, desk.encoder.encode(together), strict=True)
        rows = [
            {"turn_id": turn_id, "model_sha256": desk.encoder.model_sha256, "vector": vector}
            for question, vector in vectors
            for turn_id in words[question]
        ]
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(question_vectors.insert(), rows)
    came = catch_up(desk)
    worked = work(installation, random.Random(seed))  # noqa: S311
    page = queue.list_groups(desk, QueueFilters(state=None), 1, 1)
    print(f"{count:,} turns; {came:,} questions in the queue, in {page.total:,} groups; {worked} actions of staff")


def work(installation: Installation, draw: random.Random) -> int:
    """What staff did to some of the groups; how many things."""
    desk = installation.desk
    groups = queue.list_groups(desk, QueueFilters(), 1, 200).groups
    chosen: Sequence[Any] = draw.sample(groups, min(len(groups), 60))
    for number, group in enumerate(chosen):
        seen = {group.id: group.version}
        match number % 4:
            case 0:
                queue.dismiss(desk, _CALLER, seen)
            case 1:
                queue.assign(desk, _CALLER, seen, draw.choice(("reviewer-1", "reviewer-2", "reviewer-3")))
            case 2:
                queue.request_article(desk, _CALLER, seen, "reviewer-1", note="Many ask this.")
            case _:
                queue.add_note(desk, _CALLER, group.id, "Seen; is this not the same as another group?")
    return len(chosen)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--turns", type=int, default=100_000)
    parser.add_argument("--unmatched", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settings = read_settings(data_dir=options.data_dir)
    configure_logging("warning")
    installation = install(settings)
    if installation.core.store.is_empty():
        paths = sorted((ROOT / "data/articles").glob("*.md"))
        read = [record for path in paths for record in FORMATS["markdown"].read(path)]
        installation.core.store.put(record for record in read if isinstance(record, SourcedArticle))
        installation.core.retriever.open()
    fill(installation, options.turns, options.unmatched, options.seed)
    installation.core.retriever.close()
    installation.core.store.close()


if __name__ == "__main__":
    main()

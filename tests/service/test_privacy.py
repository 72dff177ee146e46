"""What is too old is forgotten, again and again, whatever goes wrong."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.errors import InvalidMessage, Unavailable
from bot.service.privacy import RetentionJob, enforce_retention, erase_session
from bot.store import SqlStore, open_engine
from tests.conftest import NOON
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class MovingClock:
    """Noon, and as many days later as it is set to."""

    def __init__(self) -> None:
        self.days = 0.0

    def __call__(self) -> dt.datetime:
        return NOON + dt.timedelta(days=self.days)


class Failing:
    """A store whose purge raises each of `errors` in turn, and then counts 3."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.scrubbed = threading.Event()

    def purge(self, before: dt.datetime) -> int:
        if self._errors:
            raise self._errors.pop(0)
        return 3

    def scrub(self) -> None:
        self.scrubbed.set()


@pytest.fixture
def clock() -> MovingClock:
    """A clock to be set."""
    return MovingClock()


@pytest.fixture
def store(tmp_path: Path, clock: MovingClock) -> Iterator[SqlStore]:
    """An empty store."""
    opened = SqlStore(open_engine(f"sqlite:///{tmp_path / 'library.sqlite'}"), clock)
    yield opened
    opened.close()


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_sessions_are_kept_for_the_retention_time(store: SqlStore, clock: MovingClock) -> None:
    """Until the day after its last message; one that is gone on with loses what is older."""
    store.record(turn(id="a", created=clock()), None)
    store.record(turn(id="b", session_id="another-0123456789", created=clock()), None)
    clock.days = 5
    store.record(turn(id="c", created=clock()), None)
    clock.days = 7
    assert enforce_retention(store, clock, 7) == 0
    clock.days = 7.001
    assert enforce_retention(store, clock, 7) == 1
    assert [each.id for each in store.turns(SESSION)] == ["c"]
    clock.days = 12.001
    assert enforce_retention(store, clock, 7) == 1
    assert store.turns(SESSION) == ()


def test_it_cleans_up_after_erasures(store: SqlStore, clock: MovingClock) -> None:
    """Also where nothing is too old."""
    store.record(turn(), None)
    assert erase_session(store, SESSION)
    assert enforce_retention(store, clock, 7) == 0
    with store._engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT made = 1 AND cleaned = 1 FROM erasures"))


@pytest.mark.parametrize(
    "session_id", ["", "short", "a" * 65, "session 0123456789", "session-0123456789\n", "\x00" * 20]
)
def test_what_no_session_is_called_is_refused(store: SqlStore, session_id: str) -> None:
    """The store is not asked for it."""
    with pytest.raises(InvalidMessage, match="is not 16 to 64 of the characters"):
        erase_session(store, session_id)


def test_the_job_runs_at_once_and_again(store: SqlStore, clock: MovingClock, caplog: pytest.LogCaptureFixture) -> None:
    """It deletes when it starts, and what has become too old since at its next round, and tells how many."""
    store.record(turn(), None)
    store.record(turn(id="b", session_id="another-0123456789", created=NOON + dt.timedelta(days=1)), None)
    clock.days = 90.5
    job = RetentionJob(store, clock, 90, interval_s=0.02)
    with caplog.at_level(logging.INFO):
        job.start()
        wait_until(lambda: not store.turns(SESSION))
        assert store.turns("another-0123456789")
        clock.days = 92
        wait_until(lambda: not store.turns("another-0123456789"))
        job.stop()
    counts = [record.__dict__["sessions"] for record in caplog.records if record.getMessage() == "retention"]
    assert counts[0] == 1
    assert sum(counts) == 2


def test_the_job_tries_again_after_a_failure(clock: MovingClock, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong is logged as an event, without values that may quote a patient, and the next round comes."""
    failing = Failing(Unavailable("the store is busy"), ZeroDivisionError("my purple zebra itches"))
    job = RetentionJob(failing, clock, 90, interval_s=0.01)  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG):
        job.start()
        assert failing.scrubbed.wait(20)
        job.stop()
    failed = [record.__dict__ for record in caplog.records if record.getMessage() == "retention_failed"]
    assert [record.get("reason") or record.get("error") for record in failed] == [
        "the store is busy",
        "ZeroDivisionError",
    ]
    assert "zebra" not in caplog.text
    assert not any(record["exc_info"] for record in failed)


def test_the_job_ends_at_once(store: SqlStore, clock: MovingClock) -> None:
    """A server that stops does not wait for the next hour."""
    job = RetentionJob(store, clock, 90)
    job.start()
    began = time.monotonic()
    job.stop()
    assert time.monotonic() - began < 5
    assert not job._thread.is_alive()


def test_jobs_of_several_workers_do_no_harm(
    store: SqlStore, clock: MovingClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each session is deleted and counted once, and nobody fails."""
    for number in range(300):
        store.record(turn(id=str(number), session_id=f"session-{number:012}"), None)
    clock.days = 91
    jobs = [RetentionJob(store, clock, 90, interval_s=0.01) for _ in range(4)]
    with caplog.at_level(logging.INFO):
        for job in jobs:
            job.start()
        wait_until(lambda: sum(record.__dict__.get("sessions", 0) for record in list(caplog.records)) >= 300)
        for job in jobs:
            job.stop()
    assert {record.getMessage() for record in caplog.records} == {"retention"}
    assert sum(record.__dict__["sessions"] for record in caplog.records) == 300

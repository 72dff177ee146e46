"""Bring into the queue what was asked since, and keep what each kept question means to the model."""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import TYPE_CHECKING, Final

from bot.domain.question_queue import CHOOSING_TIME, DOUBTFUL_MARGIN
from bot.ports.queue import Arriving
from bot.service.jobs import RepeatedJob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.service.staff.desk import Desk

_log = logging.getLogger(__name__)

# Between two rounds of the job.
INTERVAL_S: Final = 3.0
# A turn is written within a moment of the time it bears; a clock may be off, a commit may wait.
_MARGIN: Final = dt.timedelta(minutes=10)
# How often all turns are looked at, not only the new ones.
_IN_FULL: Final = dt.timedelta(hours=1)
# Questions encoded between two looks at whether to stop, some milliseconds each.
_TOGETHER: Final = 64
# Whoever opens the queue waits for so many to be encoded; if there are more, the job does it.
FEW: Final = 16


def catch_up(
    desk: Desk,
    since: dt.datetime | None = None,
    *,
    limit: int | None = None,
    rest: Callable[[float], bool] = lambda _: False,
) -> int:
    """Bring in the questions that came up since, None for ever, and count them. Raises Unavailable.

    With more than `limit` of them nothing is done. After a change of the model, those that are in the queue are encoded
    anew first, where it is for ever; until that is done nothing comes in. Several processes may do it at once; what one
    of them has done the others leave alone. After each batch `rest` is called with how many seconds that took; if it
    says so, the round ends there.
    """
    queue, model = desk.queue, desk.encoder.model_sha256
    queue.recant(since)
    queue.settle_published()
    arrivals = queue.arrivals(
        Arriving(since, desk.core.clock() - CHOOSING_TIME, desk.core.calibration.answer_at, DOUBTFUL_MARGIN)
    )
    if limit is not None and len(arrivals) > limit:
        return 0
    while since is None and (outdated := queue.queued_without_vector(model, _TOGETHER)):
        if rest(_encode(desk, outdated)):
            return 0
    for start in range(0, len(arrivals), _TOGETHER):
        ids = [each.turn_id for each in arrivals[start : start + _TOGETHER]]
        if rest(_encode(desk, queue.without_vector(model, _TOGETHER, ids))):
            return 0
    return queue.place(arrivals, model, desk.grouping.place) if arrivals else 0


def encode_kept(desk: Desk, since: dt.datetime | None = None) -> int:
    """Encode some of the kept questions that have no vector yet, and count them. Raises Unavailable."""
    missing = desk.queue.without_vector(desk.encoder.model_sha256, _TOGETHER, since=since)
    _encode(desk, missing)
    return len(missing)


def _encode(desk: Desk, questions: Sequence[tuple[str, str]]) -> float:
    """Keep the vectors of these; the seconds that it took."""
    began = time.monotonic()
    if questions:
        vectors = desk.encoder.encode([words for _, words in questions])
        ids = [turn_id for turn_id, _ in questions]
        desk.queue.keep_vectors(desk.encoder.model_sha256, list(zip(ids, vectors, strict=True)))
    return time.monotonic() - began


class QueueJob(RepeatedJob):
    """Catches up, in a server, again and again.

    Each process of a server may run one. One that is killed leaves whole groups only, and the next round goes on.
    """

    def __init__(self, desk: Desk, interval_s: float = INTERVAL_S) -> None:
        super().__init__("queue", interval_s)
        self._desk = desk
        self._done: dt.datetime | None = None
        self._in_full: dt.datetime | None = None

    def _round(self) -> None:
        """One process at a time does it; what it does, the others need not."""
        with self._desk.queue.alone() as is_alone:
            if is_alone:
                self._bring_in()

    def _bring_in(self) -> None:
        began = self._desk.core.clock()
        is_full = self._in_full is None or began - self._in_full >= _IN_FULL
        since = None if is_full or self._done is None else self._done - _MARGIN
        # Patients are asking the same encoder: it rests after each batch as long as that took.
        came = catch_up(self._desk, since, rest=self._is_ending.wait)
        if self._is_ending.is_set():
            return
        if is_full:
            self._desk.queue.tidy(began - dt.timedelta(days=self._desk.core.site.retention_days))
        self._encode_kept(since)
        self._done = began
        if is_full:
            self._in_full = began
        if came:
            _log.info("queued", extra={"questions": came})

    def _encode_kept(self, since: dt.datetime | None) -> None:
        """All of them, resting after each batch as long as it took: patients are asking the same encoder."""
        while True:
            began = time.monotonic()
            if not encode_kept(self._desk, since) or self._is_ending.wait(time.monotonic() - began):
                return


def catch_up_if_few(desk: Desk) -> None:
    """Bring in the newest questions before they are shown, if that takes but a moment. Raises Unavailable."""
    catch_up(desk, desk.core.clock() - _MARGIN, limit=FEW)

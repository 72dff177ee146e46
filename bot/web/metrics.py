"""Figures of operation for Prometheus: counts and times, never words.

With several workers each counts for itself into files of a folder, and any of them adds them up (the client library's
multiprocess mode, which `serve` turns on by `FOLDER_VARIABLE`).
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

from bot.service.widget import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.reply import Reply

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
# A caller names its channel; more names than these would each be a series of its own. One is that of our actions.
_CHANNELS: Final = frozenset({"api", "rasa", CHANNEL})
_BUCKETS_S: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """What is counted of turns; `channels` are counted each for itself, beside those that there always are."""

    def __init__(self, channels: Iterable[str] = ()) -> None:
        self._channels = _CHANNELS.union(channels)
        self._registry = CollectorRegistry()
        self._turns = Counter("doctors_note_turns", "Replies", ["outcome", "channel"], registry=self._registry)
        self._signs = Counter("doctors_note_emergencies", "Emergencies, by sign", ["sign"], registry=self._registry)
        self._feedback = Counter("doctors_note_feedback", "Marks of replies", ["helpful"], registry=self._registry)
        self._seconds = Histogram(
            "doctors_note_turn_seconds", "Time to reply", buckets=_BUCKETS_S, registry=self._registry
        )

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Takes the time of a turn, however it ends."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.observe(time.perf_counter() - began)

    def replied(self, reply: Reply, channel: str) -> None:
        """Count a reply."""
        self._turns.labels(reply.outcome.value, channel if channel in self._channels else "other").inc()
        for sign in reply.signs:
            self._signs.labels(sign).inc()
        if reply.marked is not None:
            self.marked(helpful=reply.marked)

    def failed(self, channel: str) -> None:
        """Count a message of a channel whose sender was told that something went wrong on our side."""
        self._turns.labels("failed", channel if channel in self._channels else "other").inc()

    def marked(self, *, helpful: bool) -> None:
        """Count a patient's mark."""
        self._feedback.labels("yes" if helpful else "no").inc()

    def exposition(self) -> bytes:
        """All figures, of all workers, in Prometheus's text form."""
        if not os.environ.get(FOLDER_VARIABLE):
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def metrics_router(metrics: Metrics) -> APIRouter:
    """The page that Prometheus reads."""
    router = APIRouter()

    @router.get("/metrics", tags=["operations"], summary="Figures for Prometheus", response_class=Response)
    def get_metrics() -> Response:
        """Replies by outcome and channel, emergencies by sign, marks, and times. No words of anybody's."""
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

    return router

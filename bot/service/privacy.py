"""Forget: a session whose patient wishes it, and all that is older than the retention time."""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain.message import check_session_id
from bot.service.jobs import RepeatedJob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.ports import Clock
    from bot.ports.turns import TurnStore

_log = logging.getLogger(__name__)

_HOUR_S: Final = 3_600.0


def erase_session(store: TurnStore, session_id: str) -> bool:
    """Delete a session and all that belongs to it; False if there was none. Raises InvalidMessage, Unavailable."""
    check_session_id(session_id)
    return store.erase(session_id)


def enforce_retention(store: TurnStore, clock: Clock, retention_days: int) -> int:
    """Delete the sessions last seen longer ago, clean away all traces of erased ones, and count. Raises Unavailable."""
    purged = store.purge(clock() - dt.timedelta(days=retention_days))
    store.scrub()
    return purged


class RetentionJob(RepeatedJob):
    """Enforces the retention time.

    `also` forgets more in the same rounds. Each process of a server may run one: what one has deleted the others do not
    find.
    """

    def __init__(
        self,
        store: TurnStore,
        clock: Clock,
        retention_days: int,
        interval_s: float = _HOUR_S,
        also: Sequence[Callable[[], None]] = (),
    ) -> None:
        super().__init__("retention", interval_s)
        self._also = also
        self._enforce = partial(enforce_retention, store, clock, retention_days)

    def _round(self) -> None:
        purged = self._enforce()
        for forget in self._also:
            forget()
        _log.info("retention", extra={"sessions": purged})

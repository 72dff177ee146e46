"""Forget: a session whose patient wishes it, and all that is older than the retention time."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.domain.errors import DoctorsNoteError
from bot.domain.message import check_session_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.ports import Clock, TurnStore

_log = logging.getLogger(__name__)

_HOUR_S: Final = 3_600.0
# How long an ending server waits for a purge that is under way; killed in its midst, it does no harm.
_STOPPING_S: Final = 10.0


def erase_session(store: TurnStore, session_id: str) -> bool:
    """Delete a session and all that belongs to it; False if there was none. Raises InvalidMessage, Unavailable."""
    check_session_id(session_id)
    return store.erase(session_id)


def enforce_retention(store: TurnStore, clock: Clock, retention_days: int) -> int:
    """Delete the sessions last seen longer ago, clean away all traces of erased ones, and count. Raises Unavailable."""
    purged = store.purge(clock() - dt.timedelta(days=retention_days))
    store.scrub()
    return purged


class RetentionJob:
    """Enforces the retention time in a thread of its own: when it is started, and then every `interval_s`.

    `also` forgets more in the same rounds. Each process of a server may run one: what one has deleted the others do not
    find. After a failure, the next round tries again.
    """

    def __init__(
        self,
        store: TurnStore,
        clock: Clock,
        retention_days: int,
        interval_s: float = _HOUR_S,
        also: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._also = also
        self._enforce = partial(enforce_retention, store, clock, retention_days)
        self._interval_s = interval_s
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that is under way."""
        self._is_ending.set()
        self._thread.join(_STOPPING_S)

    def _run(self) -> None:
        while True:
            self._round()
            if self._is_ending.wait(self._interval_s):
                return

    def _round(self) -> None:
        try:
            purged = self._enforce()
            for forget in self._also:
                forget()
        except DoctorsNoteError as error:
            # Without its traceback, whose values may quote a patient.
            _log.error("retention_failed", extra={"reason": str(error)})
        except Exception as error:  # noqa: BLE001  whatever it is, the next round must come; its text may quote values
            _log.error("retention_failed", extra={"error": type(error).__name__})
        else:
            _log.info("retention", extra={"sessions": purged})

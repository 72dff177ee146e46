"""What a server does by itself, again and again."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import Final

from bot.domain.errors import DoctorsNoteError

_log = logging.getLogger(__name__)

# How long an ending server waits for a round that is under way; killed in its midst, it does no harm.
_STOPPING_S: Final = 10.0


class RepeatedJob(ABC):
    """Does a round in a thread of its own: when it is started, and then every `interval_s`.

    A round that fails is told of in the log, as the event `NAME_failed`, and the next one tries again.
    """

    def __init__(self, name: str, interval_s: float) -> None:
        self._name = name
        self._interval_s = interval_s
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that is under way."""
        self._is_ending.set()
        self._thread.join(_STOPPING_S)

    @abstractmethod
    def _round(self) -> None:
        """Do it once; it may raise anything."""

    def _run(self) -> None:
        while True:
            try:
                self._round()
            except DoctorsNoteError as error:
                # Without its traceback, whose values may quote a patient.
                _log.error(f"{self._name}_failed", extra={"reason": str(error)})
            except Exception as error:  # noqa: BLE001  whatever it is, the next round must come; its text may quote values
                _log.error(f"{self._name}_failed", extra={"error": type(error).__name__})
            if self._is_ending.wait(self._interval_s):
                return

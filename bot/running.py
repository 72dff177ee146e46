"""Who works on a data folder: any number of servers, or one restore."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from filelock import ReadWriteLock, Timeout

from bot.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILE: Final = "running.lock"


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """For a server, as long as it runs. Raises Unavailable while a backup is restored into the folder."""
    lock = _lock(data_dir)
    try:
        with lock.read_lock(blocking=False):
            yield
    except Timeout:
        raise Unavailable(f"a backup is being restored into {data_dir}; start the server when it is done") from None


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """For what may not be done under a running server. Raises Unavailable while one runs on the folder."""
    lock = _lock(data_dir)
    try:
        with lock.write_lock(blocking=False):
            yield
    except Timeout:
        raise Unavailable(
            f"a server is running on {data_dir}, or another restore is; stop every server of this installation first"
        ) from None


def _lock(data_dir: Path) -> ReadWriteLock:
    data_dir.mkdir(parents=True, exist_ok=True)
    return ReadWriteLock(data_dir / _FILE, is_singleton=False)

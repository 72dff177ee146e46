"""Passwords, hashed with Argon2id."""

from __future__ import annotations

import threading
import unicodedata
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each takes 64 MiB while it lasts: a rush of sign-ins waits in line instead of taking the machine's memory, and the
# line is short, so that it does not take the threads that answer patients.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_IN_LINE: Final = threading.BoundedSemaphore(10)


class ArgonHasher:
    """`bot.ports.accounts.PasswordHasher`, with the parameters that pwdlib recommends (RFC 9106, second choice)."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash([hasher or Argon2Hasher()])

    @cached_property
    def _nobody(self) -> str:
        return self._hash.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        with _in_turn():
            return self._hash.hash(_normal(password))

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """See `PasswordHasher.verify`."""
        with _in_turn():
            try:
                is_right, newer = self._hash.verify_and_update(_normal(password), kept or self._nobody)
            except PwdlibError:  # what is kept is no hash of ours
                return False, None
        return (is_right, newer) if kept else (False, None)


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise Unavailable("too many people sign in at this moment; try again in a few seconds")
    try:
        with _AT_ONCE:
            yield
    finally:
        _IN_LINE.release()


def _normal(password: str) -> str:
    """As NIST SP 800-63B asks: however the letters were typed. What UTF-8 cannot carry fits no password."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()

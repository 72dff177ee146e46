"""The secret of an installation, with which it makes keyed hashes of what it must not keep."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from filelock import FileLock

from bot.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "secret.key"
# As long as what SHA-256 gives: RFC 2104 discourages shorter keys.
MIN_BYTES: Final = 32
_OWNER_ONLY: Final = 0o600


def installation_key(secret: str, folder: Path) -> bytes:
    """`secret` if there is one, else what stands in the key file of `folder`, which is made if it is missing.

    Processes that need one at the same time make one. Raises ConfigurationError.
    """
    if secret:
        key = secret.encode("utf-8", "surrogateescape")
        if len(key) < MIN_BYTES:
            raise ConfigurationError(
                f"DOCTORS_NOTE_SECRET: it has {len(key)} bytes, and at least {MIN_BYTES} are needed; set one that "
                'python -c "import secrets; print(secrets.token_urlsafe(48))" prints, or leave it out'
            )
        return key
    path = folder / FILE
    try:
        if not path.is_file():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(
            f"{path}: the secret of this installation cannot be read or made ({error.strerror or error}); let the "
            "service read and write it, or set DOCTORS_NOTE_SECRET"
        ) from error
    if len(key) < MIN_BYTES:
        raise ConfigurationError(
            f"{path}: it has {len(key)} bytes, and at least {MIN_BYTES} are needed; bring the file back from a backup, "
            "or delete it: conversations in messaging channels then begin anew"
        )
    return key


def _make(path: Path) -> None:
    """Write a new key as a whole, unless another process has meanwhile."""
    with FileLock(path.with_suffix(".lock")):
        if path.is_file():
            return
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

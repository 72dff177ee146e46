"""Accounts of staff, and API keys: added, changed, taken away."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from bot.domain.errors import SenderError, shown
from bot.domain.staff import PERSONAL, RIGHTS, Right, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.staff import Caller
    from bot.ports.accounts import Account, AccountStore, ApiKey, PasswordHasher

KEY_PREFIX: Final = "dn_"
KEY_RIGHTS: Final = tuple(right for right in RIGHTS if right not in PERSONAL)
MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 256
_MAX_FULL_NAME: Final = 100
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
# As an actor in the log they would be taken for the program itself.
_RESERVED: Final = frozenset({"system", "nobody", "command-line"})
_KEY_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
# Passwords of twelve characters and more that are tried first, by their letters alone (NIST SP 800-63B, 3.1.1.2).
_COMMON: Final = frozenset(
    {
        "administrator",
        "changeme",
        "doctorsnote",
        "iloveyou",
        "letmein",
        "pass",
        "passw",
        "password",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopasdf",
        "trustno",
        "welcome",
        "welcometo",
    }
)
_COUNTING: Final = "1234567890" * 26


class AccountDesk(Protocol):
    """What these use cases work with: a part of `Desk`, which commands open without the rest."""

    @property
    def accounts(self) -> AccountStore:
        """The accounts."""
        ...

    @property
    def passwords(self) -> PasswordHasher:
        """What is made of passwords."""
        ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """An `AccountDesk` by itself."""

    accounts: AccountStore
    passwords: PasswordHasher


def token_hash(token: str) -> str:
    """What is kept of a session's token or of an API key: both are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_name(name: str) -> str:
    """A sign-in name as it is kept: in small letters, without spaces around it, and without what cannot be seen."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    return "".join(letter for letter in plain if letter.isprintable())


def new_password(name: str, password: str) -> str:
    """A password that may be taken, as it is hashed. Raises SenderError.

    Long, and none that is tried first; of which characters is everyone's own affair (NIST SP 800-63B).
    """
    password = unicodedata.normalize("NFKC", password)
    if len(password) < MIN_PASSWORD:
        raise SenderError(f"the password has {len(password)} characters; take at least {MIN_PASSWORD}")
    if len(password) > MAX_PASSWORD:
        raise SenderError(f"the password has {len(password):,} characters; take at most {MAX_PASSWORD}")
    if name in password.lower() and not password.lower().replace(name, "").strip("0123456789 "):
        raise SenderError("the password is the sign-in name; take another, which nobody can guess")
    letters = re.sub(r"[\W\d_]", "", password.lower())
    is_common = letters in _COMMON or letters in {word * 2 for word in _COMMON} or password in _COUNTING
    if is_common or len(set(password)) < 4:
        raise SenderError(
            "the password is one of those that are tried first; take three or four words that nobody links"
        )
    return password


def add_account(
    desk: AccountDesk,
    caller: Caller,
    name: str,
    full_name: str,
    roles: Iterable[Role],
    password: str | None,
    *,
    due: bool,
) -> Account:
    """Add an account; without a password they sign in with the identity provider. Raises SenderError, Conflict.

    `due`: they have to choose a password of their own when they first sign in.
    """
    name = sign_in_name(name)
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise SenderError(
            f"{shown(name)} cannot be a sign-in name; take one of letters a to z, digits and . _ @ + - (at most 64)"
        )
    kept = desk.passwords.hash(new_password(name, password)) if password is not None else None
    return desk.accounts.add(
        name, _full_name(full_name), _some(roles), kept, due=due and password is not None, by=caller.name
    )


def set_roles(
    desk: AccountDesk, caller: Caller, name: str, roles: Iterable[Role], seen: Iterable[Role] | None = None
) -> Account:
    """Give other roles, which ends the account's sessions. For `seen`, and what is raised, see `change_roles`."""
    return desk.accounts.change_roles(
        sign_in_name(name), _some(roles), None if seen is None else frozenset(seen), caller.name
    )


def set_full_name(desk: AccountDesk, caller: Caller, name: str, full_name: str) -> Account:
    """Name somebody anew. Raises SenderError, NotFound."""
    return desk.accounts.change_full_name(sign_in_name(name), _full_name(full_name), caller.name)


def set_active(desk: AccountDesk, caller: Caller, name: str, *, is_active: bool) -> Account:
    """Let somebody in again, or no more, from now on. Raises NotFound, Conflict."""
    return desk.accounts.change_active(sign_in_name(name), caller.name, is_active=is_active)


def set_password(desk: AccountDesk, caller: Caller, name: str, password: str, *, due: bool) -> None:
    """Set somebody's password, which ends their sessions. Raises SenderError, NotFound."""
    name = desk.accounts.account(sign_in_name(name)).name
    kept = desk.passwords.hash(new_password(name, password))
    desk.accounts.change_password(name, kept, caller.name, due=due)


def change_own_password(desk: AccountDesk, caller: Caller, old: str, new: str, keep: str) -> None:
    """Change the caller's own password, and end their sessions but the one of token hash `keep`.

    Raises SenderError, also if the old one is wrong, and TooMany if it was so too often.
    """
    password = new_password(caller.name, new)
    if unicodedata.normalize("NFKC", old) == password:
        raise SenderError("the new password is the old one; take another")
    desk.accounts.begin_attempt(caller.name)
    is_right, _ = desk.passwords.verify(old, desk.accounts.password_hash(caller.name))
    if not is_right:
        raise SenderError("the old password is wrong; nothing was changed")
    desk.accounts.change_password(caller.name, desk.passwords.hash(password), caller.name, due=False, but=keep)


def first_password() -> str:
    """A password that is good for the first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


def add_key(desk: AccountDesk, caller: Caller, name: str, rights: Iterable[Right]) -> tuple[ApiKey, str]:
    """Add an API key; the key itself is told this once. Raises SenderError, Conflict."""
    name, given = sign_in_name(name), frozenset(rights)
    if not _KEY_NAME.fullmatch(name):
        raise SenderError(f"{shown(name)} cannot name a key; take letters a to z, digits and . _ - (at most 60)")
    if personal := given & PERSONAL:
        raise SenderError(f"the right {', '.join(sorted(personal))} needs a person; no key can have it")
    if not given:
        raise SenderError(f"give the key a right at least, of {', '.join(KEY_RIGHTS)}")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    return desk.accounts.add_key(name, token_hash(key), given, caller.name), key


def revoke_key(desk: AccountDesk, caller: Caller, name: str) -> None:
    """Let nobody in with a key any more. Raises NotFound, Conflict."""
    desk.accounts.revoke_key(sign_in_name(name), caller.name)


def _some(roles: Iterable[Role]) -> frozenset[Role]:
    given = frozenset(roles)
    if not given:
        raise SenderError(
            f"give a role at least, of {', '.join(Role)}; to let somebody in no more, disable the account"
        )
    return given


def _full_name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > _MAX_FULL_NAME:
        raise SenderError(f"the full name has {len(name)} characters; take at most {_MAX_FULL_NAME}")
    return name

"""Who is let in: sign-in, sessions, API keys."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.errors import NotFound, NotSignedIn
from bot.domain.staff import Caller, rights_of
from bot.service.staff.accounts import KEY_PREFIX, sign_in_name, token_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports.accounts import Account, IdentityProvider, PasswordHasher, SignedIn
    from bot.service.staff.desk import Desk

_WRONG: Final = "the name or the password is wrong"


@dataclass(frozen=True, slots=True)
class Access:
    """How staff are let in.

    A session ends `idle_min` after it was last used, and `session_hours` after it began. Without a `provider`, only
    passwords are asked for.
    """

    passwords: PasswordHasher
    idle_min: int = 60
    session_hours: int = 12
    provider: IdentityProvider | None = None


def sign_in(desk: Desk, name: str, password: str) -> str:
    """A new session's token. Raises NotSignedIn, or TooMany after too many failures.

    Whether the name or the password was wrong is told by neither the words nor the time it takes.
    """
    name = sign_in_name(name)
    desk.accounts.begin_attempt(name)
    kept = desk.accounts.password_hash(name)
    is_right, newer = desk.access.passwords.verify(password, kept)
    if not is_right or kept is None:
        raise NotSignedIn(_WRONG)
    if newer:
        desk.accounts.refresh_hash(name, kept, newer)
    return _open_session(desk, name, "password")


def sign_in_elsewhere(desk: Desk, kept: Mapping[str, str], answered: Mapping[str, str]) -> str:
    """A new session's token, for whom the identity provider vouches. Raises NotSignedIn, Unavailable.

    The account is the one linked with their subject there. The first time it is the one without a password that has
    a name of theirs, and is linked with it from then on: who has a password is not to be somebody else's for a name.
    """
    if desk.access.provider is None:
        raise NotFound("signing in with an identity provider is not set up here")
    identity = desk.access.provider.finish(kept, answered)
    account = desk.accounts.linked(identity.subject)
    if account is None:
        account = next(filter(None, (_waiting(desk, name) for name in identity.names)), None)
        if account is not None:
            desk.accounts.link(account.name, identity.subject)
    if account is None or not account.is_active:
        raise NotSignedIn(
            "you are known there, but no account here is for that; if you have a password, sign in with it, or ask an "
            "admin for an account without one that is called as you are there"
        )
    return _open_session(desk, account.name, "identity provider")


def signed_in(desk: Desk, token: str) -> SignedIn | None:
    """Whose session the token opens; None if none."""
    return desk.accounts.signed_in(token_hash(token), desk.access.idle_min) if token else None


def sign_out(desk: Desk, token: str) -> None:
    """End the session of a token, if there is one."""
    found = signed_in(desk, token)
    if found:
        desk.accounts.close_session(token_hash(token), found.account.name)


def caller_of(account: Account) -> Caller:
    """An account, as who is behind a request."""
    return Caller(
        account.id,
        account.name,
        account.full_name or account.name,
        rights_of(account.roles),
        account.roles,
        account.shortcuts,
        account.password_due,
    )


def caller_by_key(desk: Desk, key: str) -> Caller | None:
    """A program, by its API key; None if there is no such key, or not any more."""
    found = desk.accounts.key(token_hash(key)) if key.startswith(KEY_PREFIX) else None
    if found is None:
        return None
    name = f"key:{found.name}"
    return Caller(f"key:{found.id}", name, name, found.rights)


def _open_session(desk: Desk, name: str, way: str) -> str:
    token = secrets.token_urlsafe(32)
    expires = desk.core.clock() + dt.timedelta(hours=desk.access.session_hours)
    desk.accounts.open_session(name, token_hash(token), expires, way)
    return token


def _waiting(desk: Desk, name: str) -> Account | None:
    """The account of that name, if it waits to be linked."""
    try:
        account = desk.accounts.account(sign_in_name(name))
    except NotFound:
        return None
    return account if account.is_active and not account.has_password and not account.is_linked else None

"""Accounts of staff, their sign-ins and API keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bot.domain.staff import Right, Role


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in; `name` is what they sign in with, `full_name` how an article names them, or "".

    `password_due`: somebody else set the password, and they have to choose one first. `is_linked`: they can sign in
    with the identity provider.
    """

    id: str
    name: str
    full_name: str
    roles: frozenset[Role]
    is_active: bool
    shortcuts: bool
    has_password: bool
    password_due: bool
    is_linked: bool
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account that a session belongs to, and what its next page is to say (None: nothing)."""

    account: Account
    flash: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A browser that is signed in; `expires` is when it is not any more, however often it is used."""

    token_hash: str
    created: dt.datetime
    last_seen: dt.datetime
    expires: dt.datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program's; the key itself is not kept. `last_used` is right to the minute."""

    id: str
    name: str
    rights: frozenset[Right]
    created_by: str
    created: dt.datetime
    last_used: dt.datetime | None
    revoked: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to the identity provider.

    `subject` never changes there; `names` are those by which an account is found the first time, best first.
    """

    subject: str
    names: tuple[str, ...]


class PasswordHasher(Protocol):
    """Makes of passwords what may be kept of them. Raises Unavailable when too many are waiting."""

    def hash(self, password: str) -> str:
        """A salted hash, with its parameters."""
        ...

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether `kept` is of `password`, and a newer hash if it is to be kept in its place.

        None, for a name that nobody has, takes as long as a hash and is never right.
        """
        ...


class IdentityProvider(Protocol):
    """Signs people in elsewhere, by OpenID Connect. May raise Unavailable."""

    @property
    def name(self) -> str:
        """What it is called on the sign-in page."""
        ...

    def begin(self) -> tuple[str, Mapping[str, str]]:
        """The address to send the browser to, and what it must bring back to `finish`, known to nobody else."""
        ...

    def finish(self, kept: Mapping[str, str], answered: Mapping[str, str]) -> Identity:
        """Who it is, from what `begin` gave and the provider's answer. Raises NotSignedIn if that is not sound."""
        ...


class AccountStore(Protocol):
    """Accounts of staff, their sign-ins and API keys.

    Every method may raise Unavailable; what changes something is told in the audit log as done by `by`, and raises
    NotFound for an account or key that is not there. Tokens and keys come and are kept as the SHA-256 of them, in hex.
    """

    def accounts(self) -> tuple[Account, ...]:
        """All, by name."""
        ...

    def account(self, name: str) -> Account:
        """The account of that name. Raises NotFound."""
        ...

    def has_any(self) -> bool:
        """Whether there is an account at all."""
        ...

    def add(
        self, name: str, full_name: str, roles: frozenset[Role], password_hash: str | None, *, due: bool, by: str
    ) -> Account:
        """Add an account. Raises Conflict if the name is taken."""
        ...

    def change_roles(self, name: str, roles: frozenset[Role], seen: frozenset[Role] | None, by: str) -> Account:
        """Give `roles` in place of those `seen` (None: whatever they are), and end its sessions.

        Raises Conflict if they are others by now, or if no active admin would be left.
        """
        ...

    def change_active(self, name: str, by: str, *, is_active: bool) -> Account:
        """Let somebody in, or no more; their sessions end. Raises Conflict if no active admin would be left."""
        ...

    def change_full_name(self, name: str, full_name: str, by: str) -> Account:
        """Name somebody anew."""
        ...

    def change_password(self, name: str, password_hash: str, by: str, *, due: bool, but: str = "") -> None:
        """Keep another password, end the account's sessions but the one of token hash `but`, and forget failures."""
        ...

    def change_shortcuts(self, name: str, by: str, *, shortcuts: bool) -> None:
        """Whether single keys are commands in the pages."""
        ...

    def password_hash(self, name: str) -> str | None:
        """What is kept of the password; None where there is no such account, none with a password, or not active."""
        ...

    def refresh_hash(self, name: str, old: str, new: str) -> None:
        """Keep the same password in newer parameters, unless it was changed meanwhile."""
        ...

    def begin_attempt(self, name: str) -> None:
        """Count an attempt as failed, before it is known to be. Raises TooMany while the name is locked.

        Names that nobody has are locked as others are.
        """
        ...

    def open_session(self, name: str, token_hash: str, expires: dt.datetime, way: str) -> None:
        """Open a session for who signed in by `way`, and forget failures and expired sessions."""
        ...

    def linked(self, subject: str) -> Account | None:
        """The account that is linked with a subject of the identity provider's."""
        ...

    def link(self, name: str, subject: str) -> None:
        """Link them. Raises Conflict if the account is linked already, has a password, or is disabled."""
        ...

    def signed_in(self, token_hash: str, idle_min: int) -> SignedIn | None:
        """Whose session this is, and note that it is in use; None if it is not, or was not for `idle_min`."""
        ...

    def leave_flash(self, token_hash: str, flash: Mapping[str, Any] | None) -> None:
        """Keep what the session's next page is to say."""
        ...

    def sessions(self, name: str) -> tuple[StaffSession, ...]:
        """Those of an account that have not expired, the last used first."""
        ...

    def close_session(self, token_hash: str, by: str) -> None:
        """Sign out; nothing happens if it is so already."""
        ...

    def close_sessions(self, name: str, by: str) -> int:
        """Sign an account out everywhere, and count."""
        ...

    def purge_sessions(self) -> None:
        """Delete expired sessions, and failures of over a day ago."""
        ...

    def api_keys(self) -> tuple[ApiKey, ...]:
        """All, the newest first, with those revoked."""
        ...

    def add_key(self, name: str, key_hash: str, rights: frozenset[Right], by: str) -> ApiKey:
        """Add a key. Raises Conflict if there is, or was, one of this name."""
        ...

    def revoke_key(self, name: str, by: str) -> None:
        """Let nobody in with it any more. Raises Conflict if it is so already."""
        ...

    def key(self, key_hash: str) -> ApiKey | None:
        """The key, unless it is revoked, and note that it is in use."""
        ...

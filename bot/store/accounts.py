"""`bot.ports.accounts.AccountStore` over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import secrets
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.errors import Conflict, NotFound, TooMany, shown
from bot.domain.staff import SYSTEM, Role
from bot.ports.accounts import Account, SignedIn, StaffSession
from bot.store.api_keys import SqlApiKeys
from bot.store.audit import log_action
from bot.store.base import insert_on
from bot.store.schema import sign_in_failures as failures
from bot.store.schema import staff_accounts as accounts
from bot.store.schema import staff_sessions as sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.ports import Clock

# So many failures are free; then each has to wait twice as long as the one before, up to the longest.
_FREE: Final = 5
_FIRST_WAIT_S: Final = 60
_LONGEST_WAIT_S: Final = 3_600
_FORGOTTEN_AFTER: Final = dt.timedelta(days=1)
# Noting that a session or key is in use writes at most so often.
_NOTED_EVERY: Final = dt.timedelta(minutes=1)


class SqlAccountStore(SqlApiKeys):
    """`bot.ports.accounts.AccountStore` over a database opened by `open_engine`."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        super().__init__(engine, clock)
        self._new_account = insert_on(engine)(accounts).on_conflict_do_nothing().returning(accounts.c.id)

    def accounts(self) -> tuple[Account, ...]:
        """See `AccountStore.accounts`."""
        with self._reading() as connection:
            return tuple(map(_account, connection.execute(sa.select(accounts).order_by(accounts.c.name))))

    def account(self, name: str) -> Account:
        """See `AccountStore.account`."""
        with self._reading() as connection:
            return _found(connection, name)

    def has_any(self) -> bool:
        """See `AccountStore.has_any`."""
        with self._reading() as connection:
            return connection.execute(sa.select(accounts.c.id).limit(1)).first() is not None

    def add(
        self, name: str, full_name: str, roles: frozenset[Role], password_hash: str | None, *, due: bool, by: str
    ) -> Account:
        """See `AccountStore.add`."""
        now = self._clock()
        row = {
            "id": secrets.token_hex(16),
            "name": name,
            "full_name": full_name,
            "roles": sorted(roles),
            "password_hash": password_hash,
            "password_due": due,
            "is_active": True,
            "shortcuts": True,
            "created": now,
        }
        with self._writing() as connection:
            if connection.scalar(self._new_account, row) is None:
                raise Conflict(f"there is an account {shown(name)} already; take another name, or change that account")
            added = _found(connection, name)
            log_action(connection, now, by, "account.add", _subject(name), after=_told(added))
            _forget_failures(connection, name)
        return added

    def change_roles(self, name: str, roles: frozenset[Role], seen: frozenset[Role] | None, by: str) -> Account:
        """See `AccountStore.change_roles`."""

        def check(before: Account) -> None:
            if seen is not None and seen != before.roles:
                raise Conflict(
                    f"the roles of {name} changed meanwhile (now: {', '.join(sorted(before.roles))}); look at them and "
                    "try again"
                )

        return self._change(name, "account.roles", by, {"roles": sorted(roles)}, check=check)

    def change_active(self, name: str, by: str, *, is_active: bool) -> Account:
        """See `AccountStore.change_active`."""
        action = "account.enable" if is_active else "account.disable"
        return self._change(name, action, by, {"is_active": is_active})

    def change_full_name(self, name: str, full_name: str, by: str) -> Account:
        """See `AccountStore.change_full_name`."""
        return self._change(name, "account.full_name", by, {"full_name": full_name}, but=None)

    def change_password(self, name: str, password_hash: str, by: str, *, due: bool, but: str = "") -> None:
        """See `AccountStore.change_password`."""
        self._change(name, "account.password", by, {"password_hash": password_hash, "password_due": due}, but=but)

    def change_shortcuts(self, name: str, by: str, *, shortcuts: bool) -> None:
        """See `AccountStore.change_shortcuts`."""
        self._change(name, "account.shortcuts", by, {"shortcuts": shortcuts}, but=None)

    def password_hash(self, name: str) -> str | None:
        """See `AccountStore.password_hash`."""
        wanted = sa.select(accounts.c.password_hash).where(accounts.c.name == name, accounts.c.is_active)
        with self._reading() as connection:
            kept: str | None = connection.scalar(wanted)
            return kept

    def refresh_hash(self, name: str, old: str, new: str) -> None:
        """See `AccountStore.refresh_hash`."""
        unchanged = sa.and_(accounts.c.name == name, accounts.c.password_hash == old)
        with self._writing() as connection:
            connection.execute(accounts.update().where(unchanged).values(password_hash=new))

    def begin_attempt(self, name: str) -> None:
        """See `AccountStore.begin_attempt`."""
        now = self._clock()
        key = _name_hash(name)
        first = insert_on(self._engine)(failures).values(name_hash=key, failures=0, last=now).on_conflict_do_nothing()
        wanted = sa.select(failures).where(failures.c.name_hash == key).with_for_update()
        with self._writing() as connection:
            connection.execute(first)
            row = connection.execute(wanted).one()
            if row.locked_until and row.locked_until > now:
                raise _too_many(row.locked_until - now)
            count = 1 if row.last < now - _FORGOTTEN_AFTER else row.failures + 1
            # Only so many doublings: beyond them the wait stays the longest.
            wait_s = min(_FIRST_WAIT_S << min(count - _FREE, 10), _LONGEST_WAIT_S) if count >= _FREE else 0
            locked = now + dt.timedelta(seconds=wait_s) if wait_s else None
            connection.execute(
                failures.update()
                .where(failures.c.name_hash == key)
                .values(failures=count, last=now, locked_until=locked)
            )
            if locked and connection.execute(sa.select(accounts.c.id).where(accounts.c.name == name)).first():
                after = {"failures": count, "locked_until": locked.isoformat()}
                log_action(connection, now, SYSTEM.name, "account.lock", _subject(name), after=after)

    def open_session(self, name: str, token_hash: str, expires: dt.datetime, way: str) -> None:
        """See `AccountStore.open_session`."""
        now = self._clock()
        with self._writing() as connection:
            account = _found(connection, name, lock=True)
            if not account.is_active:
                raise NotFound(f"the account {shown(name)} was disabled")
            connection.execute(sessions.delete().where(sessions.c.expires <= now))
            row = {"account_id": account.id, "created": now, "last_seen": now, "expires": expires}
            connection.execute(sessions.insert().values(token_hash=token_hash, **row))
            _forget_failures(connection, name)
            log_action(connection, now, name, "session.open", _subject(name), after={"by": way})

    def linked(self, subject: str) -> Account | None:
        """See `AccountStore.linked`."""
        with self._reading() as connection:
            row = connection.execute(sa.select(accounts).where(accounts.c.oidc_subject == subject)).first()
            return _account(row) if row else None

    def link(self, name: str, subject: str) -> None:
        """See `AccountStore.link`."""

        def check(before: Account) -> None:
            if before.is_linked:
                raise Conflict(f"the account {shown(name)} belongs to somebody else there; ask an admin")
            if before.has_password or not before.is_active:
                raise Conflict(f"the account {shown(name)} has a password, or is disabled; ask an admin")

        self._change(name, "account.link", name, {"oidc_subject": subject}, but=None, check=check)

    def signed_in(self, token_hash: str, idle_min: int) -> SignedIn | None:
        """See `AccountStore.signed_in`."""
        now = self._clock()
        wanted = (
            sa.select(sessions.c.last_seen, sessions.c.flash, accounts)
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(
                sessions.c.token_hash == token_hash,
                sessions.c.expires > now,
                sessions.c.last_seen > now - dt.timedelta(minutes=idle_min),
                accounts.c.is_active,
            )
        )
        with self._reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        if row.last_seen < now - _NOTED_EVERY:
            with self._writing() as connection:
                connection.execute(sessions.update().where(sessions.c.token_hash == token_hash).values(last_seen=now))
        return SignedIn(_account(row), row.flash)

    def leave_flash(self, token_hash: str, flash: Mapping[str, Any] | None) -> None:
        """See `AccountStore.leave_flash`."""
        with self._writing() as connection:
            kept = sa.null() if flash is None else flash
            connection.execute(sessions.update().where(sessions.c.token_hash == token_hash).values(flash=kept))

    def sessions(self, name: str) -> tuple[StaffSession, ...]:
        """See `AccountStore.sessions`."""
        wanted = (
            sa.select(sessions)
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(accounts.c.name == name, sessions.c.expires > self._clock())
            .order_by(sessions.c.last_seen.desc(), sessions.c.token_hash)
        )
        with self._reading() as connection:
            return tuple(
                StaffSession(row.token_hash, row.created, row.last_seen, row.expires)
                for row in connection.execute(wanted)
            )

    def close_session(self, token_hash: str, by: str) -> None:
        """See `AccountStore.close_session`."""
        with self._writing() as connection:
            if connection.execute(sessions.delete().where(sessions.c.token_hash == token_hash)).rowcount:
                log_action(connection, self._clock(), by, "session.close", _subject(by), before={"sessions": 1})

    def close_sessions(self, name: str, by: str) -> int:
        """See `AccountStore.close_sessions`."""
        with self._writing() as connection:
            account = _found(connection, name, lock=True)
            count = _end_sessions(connection, account.id)
            log_action(connection, self._clock(), by, "session.close", _subject(name), before={"sessions": count})
        return count

    def purge_sessions(self) -> None:
        """See `AccountStore.purge_sessions`."""
        now = self._clock()
        with self._writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.expires <= now))
            connection.execute(failures.delete().where(failures.c.last < now - _FORGOTTEN_AFTER))

    def _change(
        self,
        name: str,
        action: str,
        by: str,
        values: dict[str, Any],
        *,
        but: str | None = "",
        check: Callable[[Account], None] | None = None,
    ) -> Account:
        """Change an account, tell the log what became of it, and end its sessions but one; all go on for None."""
        now = self._clock()
        with self._writing() as connection:
            # All of the admins are locked, so that two cannot each take away the other as the last but one.
            admins = [
                row.name
                for row in connection.execute(
                    sa.select(accounts).where(accounts.c.is_active).order_by(accounts.c.id).with_for_update()
                )
                if Role.ADMIN in row.roles
            ]
            before = _found(connection, name, lock=True)
            if check:
                check(before)
            connection.execute(accounts.update().where(accounts.c.id == before.id).values(values))
            after = _found(connection, name)
            if admins == [name] and not (after.is_active and Role.ADMIN in after.roles):
                raise Conflict(f"{name} is the only active admin; make somebody else one first")
            if but is not None:
                _end_sessions(connection, before.id, but)
            if action == "account.password":
                _forget_failures(connection, name)
            was, became = _told(before), _told(after)
            changed = {field for field in was if was[field] != became[field]}
            log_action(
                connection,
                now,
                by,
                action,
                _subject(name),
                before={field: was[field] for field in sorted(changed)},
                after={field: became[field] for field in sorted(changed)},
            )
        return after


def _account(row: sa.Row[Any]) -> Account:
    return Account(
        row.id,
        row.name,
        row.full_name,
        frozenset(map(Role, row.roles)),
        row.is_active,
        row.shortcuts,
        row.password_hash is not None,
        row.password_due,
        row.oidc_subject is not None,
        row.created,
    )


def _found(connection: sa.Connection, name: str, *, lock: bool = False) -> Account:
    wanted = sa.select(accounts).where(accounts.c.name == name)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound(f"there is no account {shown(name)}")
    return _account(row)


def _told(account: Account) -> dict[str, Any]:
    """What the audit log tells of an account: never what is kept of its password."""
    return {
        "full_name": account.full_name,
        "roles": sorted(account.roles),
        "is_active": account.is_active,
        "shortcuts": account.shortcuts,
        "has_password": account.has_password,
        "password_due": account.password_due,
        "is_linked": account.is_linked,
    }


def _subject(name: str) -> str:
    return f"account:{name}"


def _name_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _end_sessions(connection: sa.Connection, account_id: str, but: str = "") -> int:
    return connection.execute(
        sessions.delete().where(sessions.c.account_id == account_id, sessions.c.token_hash != but)
    ).rowcount


def _forget_failures(connection: sa.Connection, name: str) -> None:
    connection.execute(failures.delete().where(failures.c.name_hash == _name_hash(name)))


def _too_many(left: dt.timedelta) -> TooMany:
    seconds = math.ceil(left.total_seconds())
    minutes = -(-seconds // 60)
    return TooMany(
        f"too many attempts; wait {minutes} minute{'s' if minutes > 1 else ''}, then try again", retry_after_s=seconds
    )

"""API keys over SQLAlchemy Core."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, Final

import sqlalchemy as sa

from bot.domain.errors import Conflict, NotFound, shown
from bot.domain.staff import Right
from bot.ports.accounts import ApiKey
from bot.store.audit import log_action
from bot.store.base import SqlBase, insert_on
from bot.store.schema import api_keys

# Noting that a key is in use writes at most so often.
_NOTED_EVERY: Final = dt.timedelta(minutes=1)


class SqlApiKeys(SqlBase):
    """The part of `bot.ports.accounts.AccountStore` that is about API keys."""

    def api_keys(self) -> tuple[ApiKey, ...]:
        """See `AccountStore.api_keys`."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(api_keys).order_by(api_keys.c.created.desc(), api_keys.c.name))
            return tuple(map(_key, rows))

    def add_key(self, name: str, key_hash: str, rights: frozenset[Right], by: str) -> ApiKey:
        """See `AccountStore.add_key`."""
        now = self._clock()
        row = {
            "id": secrets.token_hex(16),
            "name": name,
            "key_hash": key_hash,
            "rights": sorted(rights),
            "created_by": by,
            "created": now,
        }
        with self._writing() as connection:
            new = insert_on(self._engine)(api_keys).on_conflict_do_nothing().returning(api_keys.c.id)
            if connection.scalar(new, row) is None:
                raise Conflict(f"there is, or was, a key {shown(name)}; take another name, so that the log stays clear")
            log_action(connection, now, by, "key.add", f"key:{name}", after={"rights": row["rights"]})
            return _key(connection.execute(sa.select(api_keys).where(api_keys.c.id == row["id"])).one())

    def revoke_key(self, name: str, by: str) -> None:
        """See `AccountStore.revoke_key`."""
        now = self._clock()
        with self._writing() as connection:
            row = connection.execute(sa.select(api_keys).where(api_keys.c.name == name).with_for_update()).first()
            if row is None:
                raise NotFound(f"there is no API key {shown(name)}")
            if row.revoked:
                raise Conflict(f"the API key {shown(name)} was revoked already, on {row.revoked:%Y-%m-%d}")
            connection.execute(api_keys.update().where(api_keys.c.id == row.id).values(revoked=now))
            log_action(connection, now, by, "key.revoke", f"key:{name}", before={"rights": row.rights})

    def key(self, key_hash: str) -> ApiKey | None:
        """See `AccountStore.key`."""
        now = self._clock()
        wanted = sa.select(api_keys).where(api_keys.c.key_hash == key_hash, api_keys.c.revoked.is_(None))
        with self._reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        if row.last_used is None or row.last_used < now - _NOTED_EVERY:
            with self._writing() as connection:
                connection.execute(api_keys.update().where(api_keys.c.id == row.id).values(last_used=now))
        return _key(row)


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        row.id,
        row.name,
        frozenset(map(Right, row.rights)),
        row.created_by,
        row.created,
        row.last_used,
        row.revoked,
    )

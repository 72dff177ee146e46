"""Accounts of staff, and API keys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Query
from pydantic import BaseModel, Field

from bot.domain.staff import Caller, Right, Role
from bot.service.staff import accounts as service
from bot.web.staff.routes import PAGES, Done

if TYPE_CHECKING:
    from bot.ports.accounts import Account, ApiKey
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

_LIST: Final = f"{PAGES}/accounts"
_SIZE: Final = 50


class AccountRecord(BaseModel):
    """An account; nothing of its password but whether it has one."""

    name: str
    full_name: str
    roles: list[Role]
    is_active: bool
    has_password: bool
    password_due: bool
    is_linked: bool
    created: dt.datetime

    @classmethod
    def of(cls, account: Account) -> AccountRecord:
        """What is told of an account."""
        told = {name: getattr(account, name) for name in cls.model_fields if name != "roles"}
        return cls(roles=sorted(account.roles), **told)


class AccountList(BaseModel):
    """A page of the accounts, by name."""

    accounts: list[AccountRecord]
    page: int
    size: int
    total: int


class AccountPage(BaseModel):
    """An account, and how often it is signed in."""

    account: AccountRecord
    sessions: int


class NewAccount(BaseModel):
    """An account to add; `without_password` they sign in with the identity provider."""

    name: str
    full_name: str = ""
    roles: list[Role] = Field(default_factory=list)
    without_password: bool = False


class FirstPassword(BaseModel):
    """An account, and the password for its first sign-in, which is told this once; None if it has none."""

    account: AccountRecord
    password: str | None


class ChangedAccount(BaseModel):
    """Other roles and another full name; `seen` are the roles that the form was filled in over, null for any."""

    full_name: str = ""
    roles: list[Role] = Field(default_factory=list)
    seen: str | None = None


class KeyRecord(BaseModel):
    """An API key, without the key itself."""

    name: str
    rights: list[Right]
    created_by: str
    created: dt.datetime
    last_used: dt.datetime | None
    revoked: dt.datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> KeyRecord:
        """What is told of a key."""
        told = {name: getattr(key, name) for name in cls.model_fields if name != "rights"}
        return cls(rights=sorted(key.rights), **told)


class KeyList(BaseModel):
    """A page of the keys, the newest first."""

    keys: list[KeyRecord]
    page: int
    size: int
    total: int


class NewKey(BaseModel):
    """A key to make."""

    name: str
    rights: list[Right] = Field(default_factory=list)


class MadeKey(BaseModel):
    """A key, which is told this once."""

    made: KeyRecord
    key: str


def add_account_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The accounts."""
    _add_changes(routes, desk)

    @routes.view("/accounts", Right.ADMINISTER, "staff/accounts.html", "Accounts")
    def list_accounts(caller: Caller, page: Annotated[int, Query(ge=1)] = 1) -> AccountList:
        found = desk.accounts.accounts()
        shown = found[(page - 1) * _SIZE : page * _SIZE]
        return AccountList(accounts=[AccountRecord.of(each) for each in shown], page=page, size=_SIZE, total=len(found))

    @routes.answer("/accounts", Right.ADMINISTER, "staff/first_password.html", "Add an account")
    def add(caller: Caller, body: NewAccount) -> FirstPassword:
        """With a password for the first sign-in, which is told this once, and has to be changed then."""
        password = None if body.without_password else service.first_password()
        added = service.add_account(desk, caller, body.name, body.full_name, body.roles, password, due=True)
        return FirstPassword(account=AccountRecord.of(added), password=password)

    @routes.view("/accounts/{name}", Right.ADMINISTER, "staff/account.html", "An account")
    def show(caller: Caller, name: str) -> AccountPage:
        account = desk.accounts.account(service.sign_in_name(name))
        return AccountPage(account=AccountRecord.of(account), sessions=len(desk.accounts.sessions(account.name)))

    @routes.action("/accounts/{name}", Right.ADMINISTER, "Change an account's name and roles")
    def change(caller: Caller, name: str, body: ChangedAccount) -> Done:
        """Other roles end its sessions. 409 if the roles are not those `seen` (with commas between them)."""
        before = desk.accounts.account(service.sign_in_name(name))
        seen = None if body.seen is None else [Role(role) for role in body.seen.split(",") if role in set(Role)]
        if set(body.roles) != before.roles or (seen is not None and set(seen) != before.roles):
            service.set_roles(desk, caller, name, body.roles, seen)
        if body.full_name != before.full_name:
            service.set_full_name(desk, caller, name, body.full_name)
        return Done(message=f"{before.name} is changed.", back=f"{_LIST}/{before.name}")


def add_key_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The API keys."""

    @routes.view("/keys", Right.ADMINISTER, "staff/keys.html", "API keys")
    def list_keys(caller: Caller, page: Annotated[int, Query(ge=1)] = 1) -> KeyList:
        found = desk.accounts.api_keys()
        shown = found[(page - 1) * _SIZE : page * _SIZE]
        return KeyList(keys=[KeyRecord.of(each) for each in shown], page=page, size=_SIZE, total=len(found))

    @routes.answer("/keys", Right.ADMINISTER, "staff/made_key.html", "Make an API key")
    def add_key(caller: Caller, body: NewKey) -> MadeKey:
        """The key is told this once. It can have no right that needs a person."""
        added, key = service.add_key(desk, caller, body.name, body.rights)
        return MadeKey(made=KeyRecord.of(added), key=key)

    @routes.action("/keys/{name}/revoke", Right.ADMINISTER, "Revoke an API key")
    def revoke_key(caller: Caller, name: str) -> Done:
        """From now on nobody is let in with it."""
        service.revoke_key(desk, caller, name)
        return Done(message=f"The key {name} is revoked.", back=f"{PAGES}/keys")


def _add_changes(routes: StaffRoutes, desk: Desk) -> None:
    @routes.action("/accounts/{name}/disable", Right.ADMINISTER, "Let an account in no more")
    def disable(caller: Caller, name: str) -> Done:
        """From now on: its sessions end."""
        account = service.set_active(desk, caller, name, is_active=False)
        return Done(message=f"{account.name} is let in no more.", back=f"{_LIST}/{account.name}")

    @routes.action("/accounts/{name}/enable", Right.ADMINISTER, "Let an account in again")
    def enable(caller: Caller, name: str) -> Done:
        account = service.set_active(desk, caller, name, is_active=True)
        return Done(message=f"{account.name} can sign in again.", back=f"{_LIST}/{account.name}")

    @routes.action("/accounts/{name}/sign-out", Right.ADMINISTER, "Sign an account out everywhere")
    def sign_out(caller: Caller, name: str) -> Done:
        count = desk.accounts.close_sessions(service.sign_in_name(name), caller.name)
        return Done(message=f"{name} is signed out in {count} browser{'' if count == 1 else 's'}.")

    @routes.answer("/accounts/{name}/password", Right.ADMINISTER, "staff/first_password.html", "Reset a password")
    def reset(caller: Caller, name: str) -> FirstPassword:
        """Its sessions end; the new password is told this once, and has to be changed at the next sign-in."""
        password = service.first_password()
        service.set_password(desk, caller, name, password, due=True)
        changed = desk.accounts.account(service.sign_in_name(name))
        return FirstPassword(account=AccountRecord.of(changed), password=password)

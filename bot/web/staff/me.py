"""The caller's own account."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from pydantic import BaseModel, SecretStr

from bot.domain.errors import SenderError
from bot.domain.staff import Caller, Right, Role
from bot.service.staff import accounts as service
from bot.web.staff.door import session_token
from bot.web.staff.routes import PAGES, Done

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

# The session that the request comes in; no page that a script could read has it.
Token = Annotated[str, Depends(session_token)]


class SessionRecord(BaseModel):
    """A browser that is signed in."""

    created: dt.datetime
    last_seen: dt.datetime
    expires: dt.datetime
    is_this: bool


class Me(BaseModel):
    """Who is signed in."""

    name: str
    full_name: str
    roles: list[Role]
    rights: list[Right]
    shortcuts: bool
    has_password: bool
    password_due: bool
    sessions: list[SessionRecord]


class NewPassword(BaseModel):
    """The old password and the new one; `again` is the new one once more, where a person typed it."""

    old: SecretStr
    new: SecretStr
    again: SecretStr | None = None


class Shortcuts(BaseModel):
    """Whether single keys are commands in the pages."""

    shortcuts: bool = False


def add_own_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The caller's own account."""

    @routes.view("/me", Right.OWN, "staff/me.html", "Your account")
    def me(caller: Caller, token: Token) -> Me:
        account = desk.accounts.account(caller.name)
        this = service.token_hash(token)
        return Me(
            name=account.name,
            full_name=account.full_name,
            roles=sorted(account.roles),
            rights=sorted(caller.rights),
            shortcuts=account.shortcuts,
            has_password=account.has_password,
            password_due=account.password_due,
            sessions=[
                SessionRecord(
                    created=each.created,
                    last_seen=each.last_seen,
                    expires=each.expires,
                    is_this=each.token_hash == this,
                )
                for each in desk.accounts.sessions(account.name)
            ],
        )

    @routes.action("/me/password", Right.OWN, "Change your password")
    def change_password(caller: Caller, body: NewPassword, token: Token) -> Done:
        """Your other sessions end."""
        new = body.new.get_secret_value()
        if body.again is not None and body.again.get_secret_value() != new:
            raise SenderError("the new password and its repetition differ; nothing was changed")
        old = body.old.get_secret_value()
        service.change_own_password(desk, caller, old, new, keep=service.token_hash(token))
        return Done(message="Your password is changed; other browsers are signed out.", back=f"{PAGES}/me")

    @routes.action("/me/shortcuts", Right.OWN, "Turn single-key commands on or off")
    def change_shortcuts(caller: Caller, body: Shortcuts) -> Done:
        desk.accounts.change_shortcuts(caller.name, caller.name, shortcuts=body.shortcuts)
        return Done(message=f"Keyboard commands are {'on' if body.shortcuts else 'off'}.", back=f"{PAGES}/me")

    @routes.action("/me/sign-out-everywhere", Right.OWN, "Sign out everywhere")
    def sign_out_everywhere(caller: Caller) -> Done:
        """Here too."""
        desk.accounts.close_sessions(caller.name, caller.name)
        return Done(message="You are signed out everywhere.", back=f"{PAGES}/sign-in?left=true")

"""Who is behind a request of staff: by the cookie of a session, or by an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from bot.service.staff.access import caller_by_key, caller_of, signed_in
from bot.service.staff.accounts import token_hash
from bot.web.staff.routes import Flash

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.domain.staff import Caller
    from bot.service.staff.desk import Desk

COOKIE: Final = "dn_staff"
# A browser takes such a cookie from this host alone, over https, whatever its neighbours send.
SECURE_COOKIE: Final = "__Host-dn_staff"


def is_secure(desk: Desk, request: Request) -> bool:
    """Whether staff come here by https; a proxy before us may be the one that knows it."""
    return desk.core.site.public_url.startswith("https://") or request.url.scheme == "https"


def session_token(request: Request) -> str:
    """The token of the request's session; "" if it has none."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE, "")


class AccountDoor:
    """`bot.web.staff.routes.Door` over the accounts of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def by_cookie(self, request: Request) -> Caller | None:
        """See `Door.by_cookie`."""
        found = signed_in(self._desk, session_token(request))
        if found is None:
            return None
        request.state.flash = found.flash
        return caller_of(found.account)

    def by_key(self, request: Request) -> Caller | None:
        """See `Door.by_key`."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return caller_by_key(self._desk, key.strip()) if scheme.lower() == "bearer" else None

    def leave_flash(self, request: Request, flash: Flash) -> None:
        """See `Door.leave_flash`."""
        kept = {"message": flash.message, "undo": flash.undo}
        self._desk.accounts.leave_flash(token_hash(session_token(request)), kept)

    def take_flash(self, request: Request) -> Flash | None:
        """See `Door.take_flash`."""
        kept = getattr(request.state, "flash", None)
        if not kept:
            return None
        self._desk.accounts.leave_flash(token_hash(session_token(request)), None)
        return Flash(kept["message"], kept["undo"])

    def let_in(self, request: Request, response: Response, token: str) -> None:
        """Give the browser the token of a new session."""
        is_https = is_secure(self._desk, request)
        response.set_cookie(
            SECURE_COOKIE if is_https else COOKIE,
            token,
            max_age=self._desk.access.session_hours * 3_600,
            path="/",
            secure=is_https,
            httponly=True,
            samesite="lax",
        )

    def let_out(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        response.delete_cookie(SECURE_COOKIE, path="/", secure=True, httponly=True, samesite="lax")

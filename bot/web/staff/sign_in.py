"""Signing in and out: what staff reach without being signed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import Conflict, DoctorsNoteError, NotSignedIn, TooMany, Unavailable
from bot.service.staff.access import sign_in, sign_in_elsewhere, sign_out, signed_in
from bot.web.staff.addresses import split_address
from bot.web.staff.door import is_secure, session_token
from bot.web.staff.routes import PAGE_HEADERS, PAGES, refuse_foreign
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.ports.accounts import IdentityProvider
    from bot.service.staff.desk import Desk
    from bot.web.staff.door import AccountDoor

SIGN_IN: Final = f"{PAGES}/sign-in"
# What the identity provider's answer is held against. It holds no secret of ours, so it is not signed: who could change
# it in a browser could sign in there as they like.
_STATE_COOKIE: Final = "dn_staff_oidc"
_STATE_PATH: Final = f"{PAGES}/oidc"
_STATE_S: Final = 600


@dataclass(frozen=True, slots=True)
class _Entrance:
    """What all ways of signing in share."""

    desk: Desk
    door: AccountDoor

    def let_in(self, request: Request, token: str, wanted: str) -> Response:
        """Lead who signed in to the page that was wanted, with the cookie of the new session."""
        # A session that the browser had before ends: nobody goes on with it beside the new one.
        sign_out(self.desk, session_token(request))
        found = signed_in(self.desk, token)
        is_due = found is not None and found.account.password_due
        response = RedirectResponse(f"{PAGES}/me" if is_due else safe_next(wanted), HTTPStatus.SEE_OTHER)
        self.door.let_in(request, response, token)
        return response

    def page(self, request: Request, wanted: str, *, name: str = "", message: str = "") -> Response:
        """The page that asks who it is."""
        return self._page(request, wanted, name, message, "", HTTPStatus.OK, {})

    def refusal(self, request: Request, wanted: str, error: DoctorsNoteError, *, name: str = "") -> Response:
        """The page again, with what was wrong."""
        status, headers = HTTPStatus.UNAUTHORIZED, dict[str, str]()
        if isinstance(error, TooMany):
            status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(error.retry_after_s)}
        elif isinstance(error, Unavailable):
            status = HTTPStatus.SERVICE_UNAVAILABLE
        return self._page(request, wanted, name, "", f"{error}.", status, headers)

    def _page(
        self,
        request: Request,
        wanted: str,
        name: str,
        message: str,
        error: str,
        status: HTTPStatus,
        headers: dict[str, str],
    ) -> Response:
        provider = self.desk.access.provider
        return render(
            "staff/sign_in.html",
            status=status,
            headers=PAGE_HEADERS | headers,
            request=request,
            caller=None,
            flash=None,
            next=safe_next(wanted),
            name=name,
            provider=provider.name if provider else "",
            has_accounts=self.desk.accounts.has_any(),
            message=message,
            error=error,
        )


def sign_in_router(desk: Desk, door: AccountDoor) -> APIRouter:
    """The pages that let somebody in, and out."""
    router = APIRouter(prefix=PAGES, include_in_schema=False)
    entrance = _Entrance(desk, door)
    _add_password_routes(router, entrance)
    if desk.access.provider:
        _add_provider_routes(router, entrance, desk.access.provider)

    @router.post("/sign-out")
    def leave(request: Request) -> Response:
        refuse_foreign(request.headers, request.url.netloc)
        sign_out(desk, session_token(request))
        response = RedirectResponse(f"{SIGN_IN}?left=true", HTTPStatus.SEE_OTHER)
        door.let_out(response)
        return response

    return router


def _add_password_routes(router: APIRouter, entrance: _Entrance) -> None:
    desk = entrance.desk

    @router.get("/sign-in")
    def page(request: Request, next: str = "", left: bool = False) -> Response:  # noqa: A002
        if signed_in(desk, session_token(request)):
            return RedirectResponse(safe_next(next), HTTPStatus.SEE_OTHER)
        return entrance.page(request, next, message="You are signed out." if left else "")

    @router.post("/sign-in")
    def submit(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",  # noqa: A002
    ) -> Response:
        refuse_foreign(request.headers, request.url.netloc)
        try:
            token = sign_in(desk, name, password)
        except (NotSignedIn, TooMany, Unavailable) as error:
            return entrance.refusal(request, next, error, name=name)
        return entrance.let_in(request, token, next)


def _add_provider_routes(router: APIRouter, entrance: _Entrance, provider: IdentityProvider) -> None:
    desk = entrance.desk

    @router.get("/oidc/start")
    def start(request: Request, next: str = "") -> Response:  # noqa: A002
        try:
            address, kept = provider.begin()
        except Unavailable as error:
            return entrance.refusal(request, next, error)
        response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        response.set_cookie(
            _STATE_COOKIE,
            urlencode({"kept": json.dumps(dict(kept)), "next": safe_next(next)}),
            max_age=_STATE_S,
            path=_STATE_PATH,
            secure=is_secure(desk, request),
            httponly=True,
            samesite="lax",
        )
        return response

    @router.get("/oidc/callback")
    def callback(request: Request) -> Response:
        kept, wanted = _kept_state(request)
        try:
            token = sign_in_elsewhere(desk, kept, dict(request.query_params))
        except (NotSignedIn, Conflict, Unavailable) as error:
            response = entrance.refusal(request, wanted, error)
        else:
            response = entrance.let_in(request, token, wanted)
        response.delete_cookie(_STATE_COOKIE, path=_STATE_PATH, httponly=True, samesite="lax")
        return response


def safe_next(wanted: str) -> str:
    """`wanted` if it is a page of staff's own here, else the first page.

    >>> safe_next("/staff/queue?state=open"), safe_next("//evil.example/staff"), safe_next("/staff/sign-in")
    ('/staff/queue?state=open', '/staff', '/staff')
    """
    is_plain = wanted.isprintable() and "\\" not in wanted
    parts = split_address(wanted)
    is_ours = not parts.scheme and not parts.netloc and (parts.path == PAGES or parts.path.startswith(f"{PAGES}/"))
    if not is_plain or not is_ours or parts.path.startswith((SIGN_IN, f"{PAGES}/sign-out", _STATE_PATH)):
        return PAGES
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kept_state(request: Request) -> tuple[dict[str, str], str]:
    """What the state's cookie has, and the page that was wanted; nothing if there is none, or it is not ours."""
    fields = parse_qs(request.cookies.get(_STATE_COOKIE, ""))
    try:
        kept = json.loads(fields.get("kept", ["{}"])[0])
    except (ValueError, RecursionError):
        kept = {}
    if not isinstance(kept, dict):
        kept = {}
    wanted = fields.get("next", [""])[0]
    return {name: value for name, value in kept.items() if isinstance(value, str)}, wanted

"""The outermost layer: security headers on every response, and an answer even when our own code breaks."""

from __future__ import annotations

import logging
import traceback
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from bot.web.problems import OUR_FAULT, TOO_LARGE, TOO_LARGE_OF_STAFF, problem_response, route_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, guarded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(scope, send)
        try:
            await self._app(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001  whatever it is, the patient gets an answer and the log none of their words
            # The error's text and the values in its traceback may quote the message: only places are logged.
            frames = traceback.extract_tb(error.__traceback__)[-8:]
            places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            _log.error("request_crashed", extra={"route": route_of(scope), "error": type(error).__name__, "at": places})
            if not response.started:
                await response.send_problem(HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT)


class _Response:
    """A response on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.started = False
        self._replaced = False

    async def send(self, message: Message) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            # The framework's limit on bodies answers in plain text, past the handlers of errors.
            if message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and "text/plain" in headers["content-type"]:
                self._replaced = True
                await self.send_too_large(_cross_origin(headers))
                return
            self.started = True
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def send_too_large(self, headers: Mapping[str, str]) -> None:
        is_staffs = self._scope["path"].startswith(("/staff/", "/api/v1/staff/"))
        detail = TOO_LARGE_OF_STAFF if is_staffs else TOO_LARGE
        await self.send_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, headers)

    async def send_problem(
        self, status: HTTPStatus, detail: str, headers_given: Mapping[str, str] | None = None
    ) -> None:
        answer = problem_response(Request(self._scope), status, detail, headers_given)
        content = bytes(answer.body)
        headers = MutableHeaders(raw=[*answer.raw_headers])
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        self.started = True
        await self._send({"type": "http.response.start", "status": int(status), "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": content})


def _cross_origin(headers: MutableHeaders) -> dict[str, str]:
    """What lets a page of another site read the response: see `bot.web.origins`."""
    return {name: value for name, value in headers.items() if name == "vary" or name.startswith("access-control-")}

"""The outermost layer: security headers on every response, and an answer even when our own code breaks."""

from __future__ import annotations

import json
import logging
import traceback
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from bot.web.problems import OUR_FAULT, problem_body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001  whatever it is, the patient gets an answer, and the log no words of theirs
            # The error's text and the values in its traceback may quote the message: only places are logged.
            frames = traceback.extract_tb(error.__traceback__)[-8:]
            places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            _log.error("request_crashed", extra={"path": scope["path"], "error": type(error).__name__, "at": places})
            if not started:
                await _apologise(send_guarded)


async def _apologise(send: Send) -> None:
    content = json.dumps(problem_body(HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT)).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": int(HTTPStatus.INTERNAL_SERVER_ERROR), "headers": headers})
    await send({"type": "http.response.body", "body": content})

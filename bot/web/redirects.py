"""Redirects to our own addresses, which name a path alone.

The framework sends who writes a slash too many, or one too few, to a whole address, and takes its scheme from the
connection. Where a proxy ends TLS, that is http: the address, and with it what somebody searches for, would be sent in
the open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OwnRedirects:
    """ASGI middleware: takes scheme and host from a redirect to the host that was asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")

        async def send_path(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                parts = urlsplit(headers.get("location", ""))
                if parts.netloc and parts.netloc == host:
                    headers["location"] = parts._replace(scheme="", netloc="").geturl()
            await send(message)

        await self._app(scope, receive, send_path)

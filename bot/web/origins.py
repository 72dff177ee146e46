"""Which pages' scripts may use the API that the widget uses: those of the sites that are set up, or of any.

What is read here is nobody's secret (no cookie is looked at, a session's id is known to its browser alone), so every
answer may be read by the page that asked, and a page that may not ask is refused, in words that its console can show.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

from bot.domain.errors import Forbidden
from bot.web.problems import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.domain.sites import WidgetSite, WidgetSites

_PUBLIC: Final = ("ask", "feedback", "sessions", "widget", "articles")
# The one channel that browsers use: pages with a chat that was made for Rasa.
_REST_CHANNEL: Final = "/webhooks/rest/"
_PREFLIGHT_MAX_AGE_S: Final = 7_200


class OriginRules:
    """Tells whether a request may come from the page that sent it; `public_url` is where our own pages are."""

    def __init__(self, sites: WidgetSites, public_url: str) -> None:
        self._sites = sites
        parts = urlsplit(public_url)
        self._own = f"{parts.scheme}://{parts.netloc}".lower()

    def check(self, request: Request, site: WidgetSite | None = None) -> None:
        """Raise Forbidden where the page is neither ours nor one of `site` (without it, of any site)."""
        origin = request.headers.get("origin")
        if origin is None or origin.lower() == self._own:
            return
        # A proxy may end TLS before us, so that the scheme tells nothing.
        host = request.headers.get("host", "")
        if host and origin.partition("://")[2].lower() == host.lower():
            return
        self._sites.check(origin, site)


class PublicApi:
    """ASGI middleware: cross-origin requests to the routes that chats on web pages use, and to no others."""

    def __init__(self, app: ASGIApp, rules: OriginRules) -> None:
        self._app = app
        self._rules = rules
        # Preflight requests are allowed to every page, so that the refusal of what follows can be read there. Every
        # answer says `Vary: Origin`, also one to our own pages, which has no headers for others.
        self._cors = CORSMiddleware(
            self._checked,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["content-type"],
            expose_headers=["retry-after"],
            max_age=_PREFLIGHT_MAX_AGE_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, by the rules if it is for the widget's routes."""
        if scope["type"] == "http" and _is_public(scope["path"]):
            await self._cors(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            self._rules.check(request)
        except Forbidden as error:
            refused = problem_response(request, HTTPStatus.FORBIDDEN, str(error))
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_public(path: str) -> bool:
    if path.startswith(_REST_CHANNEL):
        return True
    _, _, rest = path.partition("/api/v1/")
    return path.startswith("/api/v1/") and rest.partition("/")[0] in _PUBLIC

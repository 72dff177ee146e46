"""The widget's script, and what it needs to know of the site that it stands on."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.service.widget import WidgetSettings, widget_settings
from bot.web.problems import problem_responses
from bot.web.revalidation import has_already
from bot.web.widget_script import widget_script
from bot.web.widget_sentences import widget_sentences

if TYPE_CHECKING:
    from bot.service.core import Core
    from bot.web.origins import OriginRules

# The script's address never changes, so that a page is edited once: a new version is there within minutes.
_CACHED: Final = "max-age=300"


def widget_router(core: Core, origins: OriginRules) -> APIRouter:
    """The routes of the script, which any page may load, and of the settings that it asks for."""
    router = APIRouter()

    @router.get("/widget.js", include_in_schema=False)
    def script(request: Request) -> Response:
        content, packed, etag = _script()
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": f"public, {_CACHED}",
            "ETag": etag,
            "Vary": "Accept-Encoding",
        }
        if has_already(request, etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if "gzip" in _listed(request.headers.get("accept-encoding", "")):
            content, headers["Content-Encoding"] = packed, "gzip"
        return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)

    @router.get(
        "/api/v1/widget",
        tags=["widget"],
        summary="What the widget shows",
        responses=problem_responses(HTTPStatus.FORBIDDEN),
    )
    def get_widget(request: Request, response: Response, site: str = "", language: str = "") -> WidgetSettings:
        """Its words in `language`, or in the site's where nothing of ours is said in it, and how it behaves there."""
        web_site = core.sites.named(site)
        origins.check(request, web_site)
        response.headers["Cache-Control"] = _CACHED
        return widget_settings(core.on(web_site), language, (sentence for _, sentence in widget_sentences()))

    return router


@cache
def _script() -> tuple[bytes, bytes, str]:
    """The script, packed by gzip once for all who load it, and its entity tag: a weak one, of both forms."""
    content = widget_script().encode()
    return content, gzip.compress(content, mtime=0), f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


def _listed(header: str) -> set[str]:
    """What a header lists, without what is not wanted ("gzip;q=0")."""
    wanted = (part.strip().partition(";") for part in header.split(","))
    return {name.strip() for name, _, weight in wanted if weight.strip() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}}

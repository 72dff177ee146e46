"""What search engines are told: which pages there are (sitemaps.org), and which to leave alone (RFC 9309)."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from bot.domain.errors import NotFound
from bot.web.library_pages import LIBRARY, SYMPTOMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.service.core import Core

# The protocol takes up to 50,000 in a file; one of so many is made in a moment.
PART_SIZE: Final = 10_000
_MAX_PART: Final = 50_000
_PAGES: Final = ("/", LIBRARY, SYMPTOMS)
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
# A crawler may come for every part at once.
_HEADERS: Final = {"Cache-Control": "max-age=3600"}


def sitemap_router(core: Core, part_size: int = PART_SIZE) -> APIRouter:
    """/robots.txt, /sitemap.xml and its parts, of up to `part_size` addresses each."""
    router = APIRouter(include_in_schema=False)
    address = core.site.public_url

    @router.get("/robots.txt")
    def robots() -> PlainTextResponse:
        lines = ("User-agent: *", "Disallow: /staff", "Disallow: /api/", "", f"Sitemap: {address}/sitemap.xml", "")
        return PlainTextResponse("\n".join(lines), headers=_HEADERS)

    @router.get("/sitemap.xml")
    def index() -> Response:
        _, total = core.store.addresses(core.serving(), 1, 0)
        names = ["pages", *range(1, ceil(total / part_size) + 1)]
        entries = (f"<sitemap><loc>{escape(f'{address}/sitemap-{name}.xml')}</loc></sitemap>" for name in names)
        return _xml("sitemapindex", entries)

    @router.get("/sitemap-pages.xml")
    def pages() -> Response:
        return _xml("urlset", (f"<url><loc>{escape(address + path)}</loc></url>" for path in _PAGES))

    @router.get("/sitemap-{number}.xml")
    def part(number: int) -> Response:
        entries, _ = core.store.addresses(core.serving(), number, part_size) if 1 <= number <= _MAX_PART else ((), 0)
        if not entries:
            raise NotFound(f"there is no part {number} of the sitemap")
        return _xml(
            "urlset",
            (
                f"<url><loc>{escape(core.site.article_url(article_id))}</loc>"
                f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod></url>"
                for article_id, changed in entries
            ),
        )

    return router


def _xml(root: str, entries: Iterable[str]) -> Response:
    body = "\n".join(
        ('<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">', *entries, f"</{root}>", "")
    )
    return Response(body, media_type="application/xml; charset=utf-8", headers=_HEADERS)

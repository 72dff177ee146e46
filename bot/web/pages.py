"""The pages for people: the chat, and those of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.service.widget import widget_settings
from bot.web.article_pages import article_router
from bot.web.languages import page_wording
from bot.web.library_pages import Listed
from bot.web.page_frame import page_frame
from bot.web.revalidation import REVALIDATED
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk


def page_router(desk: Desk) -> APIRouter:
    """The chat page, and the article pages."""
    core = desk.core
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat(request: Request, lang: str = "") -> HTMLResponse:
        say = page_wording(core, lang, request)
        # What the widget shows, for the time until its script has come, and for browsers where none runs.
        told = widget_settings(core, say.language, ())
        frame = page_frame(core, request, say)
        return render(
            "chat.html",
            say=say,
            told=told,
            site=core.site.public_url,
            links=Listed("/", {"lang": frame["lang"]}),
            spoken=core.conversing.wordings.languages,
            headers={"Vary": "Accept-Language", **REVALIDATED},
            **frame,
        )

    router.include_router(article_router(desk))
    return router

"""The pages for people: the chat, and each article."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.domain.blocks import attribution, text_blocks
from bot.domain.errors import Withdrawn
from bot.service.reading import served_article, shown_revision
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.domain.article import Revision
    from bot.domain.wording import Wording
    from bot.service.core import Core


def page_router(core: Core) -> APIRouter:
    """The chat page, and the article pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat(request: Request, lang: str = "") -> HTMLResponse:
        say = _wording(core, lang, request)
        return render("chat.html", say=say, disclaimer=say(core.site.disclaimer), headers={"Vary": "Accept-Language"})

    @router.get("/articles/{article_id}")
    def article(article_id: str) -> HTMLResponse:
        try:
            revision = served_article(core.store, article_id)
        except Withdrawn:
            withdrawn = core.store.article(article_id).article
            say = core.conversing.wordings.of(withdrawn.language)
            return render("withdrawn.html", say=say, status=HTTPStatus.GONE, article=withdrawn)
        return _article_page(core, revision, newest=True)

    @router.get("/articles/{article_id}/revisions/{number}")
    def past_revision(article_id: str, number: int) -> HTMLResponse:
        revision = shown_revision(core.store, article_id, number)
        return _article_page(core, revision, newest=core.store.article(article_id).revision.number == number)

    return router


def _article_page(core: Core, revision: Revision, *, newest: bool) -> HTMLResponse:
    say = core.conversing.wordings.of(revision.article.language)
    return render(
        "article.html",
        say=say,
        article=revision.article,
        revision=revision,
        newest=newest,
        url=core.site.article_url(revision.article.id),
        explanation=list(text_blocks(revision.article.explanation)),
        attribution=attribution(revision.article, say),
        symptom_check_url=core.site.symptom_check_url,
        disclaimer=say(core.site.disclaimer),
    )


def _wording(core: Core, language: str, request: Request) -> Wording:
    """The wording that was asked for, else the one that the browser likes best."""
    preferred = [language] if language else []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";")
        if tag and weight.strip() not in {"q=0", "q=0.0"}:
            preferred.append(tag)  # browsers list them best first
    return core.conversing.wordings.of(*preferred)

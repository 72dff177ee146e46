"""The pages for people: the chat, and each article."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bot.domain.blocks import attribution, text_blocks
from bot.domain.errors import Withdrawn
from bot.service.reading import served_article, shown_revision
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.domain.article import Revision
    from bot.service.core import Core


def page_router(core: Core) -> APIRouter:
    """The chat page, and the article pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat() -> HTMLResponse:
        return render("chat.html", disclaimer=core.site.disclaimer)

    @router.get("/articles/{article_id}")
    def article(article_id: str) -> HTMLResponse:
        try:
            revision = served_article(core.store, article_id)
        except Withdrawn:
            question = core.store.article(article_id).article.question
            return render("withdrawn.html", status=HTTPStatus.GONE, question=question)
        return _article_page(core, revision, newest=True)

    @router.get("/articles/{article_id}/revisions/{number}")
    def past_revision(article_id: str, number: int) -> HTMLResponse:
        revision = shown_revision(core.store, article_id, number)
        return _article_page(core, revision, newest=core.store.article(article_id).revision.number == number)

    return router


def _article_page(core: Core, revision: Revision, *, newest: bool) -> HTMLResponse:
    return render(
        "article.html",
        article=revision.article,
        revision=revision,
        newest=newest,
        url=core.site.article_url(revision.article.id),
        explanation=list(text_blocks(revision.article.explanation)),
        attribution=attribution(revision.article),
        symptom_check_url=core.site.symptom_check_url,
        disclaimer=core.site.disclaimer,
    )

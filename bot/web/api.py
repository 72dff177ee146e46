"""The JSON API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.domain.feedback import GivenFeedback
from bot.domain.message import Inbound
from bot.domain.reply import Reply
from bot.domain.reports import GivenReport
from bot.service.asking import ask
from bot.service.feedback import give_feedback
from bot.service.privacy import erase_session
from bot.service.reading import served_article, shown_revision, shown_revisions
from bot.service.reporting import report_error
from bot.service.searching import Search, search_library
from bot.web.problems import problem_responses
from bot.web.revalidation import REVALIDATED, UNKEPT
from bot.web.schemas import (
    ArticleList,
    ArticleRecord,
    ArticleSummary,
    AskRequest,
    FeedbackRequest,
    ReportRequest,
    RevisionList,
)

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.metrics import Metrics
    from bot.web.origins import OriginRules

_ASK_PROBLEMS = problem_responses(HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_READ_PROBLEMS = problem_responses(HTTPStatus.NOT_FOUND)


def api_router(desk: Desk, metrics: Metrics, origins: OriginRules) -> APIRouter:
    """The routes under /api/v1. They block, so each request runs in a thread of the server's pool."""
    core = desk.core
    router = APIRouter(prefix="/api/v1")

    @router.post("/ask", tags=["ask"], responses=_ASK_PROBLEMS, summary="Ask a question")
    def ask_question(request: AskRequest, http: Request) -> Reply:
        """Emergencies first; then quote the article that answers, offer up to three, or say that none does."""
        web_site = core.sites.named(request.site)
        origins.check(http, web_site)
        channel = web_site.channel if web_site else request.channel
        inbound = Inbound(request.message, request.session_id, request.language, request.country, channel)
        with metrics.timed():
            reply = ask(core.on(web_site), inbound)
        metrics.replied(reply, inbound.channel)
        return reply

    @router.post(
        "/feedback",
        tags=["ask"],
        status_code=HTTPStatus.NO_CONTENT,
        summary="Say whether a reply helped",
        responses=_READ_PROBLEMS | problem_responses(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    )
    def post_feedback(request: FeedbackRequest) -> None:
        """Kept in place of what was said of that reply before; 404 for a turn that is not of that session."""
        given = GivenFeedback(
            request.session_id, request.turn_id, request.helpful, request.reason or "", request.comment or ""
        )
        give_feedback(core, given)
        metrics.marked(helpful=request.helpful)

    @router.delete(
        "/sessions/{session_id}",
        tags=["ask"],
        status_code=HTTPStatus.NO_CONTENT,
        summary="Erase a conversation",
        responses=problem_responses(),
    )
    def delete_session(session_id: str) -> None:
        """Its turns, their words and what was said of them; 204 also where there is none."""
        erase_session(core.store, session_id)

    @router.get("/articles", tags=["library"], summary="List the published library", responses=problem_responses())
    def get_articles(
        response: Response, q: str = "", symptom: str = "", language: str = "", page: int = 1
    ) -> ArticleList:
        """First those that `q` asks for, then all with its words, by question; twenty a page. Nothing of it is kept."""
        response.headers.update(UNKEPT if q else REVALIDATED)
        found = search_library(core, Search(q, symptom, language, page), language, core.site.language)
        return ArticleList(
            articles=[ArticleSummary.of(stored, core.site.article_url(stored.article.id)) for stored in found.articles],
            page=found.page,
            pages=found.pages,
            total=found.total,
            emergency=found.emergency,
        )

    @router.get(
        "/articles/{article_id}",
        tags=["library"],
        summary="An article",
        responses=_READ_PROBLEMS | problem_responses(HTTPStatus.GONE),
    )
    def get_article(article_id: str, response: Response) -> ArticleRecord:
        """Its newest revision; 410 once it has been withdrawn."""
        response.headers.update(REVALIDATED)
        return ArticleRecord.of(
            served_article(core.store, article_id, core.serving()), core.site.article_url(article_id)
        )

    @router.post(
        "/articles/{article_id}/reports",
        tags=["library"],
        status_code=HTTPStatus.NO_CONTENT,
        summary="Report an error in an article",
        responses=_READ_PROBLEMS
        | problem_responses(HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS),
    )
    def post_report(article_id: str, request: ReportRequest) -> None:
        """Kept for staff, bound to nothing about the patient; 429 while too many lie open since the day before."""
        report_error(core, desk.reports, GivenReport(article_id, request.text, request.revision))

    @router.get(
        "/articles/{article_id}/revisions",
        tags=["library"],
        summary="The revisions of an article",
        responses=_READ_PROBLEMS,
    )
    def get_revisions(article_id: str, response: Response) -> RevisionList:
        """Those that patients could once see, or can now, newest first; also of an article that was withdrawn."""
        response.headers.update(REVALIDATED)
        heads = shown_revisions(core.store, article_id, core.serving())
        return RevisionList.of(article_id, heads, core.site.article_url(article_id))

    @router.get(
        "/articles/{article_id}/revisions/{number}",
        tags=["library"],
        summary="A past revision of an article",
        responses=_READ_PROBLEMS,
    )
    def get_revision(article_id: str, number: int, response: Response) -> ArticleRecord:
        """The text as it was quoted while the revision was the newest."""
        response.headers.update(REVALIDATED)
        return ArticleRecord.of(
            shown_revision(core.store, article_id, number, core.serving()), core.site.article_url(article_id)
        )

    return router

"""The JSON API."""

from __future__ import annotations

from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING

from fastapi import APIRouter

from bot.domain.feedback import GivenFeedback
from bot.domain.message import Inbound
from bot.domain.reply import Reply
from bot.domain.reports import GivenReport
from bot.service.asking import ask
from bot.service.feedback import give_feedback
from bot.service.privacy import erase_session
from bot.service.reading import PAGE_SIZE, list_articles, served_article, shown_revision
from bot.service.reporting import report_error
from bot.web.problems import problem_responses
from bot.web.schemas import ArticleList, ArticleRecord, ArticleSummary, AskRequest, FeedbackRequest, ReportRequest

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.metrics import Metrics

_ASK_PROBLEMS = problem_responses(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_READ_PROBLEMS = problem_responses(HTTPStatus.NOT_FOUND)


def api_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """The routes under /api/v1. They block, so each request runs in a thread of the server's pool."""
    core = desk.core
    router = APIRouter(prefix="/api/v1")

    @router.post("/ask", tags=["ask"], responses=_ASK_PROBLEMS, summary="Ask a question")
    def ask_question(request: AskRequest) -> Reply:
        """Emergencies first; then quote the article that answers, offer up to three, or say that none does."""
        inbound = Inbound(request.message, request.session_id, request.language, request.country, request.channel)
        with metrics.timed():
            reply = ask(core, inbound)
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
    def get_articles(q: str = "", symptom: str = "", language: str = "", page: int = 1) -> ArticleList:
        """Those with every word of `q` in the question or short answer, and the symptom, by question."""
        found = list_articles(core.store, core.serving(), query=q, symptom=symptom, language=language, page=page)
        return ArticleList(
            articles=[ArticleSummary.of(stored, core.site.article_url(stored.article.id)) for stored in found.articles],
            page=page,
            pages=ceil(found.total / PAGE_SIZE),
            total=found.total,
        )

    @router.get(
        "/articles/{article_id}",
        tags=["library"],
        summary="An article",
        responses=_READ_PROBLEMS | problem_responses(HTTPStatus.GONE),
    )
    def get_article(article_id: str) -> ArticleRecord:
        """Its newest revision; 410 once it has been withdrawn."""
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
        "/articles/{article_id}/revisions/{number}",
        tags=["library"],
        summary="A past revision of an article",
        responses=_READ_PROBLEMS,
    )
    def get_revision(article_id: str, number: int) -> ArticleRecord:
        """The text as it was quoted while the revision was the newest."""
        return ArticleRecord.of(
            shown_revision(core.store, article_id, number, core.serving()), core.site.article_url(article_id)
        )

    return router

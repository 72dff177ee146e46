"""The pages for people: the chat, and each article."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.domain import texts
from bot.domain.blocks import attribution, notice_blocks, text_blocks
from bot.domain.errors import InvalidReport, TooMany, Withdrawn, Withheld
from bot.domain.reports import MAX_REPORT_CHARS, GivenReport, count_chars
from bot.service.answering import unshown
from bot.service.reading import served_article, shown_revision
from bot.service.reporting import report_error
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.domain.article import Revision
    from bot.domain.wording import Wording
    from bot.service.core import Core
    from bot.service.staff.desk import Desk


@dataclass(frozen=True, slots=True)
class _Report:
    """What became of a report, as the article's page shows it; `error` is our sentence, "" if there is none."""

    is_kept: bool = False
    error: str = ""
    text: str = ""


_NO_REPORT: Final = _Report()


def page_router(desk: Desk) -> APIRouter:
    """The chat page, and the article pages."""
    core = desk.core
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat(request: Request, lang: str = "") -> HTMLResponse:
        say = _wording(core, lang, request)
        return render("chat.html", say=say, disclaimer=say(core.site.disclaimer), headers={"Vary": "Accept-Language"})

    @router.get("/articles/{article_id}")
    def article(article_id: str, reported: str = "") -> HTMLResponse:
        try:
            revision = served_article(core.store, article_id, core.serving())
        except Withdrawn:
            return _unshown_page(core, article_id, HTTPStatus.GONE)
        except Withheld:
            return _unshown_page(core, article_id, HTTPStatus.NOT_FOUND)
        return _article_page(core, revision, newest=True, report=_Report(is_kept=reported == "yes"))

    @router.post("/articles/{article_id}/reports")
    def report(
        article_id: str, text: Annotated[str, Form()] = "", revision: Annotated[int | None, Form()] = None
    ) -> Response:
        return _reported(desk, article_id, text, revision)

    @router.get("/articles/{article_id}/revisions/{number}")
    def past_revision(article_id: str, number: int) -> HTMLResponse:
        try:
            revision = shown_revision(core.store, article_id, number, core.serving())
        except Withheld:
            return _unshown_page(core, article_id, HTTPStatus.NOT_FOUND)
        return _article_page(core, revision, newest=core.store.article(article_id).revision.number == number)

    return router


def _reported(desk: Desk, article_id: str, text: str, revision: int | None) -> Response:
    """Back to the article, which says thank you; or its page again, which says what is wrong with the report."""
    core = desk.core
    try:
        newest = served_article(core.store, article_id, core.serving())
    except Withdrawn:
        return _unshown_page(core, article_id, HTTPStatus.GONE)
    except Withheld:
        return _unshown_page(core, article_id, HTTPStatus.NOT_FOUND)
    read = newest
    if revision not in {None, newest.number}:
        read = shown_revision(core.store, article_id, revision or 0, core.serving())
    say = core.conversing.wordings.of(read.article.language)
    try:
        report_error(core, desk.reports, GivenReport(article_id, text, revision))
    except TooMany:
        error, status = say(texts.REPORT_TOO_MANY), HTTPStatus.TOO_MANY_REQUESTS
    except InvalidReport:
        error, status = _invalid(text, say), HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        return RedirectResponse(f"/articles/{article_id}?reported=yes", HTTPStatus.SEE_OTHER)
    kept = _Report(error=error, text=text)
    return _article_page(core, read, newest=read is newest, report=kept, status=status)


def _invalid(text: str, say: Wording) -> str:
    given = count_chars(text)
    if given > MAX_REPORT_CHARS:
        return say(texts.REPORT_TOO_LONG, given=f"{given:,}", count=f"{MAX_REPORT_CHARS:,}")
    return say(texts.REPORT_EMPTY)


def article_values(core: Core, revision: Revision, *, newest: bool) -> dict[str, Any]:
    """What the template of an article's page, `article_body.html`, is filled with."""
    say = core.conversing.wordings.of(revision.article.language)
    is_overdue = newest and core.serving().is_overdue(revision.article.review_due)
    return {
        "say": say,
        "article": revision.article,
        "revision": revision,
        "newest": newest,
        "url": core.site.article_url(revision.article.id),
        "notices": [block.text for block in notice_blocks(revision.article, say, is_overdue=is_overdue)],
        "explanation": list(text_blocks(revision.article.explanation)),
        "attribution": attribution(revision.article, say),
        "symptom_check_url": core.site.symptom_check_url,
        "disclaimer": say(core.site.disclaimer),
    }


def _article_page(
    core: Core, revision: Revision, *, newest: bool, report: _Report = _NO_REPORT, status: HTTPStatus = HTTPStatus.OK
) -> HTMLResponse:
    values = article_values(core, revision, newest=newest)
    return render("article.html", status=status, report=report, max_report_chars=MAX_REPORT_CHARS, **values)


def _unshown_page(core: Core, article_id: str, status: HTTPStatus) -> HTMLResponse:
    """The page of an article that is not shown, which says why."""
    article = core.store.article(article_id).article
    say = core.conversing.wordings.of(article.language)
    return render("withdrawn.html", say=say, status=status, article=article, reason=unshown(article, say))


def _wording(core: Core, language: str, request: Request) -> Wording:
    """The wording that was asked for, else the one that the browser likes best."""
    preferred = [language] if language else []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";")
        if tag and weight.strip() not in {"q=0", "q=0.0"}:
            preferred.append(tag)  # browsers list them best first
    return core.conversing.wordings.of(*preferred)

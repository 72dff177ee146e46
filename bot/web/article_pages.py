"""The pages of an article: as it is now, as it was, and what is said where it is not shown any more."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.domain import texts
from bot.domain.article import Status
from bot.domain.blocks import attribution, notice_blocks, text_blocks
from bot.domain.errors import InvalidReport, TooMany, Withdrawn, Withheld
from bot.domain.reports import MAX_REPORT_CHARS, GivenReport, count_chars
from bot.service.answering import unshown
from bot.service.other_questions import OtherQuestions
from bot.service.reading import served_article, shown_revision, shown_revisions
from bot.service.reporting import report_error
from bot.web.revalidation import REVALIDATED, revalidated
from bot.web.structured_data import SITE_NAME, Described, as_data_block, open_graph_locale, structured_data
from bot.web.templating import render

if TYPE_CHECKING:
    from bot.domain.article import Article, Revision
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


def article_router(desk: Desk) -> APIRouter:
    """The pages under /articles. They work without scripts."""
    core = desk.core
    near = OtherQuestions(core)
    router = APIRouter(include_in_schema=False)

    @router.get("/articles/{article_id}")
    def article(request: Request, article_id: str, reported: str = "") -> Response:
        try:
            revision = served_article(core.store, article_id, core.serving())
        except (Withdrawn, Withheld) as error:
            return _unshown_page(core, near, article_id, error)
        page = _article_page(core, near, revision, newest=True, report=_Report(is_kept=reported == "yes"))
        return revalidated(request, page)

    @router.post("/articles/{article_id}/reports")
    def report(
        article_id: str, text: Annotated[str, Form()] = "", revision: Annotated[int | None, Form()] = None
    ) -> Response:
        return _reported(desk, near, article_id, text, revision)

    @router.get("/articles/{article_id}/revisions")
    def past_revisions(request: Request, article_id: str) -> Response:
        heads = shown_revisions(core.store, article_id, core.serving())
        article = core.store.article(article_id).article
        page = render(
            "revisions.html",
            say=core.conversing.wordings.of(article.language),
            question=core.store.revision(article_id, heads[0].number).article.question,
            article=article,
            is_shown=core.serving().may_show(article.status, article.review_due),
            revisions=heads,
        )
        return revalidated(request, page)

    @router.get("/articles/{article_id}/revisions/{number}")
    def past_revision(request: Request, article_id: str, number: int) -> Response:
        try:
            revision = shown_revision(core.store, article_id, number, core.serving())
        except Withheld as error:
            return _unshown_page(core, near, article_id, error)
        is_newest = core.store.article(article_id).revision.number == number
        return revalidated(request, _article_page(core, near, revision, newest=is_newest))

    return router


def _reported(desk: Desk, near: OtherQuestions, article_id: str, text: str, revision: int | None) -> Response:
    """Back to the article, which says thank you; or its page again, which says what is wrong with the report."""
    core = desk.core
    try:
        newest = served_article(core.store, article_id, core.serving())
    except (Withdrawn, Withheld) as unshown_now:
        return _unshown_page(core, near, article_id, unshown_now)
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
    return _article_page(core, near, read, newest=read is newest, report=kept, status=status)


def _invalid(text: str, say: Wording) -> str:
    given = count_chars(text)
    if given > MAX_REPORT_CHARS:
        return say(texts.REPORT_TOO_LONG, given=f"{given:,}", count=f"{MAX_REPORT_CHARS:,}")
    return say(texts.REPORT_EMPTY)


def article_values(core: Core, revision: Revision, *, newest: bool) -> dict[str, Any]:
    """What an article's page is filled with; `page` of `article_body.html`, where staff's preview has it as well."""
    article = revision.article
    say = core.conversing.wordings.of(article.language)
    is_overdue = newest and core.serving().is_overdue(article.review_due)
    return {
        "say": say,
        "article": article,
        "revision": revision,
        "newest": newest,
        "url": core.site.article_url(article.id),
        "notices": [block.text for block in notice_blocks(article, say, is_overdue=is_overdue)],
        "attribution": attribution(article, say),
        "explanation": list(text_blocks(article.explanation)),
        "facts": _facts(article, say),
        "symptom_check_url": core.site.symptom_check_url,
        "disclaimer": say(core.site.disclaimer),
    }


def _facts(article: Article, say: Wording) -> tuple[tuple[str, str], ...]:
    """Who wrote an article, who signed it off, and when, each with its label; what is not known is said, too."""
    unknown = say("Not stated")
    return (
        (say("Author"), article.author or say(texts.NO_AUTHOR)),
        (say("Signed off by"), article.reviewer or say(texts.NO_REVIEWER)),
        (say("Published"), say.spelled_out(article.published) if article.published else unknown),
        (say("Reviewed"), say.spelled_out(article.reviewed) if article.reviewed else unknown),
        (say("Next review due"), say.spelled_out(article.review_due) if article.review_due else unknown),
    )


def _article_page(
    core: Core,
    near: OtherQuestions,
    revision: Revision,
    *,
    newest: bool,
    report: _Report = _NO_REPORT,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    article, values = revision.article, article_values(core, revision, newest=newest)
    others = near.of(article)
    own_url = values["url"] if newest else f"{values['url']}/revisions/{revision.number}"
    described = Described(
        revision,
        own_url,
        f"{core.site.public_url}/",
        is_newest=newest,
        is_overdue=core.serving().is_overdue(article.review_due),
        others=tuple(core.site.article_url(other.article_id) for other in others),
    )
    shown_ever = shown_revisions(core.store, article.id, core.serving())
    return render(
        "article.html",
        status=status,
        headers=REVALIDATED,
        report=report,
        max_report_chars=MAX_REPORT_CHARS,
        others=others,
        own_url=own_url,
        is_for_search=described.is_for_search,
        data=as_data_block(structured_data(described)),
        site_name=SITE_NAME,
        locale=open_graph_locale(article.language),
        has_past=len(shown_ever) > 1,
        latest=shown_ever[0].number,
        is_withdrawn=not newest and core.store.article(article.id).article.status is Status.RETIRED,
        page=values,
        **values,
    )


def _unshown_page(core: Core, near: OtherQuestions, article_id: str, error: Withdrawn | Withheld) -> HTMLResponse:
    """The page of an article that is not shown, which says why and since when, and where to go on."""
    stored = core.store.article(article_id)
    article = stored.article
    say = core.conversing.wordings.of(article.language)
    is_withdrawn = isinstance(error, Withdrawn)
    return render(
        "withdrawn.html",
        say=say,
        status=HTTPStatus.GONE if is_withdrawn else HTTPStatus.NOT_FOUND,
        headers=REVALIDATED,
        article=article,
        reason=unshown(article, say),
        withdrawn_on=say.spelled_out(stored.revision.created.date()) if is_withdrawn else "",
        others=near.of(article),
        disclaimer=say(core.site.disclaimer),
    )

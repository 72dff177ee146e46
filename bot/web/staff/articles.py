"""Articles: the list, each one, its draft, its sign-off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Query

from bot.domain.article import Status
from bot.domain.editorial import DraftState, check_clinician, months_after
from bot.domain.errors import Forbidden, InvalidQuery, NotFound
from bot.domain.staff import Caller, Right
from bot.ports.editorial import NEVER_PUBLISHED, ArticleFilters, ArticleOrder
from bot.service.staff import article_preview, articles
from bot.web.schemas import ArticleRecord
from bot.web.staff.article_forms import (
    ArticlesPage,
    ArticleView,
    Comparison,
    DraftRecord,
    Noted,
    Retired,
    Reviewed,
    RevisionView,
    Seen,
    Signed,
    SignOffPage,
)
from bot.web.staff.routes import Done
from bot.web.staff.writing import add_writing_routes, article_page, previewed

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

_STATUSES: Final = ("", *(status.value for status in Status), NEVER_PUBLISHED)
_STATES: Final = ("", "any", *(state.value for state in DraftState))
_EDIT: Final = "staff/articles/edit.html"
_REVISIONS_A_PAGE: Final = 20


def add_article_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The routes under /articles."""
    _add_list(routes, desk)
    add_writing_routes(routes, desk)
    _add_article(routes, desk)
    _add_sign_off(routes, desk)
    _add_service(routes, desk)


def _add_list(routes: StaffRoutes, desk: Desk) -> None:
    @routes.view("/articles", Right.SEE, "staff/articles/list.html", "List articles and drafts")
    def get_articles(
        caller: Caller,
        q: str = "",
        status: str = "",
        state: str = "",
        language: str = "",
        author: str = "",
        due: Annotated[str, Query(description="overdue, or a day: due by then (YYYY-MM-DD); soonest first.")] = "",
        page: int = 1,
    ) -> ArticlesPage:
        """Of the library and of what is being written, by question; with `due`, by the day of review."""
        for name, value, known in (("status", status, _STATUSES), ("state", state, _STATES)):
            if value not in known:
                raise InvalidQuery(f"{name}: {value!r} is none of {', '.join(filter(None, known))}")
        today = desk.core.clock().date()
        due_by = _due_by(due, today)
        order = ArticleOrder.DUE if due else ArticleOrder.QUESTION
        found = articles.list_articles(desk, ArticleFilters(q, status, state, language, author, due_by, order), page)
        return ArticlesPage(
            articles=list(found.articles),
            total=found.total,
            page=page,
            size=articles.PAGE_SIZE,
            languages=list(desk.drafts.languages()),
            overdue=desk.drafts.count(ArticleFilters(due_by=_due_by("overdue", today))),
            filters={"q": q, "status": status, "state": state, "language": language, "author": author, "due": due},
            today=today,
        )


def _add_article(routes: StaffRoutes, desk: Desk) -> None:
    @routes.view("/articles/{article_id}", Right.SEE, "staff/articles/article.html", "All there is of an article")
    def get_article(caller: Caller, article_id: str, page: int = 1) -> ArticleView:
        """What is served of it, its draft, its taught phrasings, its steps and its revisions (`page`)."""
        detail = articles.article_detail(desk, article_id, page)
        served = detail.served
        return ArticleView(
            id=article_id,
            served=ArticleRecord.of(served.revision, desk.core.site.article_url(article_id)) if served else None,
            phrasings=list(served.phrasings) if served else [],
            draft=DraftRecord.of(detail.draft) if detail.draft else None,
            is_outdated=detail.is_outdated,
            is_imported=detail.is_imported,
            is_overdue=detail.is_overdue,
            is_withheld=detail.is_withheld,
            is_served=bool(served and served.article.is_served),
            hints=list(article_preview.hints(desk, served.article)) if served else [],
            steps=list(detail.steps),
            revisions=list(detail.revisions),
            revisions_total=detail.revisions_total,
            page=page,
            size=_REVISIONS_A_PAGE,
            next_due=months_after(desk.core.clock().date(), desk.editing.review_months),
        )

    @routes.view(
        "/articles/{article_id}/revisions/{number}",
        Right.SEE,
        "staff/articles/revision.html",
        "A revision of an article",
    )
    def get_revision(caller: Caller, article_id: str, number: int) -> RevisionView:
        """Also one that was never served."""
        articles.version_of(desk, article_id, str(number))
        revision = desk.core.store.revision(article_id, number)
        return RevisionView(
            id=article_id,
            record=ArticleRecord.of(revision, desk.core.site.article_url(article_id)),
            status=revision.article.status,
            preview=previewed(desk, article_preview.preview_of(desk, revision)),
        )

    @routes.view(
        "/articles/{article_id}/compare", Right.SEE, "staff/articles/compare.html", "Compare two states of an article"
    )
    def get_comparison(
        caller: Caller,
        article_id: str,
        before: Annotated[str, Query(description='A revision\'s number, or "draft"; empty for nothing.')] = "",
        after: Annotated[str, Query(description="The same; empty for the draft, or else the newest revision.")] = "",
    ) -> Comparison:
        """Word by word, field by field."""
        served = articles.served_or_none(desk, article_id)
        newest = served.revision.number if served else 0
        has_draft = desk.drafts.draft(article_id) is not None
        after = after or (articles.DRAFT if has_draft else str(newest))
        if not newest and not has_draft:
            raise NotFound(f"there is no article {article_id}, and no draft of one")
        numbers = [str(number) for number in range(newest, max(newest - 50, 0), -1)]
        return Comparison(
            id=article_id,
            before=before,
            after=after,
            changes=list(articles.changes(desk, article_id, before, after)),
            choices=[articles.DRAFT, *numbers] if has_draft else numbers,
        )


def _add_sign_off(routes: StaffRoutes, desk: Desk) -> None:
    @routes.action("/articles/{article_id}/submit", Right.WRITE, "Submit a draft for its sign-off")
    def post_submit(caller: Caller, article_id: str, body: Noted) -> Done:
        """To a clinician who has not written in it."""
        articles.submit(desk, caller, article_id, body.version, body.note)
        return Done(message="The draft waits for its sign-off.", back=article_page(article_id))

    @routes.view(
        "/articles/{article_id}/sign-off", Right.SIGN_OFF, "staff/articles/sign_off.html", "What is to be signed off"
    )
    def get_sign_off(caller: Caller, article_id: str) -> SignOffPage:
        """The draft, what it changes, and what patients will see."""
        draft = articles.draft_of(desk, article_id)
        served = articles.served_or_none(desk, article_id)
        newest = served.revision.number if served else 0
        base = str(draft.base_revision) if draft.base_revision else ""
        try:
            check_clinician(caller, draft.article, (*draft.editors, *desk.drafts.draft_writers(article_id)))
            refused = ""
        except Forbidden as error:
            refused = str(error)
        return SignOffPage(
            id=article_id,
            draft=DraftRecord.of(draft),
            base=base,
            changes=list(articles.changes(desk, article_id, base, articles.DRAFT)),
            is_outdated=newest != draft.base_revision,
            refused=refused,
            hints=list(article_preview.hints(desk, draft.article)),
            preview=previewed(desk, article_preview.preview(desk, draft, caller.full_name or caller.name)),
        )

    @routes.action("/articles/{article_id}/sign-off", Right.SIGN_OFF, "Sign a draft off")
    def post_sign_off(caller: Caller, article_id: str, body: Signed) -> Done:
        """The text of this SHA-256, and no other."""
        articles.sign_off(desk, caller, article_id, body.version, body.sha256)
        return Done(message="The draft is signed off, and can be published.", back=article_page(article_id))

    @routes.action("/articles/{article_id}/send-back", Right.SIGN_OFF, "Send a draft back to its editors")
    def post_send_back(caller: Caller, article_id: str, body: Noted) -> Done:
        """With a note that says what is to be changed."""
        articles.send_back(desk, caller, article_id, body.version, body.note)
        return Done(message="The draft is back with its editors.", back=article_page(article_id))

    @routes.action("/articles/{article_id}/publish", Right.PUBLISH, "Publish what was signed off")
    def post_publish(caller: Caller, article_id: str, body: Seen) -> Done:
        """In place of what is served. What is served has, byte for byte, the text that was signed."""
        number = articles.publish(desk, caller, article_id, body.version)
        return Done(message=f"Published: revision {number} is served from now on.", back=article_page(article_id))


def _add_service(routes: StaffRoutes, desk: Desk) -> None:
    @routes.action("/articles/{article_id}/retire", Right.PUBLISH, "Retire an article")
    def post_retire(caller: Caller, article_id: str, body: Retired) -> Done:
        """Once this is answered, no reply quotes it."""
        action = articles.retire(desk, caller, article_id, body.revision, body.reason)
        return Done(message="The article is retired: no reply quotes it any more.", undo=action.id)

    @routes.action("/articles/{article_id}/bring-back", Right.WRITE, "Bring a retired article back")
    def post_bring_back(caller: Caller, article_id: str) -> Done:
        """As a draft, which is to be signed off anew."""
        articles.bring_back(desk, caller, article_id)
        return Done(message="There is a draft of it now; submit it for a new sign-off.", back=article_page(article_id))

    @routes.action("/articles/{article_id}/withdraw", Right.PUBLISH, "Withdraw a published article's sign-off")
    def post_withdraw(caller: Caller, article_id: str, body: Retired) -> Done:
        """It is a draft again: once this is answered, no reply quotes it."""
        articles.withdraw_sign_off(desk, caller, article_id, body.revision, body.reason)
        return Done(message="Its sign-off is withdrawn: no reply quotes it any more.")

    @routes.action("/articles/{article_id}/reviewed", Right.SIGN_OFF, "Say that an article was reviewed again")
    def post_reviewed(caller: Caller, article_id: str, body: Reviewed) -> Done:
        """By a clinician who has not written it, and who found that it needs no change."""
        number = articles.review(desk, caller, article_id, body.revision, body.review_due, body.note)
        return Done(message=f"Reviewed: revision {number} has your name and the new dates.")


def _due_by(due: str, today: dt.date) -> dt.date | None:
    if not due:
        return None
    if due == "overdue":
        return today - dt.timedelta(days=1)
    try:
        return dt.date.fromisoformat(due)
    except ValueError:
        raise InvalidQuery(f"due: {due!r} is neither “overdue” nor a day of the form YYYY-MM-DD") from None

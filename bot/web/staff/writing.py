"""Write an article: its form, its preview, its draft."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.domain.article import Revision
from bot.domain.editorial import begun
from bot.domain.errors import Conflict, DoctorsNoteError, InvalidArticle, NotFound
from bot.domain.records import record_from_article
from bot.domain.staff import Caller, Right
from bot.service.staff import article_preview, articles
from bot.service.staff.queue import group_summary
from bot.web.article_pages import article_values
from bot.web.staff.article_forms import ArticleFields, CarriedOver, CheckedLinks, EditPage, Previewed, Seen
from bot.web.staff.routes import PAGES, Done

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

_EDIT: Final = "staff/articles/edit.html"


def add_writing_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The routes of new articles and of drafts."""
    _add_new(routes, desk)
    _add_drafts(routes, desk)


def _add_new(routes: StaffRoutes, desk: Desk) -> None:
    @routes.view("/articles/new", Right.WRITE, _EDIT, "The form of a new article")
    def get_new(caller: Caller, group: str = "") -> EditPage:
        """Empty, or with the title that staff gave a group of the queue which needs an article."""
        fields = ArticleFields(author=caller.full_name)
        if group:
            summary = group_summary(desk, group)
            fields = fields.model_copy(
                update={
                    "question": summary.own_title,
                    "language": summary.language or "en",
                    "group_id": summary.id,
                    "group_version": summary.version,
                }
            )
        return _edit_page(desk, caller, "", fields)

    @routes.answer("/articles/new/preview", Right.WRITE, _EDIT, "Preview a new article")
    def preview_new(caller: Caller, body: ArticleFields) -> EditPage:
        """What is wrong with it, what could be better, and how patients would see it. Nothing is kept."""
        return _edit_page(desk, caller, "", body)

    @routes.action("/articles/new", Right.WRITE, "Begin an article", again=(_EDIT, partial(_again, desk)))
    def post_new(caller: Caller, body: ArticleFields) -> Done:
        """As a draft, which is to be submitted, signed off and published."""
        identifier = articles.new_id(desk, body.id, body.question)
        group = (body.group_id, body.group_version) if body.group_id else None
        draft = articles.create(desk, caller, body.record(identifier), group)
        return Done(message="The draft is kept.", back=article_page(draft.article.id))


def _add_drafts(routes: StaffRoutes, desk: Desk) -> None:
    @routes.view("/articles/{article_id}/edit", Right.WRITE, _EDIT, "The form of an article")
    def get_edit(caller: Caller, article_id: str) -> EditPage:
        """Its draft, or, where there is none, what the library has."""
        article, version, base = articles.to_edit(desk, article_id)
        fields = ArticleFields.of(record_from_article(article), version, base)
        return _edit_page(desk, caller, article_id, fields)

    @routes.answer("/articles/{article_id}/preview", Right.WRITE, _EDIT, "Preview an article")
    def preview_edit(caller: Caller, article_id: str, body: ArticleFields) -> EditPage:
        """What is wrong with it, what could be better, and how patients would see it. Nothing is kept."""
        return _edit_page(desk, caller, article_id, body)

    @routes.action("/articles/{article_id}/draft", Right.WRITE, "Keep a draft", again=(_EDIT, partial(_again, desk)))
    def post_draft(caller: Caller, article_id: str, body: ArticleFields) -> Done:
        """What is served stays, until this is signed off and published. A sign-off of an earlier text is void."""
        articles.save(desk, caller, body.record(article_id), body.version, body.base_revision)
        return Done(message="The draft is kept.", back=article_page(article_id))

    @routes.action("/articles/{article_id}/discard", Right.WRITE, "Discard a draft")
    def post_discard(caller: Caller, article_id: str, body: Seen) -> Done:
        """What is served stays."""
        articles.discard(desk, caller, article_id, body.version)
        return Done(message="The draft is gone.", back=article_page(article_id))

    @routes.action("/articles/{article_id}/carry-over", Right.WRITE, "Carry a draft over to the newest revision")
    def post_carry_over(caller: Caller, article_id: str, body: CarriedOver) -> Done:
        """Once its editor has looked at what changed since it began. It is to be signed off again."""
        articles.carry_over(desk, caller, article_id, body.version, body.base_revision)
        return Done(message=f"The draft is now one of revision {body.base_revision}.", back=article_page(article_id))

    @routes.answer(
        "/articles/{article_id}/links", Right.WRITE, "staff/articles/links.html", "Look up an article's addresses"
    )
    def post_links(caller: Caller, article_id: str) -> CheckedLinks:
        """Those of its source and references, in the draft or else in the library. This asks other servers."""
        article, _, _ = articles.to_edit(desk, article_id)
        return CheckedLinks(id=article_id, checked=list(articles.check_addresses(desk, article)))


def _again(desk: Desk, caller: Caller, error: DoctorsNoteError, body: ArticleFields, article_id: str = "") -> EditPage:
    """The form as it was sent, and why it was not taken."""
    page = _edit_page(desk, caller, article_id, body)
    if isinstance(error, Conflict):
        page.conflict = str(error)
    elif isinstance(error, InvalidArticle):
        page.problems = [str(problem) for problem in error.problems]
    else:
        page.problems = [str(error)]
    return page


def _edit_page(desk: Desk, caller: Caller, article_id: str, fields: ArticleFields) -> EditPage:
    article, problems = article_preview.readable(fields.record(article_id or fields.id or "new"))
    draft = begun(article, fields.base_revision, caller, desk.core.clock())
    is_begun = bool(fields.question.strip())
    return EditPage(
        id=article_id,
        fields=fields,
        is_new=not article_id,
        problems=list(problems) if is_begun else [],
        hints=list(article_preview.hints(desk, article)) if is_begun else [],
        duplicates=list(article_preview.duplicates(desk, article)) if is_begun else [],
        reading_level=article_preview.reading_level(desk, article),
        preview=previewed(desk, article_preview.preview(desk, draft)),
        asked=list(_asked(desk, fields.group_id)),
    )


def _asked(desk: Desk, group_id: str) -> tuple[str, ...]:
    """Patients' wordings, for a writer to read: their words come into no article by themselves."""
    try:
        return group_summary(desk, group_id).wordings if group_id else ()
    except NotFound:
        return ()


def previewed(desk: Desk, preview: article_preview.Preview) -> Previewed:
    """`preview` as pages and calls show it."""
    revision: Revision = preview.revision
    page: dict[str, Any] = article_values(desk.core, revision, newest=True)
    return Previewed(
        revision=revision.number,
        sha256=revision.sha256,
        blocks=list(preview.blocks),
        text=preview.text,
        quotation=preview.quotation,
        quotation_json=preview.quotation_json,
        page=page,
    )


def article_page(article_id: str) -> str:
    """The address of staff's page of an article."""
    return f"{PAGES}/articles/{article_id}"

"""Teaching phrasings: what it would change, done; and all that was taught, to be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Query
from pydantic import BaseModel, Field

from bot.domain.errors import InvalidQuery, shown
from bot.domain.phrasings import MAX_TAUGHT_TOGETHER
from bot.domain.staff import Caller, Right
from bot.ports.teaching import TaughtPage
from bot.service.staff import teaching
from bot.service.staff.taught_cases import TaughtReport, ask_taught
from bot.service.staff.teaching_preview import Preview, served_article
from bot.web.staff.fields import PageNumber
from bot.web.staff.routes import Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

PAGE_SIZE: Final = 50
# Wordings of a group that are chosen before anybody chooses.
_CHOSEN: Final = 5
# And such as are offered.
_OFFERED: Final = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A wording, and whether it is chosen. `is_withheld`: something was taken out of it, so that it is to be edited."""

    text: str
    is_chosen: bool
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class TeachView:
    """What is to be taught to an article, and what that would change; None while nothing is chosen.

    `group` is "id:version" of the group that it comes from, "" of none. `lines` are phrasings that were typed.
    `rows` are wordings to choose from and to edit.
    """

    article_id: str
    question: str
    group: str
    rows: tuple[Row, ...]
    lines: str
    preview: Preview | None


@dataclass(frozen=True, slots=True)
class PhrasingsView:
    """A page of taught phrasings, and what it is filtered by."""

    page: TaughtPage
    article_id: str
    words: str


class Teaching(BaseModel):
    """Phrasings to teach."""

    phrasings: list[str] = Field(default_factory=list, description="One line of text each.")
    lines: str = Field("", description="More of them, a line each.")
    wordings: list[str] = Field(default_factory=list, description="Wordings to choose from, of a page.")
    ticked: list[int] = Field(default_factory=list, description="The places of those that are chosen, from 0.")
    previewed: list[str] = Field(
        default_factory=list, description="What was looked at before; with any, nothing beside them is taught."
    )
    group: str = Field("", description="`id:version` of the group of questions that they come from; it becomes taught.")

    def all(self) -> list[str]:
        """Every phrasing."""
        chosen = [text for place, text in enumerate(self.wordings) if place in self.ticked]
        return [text for text in (*self.phrasings, *chosen, *self.lines.splitlines()) if text.strip()]

    def seen(self) -> tuple[str, int] | None:
        """The group, and the version of it that was seen. Raises InvalidQuery."""
        if not self.group:
            return None
        group_id, _, version = self.group.rpartition(":")
        if not group_id or not version.isdecimal():
            raise InvalidQuery(f"group: {shown(self.group)} is not an id and a version, as id:3")
        return group_id, int(version)


class Forgetting(BaseModel):
    """Taught phrasings of an article to take away."""

    article_id: str
    phrasings: list[str]


def add_teaching_routes(routes: StaffRoutes, desk: Desk) -> None:
    """Teaching, and the list of what was taught."""

    @routes.view("/teach/{article_id}", Right.TEACH, "staff/teach.html", "What there is to teach to an article")
    def chosen(
        caller: Caller,
        article_id: str,
        group: Annotated[str, Query(description="The id of a group, whose wordings are proposed.")] = "",
    ) -> TeachView:
        """With a group, its most asked wordings are chosen, and what they would change is told."""
        proposed = teaching.proposal(desk, group) if group else None
        if proposed is None:
            return _view(desk, article_id, Teaching(), ())
        rows = [Row(text, place < _CHOSEN) for place, text in enumerate(proposed.wordings[:_OFFERED])]
        rows += [Row(text, is_chosen=False, is_withheld=True) for text in proposed.withheld[: _OFFERED - len(rows)]]
        chosen = [row.text for row in rows if row.is_chosen]
        return _view(desk, article_id, Teaching(phrasings=chosen, group=f"{group}:{proposed.version}"), rows)

    @routes.answer("/teach/{article_id}/preview", Right.TEACH, "staff/teach.html", "What teaching would change")
    def previewed(caller: Caller, article_id: str, body: Teaching) -> TeachView:
        """Nothing is taught by it."""
        rows = [Row(text, is_chosen=True) for text in body.phrasings]
        rows += [Row(text, place in body.ticked) for place, text in enumerate(body.wordings)]
        return _view(desk, article_id, body, rows)

    @routes.action("/teach/{article_id}", Right.TEACH, "Teach phrasings to an article")
    def taught(caller: Caller, article_id: str, body: Teaching) -> Done:
        """They are live at the next question, in every process."""
        seen, texts = body.seen(), body.all()
        if body.previewed and not set(texts) <= set(body.previewed):
            raise InvalidQuery("phrasings: they were edited since the preview; go back, and look at what they change")
        action = teaching.teach(desk, caller, article_id, texts, seen)
        back = "/staff/queue" if seen else f"/staff/phrasings?article_id={article_id}"
        return Done(message=action.summary, undo=action.id, back=back)

    @routes.view("/phrasings", Right.SEE, "staff/phrasings.html", "Taught phrasings, newest first")
    def phrasings(caller: Caller, article_id: str = "", words: str = "", page: PageNumber = 1) -> PhrasingsView:
        found = teaching.list_taught(desk, article_id=article_id, words=words, page=page, size=PAGE_SIZE)
        return PhrasingsView(found, article_id, words)

    @routes.answer("/phrasings/ask", Right.TEACH, "staff/taught_cases.html", "Ask every taught phrasing again")
    def ask_phrasings(caller: Caller) -> TaughtReport:
        """Each as a patient asks it, with nothing of it kept: those that no longer get their article are named."""
        return ask_taught(desk)

    @routes.action("/phrasings/forget", Right.TEACH, "Take taught phrasings away")
    def forgotten(caller: Caller, body: Forgetting) -> Done:
        action = teaching.forget(desk, caller, body.article_id, body.phrasings)
        return Done(message=action.summary, undo=action.id)


def _view(desk: Desk, article_id: str, body: Teaching, rows: Sequence[Row]) -> TeachView:
    texts = body.all()
    preview = teaching.preview(desk, article_id, texts[:MAX_TAUGHT_TOGETHER]) if texts else None
    question = preview.question if preview else served_article(desk, article_id).article.question
    return TeachView(article_id, question, body.group, tuple(rows), body.lines, preview)

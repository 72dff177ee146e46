"""The first page of staff: what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from bot.domain.staff import Caller, Right

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

# What is counted, by its field of `Backlog`, and where it is to be seen.
_COUNTED: Final = (
    ("groups", "/staff/queue", "groups of questions that no article answered"),
    ("wanted", "/staff/queue?state=needs_article", "groups that need an article"),
    ("submitted", "/staff/articles?state=submitted", "drafts that wait for sign-off"),
    ("signed_off", "/staff/articles?state=signed_off", "drafts that are signed off, to be published"),
    ("overdue", "/staff/articles?due=overdue", "articles past their day of review"),
    ("reports", "/staff/reports", "errors that patients report"),
)


class Waiting(BaseModel):
    """How many things wait somewhere."""

    label: str
    path: str
    count: int


class Home(BaseModel):
    """What waits for staff."""

    waiting: list[Waiting]


def add_home_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The first page."""

    @routes.view("", Right.SEE, "staff/home.html", "What waits")
    def home(caller: Caller) -> Home:
        counts = desk.backlog.counts(desk.core.clock().date())
        return Home(
            waiting=[Waiting(label=label, path=path, count=getattr(counts, name)) for name, path, label in _COUNTED]
        )

"""Turns as they were kept: a list to look through, and why each came out as it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Query
from pydantic import BeforeValidator

from bot.domain.errors import InvalidQuery
from bot.domain.reply import Outcome
from bot.domain.staff import Caller, Right
from bot.ports.turn_log import TurnFilters, TurnPage
from bot.service.staff.explaining import Explanation, explain, list_turns
from bot.web.staff.fields import DateOrNone, PageNumber

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

PAGE_SIZE: Final = 50
OutcomeOrNone = Annotated[Outcome | None, BeforeValidator(lambda given: given or None)]


@dataclass(frozen=True, slots=True)
class TurnsView:
    """A page of turns, and what it is filtered by."""

    page: TurnPage
    filters: TurnFilters


def _about(
    outcome: OutcomeOrNone = None,
    channel: str = "",
    language: str = "",
    intent: str = "",
    article_id: Annotated[str, Query(description="Of the article quoted.")] = "",
    feedback: Annotated[str, Query(description="helpful, unhelpful, any or none.")] = "",
) -> TurnFilters:
    return TurnFilters(outcome, channel, language, intent, article_id.strip(), feedback=feedback)


def _filters(
    about: Annotated[TurnFilters, Depends(_about)],
    since: Annotated[DateOrNone, Query(description="The first day, of UTC.")] = None,
    until: Annotated[DateOrNone, Query(description="The last day, of UTC.")] = None,
) -> TurnFilters:
    if since and until and since > until:
        raise InvalidQuery(f"since: {since} comes after until, {until}; exchange them")
    return TurnFilters(
        about.outcome, about.channel, about.language, about.intent, about.article_id, since, until, about.feedback
    )


Filters = Annotated[TurnFilters, Depends(_filters)]


def add_turn_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The turns."""

    @routes.view("/turns", Right.SEE, "staff/turns.html", "Turns, newest first")
    def turns(caller: Caller, filters: Filters, page: PageNumber = 1) -> TurnsView:
        return TurnsView(list_turns(desk, filters, page, PAGE_SIZE), filters)

    @routes.view("/turns/{turn_id}", Right.SEE, "staff/turn.html", "Why a turn came out as it did")
    def turn(caller: Caller, turn_id: str) -> Explanation:
        """What was decided between which articles, and what today's library would say to the same words."""
        return explain(desk, turn_id)

"""All routes of staff, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.web.staff.accounts import add_account_routes, add_key_routes
from bot.web.staff.articles import add_article_routes
from bot.web.staff.audit import add_audit_routes
from bot.web.staff.dashboard import add_dashboard_routes
from bot.web.staff.exports import add_export_routes
from bot.web.staff.home import add_home_routes
from bot.web.staff.me import add_own_routes
from bot.web.staff.queue import add_queue_routes
from bot.web.staff.reports import add_reports_routes
from bot.web.staff.routes import StaffRoutes
from bot.web.staff.teaching import add_teaching_routes
from bot.web.staff.transfer import add_transfer_routes
from bot.web.staff.turns import add_turn_routes

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import Door


def staff_routes(desk: Desk, door: Door) -> StaffRoutes:
    """The routes over a wired desk."""
    routes = StaffRoutes(door)
    add_home_routes(routes, desk)
    add_own_routes(routes, desk)
    add_account_routes(routes, desk)
    add_key_routes(routes, desk)
    add_audit_routes(routes, desk)
    add_queue_routes(routes, desk)
    add_reports_routes(routes, desk)
    add_dashboard_routes(routes, desk)
    add_export_routes(routes, desk)
    add_teaching_routes(routes, desk)
    add_turn_routes(routes, desk)
    add_transfer_routes(routes, desk)
    add_article_routes(routes, desk)
    return routes

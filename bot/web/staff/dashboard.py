"""The dashboard under /staff/dashboard: figures, plots and files."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import Query
from starlette.responses import Response

from bot.domain.errors import NotFound, shown
from bot.domain.staff import Caller, Right
from bot.service.staff.dashboard import PRESETS, Dashboard, Dashboards, chosen_days
from bot.service.staff.panels import Panel
from bot.web.csv_export import csv_response
from bot.web.staff.fields import DateOrNone
from bot.web.staff.plots import has_plot, plot, size_px

if TYPE_CHECKING:
    import datetime as dt

    from bot.domain.days import Days
    from bot.service.staff.desk import Desk
    from bot.web.staff.routes import StaffRoutes

PresetDays = Annotated[int | None, Query(description="The last so many days, where no `since` is given; default 30.")]
_KEPT_PLOTS: Final = 128
# A picture that is opened by itself is a document: matplotlib's styles stand in its attributes.
_PICTURE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "private, max-age=60",
}


@dataclass(frozen=True, slots=True)
class DashboardPage(Dashboard):
    """All panels, and the width and height (pixels) of the plots of those that have one."""

    plots: dict[str, tuple[int, int]]
    presets: tuple[int, ...] = PRESETS


class _Plots:
    """Draws plots, and keeps the last ones: a page asks again for each when it is shown again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def of(self, dashboard: Dashboard, panel: Panel, theme: str) -> str:
        key = (dashboard.since, dashboard.until, dashboard.counted, panel.key, theme)
        with self._lock:
            drawn = self._kept.get(key)
        if drawn is None:
            drawn = plot(panel, theme)
            with self._lock:
                self._kept[key] = drawn
                while len(self._kept) > _KEPT_PLOTS:
                    self._kept.popitem(last=False)
        return drawn


def add_dashboard_routes(routes: StaffRoutes, desk: Desk) -> None:
    """The dashboard's page, its plots, and its tables as files."""
    dashboards, plots = Dashboards(desk), _Plots()

    def of(days: int | None, since: dt.date | None, until: dt.date | None) -> Days:
        return chosen_days(desk.core.clock().date(), days, since, until)

    @routes.view("/dashboard", Right.SEE, "staff/dashboard.html", "The figures of some days")
    def dashboard(
        caller: Caller,
        days: PresetDays = None,
        since: DateOrNone = None,
        until: DateOrNone = None,
    ) -> DashboardPage:
        """Days are UTC's; without `since` the last `days` up to `until`, without `until` up to today."""
        counted = dashboards.of(of(days, since, until))
        return DashboardPage(
            **{each.name: getattr(counted, each.name) for each in fields(counted)},
            plots={panel.key: size_px(panel) for panel in counted.panels if has_plot(panel)},
        )

    @routes.download("/dashboard/{key}.svg", Right.SEE, "A plot of the dashboard")
    def picture(
        caller: Caller,
        key: str,
        theme: Literal["light", "dark"] = "light",
        days: PresetDays = None,
        since: DateOrNone = None,
        until: DateOrNone = None,
    ) -> Response:
        shown_days = dashboards.of(of(days, since, until))
        panel = shown_days.panel(key)
        if not has_plot(panel):
            raise NotFound(f"there is no plot of {shown(key)}, only a table")
        return Response(plots.of(shown_days, panel, theme), media_type="image/svg+xml", headers=_PICTURE_HEADERS)

    @routes.download("/dashboard/{key}.csv", Right.SEE, "A table of the dashboard")
    def table(
        caller: Caller,
        key: str,
        days: PresetDays = None,
        since: DateOrNone = None,
        until: DateOrNone = None,
    ) -> Response:
        shown_days = dashboards.of(of(days, since, until))
        panel = shown_days.panel(key)
        name = f"{panel.key}-{shown_days.since}-{shown_days.until}"
        return csv_response(name, [column.name for column in panel.columns], panel.rows)

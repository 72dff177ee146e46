"""The dashboard: the figures of some days, counted once for a page and all of its plots."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.days import Days, Step
from bot.domain.errors import InvalidQuery, NotFound, shown
from bot.service.staff.panels import Panel, panels

if TYPE_CHECKING:
    from bot.service.staff.desk import Desk

PRESETS: Final = (7, 30, 90)
# Rows of a list such as that of the articles quoted most.
LISTED: Final = 20
# For so long figures are shown again instead of counted again.
FRESH: Final = dt.timedelta(seconds=30)
_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All panels of the days from `since` to `until` (UTC), as counted at `counted`."""

    since: dt.date
    until: dt.date
    step: Step
    counted: dt.datetime
    open_reports: int
    panels: tuple[Panel, ...]

    def panel(self, key: str) -> Panel:
        """The panel of that key. Raises NotFound."""
        for panel in self.panels:
            if panel.key == key:
                return panel
        raise NotFound(f"there is no panel {shown(key)}: there are {', '.join(panel.key for panel in self.panels)}")


def chosen_days(today: dt.date, days: int | None, since: dt.date | None, until: dt.date | None) -> Days:
    """The days from `since` to `until`, or, where these are None, the last `days` (None: 30). Raises InvalidQuery."""
    if until is None:
        until = today
    if since is None:
        if days is not None and not 1 <= days <= 3_660:
            raise InvalidQuery(f"days: {days} is not a number from 1 to 3,660")
        since = until - dt.timedelta(days=(days or PRESETS[1]) - 1)
    return Days(since, until)


class Dashboards:
    """Counts dashboards, and keeps the last few for a moment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._counting = threading.Lock()
        self._kept: OrderedDict[Days, Dashboard] = OrderedDict()

    def of(self, days: Days) -> Dashboard:
        """The dashboard of `days`, at most `FRESH` old. Raises Unavailable."""
        # Whoever asks for the same at the same time, as all plots of a page do, waits and takes what was counted.
        with self._counting:
            now = self._desk.core.clock()
            kept = self._kept.get(days)
            if kept is None or not kept.counted <= now < kept.counted + FRESH:
                statistics = self._desk.statistics.statistics(days, now.date(), LISTED)
                kept = Dashboard(
                    days.since,
                    days.until,
                    days.step,
                    now,
                    statistics.open_reports,
                    panels(statistics, days, now.date()),
                )
                self._kept[days] = kept
            self._kept.move_to_end(days)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept

"""How long the pages of staff take, and how many statements each gives the database.

    python -m scripts.made_load DATA_DIR
    python -m benchmarks.staff DATA_DIR [--rounds 20]

asks the application in this process for each page, one after another, so that all meet the same machine. The times are
from the request to the whole page; beside them stands what the processors worked on it, which a busy machine changes
less.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from bot.bootstrap import configure_logging, install
from bot.config import read_settings
from bot.domain.question_queue import QueueFilters
from bot.domain.staff import Caller, Right
from bot.service.staff.queue import list_groups
from bot.store import SqlStore
from bot.web.problems import install_problem_handlers
from bot.web.staff.app import staff_routes

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.web.staff.routes import Flash

# Name and path of each page; {group} is the group that most have asked, {days} so many that no round has asked for
# before, since figures of the same days are kept for a moment.
PAGES: Final = (
    ("queue", "/staff/queue"),
    ("queue, all states", "/staff/queue?state=any"),
    ("queue, page 5", "/staff/queue?state=any&page=5"),
    ("queue, newest first", "/staff/queue?sort=newest"),
    ("queue, one channel", "/staff/queue?channel=whatsapp"),
    ("queue, one language", "/staff/queue?language=es"),
    ("queue, words", "/staff/queue?words=nails"),
    ("queue, as JSON", "/api/v1/staff/queue"),
    ("group", "/staff/queue/{group}"),
    ("actions", "/staff/actions"),
    ("dashboard, 90 days", "/staff/dashboard?days={days}"),
    ("dashboard, again", "/staff/dashboard?days=90"),
    ("plot of turns", "/staff/dashboard/turns.svg?days={days}"),
    ("plot of articles", "/staff/dashboard/articles.svg?days={days}"),
    ("error reports", "/staff/reports"),
    ("unhelpful answers", "/staff/reports/unhelpful"),
)
_CALLER: Final = Caller("benchmark", "benchmark", "A Benchmark", frozenset(Right))


class OpenDoor:
    """Lets everybody in."""

    def by_cookie(self, request: Request) -> Caller:  # noqa: ARG002
        """See `Door`."""
        return _CALLER

    def by_key(self, request: Request) -> Caller:  # noqa: ARG002
        """See `Door`."""
        return _CALLER

    def leave_flash(self, request: Request, flash: Flash) -> None:
        """See `Door`."""

    def take_flash(self, request: Request) -> None:
        """See `Door`."""


def measure(data_dir: Path, rounds: int) -> Table:
    """The times of every page."""
    installation = install(read_settings(data_dir=data_dir))
    desk = installation.desk
    assert isinstance(desk.core.store, SqlStore)
    routes = staff_routes(desk, OpenDoor())
    app = FastAPI()
    install_problem_handlers(app, OpenDoor().by_cookie, desk.core.conversing.wordings)
    app.include_router(routes.pages)
    app.include_router(routes.api)
    statements: list[str] = []

    @sa.event.listens_for(desk.core.store.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    found = list_groups(desk, QueueFilters(state=None), 1, 1)
    table = Table("page", "median, ms", "95th, ms", "of processors, ms", "statements", "KB")
    with TestClient(app) as client:
        for name, path in PAGES:
            group = found.groups[0].id
            client.get(path.format(group=group, days=90)).raise_for_status()
            times, busy = [], []
            for number in range(rounds):
                address = path.format(group=group, days=91 + number)
                statements.clear()
                began, worked = time.perf_counter(), time.process_time()
                response = client.get(address).raise_for_status()
                times.append((time.perf_counter() - began) * 1_000)
                busy.append((time.process_time() - worked) * 1_000)
            high = statistics.quantiles(times, n=20)[-1]
            size = f"{len(response.content) / 1_024:.0f}"
            figures = (f"{figure:.0f}" for figure in (statistics.median(times), high, statistics.median(busy)))
            table.add_row(name, *figures, str(len(statements)), size)
    table.caption = f"{found.total:,} groups"
    installation.core.retriever.close()
    installation.core.store.close()
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    configure_logging("warning")
    Console().print(measure(options.data_dir, options.rounds))


if __name__ == "__main__":
    main()

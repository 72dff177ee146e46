"""The web application."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from bot.channels import CHANNELS
from bot.service.privacy import RetentionJob
from bot.service.staff.catching_up import QueueJob
from bot.web.api import api_router
from bot.web.guard import Guard
from bot.web.head import Head
from bot.web.health import health_router
from bot.web.library_pages import library_router
from bot.web.metrics import Metrics, metrics_router
from bot.web.origins import OriginRules, PublicApi
from bot.web.pages import page_router
from bot.web.problems import install_problem_handlers
from bot.web.redirects import OwnRedirects
from bot.web.revalidation import RevalidatedFiles
from bot.web.sitemap import sitemap_router
from bot.web.staff.app import staff_routes
from bot.web.staff.door import AccountDoor
from bot.web.staff.sign_in import sign_in_router
from bot.web.webhooks import webhook_router
from bot.web.widget_routes import widget_router

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from bot.service.staff.desk import Desk

# 2,000 characters, each as a JSON escape of a surrogate pair (12 bytes), with room for the other fields.
MAX_BODY_BYTES: Final = 32_768


def create_app(desk: Desk) -> ASGIApp:
    """The application over a wired desk: it keeps to the retention time, and closes the core's retriever at its end."""
    core = desk.core

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        retention = RetentionJob(core.store, core.clock, core.site.retention_days, also=[desk.accounts.purge_sessions])
        queue = QueueJob(desk)
        retention.start()
        queue.start()
        yield
        await asyncio.to_thread(retention.stop)
        await asyncio.to_thread(queue.stop)
        core.retriever.close()

    app = FastAPI(
        max_body_size=MAX_BODY_BYTES,
        title="Doctor's Note",
        version=version("doctors-note"),
        description="Finds the doctor-written article that answers a question, and quotes it word for word.",
        lifespan=lifespan,
        # Its pages load scripts from a third party; /openapi.json can be read by any tool instead.
        docs_url=None,
        redoc_url=None,
    )
    door = AccountDoor(desk)
    install_problem_handlers(app, door.by_cookie, core.conversing.wordings)
    metrics = Metrics([*CHANNELS, *(site.channel for site in core.sites.by_id.values())])
    origins = OriginRules(core.sites, core.site.public_url)
    app.include_router(api_router(desk, metrics, origins))
    app.include_router(webhook_router(core, metrics, origins, CHANNELS.values()))
    app.include_router(metrics_router(metrics))
    app.include_router(health_router(core))
    app.include_router(page_router(desk))
    app.include_router(library_router(core))
    app.include_router(sitemap_router(core))
    app.include_router(widget_router(core, origins))
    staff = staff_routes(desk, door)
    app.include_router(sign_in_router(desk, door))
    app.include_router(staff.pages)
    app.include_router(staff.api)
    # Packed are these and the widget's script alone, which say nothing of anybody: beside words that a request may
    # choose, the size of a packed page tells what else is in it (BREACH), and staff's pages have patients' questions.
    app.mount("/static", GZipMiddleware(RevalidatedFiles(directory=Path(__file__).parent / "static")), name="static")
    # Around the framework's own last resort, which would log tracebacks with their values.
    return Head(Guard(PublicApi(OwnRedirects(app), origins)))

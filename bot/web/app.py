"""The web application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.web.api import api_router
from bot.web.guard import Guard
from bot.web.health import health_router
from bot.web.pages import page_router
from bot.web.problems import install_problem_handlers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.service.core import Core


def create_app(core: Core) -> FastAPI:
    """The application over a wired core; it closes the core's retriever when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        core.retriever.close()

    app = FastAPI(
        title="Doctor's Note",
        version=version("doctors-note"),
        description="Finds the doctor-written article that answers a question, and quotes it word for word.",
        lifespan=lifespan,
        # Its pages load scripts from a third party; /openapi.json can be read by any tool instead.
        docs_url=None,
        redoc_url=None,
    )
    install_problem_handlers(app)
    app.include_router(api_router(core))
    app.include_router(health_router(core))
    app.include_router(page_router(core))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_middleware(Guard)
    return app

"""Health checks for operators."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter

from bot.web.problems import problem_responses
from bot.web.schemas import Liveness, Readiness

if TYPE_CHECKING:
    from bot.service.core import Core


def health_router(core: Core) -> APIRouter:
    """The routes under /health."""
    router = APIRouter(prefix="/health", tags=["operations"])

    @router.get("/live", summary="The process answers")
    async def live() -> Liveness:
        return Liveness()

    @router.get(
        "/ready",
        summary="Questions can be answered",
        responses=problem_responses(HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def ready() -> Readiness:
        """503 while the store does not answer."""
        return Readiness(
            status="ready",
            library_version=core.store.version(),
            texts_indexed=core.retriever.count,
            backlog=core.retriever.backlog,
            model_sha256=core.retriever.model_sha256,
            calibration=core.calibration.version,
        )

    return router

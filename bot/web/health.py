"""Health checks for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from bot.domain.errors import Unavailable
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
        responses=problem_responses(),
    )
    def ready() -> Readiness:
        """503 while the store does not answer, or the first index is still being made."""
        backlog = core.retriever.backlog
        if backlog and not core.retriever.count:
            raise Unavailable(f"the index is being made; {backlog:,} articles are to come in")
        return Readiness(
            status="ready",
            library_version=core.store.version(),
            texts_indexed=core.retriever.count,
            backlog=backlog,
            model_sha256=core.retriever.model_sha256,
            calibration=core.calibration.version,
        )

    return router

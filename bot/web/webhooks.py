"""The routes of the messaging channels: the one place where their requests are served, whatever the platform."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.base import Request as ChannelRequest
from bot.domain.reply import buttons
from bot.domain.wording import ENGLISH
from bot.service.messaging import apology, reply_to
from bot.web.problems import problem_responses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.base import Channel
    from bot.domain.message import ChannelMessage
    from bot.domain.reply import Reply
    from bot.domain.wording import Wording
    from bot.service.core import Core
    from bot.web.metrics import Metrics
    from bot.web.origins import OriginRules

_PROBLEMS: Final = problem_responses(HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def webhook_router(core: Core, metrics: Metrics, origins: OriginRules, channels: Iterable[Channel]) -> APIRouter:
    """A route for what each channel delivers, and one that tells that it is there."""
    router = APIRouter(prefix="/webhooks", tags=["channels"])
    for channel in channels:
        _add(router, _Desk(core, metrics, origins, channel))
    return router


def _add(router: APIRouter, desk: _Desk) -> None:
    name = desk.channel.name

    @router.get(f"/{name}/", summary=f"Whether the channel {name} is there", responses=problem_responses())
    def get_status() -> dict[str, str]:
        """As Rasa's channels tell it."""
        return {"status": "ok"}

    @router.post(
        f"/{desk.channel.path}",
        summary=f"Messages of the channel {name}",
        responses=_PROBLEMS,
        response_class=Response,
        openapi_extra=_TAKEN,
    )
    async def post_messages(request: Request) -> Response:
        """In the channel's own form; docs/channels.md tells of it."""
        taken = ChannelRequest(await request.body(), dict(request.headers), dict(request.query_params))
        # It blocks.
        return await run_in_threadpool(desk.answer, taken, request)


_TAKEN: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


class _Desk:
    """Serves one channel."""

    def __init__(self, core: Core, metrics: Metrics, origins: OriginRules, channel: Channel) -> None:
        self.channel = channel
        self._core = core
        self._metrics = metrics
        self._origins = origins

    def answer(self, taken: ChannelRequest, request: Request) -> Response:
        """What the request gets. Raises Forbidden, InvalidMessage, and InvalidQuery for an unknown site."""
        self.channel.verify(taken)
        rendered: list[dict[str, Any]] = []
        for message in self.channel.messages(taken):
            web_site = self._core.sites.named(message.site)
            self._origins.check(request, web_site)
            reply = self._reply(self._core.on(web_site), message)
            rendered += self.channel.rendered(reply, buttons(reply, self._wording(reply)), message.sender)
        answer = self.channel.answer(taken, rendered)
        return Response(answer.body, media_type=answer.media_type)

    def _reply(self, core: Core, message: ChannelMessage) -> Reply:
        name = self.channel.name
        try:
            with self._metrics.timed():
                reply = reply_to(core, name, message)
        except Exception as error:  # noqa: BLE001  whatever broke, the patient is told: clients show nothing of a 5xx
            self._metrics.failed(name)
            return apology(core, name, message, error)
        self._metrics.replied(reply, name)
        return reply

    def _wording(self, reply: Reply) -> Wording:
        # Only an article has buttons with words of ours that are not in the reply yet.
        return self._core.conversing.wordings.of(reply.language) if reply.quotation else ENGLISH

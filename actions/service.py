"""The API of Doctor's Note, as the actions use it.

    ServiceError
        TooLong, NoWords    the patient can mend it
        UnknownTurn         nobody can
        Busy, Unavailable   time may
        Unusable            what answered is not our API, or another version of it

Nothing is tried twice: a question is recorded as a turn before its reply is sent, so that after a lost reply the same
question would be a second turn, to which "yes" or "it" might then belong.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import httpx2

from actions.replies import MalformedReply, Reply, read_reply

if TYPE_CHECKING:
    from actions.messages import Message
    from actions.settings import Settings

MAX_MESSAGE_CHARS: Final = 2_000
CHANNEL: Final = "rasa"
_MESSAGE_FAULT: Final = "message:"
# Shorter than a server keeps an idle connection (uvicorn: 5 s), so that no question is sent on one that just closed.
_KEEPALIVE_S: Final = 2.0


class ServiceError(Exception):
    """The API gave no reply; `reason` says why in a word or two, for logs: it never has words of a patient."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooLong(ServiceError):
    """The message has more characters than are taken."""


class NoWords(ServiceError):
    """There is no word in the message."""


class UnknownTurn(ServiceError):
    """There is no such turn in the session, or no more."""


class Busy(ServiceError):
    """Too much is asked just now."""


class Unavailable(ServiceError):
    """The API is down, too slow, or failed."""


class Unusable(ServiceError):
    """What was answered is not a reply."""


# Made when the first request is sent: an action server hands its actions on to other processes, a client cannot be.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()


async def ask(settings: Settings, message: Message, text: str) -> Reply:
    """The reply to `text`, in the session of `message`. Raises ServiceError."""
    said = {
        "message": text,
        "session_id": message.session_id,
        "channel": CHANNEL,
        "language": message.language,
        "country": message.country,
        "site": message.site,
    }
    response = await _post(settings, "/api/v1/ask", {name: value for name, value in said.items() if value is not None})
    if response.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}:
        raise _refusal(response, text)
    if response.status_code != HTTPStatus.OK:
        raise _failure(response)
    try:
        return read_reply(_parsed(response))
    except (MalformedReply, ValueError, RecursionError) as error:
        # Not the error itself: it may quote what was answered.
        raise Unusable(f"not a reply ({type(error).__name__})") from None


async def mark(settings: Settings, session_id: str, turn_id: str, *, helpful: bool) -> None:
    """Say whether the reply of a turn helped. Raises ServiceError."""
    said = {"session_id": session_id, "turn_id": turn_id, "helpful": helpful}
    response = await _post(settings, "/api/v1/feedback", said)
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise UnknownTurn("no such turn")
    if response.status_code != HTTPStatus.NO_CONTENT:
        raise _failure(response)


async def close() -> None:
    """Close the connections that this event loop has open."""
    if client := _clients.pop(asyncio.get_running_loop(), None):
        await client.aclose()


def _client() -> httpx2.AsyncClient:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        # What patients wrote goes to the API and nowhere else: no proxy of the environment, no redirection.
        client = httpx2.AsyncClient(
            trust_env=False, follow_redirects=False, limits=httpx2.Limits(keepalive_expiry=_KEEPALIVE_S)
        )
        _clients[loop] = client
    return client


async def _post(settings: Settings, path: str, body: dict[str, Any]) -> httpx2.Response:
    client = _client()
    try:
        # The client's own limit is that of one read: a server that sends a byte now and then would never reach it.
        async with asyncio.timeout(settings.timeout_s):
            return await client.post(
                settings.api_url + path,
                content=json.dumps(body).encode("ascii"),
                headers={"content-type": "application/json", "accept": "application/json"},
                timeout=settings.timeout_s,
            )
    except (TimeoutError, httpx2.TimeoutException):
        raise Unavailable("timeout") from None
    except httpx2.HTTPError as error:
        raise Unavailable(type(error).__name__) from None


def _parsed(response: httpx2.Response) -> object:
    """The JSON of a body. Raises ValueError or RecursionError, also where it could not be sent on as UTF-8."""
    value = json.loads(response.content.decode("utf-8"), parse_constant=_refused_constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _refused_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _refusal(response: httpx2.Response, text: str) -> ServiceError:
    if len(text) > MAX_MESSAGE_CHARS:
        return TooLong("too long")
    try:
        problem = _parsed(response)
    except (ValueError, RecursionError):
        problem = None
    detail = problem.get("detail") if isinstance(problem, dict) else None
    if isinstance(detail, str) and detail.startswith(_MESSAGE_FAULT):
        return NoWords("no words")
    return _failure(response)


def _failure(response: httpx2.Response) -> ServiceError:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return Busy("too many requests")
    return Unavailable(f"status {response.status_code}")

"""Errors as RFC 9457 problem details, or as a page for a person: one table, one handler."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bot.domain import texts
from bot.domain.errors import (
    ConfigurationError,
    Conflict,
    DoctorsNoteError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SenderError,
    TooMany,
    Unavailable,
    Withdrawn,
    shown,
)
from bot.web.languages import preferred_languages
from bot.web.revalidation import UNKEPT
from bot.web.staff.errors import is_staff_page, staff_problem
from bot.web.templating import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

    from bot.domain.staff import Caller
    from bot.ports import Wordings

_log = logging.getLogger(__name__)

_ALWAYS: Final = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
# The first class that fits decides.
STATUS: Final[tuple[tuple[type[Exception], HTTPStatus], ...]] = (
    (SenderError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Withdrawn, HTTPStatus.GONE),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (ConfigurationError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
OUR_FAULT: Final = f"{texts.PROBLEM_OURS}. {texts.PROBLEM_OURS_ADVICE}"
TOO_LARGE_OF_STAFF: Final = "what was sent is larger than is taken here; send it in parts, or import a file instead"
TOO_LARGE: Final = "the request is larger than any question needs; a message has at most 2,000 characters"
_RETRY_AFTER_S: Final = 5
# What a page for patients says, as (heading, advice); a status that is not here has one of those below.
_TOLD: Final = {
    HTTPStatus.NOT_FOUND: (texts.PROBLEM_NOT_FOUND, texts.PROBLEM_NOT_FOUND_ADVICE),
    HTTPStatus.GONE: (texts.PROBLEM_GONE, texts.PROBLEM_GONE_ADVICE),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (texts.PROBLEM_TOO_LONG, texts.PROBLEM_TOO_LONG_ADVICE),
    HTTPStatus.TOO_MANY_REQUESTS: (texts.PROBLEM_TOO_MANY, texts.PROBLEM_TOO_MANY_ADVICE),
}
_REFUSED: Final = (texts.PROBLEM_REFUSED, texts.PROBLEM_REFUSED_ADVICE)
_OURS: Final = (texts.PROBLEM_OURS, texts.PROBLEM_OURS_ADVICE)


class Problem(BaseModel):
    """An RFC 9457 problem."""

    type: str = Field("about:blank", description="A URI that names the kind of problem.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What was wrong, and what to do.")


def problem_responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI responses for these problems, and those that every route may answer with."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {int(status): {"description": status.phrase, "content": content} for status in (*statuses, *_ALWAYS)}


def install_problem_handlers(app: FastAPI, caller_of: Callable[[Request], Caller | None], wordings: Wordings) -> None:
    """Answer every error of `app` as a problem; `caller_of` tells which of staff is signed in.

    Pages for patients are said in the one of `wordings` that their reader likes best.
    """
    app.state.wordings = wordings

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [_described(fault) for fault in error.errors()]
        return problem_response(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(faults))

    @app.exception_handler(HTTPException)
    async def _refused(request: Request, error: HTTPException) -> Response:
        if is_staff_page(request.url.path) and not hasattr(request.state, "caller"):
            # No route of staff's has looked who it is, so that the page would lead them nowhere.
            with suppress(DoctorsNoteError):
                request.state.caller = await run_in_threadpool(caller_of, request)
        status = HTTPStatus(error.status_code)
        detail = (
            error.detail
            if error.detail != status.phrase
            else f"{request.url.path}: {status.description or status.phrase}"
        )
        return problem_response(request, status, detail, dict(error.headers or {}))

    async def _ours(request: Request, error: Exception) -> Response:
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return problem_response(request, status, str(error), _told_with(error))
        _log.error("request_failed", extra={"route": route_of(request.scope), "reason": str(error)})
        return problem_response(request, status, OUR_FAULT, {"Retry-After": str(_RETRY_AFTER_S)})

    for kind, _ in STATUS:
        app.add_exception_handler(kind, _ours)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, _error: Exception) -> Response:
        return problem_response(request, HTTPStatus.INTERNAL_SERVER_ERROR, OUR_FAULT)


def route_of(scope: Scope) -> str:
    """The route of a request, as logs name it: without the values in its path, for a session's id opens the session."""
    return getattr(scope.get("route"), "path", "none")


def problem_body(status: HTTPStatus, detail: str) -> dict[str, Any]:
    """The body of a problem."""
    return Problem(title=status.phrase, status=int(status), detail=detail).model_dump()


def wants_page(accept: str, path: str) -> bool:
    """Whether a person in a browser asks, who is told in a page."""
    return "text/html" in accept and not path.startswith(("/api/", "/webhooks/"))


def _told_with(error: Exception) -> dict[str, str]:
    """The headers that go with an error (RFC 9110)."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_s)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}


def problem_response(
    request: Request, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A problem, as JSON for a program, with the precise `detail`; a page for a patient says plainly what to do."""
    if wants_page(request.headers.get("accept", ""), request.url.path):
        if is_staff_page(request.url.path):
            return staff_problem(request, status, detail, headers)
        return _page(request, status, headers)
    # A cache may keep a 404 or a 410 that does not forbid it (RFC 9110, 15.1), and may hand this one to a browser.
    headers = {**(headers or {}), **UNKEPT}
    return JSONResponse(
        problem_body(status, detail), int(status), headers=headers, media_type="application/problem+json"
    )


def _page(request: Request, status: HTTPStatus, headers: Mapping[str, str] | None) -> Response:
    asked = request.query_params.get("lang", "")
    wordings: Wordings = request.app.state.wordings
    say = wordings.of(*preferred_languages(request, asked))
    title, advice = _TOLD.get(status, _OURS if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSED)
    headers = {**(headers or {}), **UNKEPT, "Vary": "Accept, Accept-Language"}
    return render(
        "problem.html",
        say=say,
        status=status,
        headers=headers,
        title=say(title),
        advice=say(advice),
        lang=say.language if asked else "",
    )


def _described(fault: Any) -> str:
    if fault["type"] == "json_invalid":
        return f"the body is not JSON: {fault['ctx']['error']}"
    if fault["loc"] == ("body",):
        return "the body is not a JSON object; send one, with the header content-type: application/json"
    place = ".".join(str(part) for part in fault["loc"] if part not in {"body", "query", "path"}) or "the body"
    if fault["type"] == "missing":
        return f"{place}: it is missing"
    return f"{place}: {shown(fault['input'])} cannot be used: {fault['msg']}"

"""Each use case of staff once, as a page under /staff and as JSON under /api/v1/staff.

A `view` shows something: its page is a template, its JSON the same value. An `action` does something: its page goes
back, by a redirect, to where it was done (or to what the form's address names as `next`) and says there what was
done; its JSON is the value. Each names the right that
it needs, which is checked before anything else; `StaffRoutes.table` has them all, for the test that walks it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, get_type_hints

from fastapi import APIRouter, Body, Depends, Form
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import Conflict, Forbidden, NotFound, NotSignedIn, SenderError
from bot.domain.records import UNPRINTABLE
from bot.domain.staff import Caller, Right
from bot.service.staff.undo import may_undo
from bot.web.problems import problem_responses
from bot.web.staff.addresses import split_address
from bot.web.templating import render

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

PAGES: Final = "/staff"
API: Final = "/api/v1/staff"
# An article with all its references, many times over. An action that takes files names its own limit.
MAX_BODY_BYTES: Final = 1_048_576
_SAFE: Final = frozenset({"GET", "HEAD"})
# Our own pages learn by the referer where a form was sent from; others learn nothing. Under the stricter policy of the
# other pages, browsers would also send `Origin: null`.
PAGE_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
_PROBLEMS: Final = problem_responses(
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
)


@dataclass(frozen=True, slots=True)
class Flash:
    """What the next page says once; `undo` is the id of the action that it offers to undo."""

    message: str
    undo: str | None = None


class Door(Protocol):
    """Knows who is behind a request, and remembers what the next page is to say."""

    def by_cookie(self, request: Request) -> Caller | None:
        """The account whose session the request's cookie opens; None if it opens none."""
        ...

    def by_key(self, request: Request) -> Caller | None:
        """The API key in the request's `Authorization: Bearer` header; None if there is none, or none that is valid."""
        ...

    def leave_flash(self, request: Request, flash: Flash) -> None:
        """Keep `flash` for the session's next page."""
        ...

    def take_flash(self, request: Request) -> Flash | None:
        """What was left, once."""
        ...


class Done(BaseModel):
    """What an action did, in words; `undo` is the id by which it can be undone, None if it cannot.

    `back` is the page to go to; "" for the one that the action was sent from. It is left out of the JSON.
    """

    message: str
    undo: str | None = None
    back: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A route, the right that it needs, and whether it is a page or JSON."""

    method: str
    path: str
    right: Right
    is_page: bool


class StaffRoutes:
    """Collects the routes of staff; `pages` and `api` are what the application includes.

    An endpoint is a function whose first parameter is `caller: Caller`; its others are FastAPI's. An action that takes
    input has one more named `body`, a pydantic model, which is read from a form or from JSON. A path like
    "/queue/{group_id}" is relative to both roots.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        limits: dict[str, Any] = {"route_class": _CheckedRoute, "max_body_size": MAX_BODY_BYTES}
        self.pages = APIRouter(prefix=PAGES, include_in_schema=False, **limits)
        self.api = APIRouter(prefix=API, tags=["staff"], **limits)
        self.table: list[Route] = []

    def view(self, path: str, right: Right, template: str, summary: str) -> Callable[[Callable[..., Any]], Any]:
        """A GET page and its JSON. The template gets the endpoint's value as `it`, and `caller`, `flash`, `request`."""

        def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            def page(request: Request, caller: Caller, **values: Any) -> Response:
                it = endpoint(caller, **values)
                return self.render(request, caller, template, it=it)

            self.pages.add_api_route(path, self._called(page, endpoint, right, is_page=True), methods=["GET"])
            self._add_json("GET", path, right, endpoint, summary)
            self.table.append(Route("GET", PAGES + path, right, is_page=True))
            return endpoint

        return register

    def action(
        self,
        path: str,
        right: Right,
        summary: str,
        max_body_size: int | None = None,
        again: tuple[str, Callable[..., Any]] | None = None,
    ) -> Callable[[Callable[..., Done]], Any]:
        """A POST from a form, which redirects, and from JSON, which answers with `Done`.

        `max_body_size` is in bytes; None for MAX_BODY_BYTES. `again` is a template with its form, and what makes its
        value of the caller, the error and the endpoint's other values: so that nothing that was typed is lost.
        """

        def register(endpoint: Callable[..., Done]) -> Callable[..., Done]:
            def page(request: Request, caller: Caller, **values: Any) -> Response:
                try:
                    done = endpoint(caller, **values)
                except (SenderError, Conflict) as error:
                    if again is None:
                        raise
                    template, form = again
                    status = HTTPStatus.CONFLICT if isinstance(error, Conflict) else HTTPStatus.UNPROCESSABLE_ENTITY
                    return self.render(request, caller, template, status, it=form(caller, error, **values))
                self._door.leave_flash(request, Flash(done.message, done.undo))
                return RedirectResponse(_next(request) or done.back or _sent_from(request), HTTPStatus.SEE_OTHER)

            called = self._called(page, endpoint, right, is_page=True)
            self.pages.add_api_route(path, called, methods=["POST"], max_body_size=max_body_size)
            self._add_json("POST", path, right, endpoint, summary, max_body_size)
            self.table.append(Route("POST", PAGES + path, right, is_page=True))
            return endpoint

        return register

    def answer(
        self, path: str, right: Right, template: str, summary: str, max_body_size: int | None = None
    ) -> Callable[[Callable[..., Any]], Any]:
        """A POST whose page is a template, as a view's: for what is shown once, and kept nowhere."""

        def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            def page(request: Request, caller: Caller, **values: Any) -> Response:
                it = endpoint(caller, **values)
                return self.render(request, caller, template, it=it)

            called = self._called(page, endpoint, right, is_page=True)
            self.pages.add_api_route(path, called, methods=["POST"], max_body_size=max_body_size)
            self._add_json("POST", path, right, endpoint, summary, max_body_size)
            self.table.append(Route("POST", PAGES + path, right, is_page=True))
            return endpoint

        return register

    def download(self, path: str, right: Right, summary: str) -> Callable[[Callable[..., Response]], Any]:
        """A GET whose response is the same in both places: a file, or a picture in a page."""

        def register(endpoint: Callable[..., Response]) -> Callable[..., Response]:
            def respond(request: Request, caller: Caller, **values: Any) -> Response:
                return endpoint(caller, **values)

            for router, root, is_page in ((self.pages, PAGES, True), (self.api, API, False)):
                router.add_api_route(
                    path,
                    self._called(respond, endpoint, right, is_page=is_page),
                    methods=["GET"],
                    summary=summary,
                    response_class=Response,
                    responses=_PROBLEMS,
                )
                self.table.append(Route("GET", root + path, right, is_page=is_page))
            return endpoint

        return register

    def render(
        self, request: Request, caller: Caller | None, template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any
    ) -> Response:
        """A page of staff's, with what all of them need."""
        flash = self._door.take_flash(request) if caller else None
        return render(
            template,
            status=status,
            headers=PAGE_HEADERS,
            request=request,
            caller=caller,
            flash=flash,
            may_undo=may_undo,
            **values,
        )

    def _add_json(
        self,
        method: str,
        path: str,
        right: Right,
        endpoint: Callable[..., Any],
        summary: str,
        max_body_size: int | None = None,
    ) -> None:
        def answer(request: Request, caller: Caller, **values: Any) -> Any:
            return endpoint(caller, **values)

        returned = get_type_hints(endpoint)["return"]
        self.api.add_api_route(
            path,
            self._called(answer, endpoint, right, is_page=False),
            methods=[method],
            summary=summary,
            description=inspect.getdoc(endpoint) or "",
            response_model=returned,
            response_model_exclude={"back"} if returned is Done else None,
            responses=_PROBLEMS,
            max_body_size=max_body_size,
        )
        self.table.append(Route(method, API + path, right, is_page=False))

    def _called(
        self, wrapper: Callable[..., Any], endpoint: Callable[..., Any], right: Right, *, is_page: bool
    ) -> Callable[..., Any]:
        """`wrapper` with the parameters of `endpoint`, as FastAPI reads them, and the caller checked for `right`."""
        hints = get_type_hints(endpoint, include_extras=True)
        first, *others = inspect.signature(endpoint).parameters.values()
        assert first.name == "caller", f"{endpoint.__name__}: its first parameter is the caller"
        checked = Annotated[Caller, Depends(_checked_caller)]
        parameters = [
            inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request),
            inspect.Parameter("caller", inspect.Parameter.KEYWORD_ONLY, annotation=checked),
        ]
        for each in others:
            annotation = hints[each.name]
            if each.name == "body":
                annotation = Annotated[annotation, Form() if is_page else Body()]
            parameters.append(each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation))

        def called(**values: Any) -> Any:
            return wrapper(**values)

        called.__name__ = endpoint.__name__
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        called.check = self._checked(right, is_page=is_page)  # type: ignore[attr-defined]
        return called

    def _checked(self, right: Right, *, is_page: bool) -> Callable[[Request], Caller]:
        def check(request: Request) -> Caller:
            caller = None if is_page else self._door.by_key(request)
            if caller is None:
                caller = self._door.by_cookie(request)
                # A browser sends a cookie along with whatever page made it ask. A key is sent by who holds it.
                if caller and request.method not in _SAFE:
                    refuse_foreign(request.headers, request.url.netloc)
            if caller is None:
                raise NotSignedIn("sign in first, or send an API key as `Authorization: Bearer KEY`")
            request.state.caller = caller
            if caller.password_due and right is not Right.OWN:
                raise Forbidden("your password was set by somebody else; choose one of your own first, at /staff/me")
            if not caller.may(right):
                raise Forbidden(
                    f"{caller.name} may not do this: it needs the right {right.value!r}, which an admin can give"
                )
            return caller

        return check


class _CheckedRoute(APIRoute):
    """Finds out who asks, and whether they may, before anything of the request's body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the endpoint's check."""
        handle = super().get_route_handler()
        check: Callable[[Request], Caller] = self.endpoint.check  # type: ignore[attr-defined]

        async def checked(request: Request) -> Response:
            await run_in_threadpool(check, request)
            # No id has such characters, and PostgreSQL takes no text that has them.
            if any(UNPRINTABLE.search(str(each)) for each in request.path_params.values()):
                raise NotFound("there is nothing of that id: it has characters that no id has")
            return await handle(request)

        return checked


def _checked_caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


def refuse_foreign(headers: Mapping[str, str], host: str) -> None:
    """Raise Forbidden unless our own page sent the request: by Sec-Fetch-Site, or, of an older browser, Origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
    elif (origin := headers.get("origin")) and split_address(origin).netloc == headers.get("host", host):
        return
    raise Forbidden("the request does not come from this site's own pages; open the page here, and do it there")


def _next(request: Request) -> str:
    """The page of ours that a form's address names as the one to go on to; "" if it names none."""
    wanted = request.query_params.get("next", "")
    parts = split_address(wanted)
    is_ours = not parts.scheme and not parts.netloc and (parts.path == PAGES or parts.path.startswith(f"{PAGES}/"))
    return wanted if is_ours and wanted.isprintable() else ""


def _sent_from(request: Request) -> str:
    """The page that a form was sent from, as a path of ours; where that is not told, the first page of staff."""
    parts = split_address(request.headers.get("referer", ""))
    if parts.netloc == request.headers.get("host") and parts.path.startswith(PAGES):
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return PAGES

"""What went wrong, as a page of staff's: in plain words, with a way back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse

from bot.web.staff.addresses import split_address
from bot.web.templating import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

_PAGES: Final = "/staff"
_TITLES: Final = {
    HTTPStatus.UNAUTHORIZED: "You are not signed in any more",
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.GONE: "It was withdrawn",
    HTTPStatus.CONFLICT: "It changed meanwhile",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That was too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That cannot be done",
    HTTPStatus.TOO_MANY_REQUESTS: "That was too often",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not just now",
}


def is_staff_page(path: str) -> bool:
    """Whether an address is one of staff's pages."""
    return path == _PAGES or path.startswith(f"{_PAGES}/")


def staff_problem(
    request: Request, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The page that tells of a problem; who only has to sign in is sent there."""
    is_form = request.method == "POST"
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    sent_from = split_address(request.headers.get("referer", ""))
    back = _PAGES
    if sent_from.netloc == request.headers.get("host") and is_staff_page(sent_from.path):
        back = sent_from.path + (f"?{sent_from.query}" if sent_from.query else "")
    sign_in = f"{_PAGES}/sign-in?next={quote(back if is_form else here, safe='')}"
    if status is HTTPStatus.UNAUTHORIZED and not is_form:
        return RedirectResponse(sign_in, HTTPStatus.SEE_OTHER)
    return render(
        "staff/problem.html",
        status=status,
        headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin", **(headers or {})},
        request=request,
        caller=getattr(request.state, "caller", None),
        flash=None,
        status_code=int(status),
        heading=_TITLES.get(status, status.phrase),
        detail=detail,
        back=back,
        sign_in=sign_in,
        is_form=is_form,
    )

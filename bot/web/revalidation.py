"""Pages that a browser keeps, but asks about each time before it shows them again (RFC 9110, 8.8.3 and 13.1.2).

The tag is the hash of the whole page, not of what it was made from: whatever would change a word of it, such as a
withdrawal, a day that passed, another wording or a new article beside it, makes another tag. What it saves is the way
to the reader.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

REVALIDATED: Final = {"Cache-Control": "no-cache"}
# What tells of words that somebody typed is not kept at all.
UNKEPT: Final = {"Cache-Control": "no-store"}


def revalidated(request: Request, page: Response) -> Response:
    """`page` with its tag, or 304 without a body for a reader who has it already. It is to be a 200."""
    tag = f'"{hashlib.sha256(page.body).hexdigest()[:32]}"'
    page.headers.update({**REVALIDATED, "ETag": tag})
    if not has_already(request, tag):
        return page
    kept = {name: value for name, value in page.headers.items() if name not in {"content-length", "content-type"}}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)


def has_already(request: Request, tag: str) -> bool:
    """Whether `tag` is among those that a reader holds, by the weak comparison: a proxy may have marked it so."""
    held = request.headers.get("if-none-match", "").strip()
    return held == "*" or tag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in held.split(",")}


class RevalidatedFiles(StaticFiles):
    """Files of a folder. Without a word on caches, a browser would go on with those of the version before for days."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        """See `StaticFiles.file_response`."""
        response = super().file_response(*given, **named)
        response.headers.update(REVALIDATED)
        return response

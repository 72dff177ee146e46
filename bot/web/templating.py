"""Pages from templates; every value is escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.domain import texts
from bot.domain.wording import ENGLISH, Wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http import HTTPStatus

_environment: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["texts"] = texts
# A page's own address without its host, as a link to another page of the same list needs it.
_environment.filters["path"] = lambda url: f"{url.path}?{url.query}" if url.query else url.path


def render(
    template: str,
    *,
    say: Wording = ENGLISH,
    status: HTTPStatus | int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """A page from `template`, filled with `values`, its own sentences as `say` says them."""
    return HTMLResponse(_environment.get_template(template).render(say=say, **values), int(status), headers)

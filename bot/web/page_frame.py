"""What a page of patients has around its own part: the way to its other languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.domain.wording import Wording
    from bot.service.core import Core


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language that the page can be read in, by its own name, and the page's path in it."""

    tag: str
    name: str
    path: str


def page_frame(core: Core, request: Request, say: Wording) -> dict[str, Any]:
    """What base.html is filled with, beside its own: `page_languages`, and `lang` where the address names one.

    Without them a page shows no languages, and links to the others as the browser's own language has it.
    """
    wordings = core.conversing.wordings
    languages = []
    for tag in wordings.languages:
        url = request.url.include_query_params(lang=tag)
        name = wordings.name(tag, wordings.of(tag))
        languages.append(PageLanguage(tag, name[:1].upper() + name[1:], f"{url.path}?{url.query}"))
    is_asked_for = bool(request.query_params.get("lang"))
    return {"page_languages": languages, "lang": say.language if is_asked_for else ""}

"""The languages that whoever reads a page would like our own sentences in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from bot.domain.wording import Wording
    from bot.service.core import Core


def page_wording(core: Core, language: str, request: Request) -> Wording:
    """The wording in `language` (BCP 47, "" for none), else in the one that the browser likes best."""
    return core.conversing.wordings.of(*preferred_languages(request, language))


def preferred_languages(request: Request, asked: str = "") -> tuple[str, ...]:
    """BCP 47 tags, best first: the one `asked` for ("" for none), then those that the browser names."""
    preferred = [asked] if asked else []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";")
        if tag and weight.strip() not in {"q=0", "q=0.0"}:
            preferred.append(tag)  # browsers list them best first
    return tuple(preferred)

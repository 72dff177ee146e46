"""The library for patients: browse and search it, without a script."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.domain import texts
from bot.domain.blocks import notice_blocks
from bot.domain.errors import InvalidQuery, NotFound, Unavailable
from bot.domain.records import UNPRINTABLE
from bot.service.browsing import Contents, Shelf, one_letter
from bot.service.searching import MAX_QUERY_CHARS, PAGE_SIZE, Found, Search, search_library, unsearched
from bot.web.languages import page_wording
from bot.web.page_frame import page_frame
from bot.web.revalidation import REVALIDATED, UNKEPT
from bot.web.templating import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.wording import Wording
    from bot.service.core import Core

LIBRARY: Final = "/library"
SYMPTOMS: Final = "/library/symptoms"
# So few symptoms stand on one page, under their letters.
_ALL_LETTERS: Final = 200
# Pages beside the one that is shown, which the pager leads to.
_BESIDE: Final = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """Addresses of a listing, which keep to what it was narrowed down to. What is empty, or page 1, is left out."""

    path: str
    chosen: Mapping[str, str]

    def to(self, **changed: object) -> str:
        """The address of the same listing with other values: `q`, `symptom`, `letter`, `language`, `lang`, `page`."""
        values = {**self.chosen, **{name: str(value) for name, value in changed.items()}}
        kept = {name: value for name, value in values.items() if value and (name, value) != ("page", "1")}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def at(self, path: str, **changed: object) -> str:
        """The address of another listing in the same languages."""
        kept = {name: value for name, value in self.chosen.items() if name in {"language", "lang"}}
        return Listed(path, kept).to(**changed)


def library_router(core: Core) -> APIRouter:
    """The pages of the library."""
    router = APIRouter(include_in_schema=False)
    contents = Contents(core)

    @router.get(LIBRARY)
    def library(
        request: Request, q: str = "", symptom: str = "", language: str = "", page: int = 1, lang: str = ""
    ) -> HTMLResponse:
        say = page_wording(core, lang, request)
        frame = page_frame(core, request, say)
        links = Listed(LIBRARY, {"q": q, "symptom": symptom, "language": language, "lang": frame["lang"]})
        try:
            search = Search(q, symptom, language, page)
        except InvalidQuery:
            if not (told := _told(q, say)):
                raise
            words = UNPRINTABLE.sub("", q)
            found = unsearched(core, words, say.language)
            again = Listed(LIBRARY, {**links.chosen, "q": words})
            values = frame | _values(core, contents, again, say, anyway=bool(found.emergency))
            values |= {"error": told, "found": found, "search": Search()}
            return _answer("library.html", say, HTTPStatus.UNPROCESSABLE_ENTITY, values)
        found = search_library(core, search, say.language)
        is_beyond = page > 1 and page > found.pages
        status = HTTPStatus.NOT_FOUND if is_beyond else HTTPStatus.OK
        values = frame | _values(core, contents, links, say, anyway=bool(found.emergency))
        values |= {"search": search, "found": found, "is_beyond": is_beyond, "results": _results(core, found, say)}
        return _answer("library.html", say, status, values)

    @router.get(SYMPTOMS)
    def symptoms(request: Request, letter: str = "", language: str = "", page: int = 1, lang: str = "") -> HTMLResponse:
        search = Search(symptom=letter, language=language, page=page)
        say = page_wording(core, lang, request)
        frame = page_frame(core, request, say)
        links = Listed(SYMPTOMS, {"letter": letter, "language": language, "lang": frame["lang"]})
        values = frame | _values(core, contents, links, say)
        shelf: Shelf = values["shelf"]
        shown = [(each.letter, each.symptoms) for each in shelf.letters]
        pages = 1
        if letter or shelf.symptoms > _ALL_LETTERS:
            letter = search.symptom or shelf.letters[0].letter
            some, pages = one_letter(shelf, letter, page)
            if not some:
                raise NotFound(f"letter, page: the list of symptoms has no page {page} of the letter {letter!r}")
            shown = [(letter, some)]
        elif page > 1:
            raise NotFound(f"page: the list of symptoms has no page {page}")
        return _answer("symptoms.html", say, HTTPStatus.OK, values | {
            "letter": letter, "shown": shown, "page": page, "around": around(page, pages), "pages": pages
        })  # fmt: skip

    return router


def around(page: int, pages: int) -> list[int]:
    """The pages that a pager leads to: first, last, and those beside `page`; 0 stands for a gap.

    >>> around(7, 50)
    [1, 0, 5, 6, 7, 8, 9, 0, 50]
    """
    shown = sorted({1, pages, *range(page - _BESIDE, page + _BESIDE + 1)} & set(range(1, pages + 1)))
    led: list[int] = []
    for number in shown:
        if led and number == led[-1] + 2:
            led.append(number - 1)
        elif led and number > led[-1] + 1:
            led.append(0)
        led.append(number)
    return led


def _values(core: Core, contents: Contents, links: Listed, say: Wording, *, anyway: bool = False) -> dict[str, Any]:
    """What every page of the library is filled with; `anyway`, also where the store does not answer."""
    language = links.chosen["language"]
    try:
        languages, shelf = contents.languages(), contents.shelf(language, say.language)
    except Unavailable:
        if not anyway:
            raise
        languages, shelf = {}, Shelf(0, (), ())
    wordings = core.conversing.wordings
    return {
        "links": links,
        "shelf": shelf,
        "total": sum(languages.values()),
        "languages": [(tag, wordings.name(tag, say), count) for tag, count in languages.items()],
        "language": language.partition("-")[0].lower(),
        "spoken": wordings.languages,
        "site": core.site.public_url,
        "disclaimer": say(core.site.disclaimer),
        "max_chars": MAX_QUERY_CHARS,
        "error": "",
        "is_beyond": False,
        "results": (),
        "around": around,
        "page_size": PAGE_SIZE,
    }


def _results(core: Core, found: Found, say: Wording) -> list[dict[str, Any]]:
    serving = core.serving()
    return [
        {
            "article": stored.article,
            "notices": [
                block.text
                for block in notice_blocks(
                    stored.article, say, is_overdue=serving.is_overdue(stored.article.review_due)
                )
            ],
        }
        for stored in found.articles
    ]


def _told(words: str, say: Wording) -> str:
    """What is wrong with the words that somebody typed; "" if it is something else."""
    if len(words) > MAX_QUERY_CHARS:
        return say(texts.SEARCH_TOO_LONG, given=f"{len(words):,}", count=MAX_QUERY_CHARS)
    try:
        Search(words)
    except InvalidQuery:
        return say(texts.SEARCH_UNREADABLE)
    return ""


def _answer(template: str, say: Wording, status: HTTPStatus, values: dict[str, Any]) -> HTMLResponse:
    """A page. What somebody searched for is kept by no cache, and the rest only as the library still has it."""
    is_search = bool(values["links"].chosen.get("q"))
    headers = {"Vary": "Accept-Language"} | (UNKEPT if is_search else REVALIDATED)
    return render(template, say=say, status=status, headers=headers, is_search=is_search, **values)

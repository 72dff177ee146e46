"""A saved Doctor's Note page, as text or as HTML.

Both are read the same way: HTML is first laid out as the lines of text that a browser shows. The page then is, in
order: "Published on:", the question, the short answer, "Explanation" and its paragraphs, "(References)" and a list,
"Learn more about symptoms" and the symptoms. All else on it is furniture of the site.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import lxml.html

from bot.domain.errors import InvalidArticle, UnreadableFile, shown
from bot.domain.records import article_from_record, article_id, normalised
from bot.importers.base import Format, read_text
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PUBLISHED: Final = re.compile(r"Published on:?\s*(.*)", re.IGNORECASE)
_EXPLANATION: Final = re.compile(r"Explanation:?", re.IGNORECASE)
_REFERENCES: Final = re.compile(r"\(?References\)?:?", re.IGNORECASE)
_SYMPTOMS: Final = re.compile(r"Learn more about symptoms:?", re.IGNORECASE)
_BULLET: Final = re.compile(r"\s*(?:[•◦*-]|\d{1,3}[.)])\s+")
# Lines of the site that may stand among the article's own.
_FURNITURE: Final = re.compile(
    r"answer background|Back|Doctors Note Logo|Tell your friends about us\.?|Share|Copy link", re.IGNORECASE
)
# What ends the references, or the list of symptoms, when it comes.
_AFTERWARDS: Final = re.compile(
    r"Tell your friends about us\.?|For First Time Users|What is .*Doctor.s Note\?|Not sure about the cause.*"
    r"|AI Symptom Check|Try our AI.*|Tips to try:?|Purpose and positioning.*|Learn more about symptoms:?"
    r"|smily .*|Was this helpful.*|Related (questions|articles).*",
    re.IGNORECASE,
)
_DATE_FORMATS: Final = ("%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y")
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
        "time",
        "button",
    ]
)
# Elements after which a browser leaves a blank line.
_SPACED: Final = frozenset(["p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "dl"])
_SKIPPED: Final = frozenset(
    ["script", "style", "noscript", "template", "head", "svg", "img", "picture", "iframe", "object", "nav"]
)
_HTML_SPACE: Final = re.compile(r"[ \t\n\r\f]+")


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The one article in `path`."""
    text = read_text(path)
    if path.suffix.lower() in {".html", ".htm"} or re.match(
        r"\s*<(!doctype|html|head|body|main|div)\b", text, re.IGNORECASE
    ):
        text = _laid_out(text)
    record = parse(text)
    record["id"] = article_id(path.stem)
    try:
        yield SourcedArticle(article_from_record(record))
    except InvalidArticle as error:
        yield from (Refusal("", str(problem)) for problem in error.problems)


def parse(text: str) -> dict[str, object]:
    """The record of the article on a page laid out as text. Raises UnreadableFile."""
    lines = normalised(text).split("\n")
    published = _find(lines, _PUBLISHED, 0, "Published on:")
    explanation = _find(lines, _EXPLANATION, published + 1, "Explanation")
    date_end, date = _date(lines, published)
    head = [
        line.strip() for line in lines[date_end:explanation] if line.strip() and not _FURNITURE.fullmatch(line.strip())
    ]
    if not head:
        raise UnreadableFile('no question stands between "Published on:" and "Explanation"')
    rest = explanation + 1
    references = _next(lines, _REFERENCES, rest)
    end = references if references is not None else _next(lines, _AFTERWARDS, rest)
    body = lines[rest:end]
    return {
        "question": head[0],
        "short_answer": "\n\n".join(head[1:]),
        "explanation": "\n".join(line for line in body if not _FURNITURE.fullmatch(line.strip())),
        "published": date,
        "references": _items(lines, references + 1) if references is not None else [],
        "symptoms": _symptoms(lines, rest),
    }


def _find(lines: list[str], pattern: re.Pattern[str], start: int, name: str) -> int:
    place = _next(lines, pattern, start)
    if place is None:
        raise UnreadableFile(f'it has no line "{name}", so it is not a saved Doctor\'s Note page')
    return place


def _next(lines: list[str], pattern: re.Pattern[str], start: int) -> int | None:
    return next((place for place in range(start, len(lines)) if pattern.fullmatch(lines[place].strip())), None)


def _date(lines: list[str], published: int) -> tuple[int, str]:
    """The place after the date of publication, and the date (ISO 8601)."""
    match = _PUBLISHED.fullmatch(lines[published].strip())
    written = match.group(1).strip() if match else ""
    place = published + 1
    if not written:  # on some pages the date has a line of its own
        while place < len(lines) and not lines[place].strip():
            place += 1
        written = lines[place].strip() if place < len(lines) else ""
        place += 1
    for date_format in _DATE_FORMATS:
        try:
            return place, dt.datetime.strptime(written, date_format).replace(tzinfo=dt.UTC).date().isoformat()
        except ValueError:
            continue
    raise UnreadableFile(f"published: {shown(written)} is not a date such as 5/15/2025 (month/day/year)")


def _items(lines: list[str], start: int) -> list[str]:
    """The items of the list that begins at `start`; a line without a bullet goes on with the item before it."""
    items: list[str] = []
    bulleted = any(_BULLET.match(line) for line in lines[start : start + 3])
    for line in lines[start:]:
        text = line.strip()
        if _AFTERWARDS.fullmatch(text):
            break
        if not text:
            continue
        if bulleted and not _BULLET.match(line) and items:
            items[-1] += " " + text
        else:
            items.append(_BULLET.sub("", line, count=1).strip())
    return items


def _symptoms(lines: list[str], start: int) -> list[str]:
    heading = _next(lines, _SYMPTOMS, start)
    return _items(lines, heading + 1) if heading is not None else []


def _laid_out(html: str) -> str:
    """The lines of text that a browser would show of `html`: items with a bullet, paragraphs set apart."""
    try:
        document = lxml.html.document_fromstring(html)
    except lxml.etree.ParserError as error:
        raise UnreadableFile(f"it is not HTML: {error}") from error
    layout = _Layout()
    layout.add(document)
    return layout.text()


class _Layout:
    """Collects lines as a browser does: white space folded, blocks on lines of their own."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""

    def add(self, element: lxml.html.HtmlElement) -> None:
        """Add an element and what is in it."""
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or "hidden" in element.attrib:
            return
        if element.tag == "br":
            self._break()
            return
        if element.tag in _BLOCKS:
            self._break()
        if element.tag in _SPACED:
            self._lines.append("")
        if element.tag == "li":
            self._line = "• "
        self._write(element.text)
        for child in element:
            self.add(child)
            self._write(child.tail)
        if element.tag in _BLOCKS:
            self._break()
        if element.tag in _SPACED:
            self._lines.append("")
        if element.tag == "li":
            self._line = ""  # the bullet of an empty item

    def text(self) -> str:
        """What was collected; never more than one blank line in a row."""
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines))

    def _write(self, text: str | None) -> None:
        folded = _HTML_SPACE.sub(" ", text or "")
        self._line += folded.lstrip(" ") if not self._line or self._line.endswith(" ") else folded

    def _break(self) -> None:
        if self._line.strip(" ") not in {"", "•"}:
            self._lines.append(self._line.rstrip(" "))
            self._line = ""


FORMAT: Final = Format(suffixes=(".txt", ".html", ".htm"), read=read)

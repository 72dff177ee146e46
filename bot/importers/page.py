"""A saved Doctor's Note page, as text or as HTML.

Both are read the same way: HTML is first laid out as the lines of text that a browser shows. The page then is, in
order: "Published on:", the question, the short answer, "Explanation" and its paragraphs, "(References)" and a list,
"Learn more about symptoms" and the symptoms. All else on it is furniture of the site.

Beyond what every import normalises, runs of spaces (no-break ones too) become one space, lines lose their indent,
and marks of lists become "•" or "◦".
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidArticle, UnreadableFile, shown
from bot.domain.records import article_from_record, article_id, normalised
from bot.importers.base import BYTE_ORDER_MARK, Format, read_text
from bot.importers.layout import laid_out
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Lines are matched whole; around the words there may be brackets, colons and arrows.
_EXPLANATION: Final = re.compile(r"\W*Explanation\W*", re.IGNORECASE)
_REFERENCES: Final = re.compile(r"\W*References\W*", re.IGNORECASE)
_SYMPTOMS: Final = re.compile(r"\W*Learn more about symptoms\W*", re.IGNORECASE)
_PUBLISHED: Final = re.compile(r".{0,40}Published on\b:?\s*(?P<rest>.*)", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]+\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}", re.ASCII
)
_DATE_FORMATS: Final = ("%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%b. %d, %Y", "%d %B %Y")
# Lines of the site that may stand among the article's own.
_FURNITURE: Final = re.compile(
    r"answer background|Back|Doctors Note Logo|smily .*|Tell your friends about us\W*|Share|Copy link|Print"
    r"|(Last )?(updated|reviewed)( on)?\b:?.{0,20}\d{4}",
    re.IGNORECASE,
)
# What ends the references, or the list of symptoms, when it comes.
_AFTERWARDS: Final = re.compile(
    r"Tell your friends about us\W*|We would love to help them too\W*|For First Time Users|What is .*Doctor.s Note\?"
    r"|Not sure about the cause.*|AI Symptom Check|Try our AI.*|Tips to try:?|Purpose and positioning.*|smily .*"
    r"|Was this helpful.*|Related (questions|articles).*|\W*Learn more about symptoms\W*",
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"([•●▪‣·*◦○-])\s+(?=\S)")
_REFERENCE_MARK: Final = re.compile(r"(?:[•◦]\s*|\[?(?P<number>\d{1,3})(?:\]|[.)])\.?\s*(?=[^\W\d_]))", re.ASCII)
_BETWEEN_ITEMS: Final = re.compile(r"(?m)^((?:[•◦]|\d{1,3}\.) .*)\n\n(?=(?:[•◦]|\d{1,3}\.) )")


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The one article in `path`."""
    text = read_text(path).removeprefix(BYTE_ORDER_MARK)
    if re.search(r"^Content-Type:\s*multipart/related", text[:5_000], re.IGNORECASE | re.MULTILINE):
        raise UnreadableFile("it is a web archive (MHTML); save the page as HTML, or as text")
    if path.suffix.lower() in {".html", ".htm"} or text.lstrip().startswith("<"):
        text = laid_out(text, is_line=_is_heading, starts_chips=lambda text: _SYMPTOMS.fullmatch(text) is not None)
    record = parse(text)
    record["id"] = article_id(path.stem)
    try:
        yield SourcedArticle(article_from_record(record))
    except InvalidArticle as error:
        yield from (Refusal("", str(problem)) for problem in error.problems)


def parse(text: str) -> dict[str, object]:
    """The record of the article on a page laid out as text. Raises UnreadableFile."""
    lines = [_tidied(line) for line in normalised(text).split("\n")]
    published = _find(lines, _PUBLISHED, 0, "Published on:")
    explanation = _find(lines, _EXPLANATION, published + 1, "Explanation")
    date, head = _date(lines[published:explanation])
    question, short_answer = _question(head, lines[:published])
    rest = lines[explanation + 1 :]
    references = _next(rest, _REFERENCES)
    symptoms = _next(rest, _SYMPTOMS)
    ends = [place for place in (references, symptoms) if place is not None]
    end = min(ends) if references is not None else _next(rest, _AFTERWARDS)
    return {
        "question": question,
        "short_answer": short_answer,
        "explanation": _explanation(rest[:end]),
        "published": date,
        "references": _references(rest[references + 1 :]) if references is not None else [],
        "symptoms": _symptoms(rest[symptoms + 1 :]) if symptoms is not None else [],
    }


def _is_heading(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in (_EXPLANATION, _REFERENCES, _SYMPTOMS))


def _tidied(line: str) -> str:
    line = re.sub(r"[ \t\xa0]+", " ", line).strip()
    mark = _MARK.match(line)
    return f"{'◦' if mark[1] in '◦○' else '•'} {line[mark.end() :]}" if mark else line


def _find(lines: list[str], pattern: re.Pattern[str], start: int, name: str) -> int:
    place = _next(lines, pattern, start)
    if place is None:
        raise UnreadableFile(f'it has no line "{name}", so it is not a saved Doctor\'s Note page')
    return place


def _next(lines: list[str], pattern: re.Pattern[str], start: int = 0) -> int | None:
    return next((place for place in range(start, len(lines)) if pattern.fullmatch(lines[place])), None)


def _until(lines: list[str], end: re.Pattern[str]) -> list[str]:
    return lines[: _next(lines, end)]


def _without_furniture(lines: list[str]) -> list[str]:
    return [line for line in lines if not _FURNITURE.fullmatch(line)]


def _paragraphs(lines: list[str]) -> list[str]:
    """The paragraphs, which blank lines part; if there is no such line, each line is one."""
    blocks = "\n".join(lines).strip().split("\n\n")
    if len(blocks) == 1:
        blocks = blocks[0].split("\n")
    return [" ".join(block.split("\n")).strip() for block in blocks if block.strip()]


def _date(lines: list[str]) -> tuple[str, list[str]]:
    """The date of publication (ISO 8601) that the first of `lines` announces, and the lines after it."""
    announced = _PUBLISHED.fullmatch(lines[0])
    after = [announced["rest"] if announced else "", *lines[1:]]
    while len(after) > 1 and not after[0]:  # on some pages the date has a line of its own
        del after[0]
    written = _DATE.match(after[0])
    for date_format in _DATE_FORMATS:
        try:
            moment = dt.datetime.strptime(written.group() if written else "", date_format).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
        after[0] = _DATE.sub("", after[0], count=1).strip()
        return moment.date().isoformat(), after
    raise UnreadableFile(f"published: {shown(after[0])} is not a date such as 5/15/2025 (month/day/year)")


def _question(lines: list[str], before: list[str]) -> tuple[str, str]:
    """The question and the short answer in `lines`; the question may stand right `before` the date instead."""
    place = next((place for place, line in enumerate(lines) if line.endswith("?")), -1)
    paragraphs = _paragraphs(_without_furniture([*lines[: place + 1], "", *lines[place + 1 :]]))
    asked = next((number for number, text in enumerate(paragraphs) if text.endswith("?")), None)
    if asked is None:
        above = _paragraphs(_without_furniture(before))[-1:]
        if above and above[0].endswith("?"):
            return above[0], "\n\n".join(paragraphs)
        if len(paragraphs) < 2:
            raise UnreadableFile('no question and short answer stand between "Published on:" and "Explanation"')
        asked = 0
    return paragraphs[asked], "\n\n".join(paragraphs[asked + 1 :])


def _explanation(lines: list[str]) -> str:
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(_without_furniture(lines))).strip()
    if not text:
        raise UnreadableFile('nothing stands under "Explanation"; open all parts of the page before you save it')
    return _BETWEEN_ITEMS.sub(r"\1\n", text)


def _references(lines: list[str]) -> list[str]:
    listed = _without_furniture(_until(lines, _AFTERWARDS))
    marks = [mark for line in listed if line and (mark := _REFERENCE_MARK.match(line))]
    is_marked = bool(marks) and next(filter(None, listed)) == marks[0].string
    items = _marked_items(listed, marks[0]) if is_marked else _paragraphs(listed)
    if not items:
        raise UnreadableFile('nothing stands under "References"; open all parts of the page before you save it')
    return items


def _marked_items(lines: list[str], first: re.Match[str]) -> list[str]:
    """The items of a list whose first one begins with the mark `first`; lines without one go on with their item."""
    items: list[str] = []
    before = ""
    for line in lines:
        mark = _REFERENCE_MARK.match(line)
        if mark and _goes_on(mark, first, len(items), is_apart=not before):
            items.append(line[mark.end() :])
        elif line and not before and not re.search(r"\d", line):
            break  # no part of a reference: it would have a year, a page or an identifier
        elif line:
            items[-1] += " " + line
        before = line
    return [item.strip() for item in items if item.strip()]


def _goes_on(mark: re.Match[str], first: re.Match[str], count: int, *, is_apart: bool) -> bool:
    """Whether `mark` begins the item after `count` others, and is not the middle of a wrapped line."""
    if mark["number"] is None or first["number"] is None:
        return mark["number"] == first["number"]
    return is_apart or int(mark["number"]) == int(first["number"]) + count


def _symptoms(lines: list[str]) -> list[str]:
    symptoms: list[str] = []
    for line in _without_furniture(_until(lines, _AFTERWARDS)):
        if line.endswith((".", "?", "!", ":")):
            break  # a sentence: the list is over
        symptoms.append(line.lstrip("•◦ "))
    return list(dict.fromkeys(filter(None, symptoms)))


FORMAT: Final = Format(suffixes=(".txt", ".html", ".htm"), read=read)

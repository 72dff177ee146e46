"""Articles as plain records: the keys of the JSON form, checked on the way in and written on the way out.

What import normalises, and nothing else ever does:

* line ends: CR LF and CR become LF;
* white space around a field is dropped (inside it, every character stays);
* a byte order mark at the start of a file is dropped (by the readers).

Unicode is *not* normalised: a letter stays composed or decomposed as its author typed it. Control characters
(but for tab and line end) and lone surrogates are refused, since no page, database or hash treats them alike.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.article import Article, Status
from bot.domain.errors import InvalidArticle, Problem
from bot.domain.references import Reference, with_identifiers

KEYS: Final = (
    "id",
    "question",
    "short_answer",
    "also_asked",
    "symptoms",
    "author",
    "reviewer",
    "published",
    "reviewed",
    "review_due",
    "language",
    "status",
    "source",
    "references",
    "explanation",
)
REFERENCE_KEYS: Final = ("text", "doi", "pmid", "pmcid", "url")

MAX_LINE_CHARS: Final = 1_000
# A database index takes it in: PostgreSQL allows 2,704 bytes there.
MAX_SYMPTOM_CHARS: Final = 300
MAX_SHORT_ANSWER_CHARS: Final = 5_000
MAX_EXPLANATION_CHARS: Final = 200_000
MAX_ITEMS: Final = 500
MAX_ID_CHARS: Final = 100

_ID: Final = re.compile(r"[a-z0-9-]{1,100}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE_TAG: Final = re.compile(r"(?=.{2,35}\Z)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_DOI: Final = re.compile(r"10\.[0-9]{4,9}/\S+")
_DOI_PREFIX: Final = re.compile(r"(https?://)?(dx\.|www\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_PMID: Final = re.compile(r"[0-9]{1,8}")
_PMCID: Final = re.compile(r"PMC[0-9]{1,9}")
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def normalised(text: str) -> str:
    r"""`text` with line ends as LF and no white space around it.

    >>> normalised(" one\r\ntwo \n")
    'one\ntwo'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_article_id(text: str) -> bool:
    """Whether `text` has the form of an article's id."""
    return _ID.fullmatch(text) is not None


def article_id(name: str) -> str:
    """An id made of a file's name; a name that is too long ends in a hash, so that its like gets another id.

    >>> article_id("Cold Duration_2")
    'cold-duration-2'
    """
    identifier = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if len(identifier) <= MAX_ID_CHARS:
        return identifier
    return f"{identifier[: MAX_ID_CHARS - 9]}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"


def article_from_record(record: Mapping[str, object], *, default_id: str = "", needs_answer: bool = True) -> Article:
    """The article that `record` (the JSON form) states.

    `default_id` stands in where the record has no id. With `needs_answer` false, a question alone is enough, as
    in an evaluation library. Raises InvalidArticle with every problem found.
    """
    reader = _Reader(record)
    identifier = reader.line("id") or default_id
    if not is_article_id(identifier) and not reader.refused({"id"}):
        reader.problem("id", identifier, "1 to 100 of the characters a-z, 0-9 and -")
    question = reader.line("question")
    short_answer = reader.text("short_answer", MAX_SHORT_ANSWER_CHARS)
    explanation = reader.text("explanation", MAX_EXPLANATION_CHARS)
    if not question and not reader.refused({"question"}):
        reader.problem("question", record.get("question"), "a question: an article is found and headed by it")
    if needs_answer and not (short_answer or explanation or reader.refused({"short_answer", "explanation"})):
        reader.problem("short_answer", short_answer, "an answer (nor is there an explanation)")
    article = Article(
        id=identifier,
        question=question,
        short_answer=short_answer,
        explanation=explanation,
        also_asked=reader.lines("also_asked"),
        symptoms=reader.lines("symptoms", MAX_SYMPTOM_CHARS),
        author=reader.line("author"),
        reviewer=reader.line("reviewer"),
        published=reader.date("published"),
        reviewed=reader.date("reviewed"),
        review_due=reader.date("review_due"),
        language=reader.matching("language", LANGUAGE_TAG, "a BCP 47 language tag such as en or pt-BR") or "en",
        status=reader.status(),
        source=reader.matching("source", _WEB_ADDRESS, "a web address (http:// or https://)"),
        references=reader.references(),
    )
    reader.finish(KEYS)
    return article


def record_from_article(article: Article) -> dict[str, Any]:
    """The JSON form of `article`: every key, in the order of `KEYS`; dates as ISO 8601, None where not given."""
    record: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(article, key)
        if key == "references":
            value = [{name: getattr(reference, name) for name in REFERENCE_KEYS} for reference in value]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, dt.date):
            value = value.isoformat()
        elif isinstance(value, Status):
            value = value.value
        record[key] = value
    return record


class _Reader:
    """Takes typed values out of a record and collects what is wrong with it."""

    def __init__(self, record: Mapping[str, object], prefix: str = "") -> None:
        self._record = record
        self._prefix = prefix
        self._problems: list[Problem] = []

    def problem(self, field: str, value: object, expected: str) -> None:
        self._problems.append(Problem(self._prefix + field, value, expected))

    def refused(self, fields: set[str]) -> bool:
        return any(problem.field.removeprefix(self._prefix) in fields for problem in self._problems)

    def finish(self, keys: tuple[str, ...]) -> None:
        for key in self._record:
            if key not in keys:
                self.problem(str(key), self._record[key], f"a known field (known are {', '.join(keys)})")
        if self._problems:
            raise InvalidArticle(self._problems)

    def text(self, field: str, max_chars: int) -> str:
        value = self._record.get(field)
        return "" if value is None else self._checked(field, value, max_chars)

    def line(self, field: str) -> str:
        return self._single(field, self.text(field, MAX_LINE_CHARS))

    def lines(self, field: str, max_chars: int = MAX_LINE_CHARS) -> tuple[str, ...]:
        lines = []
        for place, value in self._items(field, "a list of lines of text"):
            line = self._single(place, self._checked(place, value, max_chars))
            if not line and not self.refused({place}):
                self.problem(place, value, "a line of text (it is empty)")
            lines.append(line)
        return tuple(lines)

    def matching(self, field: str, pattern: re.Pattern[str], expected: str) -> str:
        value = self.line(field)
        if value and not pattern.fullmatch(value):
            self.problem(field, value, expected)
        return value

    def date(self, field: str) -> dt.date | None:
        value = self._record.get(field)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        text = self.line(field)
        if not text:
            return None
        try:
            if _DATE.fullmatch(text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        self.problem(field, text, "a date of the form YYYY-MM-DD")
        return None

    def status(self) -> Status:
        value = self.line("status")
        if not value:
            return Status.PUBLISHED
        try:
            return Status(value)
        except ValueError:
            self.problem("status", value, f"one of {', '.join(Status)}")
            return Status.DRAFT

    def references(self) -> tuple[Reference, ...]:
        references = []
        for place, value in self._items("references", "a list of references"):
            if isinstance(value, str):
                value = {"text": value}  # noqa: PLW2901  a bare text is short for a record with that text
            if not isinstance(value, Mapping):
                self.problem(place, value, f"a text, or a record with the keys {', '.join(REFERENCE_KEYS)}")
                continue
            references.append(self._reference(place, value))
        return tuple(references)

    def _reference(self, place: str, record: Mapping[str, object]) -> Reference:
        inner = _Reader(record, f"{self._prefix}{place}.")
        stated = inner.line("doi")
        doi = stated[prefix.end() :] if (prefix := _DOI_PREFIX.match(stated)) else stated
        reference = Reference(
            text=inner.line("text"),
            doi=doi or None,
            pmid=inner.matching("pmid", _PMID, "a PubMed id (digits)") or None,
            pmcid=inner.matching("pmcid", _PMCID, "a PubMed Central id such as PMC123") or None,
            url=inner.matching("url", _WEB_ADDRESS, "a web address (http:// or https://)") or None,
        )
        if doi and not _DOI.fullmatch(doi):
            inner.problem("doi", doi, "a DOI such as 10.1000/xyz")
        if not reference.text and not inner.refused({"text"}):
            inner.problem("text", record.get("text"), "the reference as it is to be printed")
        try:
            inner.finish(REFERENCE_KEYS)
        except InvalidArticle as error:
            self._problems.extend(error.problems)
        return with_identifiers(reference)

    def _items(self, field: str, expected: str) -> list[tuple[str, object]]:
        value = self._record.get(field)
        if value is None or value == "":
            return []
        if not isinstance(value, list | tuple):
            self.problem(field, value, expected)
            return []
        if len(value) > MAX_ITEMS:
            self.problem(field, value, f"a list of at most {MAX_ITEMS} (it has {len(value)})")
            return []
        return [(f"{field}[{number}]", item) for number, item in enumerate(value, start=1)]

    def _checked(self, field: str, value: object, max_chars: int) -> str:
        if not isinstance(value, str):
            self.problem(field, value, "text")
            return ""
        text = normalised(value)
        if len(text) > max_chars:
            self.problem(field, text, f"at most {max_chars:,} characters (it has {len(text):,})")
            return ""
        if found := UNPRINTABLE.search(text):
            self.problem(field, text, f"free of control characters (U+{ord(found.group()):04X} at {found.start()})")
            return ""
        return text

    def _single(self, field: str, text: str) -> str:
        if "\n" in text:
            self.problem(field, text, "a single line")
        return text

"""Articles of every kind that the rules allow, for property tests."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bot.domain.article import Article, Revision, Status
from bot.domain.records import article_from_record
from bot.ports import Refusal, SourcedArticle, StoredArticle

if TYPE_CHECKING:
    from collections.abc import Iterable

# What YAML, CSV or JSON could take for something else than text.
TRICKY = [
    "no", "~", "null", "0x1f", "1e3", "2025-05-15", "# x", "a: b", "a #b", "'", '"', '""', "---", "...", "{a", "[b]",
    "- a", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "a,b", "=1+1", "\\n", "<<", "\u2028", "\u2029",
    "\ufeff", "\u200b", "\U0001f912", "e\u0301", "\u00e9", "a\tb", "doi: 10.1000/x.", "PMID: 1", "https://example.org/a",
]  # fmt: skip
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"])
LINE = st.lists(st.sampled_from(TRICKY) | st.text(CHARACTERS, max_size=6), min_size=1, max_size=5).map(" ".join)
TEXT = st.lists(LINE | st.sampled_from(["", " ", "  indented", "- item", "---"]), max_size=6).map("\n".join)
DATE = st.none() | st.dates(min_value=dt.date(1000, 1, 1)).map(dt.date.isoformat)
WEB = st.sampled_from(["", "https://example.org/?a=b&c=%20#d", "http://example.org/\u00e9"])
REFERENCE = st.fixed_dictionaries(
    {"text": LINE.filter(str.strip)},
    optional={
        "doi": st.sampled_from(["10.1000/xyz", "10.1000/(a)<b>;c", ""]),
        "pmid": st.sampled_from(["1", "00012", ""]),
        "pmcid": st.sampled_from(["PMC1", ""]),
        "url": WEB,
    },
)
RECORD = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
        "question": LINE.filter(str.strip),
        "short_answer": TEXT,
        "explanation": TEXT.filter(str.strip),
        "also_asked": st.lists(LINE.filter(str.strip), max_size=3),
        "symptoms": st.lists(LINE.filter(str.strip), max_size=3),
        "author": LINE,
        "reviewer": LINE,
        "published": DATE,
        "reviewed": DATE,
        "review_due": DATE,
        "language": st.sampled_from(["en", "no", "pt-BR"]),
        "status": st.sampled_from([status.value for status in Status]),
        "source": WEB,
        "references": st.lists(REFERENCE, max_size=3),
    }
)
ARTICLE = RECORD.map(article_from_record)


def stored(article: Article, source_text: str | None = None) -> StoredArticle:
    """`article` as a store would give it."""
    revision = Revision(1, article, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), article.sha256)
    return StoredArticle(revision, (), source_text, 1)


def articles_of(records: Iterable[SourcedArticle | Refusal]) -> list[Article]:
    """The articles among `records`, all of which must be some."""
    articles = []
    for record in records:
        assert isinstance(record, SourcedArticle), record
        articles.append(record.article)
    return articles


def refusals_of(records: Iterable[SourcedArticle | Refusal]) -> list[tuple[str, str]]:
    """The refusals among `records`: which record, and why."""
    return [(record.record, record.reason) for record in records if isinstance(record, Refusal)]

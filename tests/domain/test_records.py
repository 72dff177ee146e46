"""The JSON form of an article: what is taken, what is refused, and what nothing ever changes."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.article import Status
from bot.domain.errors import InvalidArticle
from bot.domain.records import (
    KEYS,
    MAX_EXPLANATION_CHARS,
    MAX_ITEMS,
    MAX_LINE_CHARS,
    MAX_SHORT_ANSWER_CHARS,
    article_from_record,
    article_id,
    is_article_id,
    record_from_article,
)
from bot.domain.references import Reference

LEAST: dict[str, object] = {"id": "a", "question": "Why?", "short_answer": "So."}


def problems(**values: object) -> list[tuple[str, object, str]]:
    with pytest.raises(InvalidArticle) as caught:
        article_from_record(LEAST | values)
    return [(problem.field, problem.value, problem.expected) for problem in caught.value.problems]


def test_least_record_gets_the_defaults() -> None:
    """An id, a question and an answer suffice; all else has the contract's default."""
    article = article_from_record(LEAST)
    assert record_from_article(article) == {
        **dict.fromkeys(KEYS, ""),
        **LEAST,
        "also_asked": [],
        "symptoms": [],
        "references": [],
        "published": None,
        "reviewed": None,
        "review_due": None,
        "language": "en",
        "status": "published",
    }


def test_json_form_is_kept() -> None:
    """A record with every key comes back as it was, its keys in the contract's order."""
    record: dict[str, Any] = {
        "id": "cold-2",
        "question": "How long?",
        "short_answer": "A week.\n\nOr two.",
        "also_asked": ["When is it over?"],
        "symptoms": ["cough", "runny nose"],
        "author": "A. Author",
        "reviewer": "R. Reviewer",
        "published": "2025-05-15",
        "reviewed": "2025-05-16",
        "review_due": "2028-05-15",
        "language": "pt-BR",
        "status": "sample",
        "source": "https://example.org/a?b=c",
        "references": [
            {"text": "A title. 2021.", "doi": "10.1000/xyz", "pmid": "1", "pmcid": "PMC2", "url": "http://example.org"}
        ],
        "explanation": "Text.\n\n- one\n- two",
    }
    back = record_from_article(article_from_record(record))
    assert back == record
    assert tuple(back) == KEYS


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", "Cold", "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", "a b", "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", "\u00e9", "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", "", "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", "a" * 101, "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", "../a", "1 to 100 of the characters a-z, 0-9 and -"),
        ("id", 7, "text"),
        ("question", None, "a question: an article is found and headed by it"),
        ("question", " \n ", "a question: an article is found and headed by it"),
        ("question", ["Why?"], "text"),
        ("question", "Why?\nHow?", "a single line"),
        ("question", "x" * (MAX_LINE_CHARS + 1), "at most 1,000 characters (it has 1,001)"),
        ("short_answer", "x" * (MAX_SHORT_ANSWER_CHARS + 1), "at most 5,000 characters (it has 5,001)"),
        ("explanation", "x" * (MAX_EXPLANATION_CHARS + 1), "at most 200,000 characters (it has 200,001)"),
        ("explanation", float("nan"), "text"),
        ("also_asked", "one phrasing", "a list of lines of text"),
        ("also_asked", {"a": "b"}, "a list of lines of text"),
        ("symptoms", ["x"] * (MAX_ITEMS + 1), "a list of at most 500 (it has 501)"),
        ("author", True, "text"),
        ("published", "15/05/2025", "a date of the form YYYY-MM-DD"),
        ("published", "2025-02-29", "a date of the form YYYY-MM-DD"),
        ("published", "20250515", "a date of the form YYYY-MM-DD"),
        ("published", "2025-W20-4", "a date of the form YYYY-MM-DD"),
        ("published", "\u0662\u0660\u0662\u0665-05-15", "a date of the form YYYY-MM-DD"),
        ("reviewed", "2025-05-15T10:00", "a date of the form YYYY-MM-DD"),
        ("reviewed", dt.datetime(2025, 5, 15, tzinfo=dt.UTC), "text"),
        ("review_due", "soon", "a date of the form YYYY-MM-DD"),
        ("review_due", 20280515, "text"),
        ("language", "english!", "a BCP 47 language tag such as en or pt-BR"),
        ("language", "en_US", "a BCP 47 language tag such as en or pt-BR"),
        ("status", "Published", "one of draft, published, retired, sample"),
        ("source", "example.org", "a web address (http:// or https://)"),
        ("source", "javascript:alert(1)", "a web address (http:// or https://)"),
        ("source", "https://", "a web address (http:// or https://)"),
        ("source", "https://a b", "a web address (http:// or https://)"),
        ("references", "A title.", "a list of references"),
    ],
)
def test_a_broken_rule_names_field_value_and_expectation(field: str, value: object, expected: str) -> None:
    """Each rule is stated with its field, the value as it was found, and what was expected, and only once."""
    found = problems(**{field: value})
    assert [(name, what) for name, _, what in found] == [(field, expected)]
    shown_value = found[0][1]
    if not isinstance(value, float) and value != " \n ":
        assert shown_value == value


def test_an_answer_is_needed_only_where_asked_for() -> None:
    """A question alone is no article, but enough for an evaluation library."""
    bare = {"id": "a", "question": "Why?"}
    with pytest.raises(InvalidArticle, match=r"short_answer: '' is not an answer \(nor is there an explanation\)"):
        article_from_record(bare)
    assert article_from_record(bare, needs_answer=False).question == "Why?"


@pytest.mark.parametrize("key", ["short_answer", "explanation"])
def test_either_answer_suffices(key: str) -> None:
    """A short answer without an explanation is an article, and so is the reverse."""
    article = article_from_record({"id": "a", "question": "Why?", key: "So."})
    assert {article.short_answer, article.explanation} == {"So.", ""}


def test_every_problem_is_told_at_once() -> None:
    """A record with faults in several fields is refused with all of them."""
    found = problems(id="A", question="", published="x", status="y", references=[{"text": "", "pmid": "z"}])
    assert [field for field, _, _ in found] == [
        "id",
        "question",
        "published",
        "status",
        "references[1].pmid",
        "references[1].text",
    ]


def test_unknown_key_is_refused_with_the_known_ones() -> None:
    """A misspelt key is not dropped in silence."""
    assert problems(shortanswer="x") == [("shortanswer", "x", f"a known field (known are {', '.join(KEYS)})")]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("", "a line of text (it is empty)"),
        ("  ", "a line of text (it is empty)"),
        ("a\nb", "a single line"),
        (None, "text"),
        (["x"], "text"),
    ],
)
def test_a_bad_item_is_named_by_its_place(item: object, expected: str) -> None:
    """The second of three symptoms is called symptoms[2]."""
    assert [(field, what) for field, _, what in problems(symptoms=["a", item, "b"])] == [("symptoms[2]", expected)]


@pytest.mark.parametrize(
    ("reference", "field", "expected"),
    [
        ({"text": ""}, "references[1].text", "the reference as it is to be printed"),
        ({"doi": "10.1000/x"}, "references[1].text", "the reference as it is to be printed"),
        ({"text": "T", "doi": "11.1000/x"}, "references[1].doi", "a DOI such as 10.1000/xyz"),
        ({"text": "T", "doi": "10.1000/a b"}, "references[1].doi", "a DOI such as 10.1000/xyz"),
        ({"text": "T", "pmid": "PMID1"}, "references[1].pmid", "a PubMed id (digits)"),
        ({"text": "T", "pmid": "\u0661\u0662"}, "references[1].pmid", "a PubMed id (digits)"),
        ({"text": "T", "pmid": 12}, "references[1].pmid", "text"),
        ({"text": "T", "pmcid": "123"}, "references[1].pmcid", "a PubMed Central id such as PMC123"),
        ({"text": "T", "url": "ftp://x.org"}, "references[1].url", "a web address (http:// or https://)"),
        ({"text": "T", "isbn": "1"}, "references[1].isbn", "a known field (known are text, doi, pmid, pmcid, url)"),
        (5, "references[1]", "a text, or a record with the keys text, doi, pmid, pmcid, url"),
    ],
)
def test_a_bad_reference_is_named_by_its_place(reference: object, field: str, expected: str) -> None:
    """Each rule of a reference is stated with the reference's number and the key in it."""
    assert [(name, what) for name, _, what in problems(references=[reference])] == [(field, expected)]


@pytest.mark.parametrize(
    "doi",
    [
        "10.1000/Xyz",
        "doi:10.1000/Xyz",
        "DOI: 10.1000/Xyz",
        "https://doi.org/10.1000/Xyz",
        "http://dx.doi.org/10.1000/Xyz",
    ],
)
def test_doi_is_taken_in_each_form_it_is_written_in(doi: str) -> None:
    """A DOI may be given bare, with its label or as a link; it is kept bare, its letters' case as given."""
    article = article_from_record(LEAST | {"references": [{"text": "T", "doi": doi}]})
    assert article.references == (Reference("T", doi="10.1000/Xyz"),)


def test_a_bare_text_is_a_reference() -> None:
    """A reference may be its text alone, whose identifiers are then read from it."""
    article = article_from_record(LEAST | {"references": ["T. PMID: 12"]})
    assert article.references == (Reference("T. PMID: 12", pmid="12"),)


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", chr(0xDFFF)]
)
@pytest.mark.parametrize("field", ["question", "short_answer", "explanation", "author"])
def test_control_characters_and_lone_surrogates_are_refused(field: str, character: str) -> None:
    """Neither can be shown, stored and hashed alike everywhere; the message names the code point and its place."""
    assert problems(**{field: f"ab{character}c"}) == [
        (field, f"ab{character}c", f"free of control characters (U+{ord(character):04X} at 2)")
    ]


def test_a_problem_with_a_lone_surrogate_can_be_printed() -> None:
    """The message about unprintable text is itself printable, as UTF-8."""
    with pytest.raises(InvalidArticle) as caught:
        article_from_record(LEAST | {"question": "a\ud800"})
    assert b"U+D800" in str(caught.value).encode()


def test_tab_and_line_end_are_kept() -> None:
    """Inside a text, a tab and an empty line are the author's."""
    assert article_from_record(LEAST | {"explanation": "a\tb\n\n\nc  d"}).explanation == "a\tb\n\n\nc  d"


def test_line_ends_are_normalised() -> None:
    """CR LF and CR become LF, and white space around a text is dropped."""
    assert article_from_record(LEAST | {"explanation": " \r\none\r\ntwo\rthree\n "}).explanation == "one\ntwo\nthree"


def test_unicode_is_not_normalised() -> None:
    """A letter stays composed or decomposed as it was typed, so that the text is the author's to the byte."""
    composed, decomposed = "caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9")
    assert composed != decomposed
    for text in (composed, decomposed):
        assert article_from_record(LEAST | {"explanation": text}).explanation == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50))
def test_text_is_kept_to_the_character(text: str) -> None:
    """Whatever is printed between two words is kept."""
    kept = f"a{text}b"
    article = article_from_record(LEAST | {"question": kept, "explanation": kept})
    assert (article.question, article.explanation) == (kept, kept)


@pytest.mark.parametrize("status", list(Status))
def test_only_published_and_sample_are_served(status: Status) -> None:
    """Drafts and retired articles are never shown."""
    article = article_from_record(LEAST | {"status": status.value})
    assert article.is_served == (status.value in {"published", "sample"})


def test_limits_are_inclusive() -> None:
    """A text of exactly the longest length, and a list of exactly the most items, are taken."""
    article = article_from_record(
        {
            "id": "a" * 100,
            "question": "q" * MAX_LINE_CHARS,
            "short_answer": "s" * MAX_SHORT_ANSWER_CHARS,
            "explanation": "e" * MAX_EXPLANATION_CHARS,
            "symptoms": ["x"] * MAX_ITEMS,
        }
    )
    assert len(article.explanation) == MAX_EXPLANATION_CHARS


def test_a_date_may_be_a_date_already() -> None:
    """A reader that knows dates may hand them over as such."""
    assert article_from_record(LEAST | {"published": dt.date(2025, 5, 15)}).published == dt.date(2025, 5, 15)


def test_a_nested_list_is_shown_shortly() -> None:
    """A list of lists of lists is refused with a message of a line's length, however large it is."""
    bomb: list[object] = ["x" * 1000]
    for _ in range(12):
        bomb = [bomb] * 10
    for field in ("also_asked", "references", "question", "unknown"):
        with pytest.raises(InvalidArticle) as caught:
            article_from_record(LEAST | {field: bomb})
        assert len(str(caught.value.problems[0])) < 400


def test_a_long_file_name_keeps_its_own_id() -> None:
    """Names that differ only beyond the longest id do not get the same id."""
    first, second = article_id("word " * 30 + "one"), article_id("word " * 30 + "two")
    assert first != second
    assert is_article_id(first)
    assert first == article_id("word " * 30 + "one")


@given(st.text(max_size=300))
def test_an_id_made_of_a_name_is_an_id(name: str) -> None:
    """Whatever a file is called, its id is a valid one, or empty where the name has no letter to make it of."""
    identifier = article_id(name)
    assert is_article_id(identifier) or identifier == ""
    assert article_id(identifier) == identifier

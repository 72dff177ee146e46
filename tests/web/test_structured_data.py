"""What search engines read: every term is schema.org's, in its place, and nothing is claimed that is not so."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from rdflib.namespace import SDO

from bot.domain.article import Article, Revision, Status
from bot.domain.references import Reference
from bot.web.structured_data import Described, as_data_block, structured_data
from tests.conftest import NOON
from tests.web.test_article_pages import SIGNED, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

    from bot.bootstrap import Installation

# "More specific type" and "used on these types" of the pages https://schema.org/TERM. That each is a term of theirs is
# held against the vocabulary that rdflib brings.
PARENTS: Final = {
    "MedicalWebPage": ("WebPage",),
    "WebPage": ("CreativeWork",),
    "WebSite": ("CreativeWork",),
    "Question": ("Comment",),
    "Answer": ("Comment",),
    "Comment": ("CreativeWork",),
    "CreativeWork": ("Thing",),
    "Patient": ("MedicalAudience", "Person"),
    "MedicalAudience": ("Audience",),
    "Audience": ("Thing",),
    "Person": ("Thing",),
    "PropertyValue": ("Thing",),
    "Thing": (),
}
USED_ON: Final = {
    "about": "CreativeWork",
    "acceptedAnswer": "Question",
    "audience": "CreativeWork",
    "author": "CreativeWork",
    "citation": "CreativeWork",
    "creativeWorkStatus": "CreativeWork",
    "dateModified": "CreativeWork",
    "datePublished": "CreativeWork",
    "description": "Thing",
    "headline": "CreativeWork",
    "identifier": "Thing",
    "inLanguage": "CreativeWork",
    "isPartOf": "CreativeWork",
    "keywords": "CreativeWork",
    "lastReviewed": "WebPage",
    "mainEntity": "CreativeWork",
    "name": "Thing",
    "propertyID": "PropertyValue",
    "relatedLink": "WebPage",
    "reviewedBy": "WebPage",
    "sameAs": "Thing",
    "text": "CreativeWork",
    "url": "Thing",
    "value": "PropertyValue",
    "version": "CreativeWork",
}
# The types that a property's value may have, on the same pages; text alone is taken everywhere.
EXPECTED: Final = {
    "about": "Thing",
    "acceptedAnswer": "Answer",
    "audience": "Audience",
    "citation": "CreativeWork",
    "identifier": "PropertyValue",
    "isPartOf": "CreativeWork",
    "mainEntity": "Thing",
    "reviewedBy": "Person",
}


def described(article: Article, **fields: Any) -> Described:
    revision = Revision(2, article, NOON, article.sha256)
    values = {"is_newest": True, "is_overdue": False} | fields
    return Described(revision, "https://example.org/articles/signed", "https://example.org/", **values)


def lineage(kind: str) -> Iterator[str]:
    yield kind
    for parent in PARENTS[kind]:
        yield from lineage(parent)


def check(node: dict[str, Any]) -> None:
    kinds = set(lineage(node["@type"]))
    assert all(kind in SDO for kind in kinds)
    for name, value in node.items():
        if name.startswith("@"):
            continue
        assert name in SDO
        assert USED_ON[name] in kinds, f"{name} is not used on {node['@type']}"
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                assert EXPECTED[name] in lineage(each["@type"]), f"{name} is no {each['@type']}"
                check(each)
            else:
                assert isinstance(each, str | int)
                assert each != ""


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.SAMPLE])
def test_every_term_is_schema_org_s(status: Status) -> None:
    """And each property is used on a type that has it, with a value of a type that it takes."""
    data = structured_data(described(replace(SIGNED, status=status, explanation="More."), others=("https://e.org/",)))
    assert data["@context"] == "https://schema.org"
    check(data)
    assert "nonsense" not in SDO


def test_what_is_told_is_what_the_library_knows() -> None:
    """Each date, name and text as it is there."""
    data = structured_data(described(replace(SIGNED, explanation="More.\n\n- a")))
    assert data["@type"] == "MedicalWebPage"
    assert data["lastReviewed"] == "2025-05-16"
    assert data["reviewedBy"] == {"@type": "Person", "name": "B. Reviewer"}
    assert (data["datePublished"], data["dateModified"]) == ("2025-05-15", NOON.isoformat())
    assert data["mainEntity"] == {
        "@type": "Question",
        "name": SIGNED.question,
        "acceptedAnswer": {"@type": "Answer", "text": "About a week.\n\nMore.\n\n- a"},
    }
    first, bare = data["citation"]
    assert first["name"] == "All. "
    assert first["url"] == "https://doi.org/10.1000/x<1>"
    assert [each["propertyID"] for each in first["identifier"]] == ["DOI", "PMID", "PMCID"]
    assert bare == {"@type": "CreativeWork", "name": "Bare."}
    assert not {"license", "publisher"} & data.keys()


@pytest.mark.parametrize(
    ("article", "fields"),
    [
        (replace(SIGNED, status=Status.SAMPLE), {}),
        (SIGNED, {"is_overdue": True}),
        (SIGNED, {"is_newest": False}),
        (replace(SIGNED, reviewer=""), {}),
    ],
    ids=["a sample", "an overdue one", "a past revision", "one that nobody signed"],
)
def test_no_review_is_claimed_of(article: Article, fields: dict[str, Any]) -> None:
    """Nor by whom."""
    assert not {"lastReviewed", "reviewedBy"} & structured_data(described(article, **fields)).keys()


def test_hostile_texts_stay_texts(client: TestClient, installation: Installation) -> None:
    """What would end the element is read back as it was written."""
    words = '</script><!-- <script>alert(1)</script> "quoted" \\ \u2028 & ]]>'
    put(installation, replace(SIGNED, question=words, short_answer=words, references=(Reference(words),)))
    page = html.fromstring(client.get("/articles/signed").text)
    blocks = page.cssselect("script")
    assert {(block.get("type"), block.get("src")) for block in blocks} == {
        ("application/ld+json", None),
        (None, "/widget.js"),
    }
    data = json.loads(str(page.cssselect('script[type="application/ld+json"]')[0].text))
    assert data["name"] == words
    assert data["mainEntity"]["acceptedAnswer"]["text"] == words
    assert data["citation"][0]["name"] == words


@settings(deadline=None, database=None)
@given(st.text())
def test_any_text_is_read_back(words: str) -> None:
    """And no mark is left that HTML or a script would take for its own."""
    block = as_data_block({"text": words})
    assert json.loads(block) == {"text": words}
    assert not set(block) & set("<>&\u2028\u2029")


def test_an_overdue_page_says_so(client: TestClient, installation: Installation) -> None:
    """On the page that is served."""
    put(installation, replace(SIGNED, review_due=dt.date(2025, 6, 1)))
    data = json.loads(str(html.fromstring(client.get("/articles/signed").text).cssselect("script")[0].text))
    assert data["creativeWorkStatus"] == "Overdue for review"
    assert "reviewedBy" not in data

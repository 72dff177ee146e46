"""Identifiers that stand in a reference's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.references import Reference, with_identifiers


def found(text: str) -> tuple[str | None, str | None, str | None, str | None]:
    reference = with_identifiers(Reference(text))
    assert reference.text == text
    return reference.doi, reference.pmid, reference.pmcid, reference.url


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("T. doi: 10.1000/abc.", "10.1000/abc"),
        ("T. DOI:10.1000/ABC; next", "10.1000/ABC"),
        ("T. https://doi.org/10.1000/abc", "10.1000/abc"),
        ("T (doi: 10.1000/abc).", "10.1000/abc"),
        ("T [10.1000/abc].", "10.1000/abc"),
        ("T. 10.1000/abc, 2021", "10.1000/abc"),
        ("T. 10.1016/S0000-0000(97)11096-0.", "10.1016/S0000-0000(97)11096-0"),
        ("T. (10.1016/S0000-0000(97)11096-0)", "10.1016/S0000-0000(97)11096-0"),
        (
            "T. doi: 10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-X968>3.0.CO;2-2.",
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-X968>3.0.CO;2-2",
        ),
        ("T. doi: 10.1000/a_b-c.d/e.", "10.1000/a_b-c.d/e"),
        ("T. <10.1000/abc>", "10.1000/abc"),
        ("Version 10.1 of the text", None),
        ("T. 210.1000/abc", None),
    ],
)
def test_doi(text: str, doi: str | None) -> None:
    """A DOI ends before the sentence's own marks, and keeps the brackets that are its own."""
    assert found(text)[0] == doi


@pytest.mark.parametrize(
    ("text", "pmid", "pmcid"),
    [
        ("T. PMID: 35066535.", "35066535", None),
        ("T. PMID 1; PMCID: PMC22.", "1", "PMC22"),
        ("T. pmid:1; pmcid: pmc22", "1", "PMC22"),
        ("T. PMCID: PMC22", None, "PMC22"),
        ("T. PMID: 123456789", None, None),
        ("T. XPMID: 12", None, None),
        ("T. PMID: \u0661\u0662", None, None),
    ],
)
def test_pubmed_ids(text: str, pmid: str | None, pmcid: str | None) -> None:
    """PubMed's ids are read with and without a colon; the digits of one are never taken for the other's."""
    assert found(text)[1:3] == (pmid, pmcid)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("T. https://example.org/a.", "https://example.org/a"),
        ("T (https://example.org/a_(b)).", "https://example.org/a_(b)"),
        ("T. \u201chttps://example.org/a\u201d.", "https://example.org/a"),
        ("T. <http://example.org/?q=1&r=2>, 2021", "http://example.org/?q=1&r=2"),
        ("T. https://doi.org/10.1000/abc", None),
        ("T. https://doi.org/10.1000%2Fabc", "https://doi.org/10.1000%2Fabc"),
        ("T. example.org", None),
    ],
)
def test_url(text: str, url: str | None) -> None:
    """An address ends before the sentence's own marks; one that only repeats the DOI is not kept twice."""
    assert found(text)[3] == url


def test_what_is_stated_wins() -> None:
    """Identifiers that are given are not replaced by those in the text."""
    given_ids = Reference(
        "T. doi: 10.1000/other. PMID: 1; PMCID: PMC2. https://example.org", "10.1000/x", "7", "PMC8", "http://a.b"
    )
    assert with_identifiers(given_ids) == given_ids


@pytest.mark.parametrize(
    ("reference", "href"),
    [
        (Reference("T", "10.1000/x", "7", "PMC8", "http://a.b"), "https://doi.org/10.1000/x"),
        (Reference("T", None, "7", "PMC8", "http://a.b"), "https://pubmed.ncbi.nlm.nih.gov/7/"),
        (Reference("T", None, None, "PMC8", "http://a.b"), "https://pmc.ncbi.nlm.nih.gov/articles/PMC8/"),
        (Reference("T", url="http://a.b"), "http://a.b"),
        (Reference("T"), None),
    ],
)
def test_the_best_link_is_chosen(reference: Reference, href: str | None) -> None:
    """The DOI's resolver comes first, then PubMed, then PubMed Central, then the address given."""
    assert reference.href == href


@given(
    st.text(max_size=80),
    st.from_regex(r"10\.[0-9]{4,9}/[a-z0-9]{1,20}", fullmatch=True),
    st.sampled_from([".", ").", "]", ";", ""]),
)
def test_a_doi_after_its_label_is_found_whole(before: str, doi: str, closing: str) -> None:
    """Whatever stands before it, and whatever mark closes it, a labelled DOI is found to the character."""
    text = f"{before.replace('10.', '')} doi: {doi}{closing}"
    assert with_identifiers(Reference(text)).doi == doi


PIECES = [
    "10.1000/",
    "a(b",
    ")",
    "]",
    ".",
    "PMID: ",
    "12",
    "PMCID: ",
    "pmc3",
    "https://",
    "doi.org/",
    "example.org",
    " ",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_identifiers_stand_in_the_text(text: str) -> None:
    """Nothing is derived that the text does not say, and deriving twice changes nothing."""
    reference = with_identifiers(Reference(text))
    for value in (reference.doi, reference.pmid, reference.url):
        assert value is None or value in text
    assert reference.pmcid is None or reference.pmcid in text.upper()
    assert with_identifiers(reference) == reference

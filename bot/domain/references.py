"""A reference: what it says, and the identifiers by which it can be found."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

# Crossref's recommended pattern ("DOIs and matching regular expressions", 2015).
_DOI: Final = re.compile(r"\b10\.[0-9]{4,9}/[-._;()/:a-z0-9<>\[\]]+", re.IGNORECASE)
_PMID: Final = re.compile(r"\bPMID:?\s*([0-9]{1,8})\b", re.IGNORECASE)
_PMCID: Final = re.compile(r"\bPMCID:?\s*(PMC[0-9]{1,9})\b", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that an article names.

    `text` is printed as it is. `doi` is bare ("10.1000/xyz"), `pmid` digits, `pmcid` "PMC" and digits,
    `url` absolute; None where the reference has none.
    """

    text: str
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None

    @property
    def href(self) -> str | None:
        """The best link: the DOI's resolver, else PubMed, else PubMed Central, else the reference's own URL."""
        return self.links[0][1] if self.links else None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Every place where it can be looked up, the best first, as (name, address).

        >>> Reference("R.", doi="10.1000/x", pmid="1").links
        (('DOI 10.1000/x', 'https://doi.org/10.1000/x'), ('PubMed 1', 'https://pubmed.ncbi.nlm.nih.gov/1/'))
        >>> Reference("R.", url="https://www.example.org/page?x=1").links
        (('www.example.org', 'https://www.example.org/page?x=1'),)
        """
        found = (
            (f"DOI {self.doi}", self.doi and f"https://doi.org/{self.doi}"),
            (f"PubMed {self.pmid}", self.pmid and f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"),
            (f"PubMed Central {self.pmcid}", self.pmcid and f"https://pmc.ncbi.nlm.nih.gov/articles/{self.pmcid}/"),
            (self.url and _host(self.url), self.url),
        )
        return tuple((name, address) for name, address in found if name and address)


def with_identifiers(reference: Reference) -> Reference:
    """`reference` with the identifiers that it does not state but that stand in its text.

    >>> with_identifiers(Reference("Smith A. Title. J. 2021;1:2. doi: 10.1000/xyz. PMID: 123; PMCID: PMC45."))
    ... # doctest: +ELLIPSIS
    Reference(text='Smith A...', doi='10.1000/xyz', pmid='123', pmcid='PMC45', url=None)
    """
    doi, pmid, pmcid, url = (pattern.search(reference.text) for pattern in (_DOI, _PMID, _PMCID, _URL))
    found_url = _without_closing_marks(url.group()) if url else None
    if doi and found_url and "doi.org/" in found_url.lower():
        found_url = None  # the DOI says the same
    return replace(
        reference,
        doi=reference.doi or (_without_closing_marks(doi.group()) if doi else None),
        pmid=reference.pmid or (pmid.group(1) if pmid else None),
        pmcid=reference.pmcid or (pmcid.group(1).upper() if pmcid else None),
        url=reference.url or found_url,
    )


def _host(url: str) -> str:
    """The host of a URL, as a reader knows it; the URL itself where it has none."""
    return url.partition("://")[2].partition("/")[0] or url


def _without_closing_marks(found: str) -> str:
    """A DOI or URL as it stands in running text, without the sentence's own closing marks."""
    while found and (found[-1] in ".,;:>!?'\u2019\u201d\u00bb" or (found[-1] in ")]" and _unbalanced(found))):
        found = found[:-1]
    return found


def _unbalanced(found: str) -> bool:
    opening = {")": "(", "]": "["}[found[-1]]
    return found.count(opening) < found.count(found[-1])

"""An article page as search engines read it: schema.org's `MedicalWebPage`, and what Open Graph asks for.

Only what the library knows is said. Who reviewed a text is said of the newest revision alone, while its sign-off
stands and its review is not overdue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from bot.domain.article import Status

if TYPE_CHECKING:
    from bot.domain.article import Article, Revision
    from bot.domain.references import Reference

SITE_NAME: Final = "Doctor\u2019s Note"
# What could end the element, or a line of a script, inside a string of JSON: all have escapes there.
_ESCAPES: Final = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Described:
    """A revision as a page shows it. `url` is the page's own, `home` the site's; `others` are pages beside it."""

    revision: Revision
    url: str
    home: str
    is_newest: bool
    is_overdue: bool
    others: tuple[str, ...] = ()

    @property
    def may_claim_review(self) -> bool:
        """Whether it may be said that a clinician reviewed what stands here."""
        article = self.revision.article
        is_current = self.is_newest and not self.is_overdue
        return is_current and article.status is Status.PUBLISHED and bool(article.reviewer)

    @property
    def is_for_search(self) -> bool:
        """Whether search engines may list the page: no sample, and nothing that is past."""
        return self.is_newest and self.revision.article.status is Status.PUBLISHED


def structured_data(page: Described) -> dict[str, Any]:
    """The JSON-LD of a page. Terms: https://schema.org/MedicalWebPage and the types that it is one of."""
    revision, article = page.revision, page.revision.article
    given: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "url": page.url,
        "name": article.question,
        "headline": article.question,
        "description": article.short_answer,
        "inLanguage": article.language,
        "datePublished": article.published and article.published.isoformat(),
        "dateModified": revision.created.isoformat(),
        "version": revision.number,
        "creativeWorkStatus": _status(page),
        "identifier": _identifier("SHA-256", revision.sha256),
        # Whether an author is a person or a body the library does not tell; schema.org takes the name alone as well.
        "author": article.author if article.status is Status.PUBLISHED else "",
        "keywords": list(article.symptoms),
        "about": [{"@type": "Thing", "name": symptom} for symptom in article.symptoms],
        "audience": {"@type": "Patient"},
        "isPartOf": {"@type": "WebSite", "name": SITE_NAME, "url": page.home},
        "mainEntity": _question(article),
        "citation": [_citation(reference) for reference in article.references],
        "relatedLink": list(page.others),
    }
    if page.may_claim_review:
        given["lastReviewed"] = article.reviewed and article.reviewed.isoformat()
        given["reviewedBy"] = {"@type": "Person", "name": article.reviewer}
    return {name: value for name, value in given.items() if value}


def as_data_block(data: dict[str, Any]) -> Markup:
    """`data` as JSON that is safe between the tags of a `script` element, whatever the texts in it."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return Markup(written)  # noqa: S704  nothing in it can end the element


def open_graph_locale(language: str) -> str:
    """A BCP 47 tag as Open Graph writes it.

    >>> open_graph_locale("en-GB"), open_graph_locale("zh-Hans-CN"), open_graph_locale("ar")
    ('en_GB', 'zh_CN', 'ar')
    """
    language, *rest = language.split("-")
    territory = next((part.upper() for part in rest if len(part) == 2), "")
    return f"{language}_{territory}" if territory else language


def _status(page: Described) -> str:
    if page.revision.article.status is Status.SAMPLE:
        return "Sample"
    if not page.is_newest:
        return "Past revision"
    return "Overdue for review" if page.is_overdue else "Published"


def _question(article: Article) -> dict[str, Any]:
    """The answer's text is that of the article, its parts joined as they are for the hash."""
    text = "\n\n".join(part for part in (article.short_answer, article.explanation) if part)
    return {"@type": "Question", "name": article.question, "acceptedAnswer": {"@type": "Answer", "text": text}}


def _citation(reference: Reference) -> dict[str, Any]:
    named = (("DOI", reference.doi), ("PMID", reference.pmid), ("PMCID", reference.pmcid))
    addresses = [address for _, address in reference.links]
    given = {
        "@type": "CreativeWork",
        "name": reference.text,
        "url": addresses[0] if addresses else "",
        "sameAs": addresses[1:],
        "identifier": [_identifier(name, value) for name, value in named if value],
    }
    return {name: value for name, value in given.items() if value}


def _identifier(name: str, value: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}

"""A page of our own invention in the layout of a saved Doctor's Note page: the article on it, and the page as text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bot.domain.article import Article
from bot.domain.references import Reference
from bot.importers import page
from bot.ports import SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

QUESTION = "Can a Paper Cut Make the Fingertip Tingle, & When Does It Stop?"
SHORT = "A paper cut can leave a fingertip tingling for a while. It mostly stops within < 7 days."
FIRST = "The skin of a fingertip is full of small nerves. A cut touches some of them (see below), and they answer."
BEFORE_LIST = "What helps:"
ITEMS = ("Rinse it with clean water.", "Cover it with a plaster, if it opens again.", "Leave it alone after that.")
LAST = "Each finger is its own. Explanation of it all takes longer than the cut does."
REFERENCES = (
    "Author A, Author B. Small cuts. J Pap. 2021;30(11):1-9. doi: 10.1000/s00-021-06-6. PMID: 11; PMCID: PMC12.",
    "Author C. Fingers & paper: A long study. Desk Med. 2022 Apr 15;47(8):597-606. doi: 10.1000/DESK.0000. PMID: 13.",
    "Author D. Plasters. Vol. 12. Desk Press; 2016.",
)
REFERENCE_ITEMS = [f"  • {text}" for text in REFERENCES]
SYMPTOMS = ("Tingling fingertip", "Small cut")
EXPLANATION = "\n\n".join([FIRST, BEFORE_LIST, "\n".join(f"• {item}" for item in ITEMS), LAST])

ARTICLE = Article(
    id="page",
    question=QUESTION,
    short_answer=SHORT,
    explanation=EXPLANATION,
    symptoms=SYMPTOMS,
    published=dt.date(2025, 5, 15),
    references=(
        Reference(REFERENCES[0], "10.1000/s00-021-06-6", "11", "PMC12"),
        Reference(REFERENCES[1], "10.1000/DESK.0000", "13"),
        Reference(REFERENCES[2]),
    ),
)
FOOTER = """Tell your friends about us.

For First Time Users

What is this Doctor's Note?

Learn more about symptoms

{symptoms}

Not sure about the cause of your current symptoms?

AI Symptom Check

Tips to try:

  • Read all of it.
  • Answer all of it.

Purpose and positioning of servicesOur note is for information."""


def text_page(
    *,
    date: str = "Published on: 5/15/2025",
    head: str = f"{QUESTION}\n\n{SHORT}",
    explanation: str = EXPLANATION,
    references: Sequence[str] = tuple(REFERENCE_ITEMS),
    references_heading: str = "(References)",
    footer: str = FOOTER.format(symptoms="\n\n".join(SYMPTOMS)),
) -> str:
    """The page as a browser saves it as text; each part may be replaced."""
    parts = ["Logo", "Back", date, head, "answer background", "Explanation", explanation, references_heading]
    return "\n\n".join([*parts, *references, footer])


def imported(folder: Path, content: str | bytes, name: str = "page.txt") -> Article:
    """The article on a page with that content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (record,) = page.read(path)
    assert isinstance(record, SourcedArticle), record
    return record.article

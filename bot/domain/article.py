"""The article: what a doctor wrote, and what the library knows about it.

Text is kept character for character. What is normalised is normalised once, at import
(`bot.domain.records`), and never after.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from bot.domain.references import Reference


class Status(StrEnum):
    """Where an article stands. Only `published` and `sample` ones are shown to patients."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    SAMPLE = "sample"


SERVED: Final = frozenset({Status.PUBLISHED, Status.SAMPLE})


@dataclass(frozen=True, slots=True)
class Serving:
    """What patients may be shown on the day `today`: the one place that decides it.

    An article is overdue from the day after its `review_due`. It is withheld once it has been due for more than
    `withhold_overdue_days`; None withholds none.
    """

    today: dt.date
    withhold_overdue_days: int | None = None

    @property
    def due_from(self) -> dt.date | None:
        """The earliest `review_due` with which an article is not withheld; None where none is."""
        if self.withhold_overdue_days is None:
            return None
        return self.today - timedelta(days=self.withhold_overdue_days)

    def is_overdue(self, review_due: dt.date | None) -> bool:
        """Whether an article should have been reviewed by now."""
        return review_due is not None and review_due < self.today

    def is_withheld(self, review_due: dt.date | None) -> bool:
        """Whether an article is kept from patients until it has been reviewed."""
        due_from = self.due_from
        return review_due is not None and due_from is not None and review_due < due_from

    def may_show(self, status: Status, review_due: dt.date | None) -> bool:
        """Whether patients may see an article in full, or its question as a choice."""
        return status in SERVED and not self.is_withheld(review_due)


@dataclass(frozen=True, slots=True)
class Article:
    """One question and its answer, with everything a reader needs to trust it.

    Empty text and None both mean "not given"; an empty `reviewer` means that nobody signed it off.
    """

    id: str
    question: str
    short_answer: str = ""
    explanation: str = ""
    also_asked: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    author: str = ""
    reviewer: str = ""
    published: dt.date | None = None
    reviewed: dt.date | None = None
    review_due: dt.date | None = None
    language: str = "en"
    status: Status = Status.PUBLISHED
    source: str = ""
    references: tuple[Reference, ...] = ()

    @property
    def is_served(self) -> bool:
        """Whether patients may see it."""
        return self.status in SERVED

    @property
    def sha256(self) -> str:
        """The hash by which a quotation is proved: see `quotation_sha256`."""
        return quotation_sha256(
            self.question,
            self.short_answer,
            self.explanation,
            (reference.text for reference in self.references),
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """An article as it stood from one change to the next; `number` counts from 1."""

    number: int
    article: Article
    created: dt.datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class RevisionHead:
    """What a list tells of a revision; `created` is when it came into the library."""

    number: int
    created: dt.datetime
    status: Status
    review_due: dt.date | None
    sha256: str


def quotation_sha256(question: str, short_answer: str, explanation: str, references: Iterable[str]) -> str:
    r"""SHA-256 (hex) of the UTF-8 text of the parts, joined by a blank line.

    >>> quotation_sha256("Q", "A", "E", ["R"]) == hashlib.sha256(b"Q\n\nA\n\nE\n\nR").hexdigest()
    True
    """
    parts = [question, short_answer, explanation, *references]
    return hashlib.sha256("\n\n".join(parts).encode()).hexdigest()

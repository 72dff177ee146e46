"""Articles on their way from a draft to a signed-off, published revision."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.domain.article import Status  # noqa: TC001  as above
from bot.domain.editorial import DraftState, Step  # noqa: TC001  as above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.article import Article
    from bot.domain.editorial import Draft

NEVER_PUBLISHED = "none"


class ArticleOrder(StrEnum):
    """What a list of articles is sorted by; `DUE` puts those first that are due soonest."""

    QUESTION = "question"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class ArticleFilters:
    """Which articles a list shows; "" and None ask for any.

    `words` each stand in the question, or are the id. `status` is one of the library's, or `NEVER_PUBLISHED`. `state`
    is a draft's, or "any" for whatever draft. `due_by` asks for served articles whose review is due on that day or was
    before.
    """

    words: str = ""
    status: str = ""
    state: str = ""
    language: str = ""
    author: str = ""
    due_by: dt.date | None = None
    order: ArticleOrder = ArticleOrder.QUESTION


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article in a list. `status` and `revision` are None of one that was never published, `state` without a draft.

    `question`, `language` and `author` are those of the library, or, if it has none, of the draft.
    """

    id: str
    question: str
    status: Status | None
    state: DraftState | None
    language: str
    author: str
    reviewer: str
    review_due: dt.date | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class ListedArticles:
    """One page of a list; `total` counts all pages."""

    articles: tuple[ListedArticle, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken with an article; `revision` is the one that it made, None where it made none."""

    at: dt.datetime
    actor: str
    step: Step
    revision: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ListedRevision:
    """A revision in a list. `actor` and `step` are None of one that was imported."""

    number: int
    created: dt.datetime
    status: Status
    reviewer: str
    reviewed: dt.date | None
    sha256: str
    actor: str | None
    step: Step | None


class DraftStore(Protocol):
    """Drafts, and the steps by which articles go. Every method may raise Unavailable.

    What writes takes the version of the draft, or the revision of the article, that its caller saw, and raises
    Conflict if there is another by now. It is written with its step and its entry in the audit log, or not at all.
    `by` is who does it.
    """

    def draft(self, article_id: str) -> Draft | None:
        """The draft of an article."""
        ...

    def begin(self, draft: Draft, step: Step, by: str, note: str, group: tuple[str, int] | None = None) -> None:
        """Keep a new draft, and link it to `group` of the queue (its id, and the version that was seen).

        Raises Conflict if there is a draft, if the article has another revision than its base, or if the group changed
        meanwhile; NotFound if the group is gone. The link is an action that can be undone.
        """
        ...

    def save(self, draft: Draft, step: Step, by: str, note: str) -> None:
        """Keep `draft`, whose version is one more than the version that was seen."""
        ...

    def discard(self, article_id: str, version: int, by: str) -> None:
        """Delete a draft."""
        ...

    def publish(self, article_id: str, version: int, by: str, made: Callable[[Draft], Article]) -> int:
        """Serve what is `made` of the draft, which is deleted; the number of the revision.

        Raises Conflict also if the article has another revision than the draft began from.
        """
        ...

    def change(
        self, article_id: str, revision: int, step: Step, by: str, note: str, made: Callable[[Article], Article]
    ) -> int:
        """Put what is `made` of an article in its place; the number of its revision. Raises NotFound.

        An open draft of that revision then has the new one as its base. With a step out of service, a draft that was
        submitted or signed off is neither any more.
        """
        ...

    def restore(self, article_id: str, revision: int, former: int, by: str) -> int:
        """Put the `former` revision in the place of `revision`, as a new one; its number. Raises NotFound."""
        ...

    def articles(self, filters: ArticleFilters, number: int, size: int) -> ListedArticles:
        """Page `number` (from 1) of articles and drafts."""
        ...

    def count(self, filters: ArticleFilters) -> int:
        """How many articles and drafts there are."""
        ...

    def languages(self) -> tuple[str, ...]:
        """The languages (BCP 47) that there are articles in."""
        ...

    def steps(self, article_id: str, limit: int) -> tuple[TakenStep, ...]:
        """The steps of an article, newest first."""
        ...

    def revisions(self, article_id: str, number: int, size: int) -> tuple[tuple[ListedRevision, ...], int]:
        """Page `number` (from 1) of an article's revisions, newest first, and how many there are."""
        ...

    def writers(self, article_id: str) -> tuple[str, ...]:
        """The names of the accounts that wrote in what the library has of an article, or in what that began from.

        Who wrote before an import put another text in its place is not among them.
        """
        ...

    def draft_writers(self, article_id: str) -> tuple[str, ...]:
        """The names of the accounts that wrote in the draft of an article, or in what that began from, as above."""
        ...

    def outdated(self, article_id: str | None = None) -> tuple[str, ...]:
        """The articles (of all, or this one) whose draft began from an earlier revision than they have now, by id."""
        ...

    def log(self, by: str, action: str, subject: str, after: Mapping[str, object]) -> None:
        """Write an entry in the audit log alone, for what changes no draft."""
        ...


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """How hard a text is to read. `figure` is that of `formula`; `words` says what it means to a reader."""

    formula: str
    figure: float
    words: str
    is_hard: bool


class Readability(Protocol):
    """Tells how hard texts are to read."""

    def level(self, text: str, language: str) -> ReadingLevel | None:
        """Of `text` in `language` (BCP 47); None where no formula is known for it, or the text is too short."""
        ...


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """What became of looking up a web address. `status` is the HTTP status, None where there was no answer."""

    url: str
    is_well: bool
    status: int | None
    said: str


class AddressChecker(Protocol):
    """Looks up web addresses, when asked to."""

    def check(self, urls: Sequence[str]) -> tuple[CheckedAddress, ...]:
        """Each of `urls`, in their order. Never raises."""
        ...

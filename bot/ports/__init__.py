"""What the use cases need from the outside, as Protocols; `bot.bootstrap` chooses who provides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.ports.turns import TurnStore

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.domain.article import Article, Revision, RevisionHead, Serving, Status
    from bot.domain.decision import Candidate
    from bot.domain.wording import Wording


@dataclass(frozen=True, slots=True)
class SourcedArticle:
    """An article on its way into the library, with the file text it was read from, where that is worth keeping."""

    article: Article
    source_text: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken. `record` says which of the file ("line 3"), "" for the file as a whole.

    `fatal` refuses the whole file with it; otherwise only this record is left out, as one that is known to be empty.
    """

    record: str
    reason: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the library has it now: its newest revision, and the phrasings taught since."""

    revision: Revision
    phrasings: tuple[str, ...]
    source_text: str | None
    changed_version: int

    @property
    def article(self) -> Article:
        """The newest revision's text."""
        return self.revision.article


@dataclass(frozen=True, slots=True)
class Head:
    """The least that tells whether an article may be shown, and what it is called."""

    article_id: str
    revision: int
    status: Status
    question: str
    review_due: dt.date | None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many articles an import added, changed and left alone."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One page of a listing; `total` counts all pages."""

    articles: tuple[StoredArticle, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CountedSymptom:
    """A symptom or topic, as most of its articles spell it, and how many articles have it."""

    name: str
    articles: int


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> dt.datetime:
        """Now, with the time zone UTC."""
        ...


class ArticleStore(Protocol):
    """The library: articles, their revisions and phrasings. Every method may raise Unavailable."""

    def store_id(self) -> str:
        """An id that no other store has."""
        ...

    def version(self) -> int:
        """A number that grows with every change to an article or phrasing; commits happen in its order."""
        ...

    def put(self, articles: Iterable[SourcedArticle]) -> Changes:
        """Add or revise all of `articles`, or none if the iterable raises. An equal one changes nothing."""
        ...

    def is_empty(self) -> bool:
        """Whether there is no article at all."""
        ...

    def article(self, article_id: str) -> StoredArticle:
        """The article as it is now. Raises NotFound."""
        ...

    def revision(self, article_id: str, number: int) -> Revision:
        """A revision, past or present. Raises NotFound."""
        ...

    def revisions(self, article_id: str) -> tuple[RevisionHead, ...]:
        """All revisions of an article, newest first, whatever their status; none if there is no such article."""
        ...

    def heads(self, article_ids: Sequence[str]) -> dict[str, Head]:
        """The heads of those that exist, by id."""
        ...

    def page(
        self,
        *,
        query: str,
        symptom: str,
        language: str,
        serving: Serving,
        number: int,
        size: int,
        first: Sequence[str] = (),
    ) -> ArticlePage:
        """Page `number` (from 1) of what may be shown, in the order of questions; "" asks for any.

        Found are those that have every word of `query` in their question, another way that it is asked, the short
        answer or the symptoms, without regard to case and accents (see `bot.domain.alphabet.sought`); and those of the
        ids `first`, which stand first, in their order. `language` is a BCP 47 tag: "en" finds "en-GB" as well.
        """
        ...

    def symptoms(self, language: str, serving: Serving) -> tuple[CountedSymptom, ...]:
        """The symptoms and topics of what may be shown in `language` ("" for any), in no particular order."""
        ...

    def languages(self, serving: Serving) -> dict[str, int]:
        """How many articles may be shown, by their languages (BCP 47 tags)."""
        ...

    def addresses(self, serving: Serving, number: int, size: int) -> tuple[tuple[tuple[str, dt.datetime], ...], int]:
        """What search engines may list: what may be shown and is no sample.

        Page `number` (from 1) of the ids, in their order, with when each last changed; and how many there are in all.
        """
        ...

    def alike(self, article_id: str, among: Sequence[str]) -> frozenset[str]:
        """Those of the ids `among` whose articles have a symptom or topic of the article's, in any case of letters."""
        ...

    def topics(self, language: str, limit: int, serving: Serving) -> tuple[str, ...]:
        """The symptoms and topics of what may be shown in `language` (a primary subtag), by number of articles."""
        ...

    def changed_since(self, version: int, limit: int) -> tuple[StoredArticle, ...]:
        """The articles that changed after `version`, served or not, in the order of their change."""
        ...

    def count_changed_since(self, version: int) -> int:
        """How many articles changed after `version`."""
        ...

    def served_revisions(self, version: int) -> dict[str, int]:
        """The revisions, by article id, of the served articles that have not changed after `version`."""
        ...

    def changed_ids_since(self, version: int) -> set[str]:
        """The ids of the articles that changed after `version`."""
        ...

    def questions(self) -> Iterator[str]:
        """The questions and phrasings of the served articles, in no particular order."""
        ...

    def all(self) -> Iterator[StoredArticle]:
        """Every article, in the order of ids."""
        ...

    def teach(self, article_id: str, phrasings: Sequence[str], by: str, group_id: str | None = None) -> tuple[str, ...]:
        """Add `phrasings` to an article, all or none, and return those that it did not have. Raises NotFound.

        `by` is who teaches, for the audit log; `group_id` the group of questions that they come from.
        """
        ...

    def forget(self, article_id: str, phrasings: Sequence[str], by: str) -> None:
        """Take taught phrasings away, all or none. Raises NotFound."""
        ...


class Store(ArticleStore, TurnStore, Protocol):
    """The store as a whole."""

    def damaged_revisions(self) -> Iterator[tuple[str, int, str]]:
        """The revisions (article id, number, what is wrong) whose text and hash, or whose article, do not agree."""
        ...

    def close(self) -> None:
        """Let go of connections; the next call makes new ones."""
        ...


@dataclass(frozen=True, slots=True)
class Detected:
    """A language that was told: see `bot.domain.language_tags.primary_language`.

    `certainty` (0 to 1) says how clearly the words are of this language rather than of English, or, if it is English,
    of the next one; 1 where the script alone tells.
    """

    language: str
    certainty: float


class LanguageDetector(Protocol):
    """Tells in which language a message is written."""

    def detect(self, text: str) -> Detected | None:
        """The language of `text`; None where it cannot be told, as of names, numbers and a word or two."""
        ...


class Query(Protocol):
    """A message, read once for all that is found by it. What else it carries is between `read` and `find`."""

    @property
    def text(self) -> str:
        """The message as it was encoded, its slips mended: never to be shown, or taken for what a person wrote."""
        ...


class Likeness(Protocol):
    """Tells how like an emergency a message is."""

    def of(self, query: Any) -> float:
        """From 0 (not at all) to 1, of what `Retriever.read` returned."""
        ...


class Retriever(Protocol):
    """Finds the articles that may answer, in an index of the library."""

    def read(self, text: str) -> Query:
        """`text` made ready for finding. Takes up what changed in the store first: `find` and `languages` show it."""
        ...

    def find(self, query: Query, depth: int, language: str) -> tuple[list[Candidate], int]:
        """Up to `depth` candidates, in no particular order, and the store version that they were found at.

        They are articles in `language`, a BCP 47 tag of which the language alone counts; "" asks for all.
        """
        ...

    def languages(self) -> dict[str, int]:
        """How many articles there are to find, by language (see `primary_language`); cheap enough for every turn."""
        ...

    def open(self, progress: Callable[[int, int], None] = ...) -> None:
        """Load the index and bring it in line with the store, however long that takes. Raises Unavailable.

        `progress`, if given, is told of articles done, and articles to do.
        """
        ...

    def disagreements(self) -> Iterator[str]:
        """What in the index is not as the store has it, a line each."""
        ...

    def close(self) -> None:
        """Let go of threads and files."""
        ...

    @property
    def model_sha256(self) -> str:
        """SHA-256 (hex) of the embedding model's weights."""
        ...

    @property
    def count(self) -> int:
        """How many texts the index holds."""
        ...

    @property
    def backlog(self) -> int:
        """How many articles changed since the index last caught up."""
        ...


class Redactor(Protocol):
    """Takes out of a patient's words what identifies a person."""

    def redacted(self, text: str) -> str:
        """`text` with every identifier found replaced by its kind in brackets, such as "[phone]". Never raises."""
        ...


class Wordings(Protocol):
    """Our sentences, in each language that there is a catalogue for."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that our sentences are said in."""
        ...

    def of(self, *languages: str) -> Wording:
        """The wording for the first of `languages` (BCP 47) that there is one for, else for the site's."""
        ...

    def name(self, language: str, wording: Wording) -> str:
        """What `language` is called in the language of `wording`."""
        ...

"""What the use cases need from the outside, as Protocols; `bot.bootstrap` chooses who provides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.domain.article import Article, Revision, Serving, Status
    from bot.domain.decision import Candidate, KeptCandidate
    from bot.domain.reply import Outcome
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
class Provenance:
    """What an answer was computed with, so that it can be explained and made again.

    `answer_at` and `choose_at` are the thresholds (see `Calibration`); None in turns of earlier versions.
    """

    model_sha256: str
    index_version: int
    calibration: str
    answer_at: float | None = None
    choose_at: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is kept of one message and its reply.

    `intent` is what the message was taken for (`bot.domain.intents`). `question` has the patient's words with all that
    identifies a person taken out; None where they are not kept, as those of an emergency or of small talk, or where
    the patient did not want it. `language` is a BCP 47 tag. `article_id`, `revision` and `sha256` are those of the
    quotation given; None where there was none. `candidates` are what it was decided between, best
    first; `offered` the ids of those that were offered, in the order shown; `signs` the emergency signs found.
    """

    id: str
    session_id: str
    created: dt.datetime
    channel: str
    intent: str
    outcome: Outcome
    question: str | None
    language: str
    probability: float | None
    article_id: str | None
    revision: int | None
    sha256: str | None
    candidates: tuple[KeptCandidate, ...]
    offered: tuple[str, ...]
    signs: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a session remembers: the language it asked for, None if it never did, and its turns, newest first."""

    language: str | None = None
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a patient thought of a reply; `comment` is redacted. `reason` and `comment` are "" where not given."""

    turn_id: str
    helpful: bool
    reason: str
    comment: str
    created: dt.datetime


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

    def heads(self, article_ids: Sequence[str]) -> dict[str, Head]:
        """The heads of those that exist, by id."""
        ...

    def page(self, *, query: str, symptom: str, language: str, serving: Serving, number: int, size: int) -> ArticlePage:
        """Page `number` (from 1) of what may be shown, in the order of questions; "" asks for any."""
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


class TurnStore(Protocol):
    """Sessions and their turns. Every method may raise Unavailable."""

    def record(
        self, turn: Turn, language: str | None, *, question_of: str | None = None, serving: Serving | None = None
    ) -> None:
        """Keep `turn`, beginning its session where there is none; `language` is the one that the request named.

        `question_of` is the id of an earlier turn of the session: what is kept of its question at that moment is kept
        as that of `turn`, in place of its own. With `serving`, raises Withdrawn, and keeps nothing, if what `turn`
        quotes may not be shown, or is not the newest revision. A change that takes the article out of answers waits for
        turns that are being kept, or they for it.
        """
        ...

    def conversation(self, session_id: str, since: dt.datetime, limit: int) -> Conversation:
        """What the session said after `since`, up to `limit` turns; an empty one if it said nothing."""
        ...

    def withhold(self, session_id: str, turn_id: str) -> None:
        """Forget the words of a turn, for good. Raises NotFound."""
        ...

    def give_feedback(self, session_id: str, feedback: Feedback) -> None:
        """Keep `feedback` in place of what was given on that turn before. Raises NotFound."""
        ...

    def feedback(self, turn_id: str) -> Feedback | None:
        """What was given on a turn."""
        ...

    def erase(self, session_id: str) -> bool:
        """Delete a session and all that belongs to it, down to the bytes; False if there was none."""
        ...

    def purge(self, before: dt.datetime) -> int:
        """Delete the sessions last seen before then, as `erase` does, and count them; of others, older turns.

        Error reports go that were closed before then.
        """
        ...

    def scrub(self) -> None:
        """Clean the files of the last traces of what was deleted; quick where nothing was. Raises Unavailable.

        Where that is raised, traces may be left, and it is to be called again.
        """
        ...

    def turns(self, session_id: str) -> tuple[Turn, ...]:
        """A session's turns, oldest first."""
        ...

    def misquotations(self) -> Iterator[Turn]:
        """The turns whose quotation is not, hash for hash, a revision that the store has."""
        ...

    def count_quotations(self) -> int:
        """How many turns have a quotation."""
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

    def of(self, *languages: str) -> Wording:
        """The wording for the first of `languages` (BCP 47) that there is one for, else for the site's."""
        ...

    def name(self, language: str, wording: Wording) -> str:
        """What `language` is called in the language of `wording`."""
        ...

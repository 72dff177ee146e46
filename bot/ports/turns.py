"""What the core needs of whatever keeps conversations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from bot.domain.article import Serving
    from bot.domain.decision import KeptCandidate
    from bot.domain.reply import Outcome


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

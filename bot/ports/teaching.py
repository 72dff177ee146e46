"""What was asked before, what it means to the model, and what an index would find if an article had more phrasings."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  the API's schema is made from these annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.ports import Retriever

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.decision import Calibration
    from bot.domain.question_queue import Action
    from bot.ports import StoredArticle


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """A question that was kept, redacted. `vector` is what it means to the model, None where that was not made yet.

    Vectors are float16, little-endian, of length 1.
    """

    turn_id: str
    question: str
    language: str
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class TaughtPhrasing:
    """A taught phrasing: when, by whom, and from which group (None: none).

    `question` and `language` are those of its article; `is_served` says whether patients see that.
    """

    article_id: str
    question: str
    text: str
    created: dt.datetime
    by: str
    group_id: str | None
    language: str
    is_served: bool


@dataclass(frozen=True, slots=True)
class TaughtPage:
    """One page of taught phrasings, newest first; `total` counts all pages."""

    phrasings: tuple[TaughtPhrasing, ...]
    total: int
    page: int
    size: int


@dataclass(frozen=True, slots=True)
class Sifted:
    """Which of some questions get another answer, by their places.

    `unsure` are those of which only an exact vector tells. `left_out` counts those that were too many to look at.
    """

    sure: tuple[int, ...]
    unsure: tuple[int, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question, and the ids of the articles that answer it; none where nothing does."""

    asked: str
    expected: frozenset[str]


class PastQuestions(Protocol):
    """What was asked before, and what staff taught of it. Every method may raise Unavailable."""

    def since(self, moment: dt.datetime, model_sha256: str) -> Iterator[PastQuestion]:
        """Questions asked after `moment`, but for follow-ups, newest first, with their vectors of that model."""
        ...

    def teach(self, article_id: str, phrasings: Sequence[str], group: tuple[str, int] | None, by: str) -> Action:
        """Teach `phrasings`, make `group` (id and version seen) taught, and record it to be undone, or none of it.

        Raises NotFound; Conflict if the group changed meanwhile, or if without one there is nothing new.
        """
        ...

    def forget(self, article_id: str, phrasings: Sequence[str], by: str) -> Action:
        """Take taught phrasings away, and record it to be undone, or none of it. Raises NotFound."""
        ...

    def undo(self, action_id: str, by: str) -> None:
        """Undo either, all of it. What was taught or forgotten otherwise since is left. Raises NotFound, Conflict."""
        ...

    def taught(self, *, article_id: str, words: str, number: int, size: int) -> TaughtPage:
        """Page `number` (from 1) of the taught phrasings; "" asks for those of any article, and with any words."""
        ...

    def all_taught(self) -> tuple[TaughtPhrasing, ...]:
        """Every taught phrasing, by article and text."""
        ...


class Rehearsal(Protocol):
    """The index as it is, and as it would be with phrasings taught to an article, side by side. Nothing is written."""

    @property
    def before(self) -> Retriever:
        """Finds as the index does."""
        ...

    @property
    def after(self) -> Retriever:
        """Finds as the index would."""
        ...

    def sift(
        self, vectors: Sequence[bytes], words: Callable[[int], int], calibration: Calibration, language: str
    ) -> Sifted:
        """Which questions are decided on otherwise, of those with these vectors.

        `words` tells how many words the one at a place has. `language` is that of the article. Those `left_out` are the
        ones that the phrasings are farthest from.
        """
        ...

    def prepare(self, texts: Sequence[str], known: Sequence[tuple[str, bytes]] = ()) -> None:
        """Encode `texts` together, so that neither retriever has to, one by one.

        The texts in `known` are taken to mean what their vectors say.
        """
        ...

    def changed_by_words(self, texts: Sequence[str]) -> tuple[int, ...]:
        """The places of those `texts` in which other slips are mended once the phrasings' words are known."""
        ...


class PreparedRetriever(Retriever, Protocol):
    """The index as it was at one moment, for asking very many questions."""

    def prepare(self, texts: Sequence[str]) -> None:
        """Encode `texts` together, so that `read` does not have to, one by one."""
        ...


class Rehearser(Protocol):
    """Tries phrasings without teaching them."""

    def as_it_is(self) -> PreparedRetriever:
        """The index as it is now, brought in line with the store."""
        ...

    def rehearse(self, stored: StoredArticle, phrasings: Sequence[str]) -> Rehearsal:
        """With the index as it is now, brought in line with the store."""
        ...

    def vectors(self, texts: Sequence[str], *, remember: bool = False) -> list[bytes]:
        """What `texts` mean to the model, as `PastQuestion.vector` has it.

        Those to `remember`, which are no patient's, are encoded once, and kept on disk.
        """
        ...

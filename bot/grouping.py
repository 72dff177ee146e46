"""Which questions mean much the same, told by their vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.ports import Retriever

# A question joins a group where its mean similarity to the nearest members is at least this; how many members count.
# Measured by `scripts.question_grouping`; see "The queue" in docs/staff.md.
NEAR: Final = 0.78
NEAREST: Final = 3
# The same words: their stored vectors differ in the last bits at most.
_SAME: Final = 0.998
# Similarities are rounded before they are compared: their last bits differ with how many are computed together.
_DIGITS: Final = 4
_VECTOR: Final = "<f2"


class RetrieverEncoder:
    """`bot.ports.queue.QuestionEncoder`: questions as the retriever reads them, slips mended, as a patient's are."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    @property
    def model_sha256(self) -> str:
        """See `QuestionEncoder.model_sha256`."""
        return self._retriever.model_sha256

    def encode(self, questions: Sequence[str]) -> list[bytes]:
        """See `QuestionEncoder.encode`."""
        vectors: dict[str, bytes] = {}
        for question in questions:
            if question not in vectors:
                query: Any = self._retriever.read(question)
                vectors[question] = query.vector.astype(_VECTOR).tobytes()
        return [vectors[question] for question in questions]


class QuestionGrouping:
    """`bot.ports.queue.Grouping`: one question after another, each beside what has a place already, which stays.

    A question goes to the group in whose `nearest` nearest members (all, where it has fewer) it has the highest mean
    similarity, if that is at least `near`; else to a new group. With one of them groups would grow in chains, from
    likeness to likeness; with all of them a group that staff made of two wordings would take neither. The same words go
    where they were placed first, by whomever.
    """

    def __init__(self, near: float = NEAR, nearest: int = NEAREST) -> None:
        self._near = near
        self._nearest = nearest

    def place(self, placed: Iterable[tuple[str, bytes]], vectors: Sequence[bytes]) -> list[str | int]:
        """See `Grouping.place`."""
        known = list(placed)
        rows = matrix([*(vector for _, vector in known), *vectors])
        ids = list(dict.fromkeys(group for group, _ in known))
        numbers = {group: number for number, group in enumerate(ids)}
        # The number of each question's group; those of new groups go on from there.
        groups = np.empty(len(rows), np.int64)
        groups[: len(known)] = [numbers[group] for group, _ in known]
        count = len(ids)
        for place in range(len(known), len(rows)):
            group = self._group(groups[:place], np.round(rows[:place] @ rows[place], _DIGITS))
            if group is None:
                group, count = count, count + 1
            groups[place] = group
        return [ids[group] if group < len(ids) else int(group) - len(ids) for group in groups[len(known) :]]

    def _group(self, groups: NDArray[np.int64], similarities: NDArray[np.float32]) -> int | None:
        """Where a question with these similarities to those in `groups` belongs; None if to none of these."""
        if not len(groups):
            return None
        closest = int(np.argmax(similarities))
        if similarities[closest] >= _SAME:
            return int(groups[closest])
        # No mean reaches what not even one of its members reaches.
        candidates = dict.fromkeys(groups[similarities >= self._near].tolist())
        means = {group: self._mean(similarities[groups == group].tolist()) for group in candidates}
        best = max(means, key=means.__getitem__, default=None)
        return best if best is not None and means[best] >= self._near else None

    def _mean(self, similarities: list[float]) -> float:
        counted = sorted(similarities, reverse=True)[: self._nearest]
        return round(sum(counted) / len(counted), _DIGITS)

    def central(self, vectors: Sequence[bytes]) -> int:
        """See `Grouping.central`."""
        rows = matrix(vectors)
        mean = rows.mean(axis=0)
        return int(np.argmax(np.round(rows @ mean, _DIGITS)))


def matrix(vectors: Sequence[bytes]) -> NDArray[np.float32]:
    """Float32 of shape (len(vectors), dimension) of stored vectors."""
    if not vectors:
        return np.empty((0, 0), np.float32)
    return np.frombuffer(b"".join(vectors), _VECTOR).reshape(len(vectors), -1).astype(np.float32)

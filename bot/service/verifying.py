"""Prove that store, index and every quotation given so far agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Retriever, Store


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was held against each other, and what did not agree, a line each."""

    texts: int
    quotations: int
    disagreements: tuple[str, ...]


def verify(store: Store, index: Retriever) -> Verification:
    """Check each revision's hash, each quotation given, and each text in the index. Raises Unavailable."""
    found = [
        f"article {article_id}, revision {number}: {what}" for article_id, number, what in store.damaged_revisions()
    ]
    found += [
        f"turn {turn.id}: it quoted revision {turn.revision} of {turn.article_id} with the sha256 {turn.sha256}, "
        "which the store does not have"
        for turn in store.misquotations()
    ]
    found += index.disagreements()
    return Verification(index.count, store.count_quotations(), tuple(found))

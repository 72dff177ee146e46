"""Turns to put into a store."""

from __future__ import annotations

from bot.domain.decision import KeptCandidate, Span
from bot.domain.reply import Outcome
from bot.ports.turns import Provenance, Turn
from tests.conftest import NOON

SESSION = "session-0123456789"


def turn(**fields: object) -> Turn:
    """A turn with these fields, and likely ones beside."""
    values = {
        "id": "0" * 32,
        "session_id": SESSION,
        "created": NOON,
        "channel": "api",
        "intent": "question",
        "outcome": Outcome.ANSWER,
        "question": "how long does a cold last, [name] has one",
        "language": "en",
        "probability": 0.9,
        "article_id": None,
        "revision": None,
        "sha256": None,
        "candidates": (
            KeptCandidate("full", 0.9, 1, 0.8123, 0.7, Span("explanation", 0, 12)),
            KeptCandidate("other", 0.1, 2, 0.3, None, Span("phrasing[1]", 0, 5)),
        ),
        "offered": (),
        "signs": (),
        "provenance": Provenance("m" * 64, 7, "c", 0.8, 0.4),
    }
    return Turn(**(values | fields))  # type: ignore[arg-type]

"""How patients type: slips of the finger, no capitals, no marks, a question in the middle of a story."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_LONG_WORD: Final = re.compile(r"[A-Za-z]{5,}")
_MARKS: Final = re.compile(r"[?.!,;:]+(?=\s|$)")


def mistyped(text: str, rng: random.Random) -> str:
    """`text` with a slip in one of its longer words: two letters swapped, one left out, or one doubled."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end() - 1)
    first, second = text[place], text[place + 1]
    slip = rng.choice((second + first, second, first + first + second))
    return text[:place] + slip + text[place + 2 :]


def careless(text: str, rng: random.Random) -> str:
    """`text` as typed in a hurry: perhaps without capitals, without marks, with one or two slips."""
    if rng.random() < 0.5:
        text = text.lower()
    if rng.random() < 0.4:
        text = _MARKS.sub("", text)
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        text = mistyped(text, rng)
    return text


def framed(text: str, before: Sequence[str], after: Sequence[str], rng: random.Random) -> str:
    """`text` in the middle of a message: one or two openings before it, perhaps a closing after it."""
    parts = [*rng.sample(list(before), rng.choice((1, 1, 2))), text]
    if rng.random() < 0.5:
        parts.append(rng.choice(list(after)))
    return " ".join(parts)

"""Cuts a long text into passages that an encoder can take in whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# all-MiniLM-L6-v2 reads 256 word pieces; 99 % of 900-character windows of English health text stay below that.
MAX_CHARS: Final = 900

_PARAGRAPH_END: Final = re.compile(r"\n(?:[^\S\n]*\n)+")
# Straight and curly closing quotes; the ideographic and full-width stops, after which there is no space.
_SENTENCE_END: Final = re.compile(
    r"[.!?\u2026][\"'\u2019\u201d)\]]*\s+|[\u3002\uff01\uff1f][\u2019\u201d\uff09\u300d\u300f]*|\n"
)
_SPACE: Final = re.compile(r"\s+")


def passages(text: str, max_chars: int = MAX_CHARS) -> list[tuple[int, int]]:
    r"""The passages of `text`, as (start, end) in characters, in order and without overlap.

    `text[start:end]` neither begins nor ends with white space and is at most `max_chars` long. Every character but
    white space lies in a passage. Neighbouring paragraphs share a passage while they fit; one that is too long is
    cut at sentence ends, then at spaces, then anywhere.

    >>> text = "First one. Second one.\n\nThird."
    >>> [text[start:end] for start, end in passages(text, 22)]
    ['First one. Second one.', 'Third.']
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}; a passage needs at least 1 character")
    found: list[tuple[int, int]] = []
    for start, end in _pieces(text, 0, len(text), (_PARAGRAPH_END, _SENTENCE_END, _SPACE), max_chars):
        if found and end - found[-1][0] <= max_chars:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _pieces(
    text: str, start: int, end: int, boundaries: tuple[re.Pattern[str], ...], max_chars: int
) -> Iterator[tuple[int, int]]:
    """Pieces of `text[start:end]`, each at most `max_chars`, cut at the coarsest boundary that does."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    if start >= end:
        return
    if end - start <= max_chars:
        yield start, end
    elif not boundaries:
        for piece_start in range(start, end, max_chars):
            yield piece_start, min(piece_start + max_chars, end)
    else:
        piece_start = start
        for boundary in boundaries[0].finditer(text, start, end):
            # To its end, for what closes a sentence belongs to it; white space there is left out above.
            yield from _pieces(text, piece_start, boundary.end(), boundaries[1:], max_chars)
            piece_start = boundary.end()
        yield from _pieces(text, piece_start, end, boundaries[1:], max_chars)

"""Blocks as plain text: what the command line prints, and what a channel without any markup can show."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.blocks import BlockType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.blocks import Block


def block_text(block: Block) -> tuple[str, str]:
    """A block's text, and what follows it to say where it leads ("" if nowhere)."""
    if block.items is not None:
        text = "\n".join(f"  • {item}" for item in block.items)
    elif block.type is BlockType.REFERENCE:
        text = f"  {block.number}. {block.text}"
    else:
        text = block.text
    if not block.href:
        return text, ""
    return text, f"\n     {block.href}" if block.type is BlockType.REFERENCE else f": {block.href}"


def spaced(blocks: Sequence[Block]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether an empty line follows it: references stand together."""
    for block, following in pairwise([*blocks, None]):
        assert block is not None  # only the last is
        is_among_references = following is not None and block.type is following.type is BlockType.REFERENCE
        yield block, not is_among_references


def plain_text(blocks: Sequence[Block]) -> str:
    """All blocks, as a person reads them where nothing but text can be shown."""
    lines = ("".join(block_text(block)) + ("\n" if is_followed else "") for block, is_followed in spaced(blocks))
    return "\n".join(lines)

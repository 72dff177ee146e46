"""Reading many rows without holding anybody up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

CHUNK_ROWS: Final = 1_000


def read_in_chunks(
    reading: Callable[[], AbstractContextManager[sa.Connection]], wanted: sa.Select[Any], *keys: sa.Column[Any]
) -> Iterator[sa.Row[Any]]:
    """The rows in the order of `keys`, which together are distinct and among the columns of `wanted`.

    Each chunk is read in a transaction of its own, by `reading`: an erasure would wait for one that stays open while
    somebody downloads. What is deleted meanwhile is left out.
    """
    after: list[sa.ColumnElement[bool]] = []
    while True:
        with reading() as connection:
            rows = connection.execute(wanted.where(*after).order_by(*keys).limit(CHUNK_ROWS)).all()
        yield from rows
        if len(rows) < CHUNK_ROWS:
            return
        last = rows[-1]._mapping  # noqa: SLF001  the documented way to reach columns by name
        values = [sa.literal(last[key], key.type) for key in keys]
        after = [sa.tuple_(*keys) > sa.tuple_(*values)]

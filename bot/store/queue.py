"""`bot.ports.queue.QueueStore` over SQLAlchemy Core."""

from __future__ import annotations

from bot.store.arrivals import SqlArrivals


class SqlQueueStore(SqlArrivals):
    """`bot.ports.queue.QueueStore` over a database opened by `open_engine`."""

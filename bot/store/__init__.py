"""The store: articles, revisions, phrasings, sessions and turns, in SQLite or PostgreSQL."""

from bot.store.database import open_engine
from bot.store.sql import SqlStore

__all__ = ["SqlStore", "open_engine"]

"""A real store for what is imported, and a short way to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import open_store
from bot.config import Settings
from bot.importers import FORMATS
from bot.service.importing import Report, import_paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.store import SqlStore


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    """An empty library in SQLite."""
    return open_store(Settings(data_dir=tmp_path / "var"))


@pytest.fixture
def import_(store: SqlStore) -> Callable[..., Report]:
    """Imports paths in a format into `store`."""

    def import_into(format_name: str, *paths: Path) -> Report:
        source = FORMATS[format_name]
        return import_paths(
            store, paths, suffixes=source.suffixes, read=source.read, progress=lambda _done, _files: None
        )

    return import_into

"""What all tests share: the real default model, loaded once, and installations in folders of their own."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import Installation, install
from bot.config import Settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.retrieval import open_encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from embeddings.encoder import Encoder

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The packaged model."""
    return open_encoder(None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is missing: the data sets there are not ours to ship")
    return SHARED


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings, and their data folder, out of the tests."""
    for name in list(os.environ):
        if name.startswith("DOCTORS_NOTE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DOCTORS_NOTE_DATA_DIR", str(tmp_path / "var"))


@pytest.fixture
def installed(tmp_path: Path, encoder: Encoder) -> Iterator[Callable[..., Installation]]:
    """Opens an installation in the test's folder; again for a second process's view of it."""
    opened: list[Installation] = []

    def open_installation(**settings: object) -> Installation:
        values = {"data_dir": tmp_path / "var", **settings}
        opened.append(install(Settings(**values), encoder=encoder))  # type: ignore[arg-type]
        return opened[-1]

    yield open_installation
    for installation in opened:
        installation.core.retriever.close()
        installation.core.store.close()


@pytest.fixture(scope="session")
def bundled() -> list[SourcedArticle]:
    """The bundled articles."""
    read = [
        record for path in sorted((ROOT / "data/articles").glob("*.md")) for record in FORMATS["markdown"].read(path)
    ]
    return [record for record in read if isinstance(record, SourcedArticle)]


@pytest.fixture(scope="session")
def bundled_folder(bundled: list[SourcedArticle], encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled library, indexed once for all tests."""
    folder = tmp_path_factory.mktemp("bundled")
    made = install(Settings(data_dir=folder), encoder=encoder)
    made.core.store.put(bundled)
    made.core.retriever.open()
    made.core.retriever.close()
    made.core.store.close()
    return folder


@pytest.fixture
def installation(bundled_folder: Path, installed: Callable[..., Installation], tmp_path: Path) -> Installation:
    """An installation that serves the bundled library, in the test's own copy of its folder."""
    shutil.copytree(bundled_folder, tmp_path / "var")
    return installed()

"""What all tests share: the real default model, loaded once, and installations in folders of their own."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import Installation, install, load_emergencies, load_encoder, open_desk
from bot.config import Settings
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.store import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.ports import Clock
    from bot.service.core import Safety
    from embeddings.encoder import Encoder

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
NOON = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def models_dir(request: pytest.FixtureRequest) -> Path:
    """Where what is made of models is kept from one run of the tests to the next."""
    return request.config.cache.mkdir("models")


@pytest.fixture(scope="session")
def encoder(models_dir: Path) -> Encoder:
    """The packaged model, as it is served by default."""
    return load_encoder(Settings(data_dir=models_dir.parent))


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


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Leave no handler of a command's that would write to a stream which its test has closed."""
    log = logging.getLogger()
    level, handlers = log.level, log.handlers[:]
    yield
    log.setLevel(level)
    log.handlers = handlers


@pytest.fixture
def data_dir(tmp_path: Path, models_dir: Path, encoder: Encoder) -> Path:
    """The test's data folder, which has nothing but what is made of the model."""
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "models").symlink_to(models_dir)
    return folder


@pytest.fixture(scope="session")
def safety(encoder: Encoder, models_dir: Path) -> Safety:
    """The emergency rules that ship, read once."""
    return load_emergencies(Settings(data_dir=models_dir.parent), encoder)


@pytest.fixture
def installed(data_dir: Path, encoder: Encoder, safety: Safety) -> Iterator[Callable[..., Installation]]:
    """Opens an installation in the test's folder; again for a second process's view of it."""
    opened: list[Installation] = []

    def open_installation(**settings: object) -> Installation:
        values = {"data_dir": data_dir, **settings}
        is_shipped = "rules_dir" not in settings and settings.get("country", "") in safety.countries
        opened.append(install(Settings(**values), encoder=encoder, safety=safety if is_shipped else None))  # type: ignore[arg-type]
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
def bundled_folder(
    bundled: list[SourcedArticle], encoder: Encoder, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder with the bundled library, indexed once for all tests."""
    folder = tmp_path_factory.mktemp("bundled")
    (folder / "models").symlink_to(models_dir)
    made = install(Settings(data_dir=folder), encoder=encoder)
    made.core.store.put(bundled)
    made.core.retriever.open()
    made.core.retriever.close()
    made.core.store.close()
    return folder


@pytest.fixture
def installation(bundled_folder: Path, installed: Callable[..., Installation], data_dir: Path) -> Installation:
    """An installation that serves the bundled library, in the test's own copy of its folder."""
    shutil.copytree(bundled_folder, data_dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("models"))
    return installed()


@pytest.fixture
def reopened(installed: Callable[..., Installation]) -> Callable[..., Installation]:
    """Opens the test's installation as a service that was started anew, with a clock of the test's."""

    def reopen(clock: Clock, **settings: object) -> Installation:
        made = installed(**settings)
        core = replace(made.core, clock=clock)
        assert isinstance(made.core.store, SqlStore)
        return replace(made, core=core, desk=open_desk(core, made.core.store.engine, made.settings))

    return reopen

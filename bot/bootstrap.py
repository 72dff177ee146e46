"""Settings in, a wired installation out: the only place that names concrete classes."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.calibration_file import CalibrationRecord, load_calibration, own_calibration
from bot.config import Settings, read_settings
from bot.domain.errors import ConfigurationError
from bot.retrieval import ArticleIndex, announce_nothing, no_progress, open_encoder
from bot.service.core import Core, Site
from bot.store import SqlStore, open_engine
from embeddings.remembering import RememberingEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from starlette.types import ASGIApp

    from bot.ports import SourcedArticle
    from embeddings.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Installation:
    """A wired installation."""

    settings: Settings
    core: Core
    calibration: CalibrationRecord


def utc_now() -> dt.datetime:
    """The real clock."""
    return dt.datetime.now(dt.UTC)


def open_store(settings: Settings) -> SqlStore:
    """The store alone, for commands that need no model. Raises ConfigurationError, Unavailable."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"DOCTORS_NOTE_DATA_DIR: {settings.data_dir} cannot be used ({error.strerror}); name a folder that may be "
            "written to"
        ) from error
    return SqlStore(open_engine(settings.store_url), utc_now)


def load_encoder(settings: Settings, announce: Callable[[str], None] = announce_nothing) -> Encoder:
    """The encoder that the settings name; `announce` is told of work that takes long. See `open_encoder`."""
    return open_encoder(settings.model, settings.runtime, settings.models_dir, announce)


def load_remembering_encoder(settings: Settings, announce: Callable[[str], None] = announce_nothing) -> Encoder:
    """The same, for a program that encodes texts again: it remembers their vectors, about 2 KB each."""
    return RememberingEncoder(load_encoder(settings, announce))


def install(
    settings: Settings,
    *,
    announce: Callable[[str], None] = announce_nothing,
    progress: Callable[[int, int], None] = no_progress,
    rebuild: bool = False,
    repair: bool = True,
    wait: bool = True,
    encoder: Encoder | None = None,
) -> Installation:
    """Open everything and bring the index in line with the library. Raises ConfigurationError, Unavailable.

    `announce` is told of work that takes long, `progress` of the articles that the index has taken in and of all that
    it has to; for `rebuild`, `repair` and `wait` see `ArticleIndex.open`. `encoder`, where one is loaded already, saves
    loading it again.
    """
    store = open_store(settings)
    encoder = encoder or load_encoder(settings, announce)
    record = load_calibration(settings.calibration, settings.data_dir, encoder.name, encoder.weights_sha256)
    index = ArticleIndex(encoder, settings.index_dir, store)
    index.open(progress, rebuild=rebuild, repair=repair, wait=wait)
    site = Site(settings.base_url, settings.disclaimer, settings.symptom_check_url)
    return Installation(settings, Core(store, index, record.calibration, utc_now, site), record)


@contextmanager
def temporary_installation(
    settings: Settings,
    articles: Iterable[SourcedArticle],
    *,
    parent: Path | None = None,
    progress: Callable[[int, int], None] = no_progress,
    encoder: Encoder | None = None,
) -> Iterator[Installation]:
    """An installation of `articles` alone, with the model, calibration and all else of `settings`.

    Its folder, in `parent` or where temporary files go, is gone at the end. Otherwise as `install`.
    """
    encoder = encoder or load_encoder(settings)
    with TemporaryDirectory(prefix="doctors-note-", dir=parent) as folder:
        changes = {
            "data_dir": Path(folder),
            "database_url": SecretStr(""),
            "calibration": own_calibration(settings.calibration, settings.data_dir),
        }
        installation = install(settings.model_copy(update=changes), encoder=encoder)
        store, retriever = installation.core.store, installation.core.retriever
        try:
            store.put(articles)
            retriever.open(progress)
            yield installation
        finally:
            retriever.close()
            store.close()


def open_retriever(folder: Path, encoder: Encoder) -> tuple[ArticleIndex, SqlStore]:
    """An empty library in `folder`, with its index, which is to be opened once the library is filled."""
    store = SqlStore(open_engine(f"sqlite:///{folder / 'library.sqlite'}"), utc_now)
    return ArticleIndex(encoder, folder / "index", store), store


def web_application() -> ASGIApp:
    """The web application of the environment's settings, as a worker process starts it."""
    from bot.web.app import create_app  # noqa: PLC0415  commands that serve nothing need no web framework

    settings = read_settings()
    configure_logging(settings.log_level)
    installation = install(settings, wait=False)
    return create_app(installation.core)


def configure_logging(level: str) -> None:
    """Log events and ids, one line each, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_EventFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Their chatter names files and addresses, never what went wrong.
    for name in ("httpx", "sentence_transformers", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _EventFormatter(logging.Formatter):
    """Time, level, event, and the fields that were given with it."""

    _standard = frozenset(logging.makeLogRecord({}).__dict__) | {
        "message",
        "asctime",
        "taskName",
        "color_message",
    }

    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in record.__dict__.items() if name not in self._standard}
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = f"{moment} {record.levelname.lower()} {record.getMessage()}"
        line += "".join(f" {name}={value!r}" for name, value in fields.items())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

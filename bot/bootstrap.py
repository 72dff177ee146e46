"""Settings in, a wired installation out: the only place that names concrete classes."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from bot.backing_up import finish_restore
from bot.calibration_file import CalibrationRecord, load_calibration, own_calibration
from bot.config import Settings, read_settings
from bot.domain.errors import ConfigurationError, Unavailable, UnreadableFile
from bot.domain.sites import WidgetSites
from bot.evaluation import read_questions
from bot.grouping import QuestionGrouping, RetrieverEncoder
from bot.importers.exchange import FileExchange
from bot.languages import EldDetector
from bot.likeness import open_likeness
from bot.passwords import ArgonHasher
from bot.ports.teaching import GoldenQuestion
from bot.readability import TextstatReadability
from bot.redaction import Redactor
from bot.redaction.name_lists import FILE as NAMES_FILE
from bot.redaction.name_lists import read_names, write_names
from bot.rehearsal import IndexRehearser
from bot.retrieval import ArticleIndex, announce_nothing, no_progress, open_encoder
from bot.rules import read_emergencies
from bot.secret_key import installation_key
from bot.service.core import Conversing, Core, Safety, Site
from bot.service.staff.access import Access
from bot.service.staff.accounts import Accounts
from bot.service.staff.desk import Desk, Editing, Shelf
from bot.sites import read_sites, read_surfaces
from bot.small_talk import read_phrases, read_replies
from bot.store import SqlStore, open_engine
from bot.store.accounts import SqlAccountStore
from bot.store.audit import SqlAuditStore
from bot.store.backlog import SqlBacklogStore
from bot.store.editorial import SqlDraftStore
from bot.store.past_questions import SqlPastQuestions
from bot.store.queue import SqlQueueStore
from bot.store.reports import SqlReportStore
from bot.store.statistics import SqlStatisticsStore
from bot.store.turn_log import SqlTurnLog
from bot.wordings import Wordings
from embeddings.made_files import adopt_files, made_files
from embeddings.remembering import RememberingEncoder
from embeddings.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Engine
    from starlette.types import ASGIApp

    from bot.ports import LanguageDetector, SourcedArticle
    from bot.ports.accounts import IdentityProvider
    from bot.ports.editorial import CheckedAddress
    from embeddings.encoder import Encoder

# The design, whose colours an accent of a site must stand out from.
_TOKENS = Path(__file__).parent / "web" / "static" / "tokens.css"


@dataclass(frozen=True, slots=True)
class Installation:
    """A wired installation."""

    settings: Settings
    core: Core
    desk: Desk
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
    finish_restore(settings.data_dir)
    return SqlStore(open_engine(settings.store_url), utc_now)


def load_encoder(settings: Settings, announce: Callable[[str], None] = announce_nothing) -> Encoder:
    """The encoder that the settings name; `announce` is told of work that takes long. See `open_encoder`."""
    if settings.ready_models_dir is not None:
        with _told_of_the_disk("what is made of the models"):
            adopt_files(settings.ready_models_dir, settings.models_dir)
    return open_encoder(settings.model, settings.runtime, settings.models_dir, announce)


def load_remembering_encoder(settings: Settings, announce: Callable[[str], None] = announce_nothing) -> Encoder:
    """The same, for a program that encodes texts again: it remembers their vectors, about 2 KB each."""
    return RememberingEncoder(load_encoder(settings, announce))


def load_emergencies(
    settings: Settings, encoder: Encoder, announce: Callable[[str], None] = announce_nothing
) -> Safety:
    """The emergency rules; `announce` is told of work that takes long. Raises ConfigurationError, Unavailable."""
    speller = Speller()
    folder = settings.rules_dir / "emergencies"
    rules = read_emergencies(folder, speller.is_known)
    if settings.country not in rules.countries:
        raise ConfigurationError(
            f"DOCTORS_NOTE_COUNTRY: {settings.country!r} is none of {', '.join(sorted(filter(None, rules.countries)))};"
            f" name one of these, or add its numbers to {folder / 'countries.yaml'}"
        )
    with _told_of_the_disk("what is learned from the examples of emergencies"):
        likeness = open_likeness(encoder, folder / "examples.tsv", settings.models_dir, speller.mended, announce)
    return Safety(rules.detector, likeness, EldDetector(), rules.countries)


def install(
    settings: Settings,
    *,
    announce: Callable[[str], None] = announce_nothing,
    progress: Callable[[int, int], None] = no_progress,
    rebuild: bool = False,
    repair: bool = True,
    wait: bool = True,
    encoder: Encoder | None = None,
    safety: Safety | None = None,
) -> Installation:
    """Open everything and bring the index in line with the library. Raises ConfigurationError, Unavailable.

    `announce` is told of work that takes long, `progress` of the articles that the index has taken in and of all that
    it has to; for `rebuild`, `repair` and `wait` see `ArticleIndex.open`. `encoder` and `safety`, where they are loaded
    already, save loading them again.
    """
    store = open_store(settings)
    encoder = encoder or load_encoder(settings, announce)
    record = load_calibration(settings.calibration, settings.data_dir, encoder.name, encoder.weights_sha256)
    index = ArticleIndex(encoder, settings.index_dir, store)
    index.open(progress, rebuild=rebuild, repair=repair, wait=wait)
    safety = safety or load_emergencies(settings, encoder, announce)
    core = Core(
        store,
        index,
        record.calibration,
        utc_now,
        _site(settings),
        _redactor(settings),
        _conversing(settings, safety.languages),
        safety,
        installation_key(settings.secret.get_secret_value(), settings.data_dir),
        load_sites(settings, safety.countries),
    )
    return Installation(settings, core, open_desk(core, store.engine, settings), record)


def open_desk(core: Core, engine: Engine, settings: Settings) -> Desk:
    """What staff work with, on the database of the store. Raises ConfigurationError."""
    clock = core.clock
    return Desk(
        core=core,
        access=open_access(settings),
        accounts=SqlAccountStore(engine, clock),
        audit=SqlAuditStore(engine, clock),
        backlog=SqlBacklogStore(engine, clock),
        queue=SqlQueueStore(engine, clock),
        drafts=SqlDraftStore(engine, clock),
        reports=SqlReportStore(engine, clock),
        past=SqlPastQuestions(engine, clock),
        statistics=SqlStatisticsStore(engine, clock),
        encoder=RetrieverEncoder(core.retriever),
        grouping=QuestionGrouping(),
        rehearser=IndexRehearser(cast("ArticleIndex", core.retriever), settings.models_dir),
        turn_log=SqlTurnLog(engine, clock),
        golden=_golden(settings),
        editing=Editing(
            settings.review_months,
            TextstatReadability(),
            _AddressCheckerInTime(),
            FileExchange(settings.data_dir / "transfer"),
        ),
    )


class _AddressCheckerInTime:
    """`bot.ports.editorial.AddressChecker` whose HTTP client is loaded when somebody first asks for it."""

    def check(self, urls: Sequence[str]) -> tuple[CheckedAddress, ...]:
        """See `AddressChecker.check`."""
        from bot.links import HttpAddressChecker  # noqa: PLC0415  a server that starts need not load an HTTP client

        return HttpAddressChecker().check(urls)


def _golden(settings: Settings) -> tuple[GoldenQuestion, ...]:
    """The golden questions beside the rules; none where there are none. Raises ConfigurationError."""
    path = settings.rules_dir / "golden" / "questions.jsonl"
    if not path.is_file():
        return ()
    try:
        return tuple(GoldenQuestion(each.asked, each.expected) for each in read_questions(path))
    except UnreadableFile as error:
        raise ConfigurationError(str(error)) from error


def open_accounts(settings: Settings) -> Accounts:
    """The accounts of staff alone, for commands that need no model. Raises ConfigurationError, Unavailable."""
    return Accounts(SqlAccountStore(open_store(settings).engine, utc_now), ArgonHasher())


def open_shelf(settings: Settings) -> Shelf:
    """The articles alone, for commands that need no model. Raises ConfigurationError, Unavailable."""
    engine = open_store(settings).engine
    return Shelf(SqlDraftStore(engine, utc_now), SqlQueueStore(engine, utc_now))


def open_access(settings: Settings) -> Access:
    """How staff are let in."""
    return Access(ArgonHasher(), settings.staff_idle_min, settings.staff_session_hours, _identity_provider(settings))


def _identity_provider(settings: Settings) -> IdentityProvider | None:
    if not (settings.oidc_issuer and settings.oidc_client_id):
        return None
    from bot.oidc import OidcProvider  # noqa: PLC0415  most installations have none, and need not load its libraries

    return OidcProvider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.base_url}/staff/oidc/callback",
        settings.oidc_name,
        utc_now,
        settings.oidc_match,
    )


def load_sites(settings: Settings, countries: Collection[str]) -> WidgetSites:
    """The web sites that the widget may stand on; none where no file names them. Raises ConfigurationError."""
    if settings.sites_file is None:
        return WidgetSites()
    return read_sites(settings.sites_file, countries, read_surfaces(_TOKENS))


def _site(settings: Settings) -> Site:
    return Site(
        public_url=settings.base_url,
        disclaimer=settings.disclaimer,
        symptom_check_url=settings.symptom_check_url,
        language=settings.language,
        country=settings.country,
        contact=settings.contact,
        contact_url=settings.contact_url,
        session_ttl_min=settings.session_ttl_min,
        retention_days=settings.retention_days,
        withhold_overdue_days=settings.withhold_overdue_days,
    )


def _conversing(settings: Settings, languages: LanguageDetector) -> Conversing:
    folder = settings.rules_dir / "small_talk"
    return Conversing(Wordings(settings.language), languages, read_phrases(folder), read_replies(folder))


def _redactor(settings: Settings) -> Redactor:
    recipe: dict[str, str | int] = {"names": 1, "faker": version("faker")}
    with _told_of_the_disk("the lists of names"):
        folder = made_files(settings.models_dir, recipe, write_names, names=[NAMES_FILE])
    return Redactor(settings.country, read_names(folder))


@contextmanager
def _told_of_the_disk(what: str) -> Iterator[None]:
    """Turn the errors of a disk into one that says what could not be kept."""
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"{what} cannot be kept: {error}. Free some space in the data folder, or make it writable."
        ) from error


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
    safety = load_emergencies(settings, encoder)
    with TemporaryDirectory(prefix="doctors-note-", dir=parent) as folder:
        changes = {
            "data_dir": Path(folder),
            "database_url": SecretStr(""),
            "calibration": own_calibration(settings.calibration, settings.data_dir),
        }
        installation = install(settings.model_copy(update=changes), encoder=encoder, safety=safety)
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
    return create_app(installation.desk)


def configure_logging(level: str) -> None:
    """Log events and ids, one line each, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_EventFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # Their chatter names files and addresses, never what went wrong.
    for name in ("httpx", "httpx2", "sentence_transformers", "alembic"):
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

"""A database of an earlier version is brought to the newest schema with all that is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import bot.store
from bot.domain.article import Serving
from bot.domain.decision import KeptCandidate
from bot.domain.reply import Outcome
from bot.store import SqlStore, open_engine
from bot.store.schema import metadata
from tests.conftest import NOON
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Iterator

_SESSION_ROW = "INSERT INTO sessions (id, language, created, last_seen) VALUES (:id, :language, :at, :at)"
_TURN_ROW = (
    "INSERT INTO turns (id, session_id, created, outcome, probability, candidates, model_sha256, index_version, "
    "calibration) VALUES (:id, :session, :at, :outcome, :probability, '[[\"a\", 0.5]]', 'm', 7, 'c')"
)


def migrated(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


@pytest.fixture
def first(store_url: str) -> Iterator[sa.Engine]:
    """A database of the first version, with two sessions and three turns."""
    engine = sa.create_engine(sa.make_url(store_url))
    migrated(engine, "0001")
    at = "2026-03-01 12:00:00.000000+00:00" if engine.dialect.name == "postgresql" else "2026-03-01 12:00:00.000000"
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO library (id, store_id, version) VALUES (1, 'old', 3)"))
        for session, language in ((SESSION, "pt-BR"), ("another-0123456789", None)):
            connection.execute(sa.text(_SESSION_ROW), {"id": session, "language": language, "at": at})
        for identifier, session, outcome, probability in (
            ("asked", SESSION, "choices", 0.4),
            ("chosen", SESSION, "answer", None),
            ("other", "another-0123456789", "unmatched", 0.1),
        ):
            row = {
                "id": identifier, "session": session, "at": at, "outcome": outcome, "probability": probability
            }  # fmt: skip
            connection.execute(sa.text(_TURN_ROW), row)
    yield engine
    engine.dispose()


def test_the_first_version_is_brought_up(first: sa.Engine, store_url: str) -> None:
    """Its turns stay, with what can be told of them, in the schema that the code states; and new ones are taken."""
    engine = open_engine(store_url)
    store = SqlStore(engine, lambda: NOON)
    asked, chosen = sorted(store.turns(SESSION), key=lambda each: each.id)
    (other,) = store.turns("another-0123456789")
    assert (asked.intent, asked.outcome, asked.language, asked.channel) == ("question", Outcome.CHOICES, "pt-BR", "api")
    assert (chosen.intent, chosen.language) == ("choice", "pt-BR")
    assert (other.intent, other.language, other.question, other.offered, other.signs) == (
        "question",
        "en",
        None,
        (),
        (),
    )
    assert other.candidates == (KeptCandidate("a", 0.5),)
    assert store.store_id() == "old"
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    store.record(turn(), None)
    assert store.erase(SESSION)
    store.scrub()
    assert store.turns(SESSION) == ()
    assert store.turns("another-0123456789") == (other,)
    engine.dispose()


def test_migrations_can_be_undone(first: sa.Engine) -> None:
    """Down to nothing, and up again."""
    migrated(first, "head")
    migrated(first, "base")
    assert sa.inspect(first).get_table_names() == ["alembic_version"]
    migrated(first, "head")
    assert set(sa.inspect(first).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_articles_of_an_earlier_version_are_found(first: sa.Engine, store_url: str) -> None:
    """Their words are read from their newest revisions."""
    migrated(first, "0003")
    with first.begin() as connection:
        for number in range(501):  # more than are read at once
            connection.execute(
                sa.text(
                    "INSERT INTO articles (id, revision, status, language, question, changed_version) "
                    "VALUES (:id, 2, 'published', 'en', 'Q', :version)"
                ),
                {"id": f"a{number:03}", "version": number + 1},
            )
            for revision in (1, 2):
                connection.execute(
                    sa.text(
                        "INSERT INTO revisions (article_id, number, question, short_answer, explanation, also_asked, "
                        'symptoms, author, reviewer, language, status, source, "references", sha256, created) VALUES '
                        "(:id, :number, :question, '', '', '[\"MIGRA\u00d1A\"]', '[\"Ache\"]', '', '', 'en', "
                        "'published', '', '[]', '', '2026-03-01 12:00:00.000000')"
                    ),
                    {"id": f"a{number:03}", "number": revision, "question": f"Revision {revision}"},
                )
    engine = open_engine(store_url)
    found = [
        SqlStore(engine, lambda: NOON).page(
            query=query, symptom="", language="", serving=Serving(NOON.date()), number=1, size=1
        )
        for query in ("migrana ache revision 2", "revision 1")
    ]
    assert [page.total for page in found] == [501, 0]
    engine.dispose()

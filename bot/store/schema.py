"""The tables. Migrations bring a database to this state, and a test proves that they do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """A moment, kept in UTC, and given back with its time zone on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:  # noqa: ARG002
        """Refuse a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(dt.UTC) if value is not None else None

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:  # noqa: ARG002
        """SQLite forgets the zone; it is UTC."""
        return value.replace(tzinfo=dt.UTC) if value is not None and value.tzinfo is None else value


# One row. `version` grows with every change to an article or phrasing. It is written first in each such
# transaction, so that its row lock puts commits into the order of their versions: whoever has seen version n has
# seen all that came before it.
library = sa.Table(
    "library",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True),
    sa.Column("store_id", sa.String(32), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("changed_version", sa.BigInteger, nullable=False, unique=True),
    sa.Column("source_text", sa.Text),
    sa.Index("ix_articles_status", "status"),
)

article_symptoms = sa.Table(
    "article_symptoms",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("symptom", sa.Text, primary_key=True),
    sa.Index("ix_article_symptoms_symptom", "symptom"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("short_answer", sa.Text, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("also_asked", sa.JSON, nullable=False),
    sa.Column("symptoms", sa.JSON, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("reviewed", sa.Date),
    sa.Column("review_due", sa.Date),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("references", sa.JSON, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
)

phrasings = sa.Table(
    "phrasings",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("text", sa.Text, primary_key=True),
    sa.Column("created", UtcDateTime, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(35)),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False, index=True),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("intent", sa.String(32), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("question", sa.Text),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("probability", sa.Float),
    sa.Column("article_id", sa.String(100)),
    sa.Column("revision", sa.Integer),
    sa.Column("sha256", sa.String(64)),
    sa.Column("candidates", sa.JSON, nullable=False),
    sa.Column("offered", sa.JSON, nullable=False),
    sa.Column("signs", sa.JSON, nullable=False),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("index_version", sa.BigInteger, nullable=False),
    sa.Column("calibration", sa.String(64), nullable=False),
    sa.Index("ix_turns_session_id", "session_id", "created"),
    sa.Index("ix_turns_article_id", "article_id", "revision"),
    sa.Index("ix_turns_outcome", "outcome", "created"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("turn_id", sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(64), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("changed", UtcDateTime, nullable=False, index=True),
)

# One row. `made` grows with every commit that deletes something a patient said; `cleaned` is what it was when the files
# were last rewritten. While they differ, traces may be left in the files. See `bot.store.traces`.
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="one_row"), primary_key=True),
    sa.Column("made", sa.BigInteger, nullable=False),
    sa.Column("cleaned", sa.BigInteger, nullable=False),
)

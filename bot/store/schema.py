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
        """SQLite forgets the zone; it is UTC. PostgreSQL gives the moment in the zone of its session."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


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
    sa.Column("review_due", sa.Date),
    # What a search compares: see `bot.store.rows.words_of`.
    sa.Column("words", sa.Text, nullable=False),
    sa.Index("ix_articles_status", "status"),
    sa.Index("ix_articles_review_due", "review_due"),
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
    sa.Column("created", UtcDateTime, nullable=False, index=True),
    sa.Column("taught_by", sa.String(64), nullable=False),
    sa.Column("group_id", sa.String(32)),
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
    sa.Column("created", UtcDateTime, nullable=False),
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
    sa.Column("answer_at", sa.Float),
    sa.Column("choose_at", sa.Float),
    # All that the statistics of staff count, so that they need not read the turns themselves.
    sa.Index("ix_turns_created", "created", "outcome", "intent", "channel", "language", "article_id"),
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

# What staff do is written here in the transaction that does it. Triggers refuse to update or delete a row.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(160), nullable=False),
    sa.Column("before", sa.JSON),
    sa.Column("after", sa.JSON),
    sa.Index("ix_audit_log_subject", "subject"),
    sqlite_autoincrement=True,
)

staff_accounts = sa.Table(
    "staff_accounts",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("password_due", sa.Boolean, nullable=False),
    sa.Column("oidc_subject", sa.String(64), unique=True),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("shortcuts", sa.Boolean, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
)

# Failed sign-ins by the SHA-256 of the name that was typed, whether or not there is such an account: so the waiting
# time tells nothing about names, and what somebody typed by mistake is not kept.
sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("name_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last", UtcDateTime, nullable=False, index=True),
    sa.Column("locked_until", UtcDateTime),
)

# Signed-in browsers. The cookie's token is kept as a hash only. `flash` is what the next page tells once.
staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey("staff_accounts.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("last_seen", UtcDateTime, nullable=False),
    sa.Column("expires", UtcDateTime, nullable=False, index=True),
    sa.Column("flash", sa.JSON),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("rights", sa.JSON, nullable=False),
    sa.Column("created_by", sa.String(80), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("last_used", UtcDateTime),
    sa.Column("revoked", UtcDateTime),
)

# Questions that mean much the same. How many asked, and in what words, is read from the questions, so that an erased
# one leaves nothing behind. `title` is staff's own; `version` grows with each change (optimistic locking). `settled` is
# when it was taught, published or dismissed; `came_back` that somebody asked again after the former two.
question_groups = sa.Table(
    "question_groups",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("assignee", sa.String(64), nullable=False),
    sa.Column("article_id", sa.String(100)),
    sa.Column("settled", UtcDateTime),
    sa.Column("came_back", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("changed", UtcDateTime, nullable=False),
    sa.Index("ix_question_groups_state", "state"),
)

queued_questions = sa.Table(
    "queued_questions",
    metadata,
    sa.Column("turn_id", sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("group_id", sa.ForeignKey("question_groups.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("is_moved", sa.Boolean, nullable=False),
)

# What a kept question means to the model `model_sha256`: float16 little-endian, of length 1.
question_vectors = sa.Table(
    "question_vectors",
    metadata,
    sa.Column("turn_id", sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

group_notes = sa.Table(
    "group_notes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("group_id", sa.ForeignKey("question_groups.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
)

# What staff did to the queue, with what it takes to undo it: ids and states, no words of patients.
staff_actions = sa.Table(
    "staff_actions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("undo", sa.JSON, nullable=False),
    sa.Column("undone", UtcDateTime),
    sa.Column("undone_by", sa.String(80), nullable=False),
)

# What is being written of an article, beside what is served of it: at most one draft an article. `record` is the
# article in the contract's JSON form; `editors` are the account ids of all who wrote in it. What is signed off has who
# did it (account, and the name that the article will have), when, and the hash of what they signed; else "" and NULL.
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("article_id", sa.String(100), primary_key=True),
    sa.Column("base_revision", sa.Integer, nullable=False),
    sa.Column("record", sa.JSON, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("editors", sa.JSON, nullable=False),
    sa.Column("signed_by", sa.String(64), nullable=False),
    sa.Column("signed_sha256", sa.String(64), nullable=False),
    sa.Column("signed_name", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("changed", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Index("ix_drafts_state", "state", "changed"),
)

# The way of an article: written, submitted, signed off, published, retired.
article_steps = sa.Table(
    "article_steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("article_id", sa.String(100), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("step", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_article_steps_article_id", "article_id", "at"),
)

# What patients say is wrong with an article, redacted. `note` is what staff said when they last closed or reopened it,
# at `handled`.
error_reports = sa.Table(
    "error_reports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("handled_by", sa.String(80), nullable=False),
    sa.Column("handled", UtcDateTime),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_error_reports_state", "state", "created"),
)

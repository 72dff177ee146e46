"""The library, its revisions and phrasings, and the sessions with their turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "library",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("store_id", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library"),
        sa.CheckConstraint("id = 1", name="ck_library_one_row"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("changed_version", sa.BigInteger, nullable=False),
        sa.Column("source_text", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("changed_version", name="uq_articles_changed_version"),
    )
    op.create_index("ix_articles_status", "articles", ["status"])
    op.create_table(
        "article_symptoms",
        sa.Column("article_id", sa.String(100), nullable=False),
        sa.Column("symptom", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "symptom", name="pk_article_symptoms"),
        _of_article("article_symptoms"),
    )
    op.create_index("ix_article_symptoms_symptom", "article_symptoms", ["symptom"])
    op.create_table(
        "revisions",
        sa.Column("article_id", sa.String(100), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
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
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_revisions"),
        _of_article("revisions"),
    )
    op.create_table(
        "phrasings",
        sa.Column("article_id", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "text", name="pk_phrasings"),
        _of_article("phrasings"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_last_seen", "sessions", ["last_seen"])
    op.create_table(
        "turns",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("probability", sa.Float),
        sa.Column("article_id", sa.String(100)),
        sa.Column("revision", sa.Integer),
        sa.Column("sha256", sa.String(64)),
        sa.Column("candidates", sa.JSON, nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("index_version", sa.BigInteger, nullable=False),
        sa.Column("calibration", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_turns_session_id", ondelete="CASCADE"),
    )
    op.create_index("ix_turns_session_id", "turns", ["session_id"])
    op.create_index("ix_turns_created", "turns", ["created"])
    op.create_index("ix_turns_article_id", "turns", ["article_id", "revision"])


def downgrade() -> None:
    for table in ("turns", "sessions", "phrasings", "revisions", "article_symptoms", "articles", "library"):
        op.drop_table(table)


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=f"fk_{table}_article_id", ondelete="CASCADE")

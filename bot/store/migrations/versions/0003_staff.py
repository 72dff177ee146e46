"""Staff: accounts, the queue of unmatched questions, drafts and their sign-off, error reports, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    "error_reports",
    "article_steps",
    "drafts",
    "staff_actions",
    "group_notes",
    "question_vectors",
    "queued_questions",
    "question_groups",
    "api_keys",
    "sign_in_failures",
    "staff_sessions",
    "staff_accounts",
    "audit_log",
)
# What PostgreSQL's ANALYZE would copy into its statistics, whence nothing deletes it: what patients said or meant.
_SECRET = {"queued_questions": ("turn_id",), "question_vectors": ("turn_id", "vector"), "error_reports": ("text",)}


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("articles", sa.Column("review_due", sa.Date))
    op.execute(
        "UPDATE articles SET review_due = revisions.review_due FROM revisions "
        "WHERE revisions.article_id = articles.id AND revisions.number = articles.revision"
    )
    op.create_index("ix_articles_review_due", "articles", ["review_due"])
    op.add_column("phrasings", sa.Column("taught_by", sa.String(64), nullable=False, server_default=""))
    op.add_column("phrasings", sa.Column("group_id", sa.String(32)))
    op.create_index("ix_phrasings_created", "phrasings", ["created"])
    op.add_column("turns", sa.Column("answer_at", sa.Float))
    op.add_column("turns", sa.Column("choose_at", sa.Float))
    op.drop_index("ix_turns_created", "turns")
    op.create_index("ix_turns_created", "turns", ["created", "outcome", "intent", "channel", "language", "article_id"])
    _create_tables()
    if is_postgresql:
        op.alter_column("phrasings", "taught_by", server_default=None)
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        )
        for change in ("UPDATE", "DELETE", "TRUNCATE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
            )
        for table, columns in _SECRET.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    else:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{change.lower()} BEFORE {change} ON audit_log "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
    op.drop_index("ix_turns_created", "turns")
    op.create_index("ix_turns_created", "turns", ["created"])
    op.drop_column("turns", "choose_at")
    op.drop_column("turns", "answer_at")
    op.drop_index("ix_phrasings_created", "phrasings")
    op.drop_column("phrasings", "group_id")
    op.drop_column("phrasings", "taught_by")
    op.drop_index("ix_articles_review_due", "articles")
    op.drop_column("articles", "review_due")


def _create_tables() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("password_due", sa.Boolean, nullable=False),
        sa.Column("oidc_subject", sa.String(64)),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("shortcuts", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_accounts"),
        sa.UniqueConstraint("name", name="uq_staff_accounts_name"),
        sa.UniqueConstraint("oidc_subject", name="uq_staff_accounts_oidc_subject"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flash", sa.JSON),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name="fk_staff_sessions_account_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_staff_sessions_expires", "staff_sessions", ["expires"])
    op.create_table(
        "sign_in_failures",
        sa.Column("name_hash", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name_hash", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_last", "sign_in_failures", ["last"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("rights", sa.JSON, nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True)),
        sa.Column("revoked", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    )
    op.create_table(
        "question_groups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("assignee", sa.String(64), nullable=False),
        sa.Column("article_id", sa.String(100)),
        sa.Column("settled", sa.DateTime(timezone=True)),
        sa.Column("came_back", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question_groups"),
    )
    op.create_index("ix_question_groups_state", "question_groups", ["state"])
    op.create_table(
        "queued_questions",
        sa.Column("turn_id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("is_moved", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_queued_questions"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_queued_questions_turn_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_groups.id"], name="fk_queued_questions_group_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_queued_questions_group_id", "queued_questions", ["group_id"])
    op.create_table(
        "question_vectors",
        sa.Column("turn_id", sa.String(32), nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_question_vectors"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_question_vectors_turn_id", ondelete="CASCADE"),
    )
    op.create_table(
        "group_notes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group_notes"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_groups.id"], name="fk_group_notes_group_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_group_notes_group_id", "group_notes", ["group_id"])
    op.create_table(
        "staff_actions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("undo", sa.JSON, nullable=False),
        sa.Column("undone", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_actions"),
    )
    op.create_index("ix_staff_actions_at", "staff_actions", ["at"])
    op.create_table(
        "drafts",
        sa.Column("article_id", sa.String(100), nullable=False),
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
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_state", "drafts", ["state", "changed"])
    op.create_table(
        "article_steps",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article_steps"),
    )
    op.create_index("ix_article_steps_article_id", "article_steps", ["article_id", "at"])
    op.create_table(
        "error_reports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("article_id", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("handled_by", sa.String(80), nullable=False),
        sa.Column("handled", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_error_reports"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_error_reports_article_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_error_reports_article_id", "error_reports", ["article_id"])
    op.create_index("ix_error_reports_state", "error_reports", ["state", "created"])

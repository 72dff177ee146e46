"""What a turn was taken for and offered, its words, what was thought of it, and the count of erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What PostgreSQL's ANALYZE would copy into its statistics, whence nothing deletes it: patients' words, and ids.
_SECRET = {"sessions": ("id",), "turns": ("id", "session_id", "question"), "feedback": ("turn_id", "comment")}
# The columns that every turn has, with what those recorded before get.
_ADDED = (
    ("channel", sa.String(32), "api"),
    ("intent", sa.String(32), "question"),
    ("language", sa.String(35), "en"),
    ("offered", sa.JSON(), "[]"),
    ("signs", sa.JSON(), "[]"),
)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, kind, earlier in _ADDED:
        op.add_column("turns", sa.Column(name, kind, nullable=False, server_default=earlier))
    op.add_column("turns", sa.Column("question", sa.Text))
    # No probability was computed for an article that was chosen.
    op.execute("UPDATE turns SET intent = 'choice' WHERE probability IS NULL AND outcome = 'answer'")
    op.execute(
        "UPDATE turns SET language = sessions.language FROM sessions "
        "WHERE sessions.id = turns.session_id AND sessions.language IS NOT NULL"
    )
    if is_postgresql:
        # SQLite keeps the defaults: to take them away, it would have to copy the table.
        for name, _, _ in _ADDED:
            op.alter_column("turns", name, server_default=None)
    op.drop_index("ix_turns_session_id", "turns")
    op.create_index("ix_turns_session_id", "turns", ["session_id", "created"])
    op.create_index("ix_turns_outcome", "turns", ["outcome", "created"])
    op.create_table(
        "feedback",
        sa.Column("turn_id", sa.String(32), nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_feedback_turn_id", ondelete="CASCADE"),
    )
    op.create_index("ix_feedback_changed", "feedback", ["changed"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("cleaned", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        sa.CheckConstraint("id = 1", name="ck_erasures_one_row"),
    )
    op.execute("INSERT INTO erasures (id, made, cleaned) VALUES (1, 0, 0)")
    if is_postgresql:
        for table, columns in _SECRET.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_table("feedback")
    op.drop_index("ix_turns_outcome", "turns")
    op.drop_index("ix_turns_session_id", "turns")
    op.create_index("ix_turns_session_id", "turns", ["session_id"])
    for name in ("question", *(name for name, _, _ in _ADDED)):
        op.drop_column("turns", name)

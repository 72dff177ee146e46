"""The words that an article is found by in the library, without case and accents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.rows import words_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_CHUNK = 500


def upgrade() -> None:
    op.add_column("articles", sa.Column("words", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    articles = sa.table("articles", *map(sa.column, ("id", "revision", "words")))
    revisions = sa.table(
        "revisions",
        *map(sa.column, ("article_id", "number", "question", "short_answer")),
        sa.column("also_asked", sa.JSON),
        sa.column("symptoms", sa.JSON),
    )
    current = sa.and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)
    put = articles.update().where(articles.c.id == sa.bindparam("key")).values(words=sa.bindparam("said"))
    last = ""
    while True:
        wanted = sa.select(revisions).join(articles, current).where(articles.c.id > last)
        rows = connection.execute(wanted.order_by(articles.c.id).limit(_CHUNK)).all()
        if not rows:
            break
        connection.execute(
            put,
            [
                {"key": row.article_id, "said": words_of(row.question, row.also_asked, row.short_answer, row.symptoms)}
                for row in rows
            ],
        )
        last = rows[-1].article_id
    if connection.dialect.name == "postgresql":
        # SQLite keeps the default: to take it away, it would have to copy the table.
        op.alter_column("articles", "words", server_default=None)


def downgrade() -> None:
    op.drop_column("articles", "words")

"""Sessions, their turns and what was thought of them, over SQLAlchemy Core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from bot.domain.article import Status
from bot.domain.errors import NotFound, Withdrawn, shown
from bot.ports.turns import Conversation, Feedback, Turn
from bot.store.base import SqlBase, insert_on
from bot.store.database import empty_log
from bot.store.reports import purge_closed
from bot.store.rows import feedback_of, feedback_row, turn_of, turn_row
from bot.store.schema import articles, feedback, question_vectors, queued_questions, revisions, sessions, turns
from bot.store.traces import count_erasure, scrub

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from bot.domain.article import Serving
    from bot.ports import Clock

# How long an erasure waits for those who use the files that it is to be cleaned from.
PATIENCE_S: Final = 5.0
# Sessions deleted together: so short a transaction keeps no patient waiting.
_PURGED_TOGETHER: Final = 200
# The statements of every turn, made once: making one takes as long as the database takes to answer it.
_ADD_TURN: Final = turns.insert()
_CONVERSATION: Final = (
    sa.select(sessions.c.language.label("asked_language"), turns)
    .join(turns, turns.c.session_id == sessions.c.id)
    .where(sessions.c.id == sa.bindparam("session_id"), turns.c.created > sa.bindparam("since"))
    .order_by(turns.c.created.desc(), turns.c.id.desc())
    .limit(sa.bindparam("limit"))
)
# The lock keeps the session from being erased or purged meanwhile. On SQLite the transaction itself has waited for its
# turn. Only a statement of its own, after the lock, sees what another transaction deleted before it let go.
_LOCK_SESSION: Final = sa.select(sessions.c.id).where(sessions.c.id == sa.bindparam("session_id")).with_for_update()
# The lock makes whoever takes the article out of answers wait for this turn, or this turn for them.
_QUOTED: Final = (
    sa.select(articles.c.revision, articles.c.status, articles.c.review_due)
    .where(articles.c.id == sa.bindparam("article_id"))
    .with_for_update(read=True)
)
_WORDS: Final = sa.select(turns.c.question).where(
    turns.c.id == sa.bindparam("turn_id"), turns.c.session_id == sa.bindparam("session_id")
)
_COMMENT: Final = sa.select(feedback.c.comment).where(feedback.c.turn_id == sa.bindparam("turn_id"))


class SqlTurnStore(SqlBase):
    """`bot.ports.TurnStore` over a database opened by `open_engine`.

    `patience_s` is about how long it waits for others to let go of what is to be cleaned.
    """

    def __init__(self, engine: sa.Engine, clock: Clock, patience_s: float) -> None:
        super().__init__(engine, clock)
        self._patience_s = patience_s
        # Whether words that were deleted may still stand in SQLite's log, since somebody was reading it.
        self._is_log_due = False
        insert = insert_on(engine)
        begin = insert(sessions)
        self._begin_session = begin.on_conflict_do_update(
            index_elements=[sessions.c.id],
            set_={
                "last_seen": begin.excluded.last_seen,
                "language": sa.func.coalesce(begin.excluded.language, sessions.c.language),
            },
        )
        give = insert(feedback)
        self._give_feedback = give.on_conflict_do_update(
            index_elements=[feedback.c.turn_id],
            set_={name: give.excluded[name] for name in ("helpful", "reason", "comment", "changed")},
        )

    def close(self) -> None:
        """See `Store.close`."""
        self._engine.dispose()

    def record(
        self, turn: Turn, language: str | None, *, question_of: str | None = None, serving: Serving | None = None
    ) -> None:
        """See `TurnStore.record`."""
        with self._writing() as connection:
            if serving is not None and turn.article_id is not None:
                _check_served(connection, turn, serving)
            session = {
                "id": turn.session_id,
                "language": language,
                "created": turn.created,
                "last_seen": turn.created,
            }
            connection.execute(self._begin_session, session)
            row = turn_row(turn)
            if question_of is not None:
                # The session is locked: nobody withholds these words between reading and copying them.
                row["question"] = connection.scalar(_WORDS, {"turn_id": question_of, "session_id": turn.session_id})
            connection.execute(_ADD_TURN, row)
        if self._is_log_due:
            self._empty_log(0)

    def conversation(self, session_id: str, since: dt.datetime, limit: int) -> Conversation:
        """See `TurnStore.conversation`."""
        with self._reading() as connection:
            wanted = {"session_id": session_id, "since": since, "limit": limit}
            rows = connection.execute(_CONVERSATION, wanted).all()
        if not rows:
            return Conversation()
        return Conversation(rows[0].asked_language, tuple(turn_of(row) for row in rows))

    def withhold(self, session_id: str, turn_id: str) -> None:
        """See `TurnStore.withhold`."""
        with self._writing() as connection:
            words = _locked_words(connection, session_id, turn_id)
            if words is None:
                return
            # A turn about an earlier question has its words as well.
            same = sa.and_(turns.c.session_id == session_id, turns.c.question == words)
            ids = connection.scalars(turns.update().where(same).values(question=None).returning(turns.c.id)).all()
            for derived in (queued_questions, question_vectors):
                connection.execute(derived.delete().where(derived.c.turn_id.in_(ids)))
            count_erasure(connection)
        self._empty_log(self._patience_s)

    def give_feedback(self, session_id: str, feedback: Feedback) -> None:
        """See `TurnStore.give_feedback`."""
        with self._writing() as connection:
            _locked_words(connection, session_id, feedback.turn_id)
            before = connection.scalar(_COMMENT, {"turn_id": feedback.turn_id})
            connection.execute(self._give_feedback, feedback_row(feedback))
            is_erasure = bool(before) and before != feedback.comment
            if is_erasure:
                count_erasure(connection)
        if is_erasure:
            self._empty_log(self._patience_s)

    def feedback(self, turn_id: str) -> Feedback | None:
        """See `TurnStore.feedback`."""
        with self._reading() as connection:
            row = connection.execute(sa.select(feedback).where(feedback.c.turn_id == turn_id)).first()
        return feedback_of(row) if row else None

    def erase(self, session_id: str) -> bool:
        """See `TurnStore.erase`."""
        with self._writing() as connection:
            is_there = connection.execute(sessions.delete().where(sessions.c.id == session_id)).rowcount > 0
            if is_there:
                count_erasure(connection)
        if is_there:
            self._empty_log(self._patience_s)
        return is_there

    def purge(self, before: dt.datetime) -> int:
        """See `TurnStore.purge`."""
        # A session that is being written to is left out: it is not old any more.
        old = sa.select(sessions.c.id).where(sessions.c.last_seen < before).order_by(sessions.c.last_seen)
        chunk = old.limit(_PURGED_TOGETHER).with_for_update(skip_locked=True)
        purged = 0
        while True:
            with self._writing() as connection:
                gone = connection.execute(sessions.delete().where(sessions.c.id.in_(chunk))).rowcount
                if gone:
                    count_erasure(connection)
            if not gone:
                break
            purged += gone
        # Of sessions that go on, what was said before then. Each is locked: nobody adds to a turn that goes.
        older = sa.select(turns.c.session_id).where(turns.c.created < before)
        lasting = sa.select(sessions.c.id).where(sessions.c.id.in_(older)).with_for_update(skip_locked=True)
        with self._writing() as connection:
            ids = connection.scalars(lasting.limit(_PURGED_TOGETHER)).all()
            outdated = connection.execute(
                turns.delete().where(turns.c.session_id.in_(ids), turns.c.created < before)
            ).rowcount
            outdated += purge_closed(connection, before)
            if outdated:
                count_erasure(connection)
        if purged or outdated:
            self._empty_log(self._patience_s)
        return purged

    def scrub(self) -> None:
        """See `TurnStore.scrub`."""
        scrub(self._engine, self._patience_s)
        self._is_log_due = False

    def turns(self, session_id: str) -> tuple[Turn, ...]:
        """See `TurnStore.turns`."""
        wanted = sa.select(turns).where(turns.c.session_id == session_id).order_by(turns.c.created, turns.c.id)
        with self._reading() as connection:
            return tuple(turn_of(row) for row in connection.execute(wanted))

    def misquotations(self) -> Iterator[Turn]:
        """See `TurnStore.misquotations`."""
        same = sa.and_(
            revisions.c.article_id == turns.c.article_id,
            revisions.c.number == turns.c.revision,
            revisions.c.sha256 == turns.c.sha256,
        )
        wanted = (
            sa.select(turns)
            .outerjoin(revisions, same)
            .where(turns.c.article_id.is_not(None), revisions.c.number.is_(None))
        )
        with self._reading() as connection:
            yield from (turn_of(row) for row in connection.execute(wanted))

    def count_quotations(self) -> int:
        """See `TurnStore.count_quotations`."""
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count(turns.c.article_id))) or 0

    def _empty_log(self, patience_s: float) -> None:
        """Clean SQLite's log of what was deleted; if it is in use for so long, the next turn tries again."""
        self._is_log_due = not empty_log(self._engine, patience_s)


def _locked_words(connection: sa.Connection, session_id: str, turn_id: str) -> str | None:
    """The words of a turn, whose session nobody else changes or deletes until the commit. Raises NotFound."""
    connection.execute(_LOCK_SESSION, {"session_id": session_id})
    row = connection.execute(_WORDS, {"turn_id": turn_id, "session_id": session_id}).first()
    if row is None:
        raise NotFound(f"there is no turn {shown(turn_id)} in that session")
    words: str | None = row.question
    return words


def _check_served(connection: sa.Connection, turn: Turn, serving: Serving) -> None:
    row = connection.execute(_QUOTED, {"article_id": turn.article_id}).first()
    if row is None or row.revision != turn.revision or not serving.may_show(Status(row.status), row.review_due):
        raise Withdrawn(f"the article {shown(turn.article_id)} was withdrawn or revised while it was quoted")

"""Bringing questions into the queue: which are to come, what they mean to the model, and the group of each."""

from __future__ import annotations

import secrets
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa
from filelock import FileLock, Timeout

from bot.domain.intents import Intent
from bot.domain.language_tags import primary_language
from bot.domain.question_queue import CHOOSING_TIME, GroupState, QuestionKind
from bot.domain.reply import Outcome
from bot.domain.staff import SYSTEM
from bot.ports.queue import Arrival, GroupFields
from bot.store.base import insert_on
from bot.store.queue_changes import SqlQueueChanges, change_groups, new_group_row
from bot.store.schema import feedback, group_notes, question_groups, question_vectors, queued_questions, turns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.ports.queue import Arriving

    Place = Callable[[Iterable[tuple[str, bytes]], Sequence[bytes]], list[str | int]]

_Item = TypeVar("_Item")
# Ids named in one statement.
_CHUNK: Final = 500
# Questions placed in one transaction, which keeps other writers waiting.
_PLACED_TOGETHER: Final = 100
# How often it is thought out anew where they belong, if somebody changed the queue meanwhile.
_TRIES: Final = 5
_ROUND_LOCK: Final = 0x646E6F7472  # any number that no other program on the database uses
# The stronger, the lower.
_STRENGTH: Final[dict[str, int]] = {kind: place for place, kind in enumerate(QuestionKind)}
_TURNS: Final = turns.c
_QUEUED: Final = queued_questions.c
_HAS_WORDS: Final = _TURNS.question.is_not(None)
_OUTCOMES: Final = (Outcome.UNMATCHED.value, Outcome.CHOICES.value)


class SqlArrivals(SqlQueueChanges):
    """The part of `bot.ports.queue.QueueStore` by which questions come in."""

    def arrivals(self, arriving: Arriving) -> tuple[Arrival, ...]:
        """See `QueueStore.arrivals`."""
        kinds: dict[tuple[str, str], QuestionKind] = {}
        with self._reading() as connection:
            for kind, wanted in _causes(arriving):
                for session_id, words in connection.execute(wanted):
                    kinds.setdefault((session_id, words), kind)
            found = []
            for part in _parts(sorted({session_id for session_id, _ in kinds})):
                seen = set()
                for row in connection.execute(_asked_in(part)):
                    key = (row.session_id, row.question)
                    if key not in kinds or key in seen:
                        continue
                    seen.add(key)
                    kind = kinds[key]
                    if row.kind is None or _STRENGTH[kind] < _STRENGTH[row.kind]:
                        language = primary_language(row.language)
                        found.append(Arrival(row.id, kind, row.created, language))
        return tuple(sorted(found, key=lambda each: (each.asked, each.turn_id)))

    def recant(self, since: dt.datetime | None) -> int:
        """See `QueueStore.recant`."""
        asked, marked = turns.alias(), turns.alias()
        same = sa.and_(marked.c.session_id == asked.c.session_id, marked.c.question == asked.c.question)
        given = asked.join(marked, same).join(feedback, feedback.c.turn_id == marked.c.id)
        of_it = asked.c.id == _QUEUED.turn_id
        helpful = sa.select(sa.literal(1)).select_from(given).where(of_it, feedback.c.helpful)
        if since is not None:
            helpful = helpful.where(feedback.c.changed >= since)
        unhelpful = sa.select(sa.literal(1)).select_from(given).where(of_it, ~feedback.c.helpful)
        recanted = sa.and_(
            _QUEUED.kind == QuestionKind.UNHELPFUL.value,
            helpful.correlate(queued_questions).exists(),
            ~unhelpful.correlate(queued_questions).exists(),
        )
        with self._reading() as connection:
            if connection.execute(sa.select(_QUEUED.turn_id).where(recanted).limit(1)).first() is None:
                return 0
        with self._editing() as connection:
            return connection.execute(queued_questions.delete().where(recanted)).rowcount

    def without_vector(
        self, model_sha256: str, limit: int, turn_ids: Sequence[str] | None = None, *, since: dt.datetime | None = None
    ) -> tuple[tuple[str, str], ...]:
        """See `QueueStore.without_vector`."""
        wanted = sa.select(_TURNS.id, _TURNS.question).where(_HAS_WORDS, ~_has_vector(model_sha256))
        if turn_ids is not None:
            wanted = wanted.where(_TURNS.id.in_(turn_ids))
        if since is not None:
            wanted = wanted.where(_TURNS.created >= since)
        return self._words(wanted.order_by(_TURNS.created.desc()).limit(limit))

    def queued_without_vector(self, model_sha256: str, limit: int) -> tuple[tuple[str, str], ...]:
        """See `QueueStore.queued_without_vector`."""
        wanted = sa.select(_TURNS.id, _TURNS.question).join(queued_questions, _QUEUED.turn_id == _TURNS.id)
        return self._words(wanted.where(_HAS_WORDS, ~_has_vector(model_sha256)).limit(limit))

    def keep_vectors(self, model_sha256: str, vectors: Sequence[tuple[str, bytes]]) -> None:
        """See `QueueStore.keep_vectors`."""
        put = insert_on(self._engine)(question_vectors)
        new = {name: put.excluded[name] for name in ("model_sha256", "vector")}
        put = put.on_conflict_do_update(index_elements=[question_vectors.c.turn_id], set_=new)
        for part in _parts(vectors):
            with self._writing() as connection:
                kept = set(_kept(connection, [turn_id for turn_id, _ in part]))
                rows = [
                    {"turn_id": turn_id, "model_sha256": model_sha256, "vector": vector}
                    for turn_id, vector in part
                    if turn_id in kept
                ]
                if rows:
                    connection.execute(put, rows)

    def place(self, arrivals: Sequence[Arrival], model_sha256: str, grouping: Place) -> int:
        """See `QueueStore.place`."""
        return sum(self._place(part, model_sha256, grouping) for part in _parts(arrivals, _PLACED_TOGETHER))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """See `QueueStore.alone`."""
        if self._engine.dialect.name == "postgresql":
            with self._reading() as connection:
                is_alone = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_ROUND_LOCK))))
                connection.commit()
                try:
                    yield is_alone
                finally:
                    if is_alone:
                        connection.execute(sa.select(sa.func.pg_advisory_unlock(_ROUND_LOCK)))
            return
        path = self._engine.url.database
        if not path or path == ":memory:":
            yield True
            return
        lock = FileLock(f"{path}.round-lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def tidy(self, empty_since: dt.datetime) -> int:
        """See `QueueStore.tidy`."""
        is_empty = ~sa.exists().where(_QUEUED.group_id == question_groups.c.id)
        left = sa.and_(
            is_empty,
            question_groups.c.changed < empty_since,
            question_groups.c.state != GroupState.NEEDS_ARTICLE.value,
        )
        with self._reading() as connection:
            if connection.execute(sa.select(question_groups.c.id).where(left).limit(1)).first() is None:
                return 0
        with self._editing() as connection:
            # Named, so that SQLite too deletes the notes of these alone.
            ids = connection.scalars(sa.select(question_groups.c.id).where(left).limit(_CHUNK)).all()
            connection.execute(group_notes.delete().where(group_notes.c.group_id.in_(ids)))
            return connection.execute(question_groups.delete().where(question_groups.c.id.in_(ids))).rowcount

    def _words(self, wanted: sa.Select[Any]) -> tuple[tuple[str, str], ...]:
        with self._reading() as connection:
            return tuple((row.id, row.question) for row in connection.execute(wanted))

    def _place(self, arrivals: Sequence[Arrival], model_sha256: str, grouping: Place) -> int:
        """What belongs where is thought out before others are kept waiting, and done if nothing changed meanwhile."""
        ids = [each.turn_id for each in arrivals]
        for _ in range(_TRIES):
            with self._reading() as connection:
                vectors = _vectors(connection, model_sha256, ids)
                seen = {
                    language: (coming, placed)
                    for language, coming in _coming(connection, arrivals, vectors, _kept_now(connection, ids)).items()
                    if (placed := _placed(connection, model_sha256, language)) is not None
                }
            plan = {}
            for language, (coming, placed) in seen.items():
                known = [(group_id, vector) for _, group_id, vector in placed]
                plan[language] = grouping(known, [vectors[each.turn_id] for each in coming])
            with self._editing() as connection:
                _strengthen(connection, arrivals)
                coming_now = _coming(connection, arrivals, vectors, set(_kept(connection, ids)))
                if all(
                    coming_now.get(language) == coming
                    and _places(connection, language) == [(turn_id, group_id) for turn_id, group_id, _ in placed]
                    for language, (coming, placed) in seen.items()
                ):
                    at = self._clock()
                    newest: dict[str, dt.datetime] = {}
                    for language, places in plan.items():
                        newest |= _put(connection, at, language, coming_now[language], places)
                    _come_back(connection, at, newest)
                    return sum(map(len, plan.values()))
        return 0  # The next round tries again.


def _causes(arriving: Arriving) -> Iterator[tuple[QuestionKind, sa.Select[Any]]]:
    """The sessions, and the words in them, that are to be in the queue; the strongest cause first."""
    of_words = sa.select(_TURNS.session_id, _TURNS.question).where(_HAS_WORDS)
    new = of_words if arriving.since is None else of_words.where(_TURNS.created >= arriving.since)
    yield (
        QuestionKind.NONE_OF_THESE,
        new.where(_TURNS.intent == Intent.NONE_OF_THESE.value, _TURNS.outcome.in_(_OUTCOMES)),
    )
    marked = of_words.join(feedback, feedback.c.turn_id == _TURNS.id).where(~feedback.c.helpful)
    if arriving.since is not None:
        marked = marked.where(feedback.c.changed >= arriving.since)
    # Told by what it is not, lest a database look through all turns of some outcomes.
    yield QuestionKind.UNHELPFUL, marked.where(_TURNS.outcome != Outcome.INFORMATION.value)
    yield QuestionKind.UNMATCHED, new.where(_TURNS.outcome == Outcome.UNMATCHED.value)
    certain = sa.func.coalesce(_TURNS.answer_at, arriving.answer_at) + arriving.margin
    unsure = new.where(_TURNS.outcome == Outcome.ANSWER.value, _TURNS.probability < certain)
    yield QuestionKind.DOUBTFUL, unsure.where(~sa.exists().where(feedback.c.turn_id == _TURNS.id, feedback.c.helpful))
    later = turns.alias()
    # Ids of articles have no character that LIKE would take for a pattern, nor one that JSON writes otherwise.
    offered = sa.cast(_TURNS.offered, sa.Text).like(sa.literal('%"') + later.c.article_id + sa.literal('"%'))
    picked = sa.exists().where(
        later.c.session_id == _TURNS.session_id, later.c.created >= _TURNS.created, later.c.id != _TURNS.id, offered
    )
    unpicked = of_words.where(_TURNS.outcome == Outcome.CHOICES.value, _TURNS.created < arriving.chosen_by, ~picked)
    if arriving.since is not None:
        unpicked = unpicked.where(_TURNS.created >= arriving.since - CHOOSING_TIME)
    yield QuestionKind.DOUBTFUL, unpicked


def _asked_in(session_ids: Sequence[str]) -> sa.Select[Any]:
    """All that was asked in these sessions, oldest first, with its kind where it is in the queue."""
    return (
        sa.select(_TURNS.id, _TURNS.session_id, _TURNS.question, _TURNS.created, _TURNS.language, _QUEUED.kind)
        .outerjoin(queued_questions, _QUEUED.turn_id == _TURNS.id)
        .where(_TURNS.session_id.in_(session_ids), _HAS_WORDS)
        .order_by(_TURNS.created, _TURNS.id)
    )


def _has_vector(model_sha256: str) -> sa.Exists:
    return sa.exists().where(question_vectors.c.turn_id == _TURNS.id, question_vectors.c.model_sha256 == model_sha256)


def _queued(connection: sa.Connection, turn_ids: Sequence[str]) -> dict[str, str]:
    wanted = sa.select(_QUEUED.turn_id, _QUEUED.kind).where(_QUEUED.turn_id.in_(turn_ids))
    return {row.turn_id: row.kind for row in connection.execute(wanted)}


def _strengthen(connection: sa.Connection, arrivals: Sequence[Arrival]) -> None:
    """Give those that are in the queue already their stronger kind."""
    queued = _queued(connection, [each.turn_id for each in arrivals])
    for each in arrivals:
        if each.turn_id in queued and _STRENGTH[each.kind] < _STRENGTH[queued[each.turn_id]]:
            here = _QUEUED.turn_id == each.turn_id
            connection.execute(queued_questions.update().where(here).values(kind=each.kind.value))


def _coming(
    connection: sa.Connection, arrivals: Sequence[Arrival], vectors: Mapping[str, bytes], kept: set[str]
) -> dict[str, list[Arrival]]:
    """Those that can be placed, by language."""
    queued = _queued(connection, [each.turn_id for each in arrivals])
    coming: dict[str, list[Arrival]] = defaultdict(list)
    for each in arrivals:
        if each.turn_id in kept and each.turn_id in vectors and each.turn_id not in queued:
            coming[each.language].append(each)
    return coming


def _put(
    connection: sa.Connection, at: dt.datetime, language: str, coming: Sequence[Arrival], places: Sequence[str | int]
) -> dict[str, dt.datetime]:
    """Place them, new groups made; when the newest of each group was asked."""
    made = {place: secrets.token_hex(16) for place in places if isinstance(place, int)}
    groups = [made[place] if isinstance(place, int) else place for place in places]
    rows = [new_group_row(group_id, language, at) for group_id in made.values()]
    if rows:
        connection.execute(question_groups.insert(), rows)
    connection.execute(
        queued_questions.insert(),
        [
            {"turn_id": each.turn_id, "group_id": group, "kind": each.kind.value, "is_moved": False}
            for each, group in zip(coming, groups, strict=True)
        ],
    )
    newest: dict[str, dt.datetime] = {}
    for each, group in zip(coming, groups, strict=True):
        newest[group] = max(each.asked, newest.get(group, each.asked))
    return newest


def _kept_now(connection: sa.Connection, turn_ids: Sequence[str]) -> set[str]:
    """Those whose words are kept at this moment."""
    return set(connection.scalars(sa.select(_TURNS.id).where(_TURNS.id.in_(turn_ids), _HAS_WORDS)))


def _kept(connection: sa.Connection, turn_ids: Sequence[str]) -> Sequence[str]:
    """Those whose words are kept, which nobody withholds or erases until the commit.

    What somebody is deleting at this moment is left out: waiting for several of them might never end.
    """
    wanted = sa.select(_TURNS.id).where(_TURNS.id.in_(turn_ids), _HAS_WORDS)
    return connection.scalars(wanted.with_for_update(read=True, skip_locked=True)).all()


def _vectors(connection: sa.Connection, model_sha256: str, turn_ids: Sequence[str]) -> dict[str, bytes]:
    wanted = sa.select(question_vectors.c.turn_id, question_vectors.c.vector).where(
        question_vectors.c.turn_id.in_(turn_ids), question_vectors.c.model_sha256 == model_sha256
    )
    return {row.turn_id: row.vector for row in connection.execute(wanted)}


def _placed(connection: sa.Connection, model_sha256: str, language: str) -> list[tuple[str, str, bytes]] | None:
    """The turn, group and vector of each question in the queue, those asked first before the others.

    None if there is one whose vector is yet to be made, as after a change of the model: it might be the nearest.
    """
    is_its = sa.and_(question_vectors.c.turn_id == _QUEUED.turn_id, question_vectors.c.model_sha256 == model_sha256)
    wanted = _in_place(language).outerjoin(question_vectors, is_its).add_columns(question_vectors.c.vector)
    found = [(row.turn_id, row.group_id, row.vector) for row in connection.execute(wanted)]
    return found if all(vector is not None for *_, vector in found) else None


def _places(connection: sa.Connection, language: str) -> list[tuple[str, str]]:
    """As `_placed`, without the vectors, which are what takes long to read."""
    return [(row.turn_id, row.group_id) for row in connection.execute(_in_place(language))]


def _in_place(language: str) -> sa.Select[Any]:
    return (
        sa.select(_QUEUED.turn_id, _QUEUED.group_id)
        .join(question_groups, question_groups.c.id == _QUEUED.group_id)
        .join(turns, _TURNS.id == _QUEUED.turn_id)
        .where(question_groups.c.language == language, _HAS_WORDS)
        .order_by(_TURNS.created, _TURNS.id)
    )


def _come_back(connection: sa.Connection, at: dt.datetime, newest: dict[str, dt.datetime]) -> None:
    """Open those groups again that were taught or published, since what was done did not help who asked after it."""
    done = (GroupState.TAUGHT.value, GroupState.PUBLISHED.value)
    for part in _parts(list(newest)):
        wanted = sa.select(question_groups).where(question_groups.c.id.in_(part), question_groups.c.state.in_(done))
        groups = {
            row.id: row.version
            for row in connection.execute(wanted)
            if row.settled is None or newest[row.id] > row.settled
        }
        change_groups(connection, at, groups, GroupFields(state=GroupState.OPEN), action="come_back", by=SYSTEM.name)
        connection.execute(question_groups.update().where(question_groups.c.id.in_(groups)).values(came_back=True))


def _parts(items: Sequence[_Item], size: int = _CHUNK) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

"""Reading the queue: its groups, with counts, and what belongs to each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.article import SERVED
from bot.domain.errors import NotFound, shown
from bot.domain.language_tags import primary_language
from bot.domain.question_queue import (
    NOBODY,
    WORDINGS_SHOWN,
    ActionPage,
    GroupPage,
    GroupState,
    GroupSummary,
    Note,
    QuestionKind,
    QueuedQuestion,
    QueueSort,
    RecordedAction,
)
from bot.store.base import SqlBase
from bot.store.schema import (
    articles,
    group_notes,
    question_groups,
    question_vectors,
    queued_questions,
    staff_actions,
    turns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.question_queue import QueueFilters

_GROUPS: Final = question_groups.c
_QUEUED: Final = queued_questions.c
# Linked before it was published: it is so from that moment, even before anybody notes it down.
HAS_ARTICLE: Final = sa.exists().where(
    articles.c.id == _GROUPS.article_id, articles.c.status.in_([status.value for status in SERVED])
)
# A request outlives the questions that it was made for.
_IS_REQUESTED: Final = _GROUPS.state == GroupState.NEEDS_ARTICLE.value
_STATE: Final = sa.case((sa.and_(_IS_REQUESTED, HAS_ARTICLE), GroupState.PUBLISHED.value), else_=_GROUPS.state)
_PEOPLE: Final = sa.func.count(sa.distinct(turns.c.session_id))
_WITH_QUESTIONS: Final = queued_questions.join(turns, turns.c.id == _QUEUED.turn_id)


class SqlGroups(SqlBase):
    """The reading half of `bot.ports.queue.QueueStore`."""

    def groups(self, filters: QueueFilters, number: int, size: int) -> GroupPage:
        """See `QueueStore.groups`."""
        wanted = _wanted(filters)
        rows = _ordered(wanted, filters.sort).limit(size).offset((number - 1) * size)
        states = sa.select(_STATE, sa.func.count()).where(sa.or_(_has_questions(), _IS_REQUESTED)).group_by(_STATE)
        channels = sa.select(turns.c.channel).select_from(_WITH_QUESTIONS).distinct().order_by(turns.c.channel)
        languages = sa.select(_GROUPS.language).where(_has_questions()).distinct().order_by(_GROUPS.language)
        assignees = sa.select(_GROUPS.assignee).where(_GROUPS.assignee != "").distinct().order_by(_GROUPS.assignee)
        with self._reading() as connection:
            found = connection.execute(rows).all()
            if found or number == 1:
                total = found[0].total if found else 0
            else:
                total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
            return GroupPage(
                _summaries(connection, found),
                total,
                {GroupState(state): count for state, count in connection.execute(states)},
                tuple(connection.scalars(channels)),
                tuple(connection.scalars(languages)),
                tuple(connection.scalars(assignees)),
            )

    def group(self, group_id: str) -> GroupSummary:
        """See `QueueStore.group`."""
        with self._reading() as connection:
            found = connection.execute(_counted(is_outer=True).where(_GROUPS.id == group_id)).all()
            if not found:
                raise no_group(group_id)
            return _summaries(connection, found)[0]

    def members(self, group_id: str, number: int, size: int) -> tuple[QueuedQuestion, ...]:
        """See `QueueStore.members`."""
        wanted = (
            sa.select(turns, _QUEUED.kind, _QUEUED.is_moved)
            .select_from(_WITH_QUESTIONS)
            .where(_QUEUED.group_id == group_id)
            .order_by(turns.c.created.desc(), turns.c.id.desc())
            .limit(size)
            .offset((number - 1) * size)
        )
        with self._reading() as connection:
            return tuple(
                QueuedQuestion(
                    row.id,
                    row.question or "",
                    row.created,
                    QuestionKind(row.kind),
                    row.channel,
                    row.language,
                    row.is_moved,
                )
                for row in connection.execute(wanted)
            )

    def notes(self, group_id: str) -> tuple[Note, ...]:
        """See `QueueStore.notes`."""
        wanted = sa.select(group_notes).where(group_notes.c.group_id == group_id)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(group_notes.c.created, group_notes.c.id))
            return tuple(Note(row.id, row.author, row.text, row.created) for row in rows)

    def wordings(self, group_id: str, model_sha256: str, limit: int) -> tuple[tuple[str, bytes | None], ...]:
        """See `QueueStore.wordings`."""
        each = (
            sa.select(turns.c.question, _PEOPLE.label("people"), sa.func.min(turns.c.id).label("turn_id"))
            .select_from(_WITH_QUESTIONS)
            .where(_QUEUED.group_id == group_id, turns.c.question.is_not(None))
            .group_by(turns.c.question)
            .order_by(sa.text("people DESC"), turns.c.question)
            .limit(limit)
            .subquery()
        )
        is_its = sa.and_(question_vectors.c.turn_id == each.c.turn_id, question_vectors.c.model_sha256 == model_sha256)
        wanted = (
            sa.select(each.c.question, question_vectors.c.vector)
            .outerjoin(question_vectors, is_its)
            .order_by(each.c.people.desc(), each.c.question)
        )
        with self._reading() as connection:
            return tuple((row.question, row.vector) for row in connection.execute(wanted))

    def following(self, filters: QueueFilters, group_id: str) -> str | None:
        """See `QueueStore.following`."""
        wanted = _ordered(_wanted(filters), filters.sort).with_only_columns(_GROUPS.id)
        with self._reading() as connection:
            ids = connection.scalars(wanted).all()
        place = ids.index(group_id) + 1 if group_id in ids else 0
        return next((each for each in (*ids[place:], *ids[:place]) if each != group_id), None)

    def actions(self, number: int, size: int, group_id: str = "") -> ActionPage:
        """See `QueueStore.actions`."""
        wanted = sa.select(staff_actions)
        if group_id:
            # What it takes to undo an action names its groups: a few thousand short texts to look through.
            wanted = wanted.where(sa.cast(staff_actions.c.undo, sa.Text).contains(f'"{group_id}"', autoescape=True))
        newest = wanted.order_by(staff_actions.c.at.desc(), staff_actions.c.id.desc())
        with self._reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
            rows = connection.execute(newest.limit(size).offset((number - 1) * size))
            return ActionPage(tuple(map(action_of, rows)), total)

    def action(self, action_id: str) -> RecordedAction:
        """See `QueueStore.action`."""
        with self._reading() as connection:
            row = connection.execute(sa.select(staff_actions).where(staff_actions.c.id == action_id)).first()
        if row is None:
            raise no_action(action_id)
        return action_of(row)


def action_of(row: sa.Row[Any]) -> RecordedAction:
    """The action in a row of `staff_actions`."""
    return RecordedAction(row.id, row.at, row.actor, row.kind, row.summary, row.undo, row.undone, row.undone_by)


def no_group(group_id: str) -> NotFound:
    """There is none of that id."""
    return NotFound(f"there is no group {shown(group_id)}; all of its questions may have been erased")


def no_action(action_id: str) -> NotFound:
    """There is none of that id."""
    return NotFound(f"there is no action {shown(action_id)}")


def _has_questions() -> sa.Exists:
    return sa.exists().where(_QUEUED.group_id == _GROUPS.id)


def _counted(*, is_outer: bool) -> sa.Select[Any]:
    """Groups with how many asked, and when; `is_outer` has those without a question too."""
    questions = question_groups.join(_WITH_QUESTIONS, _QUEUED.group_id == _GROUPS.id, isouter=is_outer)
    return (
        sa.select(
            _GROUPS.id,
            _GROUPS.title,
            _GROUPS.language,
            _STATE.label("state"),
            _GROUPS.assignee,
            _GROUPS.version,
            _GROUPS.article_id,
            _GROUPS.came_back,
            _PEOPLE.label("people"),
            sa.func.count(_QUEUED.turn_id).label("questions"),
            sa.func.min(turns.c.created).label("first_asked"),
            sa.func.max(turns.c.created).label("last_asked"),
            sa.func.count().over().label("total"),
        )
        .select_from(questions)
        .group_by(_GROUPS.id)
    )


def _wanted(filters: QueueFilters) -> sa.Select[Any]:
    of_questions = _of_questions(filters)
    wanted = _counted(is_outer=not of_questions).where(*of_questions)
    if not of_questions:
        wanted = wanted.having(sa.or_(sa.func.count(_QUEUED.turn_id) > 0, _IS_REQUESTED))
    if filters.state is GroupState.NEEDS_ARTICLE:
        wanted = wanted.where(_IS_REQUESTED, ~HAS_ARTICLE)
    elif filters.state is GroupState.PUBLISHED:
        wanted = wanted.where(sa.or_(_GROUPS.state == filters.state.value, _IS_REQUESTED & HAS_ARTICLE))
    elif filters.state:
        wanted = wanted.where(_GROUPS.state == filters.state.value)
    if filters.language:
        wanted = wanted.where(_GROUPS.language == primary_language(filters.language))
    if filters.assignee:
        wanted = wanted.where(_GROUPS.assignee == ("" if filters.assignee == NOBODY else filters.assignee))
    return wanted


def _of_questions(filters: QueueFilters) -> list[sa.ColumnElement[bool]]:
    """The conditions on questions, none where any will do."""
    conditions = []
    if filters.kind:
        conditions.append(_QUEUED.kind == filters.kind.value)
    if filters.channel:
        conditions.append(turns.c.channel == filters.channel)
    if filters.since:
        conditions.append(turns.c.created >= _midnight(filters.since))
    if filters.until and filters.until < dt.date.max:
        conditions.append(turns.c.created < _midnight(filters.until + dt.timedelta(days=1)))
    conditions += [turns.c.question.icontains(word, autoescape=True) for word in filters.words.split()]
    return conditions


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, dt.UTC)


def _ordered(wanted: sa.Select[Any], sort: QueueSort) -> sa.Select[Any]:
    newest = sa.func.max(turns.c.created).desc().nulls_last()
    keys = (newest,) if sort is QueueSort.NEWEST else (_PEOPLE.desc(), newest)
    return wanted.order_by(*keys, _GROUPS.id)


def _summaries(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> tuple[GroupSummary, ...]:
    """What rows of `_counted` tell, with their first wordings and how many notes they have."""
    ids = [row.id for row in rows]
    wordings: dict[str, list[str]] = {each: [] for each in ids}
    notes: dict[str, int] = {}
    channels: dict[str, dict[str, int]] = {each: {} for each in ids}
    if ids:
        for group_id, question in connection.execute(_first_wordings(ids)):
            wordings[group_id].append(question)
        counts = sa.select(group_notes.c.group_id, sa.func.count().label("notes")).where(
            group_notes.c.group_id.in_(ids)
        )
        rows_of_counts = connection.execute(counts.group_by(group_notes.c.group_id))
        notes = {row.group_id: row.notes for row in rows_of_counts}
        for group_id, channel, count in connection.execute(_channels(ids)):
            channels[group_id][channel] = count
    return tuple(
        GroupSummary(
            id=row.id,
            title=row.title or next(iter(wordings[row.id]), ""),
            language=row.language,
            state=GroupState(row.state),
            assignee=row.assignee,
            people=row.people,
            questions=row.questions,
            first_asked=row.first_asked,
            last_asked=row.last_asked,
            version=row.version,
            wordings=tuple(wordings[row.id]),
            article_id=row.article_id,
            came_back=row.came_back,
            notes=notes.get(row.id, 0),
            own_title=row.title,
            channels=channels[row.id],
        )
        for row in rows
    )


def _channels(group_ids: Sequence[str]) -> sa.Select[Any]:
    count = sa.func.count()
    return (
        sa.select(_QUEUED.group_id, turns.c.channel, count)
        .select_from(_WITH_QUESTIONS)
        .where(_QUEUED.group_id.in_(group_ids))
        .group_by(_QUEUED.group_id, turns.c.channel)
        .order_by(_QUEUED.group_id, count.desc(), turns.c.channel)
    )


def _first_wordings(group_ids: Sequence[str]) -> sa.Select[Any]:
    place = (
        sa.func.row_number()
        .over(partition_by=_QUEUED.group_id, order_by=(_PEOPLE.desc(), sa.func.min(turns.c.created), turns.c.question))
        .label("place")
    )
    each = (
        sa.select(_QUEUED.group_id, turns.c.question, place)
        .select_from(_WITH_QUESTIONS)
        .where(_QUEUED.group_id.in_(group_ids), turns.c.question.is_not(None))
        .group_by(_QUEUED.group_id, turns.c.question)
        .subquery()
    )
    return (
        sa.select(each.c.group_id, each.c.question)
        .where(each.c.place <= WORDINGS_SHOWN)
        .order_by(each.c.group_id, each.c.place)
    )

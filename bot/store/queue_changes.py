"""Changing the queue: what staff do, each kept with what it takes to undo it.

What is kept of an action to undo it: of each group the fields that were changed, before and after; of each question
that was moved its group before and after, and whether staff had placed it before; of each note its group before (None:
it was written then) and after. Of a title that was given it keeps a digest: enough to see that it is the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bot.domain.errors import Conflict, InvalidQuery
from bot.domain.question_queue import SETTLED, Action, GroupState
from bot.domain.staff import SYSTEM
from bot.ports.queue import GroupFields
from bot.store.audit import log_action
from bot.store.queue_groups import HAS_ARTICLE, SqlGroups, no_action, no_group
from bot.store.schema import audit_log, group_notes, question_groups, queued_questions, staff_actions, turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_QUEUE_LOCK: Final = 0x646E6F7471  # any number that no other program on the database uses
_FIELDS: Final = ("state", "assignee", "title", "article_id", "settled", "came_back")


class SqlQueueChanges(SqlGroups):
    """The part of `bot.ports.queue.QueueStore` that staff write by."""

    @contextmanager
    def _editing(self) -> Iterator[sa.Connection]:
        """A transaction that no other change of the queue runs beside."""
        with self._writing() as connection:
            lock_queue(connection)
            yield connection

    def change(
        self, groups: Mapping[str, int], fields: GroupFields, *, kind: str, summary: str, by: str, note: str = ""
    ) -> Action:
        """See `QueueStore.change`."""
        with self._editing() as connection:
            at = self._clock()
            undo: dict[str, Any] = {"groups": change_groups(connection, at, groups, fields, action=kind, by=by)}
            if note:
                undo["notes"] = {_write_note(connection, at, each, note, by): [None, each] for each in groups}
            return record_action(connection, at, kind, summary, undo, by)

    def add_note(self, group_id: str, text: str, *, summary: str, by: str) -> Action:
        """See `QueueStore.add_note`."""
        with self._editing() as connection:
            _rows(connection, [group_id])
            at = self._clock()
            note_id = _write_note(connection, at, group_id, text, by)
            return record_action(connection, at, "note", summary, {"notes": {note_id: [None, group_id]}}, by)

    def merge(self, groups: Mapping[str, int], into: str, *, summary: str, by: str) -> Action:
        """See `QueueStore.merge`."""
        others = [each for each in groups if each != into]
        with self._editing() as connection:
            at = self._clock()
            rows = seen_groups(connection, groups)
            _require_one_language(rows.values())
            inside = sa.select(queued_questions).where(queued_questions.c.group_id.in_(others))
            questions = {row.turn_id: [row.group_id, into, row.is_moved] for row in connection.execute(inside)}
            beside = sa.select(group_notes.c.id, group_notes.c.group_id).where(group_notes.c.group_id.in_(others))
            notes = {row.id: [row.group_id, into] for row in connection.execute(beside)}
            _move_all(connection, others, into)
            # Empty, and nothing is to be done for them any more.
            fields = GroupFields(state=GroupState.DISMISSED)
            changed = change_groups(
                connection, at, {each: groups[each] for each in others}, fields, action="merge", by=by, into=into
            )
            changed |= change_groups(connection, at, {into: groups[into]}, GroupFields(), action="merge", by=by)
            undo = {"groups": changed, "questions": questions, "notes": notes}
            return record_action(connection, at, "merge", summary, undo, by)

    def move(
        self, group_id: str, version: int, turn_ids: Sequence[str], into: tuple[str, int] | None, *, kind: str, by: str
    ) -> Action:
        """See `QueueStore.move`."""
        with self._editing() as connection:
            at = self._clock()
            groups = {group_id: version} | (dict([into]) if into else {})
            rows = seen_groups(connection, groups)
            _require_one_language(rows.values())
            chosen = sa.and_(queued_questions.c.group_id == group_id, queued_questions.c.turn_id.in_(turn_ids))
            found = {row.turn_id: row.is_moved for row in connection.execute(sa.select(queued_questions).where(chosen))}
            if len(found) < len(turn_ids):
                raise Conflict(
                    f"{len(turn_ids) - len(found)} of the {len(turn_ids)} questions are not in this group any more; "
                    "look at it and try again"
                )
            target = into[0] if into else _new_group(connection, at, rows[group_id])
            connection.execute(queued_questions.update().where(chosen).values(group_id=target, is_moved=True))
            changed = change_groups(connection, at, groups, GroupFields(), action=kind, by=by, into=target)
            count = "1 question" if len(found) == 1 else f"{len(found)} questions"
            summary = f"{count} moved to {'another' if into else 'a new'} group"
            questions = {turn_id: [group_id, target, was_moved] for turn_id, was_moved in found.items()}
            return record_action(connection, at, kind, summary, {"groups": changed, "questions": questions}, by)

    def record_action(self, kind: str, summary: str, undo: Mapping[str, Any], by: str) -> Action:
        """See `QueueStore.record_action`."""
        with self._writing() as connection:
            return record_action(connection, self._clock(), kind, summary, undo, by)

    def mark_undone(self, action_id: str, by: str) -> None:
        """See `QueueStore.mark_undone`."""
        with self._writing() as connection:
            mark_undone(connection, self._clock(), action_id, by)

    def undo(self, action_id: str, by: str) -> None:
        """See `QueueStore.undo`."""
        with self._editing() as connection:
            at = self._clock()
            undo = mark_undone(connection, at, action_id, by)
            _move_back(connection, undo.get("questions", {}))
            restore_groups(connection, at, undo.get("groups", {}), by)
            for note_id, (before, _) in undo.get("notes", {}).items():
                if before is None:
                    connection.execute(group_notes.delete().where(group_notes.c.id == note_id))
                else:
                    connection.execute(group_notes.update().where(group_notes.c.id == note_id).values(group_id=before))

    def settle_published(self, article_id: str | None = None) -> int:
        """See `QueueStore.settle_published`."""
        waiting = sa.select(question_groups.c.id, question_groups.c.version).where(
            question_groups.c.state == GroupState.NEEDS_ARTICLE.value, HAS_ARTICLE
        )
        if article_id is not None:
            waiting = waiting.where(question_groups.c.article_id == article_id)
        with self._reading() as connection:
            if connection.execute(waiting.limit(1)).first() is None:
                return 0
        with self._editing() as connection:
            groups = {row.id: row.version for row in connection.execute(waiting)}
            fields = GroupFields(state=GroupState.PUBLISHED)
            change_groups(connection, self._clock(), groups, fields, action="publish", by=SYSTEM.name)
            return len(groups)


def lock_queue(connection: sa.Connection) -> None:
    """Wait until nobody else changes the queue. On SQLite a writing transaction has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_QUEUE_LOCK)))


def seen_groups(connection: sa.Connection, groups: Mapping[str, int]) -> dict[str, sa.Row[Any]]:
    """The rows of groups whose versions are those seen. Raises NotFound, Conflict."""
    rows = _rows(connection, groups)
    changed = [row for row in rows.values() if row.version != groups[row.id]]
    if changed:
        which = "this group" if len(groups) == 1 else f"{len(changed)} of the {len(groups)} groups"
        who = _last_actor(connection, changed[0].id)
        raise Conflict(
            f"{which} changed meanwhile (now: {_described(changed[0])}), last by {who}; look at it and try again"
        )
    return rows


def _last_actor(connection: sa.Connection, group_id: str) -> str:
    newest = sa.select(audit_log.c.actor).where(audit_log.c.subject == f"group:{group_id}")
    return connection.scalar(newest.order_by(audit_log.c.id.desc()).limit(1)) or SYSTEM.name


def change_groups(
    connection: sa.Connection,
    at: dt.datetime,
    groups: Mapping[str, int],
    fields: GroupFields,
    *,
    action: str,
    by: str,
    **told: str,
) -> dict[str, Any]:
    """Give `groups` these fields and their next versions, with an entry in the audit log for each, which has `told`.

    Returns the part "groups" of what undoes it. Raises NotFound, Conflict.
    """
    values: dict[str, Any] = {
        name: value
        for name in ("state", "assignee", "title", "article_id")
        if (value := getattr(fields, name)) is not None
    }
    if "state" in values:
        values |= {"settled": at if values["state"] in SETTLED else None, "came_back": False}
        values["state"] = values["state"].value
    if values.get("article_id") == "":
        values["article_id"] = None
    rows = seen_groups(connection, groups)
    if values.get("title") and _is_asked(connection, groups, values["title"]):
        # Patients' words stay with the turns, whose erasure takes them away.
        values["title"] = ""
    undo = {}
    for group_id, row in rows.items():
        _set(connection, at, row, values)
        before = {name: _plain(getattr(row, name)) for name in values}
        after = {name: _mark(name, value) for name, value in values.items()}
        undo[group_id] = {"before": before, "after": after}
        told_of = {"before": _told(before), "after": _told(after) | told}
        log_action(connection, at, by, f"group.{action}", f"group:{group_id}", **told_of)
    return undo


def link_group(connection: sa.Connection, at: dt.datetime, group: tuple[str, int], article_id: str, by: str) -> Action:
    """Say, in the transaction that begins an article, that a group (its id, the version seen) is waiting for it."""
    lock_queue(connection)
    fields = GroupFields(state=GroupState.NEEDS_ARTICLE, article_id=article_id)
    undo = {"groups": change_groups(connection, at, dict([group]), fields, action="link_article", by=by)}
    return record_action(connection, at, "link_article", f"1 group linked to the article {article_id}", undo, by)


def restore_groups(connection: sa.Connection, at: dt.datetime, undo: Mapping[str, Any], by: str) -> None:
    """Give groups back the fields that `change_groups` took. Raises Conflict if one has others by now, or is gone."""
    rows = {
        row.id: row
        for row in connection.execute(sa.select(question_groups).where(question_groups.c.id.in_(list(undo))))
    }
    if len(rows) < len(undo):
        raise Conflict("the group is gone, since all of its questions were erased: nothing is left to undo")
    for group_id, kept in undo.items():
        row = rows[group_id]
        if any(_mark(name, getattr(row, name)) != value for name, value in kept["after"].items()):
            raise Conflict(
                f"it cannot be undone: the group was changed since (now: {_described(row)}); undo that first, or "
                "change the group by hand"
            )
        _set(connection, at, row, {name: _stored(name, value) for name, value in kept["before"].items()})
        told_of = {"before": _told(kept["after"]), "after": _told(kept["before"])}
        log_action(connection, at, by, "group.undo", f"group:{group_id}", **told_of)


def record_action(
    connection: sa.Connection, at: dt.datetime, kind: str, summary: str, undo: Mapping[str, Any], by: str
) -> Action:
    """Keep an action in the transaction that does it."""
    action_id = secrets.token_hex(16)
    row = {"id": action_id, "at": at, "actor": by, "kind": kind, "summary": summary, "undo": undo, "undone_by": ""}
    connection.execute(staff_actions.insert(), row)
    return Action(action_id, summary)


def mark_undone(connection: sa.Connection, at: dt.datetime, action_id: str, by: str) -> Mapping[str, Any]:
    """Note, in the transaction that undoes an action, that it is; returns its `undo`. Raises NotFound, Conflict."""
    is_standing = sa.and_(staff_actions.c.id == action_id, staff_actions.c.undone.is_(None))
    marked = connection.execute(
        staff_actions.update().where(is_standing).values(undone=at, undone_by=by).returning(staff_actions.c.undo)
    ).first()
    if marked is None:
        row = connection.execute(sa.select(staff_actions).where(staff_actions.c.id == action_id)).first()
        if row is None:
            raise no_action(action_id)
        raise Conflict(f"this was undone already, by {row.undone_by}: {row.summary}")
    log_action(connection, at, by, "action.undo", f"action:{action_id}")
    undo: Mapping[str, Any] = marked.undo
    return undo


def _rows(connection: sa.Connection, group_ids: Iterable[str]) -> dict[str, sa.Row[Any]]:
    wanted = list(group_ids)
    found = connection.execute(sa.select(question_groups).where(question_groups.c.id.in_(wanted)))
    rows = {row.id: row for row in found}
    for group_id in wanted:
        if group_id not in rows:
            raise no_group(group_id)
    return rows


def _set(connection: sa.Connection, at: dt.datetime, row: sa.Row[Any], values: Mapping[str, Any]) -> None:
    next_version = {"version": row.version + 1, "changed": at}
    connection.execute(question_groups.update().where(question_groups.c.id == row.id).values(**values, **next_version))


def _move_all(connection: sa.Connection, group_ids: Sequence[str], into: str) -> None:
    for table in (queued_questions, group_notes):
        connection.execute(table.update().where(table.c.group_id.in_(group_ids)).values(group_id=into))


def _move_back(connection: sa.Connection, questions: Mapping[str, Any]) -> None:
    """What was erased meanwhile stays so. Raises Conflict if one was moved elsewhere."""
    chosen = sa.select(queued_questions).where(queued_questions.c.turn_id.in_(list(questions)))
    rows = connection.execute(chosen).all()
    elsewhere = sum(1 for row in rows if row.group_id != questions[row.turn_id][1])
    if elsewhere:
        raise Conflict(f"it cannot be undone: {elsewhere} of its questions were moved to another group since")
    for row in rows:
        before, _, was_moved = questions[row.turn_id]
        here = queued_questions.c.turn_id == row.turn_id
        connection.execute(queued_questions.update().where(here).values(group_id=before, is_moved=was_moved))


def _new_group(connection: sa.Connection, at: dt.datetime, like: sa.Row[Any]) -> str:
    group_id = secrets.token_hex(16)
    connection.execute(question_groups.insert(), new_group_row(group_id, like.language, at))
    return group_id


def new_group_row(group_id: str, language: str, at: dt.datetime) -> dict[str, Any]:
    """The row of a group that nobody has looked at."""
    return {
        "id": group_id,
        "language": language,
        "title": "",
        "state": GroupState.OPEN.value,
        "assignee": "",
        "came_back": False,
        "version": 1,
        "created": at,
        "changed": at,
    }


def _write_note(connection: sa.Connection, at: dt.datetime, group_id: str, text: str, by: str) -> str:
    note_id = secrets.token_hex(16)
    row = {"id": note_id, "group_id": group_id, "author": by, "text": text, "created": at}
    connection.execute(group_notes.insert(), row)
    log_action(connection, at, by, "group.note", f"group:{group_id}", after={"note": note_id})
    return note_id


def _require_one_language(rows: Iterable[sa.Row[Any]]) -> None:
    languages = sorted({row.language for row in rows})
    if len(languages) > 1:
        raise InvalidQuery(f"groups: they are in {' and '.join(languages)}; a group has questions of one language")


def _described(row: sa.Row[Any]) -> str:
    state = row.state.replace("_", " ")
    return f"{state}, assigned to {row.assignee}" if row.assignee else f"{state}, assigned to nobody"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _mark(name: str, value: Any) -> Any:
    """What tells a value from others; of a title no words, since these may be near to a patient's."""
    return hashlib.sha256(value.encode()).hexdigest() if name == "title" and value else _plain(value)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit log has of a group: whether it has a title, not which."""
    return {name: bool(value) if name == "title" else value for name, value in values.items()}


def _is_asked(connection: sa.Connection, group_ids: Iterable[str], title: str) -> bool:
    """Whether a question of these groups is in the words of `title`."""
    words = sa.select(turns.c.question).join(queued_questions, queued_questions.c.turn_id == turns.c.id).distinct()
    wanted = words.where(queued_questions.c.group_id.in_(list(group_ids)), turns.c.question.is_not(None))
    same = _folded(title)
    return any(_folded(each) == same for each in connection.scalars(wanted))


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _stored(name: str, value: Any) -> Any:
    return dt.datetime.fromisoformat(value) if name == "settled" and value else value

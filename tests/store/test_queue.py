"""The queue on every database: what comes in, what staff do with it, how it is undone, and what erasure leaves."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.errors import Conflict, InvalidQuery, NotFound
from bot.domain.question_queue import (
    CHOOSING_TIME,
    NOBODY,
    GroupState,
    QuestionKind,
    QueueFilters,
    QueueSort,
)
from bot.domain.reply import Outcome
from bot.ports.queue import Arriving, GroupFields
from bot.ports.turns import Feedback
from bot.store.queue import SqlQueueStore
from bot.store.schema import audit_log, group_notes, question_groups, question_vectors, queued_questions, staff_actions
from tests.conftest import NOON
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.domain.question_queue import Action
    from bot.store import SqlStore

MODEL = "m" * 64
HOUR = dt.timedelta(hours=1)
ANY = QueueFilters(state=None)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class Desk:
    """A store with its queue, where questions whose first words are equal mean the same."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = Clock()
        self.queue = SqlQueueStore(store.engine, self.clock)
        self._count = 0

    def ask(self, words: str | None, *, outcome: Outcome = Outcome.UNMATCHED, **fields: object) -> str:
        """A turn of a session of its own, an hour before noon, unless it is said."""
        self._count += 1
        values: dict[str, object] = {
            "id": f"{self._count:032}",
            "session_id": f"session-{self._count:08}",
            "created": NOON - HOUR + dt.timedelta(seconds=self._count),
            "outcome": outcome,
            "probability": 0.1,
        }
        made = turn(question=words, **(values | fields))
        self.store.record(made, None)
        return made.id

    def mark(self, turn_id: str, *, helpful: bool, number: int) -> None:
        self.store.give_feedback(f"session-{number:08}", Feedback(turn_id, helpful, "", "", self.clock.now))

    def catch_up(self, since: dt.datetime | None = None) -> int:
        arrivals = self.queue.arrivals(Arriving(since, self.clock.now - CHOOSING_TIME, 0.8, 0.05))
        missing = self.queue.without_vector(MODEL, 1000, [each.turn_id for each in arrivals])
        self.queue.keep_vectors(MODEL, [(turn_id, words.split()[0].encode()) for turn_id, words in missing])
        return self.queue.place(arrivals, MODEL, by_first_word)

    def groups(self, filters: QueueFilters = ANY) -> dict[str, int]:
        """The people of each group, by its title, in order."""
        return {each.title: each.people for each in self.queue.groups(filters, 1, 50).groups}

    def seen(self, *titles: str) -> dict[str, int]:
        """The versions, by id, of the groups of these titles."""
        page = {each.title: each for each in self.queue.groups(ANY, 1, 50).groups}
        return {page[title].id: page[title].version for title in titles}

    def id(self, title: str) -> str:
        return next(iter(self.seen(title)))


def by_first_word(placed: Iterable[tuple[str, bytes]], vectors: Sequence[bytes]) -> list[str | int]:
    """A grouping of vectors that are words."""
    known: dict[bytes, str | int] = {}
    for group, vector in placed:
        known.setdefault(vector, group)
    places = []
    for vector in vectors:
        known.setdefault(vector, len([each for each in known.values() if isinstance(each, int)]))
        places.append(known[vector])
    return places


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    return Desk(store)


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Two groups of English questions and one of Spanish."""
    desk.ask("itchy feet")
    desk.ask("itchy toes", channel="web")
    desk.ask("itchy feet")
    desk.ask("dizzy in the bus")
    desk.ask("itchy y rojo", language="es-MX")
    assert desk.catch_up() == 5
    return desk


def kinds(desk: Desk) -> dict[str, QuestionKind]:
    return {
        each.question: each.kind
        for group in desk.queue.groups(ANY, 1, 50).groups
        for each in desk.queue.members(group.id, 1, 50)
    }


def test_what_comes_into_the_queue(desk: Desk) -> None:
    """Unmatched questions, what was turned down, marked as unhelpful or nearly not given; no other turn."""
    desk.ask("unmatched")
    desk.ask(None)
    desk.ask("answered", outcome=Outcome.ANSWER, probability=0.9)
    desk.ask("barely answered", outcome=Outcome.ANSWER, probability=0.84)
    liked = desk.ask("barely, and liked", outcome=Outcome.ANSWER, probability=0.84)
    desk.mark(liked, helpful=True, number=5)
    disliked = desk.ask("disliked", outcome=Outcome.ANSWER, probability=0.99)
    desk.mark(disliked, helpful=False, number=6)
    desk.ask("left choices", outcome=Outcome.CHOICES, offered=("a", "b"))
    desk.ask("took a choice", outcome=Outcome.CHOICES, offered=("a", "b"), session_id="took-a-choice-01")
    desk.ask(None, outcome=Outcome.ANSWER, intent="choice", article_id="b", session_id="took-a-choice-01")
    desk.ask("just offered", outcome=Outcome.CHOICES, offered=("a",), created=NOON)
    desk.ask("in an emergency", outcome=Outcome.EMERGENCY)
    desk.catch_up()
    assert kinds(desk) == {
        "unmatched": QuestionKind.UNMATCHED,
        "barely answered": QuestionKind.DOUBTFUL,
        "disliked": QuestionKind.UNHELPFUL,
        "left choices": QuestionKind.DOUBTFUL,
    }


def test_the_same_words_of_a_session_come_in_once(desk: Desk) -> None:
    """With the strongest reason, which may come later; "none of these" repeats the words that it is about."""
    session = {"session_id": "asks-again-000001"}
    first = desk.ask("itchy feet", outcome=Outcome.UNMATCHED, **session)
    assert desk.catch_up() == 1
    desk.ask("itchy feet", outcome=Outcome.UNMATCHED, intent="none-of-these", **session)
    assert desk.catch_up() == 0
    assert desk.queue.arrivals(Arriving(None, NOON, 0.8, 0.05)) == ()
    (group,) = desk.queue.groups(ANY, 1, 50).groups
    (member,) = desk.queue.members(group.id, 1, 50)
    assert (member.turn_id, member.kind) == (first, QuestionKind.NONE_OF_THESE)


def test_a_mark_that_is_taken_back_takes_the_question_out(desk: Desk) -> None:
    """What was unhelpful, and then helpful after all."""
    marked = desk.ask("itchy", outcome=Outcome.ANSWER, probability=0.99)
    desk.mark(marked, helpful=False, number=1)
    assert desk.catch_up() == 1
    assert desk.queue.recant(None) == 0
    desk.mark(marked, helpful=True, number=1)
    assert desk.queue.recant(None) == 1
    assert desk.groups() == {}


def test_only_what_is_new_is_looked_at(desk: Desk) -> None:
    """Where a time is given; feedback counts from when it was given."""
    desk.ask("old", created=NOON - 10 * HOUR)
    marked = desk.ask("old and marked", created=NOON - 10 * HOUR, outcome=Outcome.ANSWER, probability=0.99)
    desk.mark(marked, helpful=False, number=2)
    desk.ask("new")
    assert desk.catch_up(NOON - 2 * HOUR) == 2
    assert desk.groups() == {"old and marked": 1, "new": 1}


def test_groups_are_counted_in_people(three: Desk) -> None:
    """With their wordings, most asked first; nobody mixes languages."""
    page = three.queue.groups(ANY, 1, 50)
    assert page.total == 3
    assert page.states == {GroupState.OPEN: 3}
    assert (page.channels, page.languages) == (("api", "web"), ("en", "es"))
    first = page.groups[0]
    assert (first.people, first.questions, first.wordings) == (3, 3, ("itchy feet", "itchy toes"))
    assert three.groups() == {"itchy feet": 3, "itchy y rojo": 1, "dizzy in the bus": 1}
    assert list(three.groups(QueueFilters(sort=QueueSort.NEWEST))) == ["itchy y rojo", "dizzy in the bus", "itchy feet"]
    second = three.queue.groups(ANY, 2, 2)
    assert (len(second.groups), second.total) == (1, 3)
    assert (three.queue.groups(ANY, 9, 2).groups, three.queue.groups(ANY, 9, 2).total) == ((), 3)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (QueueFilters(channel="web"), {"itchy feet": 1}),
        (QueueFilters(language="es"), {"itchy y rojo": 1}),
        (QueueFilters(words="BUS dizzy"), {"dizzy in the bus": 1}),
        (QueueFilters(words="100%"), {}),
        (QueueFilters(kind=QuestionKind.UNHELPFUL), {}),
        (QueueFilters(since=NOON.date(), until=NOON.date(), words="bus"), {"dizzy in the bus": 1}),
        (QueueFilters(since=NOON.date() + dt.timedelta(days=1)), {}),
        (QueueFilters(until=NOON.date() - dt.timedelta(days=1)), {}),
        (QueueFilters(until=dt.date.max, words="bus"), {"dizzy in the bus": 1}),
        (QueueFilters(state=GroupState.DISMISSED), {}),
        (QueueFilters(assignee="rev"), {}),
        (QueueFilters(assignee=NOBODY, words="bus"), {"dizzy in the bus": 1}),
    ],
)
def test_filters(three: Desk, filters: QueueFilters, found: dict[str, int]) -> None:
    """Each leaves the groups that have such a question, and counts those that fit."""
    assert three.groups(filters) == found


def test_a_page_takes_as_many_queries_however_long_it_is(three: Desk) -> None:
    """For the list, and for a group."""
    counts = []
    for _ in range(2):
        with counted(three.store.engine) as statements:
            page = three.queue.groups(ANY, 1, 200)
            three.queue.group(page.groups[0].id)
            three.queue.members(page.groups[0].id, 1, 200)
        counts.append(len(statements))
        for number in range(100):
            three.ask(f"group{number % 50} asked in way {number}")
        three.catch_up()
    assert len(three.queue.groups(ANY, 1, 200).groups) == 53
    assert counts[0] == counts[1] <= 17


class counted:  # noqa: N801  read as a verb
    """Collects the statements that an engine is given."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._statements: list[str] = []

    def __enter__(self) -> list[str]:
        sa.event.listen(self._engine, "before_cursor_execute", self._note)
        return self._statements

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self._statements.append(statement)


def test_a_change_is_made_of_all_or_none(three: Desk) -> None:
    """If one was changed meanwhile, or is not there, nothing is done; the audit log has what was."""
    seen = three.seen("itchy feet", "dizzy in the bus")
    three.queue.change(three.seen("itchy feet"), GroupFields(assignee="other"), kind="assign", summary="s", by="other")
    dismissed = GroupFields(state=GroupState.DISMISSED)
    with pytest.raises(Conflict, match=r"1 of the 2 groups changed meanwhile \(now: open, assigned to other\)"):
        three.queue.change(seen, dismissed, kind="dismiss", summary="s", by="rev")
    with pytest.raises(NotFound, match="there is no group"):
        three.queue.change({"nowhere": 1, **seen}, dismissed, kind="dismiss", summary="s", by="rev")
    assert three.queue.groups(QueueFilters(state=GroupState.DISMISSED), 1, 50).total == 0
    assert three.queue.actions(1, 50).total == 1
    three.queue.change(three.seen(*three.groups()), dismissed, kind="dismiss", summary="3 groups dismissed", by="rev")
    assert three.groups(QueueFilters(state=GroupState.DISMISSED)) == three.groups()
    with three.store.engine.connect() as connection:
        logged = connection.execute(sa.text("SELECT actor, action FROM audit_log ORDER BY id")).all()
    assert [tuple(row) for row in logged] == [("other", "group.assign"), *[("rev", "group.dismiss")] * 3]


def request(desk: Desk, feet: tuple[str, int], bus: tuple[str, int]) -> Action:
    fields = GroupFields(state=GroupState.NEEDS_ARTICLE, assignee="ed", title="Feet", article_id="")
    return desk.queue.change(dict([feet, bus]), fields, kind="request_article", summary="s", by="rev", note="why")


def write_note(desk: Desk, feet: tuple[str, int], _bus: tuple[str, int]) -> Action:
    return desk.queue.add_note(feet[0], "look", summary="s", by="rev")


def merge(desk: Desk, feet: tuple[str, int], bus: tuple[str, int]) -> Action:
    return desk.queue.merge(dict([feet, bus]), bus[0], summary="s", by="rev")


def split(desk: Desk, feet: tuple[str, int], _bus: tuple[str, int]) -> Action:
    newest = desk.queue.members(feet[0], 1, 1)[0]
    return desk.queue.move(*feet, [newest.turn_id], None, kind="split", by="rev")


def move(desk: Desk, feet: tuple[str, int], bus: tuple[str, int]) -> Action:
    newest = desk.queue.members(feet[0], 1, 1)[0]
    return desk.queue.move(*feet, [newest.turn_id], bus, kind="move", by="rev")


@pytest.mark.parametrize("act", [request, write_note, merge, split, move])
def test_every_action_is_undone_once(three: Desk, act: Callable[..., Action]) -> None:
    """It leaves what was there before; a second time it is told by whom it was undone."""
    three.queue.add_note(three.id("itchy feet"), "already here", summary="s", by="rev")
    before = snapshot(three)
    action = act(three, *three.seen("itchy feet", "dizzy in the bus").items())
    assert snapshot(three) != before
    three.queue.undo(action.id, "other")
    assert snapshot(three) == before
    assert three.queue.action(action.id).undone_by == "other"
    with pytest.raises(Conflict, match="undone already, by other"):
        three.queue.undo(action.id, "rev")
    with pytest.raises(NotFound):
        three.queue.undo("nothing", "rev")


def test_undone_whatever_the_database_takes_for_the_time(store_url: str, open_store: Callable[[], SqlStore]) -> None:
    """A moment is the same one in the zone that a server of PostgreSQL is set to."""
    if store_url.startswith("postgresql"):
        engine = sa.create_engine(store_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"ALTER DATABASE {engine.url.database} SET timezone TO 'Asia/Tokyo'"))
        engine.dispose()
    desk = Desk(open_store())
    desk.ask("itchy feet")
    desk.catch_up()
    settled = GroupFields(state=GroupState.DISMISSED)
    action = desk.queue.change(desk.seen("itchy feet"), settled, kind="dismiss", summary="s", by="rev")
    assert desk.queue.action(action.id).at.tzinfo is dt.UTC
    desk.queue.undo(action.id, "rev")
    assert desk.queue.group(desk.id("itchy feet")).state is GroupState.OPEN


def snapshot(desk: Desk) -> list[object]:
    """All that staff can change, without versions and times, and without groups that are empty."""
    fields = ("id", "state", "assignee", "title", "article_id", "settled", "came_back")
    with desk.store.engine.connect() as connection:
        placed = connection.execute(sa.select(queued_questions).order_by(queued_questions.c.turn_id)).all()
        groups = connection.execute(sa.select(question_groups).order_by(question_groups.c.id)).all()
        notes = connection.execute(sa.select(group_notes)).all()
    used = {row.group_id for row in placed}
    return [placed, [[getattr(row, name) for name in fields] for row in groups if row.id in used], notes]


def test_patients_words_are_no_title(three: Desk) -> None:
    """A title in the words of a question is dropped, and what is kept for good has no words of any that was given."""

    def give(title: str) -> Action:
        fields = GroupFields(state=GroupState.NEEDS_ARTICLE, title=title)
        group_id = three.queue.groups(ANY, 1, 50).groups[0].id
        seen = {group_id: three.queue.group(group_id).version}
        return three.queue.change(seen, fields, kind="request_article", summary="s", by="rev")

    first = three.queue.groups(ANY, 1, 50).groups[0]
    assert (first.title, first.own_title) == ("itchy feet", "")
    give(" Itchy  FEET ")
    assert three.queue.group(first.id).own_title == ""
    action = give("Itchy feet, often")
    given = three.queue.group(first.id)
    assert (given.title, given.own_title) == ("Itchy feet, often",) * 2
    three.queue.undo(action.id, "rev")
    assert three.queue.group(first.id).own_title == ""
    with three.store.engine.connect() as connection:
        for table in (audit_log, staff_actions):
            assert "itchy" not in str(connection.execute(sa.select(table)).all()).lower()


def test_an_action_is_not_undone_over_a_later_one(three: Desk) -> None:
    """It says what is there now; once that is undone, it can be."""
    first = three.queue.change(
        three.seen("itchy feet"), GroupFields(state=GroupState.DISMISSED), kind="dismiss", summary="s", by="rev"
    )
    later = three.queue.change(
        three.seen("itchy feet"), GroupFields(state=GroupState.OPEN), kind="reopen", summary="s", by="rev"
    )
    with pytest.raises(Conflict, match=r"changed since \(now: open, assigned to nobody\)"):
        three.queue.undo(first.id, "rev")
    three.queue.undo(later.id, "rev")
    three.queue.undo(first.id, "rev")
    assert three.queue.group(three.id("itchy feet")).state is GroupState.OPEN


def test_what_staff_placed_stays(three: Desk) -> None:
    """Later questions join where their like is; languages are not mixed by hand either."""
    both = three.seen("itchy feet", "dizzy in the bus")
    three.queue.merge(both, three.id("dizzy in the bus"), summary="s", by="rev")
    three.ask("itchy again")
    three.catch_up()
    assert three.groups() == {"itchy feet": 5, "itchy y rojo": 1}
    with pytest.raises(InvalidQuery, match="en and es"):
        three.queue.merge(three.seen("itchy feet", "itchy y rojo"), three.id("itchy feet"), summary="s", by="rev")


def test_who_asks_again(three: Desk) -> None:
    """A group that was taught comes back if somebody asks after it was; one that was dismissed counts on."""
    for title, state in (("itchy feet", GroupState.TAUGHT), ("dizzy in the bus", GroupState.DISMISSED)):
        three.queue.change(three.seen(title), GroupFields(state=state), kind="x", summary="s", by="rev")
    three.ask("itchy before", created=NOON - HOUR / 2)
    three.catch_up()
    assert three.queue.group(three.id("itchy feet")).state is GroupState.TAUGHT
    three.clock.now = NOON + 2 * HOUR
    three.ask("itchy still", created=NOON + HOUR)
    three.ask("dizzy still", created=NOON + HOUR)
    three.catch_up()
    back = three.queue.group(three.id("itchy feet"))
    assert (back.state, back.came_back, back.people) == (GroupState.OPEN, True, 5)
    kept = three.queue.group(three.id("dizzy in the bus"))
    assert (kept.state, kept.people) == (GroupState.DISMISSED, 2)


def test_words_that_go_take_their_place_with_them(three: Desk) -> None:
    """Withheld or erased, they leave no row; a request outlives them, an empty group is tidied away in time."""
    bus = three.seen("dizzy in the bus")
    wanted = GroupFields(state=GroupState.NEEDS_ARTICLE, title="Motion sickness")
    three.queue.change(bus, wanted, kind="request_article", summary="s", by="rev", note="soon")
    three.queue.add_note(three.id("itchy y rojo"), "note", summary="s", by="rev")
    three.store.withhold("session-00000001", f"{1:032}")
    for number in range(2, 6):
        assert three.store.erase(f"session-{number:08}")
    with three.store.engine.connect() as connection:
        for table in (queued_questions, question_vectors):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        said = connection.execute(sa.select(staff_actions.c.summary, staff_actions.c.undo)).all()
    assert "itchy" not in repr(said)
    assert three.groups() == {"Motion sickness": 0}
    assert three.queue.tidy(NOON) == 0
    assert three.queue.tidy(NOON + HOUR) == 2
    assert three.groups() == {"Motion sickness": 0}
    with three.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(group_notes)) == 1


def test_words_withheld_while_they_are_being_placed_are_not(desk: Desk) -> None:
    """What was found to come in is looked at again when it does."""
    desk.ask("itchy feet")
    arrivals = desk.queue.arrivals(Arriving(None, NOON, 0.8, 0.05))
    desk.queue.keep_vectors(MODEL, [(arrivals[0].turn_id, b"itchy")])
    desk.store.withhold("session-00000001", arrivals[0].turn_id)
    desk.queue.keep_vectors(MODEL, [(arrivals[0].turn_id, b"itchy")])
    assert desk.queue.place(arrivals, MODEL, by_first_word) == 0
    assert desk.groups() == {}


def test_several_who_catch_up_at_once_place_each_question_once(open_store: Callable[[], SqlStore]) -> None:
    """As several processes do: no group is made twice."""
    first = Desk(open_store())
    for number in range(40):
        first.ask(f"group{number % 4} asked in way {number}")
    desks = [first, *(Desk(open_store()) for _ in range(3))]
    placed: list[int] = []
    threads = [threading.Thread(target=lambda desk=desk: placed.append(desk.catch_up())) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(placed) == 40
    assert sorted(each.people for each in first.queue.groups(ANY, 1, 50).groups) == [10] * 4


def test_one_process_at_a_time_brings_questions_in(open_store: Callable[[], SqlStore]) -> None:
    """Another is told at once that it is not alone."""
    one, other = Desk(open_store()).queue, Desk(open_store()).queue
    with one.alone() as is_first, other.alone() as is_second:
        assert (is_first, is_second) == (True, False)
    with other.alone() as is_alone:
        assert is_alone


def test_two_reviewers_do_not_overwrite_each_other(open_store: Callable[[], SqlStore]) -> None:
    """Of two who act at once on what both saw, one is told that it changed."""
    first = Desk(open_store())
    first.ask("itchy feet")
    first.catch_up()
    seen = first.seen("itchy feet")
    told: list[str] = []

    def act(desk: Desk, by: str) -> None:
        try:
            desk.queue.change(seen, GroupFields(assignee=by), kind="assign", summary="s", by=by)
        except Conflict:
            told.append(by)

    threads = [threading.Thread(target=act, args=(Desk(open_store()), by)) for by in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert {first.queue.group(first.id("itchy feet")).assignee} == {"one", "two"} - set(told)


def test_what_fails_half_way_leaves_nothing(desk: Desk) -> None:
    """A grouping that breaks in its midst has placed no question, and the next one places all."""
    desk.ask("itchy feet")
    desk.ask("itchy", language="es")
    calls: Iterator[int] = iter(range(9))

    def breaks(placed: Iterable[tuple[str, bytes]], vectors: Sequence[bytes]) -> list[str | int]:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return by_first_word(placed, vectors)

    arrivals = desk.queue.arrivals(Arriving(None, NOON, 0.8, 0.05))
    desk.queue.keep_vectors(MODEL, [(each.turn_id, b"itchy") for each in arrivals])
    with pytest.raises(KeyboardInterrupt):
        desk.queue.place(arrivals, MODEL, breaks)
    assert desk.groups() == {}
    assert desk.catch_up() == 2
    assert len(desk.groups()) == 2


def test_a_vector_of_another_model_is_made_again(three: Desk) -> None:
    """Groups stay as they are, and nothing is placed before all are made."""
    assert three.queue.queued_without_vector(MODEL, 10) == ()
    again = three.queue.queued_without_vector("n" * 64, 10)
    assert len(again) == 5
    three.ask("itchy still")
    arrivals = three.queue.arrivals(Arriving(None, NOON, 0.8, 0.05))
    three.queue.keep_vectors("n" * 64, [(each.turn_id, b"other") for each in arrivals])
    assert three.queue.place(arrivals, "n" * 64, by_first_word) == 0
    three.queue.keep_vectors("n" * 64, [(turn_id, b"other") for turn_id, _ in again])
    assert three.queue.queued_without_vector("n" * 64, 10) == ()
    assert len(three.queue.queued_without_vector(MODEL, 10)) == 5
    assert len(three.groups()) == 3

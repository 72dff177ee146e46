"""What was taught, and the turns that were kept, on each database."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING, TypeVar

import pytest

from bot.domain.article import Article
from bot.domain.errors import Conflict, NotFound
from bot.domain.question_queue import QuestionKind, QueueFilters
from bot.ports import SourcedArticle
from bot.ports.queue import Arrival
from bot.ports.turn_log import TurnFilters
from bot.ports.turns import Feedback
from bot.store import SqlStore, open_engine
from bot.store.audit import SqlAuditStore
from bot.store.base import SqlBase
from bot.store.past_questions import SqlPastQuestions
from bot.store.queue import SqlQueueStore
from bot.store.turn_log import SqlTurnLog
from tests.conftest import NOON
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa


_Store = TypeVar("_Store", bound=SqlBase)


@pytest.fixture
def engine(store_url: str) -> Iterator[sa.Engine]:
    """A library of two articles."""
    engine = open_engine(store_url)
    SqlStore(engine, lambda: NOON).put(
        SourcedArticle(Article(each, f"What is {each}?", "It is.")) for each in ("colds", "lice")
    )
    yield engine
    engine.dispose()


@pytest.fixture
def past(engine: sa.Engine) -> SqlPastQuestions:
    """With a clock that goes on by a second at each look."""
    return on(engine, SqlPastQuestions)


def on(engine: sa.Engine, kind: type[_Store]) -> _Store:
    seconds = count()
    return kind(engine, lambda: NOON + dt.timedelta(seconds=next(seconds)))


def taught(past: SqlPastQuestions, article_id: str = "", words: str = "") -> list[str]:
    return [each.text for each in past.taught(article_id=article_id, words=words, number=1, size=50).phrasings]


def test_undo_takes_back_only_what_the_action_taught(past: SqlPastQuestions) -> None:
    """What was taught before stays, as does what was forgotten and taught again by somebody since."""
    past.teach("colds", ["before"], None, "ann")
    action = past.teach("colds", ["before", "one", "two"], None, "ben")
    assert action.summary == "2 phrasings taught to colds"
    past.forget("colds", ["two"], "ann")
    past.teach("colds", ["two"], None, "cleo")
    past.undo(action.id, "ann")
    assert sorted(taught(past)) == ["before", "two"]
    with pytest.raises(Conflict, match="undone already"):
        past.undo(action.id, "ann")


def test_undo_of_forgetting_brings_back_who_taught_it_and_when(past: SqlPastQuestions) -> None:
    """In the list it stands as it did."""
    past.teach("colds", ["one"], None, "ann")
    (before,) = past.all_taught()
    past.undo(past.forget("colds", ["one"], "ben").id, "ben")
    assert past.all_taught() == (before,)


def test_all_or_nothing(past: SqlPastQuestions, engine: sa.Engine) -> None:
    """What cannot be done leaves no phrasing, no action and no line in the audit log."""
    with pytest.raises(NotFound):
        past.teach("none", ["one"], None, "ann")
    with pytest.raises(NotFound):
        past.teach("colds", ["one"], ("no-such-group", 1), "ann")
    with pytest.raises(NotFound):
        past.forget("colds", ["one"], "ann")
    assert past.all_taught() == ()
    assert on(engine, SqlQueueStore).actions(1, 10).total == 0
    log = on(engine, SqlAuditStore)
    assert log.page(actor="", action="phrasing.*", subject="", since=None, until=None, number=1, size=10).total == 0


def test_nothing_new_is_told(past: SqlPastQuestions) -> None:
    """Unless a group becomes taught by it."""
    past.teach("colds", ["one"], None, "ann")
    with pytest.raises(Conflict, match="already"):
        past.teach("colds", ["one"], None, "ben")


def test_a_group_goes_with_it_and_comes_back(past: SqlPastQuestions, engine: sa.Engine) -> None:
    """One action for both; a group that changed since keeps all of it as it is."""
    SqlStore(engine, lambda: NOON).record(turn(), None)
    groups = on(engine, SqlQueueStore)
    groups.keep_vectors("m", [("0" * 32, b"\0\0")])
    groups.place([Arrival("0" * 32, QuestionKind.UNMATCHED, NOON, "en")], "m", lambda _placed, _vectors: [0])
    (group,) = groups.groups(QueueFilters(), 1, 10).groups
    action = past.teach("colds", ["one"], (group.id, group.version), "ann")
    assert groups.actions(1, 10).total == 1
    now = groups.group(group.id)
    assert (now.state, now.article_id) == ("taught", "colds")
    with pytest.raises(Conflict, match="changed meanwhile"):
        past.teach("lice", ["two"], (group.id, group.version), "ben")
    assert taught(past) == ["one"]
    past.undo(action.id, "ann")
    assert (groups.group(group.id).state, taught(past)) == ("open", [])


def test_the_list_is_paged_and_filtered(past: SqlPastQuestions) -> None:
    """Newest first; every one of the words, in any case; with who taught it."""
    past.teach("colds", ["a runny nose", "a 100% cold"], None, "ann")
    past.teach("lice", ["runny lice"], None, "ben")
    assert taught(past) == ["runny lice", "a 100% cold", "a runny nose"]
    assert taught(past, "colds") == ["a 100% cold", "a runny nose"]
    assert taught(past, words="NOSE runny") == ["a runny nose"]
    assert taught(past, words="%") == ["a 100% cold"]
    page = past.taught(article_id="", words="", number=2, size=2)
    assert ([each.text for each in page.phrasings], page.total) == (["a runny nose"], 3)
    first = past.all_taught()[0]
    assert (first.article_id, first.question, first.by, first.language, first.is_served) == (
        "colds",
        "What is colds?",
        "ann",
        "en",
        True,
    )


def test_past_questions_are_those_asked_in_whole(past: SqlPastQuestions, engine: sa.Engine) -> None:
    """Newest first, with the vector of that model; no follow-ups, none without words, none from before."""
    store = SqlStore(engine, lambda: NOON)
    hour = dt.timedelta(hours=1)
    store.record(turn(id="1" * 32, question="old", created=NOON - 48 * hour), None)
    store.record(turn(id="2" * 32, question="first", created=NOON - 2 * hour), None)
    store.record(turn(id="3" * 32, question="then", created=NOON - hour, intent="follow-up"), None)
    store.record(turn(id="4" * 32, question=None, created=NOON - hour), None)
    store.record(turn(id="5" * 32, question="last", language="es", created=NOON), None)
    on(engine, SqlQueueStore).keep_vectors("m", [("2" * 32, b"\1\2"), ("5" * 32, b"\3\4")])
    found = list(past.since(NOON - 24 * hour, "m"))
    assert [(each.question, each.language, each.vector) for each in found] == [
        ("last", "es", b"\3\4"),
        ("first", "en", b"\1\2"),
    ]
    assert [each.vector for each in past.since(NOON - 24 * hour, "other")] == [None, None]
    assert store.erase(SESSION)
    assert list(past.since(NOON - 24 * hour, "m")) == []


def test_a_turn_is_kept_as_it_was_decided(engine: sa.Engine) -> None:
    """With what each candidate was found by, the thresholds, and the feedback."""
    store, log = SqlStore(engine, lambda: NOON), on(engine, SqlTurnLog)
    store.record(turn(), None)
    store.give_feedback(SESSION, Feedback("0" * 32, False, "other", "no", NOON))
    kept, feedback = log.turn("0" * 32)
    assert kept == turn()
    assert (kept.provenance.answer_at, kept.provenance.choose_at) == (0.8, 0.4)
    assert feedback is not None
    assert feedback.comment == "no"
    assert log.page(TurnFilters(feedback="unhelpful"), 1, 10).total == 1
    assert log.page(TurnFilters(feedback="helpful"), 1, 10).total == 0
    assert set(log.revisions({("colds", 1), ("colds", 9)})) == {("colds", 1)}
    assert log.revisions(()) == {}

"""What every store does with conversations and what was thought of them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.decision import KeptCandidate
from bot.domain.errors import NotFound, Unavailable
from bot.domain.reply import Outcome
from bot.ports.turns import Conversation, Feedback
from bot.store.schema import erasures, feedback, sessions, turns
from tests.conftest import NOON, ROOT
from tests.store.made import SESSION, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import SqlStore

OTHER = "another-0123456789"
EVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

# What a process of its own does: it records as many turns in a session as it is told to.
RECORD = """
import sys
from bot.store import SqlStore, open_engine
from tests.conftest import NOON
from tests.store.made import turn
store = SqlStore(open_engine(sys.argv[1]), lambda: NOON)
for number in range(int(sys.argv[3])):
    store.record(turn(id=f"{sys.argv[2]}-{number}"), None)
"""


def minutes(number: float) -> dt.datetime:
    """So many minutes after noon."""
    return NOON + dt.timedelta(minutes=number)


def opinion(**fields: object) -> Feedback:
    values = {"turn_id": "0" * 32, "helpful": False, "reason": "too-long", "comment": "Too long.", "created": NOON}
    return Feedback(**(values | fields))  # type: ignore[arg-type]


def count(store: SqlStore, table: sa.Table) -> int:
    with store._engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_turn_comes_back_with_all_that_was_kept(store: SqlStore) -> None:
    """Every field, as it was recorded."""
    whole = turn(
        channel="widget",
        intent="correction",
        outcome=Outcome.EMERGENCY,
        question="my [name]\u2019s Fieber: 39,5\u00a0\u00b0C \U0001f912",
        language="de-CH",
        article_id="full",
        revision=3,
        sha256="f" * 64,
        candidates=(KeptCandidate("full", 0.75), KeptCandidate("b", 0.5)),
        offered=("b", "full"),
        signs=("chest-pain",),
    )
    store.record(whole, None)
    assert store.turns(SESSION) == (whole,)
    assert store.conversation(SESSION, EVER, 10) == Conversation(None, (whole,))
    store.record(turn(id="b", question=None, probability=None, candidates=(), created=minutes(1)), None)
    assert store.turns(SESSION)[-1].question is None


def test_a_conversation_is_what_was_said_lately(store: SqlStore) -> None:
    """Its turns, newest first, as many as are asked for, none at or before the moment; and nobody else's."""
    said = [turn(id=str(number), created=minutes(number)) for number in range(5)]
    for each in said:
        store.record(each, "pt" if each.id == "1" else None)
    store.record(turn(id="x", session_id=OTHER, created=minutes(9)), "en")
    assert store.conversation(SESSION, EVER, 10) == Conversation("pt", tuple(reversed(said)))
    assert store.conversation(SESSION, EVER, 2) == Conversation("pt", (said[4], said[3]))
    assert store.conversation(SESSION, minutes(2), 10) == Conversation("pt", (said[4], said[3]))
    assert store.conversation(SESSION, minutes(4), 10) == Conversation()
    assert store.conversation("nobody-0123456789", EVER, 10) == Conversation()


def test_a_session_keeps_the_language_asked_for_last(store: SqlStore) -> None:
    """A request without a language changes nothing, one with another does."""
    for number, language in enumerate((None, "en", None, "de", None)):
        store.record(turn(id=str(number), created=minutes(number)), language)
    assert store.conversation(SESSION, EVER, 1).language == "de"


def test_withheld_words_are_forgotten(store: SqlStore) -> None:
    """The turn stays without its words, wherever else in the session they stood; what others said stays."""
    store.record(turn(id="a", question="an itch"), None)
    store.record(turn(id="b", question="an itch", created=minutes(1)), None)
    store.record(turn(id="c", question="a cough", created=minutes(2)), None)
    store.record(turn(id="d", question="an itch", session_id=OTHER), None)
    store.withhold(SESSION, "b")
    assert [each.question for each in store.turns(SESSION)] == [None, None, "a cough"]
    assert store.turns(OTHER)[0].question == "an itch"
    store.withhold(SESSION, "b")


def test_a_turn_about_an_earlier_question_has_its_words_as_they_are_then(store: SqlStore) -> None:
    """Withheld or not, and none of another session's; those of its own are left out."""
    store.record(turn(id="a", question="an itch"), None)
    store.record(turn(id="b", session_id=OTHER, question="a cough"), None)
    store.record(turn(id="c", question=None, created=minutes(1)), None, question_of="a")
    store.record(turn(id="d", question="a rash", created=minutes(2)), None, question_of="b")
    assert [each.question for each in store.turns(SESSION)] == ["an itch", "an itch", None]
    store.withhold(SESSION, "a")
    store.record(turn(id="e", question=None, created=minutes(3)), None, question_of="a")
    store.record(turn(id="f", question=None, created=minutes(4)), None, question_of="never-recorded")
    assert [each.question for each in store.turns(SESSION)] == [None] * 5


@pytest.mark.parametrize("session", [OTHER, "nobody-0123456789"])
def test_a_turn_belongs_to_its_session(store: SqlStore, session: str) -> None:
    """Nobody withholds, or has a say on, a turn of another session."""
    store.record(turn(id="a"), None)
    store.record(turn(id="b", session_id=OTHER), None)
    with pytest.raises(NotFound, match="no turn 'a' in that session"):
        store.withhold(session, "a")
    with pytest.raises(NotFound, match="no turn 'a' in that session"):
        store.give_feedback(session, opinion(turn_id="a"))
    with pytest.raises(NotFound):
        store.give_feedback(SESSION, opinion(turn_id="nothing"))
    assert store.turns(SESSION)[0].question is not None
    assert store.feedback("a") is None


def test_feedback_can_be_changed(store: SqlStore) -> None:
    """A turn has one; the last word stands, and the moment of the first."""
    store.record(turn(), None)
    assert store.feedback("0" * 32) is None
    store.give_feedback(SESSION, opinion())
    assert store.feedback("0" * 32) == opinion()
    changed = opinion(helpful=True, reason="", comment="", created=minutes(5))
    store.give_feedback(SESSION, changed)
    assert store.feedback("0" * 32) == opinion(helpful=True, reason="", comment="")
    assert count(store, feedback) == 1
    with store._engine.connect() as connection:
        assert connection.scalar(sa.select(feedback.c.changed)) == minutes(5)


def test_what_is_erased_is_gone(store: SqlStore) -> None:
    """The session, its turns and the feedback on them; nothing of another session. Erasing again finds nothing."""
    store.record(turn(id="a"), None)
    store.record(turn(id="b", session_id=OTHER), None)
    store.give_feedback(SESSION, opinion(turn_id="a"))
    store.give_feedback(OTHER, opinion(turn_id="b"))
    assert store.erase(SESSION)
    assert not store.erase(SESSION)
    assert store.conversation(SESSION, EVER, 10) == Conversation()
    assert [count(store, table) for table in (sessions, turns, feedback)] == [1, 1, 1]
    assert store.feedback("b") == opinion(turn_id="b")


def test_an_erased_session_can_be_gone_on_with(store: SqlStore) -> None:
    """A message that names it begins it anew, with nothing of what was."""
    store.record(turn(id="a"), "de")
    store.erase(SESSION)
    store.record(turn(id="b"), None)
    assert store.conversation(SESSION, EVER, 10) == Conversation(None, (turn(id="b"),))


def test_a_purge_takes_what_was_last_seen_before(store: SqlStore) -> None:
    """A session goes by its last message; one that was gone on with keeps what was said since."""
    for number in range(450):  # more than are deleted together
        store.record(turn(id=f"old-{number}", session_id=f"old-{number:020}", created=minutes(0)), None)
    store.record(turn(id="a", created=minutes(0)), None)
    store.record(turn(id="b", created=minutes(10)), None)
    store.record(turn(id="c", session_id=OTHER, created=minutes(5)), None)
    assert store.purge(minutes(0)) == 0
    assert store.purge(minutes(5)) == 450
    assert store.purge(minutes(5)) == 0
    assert [each.id for each in store.turns(SESSION)] == ["b"]
    assert count(store, sessions) == 2
    assert store.purge(minutes(11)) == 2
    assert [count(store, table) for table in (sessions, turns, feedback)] == [0, 0, 0]


def test_scrubbing_is_owed_until_it_is_done(store: SqlStore) -> None:
    """Each deletion of words is counted; the count outlives the process, and cleaning pays it."""

    def owed() -> int:
        with store._engine.connect() as connection:
            made, cleaned = connection.execute(sa.select(erasures.c.made, erasures.c.cleaned)).one()
            return int(made - cleaned)

    for number in range(4):
        store.record(turn(id=str(number), session_id=f"session-{number:012}"), None)
    store.give_feedback("session-000000000000", opinion(turn_id="0"))
    assert owed() == 0
    store.give_feedback("session-000000000000", opinion(turn_id="0", helpful=True))
    assert owed() == 0, "the comment is the same"
    store.give_feedback("session-000000000000", opinion(turn_id="0", comment="Still."))
    assert owed() == 1
    store.withhold("session-000000000001", "1")
    store.erase("session-000000000002")
    store.erase("session-000000000002")
    assert owed() == 3
    store.purge(minutes(1))
    assert owed() == 4
    store.scrub()
    store.scrub()
    assert owed() == 0


def test_several_may_scrub_at_once(open_store: Callable[[], SqlStore]) -> None:
    """The workers of a server do so at the same hour; none fails, and what is recorded meanwhile is kept."""
    stores = [open_store() for _ in range(4)]
    for number in range(200):
        stores[0].record(turn(id=str(number), session_id=f"session-{number:012}"), None)

    def clean(store: SqlStore) -> None:
        for number in range(20):
            store.erase(f"session-{number:012}")
            store.purge(minutes(-1))
            store.scrub()

    def record(store: SqlStore) -> None:
        for number in range(100):
            store.record(turn(id=f"new-{number}"), None)

    with ThreadPoolExecutor(4) as pool:
        for done in [*(pool.submit(clean, store) for store in stores[1:]), pool.submit(record, stores[0])]:
            done.result()
    assert count(stores[0], turns) == 180 + 100


def test_many_turns_of_a_session_at_once(open_store: Callable[[], SqlStore], store_url: str) -> None:
    """From threads and from processes: every one is kept."""
    store = open_store()
    command = [sys.executable, "-c", RECORD, store_url]
    processes = [subprocess.Popen([*command, name, "50"], cwd=ROOT) for name in ("one", "two")]

    def record(number: int) -> None:
        for each in range(25):
            store.record(turn(id=f"{number}-{each}"), "en")
            assert store.conversation(SESSION, EVER, 5).language == "en"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(4)))
    assert [process.wait() for process in processes] == [0, 0]
    assert len(store.turns(SESSION)) == 200


def test_erasing_while_the_session_goes_on(open_store: Callable[[], SqlStore]) -> None:
    """No half of a session is left: what is there afterwards was said after the last erasure, and can be erased."""
    store, other = open_store(), open_store()
    failures: list[BaseException] = []

    def talk(number: int) -> None:
        try:
            for each in range(40):
                identifier = f"{number}-{each}"
                store.record(turn(id=identifier), None)
                try:
                    store.give_feedback(SESSION, opinion(turn_id=identifier))
                    store.withhold(SESSION, identifier)
                except NotFound:
                    pass
        except BaseException as error:  # noqa: BLE001  shown below, in the thread that can fail the test
            failures.append(error)

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        other.erase(SESSION)
        other.purge(minutes(1))
    for thread in threads:
        thread.join()
    assert failures == []
    other.erase(SESSION)
    assert [count(store, table) for table in (sessions, turns, feedback)] == [0, 0, 0]


def test_an_error_of_the_database_quotes_no_row(store: SqlStore) -> None:
    """PostgreSQL tells of a broken rule with the whole row: that does not get into the message, nor into a log."""
    broken = turn(question="my purple zebra itches", language=None)
    with pytest.raises(Unavailable, match="the store refused") as refused:
        store.record(broken, None)
    assert "zebra" not in str(refused.value)

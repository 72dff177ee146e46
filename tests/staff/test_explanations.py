"""Why an answer was given, or not, and what today's library would say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.errors import InvalidQuery, NotFound
from bot.domain.message import Inbound
from bot.domain.staff import COMMAND_LINE
from bot.ports.turn_log import TurnFilters
from bot.ports.turns import Feedback
from bot.service.asking import ask
from bot.service.staff.explaining import explain, list_turns
from bot.service.staff.teaching import teach
from bot.store import SqlStore
from tests.conftest import NOON

if TYPE_CHECKING:
    from bot.bootstrap import Installation

SPRAIN = "How long does a sprained ankle take to heal?"
OTHER_ZONE = "my head is still in another time zone"


def test_an_answer_is_explained_and_made_again(installation: Installation) -> None:
    """What was quoted is proved; candidates, features and thresholds are those of the decision; today says the same."""
    desk, calibration = installation.desk, installation.core.calibration
    reply = ask(installation.core, Inbound(SPRAIN))
    told = explain(desk, reply.turn_id)
    assert told.question == SPRAIN
    assert reply.quotation is not None
    assert told.quoted is not None
    assert (told.quoted.article_id, told.quoted.revision, told.quoted.sha256) == (
        reply.quotation.article_id,
        reply.quotation.revision,
        reply.quotation.sha256,
    )
    assert (told.quoted.is_proven, told.quoted.is_current) == (True, True)
    best = told.then.candidates[0]
    assert (best.article_id, best.question_similarity, best.matched_text) == ("ankle-sprain-recovery", 1.0, SPRAIN)
    assert (best.probability, best.is_current) == (reply.probability, True)
    assert best.similarity is not None
    assert (told.then.versions.answer_at, told.then.versions.choose_at) == (
        calibration.answer_at,
        calibration.choose_at,
    )
    assert f"{calibration.answer_at:.4f} or more is needed" in told.then.sentence
    assert told.today is not None
    assert told.today == told.then
    assert told.differences == ()
    assert len(installation.core.store.turns(reply.session_id)) == 1


def test_what_was_taught_since_differs(installation: Installation) -> None:
    """The outcome, the article and the version of the library, each in a line."""
    reply = ask(installation.core, Inbound(OTHER_ZONE))
    teach(installation.desk, COMMAND_LINE, "jet-lag", [OTHER_ZONE])
    told = explain(installation.desk, reply.turn_id)
    assert told.then.reaction.outcome == reply.outcome != "answer"
    assert told.today is not None
    assert (told.today.reaction.outcome, told.today.reaction.article_ids) == ("answer", ("jet-lag",))
    assert told.differences[0] == f"The outcome was {reply.outcome}, and would be answer."
    assert any(line.startswith("The index version is another") for line in told.differences)


def test_an_altered_revision_is_not_proved(installation: Installation) -> None:
    """Also where the hash that is recorded with it was left as it was."""
    reply = ask(installation.core, Inbound(SPRAIN))
    store = installation.core.store
    assert isinstance(store, SqlStore)
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            sa.text("UPDATE revisions SET short_answer = 'x' WHERE article_id = 'ankle-sprain-recovery'")
        )
    quoted = explain(installation.desk, reply.turn_id).quoted
    assert quoted is not None
    assert not quoted.is_proven


def test_a_turn_of_an_earlier_version(installation: Installation) -> None:
    """Its candidates have an id and a probability alone, and its thresholds are not known."""
    reply = ask(installation.core, Inbound(SPRAIN))
    store = installation.core.store
    assert isinstance(store, SqlStore)
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            sa.text("""UPDATE turns SET candidates = '[["jet-lag", 0.5]]', answer_at = NULL, choose_at = NULL""")
        )
    told = explain(installation.desk, reply.turn_id)
    (candidate,) = told.then.candidates
    assert (candidate.article_id, candidate.probability, candidate.revision) == ("jet-lag", 0.5, None)
    assert "the threshold of that time" in told.then.sentence


def test_emergencies_and_small_talk(installation: Installation) -> None:
    """Of an emergency the signs are told and no words; of small talk that it was some."""
    emergency = ask(installation.core, Inbound("my chest hurts and my left arm is numb"))
    told = explain(installation.desk, emergency.turn_id)
    assert (told.question, told.today) == (None, None)
    assert told.signs
    assert told.then.sentence.startswith(f"It was taken for an emergency ({told.signs[0]}")
    greeting = ask(installation.core, Inbound("hello"))
    assert "small talk (greeting)" in explain(installation.desk, greeting.turn_id).then.sentence


def test_a_follow_up_is_asked_alone(installation: Installation) -> None:
    """Which is said, since then it was read with what came before."""
    first = ask(installation.core, Inbound(SPRAIN))
    second = ask(installation.core, Inbound("what helps against it?", session_id=first.session_id))
    told = explain(installation.desk, second.turn_id)
    assert told.is_alone == (told.intent == "follow-up")
    assert told.is_alone


def test_a_turn_that_is_not_there(installation: Installation) -> None:
    """It may have been erased."""
    with pytest.raises(NotFound, match="erased"):
        explain(installation.desk, "0" * 32)


def test_turns_are_listed_by_what_they_are(installation: Installation) -> None:
    """Every filter leaves those that fit, newest first; none of them shows a session."""
    desk = installation.desk
    answer = ask(installation.core, Inbound(SPRAIN, channel="web"))
    unmatched = ask(installation.core, Inbound("what is the weather tomorrow"))
    installation.core.store.give_feedback(answer.session_id, Feedback(answer.turn_id, False, "other", "", NOON))
    both = [unmatched.turn_id, answer.turn_id]

    def ids(**fields: object) -> list[str]:
        return [turn.id for turn in list_turns(desk, TurnFilters(**fields)).turns]  # type: ignore[arg-type]

    assert ids() == both
    assert ids(outcome=answer.outcome) == ids(channel="web") == ids(feedback="unhelpful") == [answer.turn_id]
    assert ids(article_id="ankle-sprain-recovery") == ids(feedback="any") == [answer.turn_id]
    assert ids(feedback="none") == [unmatched.turn_id]
    assert ids(feedback="helpful") == ids(language="es") == ids(intent="greeting") == []
    today = installation.core.clock().date()
    assert ids(since=today - dt.timedelta(days=1), until=today) == both
    assert ids(until=today - dt.timedelta(days=1)) == []
    page = list_turns(desk, TurnFilters(), page=2, size=1)
    assert ([turn.id for turn in page.turns], page.total) == ([answer.turn_id], 2)
    assert (page.channels, page.languages, page.intents) == (("api", "web"), ("en",), ("question",))
    (listed,) = list_turns(desk, TurnFilters(channel="web")).turns
    assert (listed.quoted, listed.helpful) == (SPRAIN, False)
    assert answer.session_id not in repr(page)


@pytest.mark.parametrize("wrong", [{"feedback": "maybe"}, {"channel": "x" * 101}, {"intent": "a\x00b"}])
def test_filters_that_make_no_sense(installation: Installation, wrong: dict[str, str]) -> None:
    """They are told of, not ignored."""
    with pytest.raises(InvalidQuery):
        list_turns(installation.desk, TurnFilters(**wrong))  # type: ignore[arg-type]

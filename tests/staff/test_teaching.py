"""What teaching would change is told beforehand, and is what it then changes."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import Conflict, InvalidArticle, NotFound
from bot.domain.message import Inbound
from bot.domain.question_queue import GroupState, QueueFilters
from bot.domain.staff import COMMAND_LINE
from bot.ports.teaching import GoldenQuestion
from bot.ports.turn_log import TurnFilters
from bot.service.asking import ask
from bot.service.staff import queue
from bot.service.staff.catching_up import catch_up
from bot.service.staff.taught_cases import ask_taught
from bot.service.staff.teaching import forget, list_taught, preview, proposal, teach
from bot.service.staff.teaching_preview import reaction_of
from bot.service.staff.undo import undo
from bot.service.staff.unrecorded import ask_unrecorded
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.bootstrap import Installation
    from bot.service.staff.teaching_preview import Preview, Reaction

QUESTIONS = [json.loads(line) for line in (ROOT / "data/golden/questions.jsonl").read_text().splitlines()]
ASKABLE = [each["asked"] for each in QUESTIONS if any(character.isalnum() for character in each["asked"])]
HOMESICK = "my head is still in another time zone"


def asked(installation: Installation, *questions: str) -> None:
    for question in questions:
        ask(installation.core, Inbound(question))


def reactions(installation: Installation, questions: list[str]) -> dict[str, Reaction]:
    """What a patient gets now."""
    return {each: reaction_of(ask_unrecorded(installation.core, each, None).reply) for each in questions}


def test_what_is_foretold_is_what_happens(installation: Installation) -> None:
    """For phrasings near and far, of the article or of others: the same questions get the same other answers."""
    chosen = random.Random(1)
    desk = installation.desk
    past = chosen.sample(ASKABLE, 40)
    asked(installation, *past)
    articles = sorted({each["expected"] for each in QUESTIONS if isinstance(each["expected"], str)})
    changed = 0
    for _ in range(4):
        article_id = chosen.choice(articles)
        own = [each["asked"] for each in QUESTIONS if each["expected"] == article_id and len(each["asked"]) < 300]
        phrasings = [*chosen.sample(own, 2), chosen.choice(past)[:300]]
        foretold = preview(desk, article_id, phrasings)
        assert (foretold.left_out, foretold.golden) == (0, len(ASKABLE))
        told = {each.question: (each.before, each.after) for each in foretold.changes}
        looked_at = sorted({*told, *({*phrasings} & {*ASKABLE}), *chosen.sample(ASKABLE, 25), *past[:10]})
        before = reactions(installation, looked_at)
        action = teach(desk, COMMAND_LINE, article_id, phrasings)
        after = reactions(installation, looked_at)
        happened = {each for each in looked_at if not before[each].is_like(after[each])}
        assert told.keys() == happened
        for each, (now, then) in told.items():
            for foreseen, seen in ((now, before[each]), (then, after[each])):
                assert foreseen.is_like(seen)
                # A stored vector is rounded.
                assert foreseen.probability == pytest.approx(seen.probability, abs=0.002)
        kept = {each for each in told if each in past and is_kept(installation, each)}
        assert kept == {each.question for each in foretold.changes if not each.is_golden}
        changed += len(told)
        undo(desk, COMMAND_LINE, action.id)
    assert changed


def is_kept(installation: Installation, question: str) -> bool:
    """Whether such a question is kept in these words, as one to ask again."""
    turn = ask_unrecorded(installation.core, question, None).turn
    return turn is not None and turn.question == question and turn.intent == "question"


def test_a_preview_teaches_nothing_and_records_nothing(installation: Installation) -> None:
    """The library, the turns and the answers are what they were."""
    desk = installation.desk
    asked(installation, HOMESICK)
    version, total = desk.core.store.version(), desk.turn_log.page(TurnFilters(), 1, 1).total
    assert foretold(installation, "jet-lag", "why is my head in another time zone").past == 1
    assert desk.core.store.version() == version
    assert desk.turn_log.page(TurnFilters(), 1, 1).total == total
    assert desk.core.store.article("jet-lag").phrasings == ()


def foretold(installation: Installation, article_id: str, *phrasings: str) -> Preview:
    return preview(installation.desk, article_id, phrasings)


def test_golden_questions_that_turn_wrong_are_marked(installation: Installation) -> None:
    """Where a golden question would be quoted an article that it does not expect."""
    wrong = next(each for each in QUESTIONS if each["expected"] == "head-lice" and each.get("kind") == "plain")
    change = next(
        each for each in foretold(installation, "jet-lag", wrong["asked"]).changes if each.question == wrong["asked"]
    )
    assert (change.turn_id, change.is_golden, change.is_right) == (None, True, False)


def test_warnings(installation: Installation) -> None:
    """Each has its reason; none but a placeholder keeps it from being taught."""
    teach(installation.desk, COMMAND_LINE, "jet-lag", ["east west flight trouble"])
    found = foretold(
        installation,
        "cold-duration",
        "how do I get over jet-lag?",
        "What should I do?",
        "how long is [name] ill with a cold",
        "cuánto tiempo dura un resfriado normalmente en los adultos",
        "my chest hurts and my left arm is numb",
        "East west flight trouble!",
        "how long does a common cold last",
    )
    assert ("how do I get over jet-lag?", "jet-lag") in {(each.phrasing, each.article_id) for each in found.nearer}
    kinds = {(each.phrasing, each.kind): each.is_bar for each in found.cautions}
    assert not kinds["What should I do?", "short"]
    assert kinds["how long is [name] ill with a cold", "placeholder"]
    assert not kinds["cuánto tiempo dura un resfriado normalmente en los adultos", "language"]
    assert not kinds["my chest hurts and my left arm is numb", "emergency"]
    already = {(each.phrasing, each.article_id, each.field) for each in found.already}
    assert ("East west flight trouble!", "jet-lag", "phrasing") in already
    assert ("how long does a common cold last", "cold-duration", "question") in already
    assert not found.can_teach


@pytest.mark.parametrize(
    "phrasings",
    [[], ["", " "], ["a\nb"], ["x" * 1_001], ["???"], ["what of [phone]"], ["a\x07b"], [f"a {n}" for n in range(51)]],
)
def test_what_cannot_be_taught(installation: Installation, phrasings: list[str]) -> None:
    """The message names each line that is wrong, and nothing is taught."""
    with pytest.raises(InvalidArticle, match="phrasings"):
        teach(installation.desk, COMMAND_LINE, "jet-lag", phrasings)
    assert installation.core.store.article("jet-lag").phrasings == ()


def test_an_article_that_is_not_there(installation: Installation) -> None:
    """It is told, before and at teaching."""
    for work in (
        lambda: foretold(installation, "none", "a b c"),
        lambda: teach(installation.desk, COMMAND_LINE, "none", ["a b"]),
    ):
        with pytest.raises(NotFound):
            work()


def test_taught_here_and_asked_there_at_once(
    installation: Installation, installed: Callable[..., Installation]
) -> None:
    """Another installation on the same data answers the next question with it, and after undo no more."""
    other = installed()
    assert ask(other.core, Inbound(HOMESICK)).quotation is None
    action = teach(installation.desk, COMMAND_LINE, "jet-lag", [HOMESICK])
    quoted = ask(other.core, Inbound(HOMESICK)).quotation
    assert quoted is not None
    assert quoted.article_id == "jet-lag"
    undo(other.desk, COMMAND_LINE, action.id)
    assert ask(installation.core, Inbound(HOMESICK)).quotation is None


def test_a_group_is_taught_and_taken_back(installation: Installation) -> None:
    """Its wordings are proposed once each, those with something taken out apart; undo gives all of it back."""
    desk = installation.desk
    asked(installation, HOMESICK, f"{HOMESICK}!", f"{HOMESICK}, call me on 020 7946 0018")
    catch_up(desk)
    (group,) = queue.list_groups(desk, QueueFilters()).groups
    proposed = proposal(desk, group.id)
    assert len(proposed.wordings) == 1
    assert proposed.withheld == (f"{HOMESICK}, call me on [phone]",)
    action = teach(desk, COMMAND_LINE, "jet-lag", proposed.wordings, (group.id, proposed.version))
    now = queue.group_summary(desk, group.id)
    assert (now.state, now.article_id) == (GroupState.TAUGHT, "jet-lag")
    (taught,) = list_taught(desk).phrasings
    assert (taught.text, taught.by, taught.group_id) == (proposed.wordings[0], "command line", group.id)
    with pytest.raises(Conflict, match="changed meanwhile"):
        teach(desk, COMMAND_LINE, "head-lice", ["something else here"], (group.id, proposed.version))
    assert desk.core.store.article("head-lice").phrasings == ()
    undo(desk, COMMAND_LINE, action.id)
    assert queue.group_summary(desk, group.id).state is GroupState.OPEN
    assert list_taught(desk).total == 0


def test_taught_phrasings_are_cases(installation: Installation) -> None:
    """One that finds its article counts; one that another article took is lost, and says what it gets instead."""
    desk = installation.desk
    assert ask_taught(desk).n == 0
    teach(desk, COMMAND_LINE, "jet-lag", [HOMESICK])
    assert (ask_taught(desk).n, ask_taught(desk).quoted, ask_taught(desk).lost) == (1, 1, ())
    # Small talk comes before the library, whatever is taught.
    teach(desk, COMMAND_LINE, "jet-lag", ["hello there"])
    report = ask_taught(desk)
    assert (report.n, report.quoted) == (2, 1)
    assert [(each.phrasing, each.article_id, each.outcome) for each in report.lost] == [
        ("hello there", "jet-lag", "information")
    ]
    forget(desk, COMMAND_LINE, "jet-lag", ["hello there"])
    assert ask_taught(desk).lost == ()


def test_golden_questions_come_with_the_rules(installation: Installation) -> None:
    """All of those that ship."""
    assert len(installation.desk.golden) == len(QUESTIONS)
    assert GoldenQuestion(QUESTIONS[0]["asked"], frozenset([QUESTIONS[0]["expected"]])) in installation.desk.golden

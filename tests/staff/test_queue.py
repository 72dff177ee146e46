"""The queue from what patients type to what staff see and do, with the real model."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import Conflict, InvalidQuery, NotFound
from bot.domain.message import Inbound
from bot.domain.question_queue import GroupState, QueueFilters
from bot.domain.staff import Caller, Role, rights_of
from bot.ports import SourcedArticle
from bot.service.asking import ask
from bot.service.staff import queue
from bot.service.staff.catching_up import QueueJob, catch_up, catch_up_if_few, encode_kept
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.bootstrap import Installation
    from bot.service.staff.desk import Desk

REVIEWER = Caller("1", "rev", "A Reviewer", rights_of([Role.REVIEWER]))
ANY = QueueFilters(state=None)


def typed(desk: Desk, *texts: str, channel: str = "api", language: str | None = None) -> None:
    """Each by another patient."""
    for text in texts:
        ask(desk.core, Inbound(message=text, channel=channel, language=language))


@pytest.fixture
def desk(installation: Installation, reopened: Callable[..., Installation]) -> Desk:
    installation.core.retriever.close()
    return reopened(lambda: NOON).desk


def groups(desk: Desk) -> dict[str, int]:
    return {group.title: group.people for group in queue.list_groups(desk, ANY).groups}


def test_what_patients_asked_stands_in_groups(desk: Desk) -> None:
    """Near-duplicates together, by how many asked, with the articles that are nearest and what matched in each."""
    typed(desk, "How do I get rid of hiccups?", "how can i get rid of hiccups", "is a bunion dangerous", "hello")
    catch_up_if_few(desk)
    assert groups(desk) == {"How do I get rid of hiccups?": 2, "is a bunion dangerous": 1}
    first = queue.list_groups(desk, ANY).groups[0]
    detail = queue.group_detail(desk, first.id)
    assert {each.question for each in detail.members} == set(first.wordings)
    assert detail.representative in first.wordings
    assert len(detail.nearest) == 5
    assert list(detail.nearest) == sorted(detail.nearest, key=lambda each: -each.probability)
    reply = ask(desk.core, Inbound(message=detail.representative))
    assert reply.probability == detail.nearest[0].probability
    for near in detail.nearest:
        stored = desk.core.store.article(near.article_id)
        texts = (stored.article.question, *stored.article.also_asked, *stored.phrasings)
        assert near.matched_text
        assert any(
            near.matched_text in text for text in (*texts, stored.article.short_answer, stored.article.explanation)
        )


def test_nothing_new_changes_nothing(desk: Desk) -> None:
    """However often it is caught up; questions that were answered get their vectors too."""
    typed(desk, "is a bunion dangerous")
    assert catch_up(desk) == 1
    assert catch_up(desk) == 0
    assert encode_kept(desk) == 0
    typed(
        desk,
        desk.core.store.page(query="", symptom="", language="en", serving=desk.core.serving(), number=1, size=1)
        .articles[0]
        .article.question,
    )
    assert catch_up(desk) == 0
    assert encode_kept(desk) == 1
    assert groups(desk) == {"is a bunion dangerous": 1}


def test_with_many_the_page_does_not_wait(desk: Desk) -> None:
    """The server's job brings them in."""
    typed(desk, "is a bunion dangerous", "how do i get rid of hiccups")
    assert catch_up(desk, limit=1) == 0
    assert groups(desk) == {}
    job = QueueJob(desk, interval_s=0.05)
    job.start()
    for _ in range(200):
        if groups(desk):
            break
        time.sleep(0.05)
    job.stop()
    assert sum(groups(desk).values()) == 2


def test_the_job_rests_after_each_batch(desk: Desk) -> None:
    """As long as the batch took; told to end there, it leaves what is left to the next round."""
    typed(desk, "is a bunion dangerous")
    rests: list[float] = []
    assert catch_up(desk, rest=lambda seconds: not rests.append(seconds)) == 0  # type: ignore[func-returns-value]
    assert len(rests) == 1
    assert groups(desk) == {}
    assert catch_up(desk) == 1


def test_another_model_makes_the_vectors_anew(desk: Desk) -> None:
    """The groups stay, and what comes is placed by the new vectors."""

    class OtherModel:
        model_sha256 = "other"

        def encode(self, questions: Sequence[str]) -> list[bytes]:
            return desk.encoder.encode(questions)

    typed(desk, "is a bunion dangerous")
    catch_up(desk)
    typed(desk, "are bunions dangerous")
    other = replace(desk, encoder=OtherModel())
    assert catch_up(other) == 1
    assert list(groups(desk).values()) == [2]
    assert desk.queue.queued_without_vector("other", 9) == ()


def test_the_way_of_a_group(desk: Desk) -> None:
    """It is assigned, asked for, linked and published; each step can be undone, and none names a patient's words."""
    typed(desk, "is a bunion dangerous")
    catch_up(desk)

    def seen() -> dict[str, int]:
        return {group.id: group.version for group in queue.list_groups(desk, ANY).groups}

    group_id = next(iter(seen()))
    actions = [
        queue.assign(desk, REVIEWER, seen(), "rev"),
        queue.rename(desk, REVIEWER, group_id, seen()[group_id], "Bunions"),
        queue.request_article(desk, REVIEWER, seen(), "ed", "On bunions", "Many ask."),
        queue.link_article(desk, REVIEWER, group_id, seen()[group_id], "bunion-dangers"),
    ]
    group = queue.group_summary(desk, group_id)
    assert (group.state, group.assignee, group.title) == (GroupState.NEEDS_ARTICLE, "ed", "On bunions")
    assert queue.mark_published(desk, "bunion-dangers") == 0
    for action in reversed(actions):
        assert queue.undo(desk, REVIEWER, action.id).summary == f"Undone: {action.summary}"
    assert queue.group_summary(desk, group_id).state is GroupState.OPEN
    assert queue.group_detail(desk, group_id).notes == ()
    with pytest.raises(Conflict, match="undone already, by rev on 2026-03-01"):
        queue.undo(desk, REVIEWER, actions[0].id)
    assert not any("dangerous" in action.summary for action in queue.recent_actions(desk).actions)


def test_a_group_is_published_with_its_article(desk: Desk) -> None:
    """At once in every listing, though nobody noted it down yet; then for good."""
    typed(desk, "is a bunion dangerous")
    catch_up(desk)
    served = (
        desk.core.store.page(query="", symptom="", language="en", serving=desk.core.serving(), number=1, size=1)
        .articles[0]
        .article
    )
    (group,) = queue.list_groups(desk, ANY).groups
    queue.link_article(desk, REVIEWER, group.id, group.version, "to-be-written")
    stored = desk.core.store.article(served.id)
    desk.core.store.put([SourcedArticle(replace(stored.article, id="to-be-written"))])
    assert queue.group_summary(desk, group.id).state is GroupState.PUBLISHED
    assert queue.list_groups(desk, QueueFilters(state=GroupState.NEEDS_ARTICLE)).total == 0
    assert queue.list_groups(desk, QueueFilters(state=GroupState.PUBLISHED)).total == 1
    assert queue.mark_published(desk, "to-be-written") == 1
    assert queue.mark_published(desk, "to-be-written") == 0


def test_what_cannot_be_done_is_told(desk: Desk) -> None:
    """What was wrong, and what is expected."""
    typed(desk, "is a bunion dangerous")
    catch_up(desk)
    (group,) = queue.list_groups(desk, ANY).groups
    seen = {group.id: group.version}
    for wrong in (
        lambda: queue.list_groups(desk, ANY, 0),
        lambda: queue.list_groups(desk, ANY, 1, 201),
        lambda: queue.list_groups(desk, QueueFilters(words="a" * 301)),
        lambda: queue.dismiss(desk, REVIEWER, {}),
        lambda: queue.merge(desk, REVIEWER, seen, group.id),
        lambda: queue.assign(desk, REVIEWER, seen, "two\nlines"),
        lambda: queue.add_note(desk, REVIEWER, group.id, " "),
        lambda: queue.add_note(desk, REVIEWER, group.id, "a" * 5_001),
        lambda: queue.link_article(desk, REVIEWER, group.id, group.version, "No Id"),
        lambda: queue.split(desk, REVIEWER, group.id, group.version, []),
    ):
        with pytest.raises(InvalidQuery):
            wrong()
    with pytest.raises(NotFound):
        queue.group_detail(desk, "nowhere")
    with pytest.raises(Conflict, match="changed meanwhile"):
        queue.dismiss(desk, REVIEWER, {group.id: 7})
    assert queue.recent_actions(desk).total == 0

"""Whatever people do with articles, in whatever order: nothing is served that nobody signed."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.domain.editorial import DraftState, Step
from bot.domain.errors import Conflict, DoctorsNoteError, Forbidden, InvalidQuery
from bot.domain.message import Inbound
from bot.domain.question_queue import GroupState, QueueFilters
from bot.domain.records import record_from_article
from bot.ports import SourcedArticle
from bot.ports.editorial import CheckedAddress
from bot.service.asking import ask
from bot.service.reading import served_article
from bot.service.searching import Search, search_library
from bot.service.staff import article_preview, articles
from bot.service.staff.articles import create, publish, retire, review, save, sign_off, submit
from bot.service.staff.catching_up import catch_up
from bot.service.staff.queue import list_groups, request_article
from bot.service.staff.undo import undo
from tests.conftest import NOON
from tests.staff.people import CLINICIANS, EDITOR, EDITORS, REVIEWER, member

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.bootstrap import Installation
    from bot.domain.staff import Caller
    from bot.service.staff.desk import Desk

ARTICLE = Article("hiccups", "How do hiccups stop?", "By themselves.", "Wait.", author="An Author")
PEOPLE = (*EDITORS, *CLINICIANS, REVIEWER)
CLINICIAN = CLINICIANS[0]


def published(desk: Desk, article: Article = ARTICLE, clinician: Caller = CLINICIAN) -> int:
    """Take `article` all the way."""
    create(desk, EDITOR, record_from_article(article))
    draft = submit(desk, EDITOR, article.id, 1)
    draft = sign_off(desk, clinician, article.id, draft.version, article.sha256)
    return publish(desk, EDITOR, article.id, draft.version)


class Workflow(RuleBasedStateMachine):
    """Random people take random steps with two articles; what is refused is refused, and changes nothing."""

    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.names = tuple(f"{name}-{next(Workflow.runs)}" for name in ("one", "two"))
        self.signed: dict[str, set[str]] = {name: set() for name in self.names}
        self.wrote: dict[str, set[str]] = {name: set() for name in self.names}
        self.wrote_served: dict[str, set[str]] = {name: set() for name in self.names}
        self.actions: list[str] = []

    runs = itertools.count()
    published = 0

    def tried(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except (Conflict, Forbidden, DoctorsNoteError):
            return None

    def version(self, name: str) -> int:
        draft = self.desk.drafts.draft(name)
        return draft.version if draft else 0

    def revision(self, name: str) -> int:
        head = self.desk.core.store.heads([name]).get(name)
        return head.revision if head else 0

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1), text=st.sampled_from(["A.", "B.", "C."]))
    def write(self, who: Caller, place: int, text: str) -> None:
        name = self.names[place]
        record = record_from_article(replace(ARTICLE, id=name, short_answer=text, reviewer="Dr Faked"))
        before = self.desk.drafts.draft(name)
        kept = self.tried(lambda: save(self.desk, who, record, self.version(name), self.revision(name)))
        if kept and kept != before:
            self.wrote[name].add(who.name)

    @rule(people=st.lists(st.sampled_from(PEOPLE), min_size=6, max_size=16), place=st.integers(0, 1))
    def go_on(self, people: list[Caller], place: int) -> None:
        """Each in turn tries what is next."""
        name = self.names[place]
        for who in people:
            draft = self.desk.drafts.draft(name)
            if draft is None:
                self.write(who, place, "A.")
            elif draft.state is DraftState.DRAFT:
                self.hand_in(who, place)
            elif draft.state is DraftState.SUBMITTED:
                self.sign(who, place, draft.article.short_answer)
            else:
                self.serve(who, place)

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def hand_in(self, who: Caller, place: int) -> None:
        self.tried(lambda: submit(self.desk, who, self.names[place], self.version(self.names[place])))

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1), text=st.sampled_from(["A.", "B.", "C."]))
    def sign(self, who: Caller, place: int, text: str) -> None:
        name = self.names[place]
        sha256 = replace(ARTICLE, short_answer=text).sha256
        if self.tried(lambda: sign_off(self.desk, who, name, self.version(name), sha256)):
            assert who in CLINICIANS
            assert who.name not in self.wrote[name]
            self.signed[name].add(sha256)

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def return_it(self, who: Caller, place: int) -> None:
        name = self.names[place]
        self.tried(lambda: articles.send_back(self.desk, who, name, self.version(name), "please"))

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def serve(self, who: Caller, place: int) -> None:
        name = self.names[place]
        if self.tried(lambda: publish(self.desk, who, name, self.version(name))):
            Workflow.published += 1
            self.wrote_served[name] = set(self.wrote[name])

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def take_out(self, who: Caller, place: int) -> None:
        name = self.names[place]
        action = self.tried(lambda: retire(self.desk, who, name, self.revision(name), "old"))
        if action:
            self.actions.append(action.id)

    @rule(who=st.sampled_from(PEOPLE))
    def undo_last(self, who: Caller) -> None:
        if self.actions:
            self.tried(lambda: undo(self.desk, who, self.actions[-1]))

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def other_steps(self, who: Caller, place: int) -> None:
        name = self.names[place]
        if self.tried(lambda: articles.bring_back(self.desk, who, name)):
            self.wrote[name].add(who.name)
        if self.tried(lambda: review(self.desk, who, name, self.revision(name), None)):
            assert who.name not in self.wrote_served[name]

    @rule(who=st.sampled_from(PEOPLE), place=st.integers(0, 1))
    def withdraw(self, who: Caller, place: int) -> None:
        name = self.names[place]
        self.tried(lambda: articles.withdraw_sign_off(self.desk, who, name, self.revision(name), "no"))

    @invariant()
    def what_is_served_was_signed(self) -> None:
        for name in self.names:
            head = self.desk.core.store.heads([name]).get(name)
            if head is None or head.status is not Status.PUBLISHED:
                continue
            stored = self.desk.core.store.article(name)
            assert stored.revision.sha256 in self.signed[name]
            assert stored.article.sha256 == stored.revision.sha256
            assert stored.article.reviewer in {each.full_name for each in CLINICIANS}
            assert stored.article.review_due is not None

    @invariant()
    def nobody_signed_what_they_wrote(self) -> None:
        for name in self.names:
            draft = self.desk.drafts.draft(name)
            if draft and draft.sign_off:
                assert draft.sign_off.sha256 == draft.article.sha256
                assert draft.sign_off.by not in self.wrote[name]


def test_nothing_unsigned_is_ever_served(installation: Installation) -> None:
    """What is served has a hash that a clinician who wrote nothing of it signed."""
    machine = type("Bound", (Workflow,), {"desk": installation.desk})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Workflow.published > 5, "too few steps were allowed for this to tell anything"


def test_retired_it_is_quoted_no_more_and_undone_it_is(installation: Installation) -> None:
    """As it was, once; a second undo is told that it was done."""
    desk = installation.desk
    published(desk)
    before = desk.core.store.article("hiccups").article
    action = retire(desk, EDITOR, "hiccups", 1, "out of date")
    quoted = ask(desk.core, Inbound("How do hiccups stop?")).quotation
    assert quoted is None or quoted.article_id != "hiccups"
    with pytest.raises(Forbidden):
        undo(desk, REVIEWER, action.id)
    undo(desk, EDITOR, action.id)
    assert desk.core.store.article("hiccups").article == before
    with pytest.raises(Conflict):
        undo(desk, EDITOR, action.id)
    second = retire(desk, EDITOR, "hiccups", 3, "out of date")
    articles.bring_back(desk, EDITOR, "hiccups")
    draft = submit(desk, EDITOR, "hiccups", 1)
    draft = sign_off(desk, CLINICIAN, "hiccups", draft.version, ARTICLE.sha256)
    publish(desk, EDITOR, "hiccups", draft.version)
    with pytest.raises(Conflict, match="changed meanwhile"):
        undo(desk, EDITOR, second.id)


def test_a_reason_is_needed(installation: Installation) -> None:
    """To retire, to withdraw, to send back."""
    desk = installation.desk
    published(desk)
    for step in (
        lambda: retire(desk, EDITOR, "hiccups", 1, " "),
        lambda: articles.withdraw_sign_off(desk, CLINICIAN, "hiccups", 1, ""),
    ):
        with pytest.raises(InvalidQuery, match="reason"):
            step()


def test_saving_the_same_text_keeps_the_sign_off(installation: Installation) -> None:
    """Only another text voids it."""
    desk = installation.desk
    create(desk, EDITOR, record_from_article(ARTICLE))
    submit(desk, EDITOR, "hiccups", 1)
    signed = sign_off(desk, CLINICIAN, "hiccups", 2, ARTICLE.sha256)
    assert save(desk, EDITOR, record_from_article(ARTICLE), 3, 0) == signed
    assert save(desk, EDITOR, record_from_article(replace(ARTICLE, symptoms=("x",))), 3, 0).sign_off is None


@pytest.mark.parametrize("how", ["revised", "withdrawn", "retired"])
def test_who_wrote_a_text_does_not_sign_off_what_others_begin_from_it(installation: Installation, how: str) -> None:
    """Not even if they save it unchanged; nor do they review it once it is served."""
    desk, writer, other = installation.desk, CLINICIANS[1], CLINICIAN
    create(desk, writer, record_from_article(ARTICLE))
    submit(desk, writer, "hiccups", 1)
    sign_off(desk, other, "hiccups", 2, ARTICLE.sha256)
    publish(desk, writer, "hiccups", 3)
    if how == "retired":
        retire(desk, EDITOR, "hiccups", 1, "out of date")
        articles.bring_back(desk, EDITOR, "hiccups")
    else:
        if how == "withdrawn":
            articles.withdraw_sign_off(desk, EDITOR, "hiccups", 1, "too soon")
        save(desk, EDITOR, record_from_article(ARTICLE), 0, desk.core.store.article("hiccups").revision.number)
    submit(desk, EDITOR, "hiccups", 1)
    with pytest.raises(Forbidden, match="you have written in this article"):
        sign_off(desk, writer, "hiccups", 2, ARTICLE.sha256)
    sign_off(desk, other, "hiccups", 2, ARTICLE.sha256)
    number = publish(desk, EDITOR, "hiccups", 3)
    with pytest.raises(Forbidden, match="you have written in this article"):
        review(desk, writer, "hiccups", number, None)


def test_who_wrote_what_is_served_does_not_review_it(installation: Installation) -> None:
    """The clinician who wrote the second revision may not review it; who wrote nothing may."""
    desk = installation.desk
    writer, other = member("wri", *CLINICIANS[1].roles), CLINICIAN
    published(desk)
    save(desk, writer, record_from_article(replace(ARTICLE, explanation="Wait and see.")), 0, 1)
    submit(desk, writer, "hiccups", 1)
    sign_off(desk, other, "hiccups", 2, replace(ARTICLE, explanation="Wait and see.").sha256)
    publish(desk, writer, "hiccups", 3)
    with pytest.raises(Forbidden):
        review(desk, writer, "hiccups", 2, None)
    review(desk, other, "hiccups", 2, None, "still right")
    assert desk.drafts.steps("hiccups", 1)[0].step is Step.REVIEWED


def test_a_group_that_needs_an_article_gets_it(installation: Installation) -> None:
    """Linked while it is written, published when it is."""
    desk = installation.desk
    ask(desk.core, Inbound("can my goldfish catch the flu from my aunt in winter"))
    catch_up(desk)
    (group,) = list_groups(desk, QueueFilters()).groups
    request_article(desk, EDITOR, {group.id: group.version}, "ed", "Goldfish")
    with pytest.raises(Conflict, match="changed meanwhile"):
        create(desk, EDITOR, record_from_article(ARTICLE), (group.id, group.version))
    assert desk.drafts.draft("hiccups") is None
    create(desk, EDITOR, record_from_article(ARTICLE), (group.id, desk.queue.group(group.id).version))
    group = desk.queue.group(group.id)
    assert (group.state, group.article_id) == (GroupState.NEEDS_ARTICLE, "hiccups")
    submit(desk, EDITOR, "hiccups", 1)
    sign_off(desk, CLINICIAN, "hiccups", 2, ARTICLE.sha256)
    publish(desk, EDITOR, "hiccups", 3)
    assert desk.queue.group(group.id).state is GroupState.PUBLISHED


OVERDUE = Article(
    "overdue", "Which shoes help a wobbling elephant?", "Wide ones.", symptoms=("wobbling",),
    reviewer="Dr R", review_due=dt.date(2026, 2, 1),
)  # fmt: skip


@pytest.mark.parametrize("days", [None, 28, 27])
def test_overdue(reopened: Callable[..., Installation], installation: Installation, days: int | None) -> None:
    """Quoted with a notice first; with the setting, from the day after so many days, nowhere at all."""
    installation.core.store.put([SourcedArticle(OVERDUE)])
    core = reopened(lambda: NOON, withhold_overdue_days=days).core
    reply = ask(core, Inbound(OVERDUE.question))
    listed = search_library(core, Search("elephant"))
    topics = core.store.topics("en", 1_000, core.serving())
    chosen = ask(core, Inbound("/article overdue"))
    if days == 27:
        said = texts.AWAITS_REVIEW.format(date="1 February 2026")
        assert reply.quotation is None or reply.quotation.article_id != "overdue"
        assert "overdue" not in {choice.article_id for choice in reply.choices}
        assert (chosen.quotation, chosen.blocks[0].text) == (None, said)
        assert (listed.total, "wobbling" in topics) == (0, False)
        with pytest.raises(DoctorsNoteError, match="withheld until it has been reviewed"):
            served_article(core.store, "overdue", core.serving())
        return
    notice = texts.OVERDUE.format(date="1 February 2026")
    for each in (reply, chosen):
        assert each.quotation is not None
        assert (each.quotation.article_id, each.blocks[0].text, each.blocks[0].quoted) == ("overdue", notice, False)
    assert (listed.total, "wobbling" in topics) == (1, True)


def test_withheld_articles_do_not_hide_others(
    reopened: Callable[..., Installation], installation: Installation
) -> None:
    """However many stand nearer to the question."""
    near = [
        replace(OVERDUE, id=f"overdue-{number}", question=f"Which shoes help a wobbling elephant {number}?")
        for number in range(20)
    ]
    fresh = replace(OVERDUE, id="fresh", question="What shoes are right for a wobbling elephant?", review_due=None)
    installation.core.store.put(SourcedArticle(each) for each in (*near, fresh))
    core = reopened(lambda: NOON, withhold_overdue_days=0).core
    reply = ask(core, Inbound("Which shoes help a wobbling elephant 3?"))
    assert reply.quotation is not None
    assert reply.quotation.article_id == "fresh"


class Links:
    """A checker that says of each address that it was asked for."""

    def check(self, urls: Sequence[str]) -> tuple[CheckedAddress, ...]:
        return tuple(CheckedAddress(url, is_well=True, status=200, said="it answers") for url in urls)


def test_links_are_looked_up_only_when_asked(installation: Installation, tmp_path: Path) -> None:
    """Each address once: the source's, and the references'."""
    desk = replace(installation.desk, editing=replace(installation.desk.editing, addresses=Links()))
    record = record_from_article(replace(ARTICLE, source="https://example.org/a"))
    record["references"] = ["R https://example.org/a", "S doi:10.1000/x https://example.org/b", "T"]
    draft = create(desk, EDITOR, record)
    assert [each.url for each in articles.check_addresses(desk, draft.article)] == [
        "https://example.org/a", "https://doi.org/10.1000/x", "https://example.org/b"
    ]  # fmt: skip
    assert article_preview.hints(desk, draft.article)

"""Who may take an article which step, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.domain.article import Article, Serving, Status
from bot.domain.editorial import (
    Draft,
    DraftState,
    as_published,
    begun,
    edited,
    months_after,
    published,
    rebased,
    retired,
    reviewed_again,
    sent_back,
    signed_off,
    submitted,
    without_sign_off,
)
from bot.domain.errors import Conflict, Forbidden, InvalidArticle
from bot.domain.staff import COMMAND_LINE, Caller, Right, Role, rights_of
from tests.conftest import NOON

ARTICLE = Article("a", "Why?", "Because.", author="An Author")


def caller(name: str, *roles: Role, full_name: str = "") -> Caller:
    return Caller(f"id-{name}", name, full_name or f"Dr {name}", rights_of(roles), frozenset(roles))


EDITOR = caller("ed", Role.EDITOR)
WRITING_CLINICIAN = caller("wri", Role.CLINICIAN)
CLINICIAN = caller("cli", Role.CLINICIAN)
REVIEWER = caller("rev", Role.REVIEWER)
KEY = Caller("key-1", "key:robot", "", frozenset(Right))


def ready(by: Caller = EDITOR) -> Draft:
    return submitted(begun(ARTICLE, 0, by, NOON), by, NOON)


def test_a_signed_draft_is_published_as_it_was_signed() -> None:
    """With the clinician's name, the day of the sign-off, and the day of the next review."""
    draft = signed_off(ready(), ARTICLE.sha256, CLINICIAN, NOON)
    article = published(draft, EDITOR, dt.date(2026, 3, 4), 36)
    assert article.sha256 == ARTICLE.sha256
    assert (article.status, article.reviewer) == (Status.PUBLISHED, "Dr cli")
    assert (article.reviewed, article.published, article.review_due) == (
        dt.date(2026, 3, 1),
        dt.date(2026, 3, 4),
        dt.date(2029, 3, 1),
    )


def test_dates_that_are_given_stay() -> None:
    """The day it was first published, and the day the editors want it reviewed."""
    stated = replace(ARTICLE, published=dt.date(2020, 1, 1), review_due=dt.date(2026, 9, 1))
    article = as_published(begun(stated, 1, EDITOR, NOON), "Dr X", NOON.date(), NOON.date(), 36)
    assert (article.published, article.review_due) == (dt.date(2020, 1, 1), dt.date(2026, 9, 1))


@pytest.mark.parametrize(
    ("by", "signer", "said"),
    [
        (WRITING_CLINICIAN, WRITING_CLINICIAN, "you have written"),
        (EDITOR, EDITOR, "sign_off"),
        (EDITOR, REVIEWER, "sign_off"),
        (EDITOR, KEY, "no clinician"),
        (EDITOR, COMMAND_LINE, "no clinician"),
        (EDITOR, caller("x", Role.CLINICIAN, full_name=" an author "), "this article's author"),
        (EDITOR, caller("x", Role.CLINICIAN, full_name=" "), "no full name"),
    ],
)
def test_who_may_not_sign_off(by: Caller, signer: Caller, said: str) -> None:
    """Whoever wrote in it, is its author, or is not a clinician with a name."""
    with pytest.raises(Forbidden, match=said):
        signed_off(ready(by), ARTICLE.sha256, signer, NOON)


def test_who_once_wrote_in_a_draft_cannot_sign_it_later() -> None:
    """Also where others wrote after them."""
    draft = edited(begun(ARTICLE, 0, WRITING_CLINICIAN, NOON), replace(ARTICLE, short_answer="No."), EDITOR, NOON)
    with pytest.raises(Forbidden):
        signed_off(submitted(draft, EDITOR, NOON), draft.article.sha256, WRITING_CLINICIAN, NOON)


def test_another_text_than_the_one_read_is_not_signed() -> None:
    """The hash that the page showed must be that of the draft."""
    with pytest.raises(Conflict, match="has changed since you read it"):
        signed_off(ready(), "0" * 64, CLINICIAN, NOON)


def test_editing_voids_a_sign_off() -> None:
    """After submission and after sign-off it is a draft again, which nobody can publish."""
    signed = signed_off(ready(), ARTICLE.sha256, CLINICIAN, NOON)
    for draft in (ready(), signed):
        again = edited(draft, replace(ARTICLE, explanation="More."), EDITOR, NOON)
        assert (again.state, again.sign_off, again.version) == (DraftState.DRAFT, None, draft.version + 1)
        with pytest.raises(Conflict):
            published(again, EDITOR, NOON.date(), 36)
    assert rebased(signed, 4, EDITOR, NOON).sign_off is None
    assert sent_back(signed, CLINICIAN, NOON).sign_off is None


def test_what_was_altered_after_the_sign_off_is_not_published() -> None:
    """Should a signed draft's text be another, however that came, it is refused."""
    signed = signed_off(ready(), ARTICLE.sha256, CLINICIAN, NOON)
    with pytest.raises(Conflict, match="not the one that was signed off"):
        published(replace(signed, article=replace(ARTICLE, short_answer="Other.")), EDITOR, NOON.date(), 36)


def test_steps_out_of_order_are_refused() -> None:
    """Nothing is signed before it is submitted, submitted twice, or published before it is signed."""
    draft = begun(ARTICLE, 0, EDITOR, NOON)
    for step in (
        lambda: signed_off(draft, ARTICLE.sha256, CLINICIAN, NOON),
        lambda: sent_back(draft, CLINICIAN, NOON),
        lambda: submitted(ready(), EDITOR, NOON),
        lambda: published(ready(), EDITOR, NOON.date(), 36),
    ):
        with pytest.raises(Conflict):
            step()


def test_an_unfinished_draft_is_not_submitted() -> None:
    """An answer is needed, and a day of review that is to come."""
    with pytest.raises(InvalidArticle, match="short_answer"):
        submitted(begun(replace(ARTICLE, short_answer=""), 0, EDITOR, NOON), EDITOR, NOON)
    past = submitted(begun(replace(ARTICLE, review_due=NOON.date()), 0, EDITOR, NOON), EDITOR, NOON)
    with pytest.raises(InvalidArticle, match="review_due"):
        signed_off(past, ARTICLE.sha256, CLINICIAN, NOON)


def test_a_draft_claims_no_sign_off() -> None:
    """Whatever reviewer an editor writes into it."""
    draft = begun(
        replace(ARTICLE, reviewer="Dr Somebody", reviewed=NOON.date(), status=Status.PUBLISHED), 1, EDITOR, NOON
    )
    assert (draft.article.reviewer, draft.article.reviewed, draft.article.status) == ("", None, Status.DRAFT)


def test_reviewed_again_without_change() -> None:
    """By a clinician who neither wrote in what is served nor is its author; the text stays."""
    served = replace(ARTICLE, status=Status.PUBLISHED, reviewer="Dr old")
    due = dt.date(2030, 1, 1)
    again = reviewed_again(served, ("ed",), CLINICIAN, NOON.date(), due)
    assert again == replace(served, reviewer="Dr cli", reviewed=NOON.date(), review_due=due)
    with pytest.raises(Forbidden):
        reviewed_again(served, ("ed", "cli"), CLINICIAN, NOON.date(), due)
    with pytest.raises(Conflict):
        reviewed_again(replace(served, status=Status.SAMPLE), (), CLINICIAN, NOON.date(), due)
    with pytest.raises(InvalidArticle):
        reviewed_again(served, (), CLINICIAN, NOON.date(), NOON.date())


def test_out_of_service() -> None:
    """Only what is served is retired, by those who may publish; without its sign-off an article names no reviewer."""
    served = replace(ARTICLE, status=Status.PUBLISHED, reviewer="Dr cli", review_due=NOON.date())
    assert retired(served, EDITOR) == replace(served, status=Status.RETIRED)
    assert without_sign_off(served, CLINICIAN) == replace(served, status=Status.DRAFT, reviewer="", review_due=None)
    with pytest.raises(Conflict):
        retired(replace(served, status=Status.RETIRED), EDITOR)
    with pytest.raises(Conflict):
        without_sign_off(replace(served, status=Status.SAMPLE), EDITOR)
    with pytest.raises(Forbidden):
        retired(served, REVIEWER)


def test_months_end_where_they_do() -> None:
    """The last day of a shorter month."""
    assert months_after(dt.date(2026, 8, 31), 1) == dt.date(2026, 9, 30)
    assert months_after(dt.date(2026, 12, 31), 2) == dt.date(2027, 2, 28)


@pytest.mark.parametrize(
    ("days_past", "withhold", "overdue", "withheld"),
    [(0, 0, False, False), (1, 0, True, True), (1, None, True, False), (30, 30, True, False), (31, 30, True, True)],
)
def test_when_an_article_is_overdue(days_past: int, withhold: int | None, overdue: bool, withheld: bool) -> None:
    """From the day after; withheld from the day after so many days."""
    serving = Serving(NOON.date(), withhold)
    due = NOON.date() - dt.timedelta(days=days_past)
    assert (serving.is_overdue(due), serving.is_withheld(due)) == (overdue, withheld)
    assert serving.may_show(Status.PUBLISHED, due) is not withheld
    assert serving.may_show(Status.PUBLISHED, None)
    assert not serving.may_show(Status.RETIRED, None)

"""The way of an article: written, submitted, signed off by somebody else, published, retired.

A draft stands beside what is served of its article. Each function gives the draft after a step, or raises Forbidden
where the caller may not take it, Conflict where the draft is not in the state for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.domain.article import Status
from bot.domain.errors import Conflict, Forbidden, InvalidArticle, Problem
from bot.domain.staff import Right, Role

if TYPE_CHECKING:
    import datetime as dt

    from bot.domain.article import Article
    from bot.domain.staff import Caller

_MONTHS_A_YEAR: Final = 12


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNED_OFF = "signed_off"


class Step(StrEnum):
    """What was done with an article."""

    WRITTEN = "written"
    EDITED = "edited"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    SIGNED_OFF = "signed_off"
    REBASED = "rebased"
    DISCARDED = "discarded"
    PUBLISHED = "published"
    REVIEWED = "reviewed"
    RETIRED = "retired"
    BROUGHT_BACK = "brought_back"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


# Whoever took one of these steps has written in the article.
WRITING: Final = frozenset({Step.WRITTEN, Step.EDITED, Step.BROUGHT_BACK})
# With one of these a draft began.
BEGINNING: Final = frozenset({Step.WRITTEN, Step.BROUGHT_BACK})
# With one of these an article is taken out of service.
ENDING: Final = frozenset({Step.RETIRED, Step.WITHDRAWN})
# With these a new revision is served.
SERVING: Final = frozenset({Step.PUBLISHED, Step.REVIEWED, Step.RESTORED})


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who signed what: `by` is the account's name, `full_name` is how the article names them.

    `sha256` is that of the text that was signed (`Article.sha256`).
    """

    by: str
    full_name: str
    on: dt.date
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written of an article.

    `base_revision` is the revision that it began from, 0 of a new article. `editors` are the account ids of all who
    wrote in it. While `sign_off` is there, nobody has written in it since. The article's `reviewer` and `reviewed` are
    empty in a draft, and `review_due` is what its editors want, None for the usual time.
    """

    article: Article
    base_revision: int
    state: DraftState
    editors: tuple[str, ...]
    sign_off: SignOff | None
    version: int
    created: dt.datetime
    changed: dt.datetime
    changed_by: str


def begun(article: Article, base_revision: int, caller: Caller, at: dt.datetime) -> Draft:
    """A new draft of `article`. Raises Forbidden."""
    _check_right(caller, Right.WRITE)
    return Draft(unsigned(article), base_revision, DraftState.DRAFT, (caller.account_id,), None, 1, at, at, caller.name)


def unsigned(article: Article) -> Article:
    """`article` without what only a sign-off can say."""
    return replace(article, reviewer="", reviewed=None, status=Status.DRAFT)


def edited(draft: Draft, article: Article, caller: Caller, at: dt.datetime) -> Draft:
    """The draft with another text: whatever state it was in, it is to be submitted and signed off again."""
    _check_right(caller, Right.WRITE)
    editors = draft.editors if caller.account_id in draft.editors else (*draft.editors, caller.account_id)
    changed = replace(draft, article=unsigned(article), state=DraftState.DRAFT, editors=editors, sign_off=None)
    return _stepped(changed, caller, at)


def rebased(draft: Draft, base_revision: int, caller: Caller, at: dt.datetime) -> Draft:
    """The draft as one of a newer revision, which its editor has looked at; it is to be signed off again."""
    _check_right(caller, Right.WRITE)
    moved = replace(draft, base_revision=base_revision, state=DraftState.DRAFT, sign_off=None)
    return _stepped(moved, caller, at)


def unsettled(draft: Draft, by: str, at: dt.datetime) -> Draft:
    """The draft once its article was taken out of service: to be looked at, submitted and signed off again."""
    moved = replace(draft, state=DraftState.DRAFT, sign_off=None)
    return replace(moved, version=draft.version + 1, changed=at, changed_by=by)


def submitted(draft: Draft, caller: Caller, at: dt.datetime) -> Draft:
    """The draft as one that waits for its sign-off. Raises InvalidArticle where it is not complete."""
    _check_right(caller, Right.WRITE)
    _check_state(draft, DraftState.DRAFT)
    check_complete(draft.article)
    return _stepped(replace(draft, state=DraftState.SUBMITTED), caller, at)


def sent_back(draft: Draft, caller: Caller, at: dt.datetime) -> Draft:
    """The draft as one that its editors are to look at again."""
    _check_right(caller, Right.SIGN_OFF)
    _check_state(draft, DraftState.SUBMITTED, DraftState.SIGNED_OFF)
    return _stepped(replace(draft, state=DraftState.DRAFT, sign_off=None), caller, at)


def signed_off(draft: Draft, sha256: str, caller: Caller, at: dt.datetime, writers: tuple[str, ...] = ()) -> Draft:
    """The draft, signed off by `caller`, who has seen the text whose hash is `sha256`.

    `writers` are the names of the accounts that wrote in what it began from. Raises Forbidden unless `caller` is a
    clinician who has written nothing in either, and Conflict if it has another text.
    """
    check_clinician(caller, draft.article, (*draft.editors, *writers))
    _check_state(draft, DraftState.SUBMITTED)
    if sha256 != draft.article.sha256:
        raise Conflict(
            f"the text has changed since you read it (its SHA-256 was {sha256[:12]}…, now it is "
            f"{draft.article.sha256[:12]}…); read it again, then sign it off"
        )
    check_complete(draft.article)
    if draft.article.review_due and draft.article.review_due <= at.date():
        raise InvalidArticle([Problem("review_due", draft.article.review_due.isoformat(), "a day to come")])
    sign_off = SignOff(caller.name, caller.full_name, at.date(), sha256)
    return _stepped(replace(draft, state=DraftState.SIGNED_OFF, sign_off=sign_off), caller, at)


def check_clinician(caller: Caller, article: Article, writers: tuple[str, ...]) -> None:
    """Raise Forbidden unless `caller` may sign off `article`, in which `writers` (ids or names of accounts) wrote."""
    _check_right(caller, Right.SIGN_OFF)
    # A right can be given to an API key, which nobody can ask why it signed.
    if Role.CLINICIAN not in caller.roles:
        raise Forbidden(f"{caller.name} is no clinician: only a person with that role signs articles off")
    if not caller.full_name.strip():
        raise Forbidden(f"the account {caller.name} has no full name, by which the article would name its reviewer")
    if caller.account_id in writers or caller.name in writers:
        raise Forbidden("you have written in this article: a clinician who has not is to sign it off")
    if article.author and article.author.strip().casefold() == caller.full_name.strip().casefold():
        raise Forbidden("you are this article's author: another clinician is to sign it off")


def published(draft: Draft, caller: Caller, today: dt.date, review_months: int) -> Article:
    """What is served once `draft` is published: the text that was signed off, with who did it and when.

    It is due for review `review_months` after its sign-off, unless the draft says when. Raises Conflict where the text
    is not, hash for hash, the signed one.
    """
    _check_right(caller, Right.PUBLISH)
    _check_state(draft, DraftState.SIGNED_OFF)
    assert draft.sign_off is not None  # the state says so
    article = as_published(draft, draft.sign_off.full_name, draft.sign_off.on, today, review_months)
    if article.sha256 != draft.sign_off.sha256:
        raise Conflict("the text is not the one that was signed off; send it back, and have it signed off again")
    return article


def as_published(draft: Draft, reviewer: str, reviewed: dt.date, today: dt.date, review_months: int) -> Article:
    """The article of `draft` as it will be served if `reviewer` signs it off on `reviewed`."""
    article = draft.article
    return replace(
        article,
        status=Status.PUBLISHED,
        reviewer=reviewer.strip(),
        reviewed=reviewed,
        published=article.published or today,
        review_due=article.review_due or months_after(reviewed, review_months),
    )


def reviewed_again(article: Article, writers: tuple[str, ...], caller: Caller, today: dt.date, due: dt.date) -> Article:
    """A published `article` that `caller` found to need no change; it is due for review again at `due`.

    `writers` are the names of the accounts that wrote in what is served, or in what that began from.
    """
    check_clinician(caller, article, writers)
    if article.status is not Status.PUBLISHED:
        raise Conflict(f"only a published article can be reviewed again; this one is {article.status}")
    if due <= today:
        raise InvalidArticle([Problem("review_due", due.isoformat(), "a day to come")])
    return replace(article, reviewer=caller.full_name.strip(), reviewed=today, review_due=due)


def retired(article: Article, caller: Caller) -> Article:
    """A served `article`, out of service."""
    _check_right(caller, Right.PUBLISH)
    if not article.is_served:
        raise Conflict(f"the article is not served: it is {article.status}")
    return replace(article, status=Status.RETIRED)


def without_sign_off(article: Article, caller: Caller) -> Article:
    """A published `article` whose sign-off is withdrawn: it is a draft, until it is signed off again."""
    _check_right(caller, Right.PUBLISH)
    if article.status is not Status.PUBLISHED:
        raise Conflict(f"only a published article's sign-off can be withdrawn; this one is {article.status}")
    return replace(unsigned(article), review_due=None)


def check_complete(article: Article) -> None:
    """Raise InvalidArticle if `article` is not enough to be served."""
    if not article.short_answer and not article.explanation:
        raise InvalidArticle([Problem("short_answer", "", "an answer (nor is there an explanation)")])


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or that month's last.

    >>> import datetime
    >>> months_after(datetime.date(2024, 2, 29), 36), months_after(datetime.date(2025, 10, 31), 4)
    (datetime.date(2027, 2, 28), datetime.date(2026, 2, 28))
    """
    years, month = divmod(day.month - 1 + months, _MONTHS_A_YEAR)
    first = day.replace(year=day.year + years, month=month + 1, day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _check_right(caller: Caller, right: Right) -> None:
    if not caller.may(right):
        raise Forbidden(f"{caller.name} may not do this: it needs the right {right.value!r}, which an admin can give")


def _check_state(draft: Draft, *states: DraftState) -> None:
    if draft.state not in states:
        expected = " or ".join(state.replace("_", " ") for state in states)
        raise Conflict(f"the draft is not {expected} (now: {draft.state.replace('_', ' ')}); look at it and try again")


def _stepped(draft: Draft, caller: Caller, at: dt.datetime) -> Draft:
    return replace(draft, version=draft.version + 1, changed=at, changed_by=caller.name)

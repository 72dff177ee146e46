"""Write, sign off, publish and retire articles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.article import Article, Status
from bot.domain.comparison import article_changes
from bot.domain.editorial import (
    Step,
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
    unsigned,
    without_sign_off,
)
from bot.domain.errors import Conflict, InvalidArticle, InvalidQuery, NotFound, Problem, shown
from bot.domain.records import UNPRINTABLE, article_from_record, article_id, is_article_id, normalised
from bot.domain.staff import Right
from bot.service.staff.queue import mark_published
from bot.service.staff.undo import undoes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from bot.domain.comparison import FieldChange
    from bot.domain.editorial import Draft
    from bot.domain.question_queue import Action, RecordedAction
    from bot.domain.staff import Caller
    from bot.ports import StoredArticle
    from bot.ports.editorial import ArticleFilters, CheckedAddress, ListedArticles, ListedRevision, TakenStep
    from bot.service.staff.desk import Desk, Shelf

PAGE_SIZE: Final = 50
MAX_NOTE_CHARS: Final = 2_000
MAX_PAGE: Final = 100_000
# These stand in addresses where an article's id does.
_RESERVED: Final = frozenset({"new", "import", "export", "preview"})
_STEPS_SHOWN: Final = 100
_REVISIONS_A_PAGE: Final = 20
_RETIRE: Final = "retire_article"
DRAFT: Final = "draft"
_FILLED_IN: Final = ("reviewer", "reviewed", "published", "review_due")


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """All that there is of an article. `served` is what the library has, None of one that was never published.

    `is_outdated` says that its draft began from an earlier revision; `is_imported` that nobody signed it off here.
    """

    id: str
    served: StoredArticle | None
    draft: Draft | None
    is_outdated: bool
    is_imported: bool
    is_overdue: bool
    is_withheld: bool
    steps: tuple[TakenStep, ...]
    revisions: tuple[ListedRevision, ...]
    revisions_total: int


def list_articles(desk: Desk, filters: ArticleFilters, page: int = 1) -> ListedArticles:
    """Page `page` (from 1) of the articles and drafts that fit. Raises InvalidQuery, Unavailable."""
    check_page(page)
    for name in ("words", "author", "language"):
        value = getattr(filters, name)
        if len(value) > 200 or UNPRINTABLE.search(value):
            raise InvalidQuery(f"{name}: {shown(value)} is too long, or has characters that no article has")
    return desk.drafts.articles(filters, page, PAGE_SIZE)


def article_detail(desk: Desk, identifier: str, page: int = 1) -> ArticleDetail:
    """An article with its draft, steps, and page `page` (from 1) of its revisions. Raises NotFound, Unavailable."""
    check_page(page)
    served, draft = served_or_none(desk, identifier), desk.drafts.draft(identifier)
    steps = desk.drafts.steps(identifier, _STEPS_SHOWN)
    if served is None and draft is None and not steps:
        raise NotFound(f"there is no article {shown(identifier)}, and no draft of one")
    revisions, total = desk.drafts.revisions(identifier, page, _REVISIONS_A_PAGE)
    serving, due = desk.core.serving(), served.article.review_due if served else None
    is_out = served is not None and not served.article.is_served
    number = served.revision.number if served else 0
    return ArticleDetail(
        identifier,
        served,
        draft,
        draft is not None and draft.base_revision != number,
        number > 0 and all(step.revision != number for step in steps),
        not is_out and serving.is_overdue(due),
        not is_out and serving.is_withheld(due),
        steps,
        revisions,
        total,
    )


def served_or_none(desk: Desk, identifier: str) -> StoredArticle | None:
    """What the library has of an article. Raises NotFound for what is no id."""
    if not is_article_id(identifier):
        raise NotFound(f"there is no article {shown(identifier)}: an id has only the characters a-z, 0-9 and -")
    try:
        return desk.core.store.article(identifier)
    except NotFound:
        return None


def draft_of(desk: Desk, identifier: str) -> Draft:
    """The draft of an article. Raises NotFound."""
    draft = desk.drafts.draft(identifier) if is_article_id(identifier) else None
    if draft is None:
        raise NotFound(f"there is no draft of {shown(identifier)}")
    return draft


def to_edit(desk: Desk, identifier: str) -> tuple[Article, int, int]:
    """What an editor goes on from: the draft, or what the library has; its version (0: no draft yet), its base."""
    draft = desk.drafts.draft(identifier)
    if draft:
        return draft.article, draft.version, draft.base_revision
    served = served_or_none(desk, identifier)
    if served is None:
        raise NotFound(f"there is no article {shown(identifier)}, and no draft of one")
    # The usual time till the next review counts from the next sign-off.
    return replace(unsigned(served.article), review_due=None), 0, served.revision.number


def new_id(desk: Desk, wanted: str, question: str) -> str:
    """The id of a new article: the one that is wanted, or one made of its question. Raises InvalidArticle, Conflict."""
    identifier = wanted.strip() or article_id(question)
    if not is_article_id(identifier):
        raise InvalidArticle([Problem("id", identifier, "1 to 100 of the characters a-z, 0-9 and -")])
    if identifier in _RESERVED:
        raise InvalidArticle([Problem("id", identifier, f"free: {', '.join(sorted(_RESERVED))} are pages")])
    if served_or_none(desk, identifier) or desk.drafts.draft(identifier):
        raise InvalidArticle([Problem("id", identifier, "free: there is such an article; choose another id")])
    return identifier


def create(desk: Desk, caller: Caller, record: Mapping[str, object], group: tuple[str, int] | None = None) -> Draft:
    """Begin an article; with `group` (its id and the version seen), the one that this queued group needs.

    Raises InvalidArticle, Conflict, NotFound, Unavailable.
    """
    article = article_from_record(record, needs_answer=False)
    draft = begun(article, 0, caller, desk.core.clock())
    desk.drafts.begin(draft, Step.WRITTEN, caller.name, "", group)
    return draft


def save(desk: Desk, caller: Caller, record: Mapping[str, object], version: int, base_revision: int) -> Draft:
    """Keep what was written of an article: in its draft of `version`, or, with 0, in a new one of `base_revision`.

    A draft that was submitted or signed off is neither any more. Raises InvalidArticle, Conflict, Unavailable.
    """
    article, now = article_from_record(record, needs_answer=False), desk.core.clock()
    if not version:
        draft = begun(article, base_revision, caller, now)
        desk.drafts.begin(draft, Step.WRITTEN, caller.name, "")
        return draft
    before = _seen(desk, article.id, version)
    if unsigned(article) == before.article:
        return before
    draft = edited(before, article, caller, now)
    desk.drafts.save(draft, Step.EDITED, caller.name, "")
    return draft


def submit(desk: Desk, caller: Caller, identifier: str, version: int, note: str = "") -> Draft:
    """Ask for the sign-off of a draft."""
    return _stepped(
        desk, submitted(_seen(desk, identifier, version), caller, desk.core.clock()), Step.SUBMITTED, caller, note
    )


def send_back(desk: Desk, caller: Caller, identifier: str, version: int, note: str) -> Draft:
    """Give a draft back to its editors, saying why."""
    draft = sent_back(_seen(desk, identifier, version), caller, desk.core.clock())
    return _stepped(desk, draft, Step.SENT_BACK, caller, _needed("note", note, "what is to be changed"))


def sign_off(desk: Desk, caller: Caller, identifier: str, version: int, sha256: str) -> Draft:
    """Sign the text off whose hash is `sha256`. Raises Forbidden, Conflict, InvalidArticle, Unavailable."""
    draft = _seen(desk, identifier, version)
    draft = signed_off(draft, sha256, caller, desk.core.clock(), desk.drafts.draft_writers(identifier))
    return _stepped(desk, draft, Step.SIGNED_OFF, caller, "")


def carry_over(desk: Desk, caller: Caller, identifier: str, version: int, base_revision: int) -> Draft:
    """Make a draft one of the revision that the article has by now, `base_revision`, which its editor has looked at."""
    draft = rebased(_seen(desk, identifier, version), base_revision, caller, desk.core.clock())
    return _stepped(desk, draft, Step.REBASED, caller, f"to revision {base_revision}")


def discard(desk: Desk, caller: Caller, identifier: str, version: int) -> None:
    """Delete a draft; what is served stays."""
    desk.drafts.discard(identifier, version, caller.name)


def publish(desk: Desk, caller: Caller, identifier: str, version: int) -> int:
    """Serve what was signed off, in place of what is served; the number of its revision.

    Raises Forbidden, Conflict (also where the article changed since the draft began), Unavailable.
    """
    today, months = desk.core.clock().date(), desk.editing.review_months
    number = desk.drafts.publish(
        identifier, version, caller.name, lambda draft: published(draft, caller, today, months)
    )
    mark_published(desk, identifier)
    return number


def retire(desk: Desk | Shelf, caller: Caller, identifier: str, revision: int, reason: str) -> Action:
    """Take an article out of every answer: once this returns, no reply quotes it. What it returns can be undone."""
    reason = _needed("reason", reason, "why, for those who come after")
    number = desk.drafts.change(
        identifier, revision, Step.RETIRED, caller.name, reason, lambda article: retired(article, caller)
    )
    undo = {"article_id": identifier, "revision": number, "former": revision}
    return desk.queue.record_action(_RETIRE, f"The article {identifier} retired", undo, caller.name)


@undoes(Right.PUBLISH, _RETIRE)
def _undo_retire(desk: Desk, caller: Caller, action: RecordedAction) -> None:
    kept = action.undo
    former = desk.core.store.revision(kept["article_id"], kept["former"])
    # Who may not publish may not take this way around it.
    retired(former.article, caller)
    desk.drafts.restore(kept["article_id"], kept["revision"], kept["former"], caller.name)
    desk.queue.mark_undone(action.id, caller.name)


def bring_back(desk: Desk, caller: Caller, identifier: str) -> Draft:
    """Begin a draft of a retired article, to be signed off anew."""
    served = served_or_none(desk, identifier)
    if served is None or served.article.status is not Status.RETIRED:
        raise Conflict(f"the article {shown(identifier)} is not retired; look at it and try again")
    article, version, base = to_edit(desk, identifier)
    if version:
        raise Conflict(f"there is a draft of {shown(identifier)} already; go on from it")
    draft = begun(article, base, caller, desk.core.clock())
    desk.drafts.begin(draft, Step.BROUGHT_BACK, caller.name, "")
    return draft


def withdraw_sign_off(desk: Desk, caller: Caller, identifier: str, revision: int, reason: str) -> int:
    """Take a published article out of every answer, since it should not have been signed off; its revision's number."""
    return desk.drafts.change(
        identifier,
        revision,
        Step.WITHDRAWN,
        caller.name,
        _needed("reason", reason, "why, for those who come after"),
        lambda article: without_sign_off(article, caller),
    )


def review(desk: Desk, caller: Caller, identifier: str, revision: int, due: dt.date | None, note: str = "") -> int:
    """Say that a published article was read and needs no change; it is due again at `due`, None for the usual time.

    Returns the number of its revision. Raises Forbidden, Conflict, InvalidArticle, NotFound, Unavailable.
    """
    today = desk.core.clock().date()
    next_due = due or months_after(today, desk.editing.review_months)
    writers = desk.drafts.writers(identifier)
    return desk.drafts.change(
        identifier,
        revision,
        Step.REVIEWED,
        caller.name,
        _note(note),
        lambda article: reviewed_again(article, writers, caller, today, next_due),
    )


def changes(desk: Desk, identifier: str, before: str, after: str) -> tuple[FieldChange, ...]:
    """What differs from `before` to `after`: each a revision's number, "draft", or, of `before`, "" for nothing.

    What a draft leaves to its sign-off and its publication is no difference.
    """
    former = version_of(desk, identifier, before) if before else None
    latter = version_of(desk, identifier, after)
    found = article_changes(former, latter)
    if DRAFT not in {before, after}:
        return found
    draft = latter if after == DRAFT else former
    filled_in = {name for name in _FILLED_IN if getattr(draft, name) in {"", None}}
    return tuple(change for change in found if change.field not in filled_in)


def version_of(desk: Desk, identifier: str, name: str) -> Article:
    """The article as in a revision, by its number, or in its draft (`DRAFT`). Raises NotFound."""
    if name == DRAFT:
        return draft_of(desk, identifier).article
    if not (name.isascii() and name.isdigit() and len(name) < 10) or not is_article_id(identifier):
        raise NotFound(
            f"there is no revision {shown(name)} of an article {shown(identifier)}; name its number, or draft"
        )
    return desk.core.store.revision(identifier, int(name)).article


def check_addresses(desk: Desk, article: Article) -> tuple[CheckedAddress, ...]:
    """Look up the addresses of an article's source and references, in their order."""
    urls = [article.source, *(reference.href or "" for reference in article.references)]
    urls += [reference.url or "" for reference in article.references]
    return desk.editing.addresses.check(list(dict.fromkeys(filter(None, urls))))


def check_page(page: int) -> None:
    """Raise InvalidQuery unless `page` can be one."""
    if not 1 <= page <= MAX_PAGE:
        raise InvalidQuery(f"page: {page} is not a number from 1 to {MAX_PAGE:,}")


def _seen(desk: Desk, identifier: str, version: int) -> Draft:
    draft = draft_of(desk, identifier)
    if draft.version != version:
        raise Conflict(
            f"the draft of {shown(identifier)} changed meanwhile (now: {draft.state.replace('_', ' ')}, by "
            f"{draft.changed_by}); look at it and try again"
        )
    return draft


def _stepped(desk: Desk, draft: Draft, step: Step, caller: Caller, note: str) -> Draft:
    desk.drafts.save(draft, step, caller.name, _note(note))
    return draft


def _needed(field: str, text: str, what: str) -> str:
    text = _note(text)
    if not text:
        raise InvalidQuery(f"{field}: it is empty; say {what}")
    return text


def _note(text: str) -> str:
    text = normalised(text)
    if len(text) > MAX_NOTE_CHARS or UNPRINTABLE.search(text):
        raise InvalidQuery(f"the note is longer than {MAX_NOTE_CHARS:,} characters, or has some that cannot be shown")
    return text

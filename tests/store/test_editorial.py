"""Drafts and the steps of articles, as every store keeps them."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.article import Article, Serving, Status
from bot.domain.editorial import (
    Draft,
    DraftState,
    Step,
    begun,
    edited,
    published,
    rebased,
    retired,
    signed_off,
    submitted,
    without_sign_off,
)
from bot.domain.errors import Conflict, NotFound, Withdrawn
from bot.domain.references import Reference
from bot.domain.staff import Caller, Role, rights_of
from bot.ports import SourcedArticle
from bot.ports.editorial import NEVER_PUBLISHED, ArticleFilters, ArticleOrder
from bot.store import SqlStore
from bot.store.audit import SqlAuditStore
from bot.store.editorial import SqlDraftStore
from tests.conftest import NOON
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports.audit import AuditEntry

ED = Caller("1", "ed", "An Editor", rights_of([Role.EDITOR]), frozenset([Role.EDITOR]))
CLI = Caller("2", "cli", "Dr Clinician", rights_of([Role.CLINICIAN]), frozenset([Role.CLINICIAN]))
ARTICLE = Article(
    "a",
    "Why does it itch?",
    "Because.",
    "One.\n\n- two",
    ("itching",),
    ("itch",),
    "An Author",
    references=(Reference("R. doi:10.1000/x", "10.1000/x"),),
)
SERVING = Serving(NOON.date())


@pytest.fixture
def drafts(store: SqlStore) -> SqlDraftStore:
    return SqlDraftStore(store.engine, lambda: NOON)


def publish(draft: Draft) -> Article:
    return published(draft, ED, NOON.date(), 36)


def ready(drafts: SqlDraftStore, article: Article = ARTICLE, base: int = 0) -> Draft:
    """A draft that was written, submitted and signed off, each step kept."""
    draft = begun(article, base, ED, NOON)
    drafts.begin(draft, Step.WRITTEN, "ed", "")
    draft = submitted(draft, ED, NOON)
    drafts.save(draft, Step.SUBMITTED, "ed", "")
    draft = signed_off(draft, article.sha256, CLI, NOON)
    drafts.save(draft, Step.SIGNED_OFF, "cli", "")
    return draft


def audited(store: SqlStore) -> list[AuditEntry]:
    return list(SqlAuditStore(store.engine, lambda: NOON).all(since=None, until=None))


def test_a_draft_comes_back_as_it_was_kept(drafts: SqlDraftStore) -> None:
    """With its sign-off, character for character."""
    draft = ready(drafts)
    assert drafts.draft("a") == draft
    assert drafts.draft("b") is None


def test_publishing_serves_what_was_signed(store: SqlStore, drafts: SqlDraftStore) -> None:
    """The draft is gone, the revision has the signed hash, and each step is told, here and in the audit log."""
    draft = ready(drafts)
    assert drafts.publish("a", draft.version, "ed", publish) == 1
    served = store.article("a")
    assert served.revision.sha256 == ARTICLE.sha256
    assert served.article.reviewer == "Dr Clinician"
    assert served.article.review_due == dt.date(2029, 3, 1)
    assert store.heads(["a"])["a"].review_due == dt.date(2029, 3, 1)
    assert drafts.draft("a") is None
    assert [(step.actor, step.step, step.revision) for step in drafts.steps("a", 9)] == [
        ("ed", Step.PUBLISHED, 1),
        ("cli", Step.SIGNED_OFF, None),
        ("ed", Step.SUBMITTED, None),
        ("ed", Step.WRITTEN, None),
    ]
    entries = audited(store)
    assert [entry.action for entry in entries] == [
        "article.written", "article.submitted", "article.signed_off", "article.published"
    ]  # fmt: skip
    assert entries[-1].after == {
        "revision": 1, "status": "published", "reviewer": "Dr Clinician", "sha256": ARTICLE.sha256
    }  # fmt: skip
    (revision,), total = drafts.revisions("a", 1, 9)
    assert (revision.actor, revision.step, total) == ("ed", Step.PUBLISHED, 1)
    assert drafts.writers("a") == ("ed",)


def test_what_fails_leaves_nothing_behind(store: SqlStore, drafts: SqlDraftStore) -> None:
    """If publishing breaks on the way, the draft is there as before, and nothing is served or logged."""
    draft = ready(drafts)
    logged = len(audited(store))

    def breaks(_: Draft) -> Article:
        raise Conflict("not like this")

    with pytest.raises(Conflict):
        drafts.publish("a", draft.version, "ed", breaks)
    assert drafts.draft("a") == draft
    assert store.is_empty()
    assert len(audited(store)) == logged


def test_who_saw_another_version_is_told(drafts: SqlDraftStore) -> None:
    """Of two that change the same, the second does not overwrite the first."""
    draft = begun(ARTICLE, 0, ED, NOON)
    drafts.begin(draft, Step.WRITTEN, "ed", "")
    with pytest.raises(Conflict, match="already"):
        drafts.begin(draft, Step.WRITTEN, "ed", "")
    mine = edited(draft, replace(ARTICLE, short_answer="Mine."), ED, NOON)
    drafts.save(mine, Step.EDITED, "ed", "")
    theirs = edited(draft, replace(ARTICLE, short_answer="Theirs."), CLI, NOON)
    with pytest.raises(Conflict, match="changed meanwhile"):
        drafts.save(theirs, Step.EDITED, "cli", "")
    with pytest.raises(Conflict):
        drafts.discard("a", draft.version, "cli")
    assert drafts.draft("a") == mine
    drafts.discard("a", mine.version, "ed")
    with pytest.raises(Conflict, match="any more"):
        drafts.save(theirs, Step.EDITED, "cli", "")


def test_of_many_who_publish_at_once_one_does(open_store: Callable[[], SqlStore]) -> None:
    """One revision comes of it, and the others are told."""
    stores = [SqlDraftStore(open_store().engine, lambda: NOON) for _ in range(4)]
    draft = ready(stores[0])

    def run(each: SqlDraftStore) -> int:
        try:
            return each.publish("a", draft.version, "ed", publish)
        except Conflict:
            return 0

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, stores)) == [0, 0, 0, 1]


def test_an_import_is_not_overwritten(store: SqlStore, drafts: SqlDraftStore) -> None:
    """A draft whose article changed since is not published until its editor has looked at what changed."""
    draft = ready(drafts)
    store.put([SourcedArticle(replace(ARTICLE, short_answer="Imported."))])
    assert drafts.outdated() == drafts.outdated("a") == ("a",)
    with pytest.raises(Conflict, match=r"began from a new article.*revision 1"):
        drafts.publish("a", draft.version, "ed", publish)
    with pytest.raises(Conflict):
        drafts.save(rebased(draft, 7, ED, NOON), Step.REBASED, "ed", "")
    moved = rebased(draft, 1, ED, NOON)
    drafts.save(moved, Step.REBASED, "ed", "")
    assert drafts.outdated() == drafts.outdated("b") == ()
    with pytest.raises(Conflict):
        drafts.publish("a", moved.version, "ed", publish)
    drafts.discard("a", moved.version, "ed")
    with pytest.raises(Conflict, match="began from a new article"):
        drafts.begin(begun(ARTICLE, 0, ED, NOON), Step.WRITTEN, "ed", "")


def test_an_imported_text_is_nobodys_here(store: SqlStore) -> None:
    """Who wrote what it took the place of has no part in it, unless the draft began before, or it has an old text."""
    now = [NOON]
    drafts = SqlDraftStore(store.engine, lambda: now[0])
    bo = Caller("3", "bo", "Bo", rights_of([Role.EDITOR]), frozenset([Role.EDITOR]))

    def later() -> dt.datetime:
        now[0] += dt.timedelta(minutes=1)
        return now[0]

    def imported(text: str) -> None:
        at = later()
        SqlStore(store.engine, lambda: at).put([SourcedArticle(replace(ARTICLE, short_answer=text))])

    def begin(base: int) -> None:
        draft = begun(store.article("a").article, base, bo, later())
        drafts.begin(draft, Step.WRITTEN, "bo", "")

    drafts.publish("a", ready(drafts).version, "ed", publish)
    later()
    begin(1)
    assert drafts.draft_writers("a") == ("ed", "bo")
    imported("Imported.")
    assert drafts.writers("a") == ()
    assert drafts.draft_writers("a") == ("ed", "bo")
    drafts.discard("a", 1, "bo")
    begin(2)
    assert drafts.draft_writers("a") == ("bo",)
    drafts.discard("a", 1, "bo")
    imported(ARTICLE.short_answer)
    assert drafts.writers("a") == ("ed",)
    begin(3)
    assert drafts.draft_writers("a") == ("ed", "bo")


def test_retired_and_restored(store: SqlStore, drafts: SqlDraftStore) -> None:
    """A retired article is not served; undone, the former revision is, as it was; each is a revision of its own."""
    drafts.publish("a", ready(drafts).version, "ed", publish)
    before = store.article("a").article
    drafts.begin(begun(before, 1, ED, NOON), Step.WRITTEN, "ed", "")
    assert drafts.change("a", 1, Step.RETIRED, "ed", "out of date", lambda each: retired(each, ED)) == 2
    assert store.article("a").article == replace(before, status=Status.RETIRED)
    draft = drafts.draft("a")
    assert draft is not None
    assert draft.base_revision == 2
    assert drafts.steps("a", 1)[0].note == "out of date"
    with pytest.raises(Conflict, match="changed meanwhile"):
        drafts.change("a", 1, Step.RETIRED, "ed", "", lambda each: retired(each, ED))
    with pytest.raises(Conflict):
        drafts.restore("a", 1, 1, "ed")
    assert drafts.restore("a", 2, 1, "ed") == 3
    assert store.article("a").article == before
    with pytest.raises(NotFound):
        drafts.restore("a", 3, 9, "ed")
    with pytest.raises(NotFound):
        drafts.change("none", 1, Step.RETIRED, "ed", "", lambda each: retired(each, ED))
    drafts.change("a", 3, Step.WITHDRAWN, "cli", "", lambda each: without_sign_off(each, CLI))
    assert store.article("a").article.status is Status.DRAFT


@pytest.mark.parametrize("step", [Step.RETIRED, Step.WITHDRAWN])
def test_a_sign_off_from_before_an_article_was_taken_out_is_void(drafts: SqlDraftStore, step: Step) -> None:
    """Its draft is to be submitted and signed off anew, and the steps tell why."""
    drafts.publish("a", ready(drafts).version, "ed", publish)
    signed = ready(drafts, replace(ARTICLE, short_answer="Other."), 1)
    taken_out = retired if step is Step.RETIRED else without_sign_off
    number = drafts.change("a", 1, step, "cli", "dangerous", lambda each: taken_out(each, CLI))
    draft = drafts.draft("a")
    assert draft == replace(
        signed, base_revision=number, state=DraftState.DRAFT, sign_off=None, version=4, changed_by="cli"
    )
    assert [each.step for each in drafts.steps("a", 2)] == [step, Step.SENT_BACK]
    for version in (signed.version, draft.version):
        with pytest.raises(Conflict):
            drafts.publish("a", version, "ed", publish)


def test_a_turn_is_not_kept_that_quotes_what_is_out_of_service(store: SqlStore, drafts: SqlDraftStore) -> None:
    """Retired, revised or withheld since it was found: the reply is to be made anew."""
    drafts.publish("a", ready(drafts).version, "ed", publish)
    quoted = {"article_id": "a", "revision": 1, "sha256": ARTICLE.sha256}
    store.record(turn(id="1", **quoted), None, serving=SERVING)
    with pytest.raises(Withdrawn):
        store.record(turn(id="2", **quoted), None, serving=Serving(dt.date(2029, 3, 2), 0))
    drafts.change("a", 1, Step.RETIRED, "ed", "", lambda each: retired(each, ED))
    for fields in (quoted, {**quoted, "revision": 2}, {**quoted, "article_id": "none"}):
        with pytest.raises(Withdrawn):
            store.record(turn(id="2", **fields), None, serving=SERVING)
    drafts.restore("a", 2, 1, "ed")
    with pytest.raises(Withdrawn):
        store.record(turn(id="2", **quoted), None, serving=SERVING)
    assert [each.id for each in store.turns(turn().session_id)] == ["1"]


def test_the_list(store: SqlStore, drafts: SqlDraftStore) -> None:
    """What is in the library and what is only being written, each once, by what is asked for."""
    drafts.begin(
        begun(replace(ARTICLE, id="new", question="Is it new?", language="es"), 0, ED, NOON), Step.WRITTEN, "ed", ""
    )
    store.put(
        SourcedArticle(Article(name, f"What is {name}?", "It is.", author=author, review_due=due, status=status))
        for name, author, due, status in (
            ("b", "B. Author", dt.date(2026, 2, 1), Status.PUBLISHED),
            ("c", "C. Author", dt.date(2025, 1, 1), Status.SAMPLE),
            ("d", "", dt.date(2020, 1, 1), Status.RETIRED),
        )
    )
    ready(drafts, replace(ARTICLE, id="b", question="What is b now?"), 1)

    def ids(**filters: object) -> list[str]:
        wanted = ArticleFilters(**filters)  # type: ignore[arg-type]
        found = drafts.articles(wanted, 1, 10)
        assert found.total == len(found.articles) == drafts.count(wanted)
        return [each.id for each in found.articles]

    assert ids() == ["new", "b", "c", "d"]
    assert ids(words="WHAT c") == ["c"]
    assert ids(words="new") == ["new"]
    assert ids(status="retired") == ["d"]
    assert ids(status=NEVER_PUBLISHED) == ["new"]
    assert ids(state="any") == ["new", "b"]
    assert ids(state="signed_off") == ["b"]
    assert ids(language="es") == ["new"]
    assert ids(author="author") == ["new", "b", "c"]
    assert ids(due_by=NOON.date(), order=ArticleOrder.DUE) == ["c", "b"]
    assert drafts.languages() == ("en",)
    second = drafts.articles(ArticleFilters(), 2, 1)
    assert (second.total, [each.id for each in second.articles]) == (4, ["b"])
    (listed,) = second.articles
    assert (listed.status, listed.state, listed.author, listed.revision) == (
        Status.PUBLISHED,
        DraftState.SIGNED_OFF,
        "B. Author",
        1,
    )


def test_pages_read_in_few_statements(store: SqlStore, drafts: SqlDraftStore) -> None:
    """As many for a page of two as for a page of fifty."""
    store.put(SourcedArticle(Article(f"a{number}", f"Question {number}?", "Yes.")) for number in range(60))
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *called: statements.append(called[2]))
    drafts.articles(ArticleFilters(), 1, 2)
    few = len(statements)
    drafts.articles(ArticleFilters(), 1, 50)
    assert len(statements) == 2 * few

"""What every store does."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.domain.article import Article, Serving, Status
from bot.domain.errors import ConfigurationError, NotFound, Unavailable
from bot.domain.references import Reference
from bot.ports import Changes, SourcedArticle
from bot.store import SqlStore, open_engine
from bot.store.database import HEAD
from bot.store.schema import articles, metadata, revisions
from tests.conftest import NOON
from tests.store.made import turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FULL = Article(
    id="full",
    question="Q\u0308uestion in Ünïcode?",
    short_answer="Short.",
    explanation="First.\n\n\tSecond, 😀 with\u00a0odd  spaces.",
    also_asked=("one way", "another way"),
    symptoms=("Cough", "runny nose"),
    author="A. Author",
    reviewer="B. Reviewer",
    published=dt.date(2025, 5, 15),
    reviewed=dt.date(2025, 5, 16),
    review_due=dt.date(2028, 5, 15),
    language="en-GB",
    status=Status.PUBLISHED,
    source="https://example.org/full",
    references=(Reference("R.", "10.1000/x", "1", "PMC2", "https://example.org/r"), Reference("S.")),
)


def article(identifier: str, **fields: object) -> Article:
    return Article(**{"id": identifier, "question": f"Question {identifier}?", "short_answer": "Yes.", **fields})  # type: ignore[arg-type]


def put(store: SqlStore, *articles: Article) -> Changes:
    return store.put(SourcedArticle(each) for each in articles)


def test_revisions_are_listed_newest_first(store: SqlStore) -> None:
    """All of one article, whatever their status, with their hashes; none of another, or of what there is not."""
    first = replace(FULL, review_due=None)
    drafted = replace(FULL, status=Status.DRAFT, short_answer="Other.")
    put(store, first, article("other"))
    put(store, drafted)
    put(store, FULL)
    heads = store.revisions("full")
    assert [(head.number, head.status, head.review_due, head.sha256) for head in heads] == [
        (3, Status.PUBLISHED, FULL.review_due, FULL.sha256),
        (2, Status.DRAFT, FULL.review_due, drafted.sha256),
        (1, Status.PUBLISHED, None, FULL.sha256),
    ]
    assert {head.created for head in heads} == {NOON}
    assert store.revisions("none") == ()


def test_an_article_comes_back_as_it_was_put(store: SqlStore) -> None:
    """Every field survives, character for character."""
    put(store, FULL)
    assert store.article("full").article == FULL
    assert store.article("full").revision.sha256 == FULL.sha256
    assert store.article("full").revision.created == NOON


def test_putting_counts_what_it_did(store: SqlStore) -> None:
    """A new article is added, an equal one unchanged, another text a new revision."""
    assert put(store, FULL, article("b")) == Changes(added=2)
    assert put(store, FULL, replace(article("b"), short_answer="No.")) == Changes(changed=1, unchanged=1)
    assert [store.article(each).revision.number for each in ("full", "b")] == [1, 2]


def test_the_authors_file_is_kept(store: SqlStore) -> None:
    """The text an article was read from stays beside it while it says the same, and is replaced by a newer one."""

    def source_after(sourced: SourcedArticle) -> str | None:
        store.put([sourced])
        return store.article("full").source_text

    assert source_after(SourcedArticle(FULL, "as typed")) == "as typed"
    assert source_after(SourcedArticle(FULL)) == "as typed"
    assert source_after(SourcedArticle(FULL, "as typed, with a comment")) == "as typed, with a comment"
    assert source_after(SourcedArticle(replace(FULL, author="C. Author"))) is None


def test_past_revisions_stay(store: SqlStore) -> None:
    """A revision can be read after it was replaced, and names no other's text."""
    put(store, article("a", short_answer="Old."))
    put(store, article("a", short_answer="New."))
    assert store.revision("a", 1).article.short_answer == "Old."
    assert store.revision("a", 2).article.short_answer == "New."
    with pytest.raises(NotFound, match="no revision 3"):
        store.revision("a", 3)


def test_a_failed_put_leaves_nothing(store: SqlStore) -> None:
    """An error in the midst of an import undoes all of it."""
    put(store, article("before"))
    version = store.version()

    def broken() -> Iterator[SourcedArticle]:
        for number in range(700):  # more than the store writes at once
            yield SourcedArticle(article(f"a{number}"))
        raise RuntimeError("the file ends here")

    with pytest.raises(RuntimeError, match="the file ends here"):
        store.put(broken())
    assert [stored.article.id for stored in store.all()] == ["before"]
    assert store.version() == version


def test_versions_tell_what_changed_since(store: SqlStore) -> None:
    """Each change has a version of its own, in order, and an unchanged article none."""
    put(store, article("a"), article("b"), article("c"))
    seen = store.version()
    put(store, article("a"), article("b", short_answer="No."))
    store.teach("c", ["another way"], "tester")
    assert [stored.article.id for stored in store.changed_since(seen, 10)] == ["b", "c"]
    assert [stored.article.id for stored in store.changed_since(seen, 1)] == ["b"]
    assert store.count_changed_since(seen) == 2
    assert store.changed_since(seen, 10)[-1].changed_version == store.version()


def test_phrasings_are_taught_and_forgotten(store: SqlStore) -> None:
    """A taught phrasing belongs to its article until it is forgotten; teaching it twice changes nothing."""
    put(store, article("a"))
    store.teach("a", ["b way"], "tester")
    store.teach("a", ["a way"], "tester")
    store.teach("a", ["a way"], "tester")
    assert store.article("a").phrasings == ("a way", "b way")
    store.forget("a", ["b way"], "tester")
    assert store.article("a").phrasings == ("a way",)
    for unknown in (
        lambda: store.forget("a", ["b way"], "tester"),
        lambda: store.teach("z", ["x"], "tester"),
        lambda: store.article("z"),
    ):
        with pytest.raises(NotFound):
            unknown()


def test_a_failed_teaching_takes_no_version(store: SqlStore) -> None:
    """Teaching an article that does not exist leaves the version as it was."""
    before = store.version()
    with pytest.raises(NotFound):
        store.teach("nothing", ["a way"], "tester")
    assert store.version() == before


def test_pages_show_served_articles_alone(store: SqlStore) -> None:
    """Drafts and withdrawn ones are not listed; words, symptom and language narrow the list down."""
    put(
        store,
        article("draft", status=Status.DRAFT),
        article("retired", status=Status.RETIRED),
        article("sample", status=Status.SAMPLE, question="B: 100% of_it?", symptoms=("Cough",)),
        article("published", question="A: other?", language="es", symptoms=("cough", "COUGH", "fever")),
    )

    def ids(query: str = "", symptom: str = "", language: str = "") -> list[str]:
        page = store.page(
            query=query, symptom=symptom, language=language, serving=Serving(NOON.date()), number=1, size=10
        )
        assert page.total == len(page.articles)
        return [stored.article.id for stored in page.articles]

    assert ids() == ["published", "sample"]
    assert ids(query="100% OF_IT") == ["sample"]
    assert ids(query="%_") == []
    assert ids(symptom="Cough") == ["published", "sample"]
    assert ids(symptom="fever") == ["published"]
    assert ids(language="es") == ["published"]


def test_pages_cut_the_list(store: SqlStore) -> None:
    """Pages follow one another without gap or overlap, and each tells the whole number."""
    put(store, *(article(f"a{number:02}") for number in range(25)))
    pages = [
        store.page(query="", symptom="", language="", serving=Serving(NOON.date()), number=number, size=10)
        for number in (1, 2, 3, 4)
    ]
    assert [len(page.articles) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    assert len({stored.article.id for page in pages for stored in page.articles}) == 25


def test_those_of_first_lead_a_search(store: SqlStore) -> None:
    """In their order, before those with the words; none twice, none that may not be shown, and all are counted."""
    put(
        store,
        *(article(each, question=f"{each}: fever?") for each in "dabc"),
        article("z", question="Zinc?", language="es"),
        article("gone", status=Status.RETIRED),
    )

    def ids(first: tuple[str, ...], number: int = 1, size: int = 10, **wanted: str) -> tuple[list[str], int]:
        asked = {"query": "FEVER", "symptom": "", "language": "", **wanted}
        page = store.page(**asked, serving=Serving(NOON.date()), number=number, size=size, first=first)
        return [stored.article.id for stored in page.articles], page.total

    assert ids(()) == (["a", "b", "c", "d"], 4)
    assert ids(("z", "c", "gone", "nothing")) == (["z", "c", "a", "b", "d"], 5)
    assert ids(("z", "c"), 2, 2) == (["a", "b"], 5)
    assert ids(("z", "c"), language="es") == (["z"], 1)
    assert ids(("z", "c"), query="?") == (["z", "c"], 2)
    assert ids((), query="?") == ([], 0)


def test_words_are_found_in_their_newest_form(store: SqlStore) -> None:
    """In the question, other ways to ask it, the short answer and the symptoms, without case and accents."""
    put(store, replace(FULL, symptoms=("Ölmühle",)), article("b", short_answer="Old."))
    put(store, article("b", short_answer="Crohn\u2019s ÉTUDE."))

    def found(query: str) -> int:
        serving = Serving(NOON.date())
        return store.page(query=query, symptom="", language="", serving=serving, number=1, size=1).total

    assert [found(word) for word in ("QUESTION unicode", "one way", "OLMUHLE short", "etude crohns")] == [1] * 4
    assert [found(word) for word in ("old", "odd", "tion b", "hor")] == [0, 0, 1, 0]


def test_a_language_finds_its_regions(store: SqlStore) -> None:
    """English finds that of Britain, not the other way round, and not a language that begins with the same letters."""
    put(store, FULL, article("b", language="EN"), article("c", language="enm"), article("d", status=Status.DRAFT))

    def found(language: str) -> int:
        serving = Serving(NOON.date())
        return store.page(query="", symptom="", language=language, serving=serving, number=1, size=1).total

    assert [found(tag) for tag in ("en", "en-gb", "EN-us", "enm", "e", "%")] == [2, 1, 0, 1, 0, 0]
    assert store.languages(Serving(NOON.date())) == {"en-GB": 1, "EN": 1, "enm": 1}


def test_symptoms_are_counted_as_most_spell_them(store: SqlStore) -> None:
    """Once for each article that may be shown, whatever the case."""
    put(
        store,
        article("a", symptoms=("hiv", "HIV", "Cough")),
        article("b", symptoms=("HIV",)),
        article("c", symptoms=("Hiv",), language="es"),
        article("d", symptoms=("HIV", "Never"), status=Status.RETIRED),
    )

    def counted(language: str) -> dict[str, int]:
        return {each.name: each.articles for each in store.symptoms(language, Serving(NOON.date()))}

    assert counted("en") == {"HIV": 2, "Cough": 1}
    assert counted("es") == {"Hiv": 1}
    assert sum(counted("").values()) == 4


def test_articles_are_alike_by_their_symptoms(store: SqlStore) -> None:
    """In whatever case they are written; of those that are asked about, and never the article itself."""
    put(
        store,
        article("a", symptoms=("HIV", "Cough")),
        article("b", symptoms=("hiv", "cough")),
        article("c", symptoms=("Cough",)),
        article("d", symptoms=("Fever",)),
        article("e"),
    )
    assert store.alike("a", ["a", "b", "d", "e", "none"]) == {"b"}
    assert store.alike("a", ["c"]) == {"c"}
    assert store.alike("e", ["a", "e"]) == store.alike("none", ["a"]) == store.alike("a", []) == frozenset()


def test_addresses_go_through_all_that_is_shown(store: SqlStore) -> None:
    """In the order of ids, with when each was last revised; withheld ones and samples are left out."""
    put(store, *(article(f"a{number}") for number in range(5)), article("late", review_due=dt.date(2000, 1, 1)))
    put(store, article("gone", status=Status.RETIRED), article("sample", status=Status.SAMPLE))
    serving = Serving(NOON.date(), withhold_overdue_days=1)
    pages = [store.addresses(serving, number, 2) for number in (1, 2, 3, 4)]
    assert [address for page, _ in pages for address, _ in page] == [f"a{number}" for number in range(5)]
    assert {changed for page, _ in pages for _, changed in page} == {NOON}
    assert {total for _, total in pages} == {5}


def test_questions_are_those_of_served_articles(store: SqlStore) -> None:
    """Every question, alternate and taught phrasing of what is served now; none of a past revision or a draft."""
    put(store, FULL, article("draft", status=Status.DRAFT), article("revised", question="Old?"))
    put(store, article("revised", question="New?"))
    store.teach("revised", ["taught"], "tester")
    store.teach("draft", ["not this"], "tester")
    assert sorted(store.questions()) == sorted([FULL.question, *FULL.also_asked, "New?", "taught"])


def test_all_walks_through_a_large_library(store: SqlStore) -> None:
    """Every article comes once, in the order of ids, however many there are."""
    put(store, *(article(f"a{number:04}") for number in range(1_203)))
    assert [stored.article.id for stored in store.all()] == [f"a{number:04}" for number in range(1_203)]


def test_turns_are_kept(store: SqlStore) -> None:
    """A turn comes back as it was recorded, and its session takes on the language once known."""
    first, second = turn(), turn(id="1" * 32, created=NOON + dt.timedelta(seconds=1), probability=None)
    store.record(first, "en")
    store.record(second, None)
    assert store.turns("session-0123456789") == (first, second)
    assert store.turns("another-0123456789") == ()


def test_a_quotation_must_match_a_revision(store: SqlStore) -> None:
    """A turn that quoted other words than any revision's is found; a true one, or none, is not."""
    put(store, FULL)
    quoted = {"article_id": "full", "revision": 1, "sha256": FULL.sha256}
    store.record(turn(id="a", **quoted), None)
    store.record(turn(id="b"), None)
    assert list(store.misquotations()) == []
    store.record(turn(id="c", **(quoted | {"sha256": "f" * 64})), None)
    store.record(turn(id="d", **(quoted | {"revision": 2})), None)
    assert sorted(each.id for each in store.misquotations()) == ["c", "d"]
    assert store.count_quotations() == 3


def test_a_damaged_revision_is_found(store: SqlStore) -> None:
    """A text that was altered behind the program's back no longer fits its hash."""
    put(store, FULL, article("a"), article("b"))
    assert list(store.damaged_revisions()) == []
    with store._writer.begin() as connection:
        connection.execute(articles.update().where(articles.c.id == "b").values(status="sample"))
        connection.execute(revisions.update().where(revisions.c.article_id == "full").values(explanation="Altered."))
        connection.execute(revisions.delete().where(revisions.c.article_id == "a"))
    assert [(each[0], each[1]) for each in store.damaged_revisions()] == [("a", 1), ("b", 1), ("full", 1)]


def test_two_processes_see_each_other(open_store: Callable[[], SqlStore]) -> None:
    """What one has committed the other reads, and both are the same store."""
    one, other = open_store(), open_store()
    put(one, FULL)
    assert other.article("full").article == FULL
    assert other.store_id() == one.store_id()
    assert other.version() == one.version()


def test_simultaneous_writers_lose_nothing(open_store: Callable[[], SqlStore]) -> None:
    """Many writers at once: every change is kept, and no two have the same version."""
    stores = [open_store() for _ in range(4)]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for each in range(10):
                put(stores[number], article(f"w{number}-{each}"))
                stores[number].record(turn(id=f"{number}-{each}"), None)
        except BaseException as error:  # noqa: BLE001  shown below, in the thread that can fail the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    changed = stores[0].changed_since(0, 100)
    assert len(changed) == 40
    assert [stored.changed_version for stored in changed] == list(range(1, 41))
    assert len(stores[0].turns("session-0123456789")) == 40


def test_simultaneous_imports_of_the_same_articles(open_store: Callable[[], SqlStore]) -> None:
    """Two imports of one library at once add each article once, and neither fails."""
    stores = [open_store() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        imports = [pool.submit(put, each, *(article(f"a{number}") for number in range(50))) for each in stores]
    assert sorted(each.result().added for each in imports) == [0, 0, 50]
    assert {stored.revision.number for stored in stores[0].all()} == {1}


def test_simultaneous_first_starts(store_url: str) -> None:
    """Several processes that open a fresh database at once all find it made, once."""
    with ThreadPoolExecutor(3) as pool:
        engines = list(pool.map(lambda _: open_engine(store_url), range(3)))
    assert len({SqlStore(engine, lambda: NOON).store_id() for engine in engines}) == 1
    for engine in engines:
        engine.dispose()


def test_another_store_has_another_id(store: SqlStore) -> None:
    """Two databases are told apart, so that an index of one is never taken for the other's."""
    another = SqlStore(open_engine("sqlite:///:memory:"), lambda: NOON)
    assert another.store_id() != store.store_id()
    assert len(store.store_id()) == 32


def test_migrations_make_the_schema(store: SqlStore) -> None:
    """A migrated database has exactly the tables that the code states."""
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_a_newer_database_is_refused(store_url: str) -> None:
    """An older program does not touch a database that a newer one has made, and says what to do."""
    engine = open_engine(store_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigurationError, match="newer version"):
        open_engine(store_url)


def test_a_dead_server_is_unavailable(store: SqlStore, store_url: str) -> None:
    """A database that does not answer is a matter of time, not a bad request."""
    if "sqlite" in store_url:
        pytest.skip("SQLite has no server")
    dead = sa.make_url(store_url).set(host="/nowhere").render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="does not answer"):
        open_engine(dead)
    assert store.version() == 0

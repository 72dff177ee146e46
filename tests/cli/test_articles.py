"""The commands on articles and their reviews."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import open_store, utc_now
from bot.config import read_settings
from bot.domain.article import Article, Status
from bot.domain.editorial import Step
from bot.ports import SourcedArticle
from bot.store.editorial import SqlDraftStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.store import SqlStore
    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


@pytest.fixture
def store(data_dir: Path) -> Iterator[SqlStore]:
    """Articles whose reviews are due, will be within a month, much later, or never; and one that is retired."""
    opened = open_store(read_settings())
    today = utc_now().date()
    dues = {"soon": 20, "late": -400, "today": 0, "later": 200, "gone": -400, "never": None}
    opened.put(
        SourcedArticle(
            Article(
                name,
                f"Is it {name}?",
                "Yes.",
                reviewer="A Doctor",
                review_due=None if days is None else today + dt.timedelta(days=days),
                status=Status.RETIRED if name == "gone" else Status.PUBLISHED,
            )
        )
        for name, days in dues.items()
    )
    yield opened
    opened.close()


@pytest.mark.usefixtures("store")
def test_reviews_that_are_due_come_the_most_overdue_first(run: Run) -> None:
    """Of what is served; those that are due within some days are asked for."""
    due = run("articles", "due")
    by = utc_now().date()
    lines = due.out.splitlines()
    assert (due.code, lines[0]) == (0, f"{by - dt.timedelta(days=400)}  late  Is it late?")
    assert lines[1:] == [f"{by}  today  Is it today?", f"2 articles are due for review by {by}."]
    within = json.loads(run("articles", "due", "--within", "30", "--json").out)
    assert [article["id"] for article in within] == ["late", "today", "soon"]
    assert within[2]["review_due"] == str(by + dt.timedelta(days=20))
    assert run("articles", "due", "--within", "-1").code == 2


def test_an_article_is_retired_with_a_reason(run: Run, store: SqlStore) -> None:
    """Which its history keeps; it can be undone by the id that is told."""
    assert run("articles", "retire", "late").code == 2
    retired = run("articles", "retire", "late", "--reason", "It is out of date.", "--json")
    told = json.loads(retired.out)
    assert (retired.code, told["retired"], bool(told["undo"])) == (0, "late", True)
    kept = store.article("late")
    assert kept is not None
    assert kept.article.status is Status.RETIRED
    (step,) = SqlDraftStore(store.engine, utc_now).steps("late", 9)
    assert (step.actor, step.step, step.note) == ("command line", Step.RETIRED, "It is out of date.")
    assert "no reply quotes it any more" in run("articles", "retire", "soon", "--reason", "The same.").out


def test_what_cannot_be_retired_is_refused(run: Run, store: SqlStore) -> None:
    """No article of that name, one that is retired, and no reason; nothing is changed."""
    for name, reason, said in (
        ("nothing", "x", "there is no article"),
        ("gone", "x", "it is retired"),
        ("late", " ", "reason"),
    ):
        refused = run("articles", "retire", name, "--reason", reason)
        assert refused.code == 1
        assert said in refused.err
    kept = store.article("late")
    assert kept is not None
    assert kept.article.status is Status.PUBLISHED

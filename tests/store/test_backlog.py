"""What waits for staff, counted on every database."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.ports.backlog import Backlog
from bot.store.backlog import SqlBacklogStore
from bot.store.schema import articles, drafts, question_groups
from tests.conftest import NOON

if TYPE_CHECKING:
    from bot.ports import SourcedArticle
    from bot.store import SqlStore


def test_what_waits_is_counted(store: SqlStore, bundled: list[SourcedArticle]) -> None:
    """A group whose questions were all erased waits for nobody; an article is overdue the day after its review."""
    day = dt.date(2028, 5, 15)
    store.put(bundled)
    group = {
        "language": "en",
        "title": "",
        "assignee": "",
        "version": 1,
        "created": NOON,
        "changed": NOON,
        "came_back": False,
    }
    draft = {
        "base_revision": 0,
        "record": {},
        "question": "?",
        "editors": [],
        "signed_by": "",
        "signed_sha256": "",
        "signed_name": "",
    }
    draft |= {"version": 1, "created": NOON, "changed": NOON, "changed_by": "x"}
    with store.engine.execution_options(writes=True).begin() as connection:
        for number, state in enumerate(("open", "needs_article", "dismissed")):
            connection.execute(question_groups.insert().values(id=str(number), state=state, **group))
        for number, state in enumerate(("draft", "submitted", "submitted", "signed_off")):
            values = {name: value for name, value in draft.items() if name in drafts.columns}
            connection.execute(drafts.insert().values(article_id=str(number), state=state, **values))
        due = articles.c.id.in_([each.article.id for each in bundled[:2]])
        connection.execute(articles.update().where(due).values(review_due=day))
    backlog = SqlBacklogStore(store.engine, lambda: NOON)
    assert backlog.counts(day) == Backlog(0, 1, 2, 1, 0, 0)
    assert backlog.counts(day + dt.timedelta(days=1)) == Backlog(0, 1, 2, 1, 2, 0)
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    backlog.counts(day)
    assert len([each for each in statements if each.startswith("SELECT")]) == 1

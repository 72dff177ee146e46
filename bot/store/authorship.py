"""Who wrote what an article says, told from its steps and its revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.editorial import BEGINNING, WRITING, Step
from bot.store.schema import article_steps, revisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.editorial import Draft


def served_writers(connection: sa.Connection, article_id: str) -> tuple[str, ...]:
    """`DraftStore.writers`."""
    steps, made = _steps(connection, article_id), _revisions(connection, article_id)
    ends = [place for place, step in enumerate(steps) if Step(step.step) is Step.PUBLISHED]
    if not ends:
        return ()
    newest, here = made[-1].sha256, steps[: ends[-1]]
    first = next(row.number for row in made if row.sha256 == newest)
    if first > steps[ends[-1]].revision:
        return ()  # an import brought it
    return _writers(here, made, steps, first)


def draft_writers(connection: sa.Connection, draft: Draft) -> tuple[str, ...]:
    """`DraftStore.draft_writers`, of an article whose draft is `draft`."""
    steps, made = _steps(connection, draft.article.id), _revisions(connection, draft.article.id)
    based_on = {row.sha256 for row in made if row.number == draft.base_revision} | {draft.article.sha256}
    first = min((row.number for row in made if row.sha256 in based_on), default=0)
    return _writers(steps, made, steps, first)


def _steps(connection: sa.Connection, article_id: str) -> Sequence[Any]:
    wanted = sa.select(article_steps.c.at, article_steps.c.actor, article_steps.c.step, article_steps.c.revision)
    return connection.execute(wanted.where(article_steps.c.article_id == article_id).order_by(article_steps.c.id)).all()


def _revisions(connection: sa.Connection, article_id: str) -> Sequence[Any]:
    wanted = sa.select(revisions.c.number, revisions.c.sha256, revisions.c.created)
    return connection.execute(wanted.where(revisions.c.article_id == article_id).order_by(revisions.c.number)).all()


def _writers(steps: Sequence[Any], made: Sequence[Any], all_steps: Sequence[Any], first: int) -> tuple[str, ...]:
    """Who wrote in `steps` since the last import of a new text that the draft begun last in them can have begun from.

    Not from one that came after `first`, the revision that had its text, or its base's, first.
    """
    begun = max((step.at for step in steps if Step(step.step) in BEGINNING), default=None)
    made_here = {step.revision for step in all_steps}
    known: set[str] = set()
    since = None
    for row in made:
        is_new_import = row.number not in made_here and row.sha256 not in known
        known.add(row.sha256)
        # An import of that very moment may have come after the draft.
        if is_new_import and row.number <= first and begun is not None and row.created < begun:
            since = row.created
    wrote = (step.actor for step in steps if Step(step.step) in WRITING and (since is None or step.at >= since))
    return tuple(dict.fromkeys(wrote))

"""Keep what a patient says is wrong with an article."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Final

from bot.domain.errors import TooMany
from bot.domain.reports import ReportState
from bot.ports.reports import ErrorReport
from bot.service.reading import served_article, shown_revision

if TYPE_CHECKING:
    from bot.domain.reports import GivenReport
    from bot.ports.reports import ReportStore
    from bot.service.core import Core

# Nothing is known of who reports, so a flood can only be told by what lies open: more than staff would read in a day.
_SPAN: Final = dt.timedelta(days=1)
MAX_OPEN_OF_ARTICLE: Final = 20
MAX_OPEN: Final = 200


def report_error(core: Core, reports: ReportStore, given: GivenReport) -> None:
    """Keep it, redacted. Raises NotFound and Withdrawn for an article that is not shown, TooMany, Unavailable.

    The very words that lie open on the article already are not kept twice.
    """
    revision = served_article(core.store, given.article_id, core.serving())
    if given.revision is not None:
        revision = shown_revision(core.store, given.article_id, given.revision, core.serving())
    now = core.clock()
    of_article, of_all = reports.count_open(given.article_id, now - _SPAN)
    if of_article >= MAX_OPEN_OF_ARTICLE or of_all >= MAX_OPEN:
        raise TooMany(
            "so many errors have been reported since yesterday that staff must look at them first; please try again "
            "tomorrow",
            int(_SPAN.total_seconds()),
        )
    reports.add(
        ErrorReport(
            id=secrets.token_hex(16),
            article_id=given.article_id,
            revision=revision.number,
            text=core.redactor.redacted(given.words),
            created=now,
            state=ReportState.OPEN,
            handled_by="",
            handled=None,
            note="",
            version=1,
        )
    )

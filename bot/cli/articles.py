"""Commands on articles and their reviews: articles due, retire."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from bot.bootstrap import configure_logging, open_shelf, utc_now
from bot.cli.terminal import AsJson, app, out, print_json
from bot.config import read_settings
from bot.domain.errors import NotFound, shown
from bot.domain.staff import COMMAND_LINE
from bot.ports.editorial import ArticleFilters, ArticleOrder
from bot.service.staff.articles import retire as retire_article

articles = typer.Typer(no_args_is_help=True, help="Articles: reviews that are due, and retiring.")
app.add_typer(articles, name="articles")

_MOST = 100_000


@articles.command("due")
def due(
    within: Annotated[int, typer.Option(min=0, max=3_650, help="Also those due within so many days.")] = 0,
    as_json: AsJson = False,
) -> None:
    """List the served articles whose review is due, the most overdue first."""
    settings = read_settings()
    configure_logging(settings.log_level)
    by = utc_now().date() + dt.timedelta(days=within)
    found = open_shelf(settings).drafts.articles(ArticleFilters(due_by=by, order=ArticleOrder.DUE), 1, _MOST)
    if as_json:
        print_json([asdict(article) for article in found.articles])
        return
    for article in found.articles:
        out.print(f"{article.review_due}  {article.id}  {article.question}")
    out.print(f"{found.total:,} articles are due for review by {by}.")


@articles.command("retire")
def retire(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The article.")],
    reason: Annotated[str, typer.Option(help="Why, for those who come after.")],
    as_json: AsJson = False,
) -> None:
    """Take an article out of every answer at once, in every process that serves."""
    settings = read_settings()
    configure_logging(settings.log_level)
    shelf = open_shelf(settings)
    revisions, _ = shelf.drafts.revisions(article_id, 1, 1)
    if not revisions:
        raise NotFound(f"there is no article {shown(article_id)}")
    action = retire_article(shelf, COMMAND_LINE, article_id, revisions[0].number, reason)
    if as_json:
        print_json({"retired": article_id, "undo": action.id})
    else:
        out.print(f"{action.summary}: no reply quotes it any more. It can be undone in the pages of staff.")

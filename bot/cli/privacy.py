"""Commands that forget: retention, erase."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import configure_logging, open_store, utc_now
from bot.cli.terminal import AsJson, app, out, print_json, say_error
from bot.config import MAX_RETENTION_DAYS, read_settings
from bot.service.privacy import enforce_retention, erase_session


@app.command("retention")
def retention(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_RETENTION_DAYS, help="In place of DOCTORS_NOTE_RETENTION_DAYS, this once."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Delete the conversations that are older than they may get, as the server does every hour."""
    settings = read_settings(retention_days=days)
    configure_logging(settings.log_level)
    store = open_store(settings)
    purged = enforce_retention(store, utc_now, settings.retention_days)
    if as_json:
        print_json({"deleted": purged, "days": settings.retention_days})
    else:
        out.print(
            f"{purged:,} conversations deleted that were last gone on with over {settings.retention_days:,} days ago."
        )


@app.command("erase")
def erase(
    session_id: Annotated[str, typer.Argument(help="The session, as replies name it.")],
    as_json: AsJson = False,
) -> None:
    """Delete a conversation with all that belongs to it, down to the bytes."""
    settings = read_settings()
    configure_logging(settings.log_level)
    store = open_store(settings)
    erased = erase_session(store, session_id)
    if as_json:
        print_json({"erased": erased})
    elif erased:
        out.print("The conversation is erased.")
    else:
        say_error("there is no such conversation")
    # The conversation is out of reach already: that is told before its traces are cleaned away, which may fail.
    store.scrub()
    if not erased:
        raise typer.Exit(1)

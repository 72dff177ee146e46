"""Commands that answer: serve, ask, check."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from bot.bootstrap import configure_logging, open_accounts
from bot.checks import Danger, Level, dangers_of_installation, dangers_of_opening, dangers_of_settings
from bot.cli.library import opened
from bot.cli.terminal import AsJson, app, errors, out, print_json
from bot.config import hand_down, read_settings
from bot.domain.blocks import BlockType
from bot.domain.errors import DoctorsNoteError
from bot.domain.message import Inbound
from bot.domain.plain_text import block_text, spaced
from bot.running import serving
from bot.service.asking import ask as ask_question

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.reply import Reply
    from bot.ports.accounts import AccountStore

_STYLES = {
    BlockType.HEADING: "bold",
    BlockType.NOTICE: "bold yellow",
    BlockType.ATTRIBUTION: "italic",
    BlockType.DISCLAIMER: "dim",
}


@app.command("serve")
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes answer.")] = None,
) -> None:
    """Serve the API and the chat page."""
    settings = read_settings(host=host, port=port, workers=workers)
    configure_logging(settings.log_level)
    with serving(settings.data_dir):
        _serve(settings)


def _serve(settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415  other commands need no web server

    # No access log: it would keep addresses of people beside the times at which they asked.
    run = partial(uvicorn.run, host=settings.host, port=settings.port, log_config=None, access_log=False)
    if settings.workers == 1:
        from bot.web.app import create_app  # noqa: PLC0415  as above

        installation = opened(settings, wait=False)
        _say_where(settings, installation.desk.accounts)
        run(create_app(installation.desk))
        return
    from bot.web.metrics import FOLDER_VARIABLE  # noqa: PLC0415  as above

    hand_down(settings)
    counted = settings.data_dir / "metrics"
    shutil.rmtree(counted, ignore_errors=True)  # the figures of a run before
    counted.mkdir(parents=True)
    os.environ[FOLDER_VARIABLE] = str(counted)
    # In a process of its own, so that this one, which only watches over the workers, loads no model.
    indexed = subprocess.run([sys.executable, "-m", "bot", "index"], check=False)
    if indexed.returncode:
        raise typer.Exit(indexed.returncode)
    _say_where(settings, open_accounts(settings).accounts)
    run("bot.bootstrap:web_application", factory=True, workers=settings.workers)


@app.command("ask")
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    session: Annotated[str | None, typer.Option(help="The session to go on with, as the last reply named it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question, and print the reply as a person would read it."""
    inbound = Inbound(question, session, channel="cli")
    settings = read_settings()
    configure_logging("error")
    core = opened(settings, wait=False).core
    reply = ask_question(core, inbound)
    core.retriever.close()
    if as_json:
        print_json(asdict(reply))
    else:
        _print_reply(reply)


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Warn of dangerous or incomplete configuration; exit 1 if the service cannot work."""
    configure_logging("error")
    found: list[Danger] = []
    try:
        settings = read_settings()
        found += dangers_of_settings(settings)
        found += dangers_of_installation(opened(settings))
    except DoctorsNoteError as error:
        found.append(dangers_of_opening(error))
    if as_json:
        print_json([asdict(danger) for danger in found])
    else:
        for danger in found:
            style = "bold red" if danger.level is Level.ERROR else "bold yellow"
            out.print(Text(f"{danger.level}: {danger.id}", style=style))
            out.print(f"    {danger.message}")
        if not found:
            out.print("Nothing dangerous was found.")
    if any(danger.level is Level.ERROR for danger in found):
        raise typer.Exit(1)


def _say_where(settings: Settings, accounts: AccountStore) -> None:
    errors.print(f"Doctor's Note is at {settings.base_url} (press Ctrl+C to stop)")
    if not accounts.has_any():
        errors.print(
            f"Nobody can sign in at {settings.base_url}/staff yet. Add an account: "
            "doctors-note staff add NAME --role admin"
        )


def _print_reply(reply: Reply) -> None:
    for block, is_followed in spaced(reply.blocks):
        text, link = block_text(block)
        out.print(Text(text, style=_STYLES.get(block.type, "")).append(link, style="cyan"))
        if is_followed:
            out.print()
    out.print(f'To go on: doctors-note ask --session {reply.session_id} "..."', style="dim")
    for quick_reply in reply.quick_replies:
        out.print(f"  {quick_reply.title}: {quick_reply.payload}", style="dim")

"""Taught phrasings as cases, for the commands `evaluate --taught` and `import`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import typer
from rich.text import Text

from bot.cli.terminal import errors, out, print_json, printable, progress_bar
from bot.service.staff.taught_cases import ask_taught

if TYPE_CHECKING:
    from bot.bootstrap import Installation
    from bot.service.staff.taught_cases import TaughtReport

_SHOWN: Final = 50


def evaluate_taught(installation: Installation, *, as_json: bool) -> None:
    """Ask all taught phrasings, and print what became of them. Raises typer.Exit if any is lost."""
    report = asked_taught(installation)
    if as_json:
        print_json(record_of(report))
    else:
        out.print(
            f"{report.n:,} taught phrasings asked: {report.quoted:,} quoted their article, {report.offered:,} offered "
            f"it, {len(report.lost):,} lost it; {report.unserved:,} are of articles that patients do not see."
        )
        print_lost(report)
    if report.lost:
        raise typer.Exit(1)


def asked_taught(installation: Installation) -> TaughtReport:
    """What becomes of all taught phrasings, asked behind a progress bar."""
    with progress_bar("Asking taught phrasings") as progress:
        return ask_taught(installation.desk, progress)


def record_of(report: TaughtReport) -> dict[str, Any]:
    """The report as JSON has it: all figures, and each lost phrasing."""
    return {
        "n": report.n,
        "quoted": report.quoted,
        "offered": report.offered,
        "unserved": report.unserved,
        "lost": [
            {
                "phrasing": each.phrasing,
                "article_id": each.article_id,
                "outcome": each.outcome,
                "instead": list(each.instead),
                "probability": each.probability,
            }
            for each in report.lost
        ],
    }


def print_lost(report: TaughtReport) -> None:
    """Tell on stderr of each phrasing that no longer gets its article."""
    for each in report.lost[:_SHOWN]:
        instead = f"it gets {', '.join(each.instead)}" if each.instead else f"it is {each.outcome}"
        line = f"{each.article_id}: {each.phrasing!r}: {instead}"
        errors.print(Text("taught, but lost: ", style="bold yellow"), printable(line), sep="")
    if len(report.lost) > _SHOWN:
        errors.print(
            f"... and {len(report.lost) - _SHOWN:,} more; `doctors-note evaluate --taught --json` lists them all"
        )

"""What all commands share: the application, the two outputs, and progress bars."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

app: Final = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Answers patients' questions with doctors' articles, quoted word for word.",
)
out: Final = Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())
errors: Final = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def say_error(message: str) -> None:
    """Print an error to stderr."""
    errors.print(Text("error: ", style="bold red"), printable(message), sep="")


def printable(text: str) -> str:
    """`text` with escapes for what no terminal can show."""
    return text.encode(errors="backslashreplace").decode()


def print_json(value: Any) -> None:
    """Print `value` as JSON to stdout."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    # A lone surrogate, of a file's name say, goes out as the escape that JSON has for it.
    sys.stdout.write(printable(text) + "\n")


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """A function to report (done, total) to, which draws a bar on stderr if that is a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
        task = progress.add_task(description, total=None, visible=False)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=total > 0)

        yield report

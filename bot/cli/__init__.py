"""The command line: one module a group of commands."""

from __future__ import annotations

import os
import sys

from bot.cli import articles, backup, emergencies, evaluating, library, measuring, privacy, serving, staff, training
from bot.cli.terminal import app, say_error
from bot.domain.errors import DoctorsNoteError

__all__ = [
    "articles",
    "backup",
    "emergencies",
    "evaluating",
    "library",
    "main",
    "measuring",
    "privacy",
    "serving",
    "staff",
    "training",
]


def main() -> None:
    """Run the command line: exit 0 for success, 1 for a failure that is told of, 2 for a wrong call."""
    try:
        app()
    except BrokenPipeError:
        # The reader has gone; nothing more can be said, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (DoctorsNoteError, OSError) as error:
        say_error(str(error))
        sys.exit(1)

"""Write the pages of docs/ that are made from code; a test keeps them up to date.

python -m scripts.reference_pages
"""

from __future__ import annotations

from pathlib import Path

from actions.settings import HELP as ACTIONS_HELP
from bot.config import ACTIONS_PREFIX, PREFIX, Settings, secret_fields
from bot.domain import texts

DOCS = Path(__file__).parent.parent / "docs"

# They stand in the checkout, wherever that is.
_FOLDERS = {"data_dir": "var in the checkout", "rules_dir": "data in the checkout"}


def settings_page() -> str:
    """docs/settings.md: every setting with its default, and those of the actions for Rasa."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable, or a line `NAME=value` of a file `.env` in the working directory.",
        "An unknown variable with the prefix `" + PREFIX + "` is an error, so that a misspelt one is noticed.",
        "`doctors-note check` warns of dangerous combinations.",
        "",
        "A secret may stand in a file instead: "
        + ", ".join(f"`{PREFIX}{name.upper()}_FILE`" for name in secret_fields())
        + " name it.",
        "",
        "This page is made by `python -m scripts.reference_pages`.",
        "",
        "| setting | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = _FOLDERS.get(name, field.get_default())
        shown = "" if name == "database_url" or default in (None, "") else str(default)
        shown = "a text of ours" if shown == texts.DISCLAIMER else f"`{shown}`" if shown else "(empty)"
        lines.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    lines += [
        "",
        "## The actions for Rasa",
        "",
        "The [action server](rasa.md) is a program of its own: it reads these, from its environment alone, and none of",
        "those above.",
        "",
        "| setting | what it is |",
        "|---|---|",
        *(f"| `{ACTIONS_PREFIX}{name}` | {told} |" for name, told in ACTIONS_HELP.items()),
    ]
    return "\n".join(lines) + "\n"


PAGES = {"settings.md": settings_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")

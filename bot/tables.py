"""Reads the operator's files: YAML in which every value is text, so that "no" and "112" stay so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

# Of libyaml where there is one, which reads in a tenth of the time.
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that names a file, and what to do about a fault in it."""

    name: str
    remedy: str


_RULES: Final = Setting("DOCTORS_NOTE_RULES_DIR", "put it right, or take the file from the release that is installed")


def read_table(path: Path, setting: Setting = _RULES) -> dict[str, Any]:
    """The keys and values in a file: texts, lists and tables. Raises ConfigurationError, which names file and fault."""
    try:
        table = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  it makes only text
    except OSError as error:
        raise fault(path, f"it cannot be read ({error.strerror})", setting) from error
    except UnicodeDecodeError as error:
        raise fault(path, f"it is not UTF-8 ({error.reason} at byte {error.start})", setting) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise fault(path, f"it is not YAML{where} ({getattr(error, 'problem', error)})", setting) from error
    if not isinstance(table, dict):
        raise fault(path, "a table is expected", setting)
    return table


def fault(path: Path, what: str, setting: Setting = _RULES) -> ConfigurationError:
    """The error that says what is wrong with a file, and what to do."""
    return ConfigurationError(f"{setting.name}: {path} cannot be used: {what}; {setting.remedy}")

"""The environment in which Rasa runs: Python 3.10, which it needs, and what bot/rasa/constraints.txt pins.

`python -m scripts.rasa_venv .venv-rasa` makes it, or leaves it as it is where nothing has changed; with `--if-found`,
a machine without Python 3.10 is told so, and that is no failure. The variable PYTHON310 names the interpreter;
otherwise `python3.10` is looked for, and what pyenv and uv have installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
RASA: Final = "rasa==3.6.21"
CONSTRAINTS: Final = ROOT / "bot/rasa/constraints.txt"
INTERPRETER_VARIABLE: Final = "PYTHON310"


class VenvError(Exception):
    """The environment cannot be made; the text says why, and what to do."""


class MissingPythonError(VenvError):
    """There is no Python 3.10 here."""


def interpreter() -> str:
    """The path of a Python 3.10 that runs. Raises MissingPythonError."""
    named = os.environ.get(INTERPRETER_VARIABLE)
    tried: list[str] = []
    for path in [shutil.which(named) or named] if named else _installed():
        told = _version(path)
        if told == "3.10":
            return path
        tried.append(f"{path} is Python {told}" if told else f"{path} does not run here")
    raise MissingPythonError(
        f"{'; '.join(tried) or 'Python 3.10 is not found here'}. Rasa Open Source 3.6 needs Python 3.10: install it, "
        f"or name it: {INTERPRETER_VARIABLE}=PATH"
    )


def _installed() -> Iterator[str]:
    """Where a Python 3.10 may be: first on PATH, then those of pyenv and of uv, the newest first."""
    # On PATH it may be a shim of pyenv's, which runs only where that version has been selected.
    if found := shutil.which("python3.10"):
        yield found
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    for folder, versions in (
        (os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions/3.10.*"),
        (os.environ.get("UV_PYTHON_INSTALL_DIR") or Path(data, "uv/python"), "cpython-3.10.*"),
    ):
        found_here = Path(folder).glob(f"{versions}/bin/python3.10")
        yield from map(str, sorted(found_here, key=_figures, reverse=True))


def _figures(path: Path) -> list[int]:
    return [int(figures) for figures in re.findall(r"[0-9]+", path.parent.parent.name)]


def make_venv(folder: Path) -> None:
    """Make the environment in `folder`; nothing is done where it is as it should be. Raises VenvError."""
    stamp, wanted = folder / "installed", f"{RASA} {hashlib.sha256(CONSTRAINTS.read_bytes()).hexdigest()}\n"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    made_by = interpreter()
    print(f"Installing {RASA} into {folder}: a few minutes, and 3 GB.", file=sys.stderr)
    pip = [str(folder / "bin/pip"), "install", "--disable-pip-version-check", "--quiet"]
    for command in (
        [made_by, "-m", "venv", "--clear", str(folder)],
        [*pip, "--constraint", str(CONSTRAINTS), RASA],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  both are our own
        if done.returncode:
            raise VenvError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    stamp.write_text(wanted)


def _version(python: str) -> str:
    """As 3.10; "" if it does not run."""
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  as the operator named it
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


def main() -> None:
    """Make the environment in the folder that is named on the command line."""
    parser = argparse.ArgumentParser(description="Make the environment in which Rasa runs.")
    parser.add_argument("folder", type=Path, help="where it is made; nothing is done where it is as it should be")
    parser.add_argument("--if-found", action="store_true", help="do nothing, and say so, where there is no Python 3.10")
    given = parser.parse_args()
    try:
        make_venv(given.folder)
    except MissingPythonError as error:
        if not given.if_found:
            sys.exit(str(error))
        print(error, file=sys.stderr)
    except VenvError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

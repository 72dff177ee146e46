"""The widget as one script: its modules in the order in which they need one another, in one closure.

The files of `bot/web/widget/` are ES modules of ours that a browser could load one by one. Here the lines that import
go, the word `export` goes, and the styles come in as a text. Names at the top level are therefore shared by all files,
and must differ. What is sent has no comments and no spaces that it does not need.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rcssmin
import rjsmin

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES: Final = Path(__file__).parent / "widget"
STYLES: Final = (Path(__file__).parent / "static" / "tokens.css", MODULES / "widget.css")
_ENTRY: Final = "element.js"
# The one module that is made here: the styles, for a sheet that a shadow root adopts.
_STYLE_MODULE: Final = "style.js"
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./([a-z_]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function|class|const|let)", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(?:(?:async )?function|class|const|let) (\w+)", re.MULTILINE)


@cache
def widget_script() -> str:
    """The whole script, as it is sent. Raises ValueError where two files have the same name at their top level."""
    return str(rjsmin.jsmin(assembled(MODULES)))


def assembled(folder: Path) -> str:
    """The modules in `folder` as one script that can be read. Raises ValueError as `widget_script`."""
    parts, seen = [], dict[str, str]()
    for name in _in_order(folder, _ENTRY, {}):
        source = _source(folder, name)
        for declared in _DECLARED.findall(source):
            if declared in seen:
                raise ValueError(f"{name} and {seen[declared]} both declare {declared}; rename one of them")
            seen[declared] = name
        parts.append(source)
    return '"use strict";\n(() => {\n' + "".join(parts) + "})();\n"


def _in_order(folder: Path, name: str, begun: dict[str, None]) -> Iterator[str]:
    """The modules that `name` needs, each after those that it needs itself, and `name`; none twice."""
    if name in begun:
        return
    begun[name] = None
    if name != _STYLE_MODULE:
        for needed in _IMPORT.findall((folder / name).read_text(encoding="utf-8")):
            yield from _in_order(folder, needed, begun)
    yield name


def _source(folder: Path, name: str) -> str:
    if name == _STYLE_MODULE:
        styles = "".join(path.read_text(encoding="utf-8") for path in STYLES)
        made = rcssmin.cssmin(styles.replace(":root", ":host"))
        return f"const STYLE = {json.dumps(made, ensure_ascii=False)};\n"
    text = (folder / name).read_text(encoding="utf-8")
    return _EXPORT.sub("", _IMPORT.sub("", text))

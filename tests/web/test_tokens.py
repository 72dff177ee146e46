"""The colours of the design can be told apart: contrast as WCAG 2.2 computes it, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.web

STATIC = Path(bot.web.__file__).parent / "static"
WIDGET = Path(bot.web.__file__).parent / "widget" / "widget.css"
# A token, and what it is where the host page has no word in it.
COLOUR = re.compile(r"--([a-z-]+): (?:var\(--doctors-note-[a-z-]+, )?(#[0-9a-f]{6})\)?;")
DARK = "@media (prefers-color-scheme: dark)"
# What is read (4.5:1) on what, and what only has to be seen (3:1; WCAG 1.4.3 and 1.4.11).
READ = {
    "ink": ("page", "surface", "raised", "tint", "notice", "alarm"),
    "quiet": ("page", "surface", "raised", "tint"),
    "accent": ("page", "surface", "raised", "tint", "notice", "alarm"),
    "error": ("page", "surface", "raised", "alarm"),
    "on-accent": ("accent",),
    "on-error": ("error",),
}
SEEN = {
    "edge": ("page", "surface", "raised"),
    "accent": ("page", "surface", "raised", "tint"),
    "notice-line": ("page", "surface", "notice"),
    "error": ("page", "surface", "alarm"),
    "on-accent": ("accent",),
}
PAIRS = [
    pytest.param(above, below, least, id=f"{above} on {below}, {least}")
    for least, pairs in ((4.5, READ), (3.0, SEEN))
    for above, surfaces in pairs.items()
    for below in surfaces
]


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, by token."""
    light, _, dark = (STATIC / "tokens.css").read_text(encoding="utf-8").partition(DARK)
    return {"light": dict(COLOUR.findall(light)), "dark": dict(COLOUR.findall(dark))}


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of "#rrggbb" (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_as_the_standard_computes_it() -> None:
    """Black on white is 21:1, and #767676 the lightest grey that can be read on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") >= 4.5 > contrast("#777777", "#ffffff")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("above", "below", "least"), PAIRS)
def test_the_colours_stand_out(scheme: str, above: str, below: str, least: float) -> None:
    """Text on each surface that it stands on, and what marks a control, reach level AA."""
    colours = schemes()[scheme]
    assert contrast(colours[above], colours[below]) >= least


def test_both_schemes_have_the_same_colours() -> None:
    """No colour is left as it was for the light one."""
    light, dark = schemes().values()
    assert light.keys() == dark.keys()
    assert light.keys() >= {*READ, *SEEN}


@pytest.mark.parametrize("path", [STATIC / "site.css", WIDGET], ids=lambda path: path.name)
def test_colours_come_from_the_tokens(path: Path) -> None:
    """No other file of patients' styles names a colour of its own, and none a token that there is not."""
    styles = path.read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", styles) == []
    known = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "tokens.css").read_text(encoding="utf-8") + styles))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", styles))
    assert {name for name in used if not name.startswith("--doctors-note-")} <= known

"""Colours of the screen, and whether one can be read on another."""

from __future__ import annotations

import re
from typing import Final

# WCAG 2.2, success criterion 1.4.3: text of ordinary size.
MIN_CONTRAST: Final = 4.5
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether it is a colour written as #rrggbb."""
    return bool(_COLOUR.fullmatch(text))


def contrast(colour: str, other: str) -> float:
    """The contrast ratio of two colours, each #rrggbb: 1 to 21 (WCAG 2.2, "contrast ratio").

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted((_luminance(colour), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance, 0 to 1 (the same, "relative luminance")."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Emergencies come before everything: their signs in a message, and what is said then.

`words` reads a message, `patterns` finds what the signs describe, `context` weighs how it is meant, `detector` decides,
`notice` is what a person is shown. The signs themselves are data (`data/emergencies/`), which `bot.rules` reads.
"""

from __future__ import annotations

from bot.domain.emergency.detector import UNNAMED, Assessment, Detector
from bot.domain.emergency.notice import call_blocks, emergency_blocks, fallback_block
from bot.domain.emergency.patterns import PatternError
from bot.domain.emergency.signs import Contact, Country, Line, Sign

__all__ = [
    "UNNAMED",
    "Assessment",
    "Contact",
    "Country",
    "Detector",
    "Line",
    "PatternError",
    "Sign",
    "call_blocks",
    "emergency_blocks",
    "fallback_block",
]

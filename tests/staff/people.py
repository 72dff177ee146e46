"""Members of staff for tests that need no accounts."""

from __future__ import annotations

from bot.domain.staff import Caller, Role, rights_of


def member(name: str, *roles: Role, full_name: str = "") -> Caller:
    """Somebody with these roles."""
    return Caller(f"id-{name}", name, full_name or f"Dr {name.title()}", rights_of(roles), frozenset(roles))


EDITOR = member("ed", Role.EDITOR)
EDITORS = (EDITOR, member("eva", Role.EDITOR, Role.REVIEWER))
CLINICIANS = (member("cli", Role.CLINICIAN), member("clo", Role.CLINICIAN, Role.EDITOR))
REVIEWER = member("rev", Role.REVIEWER)

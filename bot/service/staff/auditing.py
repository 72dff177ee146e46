"""The audit log, read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.ports.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of a field; None where it was not there."""

    field: str
    before: str | None
    after: str | None


def changes(entry: AuditEntry) -> tuple[FieldChange, ...]:
    """The fields that an entry tells of, one by one: words as they are, other values as JSON."""
    before, after = entry.before or {}, entry.after or {}
    return tuple(
        FieldChange(
            field, _shown(before[field]) if field in before else None, _shown(after[field]) if field in after else None
        )
        for field in dict.fromkeys([*before, *after])
    )


def _shown(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""The audit log: who did what, when, and what it was before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done.

    `actor` is the name of an account, `key:` and the name of an API key, "command line" or "system". `action` is a verb
    with its object, such as "phrasing.teach"; `subject` what it was done to, such as "article:cold-duration". `before`
    and `after` (None where there is nothing) have what changed, as JSON; never a patient's words.
    """

    id: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the log, newest first; `total` counts all pages."""

    entries: tuple[AuditEntry, ...]
    total: int


class AuditStore(Protocol):
    """Reads the log. It is written by the stores, in the transaction of what it tells. May raise Unavailable."""

    def page(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        since: dt.date | None,
        until: dt.date | None,
        number: int,
        size: int,
    ) -> AuditPage:
        """Page `number` (from 1); "" and None ask for any. `action` and `subject` may end in `*`. Days are UTC's."""
        ...

    def all(
        self,
        *,
        actor: str = "",
        action: str = "",
        subject: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Iterator[AuditEntry]:
        """Every entry that `page` would have on some page, oldest first."""
        ...

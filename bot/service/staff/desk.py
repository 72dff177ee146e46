"""What the use cases of staff work with, chosen and wired by `bot.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports.accounts import AccountStore, PasswordHasher
    from bot.ports.audit import AuditStore
    from bot.ports.backlog import BacklogStore
    from bot.ports.editorial import AddressChecker, DraftStore, Readability
    from bot.ports.queue import Grouping, QuestionEncoder, QueueStore
    from bot.ports.reports import ReportStore
    from bot.ports.statistics import StatisticsStore
    from bot.ports.teaching import GoldenQuestion, PastQuestions, Rehearser
    from bot.ports.turn_log import TurnLog
    from bot.service.core import Core
    from bot.service.staff.access import Access
    from bot.service.staff.transfer import LibraryFiles


@dataclass(frozen=True, slots=True)
class Editing:
    """What writing and publishing take. `review_months` is when a signed-off article is due for review again."""

    review_months: int
    readability: Readability
    addresses: AddressChecker
    files: LibraryFiles


@dataclass(frozen=True, slots=True)
class Shelf:
    """What retiring and listing articles take, for commands that load no model."""

    drafts: DraftStore
    queue: QueueStore


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that staff work with, beside those of the service that patients use."""

    core: Core
    access: Access
    accounts: AccountStore
    audit: AuditStore
    backlog: BacklogStore
    queue: QueueStore
    drafts: DraftStore
    reports: ReportStore
    past: PastQuestions
    statistics: StatisticsStore
    encoder: QuestionEncoder
    grouping: Grouping
    rehearser: Rehearser
    turn_log: TurnLog
    golden: tuple[GoldenQuestion, ...]
    editing: Editing

    @property
    def passwords(self) -> PasswordHasher:
        """What is made of passwords."""
        return self.access.passwords

"""What the use cases work with, chosen and wired by `bot.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.decision import Calibration
    from bot.ports import Clock, Retriever, Store


@dataclass(frozen=True, slots=True)
class Site:
    """How the installation presents itself. `public_url` has no slash at its end."""

    public_url: str
    disclaimer: str
    symptom_check_url: str

    def article_url(self, article_id: str) -> str:
        """Where an article's page stands."""
        return f"{self.public_url}/articles/{article_id}"


@dataclass(frozen=True, slots=True)
class Core:
    """The parts of a running installation."""

    store: Store
    retriever: Retriever
    calibration: Calibration
    clock: Clock
    site: Site

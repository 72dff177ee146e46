"""What the use cases work with, chosen and wired by `bot.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.article import Serving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.decision import Calibration
    from bot.domain.emergency import Country, Detector
    from bot.domain.intents import Intent, Phrases
    from bot.ports import Clock, LanguageDetector, Likeness, Redactor, Retriever, Store, Wordings


@dataclass(frozen=True, slots=True)
class Site:
    """How the installation presents itself, and for how long it remembers.

    `public_url` has no slash at its end. `country` (ISO 3166) is "" if unknown; without a `contact` ("") patients are
    told that there is none, and without addresses no links are shown. A conversation can be gone on with for
    `session_ttl_min` after its last message, and is deleted after `retention_days`. For `withhold_overdue_days` see
    `bot.domain.article.Serving`.
    """

    public_url: str
    disclaimer: str
    symptom_check_url: str
    language: str
    country: str
    contact: str
    contact_url: str
    session_ttl_min: int
    retention_days: int
    withhold_overdue_days: int | None = None

    def article_url(self, article_id: str) -> str:
        """Where an article's page stands."""
        return f"{self.public_url}/articles/{article_id}"


@dataclass(frozen=True, slots=True)
class Conversing:
    """How messages are understood, and in what words of ours they are answered, beside articles.

    `replies` has what is said to each kind of small talk, a paragraph each.
    """

    wordings: Wordings
    languages: LanguageDetector
    phrases: tuple[Phrases, ...]
    replies: Mapping[Intent, tuple[str, ...]]

    def phrases_of(self, language: str) -> tuple[Phrases, ...]:
        """All phrases, those of `language` first."""
        return tuple(sorted(self.phrases, key=lambda each: each.language != language))


@dataclass(frozen=True, slots=True)
class Safety:
    """How emergencies are known, and whom to call: `countries` by ISO 3166 code, "" for an unknown one."""

    detector: Detector
    likeness: Likeness
    languages: LanguageDetector
    countries: Mapping[str, Country]

    def country(self, *codes: str) -> Country:
        """The first of `codes` that there are numbers for."""
        return next(
            (self.countries[code.upper()] for code in codes if code and code.upper() in self.countries),
            self.countries[""],
        )


@dataclass(frozen=True, slots=True)
class Core:
    """The parts of a running installation."""

    store: Store
    retriever: Retriever
    calibration: Calibration
    clock: Clock
    site: Site
    redactor: Redactor
    conversing: Conversing
    safety: Safety

    def serving(self) -> Serving:
        """What patients may be shown today, a date in UTC."""
        return Serving(self.clock().date(), self.site.withhold_overdue_days)

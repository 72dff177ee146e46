"""What the use cases work with, chosen and wired by `bot.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.article import Serving
from bot.domain.sites import WidgetSites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.decision import Calibration
    from bot.domain.emergency import Country, Detector
    from bot.domain.intents import Intent, Phrases
    from bot.domain.sites import WidgetSite
    from bot.domain.wording import Wording
    from bot.ports import Clock, LanguageDetector, Likeness, Redactor, Retriever, Store, Wordings


@dataclass(frozen=True, slots=True)
class Site:
    """How the service presents itself, and for how long it remembers: as installed, or as on `web_site`.

    `public_url` has no slash at its end. `country` (ISO 3166) is "" if unknown; without a `contact` ("") patients are
    told that there is none, and without addresses no links are shown. A conversation can be gone on with for
    `session_ttl_min` after its last message, and is deleted after `retention_days`. For `withhold_overdue_days` see
    `bot.domain.article.Serving`. `web_site` is the one whose reader is served, None where it is no matter which.
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
    web_site: WidgetSite | None = None

    def on(self, web_site: WidgetSite) -> Site:
        """The same as readers of `web_site` are to find it."""
        language, country = web_site.language or self.language, web_site.country or self.country
        return replace(self, web_site=web_site, language=language, country=country)

    def said(self, say: Wording) -> Site:
        """The same with its texts and addresses as readers of the language of `say` are shown them."""
        site = replace(self, disclaimer=say(self.disclaimer))
        if own := self.web_site:
            if own.contact or own.contact_url:  # the installation's address would be another's than the site's contact
                contact, contact_url = own.contact.said(say, self.language), own.contact_url.said(say, self.language)
                site = replace(site, contact=contact, contact_url=contact_url)
            if own.symptom_check_url:
                site = replace(site, symptom_check_url=own.symptom_check_url.said(say, self.language))
            if own.disclaimer:
                site = replace(site, disclaimer=own.disclaimer.said(say, self.language))
        return site

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
    """The parts of a running installation.

    `key` is the secret of its keyed hashes; `sites` are those that the widget may stand on.
    """

    store: Store
    retriever: Retriever
    calibration: Calibration
    clock: Clock
    site: Site
    redactor: Redactor
    conversing: Conversing
    safety: Safety
    key: bytes = field(repr=False)
    sites: WidgetSites = field(default_factory=WidgetSites)

    def on(self, web_site: WidgetSite | None) -> Core:
        """The same for readers of `web_site`; itself where there is none."""
        return replace(self, site=self.site.on(web_site)) if web_site else self

    def serving(self) -> Serving:
        """What patients may be shown today, a date in UTC."""
        return Serving(self.clock().date(), self.site.withhold_overdue_days)

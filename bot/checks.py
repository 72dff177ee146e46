"""Dangerous or incomplete configuration, found before a patient does."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.domain.article import Status
from bot.domain.errors import ConfigurationError, DoctorsNoteError
from bot.domain.language_tags import primary_language
from bot.domain.staff import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.bootstrap import Installation
    from bot.config import Settings
    from bot.domain.sites import WidgetSites
    from bot.ports import ArticleStore
    from bot.ports.accounts import AccountStore

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Level(StrEnum):
    """How bad it is: an error keeps the service from working, a warning may harm or mislead somebody."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Danger:
    """What was found; `id` stays the same from version to version."""

    id: str
    level: Level
    message: str


def dangers_of_settings(settings: Settings) -> Iterator[Danger]:
    """What is dangerous in the settings by themselves."""
    existing = next(
        path for path in (settings.data_dir.resolve(), *settings.data_dir.resolve().parents) if path.exists()
    )
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        yield Danger("data-dir.unwritable", Level.ERROR, f"{settings.data_dir} cannot be written to")
    yield from dangers_of_country(settings)
    host = urlsplit(settings.base_url).hostname or ""
    is_local = host in {*_LOOPBACK, "0.0.0.0"}  # noqa: S104  compared with, not bound to
    if is_local and settings.host not in _LOOPBACK:
        yield Danger(
            "public-url.local",
            Level.WARNING,
            f"the service listens on {settings.host}, but links in replies lead to {settings.base_url}; "
            "set DOCTORS_NOTE_PUBLIC_URL to the address that patients use",
        )
    if settings.base_url.startswith("http://") and not is_local:
        yield Danger(
            "public-url.plain-http",
            Level.WARNING,
            f"{settings.base_url} is not encrypted: anyone on the way can read patients' questions; use https",
        )
        yield Danger(
            "staff.plain-http",
            Level.WARNING,
            f"staff sign in at {settings.base_url}/staff, which is not encrypted: anyone on the way can read their "
            "passwords, and go on as them; use https",
        )
    if settings.sites_file is None and not (host in _LOOPBACK and settings.host in _LOOPBACK):
        yield Danger(
            "sites.any-origin",
            Level.WARNING,
            "any web site may show the widget and ask in its readers' names, since no sites are set up; name yours in "
            "the file of DOCTORS_NOTE_SITES (docs/sites.md)",
        )
    yield from dangers_of_provider(settings)


def dangers_of_provider(settings: Settings) -> Iterator[Danger]:
    """Whether the identity provider can be used, and trusted."""
    has_secret = bool(settings.oidc_client_secret.get_secret_value())
    if bool(settings.oidc_issuer) != bool(settings.oidc_client_id) or (has_secret and not settings.oidc_issuer):
        yield Danger(
            "oidc.incomplete",
            Level.WARNING,
            "staff cannot sign in with the identity provider: set both DOCTORS_NOTE_OIDC_ISSUER and "
            "DOCTORS_NOTE_OIDC_CLIENT_ID, or neither",
        )
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme == "http" and issuer.hostname not in _LOOPBACK:
        yield Danger(
            "oidc.plain-http",
            Level.WARNING,
            f"the identity provider {settings.oidc_issuer} is asked without encryption: whoever is on the way can let "
            "in whom they like; use https",
        )


def dangers_of_sites(sites: WidgetSites) -> Iterator[Danger]:
    """Whether the pages that the widget stands on are sent as they were written."""
    for site in sites.by_id.values():
        plain = [each for each in site.origins if each.scheme == "http" and each.host not in _LOOPBACK]
        if plain:
            yield Danger(
                "sites.plain-http",
                Level.WARNING,
                f"the site {site.id!r} has pages that are not encrypted ({', '.join(map(str, plain))}): anyone on the "
                "way can change the widget on them and read patients' questions; use https",
            )


def dangers_of_accounts(accounts: AccountStore) -> Iterator[Danger]:
    """Whether there is somebody for what only they can do."""
    active = [account for account in accounts.accounts() if account.is_active]
    if not any(Role.ADMIN in account.roles for account in active):
        yield Danger(
            "staff.no-admin",
            Level.WARNING,
            "no active account is an admin's, so nobody can add accounts in the pages; add one: "
            "doctors-note staff add NAME --role admin",
        )
    if not any(Role.CLINICIAN in account.roles for account in active):
        yield Danger(
            "staff.no-clinician",
            Level.WARNING,
            "no active account is a clinician's, so no article can be signed off; add one: "
            "doctors-note staff add NAME --role clinician",
        )


def dangers_of_country(settings: Settings) -> Iterator[Danger]:
    """Whether patients are told the emergency numbers of where they are."""
    if not settings.country:
        yield Danger(
            "country.unset",
            Level.WARNING,
            "in an emergency patients are shown the numbers of several regions, since their country is not known; set "
            "DOCTORS_NOTE_COUNTRY to a country's code, such as GB",
        )


def dangers_of_library(store: ArticleStore, settings: Settings) -> Iterator[Danger]:
    """What is dangerous in the articles, and in having them found by the model that `settings` name."""
    served = [stored.article for stored in store.all() if stored.article.is_served]
    if not served:
        yield Danger(
            "library.empty", Level.WARNING, "no article is served, so no question can be answered; import a library"
        )
    samples = sum(article.status is Status.SAMPLE for article in served)
    if samples:
        yield Danger(
            "library.samples",
            Level.WARNING,
            f"{samples:,} sample articles are served, which no clinician wrote or signed off; retire them before "
            "patients come",
        )
    unsigned = sum(article.status is Status.PUBLISHED and not article.reviewer for article in served)
    if unsigned:
        yield Danger(
            "library.unsigned",
            Level.WARNING,
            f"{unsigned:,} published articles name no reviewer: nobody has signed them off",
        )
    foreign = Counter(tag for article in served if (tag := primary_language(article.language)) != "en")
    if foreign and not settings.embedding_model:
        yield Danger(
            "library.languages",
            Level.WARNING,
            f"{foreign.total():,} served articles are in other languages than English ({', '.join(sorted(foreign))}), "
            "which the packaged model was not made for: they may be quoted to questions that they do not answer; name "
            "a model for these languages in DOCTORS_NOTE_EMBEDDING_MODEL, and run doctors-note calibrate",
        )


def dangers_of_opening(error: DoctorsNoteError) -> Danger:
    """The danger that an installation cannot be opened for `error`."""
    identifier = "configuration.unusable" if isinstance(error, ConfigurationError) else "store.unavailable"
    return Danger(identifier, Level.ERROR, str(error))


def dangers_of_installation(installation: Installation) -> Iterator[Danger]:
    """What is dangerous in an installation that opens, beside its settings."""
    yield from dangers_of_library(installation.core.store, installation.settings)
    yield from dangers_of_accounts(installation.desk.accounts)
    yield from dangers_of_sites(installation.core.sites)
    if installation.calibration.wish > 0.1:
        yield Danger(
            "calibration.lax",
            Level.WARNING,
            f"the calibration lets {installation.calibration.wish:.0%} of unanswerable questions be answered",
        )

"""The web sites that the widget stands on: who may use it, and how it presents itself on each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from bot.domain.errors import Forbidden, InvalidQuery, shown
from bot.domain.language_tags import primary_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.wording import Wording

SITE_ID: Final = re.compile(r"[a-z0-9-]{1,24}")
# A port of its own is left out of an origin (RFC 6454).
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose pages may use the widget: one origin, or all subdomains of a host, which itself is none of them."""

    scheme: str
    host: str
    port: int | None = None
    is_wildcard: bool = False

    @classmethod
    def of(cls, text: str) -> Origin:
        """As it is written: "https://clinic.example.org", "https://*.example.org". Raises ValueError.

        >>> Origin.of("https://www.Example.org:443").allows("https://www.example.org")
        True
        """
        try:
            parts = urlsplit(text.strip().lower())
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{shown(text)} is not an origin ({error})") from None
        _, _, host = parts.netloc.rpartition("@")
        host = host if host.endswith("]") else host.partition(":")[0] if "[" not in host else host.rpartition(":")[0]
        is_wildcard = host.startswith("*.")
        host = host.removeprefix("*.")
        is_whole = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or not is_whole or (is_wildcard and "." not in host):
            raise ValueError(
                f"{shown(text)} is not an origin such as https://www.example.org, or https://*.example.org for all "
                "subdomains"
            )
        return cls(parts.scheme, host, None if port == _PORTS[parts.scheme] else port, is_wildcard)

    def allows(self, origin: str) -> bool:
        """Whether a request's `Origin` is one of these; "null" and what is no origin never are."""
        try:
            other = Origin.of(origin)
        except ValueError:
            return False
        if other.is_wildcard or (self.scheme, self.port) != (other.scheme, other.port):
            return False
        return other.host.endswith(f".{self.host}") if self.is_wildcard else other.host == self.host

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{'*.' if self.is_wildcard else ''}{self.host}{port}"


@dataclass(frozen=True, slots=True)
class SiteText:
    """A text of an operator's: by language (primary subtag), or, under "", for readers of every language."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    def said(self, say: Wording, language: str) -> str:
        """In the language of `say`, else in `language`, the site's, else in English or whatever there is; "" if none.

        A text for every language that is a sentence of ours is said as `say` says it.
        """
        for tag in filter(None, (say.language, language, "en")):
            if text := self.by_language.get(primary_language(tag)):
                return text
        text = next(iter(self.by_language.values()), "")
        return say(text) if "" in self.by_language else text

    def __bool__(self) -> bool:
        return bool(self.by_language)


NO_TEXT: Final = SiteText()


@dataclass(frozen=True, slots=True)
class WidgetSite:
    """A web site with the widget, as the operator describes it; docs/sites.md tells of each field.

    What is empty is the installation's. `greeting` and `tips` have a line for each paragraph and each tip. Colours are
    #rrggbb, "" for the design's own.
    """

    id: str
    origins: tuple[Origin, ...]
    title: SiteText = NO_TEXT
    label: SiteText = NO_TEXT
    greeting: SiteText = NO_TEXT
    tips: SiteText = NO_TEXT
    privacy_url: SiteText = NO_TEXT
    contact: SiteText = NO_TEXT
    contact_url: SiteText = NO_TEXT
    symptom_check_url: SiteText = NO_TEXT
    disclaimer: SiteText = NO_TEXT
    language: str = ""
    country: str = ""
    accent: str = ""
    accent_dark: str = ""
    position: Literal["right", "left"] = "right"
    remember: Literal["browser", "tab", "no"] = "browser"
    topics: tuple[str, ...] = ()

    @property
    def channel(self) -> str:
        """The channel that its messages are recorded as."""
        return f"widget-{self.id}"

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may use the widget as this site."""
        return any(each.allows(origin) for each in self.origins)


@dataclass(frozen=True, slots=True)
class WidgetSites:
    """The web sites that may have the widget; without any, every site may."""

    by_id: Mapping[str, WidgetSite] = field(default_factory=dict)

    def named(self, site_id: str | None) -> WidgetSite | None:
        """The site of this id; None where none is named. Raises InvalidQuery for an unknown one."""
        if not site_id:
            return None
        if site_id not in self.by_id:
            # The others are not listed: who has the service is no business of whoever asks.
            known = "is not known" if self.by_id else "is not known: none is set up"
            raise InvalidQuery(f"site: {shown(site_id)} {known}; leave it out, or name one of DOCTORS_NOTE_SITES")
        return self.by_id[site_id]

    def check(self, origin: str, site: WidgetSite | None = None) -> None:
        """Raise Forbidden if pages of `origin` may not use the widget as `site`, or, without it, as any."""
        allowed = (site,) if site else tuple(self.by_id.values())
        if allowed and not any(each.allows(origin) for each in allowed):
            whose = f"the site {site.id!r}" if site else "a site"
            raise Forbidden(
                f"origin: pages of {shown(origin)} may not use the widget; to let them, the operator of this service "
                f"adds it to the origins of {whose} in the file of DOCTORS_NOTE_SITES"
            )

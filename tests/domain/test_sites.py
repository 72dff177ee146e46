"""Whose pages may use the widget, and in what words of their own."""

from __future__ import annotations

import pytest

from bot.domain.errors import Forbidden, InvalidQuery
from bot.domain.sites import Origin, SiteText, WidgetSite, WidgetSites
from bot.domain.wording import ENGLISH, Wording


@pytest.mark.parametrize(
    ("listed", "origin", "is_allowed"),
    [
        ("https://www.example.org", "https://www.example.org", True),
        ("https://www.example.org", "https://www.example.org:443", True),
        ("https://www.example.org/", "https://WWW.example.org", True),
        ("https://www.example.org", "http://www.example.org", False),
        ("https://www.example.org", "https://www.example.org:8443", False),
        ("https://www.example.org", "https://example.org", False),
        ("https://www.example.org", "https://www.example.org.evil.example", False),
        ("https://www.example.org", "https://evilwww.example.org", False),
        ("https://www.example.org:8443", "https://www.example.org:8443", True),
        ("https://*.example.org", "https://a.example.org", True),
        ("https://*.example.org", "https://a.b.example.org", True),
        ("https://*.example.org", "https://example.org", False),
        ("https://*.example.org", "https://evilexample.org", False),
        ("https://*.example.org", "https://*.example.org", False),
        ("https://*.example.org:8443", "https://a.example.org", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("http://[::1]:8080", "http://[::1]:8080", True),
        ("https://www.example.org", "null", False),
        ("https://www.example.org", "", False),
        ("https://www.example.org", "https://www.example.org@evil.example", False),
        ("https://www.example.org", "https://www.example.org:99999", False),
        ("https://www.example.org", "https://[", False),
    ],
)
def test_an_origin_is_allowed_as_it_is_listed(listed: str, origin: str, is_allowed: bool) -> None:
    """Scheme, host and port must be the same; a star stands for subdomains and nothing else."""
    assert Origin.of(listed).allows(origin) is is_allowed


@pytest.mark.parametrize(
    "text",
    ["", "*", "null", "example.org", "ftp://example.org", "https://", "https://*", "https://*.org", "https://a.*.org",
     "https://example.org/page", "https://example.org?x", "https://me@example.org", "https://example.org:x"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    """A path, a lone star, a whole top-level domain: none is an origin."""
    with pytest.raises(ValueError, match="is not an origin"):
        Origin.of(text)


def test_a_text_is_said_in_the_readers_language() -> None:
    """Else in the site's, else in English, else in whatever there is."""
    text = SiteText({"en": "Ask", "es": "Pregunta", "ar": "اسأل"})
    assert text.said(Wording("es"), "ar") == "Pregunta"
    assert text.said(Wording("fr"), "ar-EG") == "اسأل"
    assert text.said(Wording("fr"), "de") == "Ask"
    assert SiteText({"de": "Frag"}).said(ENGLISH, "") == "Frag"
    assert SiteText({"": "Ask us"}).said(Wording("es"), "") == "Ask us"
    assert SiteText().said(ENGLISH, "en") == ""


def test_sites_say_whose_pages_may() -> None:
    """Those of the site that is named, else of any; without sites, every page."""
    north = WidgetSite("north", (Origin.of("https://north.example.org"),))
    south = WidgetSite("south", (Origin.of("https://south.example.org"),))
    sites = WidgetSites({"north": north, "south": south})
    sites.check("https://south.example.org")
    sites.check("https://south.example.org", sites.named("south"))
    with pytest.raises(Forbidden, match=r"'https://south\.example\.org' may not .* origins of the site 'north'"):
        sites.check("https://south.example.org", north)
    with pytest.raises(Forbidden):
        sites.check("null")
    with pytest.raises(InvalidQuery, match="'west' is not known; leave it out"):
        sites.named("west")
    with pytest.raises(InvalidQuery, match="none is set up"):
        WidgetSites().named("west")
    WidgetSites().check("null")

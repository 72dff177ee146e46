"""What the tests of the widget share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.hosts import host_page, open_host, strict_policy
from tests.web.widget.embedded import a_browser, a_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from tests.web.site import Site


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """The pages of the host site, by path."""
    chat = "<doctors-note-chat"
    button = "<button id=own>Ask us</button><button id=next>Next</button>"
    return {
        "/": host_page(site.address),
        "/arabic": host_page(site.address, language="ar"),
        "/asked": host_page(site.address, script='data-heading="Our desk" data-label="Help" data-accent="#ffe600"'),
        "/manual": host_page(site.address, script="data-manual"),
        "/placed": host_page(site.address, body=f"{chat} heading=Placed></doctors-note-chat>"),
        "/twice": host_page(site.address, head=f'<script src="{site.address}/widget.js"></script>'),
        "/two": host_page(site.address, body=f"{chat} display=inline></doctors-note-chat>" * 2),
        "/inline": host_page(site.address, body=f"{button}{chat} display=inline></doctors-note-chat>"),
        "/memory": host_page(site.address, script='data-remember="no"'),
        "/tab": host_page(site.address, script='data-remember="tab"'),
        "/open": host_page(site.address, script="data-open", body=button),
    }


@pytest.fixture(scope="module")
def host(site: Site, pages: dict[str, str]) -> Iterator[str]:
    """The address of the host site."""
    with open_host(pages, strict_policy(site.address)) as address:
        yield address


@pytest.fixture
def context(site: Site) -> Iterator[BrowserContext]:
    """A browser with nothing in its storage."""
    with a_browser(site) as opened:
        yield opened


@pytest.fixture
def page(site: Site, context: BrowserContext) -> Page:
    return a_page(site, context)

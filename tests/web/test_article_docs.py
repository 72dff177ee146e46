"""What `docs/article-pages.md` tells a reader to type works."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.web.test_article_pages import SIGNED, put

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from bot.bootstrap import Installation


def test_a_quotation_is_checked_by_hand(client: TestClient, installation: Installation) -> None:
    """The command prints the hash that the page shows, for the address that it names."""
    told = re.search(r"```\n(curl .*?)\n```", (ROOT / "docs/article-pages.md").read_text(), re.DOTALL)
    assert told
    fetch, _, command = told[1].partition(" | ")
    path = fetch.partition("https://health.example.org")[2]
    put(installation, SIGNED)
    for each, article_id in ((path, "jet-lag"), ("/api/v1/articles/signed/revisions/1", "signed")):
        given = client.get(each)
        assert given.status_code == 200
        done = subprocess.run(["/bin/sh", "-c", command], input=given.content, capture_output=True, check=True)
        assert done.stdout.decode().strip() == installation.core.store.article(article_id).revision.sha256
        assert done.stdout.decode().strip() in client.get(f"/articles/{article_id}").text

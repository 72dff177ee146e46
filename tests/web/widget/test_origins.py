"""Whose pages may use the widget, as a browser sees it, and that our own pages work under their own policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.domain.staff import Role
from tests.web.hosts import open_host
from tests.web.site import open_site

if TYPE_CHECKING:
    from pathlib import Path

    from bot.service.core import Safety
    from embeddings.encoder import Encoder

pytestmark = pytest.mark.browser

ASK = """async (address) => {
  const body = JSON.stringify({ message: "How long does jet lag last?", site: "clinic" });
  const headers = { "content-type": "application/json" };
  const response = await fetch(address + "/api/v1/ask", { method: "POST", headers, body });
  const told = await response.json();
  return [response.status, told.outcome ?? told.detail];
}"""


def test_only_listed_pages_may_ask(bundled_folder: Path, tmp_path: Path, encoder: Encoder, safety: Safety) -> None:
    """A listed page reads its answer; another one reads why it gets none. Staff's preview follows what is typed."""
    pages = {"/": "<!doctype html><title>A clinic</title>"}
    with open_host(pages, "") as listed, open_host(pages, "") as stranger:
        folder = tmp_path / "var"
        folder.mkdir()
        (folder / "sites.yaml").write_text(f"sites: {{clinic: {{origins: ['{listed}']}}}}", encoding="utf-8")
        with open_site(bundled_folder, folder, encoder, safety) as site:
            page = site.browser.new_page()
            page.goto(listed)
            assert page.evaluate(ASK, site.address) == [200, "answer"]
            page.goto(stranger)
            status, detail = page.evaluate(ASK, site.address)
            assert (status, "DOCTORS_NOTE_SITES" in detail) == (403, True)

            editor = site.staff("jo", Role.EDITOR)
            editor.goto(f"{site.address}/staff/articles/new")
            editor.locator("[name=question]").fill("How long does a hiccup last?")
            expect(editor.locator("#preview")).to_contain_text("How long does a hiccup last?")
            assert site.complaints == []

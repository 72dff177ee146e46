"""The application over the bundled library, without a server and with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from bot.web.app import create_app
from tests.web.site import open_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.bootstrap import Installation
    from bot.service.core import Safety
    from embeddings.encoder import Encoder
    from tests.web.site import Site


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    """A client of the application."""
    with TestClient(create_app(installation.desk)) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(
    bundled_folder: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, safety: Safety
) -> Iterator[Site]:
    """One service for a module's tests in browsers. At their end no browser has complained of a page of ours."""
    with open_site(bundled_folder, tmp_path_factory.mktemp("site") / "var", encoder, safety) as opened:
        yield opened
        assert opened.complaints == []

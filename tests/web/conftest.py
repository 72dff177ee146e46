"""The application over the bundled library, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from bot.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.bootstrap import Installation


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    """A client of the application."""
    with TestClient(create_app(installation.desk)) as opened:
        yield opened

"""Whose emergency numbers are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import load_emergencies
from bot.config import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoder import Encoder


@pytest.mark.parametrize(
    ("sent", "configured", "shown"),
    [("", "ES", "ES"), ("gb", "ES", "GB"), ("ZZ", "ES", "ES"), ("", "", ""), ("ZZ", "", "")],
)
def test_the_country_of_a_message_counts_and_else_the_site_s(
    models_dir: Path, encoder: Encoder, sent: str, configured: str, shown: str
) -> None:
    """A message that names none, or one without numbers, gets the site's; only where both lack are regions named."""
    safety = load_emergencies(Settings(data_dir=models_dir.parent), encoder)
    country = safety.country(sent, configured)
    assert country is safety.countries[shown]
    assert bool(country.regions) == (shown == "")

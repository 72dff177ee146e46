"""Whatever breaks in what is said, somebody in an emergency is told whom to call."""

from __future__ import annotations

from dataclasses import replace
from gettext import NullTranslations
from typing import TYPE_CHECKING

import pytest

from bot.domain import texts
from bot.domain.message import Inbound
from bot.domain.wording import Wording
from bot.service.asking import ask

if TYPE_CHECKING:
    from bot.bootstrap import Installation


class BrokenCatalogue(NullTranslations):
    """Cannot say one sentence; None: any."""

    def __init__(self, unsayable: str | None) -> None:
        super().__init__()
        self._unsayable = unsayable

    def gettext(self, message: str) -> str:
        if self._unsayable in {None, message}:
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
        return message


class BrokenWordings:
    """The port `Wordings`, with nothing but a broken catalogue."""

    def __init__(self, unsayable: str | None) -> None:
        self._wording = Wording("es", translations=BrokenCatalogue(unsayable))

    @property
    def languages(self) -> tuple[str, ...]:
        return (self._wording.language,)

    def of(self, *languages: str) -> Wording:
        return self._wording

    def name(self, language: str, wording: Wording) -> str:
        return language


@pytest.mark.parametrize("unsayable", [None, texts.DISCLAIMER], ids=["nothing can be said", "all but the disclaimer"])
def test_an_emergency_is_told_without_a_catalogue(installation: Installation, unsayable: str | None) -> None:
    """In English then, down to the disclaimer at its end."""
    conversing = replace(installation.core.conversing, wordings=BrokenWordings(unsayable))
    reply = ask(
        replace(installation.core, conversing=conversing), Inbound("I have crushing chest pain and I'm sweating")
    )
    assert (reply.outcome, reply.language, reply.signs) == ("emergency", "en", ("heart",))
    assert "emergency number" in reply.blocks[0].text
    assert reply.blocks[-1].text == texts.DISCLAIMER

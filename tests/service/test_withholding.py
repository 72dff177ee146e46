"""A question that its patient does not want seen is gone, also where a reply to it is on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.message import Inbound
from bot.service.asking import ask
from bot.store import SqlStore, open_engine

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from bot.bootstrap import Installation
    from bot.ports.turns import Conversation


class WithheldMeanwhile(SqlStore):
    """Between a conversation's being read and the next turn's being kept, its patient withholds the last question."""

    def conversation(self, session_id: str, since: dt.datetime, limit: int) -> Conversation:
        found = super().conversation(session_id, since, limit)
        self.withhold(session_id, found.turns[0].id)
        return found


def test_words_withheld_at_that_moment_do_not_come_back(installation: Installation, data_dir: Path) -> None:
    """A rejected answer asks the question again; its words are those that are kept then, and none are."""
    core = installation.core
    first = ask(core, Inbound("how long does a sprained ankle take to heal"))
    meanwhile = WithheldMeanwhile(open_engine(f"sqlite:///{data_dir / 'library.sqlite'}"), core.clock)
    rejected = ask(replace(core, store=meanwhile), Inbound("that is not what I asked", first.session_id))
    meanwhile.close()
    assert rejected.outcome in {"choices", "unmatched"}
    assert [turn.question for turn in core.store.turns(first.session_id)] == [None, None]

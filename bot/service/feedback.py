"""Keep what a patient thinks of a reply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.domain.errors import NotFound, shown
from bot.ports.turns import Feedback

if TYPE_CHECKING:
    from bot.domain.feedback import GivenFeedback
    from bot.service.core import Core

_TURN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


def give_feedback(core: Core, given: GivenFeedback) -> None:
    """Keep it, its comment redacted, in place of what was given on that turn before. Raises NotFound, Unavailable."""
    if not _TURN_ID.fullmatch(given.turn_id):
        raise NotFound(f"there is no turn {shown(given.turn_id)}")
    feedback = Feedback(
        turn_id=given.turn_id,
        helpful=given.helpful,
        reason=given.reason,
        comment=core.redactor.redacted(given.text) if given.text else "",
        created=core.clock(),
    )
    core.store.give_feedback(given.session_id, feedback)

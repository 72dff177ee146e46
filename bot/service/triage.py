"""Whether a message is an emergency, which comes before everything."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.emergency import Assessment

if TYPE_CHECKING:
    from bot.ports import Query
    from bot.service.core import Core, Safety

_log = logging.getLogger(__name__)


def triage(core: Core, text: str, query: Query | None) -> Assessment:
    """What the emergency rules say of a message. Never raises: if they break, the assessment says so.

    `query` is the message as the retriever read it; None where that cannot be had, and the rules stand alone.
    """
    return assess(core.safety, text, query)


def assess(safety: Safety, text: str, query: Query | None) -> Assessment:
    """As `triage`, of the parts that it needs."""
    try:
        likeness = None if query is None else _likeness(safety, query)
        detected = safety.languages.detect(text)
        return safety.detector.assess(
            text, query.text if query else "", likeness, detected.language if detected else ""
        )
    except Exception as error:  # noqa: BLE001  a fault in the rules must not cost the reply that warns of it
        _log.error("emergency_detector_failed", extra={"reason": type(error).__name__})
        return Assessment(broken=True)


def _likeness(safety: Safety, query: Query) -> float | None:
    """None, too, where it cannot be told: the rules alone are better than none."""
    try:
        return safety.likeness.of(query)
    except Exception as error:  # noqa: BLE001  see above
        _log.error("emergency_likeness_failed", extra={"reason": type(error).__name__})
        return None

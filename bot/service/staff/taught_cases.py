"""Every taught phrasing is a case: asked as a patient asks, it gets the article that it was taught to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidMessage
from bot.domain.reply import Outcome
from bot.service.staff.teaching_preview import reaction_of
from bot.service.staff.unrecorded import ask_unrecorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.service.staff.desk import Desk


@dataclass(frozen=True, slots=True)
class LostCase:
    """A taught phrasing that is neither quoted its article nor offered it, and what it gets instead.

    `probability` is that of the best candidate, None where nothing was looked for.
    """

    phrasing: str
    article_id: str
    outcome: str
    instead: tuple[str, ...]
    probability: float | None


@dataclass(frozen=True, slots=True)
class TaughtReport:
    """What became of all taught phrasings.

    Of `n` that were asked, `quoted` got their article, as an answer or beside the notice of an emergency, and `offered`
    only as one of the choices; the others are `lost`. `unserved` are phrasings of articles that patients do not see
    now, which are not asked.
    """

    n: int
    quoted: int
    offered: int
    unserved: int
    lost: tuple[LostCase, ...]


# What somebody who imports in a browser waits for, some tens of milliseconds each.
FEW: Final = 200


def ask_few_taught(desk: Desk) -> TaughtReport | None:
    """The same after an import in a browser; None where that would keep somebody waiting, as a large import would."""
    taught = desk.past.all_taught()
    if len(taught) > FEW:
        return None
    if taught:
        desk.rehearser.as_it_is()  # which brings the index in line, unless much changed
        if desk.core.retriever.backlog:
            return None
    return ask_taught(desk)


def _nobody(_done: int, _total: int) -> None:
    """Tell nobody."""


def ask_taught(desk: Desk, progress: Callable[[int, int], None] = _nobody) -> TaughtReport:
    """Ask every taught phrasing of the library as it is, with that phrasing in the index, and keep nothing of it.

    `progress` is told of phrasings done, and of all. Raises Unavailable.
    """
    taught = desk.past.all_taught()
    if not taught:
        return TaughtReport(0, 0, 0, 0, ())
    cases = [each for each in taught if each.is_served]
    retriever = desk.rehearser.as_it_is()
    retriever.prepare([each.text for each in cases])
    quoted = offered = 0
    lost = []
    for done, case in enumerate(cases, start=1):
        try:
            reply = ask_unrecorded(desk.core, case.text, case.language, retriever).reply
        except InvalidMessage:
            lost.append(LostCase(case.text, case.article_id, Outcome.UNMATCHED, (), None))
            continue
        reaction = reaction_of(reply)
        if reply.quotation and reply.quotation.article_id == case.article_id:
            quoted += 1
        elif case.article_id in reaction.article_ids:
            offered += 1
        else:
            lost.append(
                LostCase(case.text, case.article_id, reaction.outcome, reaction.article_ids, reaction.probability)
            )
        progress(done, len(cases))
    return TaughtReport(len(cases), quoted, offered, len(taught) - len(cases), tuple(lost))

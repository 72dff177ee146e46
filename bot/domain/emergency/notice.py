"""What a person is shown in an emergency: whom to call, first and before anything else, and what to do until then.

All sentences are named by their English text, and said in the reader's language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.blocks import Block, BlockType
from bot.domain.emergency.signs import Contact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.emergency.signs import Country, Line, Sign
    from bot.domain.wording import Wording

# Signs beyond these are not spelled out: a person in need reads a few lines.
_SPELLED_OUT: Final = 2
_LOCAL: Final = "your local emergency number"

CALL_NOW: Final = "This may be an emergency. Call {number} now."
CALL_ANYWHERE: Final = "This may be an emergency. Call your local emergency number now."
TALK_NOW: Final = "You are not alone. Call {crisis} now, at any hour. If life is in danger, call {number}."
TALK_ANYWHERE: Final = "You are not alone. Call a crisis line or your local emergency number now."
DANGER_NOW: Final = "If you are in danger, call {number} now."
DANGER_ANYWHERE: Final = "If you are in danger, call the police or your local emergency number now."
MAY_BE: Final = "If this may be an emergency, call {number} now."
MAY_BE_ANYWHERE: Final = "If this may be an emergency, call your local emergency number now."
DO_NOT: Final = "What not to do"
NO_TRIAGE: Final = "A computer program picked up words that can mean danger. It can be wrong. If you are unsure, call."
STAY_ON_THE_LINE: Final = "Tell them what happened and where you are, and stay on the line."
CALL: Final = "Call {number}"
CALL_NAMED: Final = "Call {name}: {number}"
CALL_IN: Final = "{region}: call {number}"


def emergency_blocks(signs: Sequence[Sign], country: Country, say: Wording) -> tuple[Block, ...]:
    """What is shown for `signs`, the most urgent first; none of them is needed.

    The notice with the number to call stands first; links to call follow it.
    """
    number = _number(country, say)
    blocks = list(call_blocks(signs, country, say))
    spelled_out = signs[:_SPELLED_OUT]
    for sign in spelled_out:
        blocks.append(Block(BlockType.HEADING, say(sign.title)))
        blocks.append(Block(BlockType.LIST, items=tuple(_said(line, number, say) for line in sign.advice)))
        if sign.avoid:
            blocks.append(Block(BlockType.PARAGRAPH, say(DO_NOT)))
            blocks.append(Block(BlockType.LIST, items=tuple(_said(line, number, say) for line in sign.avoid)))
    if not any(sign.id in {"suicide", "violence"} for sign in spelled_out):
        blocks.append(Block(BlockType.PARAGRAPH, say(STAY_ON_THE_LINE)))
    blocks.append(Block(BlockType.PARAGRAPH, say(NO_TRIAGE)))
    return tuple(blocks)


def call_blocks(signs: Sequence[Sign], country: Country, say: Wording) -> tuple[Block, ...]:
    """The notice with the number to call for `signs`, and links to call."""
    return (Block(BlockType.NOTICE, _notice(signs, country, say)), *_calls(signs, country, say))


def fallback_block(country: Country, say: Wording) -> Block:
    """The line that every reply carries while the emergency rules themselves do not work."""
    lines = country.lines_for(Contact.EMERGENCY)
    text = say(MAY_BE, number=lines[0].number) if lines else say(MAY_BE_ANYWHERE)
    return Block(BlockType.NOTICE, text, href=lines[0].href if lines else None)


def sentences(signs: Mapping[str, Sign]) -> Iterator[str]:
    """Every sentence of ours that an emergency may show, for the catalogues."""
    yield from (
        CALL_NOW, CALL_ANYWHERE, TALK_NOW, TALK_ANYWHERE, DANGER_NOW, DANGER_ANYWHERE, MAY_BE, MAY_BE_ANYWHERE, DO_NOT,
        NO_TRIAGE, STAY_ON_THE_LINE, CALL, CALL_NAMED, CALL_IN, _LOCAL,
    )  # fmt: skip
    for sign in signs.values():
        yield sign.title
        yield from (*sign.advice, *sign.avoid)


def _notice(signs: Sequence[Sign], country: Country, say: Wording) -> str:
    emergency = country.lines_for(Contact.EMERGENCY)
    first = signs[0] if signs else None
    if first and first.id == "suicide":
        crisis = country.lines_for(Contact.CRISIS)
        if crisis and emergency:
            return say(TALK_NOW, crisis=_named(crisis[0]), number=emergency[0].number)
        return say(CALL_NOW, number=emergency[0].number) if emergency else say(TALK_ANYWHERE)
    if first and first.id == "violence":
        police = country.lines_for(Contact.POLICE) or emergency
        return say(DANGER_NOW, number=police[0].number) if police else say(DANGER_ANYWHERE)
    return say(CALL_NOW, number=emergency[0].number) if emergency else say(CALL_ANYWHERE)


def _calls(signs: Sequence[Sign], country: Country, say: Wording) -> Iterator[Block]:
    """Links to call: the lines that the signs need, the emergency number always; where unknown, those of regions."""
    wanted = [contact for sign in signs[:_SPELLED_OUT] for contact in sign.contacts]
    first = [Contact.CRISIS] if signs and signs[0].id == "suicide" else []
    if signs and signs[0].id == "violence":
        first = [Contact.POLICE]
    seen = set()
    for contact in dict.fromkeys((*first, Contact.EMERGENCY, *wanted)):
        for line in country.lines_for(contact):
            if line.number not in seen:
                seen.add(line.number)
                yield _call(line, say)
    for region, line in country.regions:
        yield Block(BlockType.LINK, say(CALL_IN, region=say(region), number=line.number), href=line.href)


def _call(line: Line, say: Wording) -> Block:
    text = say(CALL_NAMED, name=line.name, number=line.number) if line.name else say(CALL, number=line.number)
    return Block(BlockType.LINK, text, href=line.href)


def _named(line: Line) -> str:
    return f"{line.name} ({line.number})" if line.name else line.number


def _number(country: Country, say: Wording) -> str:
    lines = country.lines_for(Contact.EMERGENCY)
    return lines[0].number if lines else say(_LOCAL)


def _said(line: str, number: str, say: Wording) -> str:
    return say(line, number=number) if "{number}" in line else say(line)

"""Measures the emergency rules on messages of which it is known whether they are emergencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.errors import UnreadableFile, shown
from bot.retrieval import EncodedQuery
from bot.service.triage import assess
from embeddings.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.service.core import Safety
    from embeddings.encoder import Encoder

# Messages encoded between two reports of progress.
_SLICE = 64


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A message, and whether it is an emergency."""

    is_emergency: bool
    text: str


def read_messages(path: Path) -> list[LabelledMessage]:
    """The messages of a file of lines `label<TAB>text`, label 1 or 0; further columns are left alone.

    Raises UnreadableFile, naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}") from error
    messages = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        label, *rest = line.rstrip("\r").split("\t")
        if label.strip() not in {"0", "1"} or not rest or not rest[0].strip():
            raise UnreadableFile(
                f"{path}, line {number}: {shown(line)} is not a label, 1 (an emergency) or 0, a tab and a text"
            )
        messages.append(LabelledMessage(label.strip() == "1", rest[0]))
    if not messages:
        raise UnreadableFile(f"{path} has no message; a label, 1 or 0, a tab and a text are expected on each line")
    return messages


def alarmed(safety: Safety, encoder: Encoder, texts: Sequence[str], progress: Callable[[int, int], None]) -> list[bool]:
    """Whether each text is taken for an emergency, as it is in a conversation.

    Slips are mended by the dictionary alone: which library a message is asked of does not matter here.
    """
    speller = Speller()
    found = []
    for start in range(0, len(texts), _SLICE):
        some = texts[start : start + _SLICE]
        mended = [speller.mended(text) for text in some]
        for text, read, vector in zip(some, mended, encoder.encode(mended), strict=True):
            found.append(assess(safety, text, EncodedQuery(read, vector)).is_emergency)
        progress(len(found), len(texts))
    return found


def triage_metrics(messages: Sequence[LabelledMessage], found: Sequence[bool]) -> dict[str, Any]:
    """`n`, `recall`, `false_alarm_rate` (None where there is nothing to measure), `missed`, `wrongly_alarmed`."""
    judged = list(zip(messages, found, strict=True))
    missed = [message.text for message, alarm in judged if message.is_emergency and not alarm]
    wrongly = [message.text for message, alarm in judged if alarm and not message.is_emergency]
    emergencies = sum(message.is_emergency for message in messages)
    others = len(messages) - emergencies
    return {
        "n": len(messages),
        "recall": 1 - len(missed) / emergencies if emergencies else None,
        "false_alarm_rate": len(wrongly) / others if others else None,
        "missed": missed,
        "wrongly_alarmed": wrongly,
    }

"""Small talk, read from `data/small_talk/`: how people say things, a file a language, and what is said in reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.domain.errors import shown
from bot.domain.intents import LAST, SMALL_TALK, Intent, Phrases, words_of
from bot.tables import fault, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_REPLIES: Final = "replies.yaml"
_KEYS: Final = ("language", "fillers", "intents", "corrections", "ordinals", "pronouns", "openers", "general")
Replies = dict[Intent, tuple[str, ...]]


def read_phrases(folder: Path) -> tuple[Phrases, ...]:
    """The phrases of every language in `folder`. Raises ConfigurationError, which names the file and the fault."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != _REPLIES)
    if not paths:
        raise fault(folder, "it has no phrases (en.yaml and others)")
    return tuple(_phrases(path) for path in paths)


def read_replies(folder: Path) -> Replies:
    """What is said to each intent, a paragraph each, in English. Raises ConfigurationError."""
    path = folder / _REPLIES
    record = read_table(path)
    replies = {}
    for name, paragraphs in record.items():
        replies[_intent(path, name)] = tuple(_lines(path, name, paragraphs))
    return replies


def _phrases(path: Path) -> Phrases:
    record = read_table(path)
    for key in record:
        if key not in _KEYS:
            raise fault(path, f"{shown(key)} is not one of {', '.join(_KEYS)}")
    intents, ordinals = _mapping(path, record, "intents"), _mapping(path, record, "ordinals")
    places = {name: int(name) for name in ordinals if name == str(LAST) or (name.isdecimal() and int(name) > 0)}
    if unknown := [name for name in ordinals if name not in places]:
        raise fault(path, f"ordinals: {shown(unknown[0])} is not a place in a list, from 1, or {LAST}")
    return Phrases(
        language=str(record.get("language") or path.stem),
        intents={
            phrase: _intent(path, name) for name, lines in intents.items() for phrase in _worded(path, str(name), lines)
        },
        fillers=frozenset(_worded(path, "fillers", record.get("fillers"))),
        corrections=tuple(_worded(path, "corrections", record.get("corrections"))),
        ordinals={
            phrase: places[name] for name, lines in ordinals.items() for phrase in _worded(path, str(name), lines)
        },
        pronouns=_words(path, "pronouns", record),
        openers=tuple(_worded(path, "openers", record.get("openers"))),
        general=_words(path, "general", record),
    )


def _mapping(path: Path, record: Mapping[Any, Any], key: str) -> Mapping[Any, Any]:
    value = record.get(key) or {}
    if not isinstance(value, dict):
        raise fault(path, f"{key} is not a record with keys")
    return value


def _intent(path: Path, name: object) -> Intent:
    if name not in SMALL_TALK:
        raise fault(path, f"{shown(name)} is not one of {', '.join(SMALL_TALK)}")
    return Intent(str(name))


def _lines(path: Path, key: str, value: object) -> Iterator[str]:
    if not isinstance(value, list):
        raise fault(path, f"{key} is not a list")
    for line in value:
        if not isinstance(line, str):
            raise fault(path, f"{key}: {shown(line)} is not text")
        yield line


def _worded(path: Path, key: str, value: object) -> Iterator[tuple[str, ...]]:
    for line in _lines(path, key, value if value is not None else []):
        words = words_of(line)
        if not words:
            raise fault(path, f"{key}: {shown(line)} has no word in it")
        yield words


def _words(path: Path, key: str, record: Mapping[Any, Any]) -> frozenset[str]:
    return frozenset(word for phrase in _worded(path, key, record.get(key)) for word in phrase)

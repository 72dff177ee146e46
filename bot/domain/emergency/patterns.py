"""The little language in which the signs' patterns are written.

    chest / breastbone + pain / hurt*     both in one sentence, in either order, at most ten words apart
    can't > breathe                       the one after the other, with up to four words between
    by >> him                             the one directly after the other
    baby & #38-43                         both in the message, at most 40 words apart; a number in a range
    burn* + @large - calories             unless the last is in the sentence
    = heart attack                        the message has nothing else, but for "help", "please" and the like

A word with "*" stands for all that begin so, "/" parts alternatives, "@name" is a list that many patterns share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise, product
from typing import TYPE_CHECKING, Final

from bot.domain.emergency.words import RANGE, Vocabulary, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bot.domain.emergency.words import Message

_NEAR: Final = 10
_BETWEEN: Final = 4
_APART: Final = 40
# Of a message that repeats itself, no more than so many readings are looked at.
_MAX_READINGS: Final = 16
_MAX_TRIED: Final = 64
_STAR: Final = "\N{GREEK SMALL LETTER OMEGA}"  # a letter, so that it stays with its word

Span = tuple[int, int]
"""The first word and the one after the last."""


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in parts: all of `parts` somewhere, each of pieces in one sentence, each of items in a row.

    Items are numbers of sets of phrases, each with how many words may stand between it and the one before.
    """

    text: str
    parts: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    unless: frozenset[int]
    whole: bool

    @property
    def items(self) -> set[int]:
        """All items that must be there."""
        return {item for part in self.parts for piece in part for item, _ in piece}


@dataclass(slots=True)
class _Node:
    following: dict[int, _Node] = field(default_factory=dict)
    items: list[int] = field(default_factory=list)


class Found:
    """Where items stand in a message, in their order; put together only for those that are asked for."""

    def __init__(self, phrases: Iterable[tuple[Sequence[int], Sequence[Span]]]) -> None:
        """`phrases` are the items of each phrase that was found, and where it stands."""
        self._places: dict[int, list[Sequence[Span]]] = {}
        for items, spans in phrases:
            for item in items:
                if item in self._places:
                    self._places[item].append(spans)
                else:
                    self._places[item] = [spans]
        self._sorted: dict[int, Sequence[Span]] = {}

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __getitem__(self, item: int) -> Sequence[Span]:
        if item not in self._sorted:
            places = self._places.get(item, ())
            self._sorted[item] = places[0] if len(places) == 1 else sorted({span for spans in places for span in spans})
        return self._sorted[item]


class Phrases:
    """All phrases of all patterns, found in one pass over a message."""

    def __init__(self, lists: Mapping[str, Sequence[str]], is_word: Callable[[str], bool]) -> None:
        self._lists = lists
        self._vocabulary = Vocabulary(is_word)
        self._root = _Node()
        self._items: dict[frozenset[str], int] = {}

    def item(self, text: str) -> int:
        """The number of the set of phrases that `text` ("a / b c / @list") names. Raises PatternError."""
        phrases = frozenset(self._alternatives(text, ()))
        if not phrases:
            raise PatternError("it has an empty place")
        if phrases not in self._items:
            number = self._items[phrases] = len(self._items)
            for phrase in phrases:
                self._add(phrase, number)
        return self._items[phrases]

    def pattern(self, text: str) -> Pattern:
        """The pattern that `text` writes. Raises PatternError."""
        body = text.strip()
        whole = body.startswith("=")
        body, *unless = body.removeprefix("=").split(" - ")
        parts = tuple(tuple(self._row(piece) for piece in part.split(" + ")) for part in body.split(" & "))
        return Pattern(text, parts, frozenset(self.item(each) for each in unless), whole)

    def _row(self, text: str) -> tuple[tuple[int, int], ...]:
        first, *rest = re.split(r" (>>?) ", text)
        row = [(self.item(first), 0)]
        for how, item in zip(rest[::2], rest[1::2], strict=True):
            row.append((self.item(item), _BETWEEN if how == ">" else 0))
        return tuple(row)

    def found(self, message: Message, mended: Sequence[str] = (), *, slips: bool = True) -> Found:
        """Where each item stands in `message`; `mended` has each word as a spelling checker reads it.

        Without `slips`, words are only what they are.
        """
        others = mended or ("",) * len(message.words)
        readings = [
            self._vocabulary.read(word, other if other != word else "", slips=slips)
            for word, other in zip(message.words, others, strict=True)
        ]
        sentences, count = message.sentences, len(readings)
        spans: dict[int, list[Span]] = {}
        ends: dict[int, _Node] = {}
        root = self._root.following
        for start in range(count):
            nodes = [root[number] for number in readings[start] if number in root]
            place = start + 1
            while nodes:
                for node in nodes:
                    if node.items:
                        key = id(node)
                        if key in spans:
                            spans[key].append((start, place))
                        else:
                            spans[key] = [(start, place)]
                            ends[key] = node
                if place >= count or sentences[place] != sentences[start]:
                    break
                following = readings[place]
                nodes = [node.following[number] for node in nodes for number in following if number in node.following]
                place += 1
        return Found([(node.items, spans[key]) for key, node in ends.items()])

    def _alternatives(self, text: str, within: tuple[str, ...]) -> Iterator[str]:
        for phrase in map(str.strip, f" {text.strip()} ".split(" / ")):
            if phrase.startswith("@"):
                if phrase[1:] not in self._lists or phrase in within:
                    raise PatternError(f"there is no list {phrase}, or it is in itself")
                for each in self._lists[phrase[1:]]:
                    yield from self._alternatives(each, (*within, phrase))
            elif phrase:
                yield phrase

    def _add(self, phrase: str, item: int) -> None:
        node = self._root
        for word in _words_of(phrase):
            node = node.following.setdefault(self._vocabulary.number(word), _Node())
        if item not in node.items:
            node.items.append(item)


def _words_of(phrase: str) -> list[str]:
    words = []
    for part in phrase.split():
        if part.startswith("#"):
            if RANGE.fullmatch(part) is None:
                raise PatternError(f"{part} is not a range of numbers, like #38-43")
            words.append(part)
        else:
            words += [word.replace(_STAR, "*") for word in words_of(part.replace("*", _STAR))]
    if not any(map(str.isalnum, "".join(words))) or any(sign in phrase for sign in "+>&@="):
        raise PatternError(f"{phrase!r} is no word or phrase")
    return words


class PatternSet:
    """Patterns that are looked for together, each with what it stands for."""

    def __init__(self, phrases: Phrases, patterns: Iterable[tuple[str, str]]) -> None:
        """`patterns` are pairs of what is meant and the pattern's text. Raises PatternError."""
        self.patterns = [(meant, phrases.pattern(text)) for meant, text in patterns]
        self._wanted = [len(pattern.items) for _, pattern in self.patterns]
        self._users: dict[int, list[int]] = defaultdict(list)
        for number, (_, pattern) in enumerate(self.patterns):
            for item in pattern.items:
                self._users[item].append(number)

    def matches(
        self, message: Message, found: Found, filler: frozenset[int]
    ) -> Iterator[tuple[str, Iterator[tuple[Span, ...]]]]:
        """What is meant by each pattern that can be read in `message`, and its readings.

        `found` is where the items stand; `filler` are the places of words that do not count.
        """
        have = Counter(chain.from_iterable(self._users[item] for item in found if item in self._users))
        for number, count in have.items():
            if count == self._wanted[number]:
                meant, pattern = self.patterns[number]
                readings: Iterator[tuple[Span, ...]] = islice(_readings(pattern, message, found), _MAX_READINGS)
                if pattern.whole:
                    size = len(message.words) - len(filler)
                    readings = (each for each in readings if sum(end - start for start, end in each) >= size)
                yield meant, readings


def _readings(pattern: Pattern, message: Message, found: Found) -> Iterator[tuple[Span, ...]]:
    sentences = message.sentences
    barred = {sentences[start] for item in pattern.unless for start, _ in found[item]}
    parts = [list(islice(_in_a_sentence(part, sentences, found), _MAX_READINGS)) for part in pattern.parts]
    for combined in islice(product(*parts), _MAX_TRIED):
        spans = tuple(span for reading in combined for span in reading)
        starts = [start for start, _ in spans]
        if max(starts) - min(starts) <= _APART and not any(sentences[start] in barred for start in starts):
            yield spans


def _in_a_sentence(
    part: Sequence[Sequence[tuple[int, int]]], sentences: Sequence[int], found: Found
) -> Iterator[tuple[Span, ...]]:
    pieces = [list(islice(_in_a_row(piece, sentences, found), _MAX_READINGS)) for piece in part]
    for combined in islice(product(*pieces), _MAX_TRIED):
        spans = tuple(span for reading in combined for span in reading)
        if len(combined) == 1:
            yield spans
            continue
        ordered = sorted(spans)
        near = all(
            later[0] - earlier[1] <= _NEAR and later[0] >= earlier[1] and sentences[later[0]] == sentences[earlier[0]]
            for earlier, later in pairwise(ordered)
        )
        if near:
            yield spans


def _in_a_row(piece: Sequence[tuple[int, int]], sentences: Sequence[int], found: Found) -> Iterator[tuple[Span, ...]]:
    def going_on(before: tuple[Span, ...], rest: Sequence[tuple[int, int]]) -> Iterator[tuple[Span, ...]]:
        if not rest:
            yield before
            return
        last = before[-1]
        item, between = rest[0]
        for span in found[item]:
            if span[0] > last[1] + between:
                break
            if span[0] >= last[1] and sentences[span[0]] == sentences[last[0]]:
                yield from going_on((*before, span), rest[1:])

    for span in found[piece[0][0]]:
        yield from going_on((span,), piece[1:])

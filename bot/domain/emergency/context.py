"""What a message says of what stands in it: that it is not so, was long ago, is only asked about, is a story."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from bot.domain.emergency.words import AND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.emergency.patterns import Found, Span
    from bot.domain.emergency.words import Message

FRAMES: Final = (
    "negators",  # "no", "without": what follows is not so
    "no_negators",  # "not sure", "no idea why": they look like negators
    "ended",  # "has stopped", "is gone": what stands before is over
    "past",  # "years ago", "as a child"
    "lately",  # "last month", "in june": perhaps over
    "had",  # "had", "suffered": past, unless something says that it is now
    "recent",  # "now", "since this morning": brings the past back
    "governs",  # "symptoms of", "risk of", "recovering from": what follows is only talked about
    "follows",  # "symptoms", "survivor": what stands before is only talked about
    "asks",  # "what is", "can", "how do you": a question of knowledge, where it is nobody's own
    "opens",  # "is", "can": asks the same, where it opens a clause
    "what_now",  # "what should i do": asks of what is happening, not of knowledge
    "supposes",  # "if", "in case"
    "tells",  # "novel", "first aid course": the whole message is about something else
    "idioms",  # "heart attack when i saw the bill": words that mean something else
    "own",  # "my", "i", "he": somebody's own
    "anybody",  # "someone", "people", "you"
    "real",  # "help", "right now", "call an ambulance": it is happening
    "turns",  # "but": a new clause
    "starts",  # "i", "my", "she": a new clause, after a comma or an "and"
    "filler",  # "help", "please": do not count where a message is nothing but a sign
    "foreign",  # words of other languages than English that few messages do without
    "small",  # "a little", "mild"
    "well",  # "feel fine", "as usual": there is less to fear
    "events",  # "stroke", "heart attack": what one "had" is over
)
_NEGATED_WITHIN: Final = 6
_GOVERNED_WITHIN: Final = 7
_FOLLOWED_WITHIN: Final = 5
_YEARS: Final = range(1900, 2101)
_BEFORE_A_YEAR: Final = frozenset(
    ("in", "since", "of", "from", "back", "around", "en", "desde", "year", "late", "early")
)
_LISTING: Final = frozenset(("or", "nor", "o", "ni", "او", "ولا"))


class Level(IntEnum):
    """How much a reading says that it is happening."""

    NONE = 0
    TALKED_ABOUT = 1
    DOUBTFUL = 2
    PLAIN = 3


@dataclass(frozen=True, slots=True)
class Context:
    """Where each frame stands in a message."""

    message: Message
    at: Mapping[str, Sequence[Span]]
    sentences_of: Mapping[str, frozenset[int]]
    years: frozenset[int]
    spent: frozenset[int]
    story: bool

    def level(self, spans: Sequence[Span]) -> Level:
        """How much the words at `spans` say that it is happening."""
        if any(place in self.spent for start, end in spans for place in range(start, end)):
            return Level.NONE
        if self._is_negated(spans):
            return Level.TALKED_ABOUT
        first = min(start for start, _ in spans)
        last = max(end for _, end in spans)
        return min(self._told(), self._past(first, last), self._asked(first, last), self._well())

    def _told(self) -> Level:
        return Level.TALKED_ABOUT if self.story else Level.PLAIN

    def _well(self) -> Level:
        return Level.DOUBTFUL if self.at["well"] else Level.PLAIN

    def _is_negated(self, spans: Sequence[Span]) -> bool:
        message = self.message
        inside = {place for start, end in spans for place in range(start, end)}
        for start, end in self.at["negators"]:
            if start in inside:
                continue
            for first, _ in spans:
                near = 0 <= first - end < _NEGATED_WITHIN and message.clauses[first] == message.clauses[start]
                # "no fever, chest pain or cough": a list goes on as far as its "or"
                if not near and not (first >= end and self._is_listed(end, first)):
                    continue
                if not self._is_parted(end, first):
                    return True
        sentence = message.sentences[spans[0][0]]
        return any(
            0 <= start - end <= _FOLLOWED_WITHIN and message.clauses[start] == message.clauses[end - 1]
            for start, _ in self.at["ended"]
            if message.sentences[start] == sentence and start not in inside
            for _, end in spans
        )

    def _is_listed(self, start: int, first: int) -> bool:
        message = self.message
        if message.sentences[start - 1] != message.sentences[first] or first - start > 3 * _NEGATED_WITHIN:
            return False
        if message.clauses[start - 1] != message.clauses[first]:
            return False
        return any(word in _LISTING for word in message.words[start:first])

    def _is_parted(self, start: int, first: int) -> bool:
        """Whether a comma ends a negation between the two, as it does unless an "or" comes after it."""
        message = self.message
        commas = [place for place in range(start, first + 1) if place in message.after_comma]
        if not commas:
            return False
        end = bisect_left(message.sentences, message.sentences[first] + 1)
        return not any(message.words[place] in _LISTING for place in range(commas[0], min(end, first + 8)))

    def _past(self, first: int, last: int) -> Level:
        message = self.message
        sentence = message.sentences[first]
        if self._has("recent", sentence):
            return Level.PLAIN
        if self._has("past", sentence) or sentence in self.years:
            return Level.TALKED_ABOUT
        lately = Level.DOUBTFUL if self._has("lately", sentence) else Level.PLAIN
        events = any(first <= start < last for start, _ in self.at["events"])
        if events and not self.at["real"]:
            clause = message.clauses[first]
            if any(0 <= first - start <= 6 and message.clauses[start] == clause for start, _ in self.at["had"]):
                return Level.TALKED_ABOUT
        return lately

    def _asked(self, first: int, last: int) -> Level:
        message = self.message
        clause, sentence = message.clauses[first], message.sentences[first]
        is_real = self._has("real", sentence)
        governed = any(
            0 <= first - end <= _GOVERNED_WITHIN or start <= first < end
            for start, end in self.at["governs"]
            if message.clauses[start] == clause
        ) or any(
            -1 <= start - last <= _FOLLOWED_WITHIN
            for start, _ in self.at["follows"]
            if message.clauses[start] == clause
        )
        if governed:
            return Level.DOUBTFUL if is_real else Level.TALKED_ABOUT
        own = [start for start, _ in self.at["own"] if message.sentences[start] == sentence]
        supposed = [
            end for start, end in self.at["supposes"] if message.sentences[start] == sentence and start <= first
        ]
        if supposed:
            anybody = any(0 <= start - end <= 3 for end in supposed for start, _ in self.at["anybody"]) or not any(
                start >= min(supposed) for start in own
            )
            if anybody and not is_real:
                return Level.TALKED_ABOUT
            return Level.PLAIN if is_real else Level.DOUBTFUL
        asks = [start for start, _ in self.at["asks"] if message.clauses[start] == clause and start <= first]
        # "is" and "can" ask only where they open it.
        asks += [
            start
            for start, _ in self.at["opens"]
            if message.clauses[start] == clause and start <= first and self._opens(start)
        ]
        if asks:
            if is_real:
                return Level.PLAIN
            return Level.DOUBTFUL if any(start >= min(asks) for start in own) else Level.TALKED_ABOUT
        return Level.PLAIN

    def _opens(self, place: int) -> bool:
        if place == 0:
            return True
        message = self.message
        return message.clauses[place - 1] != message.clauses[place] and message.words[place - 1] not in AND

    def _has(self, frame: str, sentence: int) -> bool:
        return sentence in self.sentences_of[frame]


def context_of(message: Message, found: Found, items: Mapping[str, int]) -> Context:
    """The context of `message`; `items` has the frames' numbers, `found` where each item stands."""
    at = {frame: list(found[item]) for frame, item in items.items()}
    now = {place for start, end in at["what_now"] for place in range(start, end)}
    at["asks"] = [(start, end) for start, end in at["asks"] if start not in now]
    looks = {place for start, end in at["no_negators"] for place in range(start, end)}
    at["negators"] = [(start, end) for start, end in at["negators"] if start not in looks]
    spent = frozenset(place for start, end in at["idioms"] for place in range(start, end))
    real = bool(at["real"])
    long_ago = {place for start, end in at["past"] for place in range(start, end)}
    at["recent"] = [(start, end) for start, end in at["recent"] if start not in long_ago]
    sentences_of = {
        frame: frozenset(message.sentences[start] for start, _ in at[frame])
        for frame in ("recent", "past", "lately", "real")
    }
    return Context(message, at, sentences_of, _years(message), spent, bool(at["tells"]) and not real)


def _years(message: Message) -> frozenset[int]:
    """The sentences that name a year ("in 2012")."""
    return frozenset(
        message.sentences[place]
        for place, word in enumerate(message.words)
        if len(word) == 4
        and word.isdecimal()
        and word.isascii()
        and int(word) in _YEARS
        and place > 0
        and message.words[place - 1] in _BEFORE_A_YEAR
    )

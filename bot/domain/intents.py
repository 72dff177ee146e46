"""What a message asks for, beside a question on health: small talk, commands, and words that lean on what came before.

A message is small talk only if every word of it is: whatever else stands in it is a question for the library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_SMALL_TALK_WORDS: Final = 14
MAX_LEANING_WORDS: Final = 12
# "hiiii" and "heyyy" are said with one letter; "hello" keeps its two, and 111 its three figures.
_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")
_WORD: Final = re.compile(r"\w+")
# As it is typed: with the accents and vowel signs that stand by themselves behind their letter.
_TYPED_WORD: Final = re.compile(r"\w[\w\u0300-\u036f\u064b-\u065f\u0670]*")
# Letters that people write one for the other, the line that draws words out, and figures.
_ARABIC: Final = str.maketrans(
    {"\u0629": "\u0647", "\u0649": "\u064a", "\u0640": None}
    | {chr(zero + figure): str(figure) for zero in (0x0660, 0x06F0) for figure in range(10)}
)
# A bare number of more figures is no place in a list that anybody is shown.
_PLACE: Final = re.compile(r"\d{1,2}")
_APOSTROPHES: Final = str.maketrans("", "", "'\u2019\u02bc`\u00b4")
LAST: Final = -1


class Intent(StrEnum):
    """What a message is taken for."""

    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    CORRECTION = "correction"
    CHOICE = "choice"
    NONE_OF_THESE = "none-of-these"
    WITHHOLD = "withhold"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    RESTART = "restart"
    ERASE = "erase"
    KEEP = "keep"
    STOP = "stop"
    PERSON = "person"
    AUTHOR = "author"
    REFERENCES = "references"
    FULL_ARTICLE = "full-article"
    TOPICS = "topics"
    TOPIC = "topic"
    LANGUAGE = "language"
    HELP = "help"
    ABOUT = "about"
    NO = "no"
    YES = "yes"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    GREETING = "greeting"


# A message of such an intent says by itself what it is about.
QUESTIONS: Final = frozenset({Intent.QUESTION, Intent.CORRECTION})
# Where a message holds several, the first of these counts: "hi, thanks, delete my data" asks for the last.
SMALL_TALK: Final = (
    Intent.ERASE,
    Intent.KEEP,
    Intent.STOP,
    Intent.PERSON,
    Intent.NONE_OF_THESE,
    Intent.AUTHOR,
    Intent.REFERENCES,
    Intent.FULL_ARTICLE,
    Intent.TOPICS,
    Intent.LANGUAGE,
    Intent.ABOUT,
    Intent.HELP,
    Intent.NO,
    Intent.YES,
    Intent.THANKS,
    Intent.GOODBYE,
    Intent.GREETING,
)
# What a button sends, and the form of what stands behind it; in any other form it is words of a patient.
_NOTHING: Final = re.compile("")
COMMANDS: Final = {
    "/article": (Intent.CHOICE, re.compile(r"[a-z0-9-]{1,100}")),
    "/none": (Intent.NONE_OF_THESE, _NOTHING),
    "/withhold": (Intent.WITHHOLD, re.compile(r"[0-9a-f]{32}")),
    "/helpful": (Intent.HELPFUL, re.compile(r"(?:[0-9a-f]{32})?")),
    "/unhelpful": (Intent.UNHELPFUL, re.compile(r"(?:[0-9a-f]{32})?")),
    "/start": (Intent.GREETING, _NOTHING),
    "/restart": (Intent.RESTART, _NOTHING),
    "/topics": (Intent.TOPICS, _NOTHING),
    "/topic": (Intent.TOPIC, re.compile(r".{0,300}")),
}


class Leaning(IntEnum):
    """How far a message needs what was said before it.

    It `OPENS` if it begins like a continuation without having a pronoun: what the library answers by itself stands.
    """

    NOT = 0
    OPENS = 1
    PERHAPS = 2
    WHOLLY = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message was taken for.

    `argument` is what stands behind it: an article's id, a topic, a question. `number` is the place, from 1, of what
    was chosen (`LAST` for the last), whether there is such a place or not. `language` is that of the words it was
    known by, None for a command, and `is_button` says that a button sent it. A question `asks_erasure` if it asks for
    that, too, which is not done then.
    """

    intent: Intent
    argument: str = ""
    number: int | None = None
    language: str | None = None
    is_button: bool = False
    asks_erasure: bool = False


Words = tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """How people say these things in one language; each phrase as the words that `words_of` makes of it.

    `fillers` add nothing ("please"). `corrections` begin a message that says what was meant instead. `ordinals` are
    the places in a list, from 1, or `LAST`. `pronouns` stand for what was named before, `openers` begin a message that
    goes on with it. `general` words name no illness, symptom or remedy.
    """

    language: str
    intents: Mapping[Words, Intent]
    fillers: frozenset[Words] = frozenset()
    corrections: tuple[Words, ...] = ()
    ordinals: Mapping[Words, int] = field(default_factory=dict)
    pronouns: frozenset[str] = frozenset()
    openers: tuple[Words, ...] = ()
    general: frozenset[str] = frozenset()

    @cached_property
    def longest(self) -> int:
        """The most words of a phrase."""
        return max((len(phrase) for phrase in (*self.intents, *self.fillers, *self.ordinals, *self.openers)), default=0)

    @cached_property
    def _erasures(self) -> tuple[str, ...]:
        phrases = (phrase for phrase, intent in self.intents.items() if intent is Intent.ERASE)
        return tuple(" ".join(phrase) for phrase in phrases if len(phrase) > 1)

    def small_talk(self, words: Words) -> Intent | None:
        """What `words` ask for if all of them are small talk, else None."""
        found = self._intents(words, 0, {}) if len(words) <= MAX_SMALL_TALK_WORDS else None
        if found and found >= {Intent.ERASE, Intent.NO}:
            # "do not delete my data", or "no, delete my data": what cannot be undone must be asked for plainly.
            return Intent.KEEP
        if words and found is not None and not found and self.pronouns.isdisjoint(words):
            return Intent.THANKS  # "ok", "well then": nothing but fillers
        return min(found, key=SMALL_TALK.index) if found else None

    def _intents(
        self, words: Words, start: int, known: dict[int, frozenset[Intent] | None]
    ) -> frozenset[Intent] | None:
        """The intents of the phrases that make up `words` from `start`; None if they cannot be made up of such."""
        if start == len(words):
            return frozenset()
        if start not in known:
            known[start] = None
            for end in range(min(len(words), start + self.longest), start, -1):
                phrase = words[start:end]
                intent = self.intents.get(phrase)
                if intent is None and len(phrase) > 1 and phrase in self.openers:
                    break  # "and if", "y si no": it goes on with a question, whatever its words are by themselves
                if intent is None and phrase not in self.fillers:
                    continue
                rest = self._intents(words, end, known)
                if rest is not None:
                    known[start] = rest | {intent} if intent else rest
                    break
        return known[start]

    def asks_erasure(self, words: Words) -> bool:
        """Whether a question of these words begins or ends with asking that something be erased."""
        text = " ".join(words)
        if not any(phrase in text for phrase in self._erasures):  # this tells of nearly all, in no time
            return False
        sizes = range(2, min(len(words), MAX_SMALL_TALK_WORDS) + 1)
        # "eliminar" alone is done to lice, and whoever ends with "I forget everything" complains of it.
        parts = [(words[:size], 2) for size in sizes] + [(words[-size:], 3) for size in sizes]
        asked = [(self.small_talk(part), part, least) for part, least in parts]
        return all(intent is not Intent.KEEP for intent, _, _ in asked) and any(
            intent is Intent.ERASE and len(_without(part, self.fillers)) >= least for intent, part, least in asked
        )

    def ordinal(self, words: Words) -> int | None:
        """The place in a list that `words` name, else None; any number of two figures is one."""
        kept = _without(words, self.fillers)
        if len(kept) == 1 and _PLACE.fullmatch(kept[0]):
            return int(kept[0])
        return self.ordinals.get(words) or self.ordinals.get(kept)

    def corrected(self, text: str) -> str | None:
        """What was meant instead, if `text` begins like a correction and goes on."""
        words = words_of(text)
        fitting = (prefix for prefix in self.corrections if words[: len(prefix)] == prefix and len(words) > len(prefix))
        longest = max(fitting, key=len, default=None)
        if longest is None:
            return None
        starts = [match.start() for match in _TYPED_WORD.finditer(text.translate(_BLANKED))]
        return text[starts[len(longest)] :].strip() if len(starts) == len(words) else None

    def leaning(self, text: str) -> Leaning:
        """How far `text` needs what was said before it."""
        words = words_of(text)
        if not words or len(words) > MAX_LEANING_WORDS:
            return Leaning.NOT
        fillers = {word for filler in self.fillers for word in filler}
        if all(word in self.general or word in self.pronouns or word in fillers for word in words):
            return Leaning.WHOLLY
        if not self.pronouns.isdisjoint(words):
            return Leaning.PERHAPS
        opens = any(words[: len(opener)] == opener for opener in self.openers)
        return Leaning.OPENS if opens else Leaning.NOT

    def topic(self, question: str) -> str:
        """What `question` is about: its words that are not general, in their order."""
        kept = (word for word in re.findall(r"[\w'\u2019-]+", question) if not self._is_general(word))
        return " ".join(kept)

    def _is_general(self, word: str) -> bool:
        return all(part in self.general or part in self.pronouns for part in words_of(word))

    def in_context(self, text: str, topic: str) -> str:
        """`text` with `topic` in the place of its last pronoun, or behind it where it has none.

        It is a query for the library, never shown.
        """
        found = [match for match in _TYPED_WORD.finditer(text) if not self.pronouns.isdisjoint(words_of(match.group()))]
        if not found:
            return f"{text.rstrip(_ENDS)} {topic}"
        return f"{text[: found[-1].start()]}{topic}{text[found[-1].end() :]}"


# What a question ends with.
_ENDS: Final = " ?.!\u061f\u2026"
# As `words_of` drops apostrophes, so that the words of both stand at the same places: "don't" is one.
_BLANKED: Final = dict.fromkeys(map(ord, "'\u2019\u02bc`\u00b4"), "_")


def words_of(text: str) -> Words:
    """The words of `text` as phrases are compared: without case, accents, marks and letters drawn out.

    >>> words_of("Heyyyy, who ARE you?! Adiós")
    ('hey', 'who', 'are', 'you', 'adios')
    >>> words_of("شُكرًا ٢") == words_of("شكرا 2")
    True
    """
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_ARABIC)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(_WORD.findall(_DRAWN_OUT.sub(r"\1", plain)))


def hear(text: str, languages: Sequence[Phrases], *, offered: int) -> Heard:
    """What `text` asks for, by the phrases of `languages`, the likeliest first; `offered` things can be chosen from."""
    if command := _command(text):
        return command
    words = words_of(text)
    for phrases in languages:
        if offered and (number := phrases.ordinal(words)) in {LAST, *range(1, offered + 1)}:
            return Heard(Intent.CHOICE, number=number, language=phrases.language)
        if intent := phrases.small_talk(words):
            return Heard(intent, language=phrases.language)
    for phrases in languages:
        if (number := phrases.ordinal(words)) is not None:
            return Heard(Intent.CHOICE, number=number, language=phrases.language)
    asks_erasure = any(phrases.asks_erasure(words) for phrases in languages)
    for phrases in languages:
        if meant := phrases.corrected(text):
            return Heard(Intent.CORRECTION, meant, language=phrases.language, asks_erasure=asks_erasure)
    return Heard(Intent.QUESTION, text, asks_erasure=asks_erasure)


def _command(text: str) -> Heard | None:
    name, _, argument = text.partition(" ")
    intent, form = COMMANDS.get(name, (None, None))
    argument = argument.strip()
    return Heard(intent, argument, is_button=True) if intent and form and form.fullmatch(argument) else None


def _without(words: Words, fillers: frozenset[Words]) -> Words:
    return tuple(_kept(words, fillers))


def _kept(words: Words, fillers: frozenset[Words]) -> Iterator[str]:
    longest = max(map(len, fillers), default=0)
    place = 0
    while place < len(words):
        size = next((size for size in range(longest, 0, -1) if words[place : place + size] in fillers), 0)
        if not size:
            yield words[place]
        place += size or 1

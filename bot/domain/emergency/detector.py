"""The emergency rules: signs in a message, by their patterns, in their context, beside the likeness to examples.

They are a safety net and no triage: whatever is in doubt shows the notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.emergency.context import FRAMES, Level, context_of
from bot.domain.emergency.patterns import PatternError, PatternSet, Phrases
from bot.domain.emergency.words import read, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.emergency.signs import Sign

UNNAMED: Final = "unnamed"
# How like an emergency a message must be, by what the rules say of it; set by data/emergencies/unseen.tsv.
NEEDED: Final = {Level.NONE: 0.48, Level.TALKED_ABOUT: 0.48, Level.DOUBTFUL: 0.27, Level.PLAIN: 0.2}
# Fewer words ("headache", "i feel sick", "and then") are like too many examples for that alone to tell anything.
_TELLING_WORDS: Final = 4
# The share of words of another language from which on a message is in it.
_FOREIGN: Final = 0.2
# Without a likeness, what is doubtful shows the notice.
_ENOUGH_ALONE: Final = Level.DOUBTFUL


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of a message: the ids of its signs, the most urgent first.

    It is `doubtful` where the words are there but perhaps not meant; `broken` where the rules themselves failed.
    """

    signs: tuple[str, ...] = ()
    doubtful: bool = False
    broken: bool = False

    @property
    def is_emergency(self) -> bool:
        """Whether the notice is to be shown."""
        return bool(self.signs)


class Detector:
    """Finds the signs of an emergency in messages. Safe to use from several threads.

    `lists` are the phrases that patterns share, `frames` those of contexts (see `FRAMES`), `shorthand` what short forms
    stand for. `is_word` tells whether a word is one of the language, so that it is no misspelling. Raises PatternError,
    its message naming the sign.
    """

    def __init__(
        self,
        signs: Sequence[Sign],
        lists: Mapping[str, Sequence[str]],
        frames: Mapping[str, Sequence[str]],
        shorthand: Mapping[str, str],
        is_word: Callable[[str], bool] = lambda _word: False,
    ) -> None:
        self._signs = {sign.id: sign for sign in signs}
        self._order = {sign.id: place for place, sign in enumerate(sorted(signs, key=lambda sign: sign.rank))}
        self._phrases = Phrases(lists, is_word)
        self._shorthand = {short: tuple(words_of(long)) for short, long in shorthand.items()}
        try:
            self._frames = {frame: self._phrases.item(" / ".join(frames[frame])) for frame in FRAMES}
        except KeyError as error:
            raise PatternError(f"the frame {error} is missing") from error
        self._turns = frozenset(word for phrase in frames["turns"] for word in words_of(phrase))
        self._starts = frozenset(word for phrase in frames["starts"] for word in words_of(phrase))
        self._foreign = frozenset(word for phrase in frames["foreign"] for word in words_of(phrase))
        self._filler = frozenset(word for phrase in frames["filler"] for word in words_of(phrase))
        patterns = []
        for sign in signs:
            for text in sign.patterns:
                try:
                    self._phrases.pattern(text)
                except PatternError as error:
                    raise PatternError(f"the sign {sign.id!r}, pattern {text!r}: {error}") from error
                patterns.append((sign.id, text))
        self._patterns = PatternSet(self._phrases, patterns)

    def assess(self, text: str, mended: str = "", likeness: float | None = None, language: str = "") -> Assessment:
        """The signs in a message.

        `mended` is the message with its slips mended, where that is known. `likeness` from 0 to 1 is how like it is to
        examples of emergencies, which are English; None where that is not known. For a message in another language, and
        without a likeness, the rules stand alone. `language` is a BCP 47 tag, "" where it is not known.
        """
        levels, is_foreign = self._levels(text, mended)
        best = max(levels.values(), default=Level.NONE)
        if likeness is None or is_foreign or language.partition("-")[0].lower() not in {"", "en"}:
            shown = best >= _ENOUGH_ALONE
        else:
            is_told = best > Level.NONE or len(words_of(text)) >= _TELLING_WORDS
            shown = is_told and likeness >= NEEDED[best]
        if not shown:
            return Assessment()
        least = Level.DOUBTFUL if best >= Level.DOUBTFUL else Level.TALKED_ABOUT
        named = [sign for sign, level in levels.items() if level >= least]
        signs = tuple(sorted(named, key=self._order.__getitem__)) or (UNNAMED,)
        return Assessment(signs, doubtful=best < Level.PLAIN)

    def signs_of(self, assessment: Assessment) -> tuple[Sign, ...]:
        """The signs of an assessment, the most urgent first, but for one without a name."""
        return tuple(self._signs[sign] for sign in assessment.signs if sign in self._signs)

    def may_quote(self, assessment: Assessment) -> bool:
        """Whether an article may be quoted after the notice."""
        return all(sign.quote for sign in self.signs_of(assessment))

    def levels(self, text: str, mended: str = "") -> dict[str, Level]:
        """How much `text` says that each sign is there; signs without a word of it are left out."""
        return self._levels(text, mended)[0]

    def _levels(self, text: str, mended: str) -> tuple[dict[str, Level], bool]:
        """The same, and whether the message is in another language than English."""
        message = read(text, self._shorthand, self._turns, self._starts)
        other = read(mended, self._shorthand, self._turns, self._starts) if mended and mended != text else None
        if other is not None and len(other.words) != len(message.words):
            other = None
        is_foreign = sum(word in self._foreign for word in message.words) >= _FOREIGN * len(message.words) > 0 or not (
            any(map(str.isascii, message.words))
        )
        found = self._phrases.found(message, other.words if other else (), slips=not is_foreign)
        context = context_of(message, found, self._frames)
        filler = frozenset(place for place, word in enumerate(message.words) if word in self._filler)
        levels: dict[str, Level] = {}
        for sign, readings in self._patterns.matches(message, found, filler):
            best = levels.get(sign, Level.NONE)
            if best is not Level.PLAIN:
                for spans in readings:
                    best = max(best, context.level(spans))
                    if best is Level.PLAIN:
                        break
                levels[sign] = best
        return {sign: level for sign, level in levels.items() if level > Level.NONE}, is_foreign

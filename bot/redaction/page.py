"""One message as the rules for names see it: its words, how they are spelt, and how far a name goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.redaction import name_cues as cues
from bot.redaction.vocabulary import (
    DISCOVERERS,
    FUNCTION_WORDS,
    MEDICINE,
    NEVER_NAMES,
    is_medical,
    ordinary_names,
    without_accents,
)

if TYPE_CHECKING:
    from bot.redaction.name_lists import NameLists
    from bot.redaction.sheet import Sheet

POSSESSIVE: Final = re.compile(r"'s$|s'$", re.IGNORECASE)
VERB_ENDINGS: Final = ("ed", "ing", "ly", "nt", "ts", "ns", "ks", "ds", "ms", "rs", "es", "ys")


class Lists:
    """The lists of names. `ordinary` given names are English words too."""

    def __init__(self, names: NameLists) -> None:
        self.ordinary = ordinary_names() - FUNCTION_WORDS
        self.given = names.given - self.ordinary - FUNCTION_WORDS - NEVER_NAMES
        self.families = names.family - NEVER_NAMES
        self.names = self.given | (self.families - FUNCTION_WORDS)


class Word:
    """A word of the message: its span without "'s", and how it is spelt."""

    __slots__ = ("end", "has_capital", "is_possessive", "is_shouted", "low", "start", "written_end")

    def __init__(self, match: re.Match[str], group: str | int = 0) -> None:
        text = match[group]
        self.start, self.written_end = match.span(group)
        bare = POSSESSIVE.sub("", text) if "'" in text else text
        self.is_possessive = len(bare) < len(text)
        self.end = self.start + len(bare)
        self.has_capital = text[0].isupper() or text[0].istitle()
        self.is_shouted = len(bare) > 1 and bare.isupper()
        self.low = without_accents(bare)


class Page:
    """One message, whether capitals mean anything in it, and how far a name goes."""

    def __init__(self, sheet: Sheet, lists: Lists) -> None:
        self.sheet = sheet
        self.text = sheet.text
        self.lists = lists
        self.tokens = list(cues.TOKEN.finditer(self.text))
        capitals = sum(self.text[token.start()].isupper() for token in self.tokens)
        # All in capitals, or with one at each word.
        self.capitals_tell = 0 < capitals <= max(4, 0.5 * len(self.tokens))

    def is_capital(self, word: Word) -> bool:
        """Whether it has a capital that tells something."""
        return self.capitals_tell and word.has_capital

    def could_be(self, word: Word) -> bool:
        """Whether nothing speaks against its being a name."""
        return word.low not in FUNCTION_WORDS and not self.is_medical(word)

    def is_medical(self, word: Word) -> bool:
        """Whether it is of medicine, and no name that ends as a word of medicine does."""
        return word.low in MEDICINE or (word.low not in self.lists.names and is_medical(word.low))

    def starts_sentence(self, word: Word) -> bool:
        """Whether its capital may be that of a sentence; the dot of an initial ends none."""
        before = self.text[max(0, word.start - 5) : word.start].rstrip()
        return (not before or before[-1] in ".!?") and not cues.INITIAL.search(before)

    def extent(self, word: Word, *, listed: bool = False) -> int:
        """Where the name ends that begins with `word`. `listed` names may go on after a comma: "Smith, John"."""
        end = word.end
        if word.is_possessive:
            return end
        place = word.written_end
        if len(word.low) == 1 and self.text[place : place + 1] == ".":
            end = place = place + 1
        for _ in range(4):
            match = cues.NEXT.match(self.text, place)
            if not match:
                break
            after = Word(match, "word")
            if not self._goes_on(after, match, by_capitals=self.is_capital(word)):
                break
            end, place = after.end, after.written_end
            if match["dot"] and len(after.low) <= 2:
                end = place = place + 1
            if after.is_possessive:
                return end
        if listed and self.text[place : place + 1] == ",":
            match = cues.NEXT.match(self.text, place + 1)
            if match and without_accents(match["word"]) in self.lists.names:
                end = match.end("word")
        return end

    def _goes_on(self, after: Word, match: re.Match[str], *, by_capitals: bool) -> bool:
        if (
            by_capitals
            and after.has_capital
            and after.low in self.lists.families
            and cues.STOP.match(self.text, after.end)
        ):
            return True
        if not self.could_be(after) or (after.low in DISCOVERERS and after.is_possessive):
            return False
        is_known = after.low in self.lists.names
        if by_capitals:
            if len(after.low) == 1:
                goes_on = self.text[after.written_end : after.written_end + 2].strip()[:1].isupper()
                return after.has_capital and (match["dot"] is not None or goes_on)
            return after.has_capital and (is_known or not self.starts_sentence(after))
        if is_known:
            return len(after.low) > 1
        is_last = cues.BOUNDARY.match(self.text, after.written_end) is not None
        return is_last and len(after.low) > 2 and not after.low.endswith(VERB_ENDINGS)

    def has_family_name(self, word: Word) -> bool:
        """Whether a word with a capital follows that is, or may be, a family name."""
        match = cues.NEXT.match(self.text, word.written_end)
        if not match:
            return False
        after = Word(match, "word")
        known = after.low in self.lists.names or word.low in self.lists.names
        return known and after.has_capital and self.could_be(after)

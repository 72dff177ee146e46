"""Names of people: after words that announce one, and given names wherever they stand.

Names come in all spellings, so a list cannot tell what is one; words around it can. The lists decide where no word
announces a name, and where nothing is written with a capital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.redaction import name_cues as cues
from bot.redaction.page import POSSESSIVE, VERB_ENDINGS, Lists, Page, Word
from bot.redaction.vocabulary import (
    ABOUT_PILLS,
    AFTER_DISCOVERERS,
    BEFORE_PLACES,
    BRANDS_TOO,
    DISCOVERERS,
    FUNCTION_WORDS,
    PLACES_TOO,
    SAINTS,
    is_ordinary,
    without_accents,
    word_set,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from bot.redaction.name_lists import NameLists
    from bot.redaction.sheet import Sheet

# Given names that are words too, but hardly ones that follow "my husband", or stand with a capital inside a sentence.
_NEARLY_NAMES: Final = word_set(
    """
    mark bill sue rob pat rose grace dawn ray dean gene glen ruby lily ivy ken josh frank jade daisy hazel violet
    robin chase hunter drew grant earl chuck amber
    """
)


class Names:
    """The rules for names, with their lists."""

    def __init__(self, names: NameLists) -> None:
        self._all = Lists(names)

    def take(self, sheet: Sheet) -> None:
        """Take the names of people."""
        if not sheet.text.isascii():
            for pattern in cues.OTHER_SCRIPTS:
                sheet.take_all(pattern, "name")
        for start, end in _Announced(sheet, self._all).spans():
            sheet.take(start, end, "name")
        sheet.settle()
        for start, end in _Unannounced(sheet, self._all).spans():
            sheet.take(start, end, "name")
        sheet.settle()


class _Announced(Page):
    """The names that words before them announce."""

    def spans(self) -> Iterator[tuple[int, int]]:
        """Their places, which may overlap."""
        for cue, accepts in (
            (cues.ANNOUNCED, self._is_announced),
            (cues.HEAD, self._is_listed),
            (cues.I_AM, self._is_me),
            (cues.TITLE, self._is_titled),
            (cues.RELATION, self._is_relation),
            (cues.CLOSING, self._closes),
            (cues.GREETING, self._is_greeted),
            (cues.SIGNATURE, self._is_signature),
            (cues.MEETING, self._is_met),
        ):
            for match in cue.found(self.sheet):
                particles = cues.PARTICLES.match(self.text, match.end())
                token = cues.TOKEN.match(self.text, particles.end() if particles else match.end())
                if token:
                    word = Word(token)
                    if accepts(match, word):
                        yield match.end(), self.extent(word, listed=cue in {cues.ANNOUNCED, cues.HEAD})

    def _is_announced(self, match: re.Match[str], word: Word) -> bool:
        cue = match.group().lower()
        if cue.startswith("name") and cues.OF_A_THING.search(self.text, 0, match.start()):
            return False
        if "call" in cue or "goes by" in cue or "answers" in cue:
            return self.could_be(word) and (word.low in self.lists.names or self.is_capital(word))
        return word.low not in FUNCTION_WORDS

    def _is_listed(self, match: re.Match[str], word: Word) -> bool:
        if not self.could_be(word):
            return False
        if word.low in self.lists.given or match["head"].lower() in {"signed", "caller", "sender", "attn"}:
            return True
        return self.is_capital(word) and self.has_family_name(word)

    def _is_me(self, match: re.Match[str], word: Word) -> bool:
        if not self.could_be(word) or len(word.low) < 3:
            return False
        end = self.extent(word)
        if cues.SPEAKING.match(self.text, end):
            return match.group().lower().startswith(("i", "this", "h")) and not word.low.endswith(VERB_ENDINGS)
        if word.low in self.lists.given:
            return cues.BOUNDARY.match(self.text, end) is not None or self.is_capital(word)
        if not self.is_capital(word) or word.is_shouted:
            return False
        if word.low in self.lists.ordinary and cues.BOUNDARY.match(self.text, word.end):
            return True
        goes_on = end > word.end and cues.GOES_ON_ABOUT_ME.match(self.text, end) is not None
        return goes_on or self.has_family_name(word) or cues.AGE.match(self.text, word.end) is not None

    def _is_titled(self, match: re.Match[str], word: Word) -> bool:
        title = match["title"].lower().rstrip(".")
        # Multiple sclerosis.
        if not self.could_be(word) or (match["title"] == "MS" and not word.is_shouted):
            return False
        if self.is_capital(word):
            return title not in cues.TITLES_AND_WORDS or match["title"][0].isupper() or word.low in self.lists.names
        if word.low in self.lists.given:
            return True
        if title in cues.TITLES_AND_WORDS or len(word.low) < 3:
            return False
        return word.low in self.lists.names or title in {"mr", "mrs"} or not word.low.endswith(VERB_ENDINGS)

    def _is_relation(self, match: re.Match[str], word: Word) -> bool:
        if not self.could_be(word) or self._is_discoverer(word):
            return False
        if word.low in self.lists.given or match["said"]:
            return True
        if not self.is_capital(word):
            return word.low in _NEARLY_NAMES and not word.has_capital
        known = word.low in self.lists.names
        return not word.is_shouted and len(word.low) > 2 and (known or not is_ordinary(word.low))

    def _is_discoverer(self, word: Word) -> bool:
        """Whether "my dad Wilson" goes on as in "my dad Wilson's" or "my dad Wilson disease"."""
        after = cues.NEXT.match(self.text, word.written_end)
        is_disease = after is not None and without_accents(after["word"]) in AFTER_DISCOVERERS
        return word.low in DISCOVERERS and (is_disease or word.is_possessive or word.low not in self.lists.given)

    def _closes(self, match: re.Match[str], word: Word) -> bool:
        if not self.could_be(word):
            return False
        end = self.extent(word)
        is_formal = cues.FORMAL.search(match["word"]) is not None
        if not cues.LINE_END.match(self.text, end) and not (is_formal and self.is_capital(word)):
            return False
        if word.low in self.lists.names or (
            end > word.end and (word.low in self.lists.ordinary or self.is_capital(word))
        ):
            return True
        if is_formal or "\n" in match.group():
            return word.low not in self.lists.ordinary or word.has_capital
        return self.is_capital(word) and end > len(self.text) - 3

    def _is_greeted(self, _match: re.Match[str], word: Word) -> bool:
        if not self.could_be(word):
            return False
        if word.low in self.lists.given:
            return True
        after = self.text[self.extent(word) :].lstrip(" ")[:1]
        return self.is_capital(word) and after in {",", "!", "\n"}

    def _is_signature(self, match: re.Match[str], word: Word) -> bool:
        """Whether the last word or two are no sentence."""
        end = self.extent(word)
        if not self.could_be(word) or not cues.NOTHING_MORE.match(self.text, end) or is_ordinary(word.low):
            return False
        if word.low in self.lists.given and (end > word.end or any(mark in match.group() for mark in "\n-~")):
            return True
        return self.is_capital(word) and len(word.low) > 2 and not word.is_shouted

    def _is_met(self, _match: re.Match[str], word: Word) -> bool:
        """Two words with capitals, of which nothing is known, after "I saw"."""
        end = self.extent(word)
        is_name = self.is_capital(word) and not word.is_shouted and self.could_be(word)
        return is_name and " " in self.text[word.start : end] and cues.BOUNDARY.match(self.text, end) is not None


class _Unannounced(Page):
    """Given names as they stand in a sentence, with what follows of the name."""

    def spans(self) -> Iterator[tuple[int, int]]:
        """Their places, in order."""
        place = 0
        for number, token in enumerate(self.tokens):
            if token.start() < place or not self._may_begin(token.group()):
                continue
            word = Word(token)
            after = Word(self.tokens[number + 1]) if number + 1 < len(self.tokens) else None
            if self._stands_as_name(word, after) and not self._is_no_person(number, word):
                place = self.extent(word)
                yield word.start, place

    def _may_begin(self, text: str) -> bool:
        """Whether it is in a list: asked first, since few words are."""
        if len(text) < 3:
            return False
        low = without_accents(POSSESSIVE.sub("", text) if "'" in text else text)
        return low in self.lists.given or low in self.lists.ordinary or "-" in low

    def _stands_as_name(self, word: Word, after: Word | None) -> bool:
        first, *more = word.low.split("-")
        is_given = word.low in self.lists.given or (
            bool(more) and first in self.lists.given and all(part in self.lists.names for part in more)
        )
        is_followed = (
            after is not None
            and self.text[word.written_end : after.start] in {" ", "  "}
            and len(after.low) > 2
            and after.low in self.lists.names
            and not self.is_medical(after)
        )
        if after is not None and is_given and is_followed:
            # "john smith", whatever the capitals.
            return word.has_capital == after.has_capital or not self.capitals_tell
        if not self.is_capital(word) or word.is_shouted:
            return False
        if word.low in _NEARLY_NAMES and (
            not self.starts_sentence(word) or cues.PERSON_DOES.match(self.text, word.end) is not None
        ):
            return True
        # "Grace Okafor": the first is a word too, so its own capital is not enough.
        is_pair = after is not None and is_followed and after.has_capital and not after.is_shouted
        return is_given or (is_pair and word.low in self.lists.ordinary)

    def _is_no_person(self, number: int, word: Word) -> bool:
        """Whether the word at `number` is a place, a pill, or one who discovered a disease."""
        before = without_accents(self.tokens[number - 1].group()) if number else ""
        if before in SAINTS or (word.low == "sam" and cues.SAM_E.match(self.text, word.end)):
            return True
        if word.low in PLACES_TOO and (before in BEFORE_PLACES or self.text[: word.start].rstrip()[-1:] == ","):
            return True
        if word.low in DISCOVERERS and (word.is_possessive or before not in FUNCTION_WORDS):
            return True
        if word.low in BRANDS_TOO:
            lowered = self.text.lower()
            if any(topic in lowered for topic in ABOUT_PILLS):
                return True
        end = word.written_end
        for token in self.tokens[number + 1 : number + 5]:
            if self.text[end : token.start()].strip(" -/"):
                break
            follower = Word(token)
            if follower.low in AFTER_DISCOVERERS:
                return True
            if not follower.has_capital and follower.low not in {"de", "la", "von", "van", "and", "ter", "du"}:
                break
            end = follower.written_end
        return False

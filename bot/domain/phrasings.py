"""What staff teach: other words for an article's question."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from bot.domain.errors import InvalidArticle, Problem
from bot.domain.records import MAX_LINE_CHARS, UNPRINTABLE, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# As many as are taught at once: each is held against all past questions.
MAX_TAUGHT_TOGETHER: Final = 50
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
# What stands for what was taken out of a patient's words: see `bot.redaction`.
_PLACEHOLDER: Final = re.compile(r"\[[a-z][a-z ]{1,30}\]")
# Fewer words that say something are near to too much.
_MIN_TELLING_WORDS: Final = 2
# Words of English that say nothing of what a question is about.
_EMPTY_WORDS: Final = (
    "a about after all also am an and any are as at be because been before being but by can cant could did do does "
    "doing dont for from get getting go going good got had has have having he help her hers hi him his how i if im "
    "in into is isnt it its ive just know like make me mean more most much my need no not now of off ok on one or "
    "other our out please really said say she should so some something still tell than thank thanks that thats the "
    "their them then there these they thing things think this those to too up us use very want was wasnt we well "
    "were what whats when where which while who why will with without wont would yes you your"
)
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())


def checked_phrasings(phrasings: Sequence[str], *, with_placeholders: bool = False) -> tuple[str, ...]:
    """`phrasings` as they may be taught: white space around them dropped, empty ones and repetitions left out.

    Each is one line, as an article's `also_asked` are. `with_placeholders` lets pass what may be looked at, but not
    taught. Raises InvalidArticle with every problem found.
    """
    texts = tuple(dict.fromkeys(filter(None, map(normalised, phrasings))))
    problems: list[Problem] = []
    if not 1 <= len(texts) <= MAX_TAUGHT_TOGETHER:
        problems.append(Problem("phrasings", list(texts), f"a list of 1 to {MAX_TAUGHT_TOGETHER} lines of text"))
    for number, text in enumerate(texts, start=1):
        place = f"phrasings[{number}]"
        if len(text) > MAX_LINE_CHARS:
            problems.append(Problem(place, text, f"at most {MAX_LINE_CHARS:,} characters (it has {len(text):,})"))
        elif "\n" in text:
            problems.append(Problem(place, text, "a single line"))
        elif found := UNPRINTABLE.search(text):
            control = f"U+{ord(found.group()):04X} at {found.start()}"
            problems.append(Problem(place, text, f"free of control characters ({control})"))
        elif not any(character.isalnum() for character in text):
            problems.append(Problem(place, text, "a question: it has no word"))
        elif not with_placeholders and (placeholder := placeholder_in(text)):
            problems.append(
                Problem(place, text, f"free of {placeholder}, which stands for what a patient said; put words there")
            )
    if problems:
        raise InvalidArticle(problems)
    return texts


def placeholder_in(text: str) -> str | None:
    """The first of what redaction left in place of what it took out.

    >>> placeholder_in("can [name] take it?"), placeholder_in("can I take it?")
    ('[name]', None)
    """
    found = _PLACEHOLDER.search(text)
    return found.group() if found else None


def plain_form(text: str) -> str:
    """`text` without case, accents' composition and punctuation: two phrasings with the same one are the same.

    >>> plain_form("What's  a cold?") == plain_form("whats a COLD")
    True
    """
    return " ".join(_WORD.findall(_APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())))


def says_little(text: str) -> bool:
    """Whether fewer than two of its words say what it is about (by a list of English ones that do not).

    >>> says_little("what should I do?"), says_little("how long does a cold last")
    (True, False)
    """
    return sum(word not in _EMPTY for word in plain_form(text).split()) < _MIN_TELLING_WORDS


def without_near_copies(texts: Iterable[str]) -> tuple[str, ...]:
    """`texts` without those that have the same words as an earlier one, whatever their order.

    >>> without_near_copies(["a bad cough", "A cough, bad!", "a cough"])
    ('a bad cough', 'a cough')
    """
    seen: set[tuple[str, ...]] = set()
    kept = []
    for text in texts:
        words = tuple(sorted(plain_form(text).split()))
        if words not in seen:
            seen.add(words)
            kept.append(text)
    return tuple(kept)

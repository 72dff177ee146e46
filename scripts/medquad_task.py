"""MedQuAD as an evaluation: a library of all its articles but those of held-out topics, and questions of our wording.

Three kinds of question have an answer in the library: `plain`, `terse` and `story` rephrase a library question, and
`misspelt` does with slips of the keyboard; every article on the same type of question about the same topic counts as
right. Two kinds have none: `held-out topic`, whose articles are all left out of the library, and `missing type`, about
a topic that is there, but whose articles have not one word on what is asked.

What is not known: a held-out topic may be there under a synonym, and an article may answer what is asked of another
topic. So a few "false" answers will be none, and the share of them is an upper estimate.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.importers import FORMATS
from bot.ports import SourcedArticle
from scripts import medquad_phrasings as phrasings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.domain.article import Article

_SEED: Final = 20_190_511
_HELD_OUT_PERCENT: Final = 15
# Questions of each kind.
_ANSWERABLE: Final = 300
_UNANSWERABLE: Final = 500
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: Final = {
    letter: (" " + row)[place] + (row + " ")[place + 1] for row in _ROWS for place, letter in enumerate(row)
}
# Their topics are general ("Nutrition for Seniors", "Digestive Diseases"), and articles of others may answer.
_GENERAL: Final = ("MedlinePlus", "NIHSeniorHealth")
_BOOKLET: Final = re.compile(r"^what i need to know about (my child's )?", re.IGNORECASE)

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Topic:
    """What an article is about: its name as the article has it, and what type of question it answers."""

    name: str
    kind: str

    @property
    def key(self) -> tuple[str, str]:
        """The topic's name without brackets, case and punctuation, and the type."""
        return normalised(self.name), self.kind


def normalised(name: str) -> str:
    """A topic's name without brackets, case and punctuation.

    >>> normalised("Wilson's  Disease (WD)")
    'wilson s disease'
    """
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)", " ", _BOOKLET.sub("", name).lower())))


def task(source: Path, *, full: bool = False) -> tuple[list[Record], list[Record]]:
    """The library and the questions of the MedQuAD files in the folder `source`.

    With `full`, library articles have their texts, else their questions alone.
    """
    articles = articles_of(source)
    topics = {article.id: topic_of(article) for article in articles}
    held_out = {name for topic in topics.values() if topic and is_held_out(name := normalised(topic.name))}
    library = [a for a in articles if normalised(a.symptoms[0] if a.symptoms else "") not in held_out]
    by_key: dict[tuple[str, str], list[Article]] = defaultdict(list)
    by_name: dict[str, list[Article]] = defaultdict(list)
    for article in library:
        if topic := topics[article.id]:
            by_key[topic.key].append(article)
        if article.symptoms:
            by_name[normalised(article.symptoms[0])].append(article)
    chance = random.Random(_SEED)  # noqa: S311  a sample, no secret
    askable = sorted({topic.key: topic for topic in topics.values() if topic}.values(), key=lambda topic: topic.key)
    here = [topic for topic in askable if topic.key in by_key]
    # Its words may stand in the question of another topic, which then might answer.
    everything = "\n".join(f" {normalised(article.question)} " for article in library)
    gone = [topic for topic in askable if topic.key[0] in held_out and f" {topic.key[0]} " not in everything]
    missing = [
        topic
        for topic in missing_types(here, by_name)
        if everything.count(f" {topic.key[0]} ") == len(by_name[topic.key[0]])
    ]

    def ids(topic: Topic) -> list[str]:
        return sorted(article.id for article in by_key[topic.key])

    questions: list[Record] = []
    for kind, phrase in _STYLES.items():
        chosen = chance.sample(here, min(_ANSWERABLE, len(here)))
        questions += [{"asked": phrase(topic, chance), "expected": ids(topic), "kind": kind} for topic in chosen]
    for kind, source_topics in (("held-out topic", gone), ("missing type", missing)):
        styles = [*_STYLES.values()]
        questions += [
            {"asked": styles[number % len(styles)](topic, chance), "expected": None, "kind": kind}
            for number, topic in enumerate(chance.sample(source_topics, min(_UNANSWERABLE, len(source_topics))))
        ]
    return [_record(article, full=full) for article in library], questions


def is_held_out(name: str) -> bool:
    """Whether the articles of the topic (normalised) are left out: by its hash, so in every run the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 100 < _HELD_OUT_PERCENT


def misspelt(text: str, chance: random.Random) -> str:
    """`text` with slips of the keyboard in about every fifth of its longer words, in one at least."""
    words = text.split(" ")
    long = [number for number, word in enumerate(words) if len(word) > 4]
    for number in chance.sample(long, max(1, len(long) // 5)) if long else []:
        words[number] = _slipped(words[number], chance)
    return " ".join(words)


def _slipped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    match chance.choice(("drop", "double", "swap", "neighbour")):
        case "drop":
            return before + after
        case "double":
            return before + letter * 2 + after
        case "swap":
            return before + after[0] + letter + after[1:]
        case _:
            return before + chance.choice(_NEIGHBOURS.get(letter.lower(), letter).strip()) + after


def _plain(topic: Topic, chance: random.Random) -> str:
    return chance.choice(phrasings.PLAIN[topic.kind]).format(topic=said(topic.name))


def _terse(topic: Topic, _chance: random.Random) -> str:
    return phrasings.TERSE[topic.kind].format(topic=said(topic.name))


def _story(topic: Topic, chance: random.Random) -> str:
    question = _plain(topic, chance).rstrip("?") + "?"
    parts = chance.choice(phrasings.BEFORE), question[0].upper() + question[1:], chance.choice(phrasings.AFTER)
    return " ".join(filter(None, parts))


def _misspelt(topic: Topic, chance: random.Random) -> str:
    return misspelt(_plain(topic, chance), chance)


_STYLES: Final[Mapping[str, Callable[[Topic, random.Random], str]]] = {
    "plain": _plain,
    "terse": _terse,
    "story": _story,
    "misspelt": _misspelt,
}


def said(name: str) -> str:
    """The topic as a person would say it: without what stands in brackets, in small letters but for abbreviations."""
    words = re.sub(r"\([^)]*\)", " ", _BOOKLET.sub("", name)).split()
    return " ".join(word if re.search(r"[A-Z].*[A-Z]|\d", word) else word.lower() for word in words)


def articles_of(source: Path) -> list[Article]:
    """The articles of the MedQuAD files in the folder `source`."""
    read = FORMATS["medquad"].read
    records = (record for path in sorted(source.rglob("*.xml")) for record in read(path))
    return [record.article for record in records if isinstance(record, SourcedArticle)]


def topic_of(article: Article) -> Topic | None:
    """What `article` is about; None where its question is of no type that we rephrase."""
    name = article.symptoms[0] if article.symptoms else ""
    if not normalised(name):
        return None
    question = article.question.rstrip(" ?")
    for kind, forms in phrasings.LIBRARY.items():
        for form in forms:
            if re.fullmatch(form.replace("{topic}", re.escape(name.rstrip(" ?"))), question, re.IGNORECASE):
                return Topic(name, kind)
    return None


def missing_types(here: Sequence[Topic], by_name: Mapping[str, Sequence[Article]]) -> Iterable[Topic]:
    """The types of question on which no article about a topic has a word, for each topic of `here`."""
    names = {topic.key[0]: topic.name for topic in here}
    for name in sorted(names):
        if any(article.author.startswith(_GENERAL) for article in by_name[name]):
            continue
        texts = "\n".join(f"{article.question}\n{article.explanation}" for article in by_name[name])
        for kind, words in phrasings.MENTIONS.items():
            if not re.search(words, texts, re.IGNORECASE):
                yield Topic(names[name], kind)


def _record(article: Article, *, full: bool) -> Record:
    record: Record = {"id": article.id, "question": article.question}
    return record | {"explanation": article.explanation} if full else record

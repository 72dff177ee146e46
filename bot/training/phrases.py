"""Phrases of our own, and the triplets that they make: topics, what can be asked about them, and in which words.

`aspects.yaml` names what can be asked (symptoms, treatment, ...) with forms that ask it; `topics.yaml` names what it
can be asked about, near ones in groups, each with its names; `frames.yaml` has the talk around a question;
`same.yaml` and `contrasts.yaml` are pairs of questions with the same answer, or another in nearly the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from bot.domain.errors import UnreadableFile
from bot.training.noise import careless, framed

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path


class Triplet(NamedTuple):
    """`anchor` has the same answer as `positive`, and another than `negative`."""

    anchor: str
    positive: str
    negative: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """Something that can be asked about the topics of some `kinds`; `related` ones have much the same answer."""

    name: str
    related: frozenset[str]
    kinds: frozenset[str]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that questions are about, with its names, and the topics that are taken for it."""

    kind: str
    names: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases of a folder."""

    aspects: tuple[Aspect, ...]
    topics: tuple[Topic, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    who: tuple[str, ...]
    same: tuple[tuple[str, str], ...]
    contrasts: tuple[tuple[str, str], ...]

    def triplet(self, topic: Topic, rng: random.Random) -> Triplet:
        """One question about `topic` in two wordings, and one on another aspect of it or on a topic near to it."""
        aspects = [aspect for aspect in self.aspects if topic.kind in aspect.kinds]
        aspect = rng.choice(aspects)
        anchor, positive = rng.sample(aspect.forms, 2)
        others = [other for other in aspects if other != aspect and other.name not in aspect.related]
        if topic.near and rng.random() < 0.4:
            negative = self._filled(rng.choice(aspect.forms), rng.choice(topic.near), rng)
        else:
            negative = self._filled(rng.choice(rng.choice(others).forms), rng.choice(topic.names), rng)
        asked = self._filled(anchor, rng.choice(topic.names), rng)
        return Triplet(
            self.as_typed(asked, rng),
            self._filled(positive, rng.choice((topic.names[0], rng.choice(topic.names))), rng),
            negative,
        )

    def as_typed(self, question: str, rng: random.Random) -> str:
        """`question` as a patient may send it: plain in four of ten cases, else carelessly typed, framed, or both."""
        if rng.random() < 0.4:
            return question
        if rng.random() < 0.5:
            question = self._framed(question, rng)
        return careless(question, rng) if rng.random() < 0.6 else question

    def in_a_message(self, question: str, rng: random.Random) -> str:
        """`question` in the middle of a message, half of the time carelessly typed."""
        message = self._framed(question, rng)
        return careless(message, rng) if rng.random() < 0.5 else message

    def _framed(self, question: str, rng: random.Random) -> str:
        return framed(question, self.before, self.after, rng)

    def _filled(self, form: str, name: str, rng: random.Random) -> str:
        return form.replace("{topic}", name).replace("{who}", rng.choice(self.who))


def read_phrases(folder: Path) -> Phrases:
    """The phrases in `folder`. Raises UnreadableFile."""
    aspects = _read(folder / "aspects.yaml")
    topics = _read(folder / "topics.yaml")
    frames = _read(folder / "frames.yaml")
    try:
        phrases = Phrases(
            aspects=tuple(
                Aspect(name, frozenset(said["related"]), frozenset(said["kinds"]), tuple(said["forms"]))
                for name, said in aspects.items()
            ),
            topics=tuple(
                Topic(kind, tuple(names), tuple(other[0] for other in group if other is not names))
                for kind, groups in topics.items()
                for group in groups
                for names in group
            ),
            before=tuple(frames["before"]),
            after=tuple(frames["after"]),
            who=tuple(frames["who"]),
            same=_pairs(_read(folder / "same.yaml")),
            contrasts=_pairs(_read(folder / "contrasts.yaml")),
        )
        _check(phrases)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile(f"{folder} does not hold phrases for training: {error!r}") from error
    return phrases


def _check(phrases: Phrases) -> None:
    """Raise ValueError where a topic has nothing to be asked about it, or only one thing, or in one wording."""
    if not phrases.topics:
        raise ValueError("it has no topics")
    for kind in sorted({topic.kind for topic in phrases.topics}):
        aspects = [aspect for aspect in phrases.aspects if kind in aspect.kinds]
        if not aspects:
            raise ValueError(f"no aspect is of the kind {kind!r}")
        for aspect in aspects:
            if len(aspect.forms) < 2:
                raise ValueError(f"the aspect {aspect.name!r} has fewer than two forms")
            if all(other == aspect or other.name in aspect.related for other in aspects):
                raise ValueError(f"there is no aspect of the kind {kind!r} that {aspect.name!r} is not related to")


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(f"{path} is not YAML: {error}") from error


def _pairs(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in rows)

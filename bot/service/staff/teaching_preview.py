"""What teaching would change, told before it is done by asking past questions of an index that has the phrasings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.domain.decision import decide
from bot.domain.errors import InvalidArticle, InvalidMessage, Problem
from bot.domain.language_tags import primary_language
from bot.domain.phrasings import checked_phrasings, placeholder_in, plain_form, says_little
from bot.domain.reply import Outcome
from bot.service.matching import DEPTH, rank
from bot.service.staff.unrecorded import ask_unrecorded
from bot.service.triage import assess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.decision import Ranked
    from bot.domain.reply import Reply
    from bot.ports import StoredArticle
    from bot.ports.teaching import Rehearsal
    from bot.service.core import Core
    from bot.service.staff.desk import Desk

# How far back questions are looked at.
PAST_DAYS: Final = 90
# Questions that are asked again, of those that get another answer, and of those that may; the most asked ones.
MAX_TRIED: Final = 100
MAX_UNSURE: Final = 50
# Questions without a vector that are encoded for a preview.
_MAX_ENCODED: Final = 64
# Texts that are the same but for case and punctuation are nearer to each other than this.
_NEARLY_SAME: Final = 0.9


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a question gets: the outcome, and the articles that are quoted or offered, best first, with their questions.

    `probability` is that of the best candidate, None where nothing was looked for.
    """

    outcome: str
    article_ids: tuple[str, ...]
    questions: tuple[str, ...]
    probability: float | None

    def is_like(self, other: Reaction) -> bool:
        """Whether a patient gets the same articles, in the same way."""
        return (self.outcome, self.article_ids) == (other.outcome, other.article_ids)


@dataclass(frozen=True, slots=True)
class Change:
    """A past question that would get something else.

    `turn_id` is the newest turn that asked it in these words, None for a golden question; `times` how many turns did.
    `is_right` says of a golden question whether what it would then be quoted is what it expects: None where it would
    be quoted nothing, and of stored questions.
    """

    turn_id: str | None
    question: str
    times: int
    before: Reaction
    after: Reaction
    is_golden: bool
    is_right: bool | None = None


@dataclass(frozen=True, slots=True)
class NearerArticle:
    """A phrasing for which another article is likelier than the one it is to be taught to, as things are."""

    phrasing: str
    article_id: str
    question: str
    probability: float


@dataclass(frozen=True, slots=True)
class Already:
    """A phrasing that an article has, but for case and punctuation: `text`, in its `field`."""

    phrasing: str
    article_id: str
    question: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What to look at before teaching a phrasing.

    `kind` is "short", "placeholder", "language" or "emergency"; `is_bar` says that it cannot be taught as it is.
    """

    phrasing: str
    kind: str
    message: str
    is_bar: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What teaching `phrasings` to an article would change.

    `changes` has past questions first, those asked most often first, then golden ones. `past` and `golden` count the
    distinct questions that were held against it; `waiting` stored ones that have no vector yet; `left_out` such as were
    too many to look at, of those that might have changed. `can_teach` says that no caution is a bar.
    """

    article_id: str
    question: str
    phrasings: tuple[str, ...]
    changes: tuple[Change, ...]
    nearer: tuple[NearerArticle, ...]
    already: tuple[Already, ...]
    cautions: tuple[Caution, ...]
    past: int
    golden: int
    waiting: int
    left_out: int
    can_teach: bool


@dataclass(slots=True)
class _Asked:
    """Distinct words that were asked, in a language: `language` is None where the message did not state it."""

    question: str
    language: str | None
    turn_id: str | None = None
    times: int = 0
    vector: bytes | None = None
    expected: frozenset[str] = frozenset()


def preview(desk: Desk, article_id: str, phrasings: Sequence[str]) -> Preview:
    """What would change if `phrasings` were taught. Teaches nothing. Raises NotFound, InvalidArticle, Unavailable.

    Each past question is asked alone, as the first message of a conversation; follow-ups are left out. What the words
    of the phrasings change in how slips are mended is seen in golden questions, and in past ones that are near to the
    phrasings for another reason.
    """
    texts = checked_phrasings(phrasings, with_placeholders=True)
    stored = served_article(desk, article_id)
    rehearsal = desk.rehearser.rehearse(stored, texts)
    past, waiting = _past(desk)
    golden = _golden(desk)
    asked = [*past, *golden]
    sifted = rehearsal.sift(
        [each.vector or b"" for each in asked],
        lambda place: len(asked[place].question.split()),
        desk.core.calibration,
        stored.article.language,
    )
    slips = {len(past) + place for place in rehearsal.changed_by_words([each.question for each in golden])}
    sure = sorted(sifted.sure, key=lambda place: -asked[place].times)
    unsure = sorted({*sifted.unsure, *slips} - set(sure), key=lambda place: -asked[place].times)
    rehearsal.prepare(
        [asked[place].question for place in unsure[:MAX_UNSURE]],
        [(asked[place].question, asked[place].vector or b"") for place in sure[:MAX_TRIED] if place not in slips],
    )
    cautions = tuple(_cautions(desk.core, rehearsal, stored, texts))
    tried = [asked[place] for place in (*sure[:MAX_TRIED], *unsure[:MAX_UNSURE])]
    return Preview(
        article_id=article_id,
        question=stored.article.question,
        phrasings=texts,
        changes=_changes(desk.core, rehearsal, stored, tried),
        nearer=tuple(_nearer(desk.core, rehearsal, stored, texts)),
        already=tuple(_already(desk.core, rehearsal, stored, texts)),
        cautions=cautions,
        past=len(past),
        golden=len(golden),
        waiting=waiting,
        left_out=sifted.left_out + len(sure) + len(unsure) - len(tried),
        can_teach=not any(caution.is_bar for caution in cautions),
    )


def served_article(desk: Desk, article_id: str) -> StoredArticle:
    """The article that is to be taught. Raises NotFound, and InvalidArticle if patients do not see it."""
    stored = desk.core.store.article(article_id)
    if not stored.article.is_served:
        raise InvalidArticle(
            [Problem("article_id", article_id, f"an article that patients see: it is {stored.article.status}")]
        )
    return stored


def _past(desk: Desk) -> tuple[list[_Asked], int]:
    """The distinct stored questions that have a vector, and how many have none."""
    core = desk.core
    found: dict[tuple[str, str], _Asked] = {}
    model = core.retriever.model_sha256
    for each in desk.past.since(core.clock() - dt.timedelta(days=PAST_DAYS), model):
        key = (each.question, each.language)
        asked = found.get(key)
        if asked is None:
            asked = found[key] = _Asked(each.question, each.language, each.turn_id)
        asked.times += 1
        asked.vector = asked.vector or each.vector
    waiting = [asked for asked in found.values() if asked.vector is None]
    first = waiting[:_MAX_ENCODED]
    for asked, vector in zip(first, desk.rehearser.vectors([each.question for each in first]), strict=True):
        asked.vector = vector
    desk.queue.keep_vectors(model, [(each.turn_id, each.vector) for each in first if each.turn_id and each.vector])
    return [asked for asked in found.values() if asked.vector is not None], len(waiting) - len(first)


def _golden(desk: Desk) -> list[_Asked]:
    """The golden questions that can be asked at all."""
    golden = [each for each in desk.golden if any(character.isalnum() for character in each.asked)]
    vectors = desk.rehearser.vectors([each.asked for each in golden], remember=True)
    return [
        _Asked(each.asked, None, vector=vector, expected=each.expected)
        for each, vector in zip(golden, vectors, strict=True)
    ]


def _changes(core: Core, rehearsal: Rehearsal, stored: StoredArticle, tried: Sequence[_Asked]) -> tuple[Change, ...]:
    changes = []
    for each in tried:
        if not _is_decided_otherwise(core, rehearsal, stored, each.question):
            continue
        try:
            before, after = (
                reaction_of(ask_unrecorded(core, each.question, each.language, retriever).reply)
                for retriever in (rehearsal.before, rehearsal.after)
            )
        except InvalidMessage:  # kept by an earlier version, say; nobody could send it now
            continue
        if not before.is_like(after):
            changes.append(_change(each, before, after))
    return tuple(sorted(changes, key=lambda change: (change.is_golden, -change.times, change.question)))


def _is_decided_otherwise(core: Core, rehearsal: Rehearsal, stored: StoredArticle, question: str) -> bool:
    """Whether the article's library decides otherwise on `question`: if not, no patient gets anything else for it."""
    decisions = []
    for retriever in (rehearsal.before, rehearsal.after):
        query = retriever.read(question)
        imagined = replace(core, retriever=retriever)
        decision = decide(rank(imagined, query, DEPTH, stored.article.language)[0], core.calibration)
        answer = decision.answer.candidate.article_id if decision.answer else None
        decisions.append((answer, [each.candidate.article_id for each in decision.choices]))
    return decisions[0] != decisions[1]


def _change(asked: _Asked, before: Reaction, after: Reaction) -> Change:
    is_golden = asked.turn_id is None
    is_right = None
    if is_golden and after.outcome == Outcome.ANSWER:
        is_right = after.article_ids[0] in asked.expected
    return Change(asked.turn_id, asked.question, asked.times, before, after, is_golden, is_right)


def reaction_of(reply: Reply) -> Reaction:
    """What `reply` gives the patient."""
    quoted = [(reply.quotation.article_id, reply.quotation.question)] if reply.quotation else []
    shown = [*quoted, *((choice.article_id, choice.question) for choice in reply.choices)]
    return Reaction(
        reply.outcome, tuple(each for each, _ in shown), tuple(question for _, question in shown), reply.probability
    )


def _nearer(core: Core, rehearsal: Rehearsal, stored: StoredArticle, texts: Sequence[str]) -> Iterator[NearerArticle]:
    """The best article for each of `texts` as things are, where that is another."""
    for text in texts:
        best = next(iter(_ranking(core, rehearsal, stored, text)), None)
        if best is None or best.candidate.article_id == stored.article.id:
            continue
        other = best.candidate.article_id
        if head := core.store.heads([other]).get(other):
            yield NearerArticle(text, other, head.question, best.probability)


def _already(core: Core, rehearsal: Rehearsal, stored: StoredArticle, texts: Sequence[str]) -> Iterator[Already]:
    """What articles have of `texts`, in nearly the same letters."""
    for text in texts:
        form = plain_form(text)
        for entry in _ranking(core, rehearsal, stored, text):
            if entry.candidate.question_similarity < _NEARLY_SAME:
                continue
            other = core.store.article(entry.candidate.article_id)
            lines = [("question", other.article.question)]
            lines += [("also_asked", line) for line in other.article.also_asked]
            lines += [("phrasing", line) for line in other.phrasings]
            for field, line in lines:
                if plain_form(line) == form:
                    yield Already(text, other.article.id, other.article.question, field, line)


def _ranking(core: Core, rehearsal: Rehearsal, stored: StoredArticle, text: str) -> list[Ranked]:
    imagined = replace(core, retriever=rehearsal.before)
    return rank(imagined, rehearsal.before.read(text), DEPTH, stored.article.language)[0]


def _cautions(core: Core, rehearsal: Rehearsal, stored: StoredArticle, texts: Sequence[str]) -> Iterator[Caution]:
    language = primary_language(stored.article.language)
    for text in texts:
        if placeholder := placeholder_in(text):
            message = f"{placeholder} stands for what a patient said: put words there before you teach it"
            yield Caution(text, "placeholder", message, is_bar=True)
        if says_little(text):
            yield Caution(text, "short", "it says little of what is asked: many other questions are near to it")
        detected = core.conversing.languages.detect(text)
        if detected and detected.language != language:
            message = f"it seems to be in the language {detected.language}, and the article is in {language}"
            yield Caution(text, "language", f"{message}: a question in another language does not find it")
        assessment = assess(core.safety, text, rehearsal.before.read(text))
        if assessment.is_emergency:
            signs = ", ".join(assessment.signs)
            message = f"it sounds like an emergency ({signs}): whoever writes so is first told whom to call"
            yield Caution(text, "emergency", message)

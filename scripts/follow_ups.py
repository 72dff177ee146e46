"""How well a question that leans on the last answer is matched, on a library of MedQuAD articles.

    python -m scripts.follow_ups DATA_DIR [--each 150]

DATA_DIR has MedQuAD imported, or some of its folders. A topic is asked about, and then, in the same session, another
type of question about "it". Where the library has that article, it should be quoted; where no article on the topic has
a word on it, none should be. Printed: of the first kind the share quoted right, quoted wrong, and offered as a choice;
of the second the share that got any article quoted. Beside it stand the same questions matched by themselves, and with
the topic's name in the place of "it", which is the best that can be hoped for.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.bootstrap import configure_logging, install
from bot.config import read_settings
from bot.domain.message import Inbound
from bot.domain.reply import Outcome
from bot.service.asking import ask
from scripts import medquad_phrasings as phrasings
from scripts.medquad_task import missing_types, said, topic_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.article import Article
    from bot.domain.reply import Reply
    from bot.service.core import Core

_SEED = 20_190_511


class FollowUp(NamedTuple):
    """A question about a topic, then one about "it", and the same naming the topic; None expects no answer."""

    before: str
    asked: str
    named: str
    expected: frozenset[str]


def follow_ups(articles: Sequence[Article], each: int) -> list[FollowUp]:
    """Up to `each` that have an answer, and as many that have none."""
    topics = {article.id: topic for article in articles if (topic := topic_of(article))}
    by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_name: dict[str, list[Article]] = defaultdict(list)
    kinds: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        if topic := topics.get(article.id):
            by_key[topic.key].add(article.id)
            by_name[topic.key[0]].append(article)
            kinds[topic.key[0]].add(topic.kind)
    chance = random.Random(_SEED)  # noqa: S311  a sample, no secret
    here = sorted(set(topics.values()), key=lambda topic: topic.key)
    answerable = [topic for topic in here if len(kinds[topic.key[0]]) > 1]
    missing = list(missing_types(here, by_name))
    made = []
    for wanted in (answerable, missing):
        for topic in chance.sample(wanted, min(each, len(wanted))):
            before = chance.choice(sorted(kinds[topic.key[0]] - {topic.kind}))
            phrase = chance.choice(phrasings.PLAIN[topic.kind])
            made.append(
                FollowUp(
                    chance.choice(phrasings.PLAIN[before]).format(topic=said(topic.name)),
                    phrase.format(topic="it"),
                    phrase.format(topic=said(topic.name)),
                    frozenset(by_key.get(topic.key, ())),
                )
            )
    return made


def measured(core: Core, made: Sequence[FollowUp]) -> Table:
    """The shares, of the messages in context, by themselves, and with the topic named."""
    table = Table("", "in context", "by itself", "topic named")
    outcomes: dict[str, list[tuple[Reply, FollowUp]]] = defaultdict(list)
    for each in track(made):
        first = ask(core, Inbound(each.before))
        if first.quotation is None or first.outcome is not Outcome.ANSWER:
            continue
        outcomes["in context"].append((ask(core, Inbound(each.asked, first.session_id)), each))
        outcomes["by itself"].append((ask(core, Inbound(each.asked)), each))
        outcomes["topic named"].append((ask(core, Inbound(each.named)), each))
    names = ("quoted right", "quoted wrong", "offered", "false answers")
    shares = {name: _shares(outcomes[name]) for name in ("in context", "by itself", "topic named")}
    for name in names:
        table.add_row(name, *(f"{share[name]:.3f}" for share in shares.values()))
    answerable = sum(bool(each.expected) for _, each in outcomes["in context"])
    table.caption = f"{answerable} with an answer, {len(outcomes['in context']) - answerable} without"
    return table


def _shares(replies: Sequence[tuple[Reply, FollowUp]]) -> dict[str, float]:
    answerable = [(reply, each) for reply, each in replies if each.expected]
    others = [reply for reply, each in replies if not each.expected]
    quoted = [(reply.quotation.article_id in each.expected) for reply, each in answerable if reply.quotation]
    offered = sum(
        any(c.article_id in each.expected for c in reply.choices) for reply, each in answerable if not reply.quotation
    )
    return {
        "quoted right": sum(quoted) / len(answerable),
        "quoted wrong": (len(quoted) - sum(quoted)) / len(answerable),
        "offered": offered / len(answerable),
        "false answers": sum(reply.quotation is not None for reply in others) / max(1, len(others)),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--each", type=int, default=150)
    arguments = parser.parse_args()
    configure_logging("error")
    core = install(read_settings(data_dir=arguments.data_dir)).core
    articles = [stored.article for stored in core.store.all() if stored.article.is_served]
    Console().print(measured(core, follow_ups(articles, arguments.each)))


if __name__ == "__main__":
    main()

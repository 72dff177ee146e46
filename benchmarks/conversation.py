"""What a turn costs beyond matching: emergencies, language, small talk, redaction, memory, and what is kept.

    python -m benchmarks.conversation [--questions FILE] [--turns 300]

asks the bundled library, in this process, each question once by itself and once as the next turn of a conversation, and
prints the median milliseconds of each part, of the whole turn, and of bare matching (encode, search, decide, read the
article) beside it, all taken in the same loop.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bot.bootstrap import configure_logging, temporary_installation
from bot.config import read_settings
from bot.domain.decision import decide
from bot.domain.intents import hear
from bot.domain.message import Inbound
from bot.evaluation import read_questions
from bot.importers import FORMATS
from bot.ports import SourcedArticle
from bot.service.asking import ask
from bot.service.matching import DEPTH, rank
from bot.service.received import MEMORY_TURNS
from bot.service.triage import assess

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.service.core import Core

ROOT = Path(__file__).parent.parent
# The first ones are slower: caches fill.
WARM_UP = 20


def bare_match(core: Core, text: str) -> None:
    """What there was before conversations."""
    query = core.retriever.read(text)
    ranking, _ = rank(core, query, DEPTH, "")
    answer = decide(ranking, core.calibration).answer
    if answer:
        core.store.revision(answer.candidate.article_id, answer.candidate.revision)


def measure(core: Core, texts: list[str]) -> Table:
    """The medians."""
    parts: dict[str, list[float]] = {}

    def timed(name: str, act: Callable[[], object]) -> None:
        began = time.perf_counter()
        act()
        parts.setdefault(name, []).append((time.perf_counter() - began) * 1_000)

    session = ask(core, Inbound(texts[0])).session_id
    long_ago = core.clock().replace(year=2000)
    for text in texts:
        query = core.retriever.read(text)
        timed("bare matching", partial(bare_match, core, text))
        timed("a turn by itself", partial(ask, core, Inbound(text)))
        timed("a turn of a conversation", partial(ask, core, Inbound(text, session)))
        timed("emergencies", partial(assess, core.safety, text, query))
        timed("language", partial(core.conversing.languages.detect, text))
        timed("small talk", partial(hear, text, core.conversing.phrases, offered=3))
        timed("redaction", partial(core.redactor.redacted, text))
        timed("memory", partial(core.store.conversation, session, long_ago, MEMORY_TURNS))
    table = Table("part", "median, ms", "95th percentile, ms")
    for name, values in parts.items():
        kept = values[WARM_UP:]
        table.add_row(name, f"{statistics.median(kept):.2f}", f"{statistics.quantiles(kept, n=20)[-1]:.2f}")
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=ROOT / "data/golden/questions.jsonl")
    parser.add_argument("--turns", type=int, default=300)
    arguments = parser.parse_args()
    configure_logging("error")
    asked = [question.asked for question in read_questions(arguments.questions)]
    texts = [text for text in asked if any(map(str.isalnum, text)) and len(text) <= 2_000][: arguments.turns + WARM_UP]
    read = [
        record for path in sorted((ROOT / "data/articles").glob("*.md")) for record in FORMATS["markdown"].read(path)
    ]
    with temporary_installation(read_settings(), [each for each in read if isinstance(each, SourcedArticle)]) as made:
        Console().print(measure(made.core, texts))


if __name__ == "__main__":
    main()

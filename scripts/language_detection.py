"""How well the language of a message is told: English by other people's data, other languages by messages of ours.

    python -m scripts.language_detection ../shared

prints, for leads over English that a language might have to have, how many messages in English are taken for another
language (as they are, and with slips of the keyboard), and how many in other languages are recognised (as they are, in
lower case without accents, and with slips); then each language at the lead that is in use, and what telling costs.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bot.domain.language_tags import primary_language
from bot.languages import MIN_LEAD, EldDetector
from scripts.development_tasks import messages, pairs
from scripts.medquad_task import articles_of, misspelt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROOT: Final = Path(__file__).parent.parent
LEADS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_LONG: Final = 4  # words from which nine in ten are to be recognised
_TIMED: Final = 2_000
# Letters that no accent was added to.
_WITHOUT_ACCENT: Final = str.maketrans("łđøıß", "ldois")
_FRESH: Final = """
import time
import psutil
import bot.ports
before = psutil.Process().memory_info().rss
began = time.perf_counter()
from bot.languages import EldDetector
EldDetector().detect("me duele la cabeza desde hace tres dias")
spent = time.perf_counter() - began
detector = EldDetector()
for line in open("data/languages/messages.jsonl", encoding="utf-8"):
    detector.detect(line)
print(spent * 1_000, (psutil.Process().memory_info().rss - before) / 2**20)
"""


class Message(NamedTuple):
    """A message of ours: its language, a BCP 47 tag, and whether it is of the set `seen` when the lead was chosen.

    The set `unknown` has languages that the detector does not know.
    """

    set: str
    language: str
    text: str


def english(shared: Path) -> dict[str, list[str]]:
    """Messages in English, each once, by where they are from."""
    library, asked = pairs(shared / "eval/question-pairs-dev.csv")
    condensed, sent = messages(shared / "eval/patient-messages-dev.jsonl")
    golden = map(json.loads, (ROOT / "data/golden/questions.jsonl").read_text(encoding="utf-8").splitlines())
    articles = articles_of(shared / "data/medquad")
    sources: dict[str, Iterable[str]] = {
        "doctors' pairs": [*library, *(question for question, _ in asked)],
        "condensed questions": condensed,
        "messages": [message for message, _ in sent],
        # The unrelated ones are of several languages.
        "golden questions": [line["asked"] for line in golden if line["kind"] != "unrelated"],
        "MedQuAD's questions": [article.question for article in articles],
        "names alone (MedQuAD)": [name for article in articles for name in article.symptoms],
    }
    return {name: list(dict.fromkeys(texts)) for name, texts in sources.items()}


def foreign() -> list[Message]:
    """Our messages in other languages."""
    lines = (ROOT / "data/languages/messages.jsonl").read_text(encoding="utf-8").splitlines()
    return [Message(**json.loads(line)) for line in lines]


def unaccented(text: str) -> str:
    """`text` in lower case, its letters without accents; scripts other than the Latin one stay as they are.

    >>> unaccented("Porqué me duele, tôi bị sốt, это")
    'porque me duele, toi bi sot, это'
    """
    decomposed = unicodedata.normalize("NFD", text.lower().translate(_WITHOUT_ACCENT))
    kept = [
        character
        for place, character in enumerate(decomposed)
        if not (unicodedata.combining(character) and _latin_before(decomposed, place))
    ]
    return unicodedata.normalize("NFC", "".join(kept))


def _latin_before(text: str, place: int) -> bool:
    while place > 0 and unicodedata.combining(text[place]):
        place -= 1
    return text[place].isascii()


def with_slips(text: str) -> str:
    """`text` with slips of the keyboard, the same at every call."""
    return misspelt(" ".join(text.split()), random.Random(text))  # noqa: S311  nothing secret


def is_long(message: Message) -> bool:
    """Whether it has four words, or, in a language written without spaces, the characters of as many."""
    return len(message.text.split()) >= _LONG or (message.language in {"ja", "zh"} and len(message.text) > 2 * _LONG)


def recognised(detector: EldDetector, asked: Sequence[Message], change: Callable[[str], str]) -> float:
    """The share of `asked` whose language is told when they are changed so."""
    right = [told(detector, change(each.text)) == primary_language(each.language) for each in asked]
    return statistics.mean(right) if right else 0.0


def told(detector: EldDetector, text: str) -> str:
    """The language that is told, "" where none is."""
    found = detector.detect(text)
    return found.language if found else ""


def mistaken(sources: dict[str, list[str]]) -> Table:
    """How many messages in English are taken for another language, by the lead that it must have."""
    table = Table("English", "messages", "told as English", *(f"as another, lead {lead}" for lead in LEADS))
    changed = {name: [with_slips(text.lower()) for text in texts] for name, texts in sources.items()}
    for name, texts in sources.items():
        cells = []
        for lead in LEADS:
            detector = EldDetector(lead)
            each = [[told(detector, text) for text in version] for version in (texts, changed[name])]
            cells.append(" / ".join(str(sum(language not in {"", "en"} for language in found)) for found in each))
        share = statistics.mean(told(EldDetector(), text) == "en" for text in texts)
        table.add_row(name, f"{len(texts):,}", f"{share:.3f}", *cells)
    table.caption = "as they are / in lower case with slips of the keyboard"
    return table


def by_lead(asked: Sequence[Message]) -> Table:
    """How many messages in other languages are recognised, by the lead that their language must have."""
    table = Table("others", "messages", *(f"lead {lead}" for lead in LEADS))
    sets = {
        "seen": [each for each in asked if each.set == "seen"],
        "unseen": [each for each in asked if each.set == "unseen"],
        f"all of {_LONG} words and more": [each for each in asked if each.set != "unknown" and is_long(each)],
    }
    for name, of_set in sets.items():
        cells = [
            " / ".join(f"{recognised(EldDetector(lead), of_set, c):.2f}" for c in (str, unaccented, with_slips))
            for lead in LEADS
        ]
        table.add_row(name, str(len(of_set)), *cells)
    unknown = [each for each in asked if each.set == "unknown"]
    wrong = [sum(told(EldDetector(lead), each.text) != "" for each in unknown) for lead in LEADS]
    table.add_row("unknown languages: taken for another", str(len(unknown)), *map(str, wrong))
    table.caption = "as they are / in lower case without accents / with slips of the keyboard"
    return table


def by_language(asked: Sequence[Message]) -> Table:
    """What each language's messages are told as, at the lead that is in use."""
    table = Table("language", "messages", "recognised", "without accents", "with slips", "taken for")
    detector = EldDetector()
    for language in sorted({each.language for each in asked if each.set != "unknown"}):
        of_it = [each for each in asked if each.language == language]
        versions = [[told(detector, c(each.text)) for each in of_it] for c in (str, unaccented, with_slips)]
        wrong = Counter(found for version in versions for found in version if found != primary_language(language))
        shown = ", ".join(f"{found or 'none'} {count}" for found, count in wrong.most_common())
        counts = [sum(found == primary_language(language) for found in version) for version in versions]
        table.add_row(language, str(len(of_it)), *map(str, counts), shown)
    return table


def cost(texts: Sequence[str]) -> str:
    """What telling costs: a message, a start, and memory, the last two in a process of their own."""
    detector = EldDetector()
    times_ms = []
    for text in texts:
        began = time.perf_counter()
        detector.detect(text)
        times_ms.append((time.perf_counter() - began) * 1_000)
    command = [sys.executable, "-c", _FRESH]
    fresh = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own
    start_ms, megabytes = map(float, fresh.split())
    median, most = statistics.median(times_ms), statistics.quantiles(times_ms, n=20)[-1]
    return (
        f"a message {median:.3f} ms (median; 95 %: {most:.3f}, longest {max(times_ms):.2f}); start {start_ms:.0f} ms; "
        f"{megabytes:.0f} MB"
    )


def main(shared: Path) -> None:
    """Print all figures."""
    sources, asked = english(shared), foreign()
    console = Console(width=180)
    for table in (mistaken(sources), by_lead(asked), by_language(asked)):
        console.print(table)
    every = [text for texts in sources.values() for text in texts]
    timed = every[:: max(1, len(every) // _TIMED)] + [each.text for each in asked]
    console.print(f"In use: lead {MIN_LEAD}. {cost(timed)}")
    detector = EldDetector()
    for text in every:
        if (language := told(detector, text)) not in {"", "en"} and len(text.split()) > _LONG:
            console.print(f"taken for {language}: {' '.join(text.split())[:150]}", markup=False)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m scripts.language_detection ../shared")
    main(Path(sys.argv[1]))

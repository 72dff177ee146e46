"""Commands that train models: train."""

from __future__ import annotations

import importlib.util
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bootstrap import configure_logging, load_encoder, open_store
from bot.cli.terminal import AsJson, app, errors, out, print_json
from bot.config import read_settings
from bot.domain.errors import ConfigurationError, UnreadableFile
from bot.training.making import MIN_TRIPLETS, About, Sources, make_model, triplets_of
from bot.training.phrases import read_phrases
from bot.training.triplets import Pair, read_pairs
from embeddings.training import TrainingSettings

if TYPE_CHECKING:
    from bot.config import Settings


@app.command("train")
def train(
    pairs: Annotated[
        list[Path] | None,
        typer.Option(help="Pairs (JSON Lines of asked, library_question, entailed). May be given several times."),
    ] = None,
    phrases: Annotated[Path | None, typer.Option(help="A folder of phrases, as data/training is.")] = None,
    phrase_triplets: Annotated[int, typer.Option(min=0, help="How many triplets its topics make.")] = 5_000,
    topics: Annotated[Path | None, typer.Option(help="A text file of further conditions, one a line.")] = None,
    installed: Annotated[
        bool, typer.Option("--installed/--not-installed", help="Learn the installed library's phrasings.")
    ] = True,
    base: Annotated[str, typer.Option(help="The model to start from; the one in use.")] = "",
    output: Annotated[
        Path | None, typer.Option("--out", help="The folder to write; trained/ in the data folder.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the model is called; the folder's name.")] = "",
    licence: Annotated[str, typer.Option(help="The licence of the result, for its card.")] = "",
    credits_file: Annotated[
        Path | None,
        typer.Option("--credits", help="JSON: a list of name, authors and licence of the data, for the card."),
    ] = None,
    epochs: Annotated[float, typer.Option(min=0.01, help="How often each triplet is seen.")] = 1.0,
    learning_rate: Annotated[float, typer.Option(min=1e-7, help="The highest step.")] = 3e-4,
    rank: Annotated[int, typer.Option(min=1, max=256, help="The rank of the adapter: more learns more.")] = 16,
    strength: Annotated[float, typer.Option(min=0.01, max=1, help="The share of what was learned that is kept.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed makes the same data and weights.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Fine-tune a model to questions that mean the same, or only sound so. Takes minutes to hours.

    Use the result with DOCTORS_NOTE_EMBEDDING_MODEL, and fit a probability to it with
    `doctors-note calibrate`.
    """
    if any(importlib.util.find_spec(name) is None for name in ("accelerate", "datasets")):
        raise ConfigurationError("training needs more than serving does; run: pip install 'doctors-note[train]'")
    settings = read_settings()
    configure_logging("error")
    credit = _credits(credits_file) if credits_file else []
    sources = Sources(
        phrases=read_phrases(phrases) if phrases else None,
        phrase_triplets=phrase_triplets,
        topics=tuple(_topics(topics)) if topics else (),
        pairs=(
            *(tuple(read_pairs(path)) for path in pairs or []),
            *([_installed_pairs(settings)] if installed else []),
        ),
    )
    base = base or settings.model
    encoder = load_encoder(settings.model_copy(update={"embedding_model": base}), errors.print)
    triplets = triplets_of(sources, encoder.encode, seed)
    if len(triplets) < MIN_TRIPLETS:
        raise UnreadableFile(
            f"there are {len(triplets)} triplets to learn from, expected {MIN_TRIPLETS} at least; give --pairs or "
            "--phrases, or teach the library more phrasings"
        )
    folder = output or settings.data_dir / "trained"
    about = About(
        name=name or folder.resolve().name,
        licence=licence,
        data=tuple(credit),
        rebuild=shlex.join(["doctors-note", *sys.argv[1:]]),
    )
    errors.print(f"Training on {len(triplets):,} triplets...")
    card = make_model(
        triplets,
        base,
        folder,
        about,
        TrainingSettings(epochs, learning_rate=learning_rate, rank=rank, strength=strength, seed=seed),
    )
    if as_json:
        print_json({"path": str(folder), "card": asdict(card)})
    else:
        out.print(f"{card.name}, an adapter to {card.base}, written to {folder}; sha256 {card.adapter_sha256}")


def _installed_pairs(settings: Settings) -> tuple[Pair, ...]:
    """The phrasings of the installed library's articles, each with the article's question."""
    store = open_store(settings)
    try:
        return tuple(
            Pair(phrasing, stored.article.question, entailed=True)
            for stored in store.all()
            if stored.article.is_served
            for phrasing in (*stored.article.also_asked, *stored.phrasings)
        )
    finally:
        store.close()


def _topics(path: Path) -> list[str]:
    try:
        return [topic for line in path.read_text(encoding="utf-8").splitlines() if (topic := line.strip())]
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} is not a text file of topics, one a line: {error}") from error


def _credits(path: Path) -> list[dict[str, str]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return [{key: str(entry[key]) for key in ("name", "authors", "licence")} for entry in read]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableFile(f"{path} is not a list of objects with name, authors and licence: {error!r}") from error

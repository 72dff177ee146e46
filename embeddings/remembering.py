"""An encoder that remembers what it encoded, for programs that encode the same texts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoder import Encoder


class RememberingEncoder:
    """`encoder`, with the vectors of the texts it was given so far: about 2 KB each, for as long as it lives.

    Safe to call from several threads; a text that two give at once may be encoded twice.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self.name = encoder.name
        self.weights_sha256 = encoder.weights_sha256
        self.precision = encoder.precision
        self.gains_by_batches = encoder.gains_by_batches
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder.encode`."""
        new = list(dict.fromkeys(text for text in texts if text not in self._vectors))
        self._vectors.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self._vectors[text] for text in texts])

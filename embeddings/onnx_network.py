"""A network in ONNX Runtime, and the tokens that it takes: all that answering needs, without torch."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

Precision = Literal["float32", "int8"]

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
NETWORK: Final = "network.onnx"
TOKENIZER: Final = "tokenizer.json"
DESCRIPTION: Final = "encoder.json"


class Tokens:
    """Texts as a network's inputs. `definition` is a `tokenizer.json`, `max_length` counts the special tokens too."""

    def __init__(self, definition: Path, max_length: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(definition))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length, strategy="longest_first")

    def of(self, text: str, pair: str | None = None) -> dict[str, NDArray[np.int64]]:
        """The inputs for one text, or for two beside each other: `INPUTS` by name, int64 (1, length)."""
        encoding = self._tokenizer.encode(text, pair)
        rows = (encoding.ids, encoding.attention_mask, encoding.type_ids)
        return {name: np.array([row], np.int64) for name, row in zip(INPUTS, rows, strict=True)}


class Network:
    """A network in an ONNX file with one output. Safe to call from several threads.

    Each call runs on the thread that makes it, and at most one for each processor at a time: more would only take
    memory and turns from one another.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._turns = threading.BoundedSemaphore(processors())

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        """What the network gives for `inputs`."""
        with self._turns:
            (output,) = self._session.run(None, dict(inputs))
        return output  # type: ignore[no-any-return]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

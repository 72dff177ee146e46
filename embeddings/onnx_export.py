"""Torch networks as files for ONNX Runtime, whole or with weights of 8 bits.

    python -m embeddings.onnx_export PRECISION FOLDER MODEL

writes `network.onnx`, `tokenizer.json` and `encoder.json` of a sentence-transformers model into FOLDER. It is run once
for a model, in a process of its own: torch and what exports take a gigabyte.
"""

from __future__ import annotations

import inspect
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from embeddings.encoder import ModelError, SentenceTransformerEncoder
from embeddings.onnx_network import DESCRIPTION, INPUTS, NETWORK, TOKENIZER, Network, Precision, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentence_transformers import SentenceTransformer

# Weights, and what is multiplied with them, are 8-bit numbers in blocks of so many with a scale each.
_BLOCK: Final = 128
# Texts on which the file is held against the model that it was made of: of all lengths, cases and scripts.
_PROBES: Final = (
    "",
    "fever",
    "How long does a common cold last?",
    "I'VE HAD A RASH SINCE MONDAY \N{EM DASH} is it Lyme disease?\n\tPlease help!",
    "Ist naïve Übelkeit gefährlich? 頭痛",
    "My mother takes 20 mg of lisinopril and has had a dry cough for three weeks. " * 30,
)
# The least cosine between the two on any of them.
_AGREEMENT: Final[dict[Precision, float]] = {"float32": 0.99999, "int8": 0.99}


class NotExportableError(Exception):
    """The model is not one that can be exported; the message says why."""


class SentenceVectors(torch.nn.Module):
    """A BERT-like network with mean pooling and normalisation behind it: unit vectors, float32 (batch, dimension)."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Vectors of tokens given as int64 (batch, length), by `attention_mask` 1 where there is one."""
        states = self.network(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        present = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * present).sum(1) / present.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2, dim=1)


def export(module: torch.nn.Module, path: Path, precision: Precision, *, output: str, max_length: int) -> None:
    """Write `module` to `path` as an ONNX file.

    It takes `onnx_network.INPUTS` by name, each int64 (batch, length) with a length of 2 to `max_length`, and gives one
    tensor, which is called `output` there. With `int8` its linear layers are quantised.
    """
    module = module.eval()
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=max_length)}
    torch.onnx.export(
        module,
        (),
        str(path),
        # A tensor each: one that is given three times is taken for one input.
        kwargs={name: torch.ones(2, 7, dtype=torch.int64) for name in INPUTS},
        input_names=list(INPUTS),
        output_names=[output],
        dynamic_shapes=dict.fromkeys(INPUTS, axes),
        external_data=False,
        dynamo=True,
        verbose=False,
    )
    if precision == "int8":
        _quantise(path)


def sentence_network(model: SentenceTransformer) -> SentenceVectors:
    """What `model` computes, from tokens to unit vectors. Raises NotExportableError."""
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415  it takes seconds
        Normalize,
        Pooling,
        Transformer,
    )

    modules = list(model.children())
    kinds = [type(module).__name__ for module in modules]
    if [type(module) for module in modules[:2]] != [Transformer, Pooling] or any(
        not isinstance(module, Normalize) for module in modules[2:]
    ):
        raise NotExportableError(f"its modules are {', '.join(kinds)}, expected Transformer, Pooling and Normalize")
    transformer: Any = modules[0]
    pooling: Any = modules[1]
    if pooling.pooling_mode not in {"mean", ("mean",)}:
        raise NotExportableError(f"its pooling is {pooling.pooling_mode!r}, expected 'mean'")
    if "token_type_ids" not in inspect.signature(transformer.model.forward).parameters:
        raise NotExportableError(f"its network, {type(transformer.model).__name__}, takes no token_type_ids")
    return SentenceVectors(transformer.model)


def export_sentence_encoder(model: SentenceTransformer, folder: Path, precision: Precision) -> None:
    """Write the files of an encoder that gives what `model` does into `folder`. Raises NotExportableError."""
    network = sentence_network(model)
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise NotExportableError("its tokenizer has no fast form")
    max_length = int(model.max_seq_length or 0)
    if not 2 <= max_length <= 8192:
        raise NotExportableError(f"its longest sequence is {max_length} tokens, expected 2 to 8,192")
    tokenizer.save(str(folder / TOKENIZER))
    export(network, folder / NETWORK, precision, output="vector", max_length=max_length)
    description = {"max_length": max_length, "dimension": int(model.get_embedding_dimension() or 0)}
    (folder / DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
    _check_agreement(model, folder, max_length, precision)


def _check_agreement(model: SentenceTransformer, folder: Path, max_length: int, precision: Precision) -> None:
    tokens = Tokens(folder / TOKENIZER, max_length)
    network = Network(folder / NETWORK)
    expected = model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    for number, text in enumerate(_PROBES):
        agreement = float(np.dot(network.run(tokens.of(text))[0], expected[number]))
        if not agreement >= _AGREEMENT[precision]:
            raise NotExportableError(
                f"a vector of its exported form has a cosine of {agreement:.5f} to its own, "
                f"expected at least {_AGREEMENT[precision]}"
            )


def _quantise(path: Path) -> None:
    """Make the linear layers in `path` ones of 8 bits.

    Both factors are quantised in blocks (`accuracy_level` 4), so that neither one large activation nor what else is in
    a batch takes precision from the rest, as it does with ONNX Runtime's dynamic quantisation of whole tensors.
    """
    import onnx  # noqa: PLC0415  float32 needs neither
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer  # noqa: PLC0415

    quantizer = MatMulNBitsQuantizer(onnx.load(path), bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    quantizer.model.save_model_to_file(str(path), use_external_data_format=False)


def main(arguments: Sequence[str]) -> None:
    """Run from the command line: the reason for a failure is the last line on stderr."""
    precision, folder, model = arguments
    assert precision in {"float32", "int8"}
    logging.disable(logging.WARNING)
    try:
        encoder = SentenceTransformerEncoder(model)
        export_sentence_encoder(encoder.model, Path(folder), "int8" if precision == "int8" else "float32")
    except (NotExportableError, ModelError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])

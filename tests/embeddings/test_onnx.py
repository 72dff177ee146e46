"""Models in ONNX Runtime: they give what torch gives, for any network of the kind, or it is said why not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertForSequenceClassification, BertModel, DistilBertConfig, DistilBertModel

from embeddings.encoder import PACKAGED_MODEL, Encoder, SentenceTransformerEncoder, packaged_model_folder
from embeddings.made_files import CannotMakeError
from embeddings.onnx_encoder import OnnxEncoder
from embeddings.onnx_export import (
    NotExportableError,
    SentenceVectors,
    export,
    export_sentence_encoder,
    sentence_network,
)
from embeddings.onnx_network import NETWORK, TOKENIZER, Network, Tokens
from tests.embeddings.test_encoder import TEXTS, outcome

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.onnx_network import Precision

# The exporter's own code uses what torch has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

# White space, capitals, marks and scripts that a tokenizer treats in its own way; one text is cut, one has no word.
ODD = [
    "",
    " \t\n ",
    "FEVER and Fieber, ÜBELKEIT, naïve",
    "頭痛 и мигрень 👩‍⚕️",
    "don't\u2014won't; 20mg/5ml  b.i.d.",
    "zzz" * 300,
    "My cough has lasted for three weeks and it hurts. " * 60,
]
SMALL: dict[str, Any] = {
    "vocab_size": 30_522,
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 96,
}


@pytest.fixture(scope="module")
def expected() -> SentenceTransformerEncoder:
    """The packaged model in torch."""
    return SentenceTransformerEncoder()


def onnx_encoder(models_dir: Path, precision: Precision) -> Encoder:
    return OnnxEncoder(PACKAGED_MODEL, models_dir, precision, lambda _: None)


def small_model(folder: Path, *modules: torch.nn.Module) -> SentenceTransformer:
    """A model of two layers with random weights and the packaged tokenizer."""
    torch.manual_seed(1)
    BertModel(BertConfig(**SMALL)).save_pretrained(folder)
    for path in packaged_model_folder().glob("*token*.json"):
        shutil.copy(path, folder)
    shutil.copy(packaged_model_folder() / "vocab.txt", folder)
    return SentenceTransformer(modules=[Transformer(str(folder)), *modules], device="cpu")


def test_float32_gives_the_vectors_of_torch(models_dir: Path, expected: Encoder) -> None:
    """Each component is the same to 5 decimals, for texts of every kind: cut, empty, in capitals, of other scripts."""
    found = onnx_encoder(models_dir, "float32")
    assert found.encode(TEXTS + ODD) == pytest.approx(expected.encode(TEXTS + ODD), abs=1e-5)
    assert (found.dimension, found.precision) == (expected.dimension, expected.precision)


def test_8_bits_give_nearly_those(models_dir: Path, expected: Encoder) -> None:
    """Every vector has a cosine of over 0.995 to the one of torch, and the index is told that it is another."""
    found = onnx_encoder(models_dir, "int8")
    assert ((found.encode(TEXTS + ODD) * expected.encode(TEXTS + ODD)).sum(1) > 0.995).all()
    assert found.precision != expected.precision


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_the_same_bits_whatever_else_is_asked(models_dir: Path, precision: Precision) -> None:
    """A text has exactly the same vector alone and among others."""
    encoder = onnx_encoder(models_dir, precision)
    together = encoder.encode(TEXTS)
    assert all(np.array_equal(encoder.encode([text])[0], vector) for text, vector in zip(TEXTS, together, strict=True))


def test_serving_loads_no_torch(models_dir: Path) -> None:
    """Encoding imports neither torch nor anything else that is there to make models, needs no network, is silent."""
    program = (
        "import sys; from pathlib import Path; from embeddings.onnx_encoder import OnnxEncoder;"
        f"encoder = OnnxEncoder({PACKAGED_MODEL!r}, Path({str(models_dir)!r}), 'int8', print);"
        "assert encoder.encode(['x']).shape == (1, 384);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn', 'scipy', 'onnx', 'huggingface_hub'};"
        "sys.stdout.write(repr(heavy & set(sys.modules)))"
    )
    onnx_encoder(models_dir, "int8")
    assert outcome(program) == (0, "set()", "")


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_model_of_ones_own(tmp_path: Path, precision: Precision) -> None:
    """A loaded model is exported as it is, with its own longest sequence."""
    model = small_model(tmp_path, Pooling(64, "mean"), Normalize())
    model.max_seq_length = 12
    export_sentence_encoder(model, tmp_path, precision)
    tokens, network = Tokens(tmp_path / TOKENIZER, 12), Network(tmp_path / NETWORK)
    for text in (*TEXTS[:5], *ODD):
        inputs = tokens.of(text)
        assert inputs["input_ids"].shape[1] <= 12
        difference = 1e-5 if precision == "float32" else 0.02
        assert network.run(inputs)[0] == pytest.approx(model.encode(text, normalize_embeddings=True), abs=difference)


def test_a_network_with_a_head(tmp_path: Path) -> None:
    """A network that judges pairs of texts is exported too, and takes batches of any size and length."""
    torch.manual_seed(1)
    network = BertForSequenceClassification(BertConfig(**SMALL, num_labels=1)).eval()

    class Judged(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            return self.network(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).logits

    export(Judged(), tmp_path / "judge.onnx", "float32", output="logits", max_length=512)
    exported = Network(tmp_path / "judge.onnx")
    tokens = Tokens(packaged_model_folder() / TOKENIZER, 512)
    inputs = tokens.of("Is a fever harmful?", "Fever is a defence of the body.")
    assert set(inputs["token_type_ids"][0].tolist()) == {0, 1}
    for batch in (inputs, {name: np.repeat(row, 5, axis=0) for name, row in tokens.of("x", "y" * 2000).items()}):
        with torch.no_grad():
            logits = network(**{name: torch.from_numpy(row) for name, row in batch.items()}).logits.numpy()
        assert exported.run(batch) == pytest.approx(logits, abs=1e-5)


def test_what_cannot_be_exported_is_told(tmp_path: Path) -> None:
    """Another pooling, another module, or a network with other inputs is refused with what was expected."""
    with pytest.raises(NotExportableError, match="its pooling is 'cls', expected 'mean'"):
        sentence_network(small_model(tmp_path, Pooling(64, "cls")))
    with pytest.raises(NotExportableError, match="its modules are Transformer, Pooling, Dropout, expected"):
        sentence_network(small_model(tmp_path, Pooling(64, "mean"), torch.nn.Dropout(0.1)))
    config = DistilBertConfig(vocab_size=30_522, dim=64, n_layers=1, n_heads=2, hidden_dim=96)
    other = small_model(tmp_path, Pooling(64, "mean"))
    other[0].model = DistilBertModel(config)
    with pytest.raises(NotExportableError, match="its network, DistilBertModel, takes no token_type_ids"):
        sentence_network(other)


def test_an_export_that_disagrees_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose vectors are not the model's is refused where it is made."""

    def last_token(module: SentenceVectors, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        states = module.network(input_ids, attention_mask, token_type_ids).last_hidden_state
        return torch.nn.functional.normalize(states[:, -1], dim=1)

    monkeypatch.setattr(SentenceVectors, "forward", last_token)
    model = small_model(tmp_path, Pooling(64, "mean"))
    with pytest.raises(NotExportableError, match="a vector of its exported form has a cosine of"):
        export_sentence_encoder(model, tmp_path, "float32")


@pytest.mark.slow
def test_the_reason_reaches_who_opens_it(tmp_path: Path) -> None:
    """A model in a folder that cannot be exported is refused with the reason, and nothing is left of the attempt."""
    small_model(tmp_path / "network", Pooling(64, "cls")).save(str(tmp_path / "model"))
    announced: list[str] = []
    with pytest.raises(CannotMakeError, match="its pooling is 'cls', expected 'mean'"):
        OnnxEncoder(str(tmp_path / "model"), tmp_path / "made", "int8", announced.append)
    assert len(announced) == 1
    assert [path.suffix for path in (tmp_path / "made").iterdir()] in ([], [".lock"])

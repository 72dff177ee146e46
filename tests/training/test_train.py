"""Training for real, on few examples: the adapter that comes of it, its card, and its use."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.bootstrap import load_encoder
from bot.calibration_file import load_calibration
from bot.config import DEFAULT_MODEL, Settings
from bot.domain.errors import UnknownModel, UnreadableFile
from bot.training.making import About, make_model
from bot.training.phrases import Triplet
from embeddings.adapter import CARD, CONFIG, WEIGHTS, read_card
from embeddings.encoder import PACKAGED_MODEL, SentenceTransformerEncoder
from embeddings.training import TrainingSettings

if TYPE_CHECKING:
    from embeddings.encoder import Encoder

# To tell apart what sounds alike: enough steps that it shows.
TRIPLETS = [
    Triplet("my zorblax hurts", "zorblax pain", "zorblax colour"),
    Triplet("zorblax aching since monday", "zorblax pain", "zorblax size"),
    Triplet("the shade of a zorblax", "zorblax colour", "zorblax pain"),
    Triplet("is a zorblax red or green", "zorblax colour", "zorblax size"),
] * 8
ABOUT = About("test", "none", ({"name": "made up", "authors": "us", "licence": "none"},), "doctors-note train")
SETTINGS = TrainingSettings(batch_size=4, learning_rate=2e-3, rank=4, warmup_steps=1, max_tokens=32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained encoder."""
    folder = tmp_path_factory.mktemp("models") / "trained"
    make_model(TRIPLETS, PACKAGED_MODEL, folder, ABOUT, SETTINGS)
    return folder


@pytest.fixture(scope="module")
def trained(folder: Path) -> Encoder:
    return SentenceTransformerEncoder(str(folder))


def similarity(encoder: Encoder, one: str, other: str) -> float:
    first, second = encoder.encode([one, other])
    return float(first @ second)


@pytest.mark.slow
def test_what_was_taught_is_nearer(trained: Encoder) -> None:
    """Beside its base, the trained model has the like pair farther apart from the unlike one."""
    base = SentenceTransformerEncoder(PACKAGED_MODEL)
    gaps = [
        similarity(encoder, "my zorblax hurts", "zorblax pain")
        - similarity(encoder, "my zorblax hurts", "zorblax colour")
        for encoder in (base, trained)
    ]
    assert gaps[1] > gaps[0]


def test_its_files_and_its_card(folder: Path) -> None:
    """Two files of peft and a card, which names base, data and settings, and has the hash of the weights."""
    assert sorted(path.name for path in folder.iterdir()) == sorted([CARD, CONFIG, WEIGHTS])
    card = read_card(folder)
    assert (card.name, card.base) == ("test", PACKAGED_MODEL)
    assert card.data == list(ABOUT.data)
    assert card.settings["triplets"] == len(TRIPLETS)
    assert (folder / WEIGHTS).stat().st_size < 2_000_000


def test_its_weights_have_a_name_of_their_own(trained: Encoder, encoder: Encoder) -> None:
    """No index or calibration of the base is taken for one of it."""
    assert trained.weights_sha256 != encoder.weights_sha256
    assert trained.name == "test"


def test_a_changed_adapter_is_not_loaded(folder: Path, tmp_path: Path) -> None:
    """Weights that are not those of the card are refused, with both hashes."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    weights = bytearray((copy / WEIGHTS).read_bytes())
    weights[-1] ^= 1
    (copy / WEIGHTS).write_bytes(weights)
    with pytest.raises(UnknownModel, match="is not the file of its card"):
        load_encoder(Settings(data_dir=tmp_path / "var", embedding_model=str(copy)))


def test_an_adapter_to_other_weights_is_not_loaded(folder: Path, tmp_path: Path) -> None:
    """One that was trained on another version of its base says so."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    card = json.loads((copy / CARD).read_text())
    (copy / CARD).write_text(json.dumps(card | {"base_sha256": "0" * 64}))
    with pytest.raises(UnknownModel, match="was trained on weights with the sha256 000000000000"):
        load_encoder(Settings(data_dir=tmp_path / "var", embedding_model=str(copy)))


def test_a_card_that_is_none_is_told(folder: Path, tmp_path: Path) -> None:
    """Not a traceback, but the file's name."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / CARD).write_text("{}")
    with pytest.raises(UnknownModel, match=r"card\.json is not a model's card"):
        load_encoder(Settings(data_dir=tmp_path / "var", embedding_model=str(copy)))


@pytest.mark.slow
def test_it_serves_in_onnx_too(folder: Path, trained: Encoder, tmp_path: Path) -> None:
    """What is exported is the trained network, with the adapter in its weights."""
    settings = Settings(data_dir=tmp_path / "var", embedding_model=str(folder), runtime="onnx")
    served = load_encoder(settings)
    texts = ["my zorblax hurts", "How long does a cold last?"]
    assert served.weights_sha256 == trained.weights_sha256
    assert np.abs(served.encode(texts) - trained.encode(texts)).max() < 1e-4


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds anything but a model is left as it is, before any training."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UnreadableFile, match=r"holds thesis\.txt, not a model"):
        make_model(TRIPLETS, PACKAGED_MODEL, tmp_path, ABOUT, SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_model_that_ships_has_its_card_and_its_calibration() -> None:
    """Its weights are those of the card, which credits all data and has figures; a calibration fits exactly them."""
    shipped = Path(DEFAULT_MODEL)
    card = read_card(shipped)
    assert card.base == PACKAGED_MODEL
    assert {"RQE", "MeQSum", "MedQuAD"} <= {entry["name"].partition(":")[0] for entry in card.data}
    assert all(entry["authors"] and entry["licence"] for entry in card.data)
    assert {"pairs", "messages-unseen", "medquad", "golden"} <= set(card.figures)
    assert sum(path.stat().st_size for path in shipped.iterdir()) < 4_000_000
    record = load_calibration(None, Path("/no/such/folder"), card.name, card.weights_sha256)
    assert record.model == card.name


@pytest.mark.slow
def test_what_is_trained_on_a_trained_model_has_both(folder: Path, trained: Encoder, tmp_path: Path) -> None:
    """An adapter to an adapter is merged upon it; it cannot be written over what it is trained on."""
    upper = tmp_path / "upper"
    make_model(TRIPLETS, str(folder), upper, ABOUT, replace(SETTINGS, learning_rate=1e-7))
    vectors = SentenceTransformerEncoder(str(upper)).encode(["my zorblax hurts"])
    plain = SentenceTransformerEncoder(PACKAGED_MODEL).encode(["my zorblax hurts"])
    assert np.abs(vectors - trained.encode(["my zorblax hurts"])).max() < 1e-3
    assert np.abs(vectors - plain).max() > 1e-2
    with pytest.raises(UnreadableFile, match="is what the new model is to be trained on"):
        make_model(TRIPLETS, str(folder), folder, ABOUT, SETTINGS)

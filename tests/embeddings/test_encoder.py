"""The real default model in every runtime: unit vectors that depend on the text alone, from files that were checked."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import (
    _PACKAGED_SHA256,
    PACKAGED_MODEL,
    Encoder,
    ModelError,
    SentenceTransformerEncoder,
    check_files,
    packaged_model_folder,
    weights_sha256,
)
from embeddings.onnx_encoder import OnnxEncoder

ROOT = Path(__file__).parent.parent.parent
# Of all lengths, more than one batch of them, and not sorted by length.
TEXTS = [f"Text {number}: " + "can I take ibuprofen with a cold? " * (number * 4 % 7) for number in range(40)]


@pytest.fixture(scope="module", params=["onnx-int8", "onnx", "sentence-transformers"])
def encoder(request: pytest.FixtureRequest, models_dir: Path) -> Encoder:
    """Each encoder of the packaged model."""
    if request.param == "sentence-transformers":
        return SentenceTransformerEncoder()
    return OnnxEncoder(None, models_dir, "int8" if request.param == "onnx-int8" else "float32", lambda _: None)


def outcome(program: str, **environment: str) -> tuple[int, str, str]:
    """The exit status, output and errors of a Python program of its own process."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize("count", [0, 1, 40])
def test_unit_vectors(encoder: Encoder, count: int) -> None:
    """There is one float32 row of length 1 for each text, and none for none."""
    vectors = encoder.encode(TEXTS[:count])
    assert vectors.shape == (count, encoder.dimension) == (count, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(count), abs=1e-5)


def test_a_vector_depends_on_its_text_alone(encoder: Encoder) -> None:
    """Each text has the same vector alone, among others, and in another order: in its own row."""
    together = encoder.encode(TEXTS)
    order = random.Random(1).sample(range(len(TEXTS)), len(TEXTS))
    assert encoder.encode([TEXTS[number] for number in order]) == pytest.approx(together[order], abs=1e-5)
    for number in range(0, len(TEXTS), 5):
        assert encoder.encode([TEXTS[number]])[0] == pytest.approx(together[number], abs=1e-5)
    assert len(np.unique(together.round(3), axis=0)) == len(set(TEXTS))


def test_meaning(encoder: Encoder) -> None:
    """Two wordings of one question are nearer than two questions."""
    one, other, unlike = encoder.encode(
        ["How do I lower a child's fever?", "What brings down my kid's temperature?", "How is a broken wrist treated?"]
    )
    assert one @ other > 0.6
    assert one @ unlike < 0.3


@pytest.mark.parametrize("text", ["", " ", "\n", "a\0b", "👩‍⚕️", "頭痛", "x" * 100_000])
def test_odd_texts(encoder: Encoder, text: str) -> None:
    """A text without words, or without end, has a unit vector too."""
    (vector,) = encoder.encode([text])
    assert float(vector @ vector) == pytest.approx(1, abs=1e-5)


def test_threads_at_once(encoder: Encoder) -> None:
    """Threads that encode at the same time get what each would get alone."""
    expected = encoder.encode(TEXTS)
    parts = [range(start, start + 5) for start in range(0, 40, 5)]
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda part: encoder.encode([TEXTS[number] for number in part]), parts)
        for part, vectors in zip(parts, results, strict=True):
            assert vectors == pytest.approx(expected[list(part)], abs=1e-5)


def test_by_its_folder(models_dir: Path) -> None:
    """The packaged model named by its folder is the same model under another name, and nothing is made anew for it."""
    folder = packaged_model_folder()
    announced: list[str] = []
    packaged, by_folder = (OnnxEncoder(model, models_dir, "int8", announced.append) for model in (None, str(folder)))
    torch = SentenceTransformerEncoder(str(folder))
    assert (packaged.name, by_folder.name, torch.name) == (PACKAGED_MODEL, str(folder), str(folder))
    assert packaged.weights_sha256 == by_folder.weights_sha256 == torch.weights_sha256 == weights_sha256(folder)
    assert np.array_equal(by_folder.encode(TEXTS), packaged.encode(TEXTS))
    assert announced == []


def test_loading_runs_no_code_of_the_package() -> None:
    """Loading and using the default model imports no module of its package, needs no network and says nothing."""
    program = (
        "import sys; from embeddings.encoder import SentenceTransformerEncoder;"
        "assert SentenceTransformerEncoder().encode(['x']).shape == (1, 384);"
        "sys.stdout.write(repr([name for name in sys.modules if name.startswith('gt_all')]))"
    )
    assert outcome(program, HF_HUB_OFFLINE="1") == (0, "[]", "")


def test_importing_loads_no_framework() -> None:
    """A command that encodes nothing does not wait for torch."""
    program = "import sys, embeddings.encoder; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert outcome(program) == (0, "", "")


@pytest.mark.parametrize("name", sorted(_PACKAGED_SHA256))
def test_an_altered_file_is_refused(tmp_path: Path, name: str) -> None:
    """A copy of the model passes the check; with one byte altered, in whatever file, both hashes are named."""
    source = packaged_model_folder()
    folder = tmp_path / "model"
    shutil.copytree(source, folder, copy_function=os.symlink)
    check_files(folder, {name: _PACKAGED_SHA256[name]})
    content = bytearray((source / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError) as refusal:
        check_files(folder, {name: _PACKAGED_SHA256[name]})
    assert _PACKAGED_SHA256[name] in str(refusal.value)
    assert hashlib.sha256(content).hexdigest() in str(refusal.value)
    assert str(folder / name) in str(refusal.value)


def test_every_file_but_the_readme_is_checked() -> None:
    """No file of the packaged model escapes the check but those that are only about it."""
    folder = packaged_model_folder()
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert present - set(_PACKAGED_SHA256) == {"README.md", "data_config.json", ".gitattributes"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ModelError, match=f"{tmp_path / 'vocab.txt'} is missing"):
        check_files(tmp_path, {"vocab.txt": "0" * 64})


def test_hash_of_several_weights(tmp_path: Path) -> None:
    """The hash depends on each file that is loaded, and leaves out the same weights in another form."""
    (tmp_path / "pytorch_model.bin").write_bytes(b"the same, pickled")
    assert weights_sha256(tmp_path) == hashlib.sha256(b"the same, pickled").hexdigest()
    (tmp_path / "a.safetensors").write_bytes(b"one")
    assert weights_sha256(tmp_path) == hashlib.sha256(b"one").hexdigest()
    (tmp_path / "b.safetensors").write_bytes(b"two")
    both = weights_sha256(tmp_path)
    assert both != hashlib.sha256(b"one").hexdigest()
    (tmp_path / "b.safetensors").write_bytes(b"tow")
    assert weights_sha256(tmp_path) != both


def test_a_folder_without_weights(tmp_path: Path) -> None:
    """A folder that is no model is refused by name, with what it lacks."""
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=f"{tmp_path} has no weights"):
        SentenceTransformerEncoder(str(tmp_path))


def test_a_broken_model(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A folder whose weights are not weights is refused by name in one line, and nothing else is said."""
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelError, match="cannot be loaded as a sentence-transformers model") as refusal:
        SentenceTransformerEncoder(str(tmp_path))
    assert repr(str(tmp_path)) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")


def test_no_such_folder() -> None:
    """What is neither a folder nor can be a model's name is refused in one line."""
    with pytest.raises(ModelError, match="'/no/such/folder' is neither a folder nor a model") as refusal:
        SentenceTransformerEncoder("/no/such/folder")
    assert "\n" not in str(refusal.value)


def test_unknown_model() -> None:
    """A model that cannot be had is refused in one line that names it, and nothing else is said."""
    program = (
        "import sys; from embeddings.encoder import ModelError, SentenceTransformerEncoder\n"
        "try: SentenceTransformerEncoder('no-such-model')\n"
        "except ModelError as error: sys.stdout.write(str(error))"
    )
    status, output, errors = outcome(program, HF_HUB_OFFLINE="1", HF_HOME="/nonexistent")
    assert (status, errors) == (0, "")
    assert output.startswith("'no-such-model' is neither a folder nor a model that can be had from the hub")
    assert len(output.splitlines()) == 1

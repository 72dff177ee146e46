"""Files that are made once are made once, and are what was made."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from embeddings.made_files import CannotMakeError, made_files, run_apart

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent
RECIPE = {"weights_sha256": "0" * 64, "scheme": "1"}
NAMES = ("network", "tokenizer")


def writes(counted: list[Path]) -> Callable[[Path], None]:
    """A maker that counts how often it was called."""

    def make(folder: Path) -> None:
        counted.append(folder)
        for name in NAMES:
            (folder / name).write_bytes(f"the {name}".encode())
        (folder / "scrap").write_text("not asked for")

    return make


def kept(parent: Path) -> Path:
    """The folder that the files are in."""
    (folder,) = (path for path in parent.iterdir() if path.is_dir())
    return folder


def test_made_once(tmp_path: Path) -> None:
    """The second call reads what the first made; another recipe is made for itself."""
    counted: list[Path] = []
    for _ in range(2):
        files = made_files(tmp_path / "deep/models", RECIPE, writes(counted), names=NAMES)
        assert files == {"network": b"the network", "tokenizer": b"the tokenizer"}
    assert len(counted) == 1
    made_files(tmp_path / "deep/models", RECIPE | {"scheme": "2"}, writes(counted), names=NAMES)
    assert len(counted) == 2


@pytest.mark.parametrize("name", [*NAMES, "record.json"])
def test_damaged_files_are_made_anew(tmp_path: Path, name: str) -> None:
    """A file that is gone, cut, or altered in any byte is never given out."""
    counted: list[Path] = []
    whole = made_files(tmp_path, RECIPE, writes(counted), names=NAMES)
    path = kept(tmp_path) / name
    content = path.read_bytes()
    damaged = [None, b"", content[:-1], content + b"\0"]
    damaged += [
        content[:place] + bytes([content[place] ^ 0x01]) + content[place + 1 :] for place in range(len(content))
    ]
    for number, wrong in enumerate(damaged, start=2):
        path.unlink()
        if wrong is not None:
            path.write_bytes(wrong)
        assert made_files(tmp_path, RECIPE, writes(counted), names=NAMES) == whole
        # A blank of the record that turns into another says the same.
        assert len(counted) == number or json.loads(wrong or b"0") == json.loads(content)
        if len(counted) < number:
            counted.append(path)


def test_files_of_another_recipe_are_made_anew(tmp_path: Path) -> None:
    """A folder that was put in the place of another is known by what it says that it was made of."""
    counted: list[Path] = []
    made_files(tmp_path / "a", RECIPE | {"scheme": "2"}, writes(counted), names=NAMES)
    made_files(tmp_path / "b", RECIPE, writes(counted), names=NAMES)
    place = kept(tmp_path / "b")
    for path in place.iterdir():
        path.write_bytes((kept(tmp_path / "a") / path.name).read_bytes())
    made_files(tmp_path / "b", RECIPE, writes(counted), names=NAMES)
    assert len(counted) == 3


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    """What could not be made raises, and is tried again the next time."""

    def fail(folder: Path) -> None:
        (folder / "network").write_bytes(b"half")
        raise CannotMakeError("no room")

    with pytest.raises(CannotMakeError, match="no room"):
        made_files(tmp_path, RECIPE, fail, names=NAMES)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
    counted: list[Path] = []
    made_files(tmp_path, RECIPE, writes(counted), names=NAMES)
    assert len(counted) == 1


def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    """A process that is killed while it makes files leaves no lock, and nothing that is taken for them."""
    program = (
        "import sys; from pathlib import Path; from embeddings.made_files import made_files\n"
        "def make(folder):\n"
        "    (folder / 'network').write_bytes(b'half')\n"
        "    print('begun', flush=True)\n"
        "    sys.stdin.read()\n"
        f"made_files(Path(sys.argv[1]), {RECIPE!r}, make, names={NAMES!r})"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.kill()
    counted: list[Path] = []
    assert made_files(tmp_path, RECIPE, writes(counted), names=NAMES)["network"] == b"the network"
    assert (len(counted), kept(tmp_path).suffix) == (1, "")


def test_at_the_same_time(tmp_path: Path) -> None:
    """Of several that want the same files at once, one makes them, and all get them."""
    counted: list[Path] = []
    results: list[dict[str, bytes]] = []

    def open_() -> None:
        results.append(made_files(tmp_path, RECIPE, writes(counted), names=NAMES))

    threads = [threading.Thread(target=open_) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(counted), len(results), len({tuple(result.items()) for result in results})) == (1, 8, 1)


def test_a_process_apart_says_why_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line that it said is the reason; it imports what this process does, wherever that is started."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotMakeError, match="not enough values to unpack"):
        run_apart("embeddings.onnx_export")
    with pytest.raises(CannotMakeError, match=r"No module named embeddings\.nowhere"):
        run_apart("embeddings.nowhere")

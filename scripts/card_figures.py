"""Write what was measured of a trained model into its card.

    python -m scripts.card_figures FOLDER NAME=METRICS...

takes the main figures of each `metrics.json` (of `doctors-note evaluate --out`) of that very model, and puts them under
NAME. The card's hashes stay as they are.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from embeddings.adapter import read_card, write_card

FIGURES = ("n", "n_answerable", "recall_at_1", "recall_at_3", "right_at_false", "ece")


def main(folder: Path, files: dict[str, Path]) -> None:
    """Write the card anew."""
    card = read_card(folder)
    figures = {}
    for name, path in files.items():
        metrics = json.loads(path.read_text(encoding="utf-8"))
        if metrics["model_sha256"] != card.weights_sha256:
            sys.exit(f"{path} was measured with {metrics['model']}, whose weights are not those of {folder}")
        figures[name] = {figure: metrics[figure] for figure in FIGURES}
    write_card(replace(card, figures=figures), folder)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all("=" in argument for argument in sys.argv[2:]):
        sys.exit("usage: python -m scripts.card_figures FOLDER NAME=METRICS...")
    main(Path(sys.argv[1]), {name: Path(path) for name, _, path in (each.partition("=") for each in sys.argv[2:])})

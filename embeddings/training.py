"""Fine-tuning: triplets of texts in, a low-rank adapter out.

Made with sentence-transformers' trainer and peft. Few numbers are trained (a twentieth of the model's), so that little
of what the model knows is lost, and the result is a file of a few MB.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from embeddings.adapter import CONFIG
from embeddings.encoder import SentenceTransformerEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Every linear layer of a BERT-like network.
_LAYERS: Final = ["query", "key", "value", "dense"]
# What the triplets' similarities are multiplied with before the softmax: the packaged model was trained with it.
_SCALE: Final = 20.0


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. `rank` is that of the adapter; texts are cut after `max_tokens` word pieces.

    `strength` is the share of what was learned that is added in the end: half of it keeps more of what the base knew of
    other questions (Wortsman et al. 2022, arXiv:2109.01903).
    """

    epochs: float = 1.0
    batch_size: int = 32
    learning_rate: float = 3e-4
    rank: int = 16
    strength: float = 0.5
    max_tokens: int = 96
    warmup_steps: int = 30
    seed: int = 7


def train_encoder(
    base: str, triplets: Sequence[tuple[str, str, str]], folder: Path, settings: TrainingSettings
) -> None:
    """Write an adapter to the model `base` into `folder`, trained on (text, like text, unlike text).

    The loss is the in-batch softmax over like and unlike texts (Henderson et al. 2017, arXiv:1705.00652). The same
    machine and settings give the same weights. Raises ModelError.
    """
    from datasets import Dataset  # noqa: PLC0415  only training needs these, and they take seconds
    from peft import LoraConfig  # noqa: PLC0415
    from sentence_transformers import (  # noqa: PLC0415
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.base.sampler import BatchSamplers  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss  # noqa: PLC0415

    model = SentenceTransformerEncoder(base).model
    model.max_seq_length = settings.max_tokens
    model.add_adapter(
        LoraConfig(r=settings.rank, lora_alpha=2 * settings.rank, lora_dropout=0.05, target_modules=_LAYERS)
    )
    rows = [{"anchor": anchor, "positive": like, "negative": unlike} for anchor, like, unlike in triplets]
    arguments = SentenceTransformerTrainingArguments(
        **_arguments(folder, settings), batch_sampler=BatchSamplers.NO_DUPLICATES
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        loss=MultipleNegativesRankingLoss(model, scale=_SCALE),
    )
    with redirect_stdout(sys.stderr):  # it tells of its end on stdout, where the result goes
        trainer.train()
    model[0].model.save_pretrained(str(folder))
    _weaken(folder, settings)


def _weaken(folder: Path, settings: TrainingSettings) -> None:
    path = folder / CONFIG
    config = json.loads(path.read_text(encoding="utf-8"))
    config["lora_alpha"] *= settings.strength
    # As asked for where it was trained: a path of this machine would be of no use elsewhere.
    config["base_model_name_or_path"] = None
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _arguments(folder: Path, settings: TrainingSettings) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": settings.batch_size,
        "learning_rate": settings.learning_rate,
        "warmup_steps": settings.warmup_steps,
        "weight_decay": 0.01,
        "seed": settings.seed,
        "data_seed": settings.seed,
        "save_strategy": "no",
        "report_to": [],
        "logging_strategy": "no",
        "use_cpu": True,
        "bf16": True,
        "dataloader_pin_memory": False,
    }

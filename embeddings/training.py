"""Fine-tuning: triplets or pairs of texts in, a low-rank adapter out.

Made with sentence-transformers' trainers and peft. Few numbers are trained (a twentieth of the model's), so that little
of what the model knows is lost, and the result is a file of a few MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from embeddings.adapter import merged
from embeddings.encoder import SentenceTransformerEncoder, found_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Every linear layer of a BERT-like network.
_LAYERS: Final = ["query", "key", "value", "dense"]
# What the triplets' similarities are multiplied with before the softmax: the packaged model was trained with it.
_SCALE: Final = 20.0


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. `rank` is that of the adapter; texts are cut after `max_tokens` word pieces."""

    epochs: float = 1.0
    batch_size: int = 32
    learning_rate: float = 3e-4
    rank: int = 16
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
    model.add_adapter(_lora(LoraConfig, settings))
    rows = [{"anchor": anchor, "positive": like, "negative": unlike} for anchor, like, unlike in triplets]
    arguments = SentenceTransformerTrainingArguments(
        **_arguments(folder, settings), batch_sampler=BatchSamplers.NO_DUPLICATES
    )
    SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        loss=MultipleNegativesRankingLoss(model, scale=_SCALE),
    ).train()
    model[0].model.save_pretrained(str(folder))


def train_reranker(
    base: str, pairs: Sequence[tuple[str, str, float]], folder: Path, settings: TrainingSettings
) -> None:
    """Write an adapter with a classifier for (text, text) into `folder`, trained on pairs that belong together or not.

    The third of a pair is 1 if they do, else 0; the loss is the binary cross entropy. Raises ModelError.
    """
    from datasets import Dataset  # noqa: PLC0415  as above
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415
    from sentence_transformers.cross_encoder import (  # noqa: PLC0415
        CrossEncoder,
        CrossEncoderTrainer,
        CrossEncoderTrainingArguments,
    )
    from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss  # noqa: PLC0415

    found = found_model(base)
    model = CrossEncoder(str(found.folder), num_labels=1, max_length=settings.max_tokens, device="cpu")
    network: Any = model.model
    if found.adapter:
        network.bert = merged(network.bert, found.adapter)
    adapted = get_peft_model(network, _lora(LoraConfig, settings, modules_to_save=["classifier"]))
    rows = [{"sentence1": first, "sentence2": second, "label": label} for first, second, label in pairs]
    CrossEncoderTrainer(
        model=model,
        args=CrossEncoderTrainingArguments(**_arguments(folder, settings)),
        train_dataset=Dataset.from_list(rows),
        loss=BinaryCrossEntropyLoss(model),
    ).train()
    adapted.save_pretrained(str(folder))


def _lora(config: Any, settings: TrainingSettings, **more: Any) -> Any:
    return config(r=settings.rank, lora_alpha=2 * settings.rank, lora_dropout=0.05, target_modules=_LAYERS, **more)


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
        "logging_steps": 10,
        "use_cpu": True,
        "bf16": True,
        "dataloader_pin_memory": False,
    }

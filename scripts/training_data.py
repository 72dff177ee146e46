"""Turn CC BY data (../shared) into files to train on, beside our own phrases (data/training).

    python -m scripts.training_data ../shared var/training

writes entailment-pairs.jsonl (RQE), messages-pairs.jsonl (the half of the messages that no figure is measured on),
topics.txt (MedQuAD's topics, those apart that its development task holds out) and credits.json.
They hold other people's text under their licences: keep them out of the repository.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.importers import FORMATS
from bot.ports import SourcedArticle
from scripts.development_tasks import may_train, messages
from scripts.medquad_task import is_held_out, normalised

CREDITS = [
    {
        "name": "RQE: recognizing question entailment, training pairs",
        "authors": "Asma Ben Abacha and Dina Demner-Fushman (AMIA 2016)",
        "licence": "CC BY 4.0",
    },
    {
        "name": "MeQSum: consumer health questions and their summaries, every second one of a half",
        "authors": "Asma Ben Abacha and Dina Demner-Fushman (ACL 2019)",
        "licence": "CC BY 4.0",
    },
    {
        "name": "MedQuAD: the names of its topics",
        "authors": "Asma Ben Abacha and Dina Demner-Fushman (BMC Bioinformatics 2019, 20:511)",
        "licence": "CC BY 4.0",
    },
    {"name": "phrases of data/training", "authors": "the authors of this program", "licence": "Apache-2.0"},
]
_MAX_TOPIC_CHARS = 50


def topics(folder: Path) -> list[str]:
    """Every second topic of MedQuAD's articles, in the order of the alphabet."""
    found = {
        record.article.symptoms[0]
        for path in sorted(folder.rglob("*.xml"))
        for record in FORMATS["medquad"].read(path)
        if isinstance(record, SourcedArticle) and record.article.symptoms
    }
    return sorted(topic for topic in found if len(topic) < _MAX_TOPIC_CHARS and not is_held_out(normalised(topic)))[::2]


def main(source: Path, target: Path) -> None:
    """Write all files."""
    target.mkdir(parents=True, exist_ok=True)
    entailment = (source / "eval/question-entailment-train.jsonl").read_text(encoding="utf-8")
    (target / "entailment-pairs.jsonl").write_text(entailment, encoding="utf-8")
    pairs = [
        {"asked": message, "library_question": question, "entailed": True}
        for message, question in messages(source / "eval/patient-messages-dev.jsonl")[1]
        if question and may_train(question)
    ]
    lines = (json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
    (target / "messages-pairs.jsonl").write_text("".join(lines), encoding="utf-8")
    (target / "topics.txt").write_text("\n".join(topics(source / "data/medquad")) + "\n", encoding="utf-8")
    (target / "credits.json").write_text(json.dumps(CREDITS, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m scripts.training_data SHARED_FOLDER OUTPUT_FOLDER")
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""What one would write by hand in an afternoon, to hold the product against: one route, one model, one flat index.

    python -m benchmarks.by_hand FOLDER PORT

serves the library that `prepare` wrote into FOLDER. It keeps no record, proves no quotation and knows no revision.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

from bot.domain.records import record_from_article
from embeddings.encoder import packaged_model_folder

if TYPE_CHECKING:
    from bot.ports import ArticleStore
    from embeddings.index import Snapshot


class Question(BaseModel):
    """What is asked."""

    message: str


def prepare(folder: Path, snapshot: Snapshot, store: ArticleStore) -> None:
    """Write the vectors of an index and the articles that they lead to, as plain files."""
    documents = list(snapshot.documents())
    np.save(folder / "vectors.npy", np.concatenate([document.vectors for document in documents]))
    owners = [document.id for document in documents for _ in document.entries]
    articles = {stored.article.id: record_from_article(stored.article) for stored in store.all()}
    (folder / "library.json").write_text(json.dumps({"owners": owners, "articles": articles}, default=str))


def create_app(folder: Path) -> FastAPI:
    """The application over the library in `folder`."""
    model = SentenceTransformer(str(packaged_model_folder()), device="cpu")
    vectors = np.load(folder / "vectors.npy")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    library = json.loads((folder / "library.json").read_text())
    app = FastAPI()

    @app.post("/api/v1/ask")
    def ask(question: Question) -> dict[str, Any]:
        query = model.encode([question.message], normalize_embeddings=True)
        similarities, rows = index.search(query, 8)
        owners = [library["owners"][row] for row in rows[0]]
        return {
            "similarity": float(similarities[0][0]),
            "article": library["articles"][owners[0]],
            "others": owners[1:],
        }

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="error")

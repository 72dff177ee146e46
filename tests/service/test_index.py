"""The index follows the store, and is never trusted where it does not."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from sentence_transformers.sentence_transformer.modules import Pooling

from bot.bootstrap import install, utc_now
from bot.calibration_file import SHIPPED
from bot.domain.article import Article, Status
from bot.domain.errors import NotCalibrated, UnknownModel
from bot.domain.message import Inbound
from bot.ports import SourcedArticle
from bot.retrieval import ArticleIndex, open_encoder, texts_of
from bot.service.asking import ask
from bot.service.verifying import verify
from bot.store import SqlStore, open_engine
from tests.embeddings.test_onnx import small_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.bootstrap import Installation
    from embeddings.encoder import Encoder


def index_folder(installation: Installation) -> Path:
    return installation.settings.index_dir


def agrees(installation: Installation) -> bool:
    return not verify(installation.core.store, installation.core.retriever).disagreements


def put_into(url: str, articles: list[SourcedArticle]) -> None:
    store = SqlStore(open_engine(url), utc_now)
    store.put(articles)
    store.close()


def put(installation: Installation, *articles: Article) -> None:
    installation.core.store.put(SourcedArticle(each) for each in articles)


def test_every_text_of_an_article_is_found_by_its_span(installation: Installation) -> None:
    """A span is exactly the text that was indexed, in each field."""
    installation.core.store.teach("jet-lag", ["my clock is upside down"], "tester")
    stored = installation.core.store.article("jet-lag")
    fields = {
        "question": stored.article.question,
        "short_answer": stored.article.short_answer,
        "explanation": stored.article.explanation,
        "phrasing[1]": "my clock is upside down",
    } | {f"also_asked[{number}]": text for number, text in enumerate(stored.article.also_asked, start=1)}
    texts = list(texts_of(stored))
    assert {field for field, *_ in texts} == set(fields)
    for field, start, end, text in texts:
        assert fields[field][start:end] == text


def test_the_index_is_in_line_after_opening(installation: Installation, installed: Callable[..., Installation]) -> None:
    """Whatever was stored before it was opened is in it, and agrees with the store."""
    again = installed()
    assert again.core.retriever.backlog == 0
    assert again.core.retriever.count > 150
    assert agrees(again)


@pytest.mark.parametrize("damage", ["cut", "flip", "delete", "manifest", "count", "foreign", "old"])
def test_a_damaged_index_is_made_anew(
    installation: Installation, installed: Callable[..., Installation], damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Torn, altered, missing, another's or of an old format: it is rebuilt from the store, and said so in the log."""
    installed()
    folder = index_folder(installation)
    segment = min(folder.glob("segment-*.faiss"))
    manifest = folder / "manifest.json"
    if damage == "cut":
        segment.write_bytes(segment.read_bytes()[:-100])
    elif damage == "flip":
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 1
        segment.write_bytes(content)
    elif damage == "delete":
        segment.unlink()
    elif damage == "manifest":
        manifest.write_text('{"format": 1, "identity"')
    else:
        content_of = json.loads(manifest.read_text())
        if damage == "count":
            content_of["count"] += 1
        elif damage == "old":
            content_of["format"] = 2
        else:
            content_of["identity"]["source_id"] = "another store"
        manifest.write_text(json.dumps(content_of))
    with caplog.at_level(logging.WARNING):
        again = installed()
    assert "index_rebuilt" in caplog.text
    assert agrees(again)


@pytest.mark.parametrize("goes_on", [False, True])
def test_an_index_of_another_past_is_made_anew(
    installed: Callable[..., Installation], bundled: list[SourcedArticle], tmp_path: Path, *, goes_on: bool
) -> None:
    """A store that was put back to an earlier state, and may have gone on since, is not served from a later index."""
    early = installed()
    early.core.store.put(bundled[:5])
    database = tmp_path / "var" / "library.sqlite"
    early.core.store.close()
    backup = database.read_bytes()
    early.core.store.put(bundled[:15])
    assert installed().core.retriever.backlog == 0
    early.core.store.close()
    for path in tmp_path.glob("var/library.sqlite*"):
        path.unlink()
    database.write_bytes(backup)
    if goes_on:
        put_into(f"sqlite:///{database}", bundled[20:] + bundled[5:10])
    restored = installed()
    assert restored.core.store.version() == (20 if goes_on else 5)
    assert restored.core.retriever.backlog == 0
    assert agrees(restored)


def test_verification_finds_what_does_not_agree(
    installation: Installation, installed: Callable[..., Installation]
) -> None:
    """An index or a store that was altered alone is told of, article by article."""
    opened = installed()
    assert agrees(opened)
    with opened.core.store._writer.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "UPDATE revisions SET explanation = 'Take all of them.' WHERE article_id = 'jet-lag'"
        )
        connection.exec_driver_sql("UPDATE articles SET status = 'retired' WHERE id = 'dandruff'")
        connection.exec_driver_sql("UPDATE revisions SET status = 'retired' WHERE article_id = 'dandruff'")
    found = verify(opened.core.store, opened.core.retriever).disagreements
    assert len(found) == 3
    assert any("jet-lag, revision 1: its text does not have the hash" in line for line in found)
    assert any("jet-lag: the index has other texts" in line for line in found)
    assert any("dandruff: it is in the index, but is retired" in line for line in found)


def test_verification_proves_quotations(installation: Installation) -> None:
    """Every quotation given is counted, and one that the store cannot back is named."""
    reply = ask(installation.core, Inbound("How long does a common cold last?"))
    result = verify(installation.core.store, installation.core.retriever)
    assert (result.quotations, result.disagreements) == (1, ())
    with installation.core.store._writer.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE turns SET sha256 = 'forged'")
    (line,) = verify(installation.core.store, installation.core.retriever).disagreements
    assert reply.turn_id in line


def test_a_wrong_vector_is_found(installation: Installation, installed: Callable[..., Installation]) -> None:
    """A vector that is not its text's is found, though its entry is right."""
    opened = installed()
    index = opened.core.retriever
    assert isinstance(index, ArticleIndex)
    stored = next(index._snapshot.documents())
    swapped = replace(stored, vectors=stored.vectors[::-1].copy())
    index._snapshot = index._folder.commit(index._snapshot, [swapped], index._snapshot.version)
    assert any("its vector is not that of its text" in line for line in index.disagreements())


def test_a_large_backlog_is_taken_in_meanwhile(installation: Installation) -> None:
    """Questions go on being answered while many articles wait for the index, and these come in by and by."""
    core = installation.core
    ask(core, Inbound("jet lag"))
    put(installation, *(Article(f"a{number}", f"Is thing {number} blue?", "Yes.") for number in range(100)))
    assert ask(core, Inbound("How long does a common cold last?")).outcome == "answer"
    for _ in range(1_200):  # a minute at most; a thread of the index's own is at work
        if core.retriever.backlog == 0:
            break
        time.sleep(0.05)
    assert core.retriever.backlog == 0
    assert agrees(installation)


def test_unserved_articles_are_not_in_the_index(installation: Installation) -> None:
    """Drafts never reach it."""
    ask(installation.core, Inbound("jet lag"))
    before = installation.core.retriever.count
    put(installation, Article("draft", "Is this a draft?", "Yes.", status=Status.DRAFT))
    ask(installation.core, Inbound("jet lag"))
    assert installation.core.retriever.count == before
    assert agrees(installation)


@pytest.mark.parametrize("runtime", ["onnx-int8", "onnx", "sentence-transformers"])
def test_an_unknown_model_is_refused(runtime: str, models_dir: Path) -> None:
    """A model that is neither a folder nor to be had is named, with the setting that names it."""
    with pytest.raises(UnknownModel, match="DOCTORS_NOTE_EMBEDDING_MODEL: '/no/such/folder'"):
        open_encoder("/no/such/folder", runtime, models_dir)


@pytest.mark.slow
def test_a_model_that_cannot_be_exported_is_served_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """sentence-transformers serves it, and the log says why."""
    small_model(tmp_path / "network", Pooling(64, "cls")).save(str(tmp_path / "model"))
    with caplog.at_level(logging.WARNING):
        encoder = open_encoder(str(tmp_path / "model"), "onnx-int8", tmp_path / "models")
    assert (type(encoder).__name__, encoder.encode(["x"]).shape) == ("SentenceTransformerEncoder", (1, 64))
    (record,) = (record for record in caplog.records if record.message == "model_not_exported")
    assert record.__dict__["reason"] == "its pooling is 'cls', expected 'mean'"


def test_a_model_without_calibration_is_refused(installed: Callable[..., Installation], tmp_path: Path) -> None:
    """A probability fitted for other weights is not used; the message says how to fit one."""
    shipped = json.loads((SHIPPED / "all-MiniLM-L6-v2.json").read_text())
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(shipped | {"model_sha256": "0" * 64, "model": "another"}))
    with pytest.raises(NotCalibrated, match="doctors-note calibrate"):
        installed(calibration=path)


def test_a_busy_index_is_used_as_far_as_it_is_made(
    installation: Installation, installed: Callable[..., Installation], encoder: Encoder
) -> None:
    """While another process is at work on the index, one that does not wait answers from what is there."""
    put(installation, Article("hedgehogs", "Do hedgehogs carry ringworm?", "Some do."))
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    with FileLock(index._folder.folder / "lock", is_singleton=False):
        late = install(installation.settings, encoder=encoder, wait=False)
        assert late.core.retriever.backlog == 1
        assert ask(late.core, Inbound("How long does a common cold last?")).outcome == "answer"
    late.core.retriever.open()
    assert ask(late.core, Inbound("do hedgehogs carry ringworm")).outcome == "answer"
    late.core.retriever.close()
    late.core.store.close()

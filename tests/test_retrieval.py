"""What a message finds: articles in its language, by one reading of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.domain.article import Article, Status
from bot.ports import SourcedArticle
from bot.retrieval import ArticleIndex

if TYPE_CHECKING:
    from bot.bootstrap import Installation

ENGLISH = Article("flu", "How long does the flu last?", "About a week.")
BRITISH = Article("flu-uk", "How long does flu last, then?", "A week or so.", language="en-GB")
SPANISH = Article("gripe", "¿Cuánto dura la gripe?", "Más o menos una semana.", language="es-MX")
TAGALOG = Article("trangkaso", "Gaano katagal ang trangkaso?", "Mga isang linggo.", language="fil")


def put(installation: Installation, *articles: Article) -> None:
    installation.core.store.put(SourcedArticle(each) for each in articles)


def found(installation: Installation, text: str, language: str, depth: int = 100) -> set[str]:
    retriever = installation.core.retriever
    return {candidate.article_id for candidate in retriever.find(retriever.read(text), depth, language)[0]}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", {"gripe"}),
        ("es-AR", {"gripe"}),
        ("ES", {"gripe"}),
        ("tl", {"trangkaso"}),
        ("fil-PH", {"trangkaso"}),
        ("fr", set()),
    ],
)
def test_only_articles_in_the_language_are_found(installation: Installation, language: str, expected: set[str]) -> None:
    """Whatever their regions, and those of the language asked for; a language without articles has none."""
    put(installation, ENGLISH, BRITISH, SPANISH, TAGALOG)
    assert found(installation, ENGLISH.question, language) == expected


def test_without_a_language_all_are_found(installation: Installation) -> None:
    """An empty language asks for all; those found in one are all but the others'."""
    put(installation, ENGLISH, BRITISH, SPANISH, TAGALOG)
    everything = found(installation, ENGLISH.question, "")
    assert everything >= {"flu", "flu-uk", "gripe", "trangkaso"}
    assert found(installation, ENGLISH.question, "en") == everything - {"gripe", "trangkaso"}


def test_depth_is_that_of_the_language(installation: Installation) -> None:
    """As many are found in a language as are asked for, however many of others are nearer."""
    put(
        installation,
        *(replace(SPANISH, id=f"gripe-{number}", question=f"¿Qué es la gripe {number}?") for number in range(6)),
        *(replace(ENGLISH, id=f"flu-{number}", question=f"How long does flu {number} last?") for number in range(60)),
    )
    installation.core.retriever.open()
    assert len(found(installation, ENGLISH.question, "es", depth=4)) == 4
    assert len(found(installation, ENGLISH.question, "es", depth=8)) == 6


def test_languages_are_counted(installation: Installation) -> None:
    """Served articles alone count, by language, as of the last message that was read."""
    core = installation.core
    bundled = core.retriever.languages()["en"]
    assert core.retriever.languages() == {"en": bundled}
    put(installation, BRITISH, SPANISH, replace(TAGALOG, status=Status.DRAFT))
    core.retriever.read("flu")
    assert core.retriever.languages() == {"en": bundled + 1, "es": 1}
    put(installation, replace(SPANISH, status=Status.RETIRED))
    core.retriever.read("flu")
    assert core.retriever.languages() == {"en": bundled + 1}


def test_an_article_that_changes_its_language_moves(installation: Installation) -> None:
    """It is found in the new one at the next question, and no more in the old; the index agrees with the store."""
    put(installation, SPANISH)
    assert found(installation, SPANISH.question, "es") == {"gripe"}
    put(installation, replace(SPANISH, language="gl"))
    assert found(installation, SPANISH.question, "es") == set()
    assert found(installation, SPANISH.question, "gl") == {"gripe"}
    assert list(installation.core.retriever.disagreements()) == []


def test_an_article_in_the_wrong_language_is_told_of(installation: Installation) -> None:
    """Verification names what the index has in another language than the store."""
    put(installation, SPANISH)
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    index.read("gripe")
    document = index.snapshot.document("gripe")
    assert document is not None
    index._snapshot = index._folder.commit(index.snapshot, [replace(document, partition="pt")], index.snapshot.version)
    assert list(index.disagreements()) == ["article gripe: the index has it in 'pt', the store in 'es'"]


def test_a_message_is_read_once(installation: Installation) -> None:
    """What was read has the text as it was encoded, its slips mended, and the unit vector of that."""
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    query = index.read("how long does a comon cold last")
    assert query.text == "how long does a common cold last"
    assert query.vector.dtype == np.float32
    assert query.vector.shape == (index.snapshot.identity.dimension,)
    assert float(np.linalg.norm(query.vector)) == pytest.approx(1, abs=1e-5)
    assert index.find(query, 8, "") == index.find(query, 8, "en")


@dataclass(frozen=True)
class AnotherQuery:
    text: str


def test_a_query_of_another_reader_is_refused(installation: Installation) -> None:
    """Only what `read` returned can be searched with."""
    with pytest.raises(TypeError, match="query is a AnotherQuery, expected what `read` returns"):
        installation.core.retriever.find(AnotherQuery("flu"), 8, "")

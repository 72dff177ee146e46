"""What is written in a format is read back as it was."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importers import EXPORT_FORMATS, FORMATS, markdown
from tests.importers.articles import ARTICLE, articles_of, stored

if TYPE_CHECKING:
    from bot.domain.article import Article


@pytest.mark.parametrize("name", ["jsonl", "csv"])
@settings(deadline=None, max_examples=60)
@given(articles=st.lists(ARTICLE, max_size=4, unique_by=lambda article: article.id))
def test_a_file_of_articles_is_read_back(name: str, articles: list[Article]) -> None:
    """Every field of every article comes back to the character, in order, and the count is the number written."""
    format_ = FORMATS[name]
    assert format_.write is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"articles{format_.suffixes[0]}"
        assert format_.write(map(stored, articles), path) == len(articles)
        assert articles_of(format_.read(path)) == articles


@settings(deadline=None, max_examples=150)
@given(ARTICLE)
def test_an_article_in_its_canonical_form_is_read_back(article: Article) -> None:
    """Every field comes back to the character, and writing it again changes no byte."""
    text = markdown.canonical(article)
    assert markdown.parse(text, default_id="other") == article
    assert markdown.canonical(markdown.parse(text, default_id="other")) == text


@settings(deadline=None, max_examples=40)
@given(ARTICLE)
def test_the_canonical_form_is_a_file(article: Article) -> None:
    """Through the file system, too: no line end and no mark is lost on the way."""
    with tempfile.TemporaryDirectory() as folder:
        assert markdown.write([stored(article)], Path(folder)) == 1
        assert articles_of(markdown.read(Path(folder) / f"{article.id}.md")) == [article]


@settings(deadline=None, max_examples=40)
@given(ARTICLE)
def test_a_json_line_is_one_line(article: Article) -> None:
    """Whatever line ends a text has, its record is one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        write = FORMATS["jsonl"].write
        assert write is not None
        write([stored(article)], path)
        content = path.read_bytes()
    assert content.count(b"\n") == 1
    assert json.loads(content)["explanation"] == article.explanation


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_an_export_of_nothing_is_an_import_of_nothing(name: str, tmp_path: Path) -> None:
    """An empty library is written and read back as one."""
    format_ = FORMATS[name]
    assert format_.write is not None
    path = tmp_path / ("folder" if name == "markdown" else f"file{format_.suffixes[0]}")
    assert format_.write([], path) == 0
    assert list(path.iterdir() if path.is_dir() else format_.read(path)) == []


@pytest.mark.shared
def test_a_real_library_goes_round_every_format(shared: Path, tmp_path: Path) -> None:
    """Articles of the real data set come back from each format as they went in."""
    articles = [
        article
        for path in sorted((shared / "data/medquad").rglob("*7.xml"))[:40]
        for article in articles_of(FORMATS["medquad"].read(path))
    ]
    assert len(articles) > 80
    for name in EXPORT_FORMATS:
        format_ = FORMATS[name]
        path = tmp_path / name / f"all{format_.suffixes[0]}" if name != "markdown" else tmp_path / name
        assert format_.write is not None
        assert format_.write(map(stored, articles), path) == len(articles)
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        back = [article for file in files for article in articles_of(format_.read(file))]
        assert sorted(back, key=lambda article: article.id) == sorted(articles, key=lambda article: article.id)

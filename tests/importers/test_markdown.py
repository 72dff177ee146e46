"""Markdown with YAML front matter: kept byte for byte, and refused with the reason where it is broken."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.importers import jsonl, markdown
from bot.ports import Changes
from tests.conftest import ROOT
from tests.importers.articles import articles_of, refusals_of, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.service.importing import Report
    from bot.store import SqlStore

# In the order and with the comments of the contract's example, in words of our own.
EXAMPLE = """---
id: paper-cut                           # stable
question: How long does a paper cut sting?
short_answer: Mostly not longer than a day.
also_asked: [when will my finger stop stinging, "does it, ever, end?"]  # any number
symptoms: [stinging]            # topics
author: A. Author
reviewer:
published: 2025-05-15
reviewed:   2025-05-16
review_due: 2028-05-15
language: en                             # BCP 47

status: published
source: https://example.org/a#b
references:
  - text: "Author A, Author B. Title. Journal. 2021;1:2-3."
    doi: 10.1000/xyz                     # optional
---

The explanation: paragraphs.

- and
* lists


---
after a line of hyphens.   \n"""


@pytest.mark.parametrize(
    "content",
    [
        EXAMPLE.encode(),
        EXAMPLE.replace("\n", "\r\n").encode(),
        EXAMPLE.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + EXAMPLE.encode(),
        EXAMPLE.rstrip().encode(),
        EXAMPLE.replace("---\n", "---  \n", 2).encode(),
        EXAMPLE.replace("paper cut", "cafe\u0301 caf\u00e9 \U0001f912").encode(),
    ],
    ids=["lf", "crlf", "cr", "byte-order-mark", "no-last-line-end", "spaces-after-hyphens", "unicode"],
)
def test_a_file_is_exported_byte_for_byte(
    content: bytes, tmp_path: Path, store: SqlStore, import_: Callable[..., Report]
) -> None:
    """Comments, blank lines, flow lists, line ends and a byte order mark go through the store and come out again."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Some Name.md").write_bytes(content)
    assert import_("markdown", tmp_path / "in").changes == Changes(added=1)
    assert markdown.write(store.all(), tmp_path / "out") == 1
    assert (tmp_path / "out" / "paper-cut.md").read_bytes() == content


def test_every_key_is_read(tmp_path: Path) -> None:
    """The example's values are the article's: text as it is typed, comments and marks of YAML not among it."""
    path = tmp_path / "a.md"
    path.write_text(EXAMPLE, encoding="utf-8")
    (article,) = articles_of(markdown.read(path))
    assert article.id == "paper-cut"
    assert article.also_asked == ("when will my finger stop stinging", "does it, ever, end?")
    assert (article.reviewer, str(article.published), str(article.review_due)) == ("", "2025-05-15", "2028-05-15")
    assert article.source == "https://example.org/a#b"
    assert (article.references[0].doi, article.references[0].pmid) == ("10.1000/xyz", None)
    assert article.explanation == ("The explanation: paragraphs.\n\n- and\n* lists\n\n\n---\nafter a line of hyphens.")


def test_a_changed_article_is_exported_anew(tmp_path: Path, store: SqlStore, import_: Callable[..., Report]) -> None:
    """Once the library says something else than the file, the file is not what is exported."""
    (tmp_path / "a.md").write_text(EXAMPLE, encoding="utf-8")
    import_("markdown", tmp_path / "a.md")
    changed = replace(store.article("paper-cut").article, short_answer="Not long.")
    jsonl.write([stored(changed)], tmp_path / "a.jsonl")
    assert import_("jsonl", tmp_path / "a.jsonl").changes == Changes(changed=1)
    markdown.write(store.all(), tmp_path / "out")
    text = (tmp_path / "out" / "paper-cut.md").read_text(encoding="utf-8")
    assert text == markdown.canonical(changed)
    assert "short_answer: Not long.\n" in text
    assert "published: 2025-05-15\n" in text


def test_a_file_of_another_article_is_not_exported() -> None:
    """A stored file that no longer parses, or says something else, never takes the article's place."""
    article = markdown.parse(EXAMPLE, default_id="a")
    other = replace(article, question="Why?")
    assert markdown._source_or_canonical(stored(article, EXAMPLE)) == EXAMPLE
    for source_text in (EXAMPLE, "{}", "---\nquestion: [\n---\n", None):
        assert markdown._source_or_canonical(stored(other, source_text)) == markdown.canonical(other)


def test_the_file_s_name_is_the_default_id(tmp_path: Path) -> None:
    """Without an id, an article is called as its file."""
    path = tmp_path / "Paper Cut_2.md"
    path.write_text("---\nquestion: Why?\n---\nSo.\n", encoding="utf-8")
    assert [article.id for article in articles_of(markdown.read(path))] == ["paper-cut-2"]


@pytest.mark.parametrize(
    "value", ["no", "2025-05-15", "10.10", "1e3", "0x1f", "~", "null", "1_000", "12:30:00", "!!str x"]
)
def test_a_scalar_is_the_text_that_was_typed(value: str) -> None:
    """No text becomes a number, date, truth value or nothing because YAML has a name for it."""
    article = markdown.parse(f"---\nquestion: {value}\n---\nSo.", default_id="a")
    assert article.question == value.removeprefix("!!str ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it does not begin with a line of three hyphens"),
        ("# Title\n\nText.", "it does not begin with a line of three hyphens"),
        ("\n---\nquestion: Why?\n---\nSo.", "it does not begin with a line of three hyphens"),
        ("---\nquestion: Why?\nSo.", "its front matter has no end"),
        ("---\n- a\n- b\n---\nSo.", "its front matter is ['a', 'b'], expected lines of the form key: value"),
        ("---\njust words\n---\nSo.", "its front matter is 'just words', expected"),
        ("---\nquestion: [a\n---\nSo.", "its front matter is not YAML: "),
        ("---\nquestion: Why: not?\n---\nSo.", "its front matter is not YAML: mapping values are not allowed"),
        ("---\nquestion: 'a\n---\nSo.", "its front matter is not YAML: "),
        ("---\nquestion: a\n\tb: c\n---\nSo.", "its front matter is not YAML: "),
        ("---\nquestion: a\x07\n---\nSo.", "its front matter is not YAML: "),
        ("---\nquestion: *a\n---\nSo.", "its front matter is not YAML: found undefined alias"),
        ("---\na: &a [*a]\n---\nSo.", "its front matter is not YAML: "),
        ("---\n? [a]\n: b\n---\nSo.", "a key is not text"),
        ("---\nquestion: a\nlanguage: en\nquestion: b\n---\nSo.", "'question' stands there twice"),
        ("---\nreferences:\n- text: a\n  text: b\n---\nSo.", "'text' stands there twice"),
        ("---\nquestion: a\nexplanation: b\n---\nSo.", "explanation stands in the front matter"),
        ("---\nquestion: a\n--- !x\n...\nb\n---\nSo.", "its front matter is not YAML: "),
    ],
)
def test_broken_front_matter_is_refused(text: str, reason: str) -> None:
    """Each way to break it is told apart, in words that name what is wrong."""
    with pytest.raises(UnreadableFile) as caught:
        markdown.parse(text, default_id="a")
    assert reason in str(caught.value)


def test_an_error_names_the_line_of_the_file() -> None:
    """The line that YAML complains of is counted from the top of the file, as an editor counts."""
    with pytest.raises(UnreadableFile, match=r"line 4, column"):
        markdown.parse("---\nid: a\nquestion: Why?\nauthor: a: b\n---\nSo.", default_id="a")


@pytest.mark.parametrize("front_matter", ["", "# only a comment", "language: en"])
def test_front_matter_without_a_question_says_so(front_matter: str, tmp_path: Path) -> None:
    """An empty front matter is no fault of YAML; the question is what is missing."""
    path = tmp_path / "a.md"
    path.write_text(f"---\n{front_matter}\n---\nSo.", encoding="utf-8")
    assert refusals_of(markdown.read(path)) == [
        ("", "question: None is not a question: an article is found and headed by it")
    ]


@pytest.mark.parametrize(
    "front_matter",
    [
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
        "question: " + "[" * 300_000,
        "question: " + "{a: " * 300_000,
        "".join(f"{' ' * n}a:\n" for n in range(800)),
        "? " * 100_000,
    ],
    ids=["aliases", "lists", "maps", "blocks", "keys"],
)
def test_a_bomb_is_refused_at_once(front_matter: str, tmp_path: Path) -> None:
    """Aliases that multiply, and lists that nest without end, take no time, memory or stack worth speaking of."""
    path = tmp_path / "a.md"
    path.write_text(f"---\nquestion: Why?\n{front_matter}\n---\nSo.", encoding="utf-8")
    began = time.monotonic()
    try:
        reasons = [reason for _, reason in refusals_of(markdown.read(path))]
    except UnreadableFile as error:
        reasons = [str(error)]
    assert reasons
    assert max(map(len, reasons)) < 1_000
    assert time.monotonic() - began < 5


def test_our_own_articles_can_be_imported(import_: Callable[..., Report]) -> None:
    """Every article that ships with the program is one."""
    folder = ROOT / "data" / "articles"
    report = import_("markdown", folder)
    assert report.refused == []
    assert report.changes.added == len(list(folder.glob("*.md"))) > 0

"""The library's own format: Markdown with YAML front matter, one file an article.

A file that was imported is exported byte for byte as long as it still says what the library has; else it is written
anew in one canonical form.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot.domain.errors import InvalidArticle, UnreadableFile, shown
from bot.domain.records import KEYS, article_from_record, article_id, record_from_article
from bot.domain.references import Reference, with_identifiers
from bot.importers.base import BYTE_ORDER_MARK, Format, read_text
from bot.importers.files import replacing
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.domain.article import Article
    from bot.ports import StoredArticle

_FENCE: Final = "---"
# The JSON form has lists of records at most; what nests deeper is no article, and could exhaust the stack.
_MAX_NESTING: Final = 10


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The one article in `path`."""
    text = read_text(path)
    try:
        yield SourcedArticle(parse(text, default_id=article_id(path.stem)), source_text=text)
    except InvalidArticle as error:
        yield from (Refusal("", str(problem)) for problem in error.problems)


def parse(text: str, *, default_id: str) -> Article:
    """The article in `text`. Raises UnreadableFile for broken front matter, InvalidArticle for wrong values."""
    lines = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise UnreadableFile("it does not begin with a line of three hyphens (---), so it has no front matter")
    try:
        end = next(number for number, line in enumerate(lines) if number and line.rstrip() == _FENCE)
    except StopIteration:
        raise UnreadableFile("its front matter has no end: a second line of three hyphens (---) is missing") from None
    record = _front_matter("\n".join(["", *lines[1:end]]))  # an empty line for the fence: errors name the file's lines
    if "explanation" in record:
        raise UnreadableFile("explanation stands in the front matter; write it below the second line of hyphens (---)")
    record["explanation"] = "\n".join(lines[end + 1 :])
    return article_from_record(record, default_id=default_id)


def canonical(article: Article) -> str:
    """`article` as text in the canonical form; `parse` gives it back."""
    record = record_from_article(article)
    explanation = record.pop("explanation")
    record |= {date: getattr(article, date) for date in ("published", "reviewed", "review_due")}
    record["references"] = [_stated(reference) for reference in article.references]
    stated = {key: record[key] for key in KEYS if record.get(key)}
    out = io.StringIO()
    out.write(f"{_FENCE}\n")
    yaml.dump(stated, out, _Dumper, allow_unicode=True, sort_keys=False, width=2**20)
    out.write(f"{_FENCE}\n")
    out.write(f"{explanation}\n" if explanation else "")
    return out.getvalue()


def write(articles: Iterable[StoredArticle], folder: Path) -> int:
    """Write each article to `folder`, as ID.md."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for stored in articles:
        with replacing(folder / f"{stored.article.id}.md") as file:
            file.write(_source_or_canonical(stored))
        count += 1
    return count


def _source_or_canonical(stored: StoredArticle) -> str:
    if stored.source_text is not None:
        try:
            if parse(stored.source_text, default_id=stored.article.id) == stored.article:
                return stored.source_text
        except (UnreadableFile, InvalidArticle):
            pass  # a file of another format; it is written in this one
    return canonical(stored.article)


def _stated(reference: Reference) -> dict[str, str]:
    """The keys of `reference` that its text does not say by itself."""
    derived = with_identifiers(Reference(reference.text))
    stated = {"text": reference.text}
    for key in ("doi", "pmid", "pmcid", "url"):
        value = getattr(reference, key)
        if value and (value != getattr(derived, key) or key == "doi"):
            stated[key] = value
    return stated


def _front_matter(text: str) -> dict[str, object]:
    try:
        _check_nesting(text)
        record = yaml.load(text, _Loader)  # noqa: S506  a loader that makes only texts, lists and maps
    except yaml.YAMLError as error:
        raise UnreadableFile(f"its front matter is not YAML: {' '.join(str(error).split())}") from error
    if record is None:
        return {}
    if not isinstance(record, dict):
        raise UnreadableFile(f"its front matter is {shown(record)}, expected lines of the form key: value")
    return record


def _check_nesting(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.CBaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_NESTING:
            raise yaml.YAMLError(f"lists nest more than {_MAX_NESTING} deep")


class _Loader(yaml.CBaseLoader):
    """Reads every scalar as text, so that `no`, `2025-05-15` and `10.10` stay what was typed; no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse what is not of the form text: value, and a key that stands there twice."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, "a key is not text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Writes texts so that any YAML reader takes them for texts."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    fits_a_block = "\n" in value and all(line == line.strip() for line in value.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if fits_a_block else None)


_Dumper.add_representer(str, _text)

FORMAT: Final = Format(suffixes=(".md",), read=read, write=write)

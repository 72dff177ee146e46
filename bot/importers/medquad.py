"""MedQuAD (Ben Abacha and Demner-Fushman, BMC Bioinformatics 2019, 20:511): XML files of questions with answers.

Most files have the elements Document, Focus, QAPair, Question and Answer; a few are written by other programs, with
doc, doctitle-focus, pair, question and answer, or with DiseaseFile at the root. Questions without an answer (whole
subsets were emptied for copyright), and files without questions, are left out and counted.

An article's id is made of the source, the file's name and the question's number in it: the ids within the files
repeat one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from bot.domain.errors import InvalidArticle, UnreadableFile
from bot.domain.records import article_from_record, article_id
from bot.importers.base import Format, read_bytes
from bot.ports import Refusal, SourcedArticle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_ANSWER: Final = "no answer"
NO_QUESTIONS: Final = "no questions"
_ROOTS: Final = {"Document", "doc", "DiseaseFile"}
# The data set's names for its sources, and who they are.
_AUTHORS: Final = {
    "CancerGov": "National Cancer Institute",
    "GARD": "Genetic and Rare Diseases Information Center",
    "GHR": "Genetics Home Reference, U.S. National Library of Medicine",
    "MPlusHealthTopics": "MedlinePlus, U.S. National Library of Medicine",
    "NIDDK": "National Institute of Diabetes and Digestive and Kidney Diseases",
    "NINDS": "National Institute of Neurological Disorders and Stroke",
    "NIHSeniorHealth": "NIHSeniorHealth, National Institute on Aging",
    "NHLBI": "National Heart, Lung, and Blood Institute",
    "CDC": "Centers for Disease Control and Prevention",
}


def read(path: Path) -> Iterator[SourcedArticle | Refusal]:
    """The answered questions in `path`."""
    root = _root(read_bytes(path))
    source = root.get("source") or root.get("corpus") or ""
    url = root.get("url") or ""
    focus = " ".join(_text(root, "Focus", "doctitle-focus").split())
    author = _AUTHORS.get(source, source)
    pairs = [*root.iter("QAPair", "pair")]
    if not pairs:
        is_emptied = next(root.iter("QAPairs", "qaPairs"), None) is not None
        yield Refusal("", NO_QUESTIONS if is_emptied else "it has no element QAPair or pair", fatal=not is_emptied)
    for place, pair in enumerate(pairs, start=1):
        number = pair.get("pid") or str(place)
        answer = _text(pair, "Answer", "answer")
        if not answer:
            yield Refusal(f"question {number}", NO_ANSWER, fatal=False)
            continue
        record: dict[str, object] = {
            "id": article_id(f"{source}-{path.stem}-{number}"),
            "question": " ".join(_text(pair, "Question", "question").split()),
            "explanation": answer,
            "symptoms": [focus] if focus else [],
            "author": author,
            "source": url,
            "references": [{"text": ". ".join(filter(None, [author, focus or url])) + ".", "url": url}] if url else [],
        }
        try:
            yield SourcedArticle(article_from_record(record))
        except InvalidArticle as error:
            yield from (Refusal(f"question {number}", str(problem)) for problem in error.problems)


def _root(content: bytes) -> etree._Element:
    # No entity is resolved and nothing else is read, whatever the file asks for.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"it is not XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableFile("it has a document type declaration, which no file of MedQuAD has; it was not read")
    if root.tag not in _ROOTS:
        raise UnreadableFile(f"its root is {root.tag!r}, expected one of {', '.join(sorted(_ROOTS))}")
    return root


def _text(element: etree._Element, *names: str) -> str:
    found = next((child for name in names for child in element.iter(name)), None)
    return "".join(str(piece) for piece in found.itertext()).strip() if found is not None else ""


FORMAT: Final = Format(suffixes=(".xml",), read=read)

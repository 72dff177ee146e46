"""MedQuAD's XML in the forms in which it was published."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.importers import medquad
from bot.ports import Changes, Refusal
from tests.importers.articles import articles_of, refusals_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.service.importing import Report

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="0000001" source="GARD" url="https://example.org/cut">
<Focus>Paper
 cut</Focus>
<FocusAnnotations><Category>Disease</Category></FocusAnnotations>
<QAPairs>
	<QAPair pid="1"><Question qid="1-1" qtype="information">What is (are) Paper cut ?</Question>
	<Answer>  It is small &amp; sharp.

    It  stings.
&#9;  - a bit
</Answer></QAPair>
	<QAPair pid="2"><Question qid="1-2">How long?</Question><Answer/></QAPair>
	<QAPair pid="3"><Question qid="1-3">Who?</Question><Answer> \n </Answer></QAPair>
	<QAPair pid="4"><Question qid="1-4">Why?</Question></QAPair>
</QAPairs>
</Document>"""
DOC = """<doc docid="0000001" corpus="NINDS" url="https://example.org/cut"><doctitle-focus>Paper cut</doctitle-focus>
<qaPairs><pair pid="1"><question>what is a
  paper cut ?</question><answer>A <b>small</b> cut.<!-- not shown --></answer></pair>
<pair pid="2"><question>Why?</question><answer></answer></pair></qaPairs></doc>"""
DISEASE_FILE = (
    DOCUMENT.replace("<Document id", "<DiseaseFile fid").replace("</Document", "</DiseaseFile").replace("GARD", "CDC")
)


def written(folder: Path, content: str | bytes, name: str = "0000001.xml") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "identifier", "author"),
    [
        (DOCUMENT, "gard-0000001-1", "Genetic and Rare Diseases Information Center"),
        (DISEASE_FILE, "cdc-0000001-1", "Centers for Disease Control and Prevention"),
    ],
    ids=["Document", "DiseaseFile"],
)
def test_the_common_forms(content: str, identifier: str, author: str, tmp_path: Path) -> None:
    """An answered pair is an article that names its source; white space within the answer is kept."""
    (article,) = articles_of(list(medquad.read(written(tmp_path, content)))[:1])
    assert (article.id, article.author) == (identifier, author)
    assert article.question == "What is (are) Paper cut ?"
    assert article.explanation == "It is small & sharp.\n\n    It  stings.\n\t  - a bit"
    assert article.symptoms == ("Paper cut",)
    assert article.source == "https://example.org/cut"
    assert [(entry.text, entry.url) for entry in article.references] == [(f"{author}. Paper cut.", article.source)]


def test_the_form_of_other_programs(tmp_path: Path) -> None:
    """Files with doc, pair and answer are read alike; elements within an answer give their text, comments none."""
    records = list(medquad.read(written(tmp_path, DOC)))
    (article,) = articles_of(records[:1])
    assert (article.id, article.question, article.explanation) == (
        "ninds-0000001-1",
        "what is a paper cut ?",
        "A small cut.",
    )
    assert refusals_of(records) == [("question 2", "no answer")]


def test_missing_answers_are_left_out_and_counted(tmp_path: Path, import_: Callable[..., Report]) -> None:
    """An empty answer is no fault: the file is imported, and the report counts what was left out."""
    written(tmp_path, DOCUMENT)
    written(tmp_path, DOC, "2.xml")
    written(tmp_path, '<Document source="GARD"><QAPairs>\n</QAPairs></Document>', "3.xml")
    report = import_("medquad", tmp_path)
    assert (report.changes, report.files, report.refused) == (Changes(added=2), 3, [])
    assert [(entry.reason, entry.records) for entry in report.left_out] == [("no answer", 4), ("no questions", 1)]


def test_pairs_without_numbers_are_counted(tmp_path: Path) -> None:
    """Where a pair has no number, its place stands in, so that two do not get the same id."""
    content = DOC.replace(' pid="1"', "").replace(' pid="2"', "").replace("<answer></answer>", "<answer>So.</answer>")
    assert [article.id for article in articles_of(medquad.read(written(tmp_path, content)))] == [
        "ninds-0000001-1",
        "ninds-0000001-2",
    ]


def test_a_file_without_source_or_address(tmp_path: Path) -> None:
    """What the file does not say is not made up."""
    content = DOC.replace(' corpus="NINDS" url="https://example.org/cut"', "")
    (article,) = articles_of(list(medquad.read(written(tmp_path, content)))[:1])
    assert (article.id, article.author, article.source, article.references) == ("0000001-1", "", "", ())


def test_a_bad_record_is_refused_by_its_number(tmp_path: Path) -> None:
    """An answer without a question is a fault of the file."""
    records = list(medquad.read(written(tmp_path, DOCUMENT.replace("What is (are) Paper cut ?", " "))))
    assert [record.fatal for record in records if isinstance(record, Refusal)] == [True, False, False, False]
    assert refusals_of(records)[0][0] == "question 1"
    assert refusals_of(records)[0][1].startswith("question: ")


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is not XML: "),
        ("   ", "it is not XML: "),
        ("not xml", "it is not XML: "),
        ("<Document><QAPairs>", "it is not XML: "),
        (b"<Document>\xff</Document>", "it is not XML: "),
        ("<html><body/></html>", "its root is 'html', expected one of DiseaseFile, Doc"),
        ("<rss><QAPair/></rss>", "its root is 'rss'"),
        ("<!DOCTYPE Document><Document/>", "it has a document type declaration"),
        (f"<!DOCTYPE Document [{LAUGHS}]><Document>&a11;</Document>", ""),
        (f"<!DOCTYPE Document [{LAUGHS}]><Document source='&a11;'/>", ""),
        ('<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>', "it has a document"),
        ('<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd"><Document/>', "it has a document type declaration"),
        ("<Document>" + "<a>" * 100_000, "it is not XML: "),
    ],
    ids=[
        "empty", "spaces", "text", "unclosed", "encoding", "html", "rss", "doctype", "laughs-in-text",
        "laughs-in-attribute", "external-entity", "external-dtd", "deep",
    ],
)  # fmt: skip
def test_other_xml_is_refused_at_once(content: str | bytes, reason: str, tmp_path: Path) -> None:
    """Broken, foreign and hostile XML is refused without reading another file or expanding anything."""
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as caught:
        list(medquad.read(written(tmp_path, content)))
    assert str(caught.value).startswith(reason or "it ")
    assert len(str(caught.value)) < 300
    assert time.monotonic() - began < 2


def test_a_file_without_pairs_or_their_place_is_refused(tmp_path: Path) -> None:
    """A file of the right name that has nothing of MedQuAD's is a fault, not an empty one."""
    (record,) = medquad.read(written(tmp_path, "<Document><Focus>x</Focus></Document>"))
    assert record == Refusal("", "it has no element QAPair or pair")


@pytest.mark.shared
def test_the_data_set_as_published(shared: Path) -> None:
    """Of its 5,497 files each is read; every answered question is an article with an id of its own, and none fails."""
    files = sorted((shared / "data/medquad").rglob("*.xml"))
    records = [record for file in files for record in medquad.read(file)]
    refused = [record for record in records if isinstance(record, Refusal)]
    assert len(files) == 5_497
    assert not [record for record in refused if record.fatal]
    articles = articles_of(record for record in records if not isinstance(record, Refusal))
    assert len({article.id for article in articles}) == len(articles) > 16_400

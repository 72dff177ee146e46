"""Doctor's Note pages that were saved as text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnreadableFile
from bot.importers import page
from bot.ports import Refusal
from tests.importers.pages import (
    ARTICLE,
    EXPLANATION,
    FIRST,
    FOOTER,
    ITEMS,
    LAST,
    QUESTION,
    REFERENCES,
    SHORT,
    SYMPTOMS,
    imported,
    text_page,
)

if TYPE_CHECKING:
    from pathlib import Path


SAVED_OTHERWISE = {
    "crlf": text_page().replace("\n", "\r\n"),
    "cr": text_page().replace("\n", "\r"),
    "byte-order-mark": "\ufeff" + text_page(),
    "indented": "".join(f"    {line}\n" for line in text_page().split("\n")),
    "tabs": "".join(f"\t{line}  \n" for line in text_page().split("\n")),
    "blank-lines": text_page().replace("\n\n", "\n\n\n\n"),
    "no-break-spaces": text_page().replace(" ", "\u00a0"),
    "bullet-and-tab": text_page().replace("• ", "•\t"),
    "refs-bare": text_page(references=REFERENCES),
    "refs-bare-lines": text_page(references=["\n".join(REFERENCES)]),
    "refs-hyphens": text_page(references=["\n".join(f"- {text}" for text in REFERENCES)]),
    "refs-numbered": text_page(references=[f"{number}. {text}" for number, text in enumerate(REFERENCES, 1)]),
    "refs-numbered-brackets": text_page(
        references=["\n".join(f"{number}) {text}" for number, text in enumerate(REFERENCES, 1))]
    ),
    "refs-square-brackets": text_page(references=[f"[{number}] {text}" for number, text in enumerate(REFERENCES, 1)]),
    "refs-bullet-apart": text_page(references=[f"•\n{text}" for text in REFERENCES]),
    "refs-wrapped": text_page(references=[f"  • {text.replace('. ', '.' + chr(10) + '    ')}" for text in REFERENCES]),
    "refs-wrapped-at-a-number": text_page(
        references=[f"{number}. {text}".replace(" 12. ", "\n12. ") for number, text in enumerate(REFERENCES, 1)]
    ),
    "refs-followed": text_page(
        references=[*(f"• {text}" for text in REFERENCES), "Share", "Something new on the site"]
    ),
    "refs-heading": text_page(references_heading="References"),
    "refs-heading-upper": text_page(references_heading="REFERENCES:"),
    "date-apart": text_page(date="Published on:\n\n5/15/2025"),
    "date-no-colon": text_page(date="Published on\n05/15/2025"),
    "date-words": text_page(date="Published on: May 15, 2025"),
    "date-iso": text_page(date="Published on: 2025-05-15"),
    "date-after-link": text_page(date="Back Published on: 5/15/2025"),
    "date-updated": text_page(date="Published on: 5/15/2025\n\nUpdated on: 6/1/2025"),
    "head-no-blank": text_page(head=f"{QUESTION}\n{SHORT}"),
    "question-wrapped": text_page(head=f"{QUESTION.replace(' & ', chr(10) + '& ')}\n\n{SHORT}"),
    "head-furniture": text_page(head=f"Share\n\nSomething new on the site\n\n{QUESTION}\n\n{SHORT}\n\nCopy link"),
    "question-first": text_page(date=f"{QUESTION}\n\nPublished on: 5/15/2025", head=SHORT),
    "list-asterisks": text_page(explanation=EXPLANATION.replace("• ", "  * ")),
    "list-apart": text_page(explanation=EXPLANATION.replace("\n•", "\n\n  •")),
    "furniture-after": text_page(explanation=f"{EXPLANATION}\n\nCopy link\n\nanswer background"),
    "symptoms-bullets": text_page(footer=FOOTER.format(symptoms="\n".join(f"  • {symptom}" for symptom in SYMPTOMS))),
    "symptoms-followed": text_page(
        footer=FOOTER.format(symptoms="\n".join([*SYMPTOMS, SYMPTOMS[0], "", "Read on. It is new here."]))
    ),
}


@pytest.mark.shared
def test_the_real_page_is_read_to_the_character(shared: Path, tmp_path: Path) -> None:
    """Every part of the saved page comes out as it stands in the file, and nothing of the site's furniture."""
    path = shared / "data/seed/doctors-note-back-surgery.txt"
    lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    article = imported(tmp_path, path.read_bytes(), path.name)
    heading = lines.index("Explanation")
    assert article.id == "doctors-note-back-surgery"
    assert article.question == lines[heading - 3]
    assert article.question.endswith("How Long Does It Last?")
    assert article.short_answer == lines[heading - 2]
    assert article.explanation == lines[heading + 1]
    assert article.published == dt.date(2025, 5, 15)
    assert article.symptoms == ("Difficulty walking",)
    assert [f"• {reference.text}" for reference in article.references] == lines[heading + 3 : heading + 6]
    assert [(reference.doi, reference.pmid, reference.pmcid) for reference in article.references] == [
        ("10.1007/s00586-021-06938-6", "34351524", "PMC8550110"),
        ("10.1097/BRS.0000000000004324", "35066535", None),
        ("10.1186/s12891-016-1296-0", "27842523", "PMC5109719"),
    ]


def test_every_part_is_read(tmp_path: Path) -> None:
    """Question, short answer, explanation with its list, date, references and symptoms, and no furniture."""
    assert imported(tmp_path, text_page()) == ARTICLE


@pytest.mark.parametrize("content", SAVED_OTHERWISE.values(), ids=SAVED_OTHERWISE.keys())
def test_the_same_page_saved_otherwise_is_the_same_article(tmp_path: Path, content: str) -> None:
    """Line ends, a byte order mark, indents, kinds of bullets and dates, and the site's own lines change nothing."""
    assert imported(tmp_path, content) == ARTICLE


def test_symptoms_may_be_missing(tmp_path: Path) -> None:
    """A page that names no symptoms is an article without any."""
    assert imported(tmp_path, text_page(footer="Tell your friends about us.")) == replace(ARTICLE, symptoms=())


def test_references_may_be_missing(tmp_path: Path) -> None:
    """Without a heading for references, the explanation ends where the site's own text begins."""
    content = text_page(references=[], references_heading="")
    assert imported(tmp_path, content) == replace(ARTICLE, references=())


def test_short_answer_of_several_paragraphs(tmp_path: Path) -> None:
    """The short answer is all between the question and the explanation, its paragraphs apart."""
    content = text_page(head=f"{QUESTION}\n\n{SHORT}\n\nIs that long? No.")
    assert imported(tmp_path, content).short_answer == f"{SHORT}\n\nIs that long? No."


def test_a_title_need_not_be_a_question(tmp_path: Path) -> None:
    """Where no line ends in a question mark, the first one is the title."""
    content = text_page(head=f"Paper cuts\n\n{SHORT}")
    assert imported(tmp_path, content) == replace(ARTICLE, question="Paper cuts")


def test_numbers_and_nested_lists_are_kept(tmp_path: Path) -> None:
    """Steps keep their numbers, and a list in a list its own mark."""
    content = text_page(explanation=f"{FIRST}\n\n  1. Wait.\n\n  2. Look:\n\n      ○ here,\n      ○ there.\n\n{LAST}")
    assert imported(tmp_path, content).explanation == f"{FIRST}\n\n1. Wait.\n2. Look:\n◦ here,\n◦ there.\n\n{LAST}"


def test_words_of_the_site_within_a_sentence_are_the_article_s(tmp_path: Path) -> None:
    """A heading's word in running text, or a line on tips, is not taken for the site's furniture."""
    text = "References to tips help. Explanation follows.\n\nTips to try:\n\nShare the plaster. Back off."
    assert imported(tmp_path, text_page(explanation=text)).explanation == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", 'no line "Published on:"'),
        ("A letter.\n\nNothing else.", 'no line "Published on:", so it is not a saved Doctor\'s Note page'),
        ("Published on: 5/15/2025\n\nWhy?\n\nSo.", 'no line "Explanation"'),
        (text_page(date="Published on: 15/5/2025"), "'15/5/2025' is not a date such as 5/15/2025"),
        (text_page(date="Published on: 2/30/2025"), "'2/30/2025' is not a date"),
        (text_page(date="Published on: soon"), "'soon' is not a date"),
        (text_page(date="Published on:", head=""), "published: 'answer background' is not a date"),
        (text_page(head=""), 'no question and short answer stand between "Published on:" and "Explanation"'),
        (text_page(head=SHORT), 'no question and short answer stand between "Published on:" and "Explanation"'),
        (text_page(explanation=""), 'nothing stands under "Explanation"; open all parts of the page'),
        (text_page(references=[]), 'nothing stands under "References"; open all parts of the page'),
        ("From: <Saved>\nContent-Type: multipart/related;\n\n" + text_page(), "it is a web archive"),
    ],
    ids=lambda value: "" if "\n" in value else None,
)
def test_what_is_no_such_page_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    """A file that lacks a part says which one, rather than becoming a wrong article."""
    path = tmp_path / "page.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile) as caught:
        list(page.read(path))
    assert reason in str(caught.value)


def test_a_part_that_breaks_a_rule_is_named(tmp_path: Path) -> None:
    """A page whose text cannot be an article is refused by the field at fault."""
    path = tmp_path / "page.txt"
    path.write_text(text_page(explanation="a\x07b"), encoding="utf-8")
    (refusal,) = page.read(path)
    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("explanation: ")
    assert refusal.fatal


def test_items_are_quoted_whole(tmp_path: Path) -> None:
    """The items of the explanation's list stand there one a line, none lost and none joined."""
    lines = imported(tmp_path, text_page()).explanation.split("\n")
    assert [line.removeprefix("• ") for line in lines if line.startswith("•")] == list(ITEMS)

"""What the pages and calls on articles take and give, beside the forms of the service."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from bot.domain.article import Status
from bot.domain.blocks import Block
from bot.domain.comparison import FieldChange
from bot.domain.editorial import Draft, DraftState
from bot.domain.question_queue import NearArticle
from bot.domain.records import KEYS, record_from_article
from bot.domain.reply import Outcome, Quotation
from bot.ports.editorial import CheckedAddress, ListedArticle, ListedRevision, TakenStep
from bot.web.schemas import ArticleRecord

# Neither is an editor's to write.
_OF_SIGN_OFF = ("reviewer", "reviewed", "status")


class ReferenceFields(BaseModel):
    """A reference as an editor writes it; what its text says by itself may be left out."""

    text: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""

    @property
    def is_empty(self) -> bool:
        """A row of the form that nobody wrote in."""
        return not any(value.strip() for value in (self.text, self.doi, self.pmid, self.pmcid, self.url))


class ArticleFields(BaseModel):
    """An article as an editor writes it. `version` and `base_revision` are those that the form was given."""

    version: int = Field(0, description="Of the draft that was seen; 0 begins one.")
    base_revision: int = Field(0, description="The revision that a new draft begins from; 0 for a new article.")
    group_id: str = Field("", description="Of the queue: the group of questions that a new article is for.")
    group_version: int = 0
    id: str = Field("", description="Of a new article; one is made of its question if there is none.")
    question: str = ""
    short_answer: str = ""
    explanation: str = ""
    also_asked: list[str] = []
    symptoms: list[str] = []
    author: str = ""
    published: str = Field("", description="YYYY-MM-DD; empty: the day of its publication.")
    review_due: str = Field("", description="YYYY-MM-DD; empty: the usual time after its sign-off.")
    language: str = "en"
    source: str = ""
    references: list[ReferenceFields] = []
    reference_text: list[str] = Field([], description="As forms send references: a list for each field, of one length.")
    reference_doi: list[str] = []
    reference_pmid: list[str] = []
    reference_pmcid: list[str] = []
    reference_url: list[str] = []

    @field_validator("also_asked", "symptoms")
    @classmethod
    def _lines(cls, values: list[str]) -> list[str]:
        """A form sends one text with an item a line."""
        return [line for value in values for line in value.splitlines() if line.strip()]

    @model_validator(mode="after")
    def _rows(self) -> Self:
        columns = (
            self.reference_text, self.reference_doi, self.reference_pmid, self.reference_pmcid, self.reference_url
        )  # fmt: skip
        if any(columns):
            if len({len(column) for column in columns}) > 1:
                raise ValueError("reference_text and the others: they are not of one length")
            names = tuple(ReferenceFields.model_fields)
            rows = [ReferenceFields(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
            self.references = [*self.references, *rows]
            for column in columns:
                column.clear()
        self.references = [row for row in self.references if not row.is_empty]
        return self

    def record(self, identifier: str) -> dict[str, Any]:
        """The article in the contract's form."""
        values = self.model_dump(include=set(KEYS) - {"id", *_OF_SIGN_OFF})
        return {"id": identifier, **values}

    @classmethod
    def of(cls, record: dict[str, Any], version: int, base_revision: int) -> ArticleFields:
        """The form of an article in the contract's form."""
        known = {key: value for key, value in record.items() if key not in {*_OF_SIGN_OFF, "references"} and value}
        rows = [ReferenceFields(**{key: value or "" for key, value in each.items()}) for each in record["references"]]
        return cls(version=version, base_revision=base_revision, references=rows, **known)


class Previewed(BaseModel):
    """What patients will see: `blocks` in the chat, `text` where there is only text, `quotation` for programs."""

    revision: int
    sha256: str
    blocks: list[Block]
    text: str
    quotation: Quotation
    quotation_json: str = Field(exclude=True)
    page: dict[str, Any] = Field(exclude=True, description="What the template of the article's page is filled with.")

    @property
    def reply(self) -> dict[str, Any]:
        """The fields of a Reply that the widget shows, for JSON; it is no turn of a conversation."""
        said_in = {"outcome": Outcome.ANSWER.value, "language": self.page["say"].language}
        return said_in | self.model_dump(mode="json", include={"blocks", "quotation"})


class EditPage(BaseModel):
    """A draft that is being written: what is wrong with it, what could be better, and how patients would see it.

    `asked` are patients' wordings of what a new article is for.
    """

    id: str
    fields: ArticleFields
    is_new: bool
    problems: list[str] = []
    conflict: str = ""
    hints: list[str] = []
    duplicates: list[NearArticle] = []
    reading_level: str = ""
    preview: Previewed
    asked: list[str] = []


class DraftRecord(BaseModel):
    """A draft; `record` is the article in the contract's form."""

    article_id: str
    base_revision: int
    state: DraftState
    version: int
    created: dt.datetime
    changed: dt.datetime
    changed_by: str
    sha256: str
    signed_by: str
    signed_name: str
    signed_on: dt.date | None
    record: dict[str, Any]

    @classmethod
    def of(cls, draft: Draft) -> DraftRecord:
        """The record of `draft`."""
        sign_off = draft.sign_off
        return cls(
            article_id=draft.article.id,
            base_revision=draft.base_revision,
            state=draft.state,
            version=draft.version,
            created=draft.created,
            changed=draft.changed,
            changed_by=draft.changed_by,
            sha256=draft.article.sha256,
            signed_by=sign_off.by if sign_off else "",
            signed_name=sign_off.full_name if sign_off else "",
            signed_on=sign_off.on if sign_off else None,
            record=record_from_article(draft.article),
        )


class ArticlesPage(BaseModel):
    """One page of the list, and what it was asked for."""

    articles: list[ListedArticle]
    total: int
    page: int
    size: int
    languages: list[str]
    overdue: int = Field(description="How many served articles are past the day of their review.")
    filters: dict[str, str]
    today: dt.date


class ArticleView(BaseModel):
    """All that there is of an article."""

    id: str
    served: ArticleRecord | None
    phrasings: list[str]
    draft: DraftRecord | None
    is_outdated: bool
    is_imported: bool
    is_overdue: bool
    is_withheld: bool
    is_served: bool
    hints: list[str]
    steps: list[TakenStep]
    revisions: list[ListedRevision]
    revisions_total: int
    page: int
    size: int
    next_due: dt.date = Field(description="When it would be due again if it were reviewed today.")

    @property
    def question(self) -> str:
        """What the page is headed by."""
        if self.served:
            return self.served.question
        return str(self.draft.record["question"]) if self.draft else self.id


class Comparison(BaseModel):
    """What differs between two states of an article."""

    id: str
    before: str
    after: str
    changes: list[FieldChange]
    choices: list[str] = Field(description="The states that can be compared: revisions, and the draft.")


class SignOffPage(BaseModel):
    """What a clinician signs: the draft, what it changes in what is served, and what patients will see."""

    id: str
    draft: DraftRecord
    base: str
    changes: list[FieldChange]
    is_outdated: bool
    refused: str = Field(description="Why the caller may not sign it; empty if they may.")
    hints: list[str]
    preview: Previewed


class RevisionView(BaseModel):
    """A past or present revision, and how patients saw it."""

    id: str
    record: ArticleRecord
    status: Status
    preview: Previewed


class CheckedLinks(BaseModel):
    """What became of looking up an article's addresses."""

    id: str
    checked: list[CheckedAddress]


class Seen(BaseModel):
    """The version of the draft that was seen."""

    version: int


class Noted(Seen):
    """The same, with a word to the others."""

    note: str = ""


class Signed(Seen):
    """What was read: the SHA-256 of its text."""

    sha256: str


class CarriedOver(Seen):
    """The newest revision, which was looked at."""

    base_revision: int


class Retired(BaseModel):
    """The revision that was seen, and why it goes."""

    revision: int
    reason: str = ""


class Reviewed(BaseModel):
    """The revision that was read; `review_due` empty for the usual time."""

    revision: int
    review_due: dt.date | None = None
    note: str = ""

    @field_validator("review_due", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        return value or None

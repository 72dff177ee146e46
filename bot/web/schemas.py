"""What the API takes and gives beside the domain's own forms."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, Field

from bot.domain.article import Revision, RevisionHead
from bot.domain.blocks import Block
from bot.domain.feedback import MAX_COMMENT_CHARS, FeedbackReason
from bot.domain.records import record_from_article
from bot.domain.reply import NumberedReference
from bot.domain.reports import MAX_REPORT_CHARS
from bot.ports import StoredArticle


class AskRequest(BaseModel):
    """A patient's message."""

    message: str = Field(description="The question, at most 2,000 characters.", examples=["How long does a cold last?"])
    session_id: str | None = Field(None, description="As the last reply gave it; none begins a conversation.")
    language: str | None = Field(None, description="BCP 47 tag of the language that the patient reads.")
    country: str | None = Field(
        None, description="ISO 3166 code of the country whose emergency numbers to show; none means the site's."
    )
    channel: str = Field("api", description="Where the message came in, for the operator's statistics.")
    site: str | None = Field(
        None,
        description="The web site that the widget stands on, one of DOCTORS_NOTE_SITES: its country, language, "
        "contact, symptom check and disclaimer apply, and its channel is recorded.",
    )


class FeedbackRequest(BaseModel):
    """What a patient thinks of a reply."""

    session_id: str = Field(description="As the reply gave it.")
    turn_id: str = Field(description="As the reply gave it.")
    helpful: bool = Field(strict=True, description="Whether the reply helped.")
    reason: str | None = Field(None, description=f"Why not: one of {', '.join(FeedbackReason)}.")
    comment: str | None = Field(
        None,
        description=f"In the patient's own words, at most {MAX_COMMENT_CHARS:,} characters; kept with all that "
        "identifies a person taken out.",
    )


class ReportRequest(BaseModel):
    """What a patient says is wrong with an article."""

    text: str = Field(
        description=f"In the patient's own words, at most {MAX_REPORT_CHARS:,} characters; kept with all that "
        "identifies a person taken out."
    )
    revision: int | None = Field(None, description="The revision that the patient read; none means the newest.")


class ArticleSummary(BaseModel):
    """An article as a listing shows it."""

    id: str
    revision: int
    question: str
    short_answer: str
    symptoms: tuple[str, ...]
    language: str
    status: str
    published: dt.date | None
    url: str

    @classmethod
    def of(cls, stored: StoredArticle, url: str) -> ArticleSummary:
        """The summary of `stored`, whose page stands at `url`."""
        article = stored.article
        return cls(
            id=article.id,
            revision=stored.revision.number,
            question=article.question,
            short_answer=article.short_answer,
            symptoms=article.symptoms,
            language=article.language,
            status=article.status,
            published=article.published,
            url=url,
        )


class ArticleList(BaseModel):
    """One page of the library; `pages` is how many there are, `total` how many articles."""

    articles: list[ArticleSummary]
    page: int
    pages: int
    total: int
    emergency: tuple[Block, ...] = Field(
        (), description="To be shown above everything: what to do, where the words searched for are an emergency."
    )


class ArticleRecord(BaseModel):
    """An article in the JSON form, with what proves it."""

    id: str
    revision: int
    sha256: str
    created: dt.datetime
    url: str
    question: str
    short_answer: str
    explanation: str
    also_asked: list[str]
    symptoms: list[str]
    author: str
    reviewer: str
    published: dt.date | None
    reviewed: dt.date | None
    review_due: dt.date | None
    language: str
    status: str
    source: str
    references: list[NumberedReference]

    @classmethod
    def of(cls, revision: Revision, url: str) -> ArticleRecord:
        """The record of `revision`, whose article's page stands at `url`."""
        record = record_from_article(revision.article)
        record["references"] = [
            reference | {"number": number} for number, reference in enumerate(record["references"], start=1)
        ]
        return cls(revision=revision.number, sha256=revision.sha256, created=revision.created, url=url, **record)


class RevisionSummary(BaseModel):
    """A revision as a list shows it; `created` is when it came into the library, `url` where its page stands."""

    number: int
    created: dt.datetime
    status: str
    sha256: str
    url: str


class RevisionList(BaseModel):
    """The revisions of an article that patients could once see, or can now, newest first."""

    article_id: str
    revisions: list[RevisionSummary]

    @classmethod
    def of(cls, article_id: str, heads: tuple[RevisionHead, ...], url: str) -> RevisionList:
        """The list of `heads`; `url` is where the article's page stands."""
        return cls(
            article_id=article_id,
            revisions=[
                RevisionSummary(
                    number=head.number,
                    created=head.created,
                    status=head.status,
                    sha256=head.sha256,
                    url=f"{url}/revisions/{head.number}",
                )
                for head in heads
            ],
        )


class Readiness(BaseModel):
    """Whether questions can be answered. `backlog` counts articles that the index has yet to take in."""

    status: str
    texts_indexed: int
    backlog: int
    library_version: int
    model_sha256: str
    calibration: str


class Liveness(BaseModel):
    """The process answers."""

    status: str = "ok"

"""What patients will see of a draft on each channel, made by what serves them; and what to better in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from bot.domain.article import Article, Revision, Status
from bot.domain.blocks import Block  # noqa: TC001  as above
from bot.domain.editorial import as_published, unsigned
from bot.domain.errors import InvalidArticle
from bot.domain.plain_text import plain_text
from bot.domain.question_queue import NearArticle  # noqa: TC001  the API's schema is made from these annotations
from bot.domain.records import article_from_record
from bot.domain.reply import Quotation  # noqa: TC001  as above
from bot.service.answering import quoted_article
from bot.service.asking import closing
from bot.service.staff.queue import nearest_articles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.editorial import Draft
    from bot.service.staff.desk import Desk

# Twilio cuts what it sends to WhatsApp and as SMS at 1,600 characters; so much leaves room for a question of usual
# length, a notice, and a word of where it comes from.
MAX_SHORT_ANSWER_CHARS: Final = 1_000
_MESSAGE_CHARS: Final = 1_600
# Stands for the clinician who has not signed yet.
NOBODY_YET: Final = "(the clinician who signs it off)"
# Phrasings that are held against the library, some milliseconds each.
_LOOKED_UP: Final = 10
_UNTITLED: Final = "(no question yet)"


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as patients will see it: `blocks` in the chat, `text` where there is only text, `quotation` for programs.

    `revision` is what the article's page shows. `quotation_json` is the quotation as the API writes it.
    """

    revision: Revision
    blocks: tuple[Block, ...]
    text: str
    quotation: Quotation
    quotation_json: str


def preview(desk: Desk, draft: Draft, signer: str = NOBODY_YET) -> Preview:
    """`draft` as it will be once it is published; `signer` stands for whoever signs it off, until somebody has."""
    today = desk.core.clock().date()
    name, on = (draft.sign_off.full_name, draft.sign_off.on) if draft.sign_off else (signer, today)
    article = as_published(draft, name, on, today, desk.editing.review_months)
    return preview_of(desk, Revision(draft.base_revision + 1, article, desk.core.clock(), article.sha256))


def preview_of(desk: Desk, revision: Revision) -> Preview:
    """`revision` as it is shown to patients while it is the newest."""
    core = desk.core
    say = core.conversing.wordings.of(revision.article.language)
    quotation, blocks = quoted_article(core, revision, say)
    shown = (*blocks, *closing(core, say))
    written = json.dumps(asdict(quotation), ensure_ascii=False, indent=2, default=str)
    return Preview(revision, shown, plain_text(shown), quotation, written)


def readable(record: Mapping[str, object]) -> tuple[Article, tuple[str, ...]]:
    """The article of a record that is being written, and what is wrong with it, which is left out."""
    problems: list[str] = []
    while True:
        try:
            return unsigned(article_from_record(record, needs_answer=False)), tuple(problems)
        except InvalidArticle as error:
            problems += [str(problem) for problem in error.problems]
            wrong = {problem.field.partition("[")[0].partition(".")[0] for problem in error.problems}
            record = (
                {key: value for key, value in record.items() if key not in wrong}
                | ({"question": _UNTITLED} if "question" in wrong else {})
                | ({"id": "draft"} if "id" in wrong else {})
            )


def hints(desk: Desk, article: Article) -> tuple[str, ...]:
    """What could be better in an article: advice, which keeps nobody from going on. Raises Unavailable."""
    found = [*_hints_of_length(article), *_hints_of_sources(article)]
    text = f"{article.short_answer}\n\n{article.explanation}"
    level = desk.editing.readability.level(text, article.language)
    if level is not None and level.is_hard:
        found.append(
            f"Reading level: {level.words} ({level.formula} {level.figure:.1f}). That is hard for many patients; "
            "shorter sentences and everyday words help."
        )
    if article.review_due and article.review_due <= desk.core.clock().date():
        found.append("Review due: that day is past, so nobody can sign this off; name a day to come, or none.")
    if not article.also_asked:
        found.append("Also asked: there is no other phrasing; two or three make the article easier to find.")
    return tuple(found)


def duplicates(desk: Desk, article: Article) -> tuple[NearArticle, ...]:
    """Other articles that may answer this one's question, or its phrasings, already, best first. Raises Unavailable."""
    if article.question == _UNTITLED:
        return ()
    likely = desk.core.calibration.choose_at
    near: dict[str, NearArticle] = {}
    for text in (article.question, *article.also_asked[:_LOOKED_UP]):
        for each in nearest_articles(desk, text, article.language):
            known = near.get(each.article_id)
            if each.article_id != article.id and each.probability >= max(likely, known.probability if known else 0.0):
                near[each.article_id] = each
    return tuple(sorted(near.values(), key=lambda each: (-each.probability, each.article_id)))


def _hints_of_length(article: Article) -> list[str]:
    length = len(article.short_answer)
    if not length:
        return ["Short answer: there is none; most patients read no further than that."]
    if length > MAX_SHORT_ANSWER_CHARS:
        said = (
            f"Short answer: it has {length:,} characters. With more than {MAX_SHORT_ANSWER_CHARS:,} it does not fit, "
            f"with its question and notices, into one message of WhatsApp or SMS (Twilio takes {_MESSAGE_CHARS:,})."
        )
        return [said]
    return []


def _hints_of_sources(article: Article) -> list[str]:
    found = []
    if not article.author:
        found.append("Author: patients are told that the author is not named.")
    if not article.references:
        found.append("References: there are none.")
    bare = [str(number) for number, each in enumerate(article.references, 1) if not each.href]
    if bare:
        found.append(f"References without a DOI, PMID, PMCID or address, so without a link: {', '.join(bare)}.")
    if article.status is Status.PUBLISHED and not article.reviewed:
        found.append("Dates: it is not said when it was reviewed.")
    if article.status is Status.PUBLISHED and not article.review_due:
        found.append("Dates: it is not said when it is due for review, so nobody will be reminded.")
    return found


def reading_level(desk: Desk, article: Article) -> str:
    """How hard an article is to read, in words; "" where that cannot be told."""
    level = desk.editing.readability.level(f"{article.short_answer}\n\n{article.explanation}", article.language)
    return f"{level.words} ({level.formula} {level.figure:.1f})" if level else ""

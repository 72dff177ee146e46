"""A question comes, and a doctor's words go out, or an honest word that there are none."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from bot.domain.article import Article, Status
from bot.domain.blocks import BlockType
from bot.domain.message import Inbound
from bot.ports import SourcedArticle
from bot.retrieval import ArticleIndex
from bot.service.asking import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.bootstrap import Installation
    from bot.domain.reply import Reply

SPRAIN = "How long does a sprained ankle take to heal?"
LAG = "How can I get over jet lag?"


def put(installation: Installation, *articles: Article) -> None:
    installation.core.store.put(SourcedArticle(each) for each in articles)


def said(installation: Installation, message: str, **fields: str) -> Reply:
    return ask(installation.core, Inbound(message, **fields))


def test_an_answer_quotes_the_article_word_for_word(installation: Installation) -> None:
    """The quotation is the stored text, and its hash can be made again by anyone."""
    reply = said(installation, "how long does it take until my sprained ankle has healed")
    article = installation.core.store.article("ankle-sprain-recovery").article
    quoted = reply.quotation
    assert quoted is not None
    assert (reply.outcome, quoted.article_id, quoted.revision) == ("answer", "ankle-sprain-recovery", 1)
    assert (quoted.question, quoted.short_answer, quoted.explanation) == (
        article.question,
        article.short_answer,
        article.explanation,
    )
    parts = [quoted.question, quoted.short_answer, quoted.explanation, *(each.text for each in quoted.references)]
    assert quoted.sha256 == hashlib.sha256("\n\n".join(parts).encode()).hexdigest()
    assert quoted.url == "http://127.0.0.1:8000/articles/ankle-sprain-recovery"


def test_blocks_are_all_that_is_shown(installation: Installation) -> None:
    """Notice first, then the question, the answer, references, who wrote it, what is kept, and the disclaimer."""
    first = said(installation, SPRAIN)
    blocks = first.blocks
    types = [block.type for block in blocks]
    assert types[:3] == [BlockType.NOTICE, BlockType.HEADING, BlockType.PARAGRAPH]
    assert types[-4:] == [BlockType.ATTRIBUTION, BlockType.LINK, BlockType.NOTICE, BlockType.DISCLAIMER]
    second = said(installation, SPRAIN, session_id=first.session_id)
    assert [block.type for block in second.blocks] == [*types[:-2], BlockType.DISCLAIMER]
    article = installation.core.store.article("ankle-sprain-recovery").article
    whole = "\n".join(
        [article.question, article.short_answer, article.explanation, *(r.text for r in article.references)]
    )
    for block in blocks:
        for text in block.items or (block.text,):
            assert (text in whole) == block.quoted


@pytest.mark.parametrize("message", ["what is the weather tomorrow", "the of and to a in", "asdf qwer zxcv", "12345"])
def test_what_no_article_answers_is_unmatched(installation: Installation, message: str) -> None:
    """A question about something else gets no article, nor a choice of some."""
    reply = said(installation, message)
    assert (reply.outcome, reply.quotation, reply.choices) == ("unmatched", None, ())
    assert reply.probability is not None
    assert reply.probability < 0.2


def test_doubt_becomes_choices(installation: Installation) -> None:
    """Between an answer and none, up to three articles are offered, and a click on one quotes it."""
    reply = said(installation, "my ankle is fat and blue after football")
    assert reply.outcome == "choices"
    assert 1 <= len(reply.choices) <= 3
    *offered, none = reply.quick_replies
    assert [button.title for button in offered] == [choice.question for choice in reply.choices]
    assert none.payload == "/none"
    chosen = said(installation, reply.quick_replies[0].payload, session_id=reply.session_id)
    assert chosen.outcome == "answer"
    assert chosen.probability is None
    assert chosen.quotation is not None
    assert chosen.quotation.article_id == reply.choices[0].article_id


def test_slips_of_the_finger_are_looked_through(installation: Installation) -> None:
    """A question with slips gets the answer of the one that was meant, also where only the library knows the word."""
    put(installation, Article("zorblaxitis", "What is zorblaxitis?", "An inflamed zorblax."))
    meant, typed = (said(installation, text) for text in ("what is zorblaxitis", "waht is zorblaxitsi"))
    assert meant.quotation is not None
    assert typed.quotation is not None
    assert typed.quotation.article_id == meant.quotation.article_id == "zorblaxitis"


def test_articles_on_the_same_question_are_offered_beside_it(installation: Installation) -> None:
    """One is quoted; the others are choices, and links that lead to each."""
    question = "Do hedgehogs carry ringworm?"
    put(installation, *(Article(f"hedgehogs-{n}", question, f"Some do, says source {n}.") for n in (1, 2, 3)))
    reply = said(installation, question)
    assert reply.outcome == "answer"
    assert reply.quotation is not None
    quoted = reply.quotation.article_id
    assert sorted([quoted, *(choice.article_id for choice in reply.choices)]) == [f"hedgehogs-{n}" for n in (1, 2, 3)]
    links = [block.href for block in reply.blocks if block.type is BlockType.LINK]
    assert all(any(link and link.endswith(choice.article_id) for link in links) for choice in reply.choices)
    assert reply.quick_replies == ()


def test_a_choice_that_was_withdrawn_is_not_quoted(installation: Installation) -> None:
    """An old button leads to no article that is not served any more."""
    article = installation.core.store.article("jet-lag").article
    put(installation, replace(article, status=Status.RETIRED))
    assert said(installation, "/article jet-lag").outcome == "unmatched"
    assert said(installation, "/article no-such-article").outcome == "unmatched"


def test_an_empty_library_answers_nothing(installed: Callable[..., Installation]) -> None:
    """Without articles there is no candidate, so no probability either."""
    reply = said(installed(), SPRAIN)
    assert (reply.outcome, reply.probability) == ("unmatched", None)


def test_a_new_article_is_live_at_once(installation: Installation) -> None:
    """What was added a moment ago answers the next question."""
    assert said(installation, "do hedgehogs carry ringworm").outcome == "unmatched"
    put(installation, Article("hedgehogs", "Do hedgehogs carry ringworm?", "Some do."))
    reply = said(installation, "do hedgehogs carry ringworm")
    assert reply.quotation is not None
    assert reply.quotation.article_id == "hedgehogs"


def test_a_revision_replaces_what_is_quoted(installation: Installation) -> None:
    """The newest text is quoted with its number; the former one stays readable."""
    article = installation.core.store.article("ankle-sprain-recovery").article
    said(installation, SPRAIN)
    put(installation, replace(article, short_answer="It depends."))
    quoted = said(installation, SPRAIN).quotation
    assert quoted is not None
    assert (quoted.revision, quoted.short_answer) == (2, "It depends.")
    assert installation.core.store.revision("ankle-sprain-recovery", 1).article == article


@pytest.mark.parametrize("status", [Status.RETIRED, Status.DRAFT])
def test_a_withdrawn_article_is_out_at_once(installation: Installation, status: Status) -> None:
    """The next question finds it no more."""
    assert said(installation, LAG).quotation is not None
    article = installation.core.store.article("jet-lag").article
    put(installation, replace(article, status=status))
    reply = said(installation, LAG)
    assert reply.quotation is None
    assert "jet-lag" not in {choice.article_id for choice in reply.choices}


def test_withdrawal_does_not_wait_for_the_index(installation: Installation) -> None:
    """Even while another process keeps the index locked, a withdrawn article is quoted no more."""
    assert said(installation, LAG).quotation is not None
    article = installation.core.store.article("jet-lag").article
    index = installation.core.retriever
    assert isinstance(index, ArticleIndex)
    with FileLock(index._folder.folder / "lock", is_singleton=False):
        put(installation, replace(article, status=Status.RETIRED))
        reply = said(installation, LAG)
        assert index.backlog == 1
    assert reply.quotation is None
    assert "jet-lag" not in {choice.article_id for choice in reply.choices}


def test_a_taught_phrasing_is_live_in_another_process(
    installation: Installation, installed: Callable[..., Installation]
) -> None:
    """What one process is taught another answers by, at its next question; forgotten, it is gone again."""
    other = installed()
    wobbly = "my wobbly hoof after the curb mishap"
    assert said(other, wobbly).quotation is None
    installation.core.store.teach("ankle-sprain-recovery", [wobbly], "tester")
    quoted = said(other, wobbly).quotation
    assert quoted is not None
    assert quoted.article_id == "ankle-sprain-recovery"
    installation.core.store.forget("ankle-sprain-recovery", [wobbly], "tester")
    assert said(installation, wobbly).quotation is None
    assert said(other, wobbly).quotation is None


def test_turns_say_how_they_came_about(installation: Installation) -> None:
    """A turn keeps what was quoted and what it was computed with, and nothing that the patient wrote."""
    reply = said(installation, SPRAIN, language="en")
    (turn,) = installation.core.store.turns(reply.session_id)
    assert (turn.id, turn.outcome, turn.article_id) == (reply.turn_id, "answer", "ankle-sprain-recovery")
    assert reply.quotation is not None
    assert (turn.revision, turn.sha256) == (1, reply.quotation.sha256)
    assert (turn.candidates[0].article_id, turn.candidates[0].probability) == (
        "ankle-sprain-recovery",
        reply.probability,
    )
    assert turn.provenance.model_sha256 == installation.core.retriever.model_sha256
    assert turn.provenance.index_version == installation.core.store.version()
    assert turn.provenance.calibration == installation.core.calibration.version


def test_a_session_goes_on(installation: Installation) -> None:
    """Turns of one session stand together; without one, a new session begins."""
    first = said(installation, SPRAIN)
    second = said(installation, "what helps against dandruff", session_id=first.session_id)
    third = said(installation, SPRAIN)
    assert second.session_id == first.session_id != third.session_id
    assert [turn.id for turn in installation.core.store.turns(first.session_id)] == [first.turn_id, second.turn_id]


def test_simultaneous_questions_get_the_answers_they_get_alone(installation: Installation) -> None:
    """Batched with others or alone, by one process or several: the same article with the same probability."""
    questions = [
        SPRAIN,
        "what helps against dandruff",
        "what is the weather tomorrow",
        "my nose is bleeding and won't stop " * 20,
        "jet lag",
    ] * 6
    alone = [
        (reply.outcome, reply.probability) for reply in (said(installation, question) for question in questions[:5])
    ]
    together: dict[int, tuple[str, float | None]] = {}

    def one(number: int) -> None:
        reply = said(installation, questions[number])
        together[number] = (reply.outcome, reply.probability)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(len(questions))] == alone * 6


def test_control_characters_do_not_hide_a_question(installation: Installation) -> None:
    """Stray control characters count as spaces."""
    reply = said(installation, "How long does\x00 a sprained\x1b ankle take to\x07 heal?")
    assert reply.quotation is not None
    assert reply.quotation.article_id == "ankle-sprain-recovery"

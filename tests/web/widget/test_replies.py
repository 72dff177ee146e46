"""Replies in a real browser: what is quoted is shown, and copied, character for character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.domain import texts
from bot.domain.blocks import text_blocks
from bot.domain.staff import Role
from tests.web.hosts import open_host, strict_policy
from tests.web.widget.cards import (
    DISCLAIMER,
    QUESTION,
    QUOTATION,
    all_texts,
    asked,
    listed,
    open_page,
    paragraph,
    reply,
    reply_page,
    show,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from bot.domain.article import Article
    from tests.web.site import Site

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>document.title='broken'</script>",
    "</script><img src=x onerror=\"document.title='broken'\">",
    "a & b &amp; c &lt;d&gt; \"e\" 'f' `g` ${h} {{ i }} {j} %s",
    "  two  spaces,\ttab,\nline\n\nand  more  ",
    "**bold** _it_ [a](javascript:alert(1)) # head",
    "\u202eright to left\u202c \u200bno width\u00a0\u00ad é e\u0301 🤧🏽 \u05d0 \u200f",
)
ASKING = "{ask: (payload, title) => done.push([payload, title])}"


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """A page of the site that may read the clipboard."""
    with open_page(site) as opened:
        yield opened


def written(article: Article, site: Site, attribution: str) -> str:
    """An article as it is to be copied."""
    references = [
        f"{number}. {reference.text}" + (f"\n   {reference.href}" if reference.href else "")
        for number, reference in enumerate(article.references, start=1)
    ]
    return "\n\n".join(
        part
        for part in (
            texts.SAMPLE,
            article.question,
            article.short_answer,
            article.explanation,
            "\n".join([texts.REFERENCES, *references]) if references else "",
            attribution,
            site.desk.core.site.article_url(article.id),
            texts.DISCLAIMER,
        )
        if part
    )


def test_every_article_is_shown_and_copied_word_for_word(site: Site, page: Page) -> None:
    """Question, short answer, explanation, and numbered references with their links; and so as it is copied."""
    store = site.desk.core.store
    library = store.page(query="", symptom="", language="", serving=site.desk.core.serving(), number=1, size=100)
    articles = [each.article for each in library.articles]
    assert len(articles) >= 30
    for article in articles:
        given = asked(site, f"/article {article.id}")
        card = show(page, given)
        quotation = card.locator("figure.quotation")
        assert all_texts(quotation.locator(".asked")) == [article.question]
        assert all_texts(quotation.locator(".short-answer")) == [article.short_answer]
        blocks = list(text_blocks(article.explanation))
        shown = all_texts(quotation.locator(".explanation .text"))
        assert shown == [text for block in blocks for text in block.items or (block.text,)]
        numbers = quotation.locator(".references li").evaluate_all("all => all.map(each => each.value)")
        assert numbers == list(range(1, len(article.references) + 1))
        assert all_texts(quotation.locator(".references li")) == [each.text for each in article.references]
        links = quotation.locator(".references a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
        assert links == [each.href for each in article.references if each.href]
        assert quotation.get_attribute("lang") == article.language
        attribution = next(block["text"] for block in given["blocks"] if block["type"] == "attribution")
        assert all_texts(quotation.locator(".attribution")) == [attribution]
        assert all_texts(card.locator(":scope > .notice"))[0] == texts.SAMPLE
        is_folded = sum(map(len, shown)) >= 400
        assert (quotation.locator("details").get_attribute("open") is None) == is_folded
        card.get_by_role("button", name="Copy").click()
        expect(card.locator(".actions").get_by_role("status")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == written(article, site, attribution)


def test_all_that_is_shown_stands_in_the_blocks(site: Site, page: Page) -> None:
    """Their texts come in their order; all else are words of ours around them."""
    given = asked(site, "/article jet-lag", language="en")
    ours = {"Quoted word for word", "Explanation", "Copy", "Share", "Opens in a new tab"}
    card = show(page, given)
    pieces = card.evaluate(
        """card => {
          const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) found.push(walker.currentNode.data);
          return found;
        }"""
    )
    expected = [text for block in given["blocks"] for text in block["items"] or (block["text"],)]
    assert [piece for piece in pieces if piece.strip() and piece not in ours] == expected


def test_hostile_texts_stay_texts(site: Site) -> None:
    """In every kind of block, also one that nobody knows yet, and under the strictest policy of a page."""
    kinds = ("heading", "paragraph", "reference", "attribution", "disclaimer", "notice", "link", "of-tomorrow")
    blocks = [
        {"type": kind, "text": text, "quoted": quoted, "href": "https://x.example/", "number": 1}
        for quoted in (False, True)
        for kind in kinds
        for text in HOSTILE
    ]
    shown = reply(*blocks, listed(*HOSTILE), listed(*HOSTILE, quoted=False), language="en")
    expected = [block["text"] for block in blocks] + [*HOSTILE, *HOSTILE, DISCLAIMER["text"]]
    with open_host({"/": reply_page(site.address, shown)}, strict_policy(site.address)) as address:
        page = site.browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(address)
        card = page.locator(".reply")
        expect(card).to_be_visible()
        found = card.evaluate(
            """card => {
              const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
              const found = [];
              while (walker.nextNode()) found.push(walker.currentNode.data);
              return found;
            }"""
        )
        assert [piece for piece in found if piece in expected] == expected
        assert card.locator("script, img, style, [style], b").count() == 0
        assert page.title() == "A clinic"
        # The host's own icon.
        assert [line for line in complaints if "'data:,'" not in line] == []
        page.close()


@pytest.mark.parametrize(
    ("href", "leads_to"),
    [
        ("https://doi.org/10.1000/182", "https://doi.org/10.1000/182"),
        ("http://x.example/a?b=c#d", "http://x.example/a?b=c#d"),
        ("/articles/jet-lag", "https://notes.example/articles/jet-lag"),
        ("mailto:desk@x.example", "mailto:desk@x.example"),
        ("tel:+441234", "tel:+441234"),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("blob:https://x.example/1", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("", None),
    ],
)
def test_only_safe_addresses_are_links(page: Page, href: str, leads_to: str | None) -> None:
    """Pages, telephones and e-mail; pages open beside the conversation. Everything else stays text."""
    block = {"type": "link", "text": "Here", "href": href}
    card = show(page, reply(paragraph("See"), block), "{base: 'https://notes.example/'}")
    assert all_texts(card.locator(".links")) == ["Here"]
    link = card.locator("a")
    if leads_to is None:
        expect(link).to_have_count(0)
    else:
        expect(link).to_have_attribute("href", leads_to)
        is_page = leads_to.startswith("http")
        assert (link.get_attribute("target"), link.get_attribute("rel")) == (
            ("_blank", "noreferrer noopener") if is_page else (None, None)
        )
        expect(link).to_have_accessible_name("Here")
        expect(link).to_have_accessible_description("Opens in a new tab" if is_page else "")


def test_references_keep_their_numbers(page: Page) -> None:
    """A list that does not begin at 1 is numbered as the article is; one without an address is no link."""
    blocks = [
        {"type": "reference", "text": f"R{number}", "number": number, "quoted": True, "href": href}
        for number, href in ((3, None), (7, "https://x.example/"))
    ]
    card = show(page, reply(QUESTION, *blocks))
    items = card.locator(".references li")
    assert items.evaluate_all("all => all.map(each => each.value)") == [3, 7]
    expect(items.first.locator("a")).to_have_count(0)


def test_an_emergency_stands_first(site: Site, page: Page) -> None:
    """Whom to call is said at once, with links to call; once it has been shown it alerts nobody again."""
    given = asked(site, "crushing chest pain and sweating", country="GB")
    assert given["outcome"] == "emergency"
    card = show(page, given)
    first = card.locator(":scope > *").first
    expect(card).to_have_class("reply emergency")
    expect(first).to_have_attribute("role", "alert")
    expect(first.locator(".notice")).to_have_text(given["blocks"][0]["text"])
    expect(first.locator(".notice svg.icon-warning")).to_have_count(1)
    calls = [block for block in given["blocks"] if (block["href"] or "").startswith("tel:")]
    assert calls
    assert all_texts(first.locator("a.call")) == [block["text"] for block in calls]
    assert first.locator("a.call").evaluate_all("all => all.map(each => each.href)") == [
        block["href"] for block in calls
    ]
    expect(card.get_by_role("group", name="Was this helpful?")).to_have_count(0)
    expect(show(page, given, "{isPast: true}").get_by_role("alert")).to_have_count(0)


def test_an_emergency_without_a_number_is_told_too(page: Page) -> None:
    """Where nobody knows whom to call, the notice stands in the card alone."""
    notice = {"type": "notice", "text": "This may be an emergency."}
    card = show(page, reply(notice, paragraph("Call."), outcome="emergency"))
    expect(card.locator(":scope > *").first).to_have_attribute("role", "alert")
    expect(card.get_by_role("alert")).to_have_text(notice["text"])


def quick_replies(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": f"/article {title.lower()}"} for title in titles]


def test_choices_are_buttons(page: Page) -> None:
    """They stand where they are listed, with the way out among them; each sends what it stands for."""
    shown = reply(
        paragraph("Is it one of these?"),
        listed("A", "B"),
        outcome="choices",
        quick_replies=[*quick_replies("A", "B"), {"title": "None of these", "payload": "/none"}],
    )
    card = show(page, shown, ASKING)
    assert all_texts(card.locator(":scope > .choices button")) == ["A", "B", "None of these"]
    expect(card.locator("ul")).to_have_count(0)
    assert card.evaluate("card => [...card.children].map(each => each.className)") == ["text", "choices", "disclaimer"]
    card.get_by_role("button", name="B", exact=True).click()
    card.get_by_role("button", name="None of these").click()
    assert told(page) == [["/article b", "B"], ["/none", "None of these"]]


def test_where_nothing_can_be_asked_choices_are_a_list(page: Page) -> None:
    """A reply that is only looked at offers nothing to press."""
    card = show(page, reply(paragraph("These?"), listed("A", "B"), quick_replies=quick_replies("A", "B")))
    expect(card.get_by_role("button")).to_have_count(0)
    assert all_texts(card.locator("li")) == ["A", "B"]


def test_buttons_that_no_list_names_stand_at_the_end(page: Page) -> None:
    """Before the disclaimer; those that a list names stand in its place, and only once."""
    shown = reply(
        paragraph("Nothing."),
        listed("A", "B"),
        paragraph("Advice."),
        listed("A", "B"),
        quick_replies=quick_replies("A", "B", "Browse"),
        outcome="unmatched",
    )
    card = show(page, shown, ASKING)
    assert [all_texts(each.locator("button")) for each in card.locator(".choices").all()] == [["A", "B"], ["Browse"]]
    classes = card.evaluate("card => [...card.children].map(each => each.className)")
    assert classes == ["text", "choices", "text", "quotation", "choices", "disclaimer"]


def test_a_list_that_names_other_things_stays_a_list(page: Page) -> None:
    """One item that is no button's title keeps all of them text."""
    card = show(
        page, reply(paragraph("Look:"), listed("A", "C", quoted=False), quick_replies=quick_replies("A")), ASKING
    )
    assert all_texts(card.locator("li")) == ["A", "C"]
    assert all_texts(card.locator(".choices button")) == ["A"]


def test_a_quoted_list_stays_text_beside_choices(page: Page) -> None:
    """An article's items that read like a button are the article's; other meanings beside it are buttons."""
    shown = reply(
        QUESTION,
        paragraph("Some.", quoted=True),
        listed("A", "B"),
        {"type": "attribution", "text": "By nobody."},
        paragraph("Perhaps you meant one of these:"),
        listed("A", "B"),
        quick_replies=quick_replies("A", "B"),
        quotation=QUOTATION | {"short_answer": "Some."},
        outcome="answer",
    )
    card = show(page, shown, ASKING)
    assert all_texts(card.locator(".quotation li")) == ["A", "B"]
    expect(card.locator(".quotation button")).to_have_count(0)
    assert all_texts(card.locator(".choices button")) == ["A", "B"]


@pytest.mark.parametrize(
    ("short_answer", "explanation", "is_open"), [("", "e" * 900, True), ("s", "e" * 399, True), ("s", "e" * 400, False)]
)
def test_a_long_explanation_is_folded_away(page: Page, short_answer: str, explanation: str, is_open: bool) -> None:
    """Only under a short answer, and never below 400 characters."""
    words = [paragraph(text, quoted=True) for text in (short_answer, explanation) if text]
    shown = reply(QUESTION, *words, quotation=QUOTATION | {"short_answer": short_answer}, outcome="answer")
    card = show(page, shown)
    assert (card.locator("details").get_attribute("open") is not None) == is_open
    expect(card.locator(".short-answer")).to_have_count(1 if short_answer else 0)
    if not is_open:
        card.get_by_text("Explanation").click()
    expect(card.get_by_text(explanation)).to_be_visible()


def test_each_language_runs_its_own_way(page: Page) -> None:
    """Our sentences as the reader's language does, the quotation as its own, what is around it in the interface's."""
    shown = reply(
        QUESTION, {"type": "attribution", "text": "المؤلف"}, language="ar", quotation=QUOTATION, outcome="answer"
    )
    card = show(page, shown, "{language: 'en'}")
    directions = {
        where: card.locator(where).evaluate("each => [each.closest('[lang]').lang, getComputedStyle(each).direction]")
        for where in (".asked", ".attribution", ".label", ".actions", ".disclaimer")
    }
    assert directions == {
        ".asked": ["en", "ltr"],
        ".attribution": ["ar", "rtl"],
        ".label": ["en", "ltr"],
        ".actions": ["en", "ltr"],
        ".disclaimer": ["ar", "rtl"],
    }


def test_editors_see_what_patients_will(site: Site) -> None:
    """The preview is the widget's, follows what is written, and stays unfolded."""
    page = site.staff("writing", Role.EDITOR)
    page.goto(f"{site.address}/staff/articles/jet-lag/edit")
    shown = page.locator("doctors-note-reply .quotation")
    article = site.desk.core.store.article("jet-lag").article
    expect(shown.locator(".asked")).to_have_text(article.question)
    assert all_texts(shown.locator(".short-answer")) == [article.short_answer]
    shown.get_by_text("Explanation").click()
    expect(page.locator("doctors-note-reply button")).to_have_count(0)
    expect(page.get_by_text("This needs JavaScript")).to_be_hidden()
    page.get_by_label("Short answer").fill("<b>Not</b> long.")
    expect(shown.locator(".short-answer")).to_have_text("<b>Not</b> long.")
    assert shown.locator("details").get_attribute("open") is not None
    page.context.close()


def test_without_scripts_editors_have_the_plain_text(site: Site) -> None:
    """The preview says so, and the plain text has the same words."""
    page = site.staff("plain", Role.EDITOR, java_script_enabled=False)
    page.goto(f"{site.address}/staff/articles/jet-lag/edit")
    expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    page.get_by_text("As plain text").click()
    article = site.desk.core.store.article("jet-lag").article
    expect(page.get_by_role("region", name="Plain text")).to_contain_text(article.short_answer)
    page.context.close()

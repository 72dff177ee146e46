"""What can be done with a reply: it is copied, shared, and said to have helped or not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.hosts import host_page, open_host, strict_policy
from tests.web.site import OPTIONS
from tests.web.widget.cards import (
    DISCLAIMER,
    QUESTION,
    QUOTATION,
    asked,
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

    from tests.web.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """A page of the site that may read the clipboard."""
    with open_page(site) as opened:
        yield opened


def test_it_is_copied_where_the_page_has_no_tls(site: Site) -> None:
    """There browsers have no clipboard for pages; the focus stays where it was."""
    explanation = "  One,\n\n- <b>two</b>\n- three & é"
    shown = reply(
        QUESTION,
        paragraph(explanation, quoted=True),
        quotation=QUOTATION | {"explanation": explanation},
        outcome="answer",
    )
    browser = site.browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*OPTIONS, "--host-resolver-rules=MAP clinic.test 127.0.0.1"]
    )
    pages = {"/": reply_page(site.address, shown) + "<textarea></textarea>"}
    with open_host(pages, strict_policy(site.address)) as address:
        page = browser.new_page()
        page.goto(address.replace("127.0.0.1", "clinic.test"))
        assert page.evaluate("isSecureContext") is False
        button = page.get_by_role("button", name="Copy")
        button.click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        expect(button).to_be_focused()
        page.locator("body > textarea").focus()
        page.keyboard.press("Control+V")
        question, url, disclaimer = QUESTION["text"], QUOTATION["url"], DISCLAIMER["text"]
        expect(page.locator("body > textarea")).to_have_value(f"{question}\n\n{explanation}\n\n{url}\n\n{disclaimer}")
    browser.close()


def test_an_article_is_shared_by_its_link(page: Page) -> None:
    """Where the system cannot share, the link is copied, and that is said."""
    assert page.evaluate("'share' in navigator") is False
    card = show(page, reply(QUESTION, quotation=QUOTATION, outcome="answer"))
    card.get_by_role("button", name="Share").click()
    expect(card.get_by_role("status")).to_have_text("The link to the article has been copied")
    assert page.evaluate("navigator.clipboard.readText()") == QUOTATION["url"]


def test_only_turns_of_a_conversation_are_copied(page: Page) -> None:
    """A preview, which is none, has no buttons; nor have replies without a quotation."""
    preview = reply(QUESTION, quotation=QUOTATION, outcome="answer", turn_id=None)
    for shown in (preview, reply(paragraph("Hello."))):
        expect(show(page, shown).get_by_role("button")).to_have_count(0)


FEEDBACK = """{
  reasons: [{reason: "too-long", title: "It is too long"}, {reason: "other", title: "Something else"}],
  maxCommentChars: 1000,
  emit: (name, detail) => done.push([name, detail]),
  feedback: async (turnId, given) => {
    const sent = await fetch("/api/v1/feedback", {
      method: "POST", headers: {"Content-Type": "application/json"},
      body: JSON.stringify({session_id: SESSION, turn_id: turnId, ...given}),
    });
    if (!sent.ok) throw new Error(sent.status);
  },
}"""


def test_what_helped_is_kept(site: Site, page: Page) -> None:
    """Yes, no, why, in one's own words, and yes again: the last word counts."""
    given = asked(site, "How long does jet lag last?")
    assert given["outcome"] == "answer"
    feedback = site.desk.core.store.feedback
    card = show(page, given, FEEDBACK.replace("SESSION", f"'{given['session_id']}'"))
    group = card.get_by_role("group", name="Was this helpful?")
    yes, no = group.get_by_role("button", name="Yes"), group.get_by_role("button", name="No")
    expect(yes).to_have_attribute("aria-pressed", "false")
    expect(group.locator("form")).to_be_hidden()

    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(group.get_by_role("status")).to_contain_text("Thank you")
    kept = feedback(given["turn_id"])
    assert kept is not None
    assert (kept.helpful, kept.reason, kept.comment) == (False, "", "")

    group.get_by_label("It is too long").check()
    comment = group.get_by_label("In your own words")
    expect(comment).to_have_attribute("maxlength", "1000")
    expect(group.locator("form")).to_contain_text("Please do not write names")
    comment.fill("<b>half</b> & shorter")
    expect(group.locator(".counter")).to_have_text("Characters left: 979")
    group.get_by_role("button", name="Send").click()
    expect(group.locator("form")).to_be_hidden()
    expect(no).to_be_focused()
    kept = feedback(given["turn_id"])
    assert kept is not None
    assert (kept.helpful, kept.reason, kept.comment) == (False, "too-long", "<b>half</b> & shorter")

    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(no).to_have_attribute("aria-pressed", "false")
    kept = feedback(given["turn_id"])
    assert kept is not None
    assert (kept.helpful, kept.reason) == (True, "")
    marks = [{"turnId": given["turn_id"], "helpful": helpful} for helpful in (False, False, True)]
    assert told(page) == [["feedback", mark] for mark in marks]


def test_a_patient_chooses_and_says_that_it_helped(site: Site) -> None:
    """In the whole widget, on a strict page: a choice leads to its article, and what was marked is kept."""
    pages = {"/": host_page(site.address)}
    with open_host(pages, strict_policy(site.address)) as address:
        page = site.browser.new_page()
        page.goto(address)
        page.locator(".launcher").click()
        page.locator("textarea.message").fill("my ankle is fat and blue after football")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="What should I do right after spraining my ankle?").click()
        answer = page.locator(".reply.answer")
        expect(answer.locator(".asked")).to_have_text("What should I do right after spraining my ankle?")
        answer.get_by_role("button", name="Yes").click()
        expect(answer.locator(".mark.yes")).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(page.locator(".reply.answer .mark.yes")).to_have_attribute("aria-pressed", "true")
        page.close()


def test_feedback_that_is_not_kept_is_said(site: Site, page: Page) -> None:
    """Nothing is marked then, and nothing that was written is lost."""
    given = asked(site, "How long does jet lag last?")
    card = show(page, given, FEEDBACK.replace("SESSION", "'somebody-elses-session'"))
    no = card.get_by_role("button", name="No")
    no.click()
    expect(card.get_by_role("alert")).to_have_text("That could not be kept. Please try again.")
    expect(no).to_have_attribute("aria-pressed", "false")
    card = show(
        page, given, FEEDBACK.replace("SESSION", "'somebody-elses-session'").replace("{", "{mark: {helpful: false},", 1)
    )
    expect(card.get_by_role("button", name="No")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="No").click()
    card.get_by_label("In your own words").fill("I could not follow it.")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("alert")).to_be_visible()
    expect(card.get_by_label("In your own words")).to_have_value("I could not follow it.")
    site.complaints[:] = [line for line in site.complaints if "404" not in line]

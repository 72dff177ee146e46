"""A reviewer's morning, in a real browser: by mouse, by keyboard, without scripts, and with a colleague."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bot.domain.staff import Role

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.web.site import Site

pytestmark = pytest.mark.browser


def queue(page: Page, site: Site, words: str = "", state: str = "open") -> Locator:
    """The groups in the queue with these words."""
    page.goto(f"{site.address}/staff/queue?state={state}&words={words}")
    return page.locator("[data-row]")


def press(page: Page, key: str) -> None:
    """A key is pressed as soon as the page, with the scripts that hear it, is there."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def said(page: Page) -> Locator:
    """What the page tells of the last action."""
    return page.locator(".flash p")


def quoted(site: Site, question: str) -> str | None:
    """The id of the article that a patient is quoted."""
    quotation = site.ask(question)[0]["quotation"]
    return quotation["article_id"] if quotation else None


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_teaching_by_mouse(site: Site) -> None:
    """Most people first; two clicks teach a group, with what it changes in between; one takes it back."""
    site.ask("can i fly with a cold", patients=3)
    site.ask("is it ok to take a plane when i have a cold", patients=2)
    patient = site.patient()
    patient.get_by_label("Your question").fill("am i allowed to get on a plane with a cold")
    patient.get_by_role("button", name="Ask").click()
    expect(patient.locator(".reply")).to_be_visible()
    patient.context.close()

    page = site.staff("mouse")
    page.goto(f"{site.address}/staff")
    page.get_by_role("link", name="Queue").click()
    first = page.locator("[data-row]").first
    expect(first).to_contain_text("6 people")
    expect(first).to_contain_text("is it ok to take a plane when i have a cold")
    expect(first).to_contain_text("api 5, widget 1")
    first.get_by_role("link", name="can i fly with a cold").click()
    expect(page.locator(".members li")).to_have_count(6)
    expect(page.locator(".nearest li")).to_have_count(5)
    expect(page.locator(".nearest .likelihood").first).to_contain_text("%")

    page.locator(".nearest li").first.get_by_role("link", name="Teach to this").click()
    article_id = re.search(r"/teach/([a-z0-9-]+)", page.url)[1]  # type: ignore[index]
    change = page.get_by_role("row").filter(has_text="can i fly with a cold")
    expect(change.get_by_role("cell").nth(1)).to_contain_text("nothing")
    expect(change.get_by_role("cell").nth(2)).to_contain_text("quoted")
    assert quoted(site, "can i fly with a cold") is None
    page.get_by_role("button", name="Teach", exact=True).click()
    expect(said(page)).to_contain_text("taught")
    assert quoted(site, "can i fly with a cold") == article_id
    page.locator(".flash").get_by_role("button", name="Undo").click()
    expect(said(page)).to_contain_text("Undone")
    assert quoted(site, "can i fly with a cold") is None

    page.context.close()


def test_asking_for_an_article_by_mouse(site: Site) -> None:
    """With a title and a note for whoever writes it."""
    site.ask("what vaccines do i need for kenya")
    site.ask("vaccinations for a trip to kenya")
    page = site.staff("asking")
    row = queue(page, site, "kenya").first
    row.get_by_role("link", name="Needs an article").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Which vaccinations are recommended for Kenya?")
    page.get_by_label("Note for the writer").fill("Ask the travel clinic.")
    page.get_by_role("button", name="Ask for an article").click()
    expect(said(page)).to_contain_text("needing an article")
    expect(queue(page, site, "", "needs_article")).to_contain_text("Which vaccinations are recommended for Kenya?")
    page.get_by_role("link", name="Which vaccinations").click()
    expect(page.locator(".note")).to_contain_text("Ask the travel clinic.")

    page.context.close()


def test_dismissing_and_grouping_by_mouse(site: Site) -> None:
    """One and several are dismissed, merged and split, and each can be undone."""
    site.ask("do ticks jump")
    site.ask("how many eggs can i eat a week")
    page = site.staff("sorting")
    queue(page, site, "ticks").first.get_by_role("button", name="Dismiss").click()
    expect(said(page)).to_have_text("1 group dismissed.")
    expect(page.locator("[data-row]")).to_have_count(0)
    page.goto(f"{site.address}/staff/actions")
    page.get_by_role("row").filter(has_text="dismissed").get_by_role("button").click()
    expect(page.get_by_role("row").filter(has_text="dismissed")).to_contain_text("undone by sorting")

    rows = queue(page, site)
    for words in ("eggs", "ticks"):
        rows.filter(has_text=words).get_by_role("checkbox").check()
    expect(page.locator("#bulk [data-count]")).to_have_text("2 ticked")
    page.get_by_role("button", name="Merge into the first").click()
    expect(said(page)).to_have_text("2 groups merged.")
    rows.filter(has_text="ticks").get_by_role("link").first.click()
    expect(page.locator(".members li")).to_have_count(2)
    page.locator(".members li").filter(has_text="ticks").get_by_role("checkbox").check()
    page.get_by_role("button", name="Move").click()
    expect(said(page)).to_contain_text("1 question moved to a new group")
    expect(page.locator(".members li")).to_have_count(1)
    expect(page.locator(".history li")).to_have_count(2)

    rows = queue(page, site)
    for words in ("eggs", "ticks"):
        rows.filter(has_text=words).get_by_role("checkbox").check()
    page.locator("#bulk").get_by_role("button", name="Dismiss").click()
    expect(said(page)).to_have_text("2 groups dismissed.")
    page.context.close()


def test_walking_by_keyboard(site: Site) -> None:
    """Keys go to the queue, walk along it, and tick; in a field they are letters."""
    site.ask("can i swim with a new tattoo", patients=2)
    site.ask("is it safe to shower with contact lenses")
    page = site.staff("keys")
    page.goto(f"{site.address}/staff/turns")
    press(page, "g")
    press(page, "q")
    page.wait_for_url("**/staff/queue")
    press(page, "/")
    expect(focused(page)).to_have_attribute("type", "search")
    page.keyboard.type("jkxd?")
    expect(page.get_by_role("searchbox")).to_have_value("jkxd?")
    press(page, "Escape")
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("dismiss")
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.goto(f"{site.address}/staff/queue?words=i")
    press(page, "j")
    press(page, "j")
    press(page, "k")
    opened = focused(page)
    outline = opened.evaluate("each => getComputedStyle(each).outlineStyle + getComputedStyle(each).outlineWidth")
    assert outline == "solid3px"
    press(page, "x")
    expect(page.locator("#bulk [data-count]")).to_have_text("1 ticked")
    press(page, "x")

    page.context.close()


def test_teaching_by_keyboard(site: Site) -> None:
    """Three keys from the queue to a taught group, and one to take it back; after each the next thing is at hand."""
    site.ask("why do i get hiccups after eating", patients=3)
    site.ask("can i swim with a new tattoo", patients=2)
    page = site.staff("teaching")
    queue(page, site, "hiccups")
    press(page, "j")
    press(page, "o")
    page.wait_for_url("**/staff/queue/*")
    press(page, "a")
    expect(page.locator(".meta").first).to_contain_text("assigned to teaching")
    press(page, "1")
    page.wait_for_url("**/staff/teach/**")
    article_id = re.search(r"/teach/([a-z0-9-]+)", page.url)[1]  # type: ignore[index]
    press(page, "t")
    expect(said(page)).to_contain_text("taught")
    assert quoted(site, "why do i get hiccups after eating") == article_id
    press(page, "z")
    expect(said(page)).to_contain_text("Undone")
    assert quoted(site, "why do i get hiccups after eating") is None

    page.goto(f"{site.address}/staff/queue?words=i")
    titles = page.locator("[data-open]").all_inner_texts()
    press(page, "j")
    expect(focused(page)).to_have_text(titles[0])
    press(page, "d")
    expect(said(page)).to_have_text("1 group dismissed.")
    expect(focused(page)).to_have_text(titles[1])
    press(page, "z")
    expect(said(page)).to_contain_text("Undone")

    queue(page, site, "tattoo")
    press(page, "j")
    press(page, "Enter")
    page.wait_for_url("**/staff/queue/*")
    press(page, "n")
    expect(page.get_by_label("Title")).to_be_focused()
    press(page, "Enter")
    expect(said(page)).to_contain_text("needing an article")

    page.context.close()


def test_keys_can_be_turned_off(site: Site) -> None:
    """By whoever does not want them."""
    page = site.staff("quiet")
    page.goto(f"{site.address}/staff/me")
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("checkbox").first.press("Enter")
    page.wait_for_selector("body[data-shortcuts=off]")
    page.goto(f"{site.address}/staff/queue")
    press(page, "j")
    expect(page.locator("[data-open]").first).to_be_visible()
    expect(page.locator("[data-open]:focus")).to_have_count(0)
    page.context.close()


def test_a_morning_without_scripts(site: Site) -> None:
    """Everything is a plain form."""
    site.ask("is melatonin safe for children", patients=2)
    site.ask("do carrots improve eyesight")
    page = site.staff("plain", width=768, java_script_enabled=False)
    queue(page, site, "melatonin").first.get_by_role("link", name="is melatonin").click()
    page.get_by_role("link", name="Teach to this").first.click()
    page.get_by_label("Phrasing 1", exact=True).fill("may children take melatonin")
    page.get_by_role("button", name="Teach", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("edited since the preview")
    page.go_back()
    page.get_by_label("Phrasing 1", exact=True).fill("may children take melatonin")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Phrasing 1", exact=True)).to_have_value("may children take melatonin")
    page.get_by_role("button", name="Teach", exact=True).click()
    expect(said(page)).to_contain_text("taught")
    assert quoted(site, "may children take melatonin") is not None
    page.get_by_role("button", name="Undo").first.click()
    expect(said(page)).to_contain_text("Undone")
    assert quoted(site, "may children take melatonin") is None
    queue(page, site, "carrots").first.get_by_role("checkbox").check()
    page.locator("#bulk").get_by_role("button", name="Assign").click()
    expect(said(page)).to_have_text("1 group assigned to plain.")
    expect(page.locator("[data-row]")).to_contain_text("assigned to plain")
    page.context.close()


def test_two_reviewers_at_once(site: Site) -> None:
    """Whoever comes second is told who changed what, and nothing of either's work is lost."""
    site.ask("is it normal to see floaters", patients=2)
    first, second = site.staff("first"), site.staff("second")
    for page in (first, second):
        queue(page, site, "floaters").first.get_by_role("link", name="floaters").first.click()
        page.wait_for_url("**/staff/queue/*")
    second.get_by_text("Needs an article", exact=True).click()
    second.get_by_label("Title").fill("Are floaters normal?")
    first.get_by_role("button", name="Assign to me").click()
    expect(said(first)).to_contain_text("assigned to first")
    second.get_by_role("button", name="Ask for an article").click()
    expect(second.get_by_role("alert")).to_contain_text("(now: open, assigned to first), last by first")
    expect(second.get_by_role("alert")).to_contain_text("Nothing was overwritten")
    again = second.get_by_role("link", name="Open the page again").get_attribute("href")
    second.go_back()
    expect(second.get_by_label("Title")).to_have_value("Are floaters normal?")
    second.goto(f"{site.address}{again}")
    expect(second.locator(".meta").first).to_contain_text("assigned to first")
    second.get_by_text("Needs an article", exact=True).click()
    second.get_by_role("button", name="Ask for an article").click()
    expect(said(second)).to_contain_text("needing an article")
    for page in (first, second):
        page.context.close()


def test_editors_see_the_queue_and_do_not_teach(site: Site) -> None:
    """What somebody may not do is not offered."""
    site.ask("does chewing gum stay in your stomach")
    page = site.staff("editing", Role.EDITOR)
    queue(page, site, "chewing").first.get_by_role("link", name="chewing").first.click()
    expect(page.locator(".nearest li")).to_have_count(5)
    expect(page.get_by_role("link", name="Teach to this")).to_have_count(0)
    expect(page.get_by_role("button", name="Dismiss")).to_be_visible()
    page.context.close()


@pytest.mark.shared
def test_thirty_real_questions(site: Site, shared: Path) -> None:
    """Thirty that real people wrote, and nothing answers, stand in the queue, and are worked off page by page."""
    lines = (shared / "eval/patient-messages-dev.jsonl").read_text(encoding="utf-8").splitlines()
    turns: set[str] = set()
    for line in lines:
        reply = site.ask(json.loads(line)["question"])[0]
        if reply["outcome"] == "unmatched":
            turns.add(reply["turn_id"])
        if len(turns) == 30:
            break
    page = site.staff("thirty")
    page.goto(f"{site.address}/staff/queue?sort=newest")
    found: set[str] = set()
    for _ in range(60):
        page.reload()
        ids = page.locator("[data-open]").evaluate_all(
            "all => all.map(each => each.href.split('/').pop().split('?')[0])"
        )
        found = {each.turn_id for group_id in ids for each in site.desk.queue.members(group_id, 1, 50)} & turns
        if found == turns:
            break
        page.wait_for_timeout(250)
    assert found == turns
    page.locator("#bulk").get_by_label("All on this page").check()
    page.locator("#bulk").get_by_role("button", name="Dismiss").click()
    expect(page.locator("[data-row]")).to_have_count(0)
    press(page, "z")
    expect(said(page)).to_contain_text("Undone")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.context.close()

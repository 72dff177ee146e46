"""Articles in the pages of staff, from an empty form to a patient's screen."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from bot.domain import texts
from bot.domain.article import Article, Status
from bot.domain.message import Inbound
from bot.domain.question_queue import QueueFilters
from bot.domain.staff import Role
from bot.importers import markdown
from bot.ports import SourcedArticle
from bot.service.asking import ask
from bot.service.staff.catching_up import catch_up
from bot.service.staff.queue import list_groups, rename
from bot.service.staff.undo import undo
from tests.conftest import ROOT
from tests.staff.people import EDITOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk

    Clients = Callable[..., TestClient]

FORM: dict[str, Any] = {
    "id": "hiccups",
    "question": "How do hiccups stop?",
    "short_answer": "Most stop by themselves within minutes.",
    "explanation": "Hold your breath.\r\n\r\n- once\r\n- twice",
    "also_asked": "what helps against hiccups\r\n\r\nhiccups will not stop",
    "symptoms": "hiccups",
    "author": "An Author",
    "language": "en",
    "reference_text": ["Smith A. Hiccups. J. 2020. doi:10.1000/hic", "", "A page"],
    "reference_doi": ["", "", ""],
    "reference_pmid": ["123", "", ""],
    "reference_pmcid": ["", "", ""],
    "reference_url": ["", "", "https://example.org/page"],
}


@pytest.fixture
def editor(staff_client: Clients) -> TestClient:
    return staff_client(Role.EDITOR)


@pytest.fixture
def clinician(staff_client: Clients) -> TestClient:
    return staff_client(Role.CLINICIAN)


@pytest.fixture
def admin(staff_client: Clients) -> TestClient:
    return staff_client(Role.ADMIN)


def page(response: Response) -> html.HtmlElement:
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def done(response: Response) -> str:
    """Where an action led."""
    assert response.status_code == 303, response.text
    return response.headers["location"]


def hidden(client: TestClient, path: str, action: str) -> dict[str, str]:
    """What the page at `path` sends along with its form for `action`."""
    (form,) = page(client.get(path)).xpath(f"//form[@action='{action}']")
    return {each.get("name"): each.get("value") for each in form.xpath(".//input[@type='hidden']")}


def seen(client: TestClient, name: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/staff/articles/{name}")
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()
    return value


def published(editor: TestClient, clinician: TestClient) -> None:
    """Write, submit, sign off and publish the article of FORM."""
    here = "/staff/articles/hiccups"
    assert done(editor.post("/staff/articles/new", data=FORM)) == here
    done(editor.post(f"{here}/submit", data=hidden(editor, here, f"{here}/submit")))
    done(clinician.post(f"{here}/sign-off", data=hidden(clinician, f"{here}/sign-off", f"{here}/sign-off")))
    done(editor.post(f"{here}/publish", data=hidden(editor, here, f"{here}/publish")))


def test_from_a_form_to_a_patient(editor: TestClient, clinician: TestClient, desk: Desk) -> None:
    """What was written in the form is quoted word for word, signed off by the clinician who read it."""
    published(editor, clinician)
    quoted = editor.post("/api/v1/ask", json={"message": "How do hiccups stop?"}).json()["quotation"]
    assert quoted["short_answer"] == "Most stop by themselves within minutes."
    assert quoted["explanation"] == "Hold your breath.\n\n- once\n- twice"
    assert quoted["reviewer"] == "Clinician Person"
    assert [each["doi"] for each in quoted["references"]] == ["10.1000/hic", None]
    article = desk.core.store.article("hiccups").article
    assert article.also_asked == ("what helps against hiccups", "hiccups will not stop")
    shown = page(editor.get("/staff/articles/hiccups")).text_content()
    assert "Clinician Person" in shown
    assert "imported" not in shown
    steps = [step["step"] for step in seen(editor, "hiccups")["steps"]]
    assert steps == ["published", "signed_off", "submitted", "written"]


def test_what_was_signed_is_what_was_read(editor: TestClient, clinician: TestClient) -> None:
    """A text that changed after the clinician opened it is not signed off by them."""
    here = "/staff/articles/hiccups"
    editor.post("/staff/articles/new", data=FORM)
    editor.post(f"{here}/submit", data={"version": "1"})
    read = hidden(clinician, f"{here}/sign-off", f"{here}/sign-off")
    done(editor.post(f"{here}/draft", data={**FORM, "short_answer": "Never.", "version": "2"}))
    editor.post(f"{here}/submit", data={"version": "3"})
    assert clinician.post(f"{here}/sign-off", data=read).status_code == 409
    stale = clinician.post(f"{here}/sign-off", data={**read, "version": "4"})
    assert stale.status_code == 409
    assert "text has changed since you read it" in stale.text
    assert seen(editor, "hiccups")["draft"]["state"] == "submitted"


def test_nobody_signs_their_own(staff_client: Clients, clinician: TestClient) -> None:
    """The page says why, and the call is refused."""
    here = "/staff/articles/hiccups"
    clinician.post("/staff/articles/new", data=FORM)
    clinician.post(f"{here}/submit", data={"version": "1"})
    told = page(clinician.get(f"{here}/sign-off"))
    assert "you have written in this article" in told.text_content()
    assert not told.xpath("//input[@name='sha256']")
    draft = seen(clinician, "hiccups")["draft"]
    refused = clinician.post(f"{here}/sign-off", data={"version": draft["version"], "sha256": draft["sha256"]})
    assert refused.status_code == 403
    other = staff_client(Role.CLINICIAN, name="another")
    done(other.post(f"{here}/sign-off", data={"version": draft["version"], "sha256": draft["sha256"]}))


def test_a_form_that_is_refused_comes_back_filled_in(editor: TestClient) -> None:
    """With what is wrong, and every word that was typed."""
    wrong = {**FORM, "reference_doi": ["not a doi", "", ""], "reference_pmid": ["x", "", ""]}
    response = editor.post("/staff/articles/new", data=wrong)
    assert response.status_code == 422
    form = html.fromstring(response.text)
    told = form.text_content()
    assert "references[1].doi: 'not a doi' is not a DOI such as 10.1000/xyz" in told
    assert "references[1].pmid" in told
    assert form.xpath("//input[@name='reference_doi']/@value")[0] == "not a doi"
    (explanation,) = form.xpath("//textarea[@name='explanation']")
    assert explanation.text_content().split() == FORM["explanation"].split()
    for wrong_id, said in (
        ("jet-lag", "there is such an article"),
        ("import", "are pages"),
        ("NO ID", "characters a-z"),
    ):
        assert said in editor.post("/staff/articles/new", data={**FORM, "id": wrong_id}).text


def test_what_patients_asked_comes_into_no_article_by_itself(editor: TestClient, desk: Desk) -> None:
    """It stands beside the form; only a title that staff gave themselves is filled in."""
    asked = "can my goldfish catch the flu from my aunt in winter"
    ask(desk.core, Inbound(asked))
    catch_up(desk)
    (group,) = list_groups(desk, QueueFilters()).groups
    assert f'"/staff/articles/new?group={group.id}"' in editor.get(f"/staff/queue/{group.id}").text
    here = f"/staff/articles/new?group={group.id}"
    before = page(editor.get(here))
    assert (before.xpath("//input[@name='question']/@value"), asked in before.text_content()) == ([""], True)
    rename(desk, EDITOR, group.id, group.version, "Flu of goldfish")
    assert page(editor.get(here)).xpath("//input[@name='question']/@value") == ["Flu of goldfish"]


def test_two_editors_do_not_overwrite_each_other(editor: TestClient, staff_client: Clients) -> None:
    """The second is told, and keeps what they typed."""
    here = "/staff/articles/hiccups"
    editor.post("/staff/articles/new", data=FORM)
    done(editor.post(f"{here}/draft", data={**FORM, "short_answer": "First.", "version": "1"}))
    response = staff_client(Role.EDITOR, name="second").post(
        f"{here}/draft", data={**FORM, "short_answer": "Second.", "version": "1"}
    )
    assert response.status_code == 409
    assert "changed meanwhile" in response.text
    assert "Second." in html.fromstring(response.text).xpath("//textarea[@name='short_answer']")[0].text_content()
    assert seen(editor, "hiccups")["draft"]["record"]["short_answer"] == "First."


def test_the_preview_is_what_patients_get(editor: TestClient, clinician: TestClient) -> None:
    """Its blocks, its quotation and its page are, but for who signed it, those that are served once it is published."""
    body = {
        "question": FORM["question"], "short_answer": FORM["short_answer"], "explanation": "One.\n\n- two",
        "author": "An Author", "references": [{"text": "R", "pmid": "1"}],
    }  # fmt: skip
    before = editor.post("/api/v1/staff/articles/new/preview", json=body).json()
    assert before["problems"] == []
    made = editor.post("/api/v1/staff/articles/new", json={**body, "id": "hiccups"})
    assert made.status_code == 200, made.text
    here = "/staff/articles/hiccups"
    editor.post(f"{here}/submit", data={"version": "1"})
    signed = hidden(clinician, f"{here}/sign-off", f"{here}/sign-off")
    previewed = clinician.get(f"/api/v1{here}/sign-off").json()["preview"]
    done(clinician.post(f"{here}/sign-off", data=signed))
    done(editor.post(f"{here}/publish", data={"version": "3"}))
    reply = editor.post("/api/v1/ask", json={"message": FORM["question"]}).json()
    assert previewed["quotation"] == reply["quotation"]
    assert [block for block in previewed["blocks"] if block not in reply["blocks"]] == []
    assert before["preview"]["sha256"] == reply["quotation"]["sha256"]
    public = html.fromstring(editor.get("/articles/hiccups").text).xpath("//article")[0]
    shown = page(editor.get(f"{here}/revisions/1")).xpath("//div[@class='framed']/article")[0]
    assert html.tostring(shown).split() == html.tostring(public).split()


def test_hints_and_duplicates(editor: TestClient) -> None:
    """They warn, and keep nobody from going on."""
    body = {
        "question": "How long does a sprained ankle take to heal?",
        "short_answer": "word " * 300,
        "explanation": "Notwithstanding considerable physiological heterogeneity, ligamentous rehabilitation "
        "necessitates individualised interdisciplinary recommendations. " * 5,
        "references": [{"text": "no link"}],
    }
    told = editor.post("/api/v1/staff/articles/new/preview", json=body).json()
    hints = " ".join(told["hints"])
    for expected in ("1,499 characters", "Reading level", "not named", "without a link: 1", "Also asked"):
        assert expected in hints
    assert told["duplicates"][0]["article_id"] == "ankle-sprain-recovery"
    assert editor.post("/api/v1/staff/articles/new", json=body).status_code == 200


def test_a_served_article_stays_while_its_revision_is_written(editor: TestClient, clinician: TestClient) -> None:
    """Until that is published; then the comparison tells word by word what changed."""
    published(editor, clinician)
    here = "/staff/articles/hiccups"
    form = html.fromstring(editor.get(f"{here}/edit").text)
    assert form.xpath("//input[@name='base_revision']/@value") == ["1"]
    done(editor.post(f"{here}/draft", data={**FORM, "short_answer": "Most stop by themselves.", "base_revision": "1"}))
    assert editor.get("/api/v1/articles/hiccups").json()["short_answer"] == FORM["short_answer"]
    compared = page(editor.get(f"{here}/compare?before=1&after=draft"))
    assert [each.text_content() for each in compared.xpath("//del")] == [" [removed:  within minutes] "]
    assert page(editor.get(f"{here}/compare")).xpath("//ins")


def test_retired_at_once_and_undone(editor: TestClient, clinician: TestClient, desk: Desk) -> None:
    """Not quoted, its page says so; undone, the signed revision is back."""
    published(editor, clinician)
    here = "/staff/articles/hiccups"
    assert editor.post(f"{here}/retire", data={"revision": "1"}).status_code == 422
    action = editor.post(f"/api/v1{here}/retire", json={"revision": 1, "reason": "out of date"}).json()
    asked = editor.post("/api/v1/ask", json={"message": "How do hiccups stop?"}).json()
    assert (asked["quotation"] or {}).get("article_id") != "hiccups"
    assert editor.get("/articles/hiccups").status_code == 410
    assert editor.post(f"{here}/retire", data={"revision": "1", "reason": "x"}).status_code == 409
    undo(desk, EDITOR, action["undo"])
    again = editor.post("/api/v1/ask", json={"message": "How do hiccups stop?"}).json()["quotation"]
    assert (again["article_id"], again["revision"], again["reviewer"]) == ("hiccups", 3, "Clinician Person")
    assert seen(editor, "hiccups")["steps"][0]["step"] == "restored"


def test_brought_back_it_is_signed_anew(editor: TestClient, clinician: TestClient) -> None:
    """As a draft, whose former sign-off does not count."""
    published(editor, clinician)
    here = "/staff/articles/hiccups"
    done(editor.post(f"{here}/retire", data={"revision": "1", "reason": "check"}))
    done(editor.post(f"{here}/bring-back"))
    draft = seen(editor, "hiccups")["draft"]
    assert (draft["state"], draft["record"]["reviewer"], draft["base_revision"]) == ("draft", "", 2)
    assert editor.post(f"{here}/publish", data={"version": "1"}).status_code == 409


def test_a_withdrawn_sign_off(editor: TestClient, clinician: TestClient) -> None:
    """The article is out of answers and pages at once, and names no reviewer."""
    published(editor, clinician)
    done(clinician.post("/staff/articles/hiccups/withdraw", data={"revision": "1", "reason": "wrong dose"}))
    assert editor.get("/api/v1/articles/hiccups").status_code == 404
    served = seen(editor, "hiccups")["served"]
    assert (served["status"], served["reviewer"]) == ("draft", "")


def test_reviewed_again(editor: TestClient, clinician: TestClient, staff_client: Clients) -> None:
    """By a clinician who did not write it: a revision of the same text with a new name and dates."""
    published(editor, clinician)
    before = seen(editor, "hiccups")["served"]
    other = staff_client(Role.CLINICIAN, name="another")
    done(other.post("/staff/articles/hiccups/reviewed", data={"revision": "1", "review_due": ""}))
    after = seen(editor, "hiccups")["served"]
    assert after["sha256"] == before["sha256"]
    assert (after["revision"], after["reviewer"]) == (2, "Another Person")
    assert editor.post("/staff/articles/hiccups/reviewed", data={"revision": "2"}).status_code == 403


def test_imported_articles_say_so(editor: TestClient, desk: Desk) -> None:
    """Their sign-off was not made here."""
    desk.core.store.put(
        [SourcedArticle(Article("old", "Is it old?", "Yes.", reviewer="Dr Elsewhere", status=Status.PUBLISHED))]
    )
    assert "Dr Elsewhere (imported: not signed off here)" in page(editor.get("/staff/articles/old")).text_content()
    assert seen(editor, "old")["is_imported"]
    revision = page(editor.get("/staff/articles/jet-lag/revisions/1"))
    assert texts.SAMPLE in revision.text_content()


def test_the_list_is_filtered_by_its_address(editor: TestClient) -> None:
    """And says what it was asked for wrongly."""
    editor.post("/staff/articles/new", data=FORM)
    rows = page(editor.get("/staff/articles?state=any")).xpath("//tbody/tr/th")
    assert [row.text_content() for row in rows] == ["How do hiccups stop?"]
    assert len(page(editor.get("/staff/articles")).xpath("//tbody/tr")) == 31
    assert editor.get("/api/v1/staff/articles?due=overdue").json()["total"] == 0
    for wrong in ("due=soon", "status=x", "state=x", "page=0"):
        assert editor.get(f"/staff/articles?{wrong}").status_code == 422
    assert editor.get("/staff/articles/none").status_code == 404


def test_a_library_goes_out_and_comes_back_byte_for_byte(admin: TestClient, desk: Desk, tmp_path: Path) -> None:
    """Each bundled file is in the archive as it was, and importing the archive changes nothing."""
    exported = admin.get("/staff/articles/export/markdown")
    assert exported.headers["content-disposition"] == 'attachment; filename="library.zip"'
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files == {path.name: path.read_bytes() for path in (ROOT / "data/articles").glob("*.md")}
    report = admin.post(
        "/api/v1/staff/articles/import",
        data={"format": "markdown"},
        files=[("files", ("library.zip", exported.content))],
    )
    assert report.status_code == 200, report.text
    counts = {key: report.json()[key] for key in ("added", "changed", "unchanged", "files", "refused")}
    assert counts == {"added": 0, "changed": 0, "unchanged": 30, "files": 30, "refused": []}
    for name in ("jsonl", "csv"):
        content = admin.get(f"/staff/articles/export/{name}").content
        again = admin.post(
            "/api/v1/staff/articles/import", data={"format": name}, files=[("files", (f"l.{name}", content))]
        )
        assert again.json()["unchanged"] == 30
    transfer = desk.editing.files.folder().parent
    assert len(list(transfer.iterdir())) == 1  # the one just made


def test_an_import_is_all_or_nothing(admin: TestClient, desk: Desk) -> None:
    """One record that is refused keeps the others out, and the report says of which file it is and why."""
    good = markdown.canonical(Article("good", "Is it good?", "Yes."))
    files = [("files", ("good.md", good)), ("files", ("../bad.md", "---\nquestion: Q?\nreviewed: soon\n---\n"))]
    shown = page(admin.post("/staff/articles/import", data={"format": "markdown"}, files=files)).text_content()
    assert "bad.md" in shown
    assert "reviewed: 'soon' is not a date of the form YYYY-MM-DD" in shown
    assert "Nothing was taken" in shown
    assert "transfer" not in shown
    assert not desk.core.store.heads(["good"])
    broken = [("files", ("x.zip", b"PK no archive"))]
    told = admin.post("/api/v1/staff/articles/import", data={"format": "markdown"}, files=broken).json()
    assert "not a zip archive" in told["refused"][0]["reason"]
    unknown = admin.post("/api/v1/staff/articles/import", data={"format": "word"}, files=files)
    assert unknown.status_code == 422
    assert admin.get("/api/v1/staff/articles/export/page").status_code == 422


def test_an_import_does_not_overwrite_a_draft(editor: TestClient, clinician: TestClient, admin: TestClient) -> None:
    """The draft stays, and is published only once its editor has carried it over."""
    here = "/staff/articles/hiccups"
    published(editor, clinician)
    editor.post(f"{here}/draft", data={**FORM, "short_answer": "Draft.", "base_revision": "1"})
    record = json.dumps({"id": "hiccups", "question": "How do hiccups stop?", "short_answer": "Imported."})
    report = admin.post(
        "/api/v1/staff/articles/import", data={"format": "jsonl"}, files=[("files", ("l.jsonl", record))]
    ).json()
    assert (report["changed"], report["outdated"]) == (1, ["hiccups"])
    editor.post(f"{here}/submit", data={"version": "1"})
    done(clinician.post(f"{here}/sign-off", data=hidden(clinician, f"{here}/sign-off", f"{here}/sign-off")))
    refused = editor.post(f"{here}/publish", data={"version": "3"})
    assert refused.status_code == 409
    assert "began from revision 1, but the library has revision 2" in refused.text
    done(editor.post(f"{here}/carry-over", data=hidden(editor, here, f"{here}/carry-over")))
    assert seen(editor, "hiccups")["draft"]["state"] == "draft"


def test_who_writes_cannot_import(editor: TestClient, clinician: TestClient) -> None:
    """A file states its own sign-off: who could import could publish what nobody here signed."""
    files = [("files", ("a.jsonl", json.dumps({"id": "a", "question": "Q?", "reviewer": "Nobody"})))]
    for client in (editor, clinician):
        assert client.post("/staff/articles/import", data={"format": "jsonl"}, files=files).status_code == 403
        assert "An admin can import" in client.get("/staff/articles/import").text


def test_an_import_asks_taught_phrasings_again(admin: TestClient, desk: Desk) -> None:
    """What became of them stands in the report, and can be had again; nothing is asked if nothing changed."""
    phrasing = "my ankle went over on the kerb"
    desk.core.store.teach("ankle-sprain-recovery", [phrasing], "tester")
    rival = json.dumps({"id": "kerb", "question": phrasing, "short_answer": "Rest."})
    files = [("files", ("a.jsonl", rival))]
    here = "/api/v1/staff/articles/import"
    told = admin.post(here, data={"format": "jsonl"}, files=files).json()["taught"]
    assert (told["n"], told["quoted"] + told["offered"] + len(told["lost"])) == (1, 1)
    again = admin.post("/api/v1/staff/phrasings/ask").json()
    assert again == told
    assert admin.post(here, data={"format": "jsonl"}, files=files).json()["taught"] is None
    page(admin.post("/staff/phrasings/ask"))
    gone = json.dumps(
        {"id": "ankle-sprain-recovery", "question": "Retired?", "short_answer": "No.", "status": "retired"}
    )
    told = admin.post(here, data={"format": "jsonl"}, files=[("files", ("b.jsonl", gone))]).json()["taught"]
    assert (told["n"], told["unserved"]) == (0, 1)

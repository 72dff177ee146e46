"""Teaching and explaining in the pages, and as JSON."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.message import Inbound
from bot.domain.question_queue import QueueFilters
from bot.domain.staff import Role
from bot.service.asking import ask
from bot.service.staff import queue
from bot.service.staff.catching_up import catch_up
from bot.store import SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk

PHRASING = "my head is still in another time zone"


def test_a_group_is_taught_in_two_actions(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """Its page has the wordings chosen and the preview; sending it teaches, and says so with an undo."""
    ask(desk.core, Inbound(PHRASING))
    catch_up(desk)
    (group,) = queue.list_groups(desk, QueueFilters()).groups
    client = staff_client(Role.REVIEWER)
    page = client.get(f"/staff/teach/jet-lag?group={group.id}")
    assert page.status_code == 200
    assert 'name="ticked" value="0" checked' in page.text
    assert f'name="wordings" value="{PHRASING}"' in page.text
    assert "1 past question of the last 90 days" in page.text
    assert "something else" in page.text
    form = {
        "wordings": [PHRASING, "not this"],
        "ticked": [0],
        "previewed": [PHRASING],
        "lines": "",
        "group": f"{group.id}:{group.version}",
    }
    assert client.post("/staff/teach/jet-lag/preview", data=form).status_code == 200
    assert desk.core.store.article("jet-lag").phrasings == ()
    edited = client.post("/staff/teach/jet-lag", data={**form, "lines": "one more"})
    assert (edited.status_code, "edited since the preview" in edited.text) == (422, True)
    sent = client.post("/staff/teach/jet-lag", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, "/staff/queue")
    assert desk.core.store.article("jet-lag").phrasings == (PHRASING,)
    listed = client.get("/staff/phrasings")
    assert "1 phrasing taught to jet-lag" in listed.text
    assert "/undo" in listed.text
    again = client.post("/staff/teach/head-lice", data=form)
    assert again.status_code == 409
    assert "changed meanwhile" in again.text


def test_the_page_opens_with_nothing_to_preview(staff_client: Callable[..., TestClient]) -> None:
    """Whoever comes by an article's address writes the phrasings there."""
    page = staff_client(Role.REVIEWER).get("/staff/teach/jet-lag")
    assert page.status_code == 200
    assert 'name="lines"' in page.text
    assert 'name="previewed"' not in page.text


def test_an_emergency_is_explained_without_its_words(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """No word of it is kept, so it cannot be asked again."""
    reply = ask(desk.core, Inbound("my nose has been bleeding heavily for an hour and i feel faint"))
    assert reply.outcome == "emergency"
    page = staff_client(Role.REVIEWER).get(f"/staff/turns/{reply.turn_id}")
    assert page.status_code == 200
    assert "it cannot be asked again" in page.text


def test_who_may_not_teach_undoes_no_teaching(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """An editor is offered no undo of it, and refused one, of teaching as of forgetting."""
    reviewer, editor = staff_client(Role.REVIEWER), staff_client(Role.EDITOR)
    root = "/api/v1/staff"
    taught = reviewer.post(f"{root}/teach/jet-lag", json={"phrasings": [PHRASING]}).json()["undo"]
    assert editor.post(f"{root}/actions/{taught}/undo").status_code == 403
    assert desk.core.store.article("jet-lag").phrasings == (PHRASING,)
    gone = {"article_id": "jet-lag", "phrasings": [PHRASING]}
    forgotten = reviewer.post(f"{root}/phrasings/forget", json=gone).json()["undo"]
    assert editor.post(f"{root}/actions/{forgotten}/undo").status_code == 403
    assert desk.core.store.article("jet-lag").phrasings == ()
    assert f"{forgotten}/undo" not in editor.get("/staff/actions").text
    assert f"{forgotten}/undo" in reviewer.get("/staff/actions").text
    assert reviewer.post(f"{root}/actions/{forgotten}/undo").status_code == 200


def test_taught_and_forgotten_as_json(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """The same, of an API."""
    client = staff_client(Role.REVIEWER)
    root = "/api/v1/staff"
    seen = client.post(f"{root}/teach/jet-lag/preview", json={"phrasings": [PHRASING]}).json()
    assert seen["preview"]["can_teach"] is True
    assert seen["preview"]["golden"] > 400
    done = client.post(f"{root}/teach/jet-lag", json={"phrasings": [PHRASING], "lines": "one more\n"}).json()
    assert done["message"] == "2 phrasings taught to jet-lag"
    assert done["undo"]
    page = client.get(f"{root}/phrasings?words=zone").json()["page"]
    assert [(each["text"], each["by"]) for each in page["phrasings"]] == [(PHRASING, "reviewer")]
    gone = client.post(f"{root}/phrasings/forget", json={"article_id": "jet-lag", "phrasings": [PHRASING]})
    assert gone.json()["message"] == "1 phrasing of jet-lag forgotten"
    assert client.post(f"{root}/teach/jet-lag", json={"phrasings": ["of [name]"]}).status_code == 422
    assert client.get(f"{root}/teach/jet-lag?group=nothing").status_code == 404
    assert client.get("/staff/teach/nothing").status_code == 404


def test_editors_look_and_do_not_teach(staff_client: Callable[..., TestClient]) -> None:
    """They see what was taught, without buttons."""
    client = staff_client(Role.EDITOR)
    assert client.get("/staff/teach/jet-lag").status_code == 403
    page = client.get("/staff/phrasings")
    assert page.status_code == 200
    assert "Forget" not in page.text


def test_a_turn_is_looked_up_and_explained(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """From the list to the page that says why; no page has the session, which opens the conversation."""
    reply = ask(desk.core, Inbound("How long does a sprained ankle take to heal?"))
    client = staff_client(Role.REVIEWER)
    listed = client.get("/staff/turns?outcome=answer&feedback=none&since=&until=")
    assert f"/staff/turns/{reply.turn_id}" in listed.text
    page = client.get(f"/staff/turns/{reply.turn_id}")
    assert "Proved" in page.text
    assert "The very same." in page.text
    told = client.get(f"/api/v1/staff/turns/{reply.turn_id}").json()
    assert told["then"]["candidates"][0]["article_id"] == "ankle-sprain-recovery"
    assert told["today"] == told["then"]
    for text in (listed.text, page.text, str(told)):
        assert reply.session_id not in text
    assert client.get("/staff/turns/" + "0" * 32).status_code == 404
    assert client.get("/staff/turns?since=2026-02-02&until=2026-01-01").status_code == 422


def statements(desk: Desk, act: Callable[[], object]) -> int:
    """How many statements the database gets for what `act` does."""
    assert isinstance(desk.core.store, SqlStore)
    engine, seen = desk.core.store.engine, []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    act()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_lists_take_as_many_queries_however_long(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """No query is made for a row."""
    client = staff_client(Role.REVIEWER)
    counts = []
    for number in range(2):
        for each in range(1 + 4 * number):
            ask(desk.core, Inbound(f"How do I get rid of head lice {each}?"))
            client.post("/staff/teach/jet-lag", data={"lines": f"time zone trouble {number} {each}"})
        counts.append([statements(desk, partial(client.get, path)) for path in ("/staff/turns", "/staff/phrasings")])
    assert counts[0] == counts[1]

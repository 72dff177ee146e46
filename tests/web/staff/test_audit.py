"""The audit log, read and taken away."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from bot.domain.staff import COMMAND_LINE, Role
from bot.service.staff.accounts import add_account, set_roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from bot.service.staff.desk import Desk


def test_the_log_is_read_with_filters(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """Which stand in the address; what changed is shown field by field."""
    admin = staff_client(Role.ADMIN)
    add_account(desk, COMMAND_LINE, "ed", "=cmd()", [Role.EDITOR], None, due=False)
    set_roles(desk, COMMAND_LINE, "ed", [Role.EDITOR, Role.REVIEWER])
    page = admin.get("/staff/audit?actor=&action=account.*&subject=account:ed&since=&until=").text
    assert "<del>editor</del>" in page
    assert "<ins>editor, reviewer</ins>" in page
    assert "2 entries" in page
    found = admin.get("/api/v1/staff/audit?action=account.roles").json()
    assert (found["total"], found["entries"][0]["changes"]) == (
        1,
        [{"field": "roles", "before": "editor", "after": "editor, reviewer"}],
    )
    assert admin.get("/staff/audit?since=2031-01-02&until=2031-01-01").status_code == 422
    assert "to 2199-12-31" in admin.get("/staff/audit?until=9999-12-31").text
    assert admin.get("/staff/audit?since=yesterday").status_code == 422
    assert "Nothing fits" in admin.get("/staff/audit?since=2031-01-01&until=").text


def test_the_log_is_taken_away(staff_client: Callable[..., TestClient], desk: Desk) -> None:
    """As CSV without formulas and as JSON Lines, with the filters of the page, oldest first."""
    admin = staff_client(Role.ADMIN)
    add_account(desk, COMMAND_LINE, "ed", "Ed", [Role.EDITOR], None, due=False)
    answer = admin.get("/staff/audit.csv?subject=account:*")
    assert 'filename="audit-log.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["action"] for row in rows] == ["account.add", "session.open", "account.add"]
    assert json.loads(rows[-1]["after"])["full_name"] == "Ed"
    lines = admin.get("/api/v1/staff/audit.jsonl?action=account.add").text.splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["account:admin", "account:ed"]

"""The commands for accounts and keys."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.bootstrap import open_store, utc_now
from bot.checks import dangers_of_accounts, dangers_of_settings
from bot.config import Settings, read_settings
from bot.passwords import ArgonHasher
from bot.store.accounts import SqlAccountStore
from bot.store.audit import SqlAuditStore
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

PASSWORD = "four words of nobody"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What stands on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_an_account_from_its_making_to_its_end(run: Run, typed: Callable[[str], None]) -> None:
    """Each step is in the audit log, as of the command line."""
    typed(PASSWORD + "\n")
    added = run("staff", "add", "Anna", "--role", "admin", "--role", "clinician", "--password-stdin", "--json")
    assert (added.code, json.loads(added.out)["roles"]) == (0, ["admin", "clinician"])
    assert run("staff", "add", "ed", "--role", "editor", "--no-password").code == 0
    assert run("staff", "roles", "ed", "--role", "reviewer", "--role", "editor").code == 0
    typed("other words of nobody\n")
    assert run("staff", "password", "anna", "--password-stdin", "--temporary").code == 0
    assert run("staff", "disable", "ed").code == 0
    assert run("staff", "enable", "ed").out == "ed can sign in again.\n"
    listed = json.loads(run("staff", "list", "--json").out)
    assert [(each["name"], each["has_password"], each["password_due"]) for each in listed] == [
        ("anna", True, True),
        ("ed", False, False),
    ]
    store = open_store(read_settings())
    kept = SqlAccountStore(store.engine, utc_now).password_hash("anna")
    assert ArgonHasher().verify("other words of nobody", kept) == (True, None)
    told = [(entry.actor, entry.action) for entry in SqlAuditStore(store.engine, utc_now).all()]
    store.close()
    actions = ("add", "add", "roles", "password", "disable", "enable")
    assert told == [("command line", f"account.{action}") for action in actions]


def test_what_cannot_be_is_refused(run: Run, typed: Callable[[str], None]) -> None:
    """With a sentence, and exit 1; a role that does not exist is a wrong call."""
    typed("too short\n")
    refused = run("staff", "add", "anna", "--role", "admin", "--password-stdin")
    assert (refused.code, refused.err) == (1, "error: the password has 9 characters; take at least 12\n")
    typed("")
    assert "--password-stdin" in run("staff", "add", "anna", "--role", "admin").err
    assert run("staff", "roles", "nobody", "--role", "admin").err == "error: there is no account 'nobody'\n"
    assert run("staff", "add", "anna", "--role", "doctor").code == 2
    assert run("staff", "add", "anna", "--role", "admin", "--no-password", "--password-stdin").code == 2
    assert json.loads(run("staff", "list", "--json").out) == []


def test_a_key_is_printed_once(run: Run) -> None:
    """Alone on standard output, so that a script can keep it; none has what needs a person."""
    made = run("staff", "key", "add", "feed", "--right", "see", "--right", "audit")
    assert made.out.startswith("dn_")
    assert made.out.count("\n") == 1
    (listed,) = json.loads(run("staff", "key", "list", "--json").out)
    assert (listed["rights"], made.out.strip() in str(listed)) == (["audit", "see"], False)
    assert "needs a person" in run("staff", "key", "add", "other", "--right", "sign_off").err
    assert run("staff", "key", "revoke", "feed", "--json").out == '{\n  "revoked": "feed"\n}\n'
    assert run("staff", "key", "revoke", "feed").code == 1


def test_the_password_is_asked_for_twice_and_not_shown(data_dir: Path) -> None:
    """On a terminal."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"DOCTORS_NOTE_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "bot", "staff", "add", "anna", "--role", "admin"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        for prompt in (b"Password of anna: ", b"The same again: "):
            while prompt not in shown:
                shown += os.read(ours, 1_000)
            os.write(ours, PASSWORD.encode() + b"\n")
        while b"added" not in shown:
            shown += os.read(ours, 1_000)
        assert process.wait() == 0
    os.close(ours)
    assert PASSWORD.encode() not in shown


def test_check_tells_of_dangers_of_signing_in(run: Run, typed: Callable[[str], None], tmp_path: Path) -> None:
    """By id: who is missing, and what is not encrypted or half set up."""
    told = {
        danger.id
        for danger in dangers_of_settings(
            Settings(
                data_dir=tmp_path,
                country="GB",
                public_url="http://notes.clinic.example",
                oidc_issuer="http://login.clinic.example",
            )
        )
    }
    assert told == {
        "public-url.plain-http",
        "staff.plain-http",
        "sites.any-origin",
        "oidc.incomplete",
        "oidc.plain-http",
    }
    whole = Settings(data_dir=tmp_path, country="GB", oidc_issuer="https://login.example/", oidc_client_id="notes")
    assert list(dangers_of_settings(whole)) == []
    typed(PASSWORD + "\n")
    store = open_store(read_settings())
    accounts = SqlAccountStore(store.engine, utc_now)
    assert [danger.id for danger in dangers_of_accounts(accounts)] == ["staff.no-admin", "staff.no-clinician"]
    run("staff", "add", "anna", "--role", "admin", "--role", "clinician", "--password-stdin")
    assert list(dangers_of_accounts(accounts)) == []
    store.close()

"""Accounts, sessions and keys, on every database."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.errors import Conflict, NotFound, TooMany, Unavailable
from bot.domain.staff import Right, Role
from bot.store.accounts import SqlAccountStore
from bot.store.audit import SqlAuditStore
from bot.store.schema import audit_log, sign_in_failures, staff_sessions
from tests.conftest import NOON

if TYPE_CHECKING:
    from bot.ports.audit import AuditEntry
    from bot.store import SqlStore

MINUTE = dt.timedelta(minutes=1)
ADMINS = frozenset([Role.ADMIN])


class MovingClock:
    """A clock that the test moves on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def accounts(store: SqlStore, clock: MovingClock) -> SqlAccountStore:
    """A store with one account, of an admin."""
    opened = SqlAccountStore(store.engine, clock)
    opened.add("root", "The Root", ADMINS, "hash-of-root", due=False, by="test")
    return opened


def log(accounts: SqlAccountStore) -> list[AuditEntry]:
    return list(SqlAuditStore(accounts.engine, lambda: NOON).all())


def open_session(accounts: SqlAccountStore, name: str, token_hash: str, hours: int = 12) -> None:
    now = accounts._clock()
    accounts.open_session(name, token_hash, now + dt.timedelta(hours=hours), "password")


def test_every_change_is_told_with_before_and_after(accounts: SqlAccountStore) -> None:
    """By whom, of whom, and only what changed; never what is kept of a password or key."""
    accounts.add("li", "", frozenset([Role.EDITOR]), None, due=False, by="root")
    accounts.add("ed", "Ed", frozenset([Role.EDITOR]), "secret-1", due=True, by="root")
    accounts.change_roles("ed", frozenset([Role.EDITOR, Role.REVIEWER]), None, "root")
    accounts.change_full_name("ed", "Edith", "root")
    accounts.change_password("ed", "secret-2", "ed", due=False)
    accounts.change_shortcuts("ed", "ed", shortcuts=False)
    accounts.change_active("ed", "root", is_active=False)
    accounts.change_active("ed", "root", is_active=True)
    accounts.link("li", "secret-subject")
    open_session(accounts, "ed", "secret-token")
    accounts.close_session("secret-token", "ed")
    accounts.add_key("feed", "secret-key", frozenset([Right.SEE]), "root")
    accounts.revoke_key("feed", "root")
    told = log(accounts)[2:]
    assert "secret" not in repr(told)
    assert [(entry.actor, entry.action, entry.subject, entry.before, entry.after) for entry in told] == [
        (
            "root",
            "account.add",
            "account:ed",
            None,
            {
                "full_name": "Ed",
                "roles": ["editor"],
                "is_active": True,
                "shortcuts": True,
                "has_password": True,
                "password_due": True,
                "is_linked": False,
            },
        ),
        ("root", "account.roles", "account:ed", {"roles": ["editor"]}, {"roles": ["editor", "reviewer"]}),
        ("root", "account.full_name", "account:ed", {"full_name": "Ed"}, {"full_name": "Edith"}),
        ("ed", "account.password", "account:ed", {"password_due": True}, {"password_due": False}),
        ("ed", "account.shortcuts", "account:ed", {"shortcuts": True}, {"shortcuts": False}),
        ("root", "account.disable", "account:ed", {"is_active": True}, {"is_active": False}),
        ("root", "account.enable", "account:ed", {"is_active": False}, {"is_active": True}),
        ("li", "account.link", "account:li", {"is_linked": False}, {"is_linked": True}),
        ("ed", "session.open", "account:ed", None, {"by": "password"}),
        ("ed", "session.close", "account:ed", {"sessions": 1}, None),
        ("root", "key.add", "key:feed", None, {"rights": ["see"]}),
        ("root", "key.revoke", "key:feed", {"rights": ["see"]}, None),
    ]


def test_what_was_refused_is_not_told(accounts: SqlAccountStore) -> None:
    """A name that is taken, roles that changed meanwhile, a name that is not there."""
    before = log(accounts)
    with pytest.raises(Conflict, match="already"):
        accounts.add("root", "", ADMINS, None, due=False, by="x")
    with pytest.raises(Conflict, match="changed meanwhile \\(now: admin\\)"):
        accounts.change_roles("root", frozenset(Role), frozenset([Role.EDITOR]), "x")
    with pytest.raises(NotFound):
        accounts.change_active("nobody", "x", is_active=False)
    assert log(accounts) == before


def test_an_admin_is_left(accounts: SqlAccountStore) -> None:
    """The last active one is neither disabled nor made something else, whoever asks."""
    with pytest.raises(Conflict, match="only active admin"):
        accounts.change_active("root", "x", is_active=False)
    with pytest.raises(Conflict, match="only active admin"):
        accounts.change_roles("root", frozenset([Role.EDITOR]), None, "x")
    accounts.add("second", "", ADMINS, None, due=False, by="x")
    accounts.change_active("root", "x", is_active=False)
    with pytest.raises(Conflict, match="only active admin"):
        accounts.change_active("second", "x", is_active=False)


def test_two_admins_at_once_leave_one(accounts: SqlAccountStore) -> None:
    """Each disables the other at the same moment."""
    accounts.add("second", "", ADMINS, None, due=False, by="x")
    refused: list[Conflict] = []

    def disable(name: str) -> None:
        try:
            accounts.change_active(name, "x", is_active=False)
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=disable, args=(name,)) for name in ("root", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sum(account.is_active for account in accounts.accounts()) == 1


def test_a_session_ends_by_idling_and_by_age(accounts: SqlAccountStore, clock: MovingClock) -> None:
    """Used every 50 minutes it lasts for its hours and no longer; expired ones go with the next sign-in."""
    open_session(accounts, "root", "idle")
    open_session(accounts, "root", "used", hours=3)
    for _ in range(3):
        clock.now += 50 * MINUTE
        found = accounts.signed_in("used", idle_min=60)
        assert found is not None
        assert found.account.name == "root"
    assert accounts.signed_in("idle", idle_min=60) is None
    clock.now += 31 * MINUTE
    assert accounts.signed_in("used", idle_min=60) is None
    open_session(accounts, "root", "new")
    with accounts.engine.connect() as connection:
        assert set(connection.scalars(sa.select(staff_sessions.c.token_hash))) == {"idle", "new"}


@pytest.mark.parametrize("change", ["roles", "disable", "password", "own password", "everywhere"])
def test_what_changes_an_account_ends_its_sessions(accounts: SqlAccountStore, change: str) -> None:
    """At once, and no others; one's own new password keeps the browser that set it."""
    accounts.add("ed", "", frozenset([Role.EDITOR]), "h", due=False, by="x")
    for token in ("here", "there"):
        open_session(accounts, "ed", token)
    open_session(accounts, "root", "another")
    match change:
        case "roles":
            accounts.change_roles("ed", frozenset([Role.REVIEWER]), None, "x")
        case "disable":
            accounts.change_active("ed", "x", is_active=False)
        case "password":
            accounts.change_password("ed", "h2", "x", due=True)
        case "own password":
            accounts.change_password("ed", "h2", "ed", due=False, but="here")
        case _:
            assert accounts.close_sessions("ed", "x") == 2
    left = {token for token in ("here", "there", "another") if accounts.signed_in(token, idle_min=60)}
    assert left == ({"here", "another"} if change == "own password" else {"another"})


def test_a_disabled_account_opens_no_session(accounts: SqlAccountStore) -> None:
    """Even where the password was right at the moment before; and nothing is kept of it to compare with."""
    accounts.add("ed", "", frozenset([Role.EDITOR]), "h", due=False, by="x")
    accounts.change_active("ed", "x", is_active=False)
    assert accounts.password_hash("ed") is None
    with pytest.raises(NotFound):
        open_session(accounts, "ed", "t")


@pytest.mark.parametrize("name", ["root", "nobody-at-all"])
def test_failures_lock_a_name_for_longer_and_longer(accounts: SqlAccountStore, clock: MovingClock, name: str) -> None:
    """Five are free; then a minute, two, four, at most an hour; a day later all is forgotten."""
    waits = []
    for _ in range(13):
        accounts.begin_attempt(name)
        try:
            accounts.begin_attempt(name)
        except TooMany as error:
            waits.append(error.retry_after_s)
            clock.now += dt.timedelta(seconds=error.retry_after_s)
    # The first two rounds are both free, so the fifth failure falls into the third.
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]
    clock.now += dt.timedelta(days=1, minutes=1)
    for _ in range(5):
        accounts.begin_attempt(name)
    with pytest.raises(TooMany, match="wait 1 minute,"):
        accounts.begin_attempt(name)
    locks = [entry.subject for entry in log(accounts) if entry.action == "account.lock"]
    assert locks == (["account:root"] * 12 if name == "root" else [])


def test_attempts_at_once_are_each_counted(accounts: SqlAccountStore) -> None:
    """Twenty at the same moment: five are let through to the password."""
    let_through: list[int] = []

    def attempt(number: int) -> None:
        try:
            accounts.begin_attempt("root")
        except TooMany:
            return
        let_through.append(number)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == 5


def test_signing_in_forgets_failures_and_the_purge_all_that_is_old(
    accounts: SqlAccountStore, clock: MovingClock
) -> None:
    """What was typed as a name is kept as a hash, for a day."""
    for name in ("root", "my password"):
        accounts.begin_attempt(name)
    open_session(accounts, "root", "t")
    with accounts.engine.connect() as connection:
        (left,) = connection.scalars(sa.select(sign_in_failures.c.name_hash))
    assert len(left) == 64
    clock.now += dt.timedelta(days=2)
    accounts.purge_sessions()
    with accounts.engine.connect() as connection:
        assert connection.execute(sa.select(sign_in_failures)).all() == []
        assert connection.execute(sa.select(staff_sessions)).all() == []


def test_a_flash_is_kept_with_the_session(accounts: SqlAccountStore) -> None:
    """Until it is taken."""
    open_session(accounts, "root", "t")
    accounts.leave_flash("t", {"message": "Done.", "undo": None})
    found = accounts.signed_in("t", idle_min=60)
    assert found is not None
    assert found.flash == {"message": "Done.", "undo": None}
    accounts.leave_flash("t", None)
    found = accounts.signed_in("t", idle_min=60)
    assert found is not None
    assert found.flash is None


def test_a_key_is_valid_until_it_is_revoked(accounts: SqlAccountStore, clock: MovingClock) -> None:
    """Its last use is kept to the minute; its name is not used again."""
    accounts.add_key("feed", "k", frozenset([Right.SEE, Right.AUDIT]), "root")
    for seconds in (0, 59, 2):
        clock.now += dt.timedelta(seconds=seconds)
        key = accounts.key("k")
        assert key is not None
        assert key.rights == {Right.SEE, Right.AUDIT}
    (kept,) = accounts.api_keys()
    assert kept.last_used == NOON + dt.timedelta(seconds=61)
    accounts.revoke_key("feed", "root")
    assert accounts.key("k") is None
    with pytest.raises(Conflict, match="already"):
        accounts.revoke_key("feed", "root")
    with pytest.raises(Conflict, match="another name"):
        accounts.add_key("feed", "k2", frozenset([Right.SEE]), "root")


def test_a_subject_belongs_to_one_account(accounts: SqlAccountStore) -> None:
    """And an account to one subject."""
    for name in ("ed", "li"):
        accounts.add(name, "", frozenset([Role.EDITOR]), None, due=False, by="x")
    accounts.link("li", "s")
    with pytest.raises(Conflict, match="somebody else"):
        accounts.link("li", "s2")
    with pytest.raises(Unavailable):
        accounts.link("ed", "s")
    found = accounts.linked("s")
    assert found is not None
    assert found.name == "li"
    assert accounts.linked("s2") is None


def test_only_an_active_account_without_a_password_is_linked(accounts: SqlAccountStore) -> None:
    """Whatever became of it since it was looked at."""
    accounts.add("ed", "", frozenset([Role.EDITOR]), None, due=False, by="x")
    accounts.change_active("ed", "root", is_active=False)
    for name in ("root", "ed"):
        with pytest.raises(Conflict, match="has a password, or is disabled"):
            accounts.link(name, "s")
    assert accounts.linked("s") is None


@pytest.mark.parametrize("change", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"])
def test_the_database_refuses_to_change_the_log(accounts: SqlAccountStore, change: str) -> None:
    """Whatever the program would ask of it."""
    if change.startswith("TRUNCATE") and accounts.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    before = log(accounts)
    with (
        pytest.raises(sa.exc.DatabaseError, match="the audit log is append-only"),
        accounts.engine.execution_options(writes=True).begin() as connection,
    ):
        connection.execute(sa.text(change))
    assert log(accounts) == before
    assert before


def test_the_log_is_found_by_who_what_and_when(accounts: SqlAccountStore, clock: MovingClock) -> None:
    """On pages, and in full for an export."""
    clock.now += dt.timedelta(days=1)
    for number in range(3):
        accounts.add(f"ed_{number}", "", frozenset([Role.EDITOR]), None, due=False, by="root")
    audit = SqlAuditStore(accounts.engine, clock)
    by_root = audit.page(
        actor="root", action="account.*", subject="account:ed_*", since=None, until=None, number=2, size=2
    )
    assert (by_root.total, [entry.subject for entry in by_root.entries]) == (3, ["account:ed_0"])
    day = NOON.date()
    assert [entry.actor for entry in audit.all(until=day)] == ["test"]
    assert len(list(audit.all(since=day + dt.timedelta(days=1), actor="root"))) == 3
    with accounts.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(audit_log)) == 4

"""The rules of accounts: names, passwords, roles, keys."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.domain.errors import Conflict, SenderError, TooMany, Unavailable
from bot.domain.staff import COMMAND_LINE, PERSONAL, Right, Role
from bot.passwords import ArgonHasher
from bot.service.staff.access import caller_of
from bot.service.staff.accounts import (
    Accounts,
    add_account,
    add_key,
    change_own_password,
    first_password,
    new_password,
    set_password,
    set_roles,
    token_hash,
)
from bot.store import open_engine
from bot.store.accounts import SqlAccountStore
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "four words of nobody"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Accounts]:
    engine = open_engine(f"sqlite:///{tmp_path / 'library.sqlite'}")
    quick = ArgonHasher(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
    yield Accounts(SqlAccountStore(engine, lambda: NOON), quick)
    engine.dispose()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short words", "has 11 characters; take at least 12"),
        ("x" * 257, "at most 256"),
        ("anna.k@clinic", "is the sign-in name"),
        ("Anna.K@Clinic 2026", "is the sign-in name"),
        ("password1234", "tried first"),
        ("PasswordPassword!", "tried first"),
        ("Doctor's Note 1", "tried first"),
        ("123456789012", "tried first"),
        ("aaaaaaaaaaaaaab", "tried first"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str, said: str) -> None:
    """Too short, the name, or one of those that are tried first."""
    with pytest.raises(SenderError, match=said):
        new_password("anna.k@clinic", password)


@pytest.mark.parametrize(
    "password", ["four words of nobody", "всякие слова тут", "  spaces count too ", "x9 z" * 50, ""]
)
def test_of_what_a_password_is_made_is_everyones_own_affair(password: str) -> None:
    """No rule asks for digits, capitals or signs; one that we make passes too."""
    assert new_password("anna", password or first_password())


def test_a_password_is_the_same_however_it_was_typed(desk: Accounts) -> None:
    """With letters composed or not."""
    kept = desk.passwords.hash("caf\u00e9 au lait, bitte")
    assert desk.passwords.verify("cafe\u0301 au lait, bitte", kept) == (True, None)
    assert kept.startswith("$argon2id$")


def test_a_hash_of_older_parameters_is_made_anew(desk: Accounts) -> None:
    """When the password is at hand, at a sign-in; and what is no hash fits nothing."""
    stronger = ArgonHasher(Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1))
    is_right, newer = stronger.verify(PASSWORD, desk.passwords.hash(PASSWORD))
    assert is_right
    assert stronger.verify(PASSWORD, newer) == (True, None)
    assert stronger.verify(PASSWORD, None) == (False, None)
    assert stronger.verify("nobody has this password", None) == (False, None)
    assert stronger.verify(PASSWORD, "not a hash") == (False, None)


@pytest.mark.parametrize("name", ["", "system", "command line", "key:feed", "Ünal", "a b", "x" * 65, "-x"])
def test_a_name_that_would_mislead_is_refused(desk: Accounts, name: str) -> None:
    """In the audit log each actor is who it seems to be."""
    with pytest.raises(SenderError, match="cannot be a sign-in name"):
        add_account(desk, COMMAND_LINE, name, "", [Role.EDITOR], PASSWORD, due=False)


def test_a_name_is_kept_in_small_letters(desk: Accounts) -> None:
    """So nobody takes another's in capitals."""
    assert add_account(desk, COMMAND_LINE, " Anna@Clinic.example ", " Anna  K ", [Role.ADMIN], PASSWORD, due=False).name
    (account,) = desk.accounts.accounts()
    assert (account.name, account.full_name) == ("anna@clinic.example", "Anna K")
    with pytest.raises(Conflict):
        add_account(desk, COMMAND_LINE, "ANNA@CLINIC.EXAMPLE", "", [Role.EDITOR], PASSWORD, due=False)
    with pytest.raises(SenderError, match="a role at least"):
        set_roles(desk, COMMAND_LINE, "anna@clinic.example", [])


def test_ones_own_password_takes_the_old_one(desk: Accounts) -> None:
    """Which cannot be tried at will either; one set by somebody else is due to be changed."""
    anna = caller_of(add_account(desk, COMMAND_LINE, "anna", "", [Role.EDITOR], PASSWORD, due=True))
    assert anna.password_due
    with pytest.raises(SenderError, match="the old one"):
        change_own_password(desk, anna, PASSWORD, PASSWORD, keep="")
    change_own_password(desk, anna, PASSWORD, "other words of nobody", keep="")
    assert not desk.accounts.account("anna").password_due
    set_password(desk, COMMAND_LINE, "anna", PASSWORD, due=True)
    assert desk.accounts.account("anna").password_due
    for _ in range(5):
        with pytest.raises(SenderError, match="the old password is wrong"):
            change_own_password(desk, anna, "wrong", "third words of nobody", keep="")
    with pytest.raises(TooMany):
        change_own_password(desk, anna, PASSWORD, "third words of nobody", keep="")


def test_a_key_has_rights_that_need_no_person(desk: Accounts) -> None:
    """Some, and none of the others; what is kept of it is a hash."""
    key, told = add_key(desk, COMMAND_LINE, "feed", [Right.SEE])
    assert told.startswith("dn_")
    assert len(told) >= 43
    assert desk.accounts.key(token_hash(told)) is not None
    assert key.rights == {Right.SEE}
    for rights in ([], *([Right.SEE, right] for right in PERSONAL)):
        with pytest.raises(SenderError):
            add_key(desk, COMMAND_LINE, "other", rights)
    with pytest.raises(SenderError, match="cannot name a key"):
        add_key(desk, COMMAND_LINE, "key:feed", [Right.SEE])


def test_a_rush_of_sign_ins_waits_in_a_short_line(desk: Accounts) -> None:
    """Some are let through one after another; the others are told to try again, and keep no thread from patients."""
    slow = ArgonHasher(Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=1))
    told: list[bool] = []

    def verify() -> None:
        try:
            slow.hash(PASSWORD)
        except Unavailable:
            told.append(False)
        else:
            told.append(True)

    threads = [threading.Thread(target=verify) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 40
    assert told.count(True) >= 10
    assert told.count(False) > 0

"""Commands for the accounts of staff: staff add, list, password, roles, disable, enable, key add, list, revoke."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from bot.bootstrap import configure_logging, open_accounts
from bot.cli.terminal import AsJson, app, errors, out, print_json
from bot.config import read_settings
from bot.domain.errors import SenderError
from bot.domain.staff import COMMAND_LINE, Right, Role
from bot.service.staff import accounts

if TYPE_CHECKING:
    from bot.ports.accounts import Account, ApiKey
    from bot.service.staff.accounts import AccountDesk

staff = typer.Typer(no_args_is_help=True, help="Accounts of staff, and API keys.")
keys = typer.Typer(no_args_is_help=True, help="API keys: how a program of yours reads the staff API, or works with it.")
staff.add_typer(keys, name="key")
app.add_typer(staff, name="staff")

Name = Annotated[str, typer.Argument(help="The sign-in name.")]
Roles = Annotated[list[Role], typer.Option("--role", help="A role; give the option again for each further one.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input: one line.")]
Temporary = Annotated[
    bool, typer.Option("--temporary", help="They have to choose a password of their own when they first sign in.")
]


@staff.command("add")
def add(
    name: Name,
    role: Roles,
    full_name: Annotated[str, typer.Option(help="How articles name them, as author or reviewer.")] = "",
    password_stdin: FromStdin = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They sign in with the identity provider alone.")
    ] = False,
    temporary: Temporary = False,
    as_json: AsJson = False,
) -> None:
    """Add an account. The password is asked for."""
    if no_password and password_stdin:
        raise typer.BadParameter("--no-password and --password-stdin exclude each other")
    desk = _desk()
    password = None if no_password else _password(name, from_stdin=password_stdin)
    added = accounts.add_account(desk, COMMAND_LINE, name, full_name, role, password, due=temporary)
    _tell(added, f"{added.name} is added as {', '.join(sorted(added.roles))}.", as_json=as_json)


@staff.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """List the accounts."""
    found = _desk().accounts.accounts()
    if as_json:
        print_json([_account_record(account) for account in found])
        return
    table = Table("name", "full name", "roles", "signs in with", "state", box=None, pad_edge=False)
    for each in found:
        ways = [way for way, is_so in (("password", each.has_password), ("provider", each.is_linked)) if is_so]
        state = "active" if each.is_active else "disabled"
        table.add_row(each.name, each.full_name, ", ".join(sorted(each.roles)), ", ".join(ways), state)
    out.print(table if found else "There is no account yet: doctors-note staff add NAME --role admin")


@staff.command("password")
def set_password(
    name: Name, password_stdin: FromStdin = False, temporary: Temporary = False, as_json: AsJson = False
) -> None:
    """Set an account's password. Whoever is signed in with it has to sign in again."""
    desk = _desk()
    desk.accounts.account(accounts.sign_in_name(name))
    accounts.set_password(desk, COMMAND_LINE, name, _password(name, from_stdin=password_stdin), due=temporary)
    changed = desk.accounts.account(accounts.sign_in_name(name))
    _tell(changed, f"The password of {changed.name} is set.", as_json=as_json)


@staff.command("roles")
def set_roles(name: Name, role: Roles, as_json: AsJson = False) -> None:
    """Give an account these roles in place of those that it has."""
    changed = accounts.set_roles(_desk(), COMMAND_LINE, name, role)
    _tell(changed, f"{changed.name} is {', '.join(sorted(changed.roles))} now.", as_json=as_json)


@staff.command("disable")
def disable(name: Name, as_json: AsJson = False) -> None:
    """Let somebody in no more, from now on. Their name stays in the audit log."""
    changed = accounts.set_active(_desk(), COMMAND_LINE, name, is_active=False)
    _tell(changed, f"{changed.name} is let in no more.", as_json=as_json)


@staff.command("enable")
def enable(name: Name, as_json: AsJson = False) -> None:
    """Let somebody in again."""
    changed = accounts.set_active(_desk(), COMMAND_LINE, name, is_active=True)
    _tell(changed, f"{changed.name} can sign in again.", as_json=as_json)


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What the key is for; the audit log names it so.")],
    right: Annotated[
        list[Right], typer.Option("--right", help="What it may do; give the option again for each further one.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make an API key, and print it, this once."""
    added, key = accounts.add_key(_desk(), COMMAND_LINE, name, right)
    if as_json:
        print_json(_key_record(added) | {"key": key})
        return
    errors.print(f"This is the key {added.name}. It is not kept here, and cannot be shown again:")
    out.print(key)


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the API keys, with those that were revoked."""
    found = _desk().accounts.api_keys()
    if as_json:
        print_json([_key_record(key) for key in found])
        return
    table = Table("name", "rights", "made", "by", "last used", "state", box=None, pad_edge=False)
    for each in found:
        used = f"{each.last_used:%Y-%m-%d %H:%M}" if each.last_used else "never"
        state = f"revoked {each.revoked:%Y-%m-%d}" if each.revoked else "valid"
        table.add_row(
            each.name, ", ".join(sorted(each.rights)), f"{each.created:%Y-%m-%d}", each.created_by, used, state
        )
    out.print(table if found else "There is no API key.")


@keys.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="The key's name.")], as_json: AsJson = False) -> None:
    """Let nobody in with a key any more."""
    accounts.revoke_key(_desk(), COMMAND_LINE, name)
    if as_json:
        print_json({"revoked": accounts.sign_in_name(name)})
    else:
        out.print(f"The key {accounts.sign_in_name(name)} is revoked.")


def _desk() -> AccountDesk:
    settings = read_settings()
    configure_logging("error")
    return open_accounts(settings)


def _password(name: str, *, from_stdin: bool) -> str:
    """The password, checked before it is asked for again."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise SenderError("there is no terminal to ask for the password on; give it with --password-stdin")
    password: str = typer.prompt(f"Password of {name}", hide_input=True, err=True)
    accounts.new_password(accounts.sign_in_name(name), password)
    if typer.prompt("The same again", hide_input=True, err=True) != password:
        raise SenderError("the two passwords differ; nothing was changed")
    return password


def _tell(account: Account, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_account_record(account))
    else:
        out.print(sentence)


def _account_record(account: Account) -> dict[str, Any]:
    return asdict(account) | {"roles": sorted(account.roles)}


def _key_record(key: ApiKey) -> dict[str, Any]:
    return asdict(key) | {"rights": sorted(key.rights)}

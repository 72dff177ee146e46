"""Who may do what among the staff."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Role(StrEnum):
    """What somebody is here for. A member of staff may have several."""

    REVIEWER = "reviewer"
    EDITOR = "editor"
    CLINICIAN = "clinician"
    ADMIN = "admin"


class Right(StrEnum):
    """What a page or call needs, and what an API key can be given."""

    SEE = "see"
    """Read the queue, articles, turns, reports and the dashboard."""
    REVIEW = "review"
    """Work the queue and error reports: assign, note, dismiss, group, ask for articles."""
    TEACH = "teach"
    """Teach phrasings, and take them away."""
    WRITE = "write"
    """Write, edit and submit articles, and export the library."""
    SIGN_OFF = "sign_off"
    """Sign off what somebody else wrote, or send it back."""
    PUBLISH = "publish"
    """Publish what was signed off, retire, and bring back."""
    IMPORT = "import"
    """Import articles, whose sign-off is taken as the files state it."""
    OWN = "own"
    """Their own account: its password, its sign-ins, how the pages behave."""
    AUDIT = "audit"
    """Read and export the audit log."""
    ADMINISTER = "administer"
    """Accounts and API keys."""


_EVERYBODY: Final = frozenset(Role)

# The table of rights: every page and call names one of these.
RIGHTS: Final[Mapping[Right, frozenset[Role]]] = {
    Right.SEE: _EVERYBODY,
    Right.REVIEW: _EVERYBODY,
    Right.TEACH: frozenset({Role.REVIEWER, Role.CLINICIAN, Role.ADMIN}),
    Right.WRITE: frozenset({Role.EDITOR, Role.CLINICIAN, Role.ADMIN}),
    Right.SIGN_OFF: frozenset({Role.CLINICIAN}),
    Right.PUBLISH: frozenset({Role.EDITOR, Role.CLINICIAN, Role.ADMIN}),
    Right.IMPORT: frozenset({Role.ADMIN}),
    Right.OWN: _EVERYBODY,
    Right.AUDIT: frozenset({Role.ADMIN}),
    Right.ADMINISTER: frozenset({Role.ADMIN}),
}

# What needs a person: no API key can be given it.
PERSONAL: Final = frozenset({Right.SIGN_OFF, Right.OWN, Right.ADMINISTER})


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """All that `roles` may do together.

    >>> sorted(rights_of([Role.REVIEWER]))
    [<Right.OWN: 'own'>, <Right.REVIEW: 'review'>, <Right.SEE: 'see'>, <Right.TEACH: 'teach'>]
    """
    held = set(roles)
    return frozenset(right for right, holders in RIGHTS.items() if holders & held)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a request of staff.

    `account_id` and `name` are the account's; of an API key, `key:` and its own name and id. `full_name` is how an
    article names them. `shortcuts` says whether single keys are commands in the pages. While a password is due that
    they have chosen themselves, they may do nothing else.
    """

    account_id: str
    name: str
    full_name: str
    rights: frozenset[Right]
    roles: frozenset[Role] = frozenset()
    shortcuts: bool = True
    password_due: bool = False

    def may(self, right: Right | str) -> bool:
        """Whether they hold `right`."""
        return right in self.rights


SYSTEM: Final = Caller("system", "system", "Doctor's Note", frozenset())
COMMAND_LINE: Final = Caller("command-line", "command line", "The command line", frozenset(Right))

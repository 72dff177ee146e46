"""What can go wrong, grouped by who can mend it.

DoctorsNoteError
├── SenderError              the sender: bad input
│   ├── InvalidMessage       a question that cannot be read
│   ├── InvalidFeedback      what is said of a reply breaks the rules of its fields
│   ├── InvalidReport        what is said to be wrong with an article cannot be taken
│   ├── InvalidArticle       an article that breaks the rules of its fields
│   ├── InvalidQuery         a listing asked for with wrong parameters
│   └── UnreadableFile       a file that is not what it was said to be
├── NotAllowed                the sender, as who they are
│   ├── NotSignedIn          nobody is signed in
│   ├── Forbidden            somebody is, who has no right to it
│   └── TooMany              too much of it; wait
├── Conflict                 the sender, by looking again: somebody else changed it meanwhile
├── NotFound                 nobody: it is not there
│   ├── Withdrawn            it was there, and has been withdrawn
│   └── Withheld             it is there, and is not shown until it has been reviewed
├── ConfigurationError       the operator, before or at start-up
│   ├── NotCalibrated        no calibration fits the embedding model
│   ├── UnknownModel         the embedding model cannot be loaded, or is not the one it claims to be
│   └── DamagedIndex         the index on disk is not what was saved, or is of another store
└── Unavailable              time: try again later
"""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_shorten = reprlib.Repr()
_shorten.maxstring = _shorten.maxother = 80
_shorten.maxlevel, _shorten.maxlist, _shorten.maxdict = 2, 3, 3


def shown(value: object) -> str:
    """`value` as an error message shows it: quoted, and never longer than a line."""
    return _shorten.repr(value)


class DoctorsNoteError(Exception):
    """The root of every error that this program raises on purpose."""


class SenderError(DoctorsNoteError):
    """The input is at fault; the sender can mend it."""


class InvalidMessage(SenderError):
    """A patient's message that cannot be taken."""


class InvalidFeedback(SenderError):
    """Feedback that cannot be taken."""


class InvalidReport(SenderError):
    """A report of an error in an article that cannot be taken."""


class InvalidQuery(SenderError):
    """A listing was asked for with parameters that make no sense."""


class UnreadableFile(SenderError):
    """A file that is not what it was said to be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: the field, the value found there, and what was expected."""

    field: str
    value: object
    expected: str

    def __str__(self) -> str:
        return f"{self.field}: {shown(self.value)} is not {self.expected}"


class InvalidArticle(SenderError):
    """An article that breaks the rules of its fields; `problems` has every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class NotAllowed(DoctorsNoteError):
    """The request is understood, and not allowed to whoever sent it."""


class NotSignedIn(NotAllowed):
    """Nobody is signed in."""


class Forbidden(NotAllowed):
    """Somebody is signed in who has no right to this."""


class TooMany(NotAllowed):
    """It was tried too often; `retry_after_s` says when it can be tried again."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Conflict(DoctorsNoteError):
    """Somebody else changed it meanwhile: look at what is there now, then try again."""


class NotFound(DoctorsNoteError):
    """What was asked for does not exist, or is not served."""


class Withdrawn(NotFound):
    """An article that was shown once and must not be any more."""


class Withheld(NotFound):
    """An article that is long due for review, and is not shown until it has been reviewed."""


class ConfigurationError(DoctorsNoteError):
    """The installation is set up wrongly; the operator can mend it."""


class NotCalibrated(ConfigurationError):
    """No calibration fits the embedding model, so no probability can be stated."""


class UnknownModel(ConfigurationError):
    """The embedding model cannot be loaded, or is not the one it claims to be."""


class DamagedIndex(ConfigurationError):
    """The index on disk is torn, altered, or of another store or model."""


class Unavailable(DoctorsNoteError):
    """A part that is needed does not answer just now; the same call may succeed later."""

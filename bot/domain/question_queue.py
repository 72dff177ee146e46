"""The questions that nothing answered well, in groups that mean much the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping  # noqa: TC003  so it is of this
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

# An answer quoted with a probability less than this above the threshold was nearly not given: staff look at it.
DOUBTFUL_MARGIN: Final = 0.05
# For so long patients may still pick one of the choices that they were offered.
CHOOSING_TIME: Final = dt.timedelta(minutes=30)
WORDINGS_SHOWN: Final = 3
NEAREST_SHOWN: Final = 5
MAX_NOTE_CHARS: Final = 5_000
MAX_TITLE_CHARS: Final = 300
MAX_TOGETHER: Final = 500


class QuestionKind(StrEnum):
    """Why a question is in the queue; where several hold, the first of these."""

    NONE_OF_THESE = "none_of_these"
    """The patient said that nothing of what was offered is what they asked."""
    UNHELPFUL = "unhelpful"
    """The patient marked the reply as not helpful."""
    UNMATCHED = "unmatched"
    """No article answers it."""
    DOUBTFUL = "doubtful"
    """It was quoted an article with a low probability, or offered choices of which none was picked."""


class GroupState(StrEnum):
    """What has become of a group."""

    OPEN = "open"
    NEEDS_ARTICLE = "needs_article"
    TAUGHT = "taught"
    DISMISSED = "dismissed"
    PUBLISHED = "published"


# Nothing is left to do for these, until somebody asks again.
SETTLED: Final = frozenset({GroupState.TAUGHT, GroupState.DISMISSED, GroupState.PUBLISHED})


class QueueSort(StrEnum):
    """The order of groups: most people first, of equal ones the newest; or the one last asked first."""

    PEOPLE = "people"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """Which groups are wanted; None and "" ask for any.

    `kind`, `channel`, `since`, `until` (days of UTC, both included) and `words` (all of them, in any order and case)
    are of the questions: a group shows and counts those that fit. `language` is a primary subtag, `assignee` an
    account's name, or "-" for groups that nobody has.
    """

    state: GroupState | None = GroupState.OPEN
    kind: QuestionKind | None = None
    channel: str = ""
    language: str = ""
    assignee: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    words: str = ""
    sort: QueueSort = QueueSort.PEOPLE


NOBODY: Final = "-"


@dataclass(frozen=True, slots=True)
class QueuedQuestion:
    """A question in the queue, redacted. `is_moved` says that staff placed it where it is."""

    turn_id: str
    question: str
    asked: dt.datetime
    kind: QuestionKind
    channel: str
    language: str
    is_moved: bool


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """A group of questions that mean much the same.

    `title` is staff's own, or else the wording that most have asked; `own_title` is "" where staff gave none. `people`
    are distinct sessions. `first_asked` and `last_asked` are None where all of its questions were erased. `wordings`
    are the first few, most asked ones first. `article_id` is the article that it was taught to, or that was linked or
    asked for. `came_back` says that it was taught or published, and that somebody asked again since. `channels` counts
    its questions by channel, most first. `version` grows with each change by staff.
    """

    id: str
    title: str
    language: str
    state: GroupState
    assignee: str
    people: int
    questions: int
    first_asked: dt.datetime | None
    last_asked: dt.datetime | None
    version: int
    wordings: tuple[str, ...]
    article_id: str | None
    came_back: bool = False
    notes: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)
    own_title: str = ""


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups; `total` counts all pages.

    `states` counts the groups of each state, whatever is filtered; `channels`, `languages` and `assignees` are those
    that there are to filter by.
    """

    groups: tuple[GroupSummary, ...]
    total: int
    states: Mapping[GroupState, int] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What staff wrote beside a group."""

    id: str
    author: str
    text: str
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class NearArticle:
    """An article that may answer a group's representative wording.

    `probability` is the calibrated one that a patient's question in that wording would have. `matched_text` is the text
    of `matched_field` ("question", "also_asked[1]", "phrasing[2]", "short_answer", "explanation") that is nearest.
    """

    article_id: str
    question: str
    probability: float
    matched_field: str
    matched_text: str


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """All of a group; `members` are one page of its questions, the newest first, of `summary.questions`.

    `representative` is the wording that is nearest to the meaning of the whole, "" where no question is left.
    """

    summary: GroupSummary
    members: tuple[QueuedQuestion, ...]
    notes: tuple[Note, ...]
    nearest: tuple[NearArticle, ...]
    representative: str


@dataclass(frozen=True, slots=True)
class Action:
    """What was done, in words; `id` undoes it."""

    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class RecordedAction:
    """An action as it is kept. `undo` has what it takes to undo it, as its `kind` needs it: ids and states.

    `undone` is None while it stands.
    """

    id: str
    at: dt.datetime
    actor: str
    kind: str
    summary: str
    undo: Mapping[str, Any]
    undone: dt.datetime | None
    undone_by: str

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The groups that it changed."""
        return tuple(self.undo.get("groups", ()))


@dataclass(frozen=True, slots=True)
class ActionPage:
    """One page of actions, newest first; `total` counts all pages."""

    actions: tuple[RecordedAction, ...]
    total: int

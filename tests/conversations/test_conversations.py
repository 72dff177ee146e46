"""Each file of this folder is a conversation; every line of it must come true.

title: what it shows
settings: {country: GB}                  # of the installation, if any
library: [...]                           # articles beside the bundled ones, in the JSON form, if any
turns:
  - patient: how long does a cold last?  # what is typed; or `button: TITLE` for a button of the last reply
    language: es                         # sent with it, if any; so is `country`
    wait_min: 60                         # minutes that pass before it, if any
    restart: true                        # the service is stopped and started before it, if so
    retire: [cold-or-flu]                # articles that are withdrawn before it, if any
    session: a-word-of-my-own-making     # sent in place of the session's id, if any
    outcome: answer
    article: cold-duration               # the article quoted; null for none
    offers: [cold-or-flu]                # articles on buttons, in any order; `offers_some: true` for at least one
    says: [part of a block]              # each in some block
    never: [words]                       # in no block
    first: notice                        # the type of the first block
    buttons: [None of these]             # titles that are among the buttons
    speaks: es                           # the language of our own sentences
    signs: [heart]                       # of the emergency, as kept; `any` for at least one
    kept: how long does a cold last?     # the patient's words as kept; null for none
    earlier_kept: [hello, null]          # those of all turns of the session, the oldest first
    same_session: true                   # whether the reply names the session of the reply before it
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from starlette.testclient import TestClient

from bot.domain.article import Status
from bot.domain.records import article_from_record
from bot.ports import SourcedArticle
from bot.web.app import create_app
from tests.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.bootstrap import Installation
    from bot.ports.turns import Turn

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
SENT = ("patient", "button", "language", "country", "wait_min", "restart", "retire", "session")
EXPECTED = (
    "outcome",
    "article",
    "offers",
    "offers_some",
    "says",
    "never",
    "first",
    "buttons",
    "speaks",
    "signs",
    "kept",
    "earlier_kept",
    "same_session",
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


def test_there_are_enough() -> None:
    """Forty conversations at the least."""
    assert len(FILES) >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_conversation(path: Path, installation: Installation, reopened: Callable[..., Installation]) -> None:
    """It goes as it is written."""
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(script) <= {"title", "settings", "library", "turns"}
    articles = [SourcedArticle(article_from_record(record)) for record in script.get("library", [])]
    installation.core.store.put(articles)
    clock = Clock()
    opened = reopened(clock, **script.get("settings", {}))
    reply: dict[str, Any] = {}
    for number, turn in enumerate(script["turns"], start=1):
        unknown = set(turn) - {*SENT, *EXPECTED}
        assert not unknown, f"{path.name}, turn {number}: {unknown} is not known"
        clock.now += dt.timedelta(minutes=turn.get("wait_min", 1))
        if turn.get("restart"):
            opened = reopened(clock, **script.get("settings", {}))
        _retire(opened, turn.get("retire", []))
        message = turn["patient"] if "patient" in turn else _payload(reply, turn["button"])
        session = turn.get("session", reply.get("session_id"))
        sent = {"message": message, "session_id": session}
        sent |= {key: turn[key] for key in ("language", "country") if key in turn}
        with TestClient(create_app(opened.desk)) as client:
            response = client.post("/api/v1/ask", json=sent)
        assert response.status_code == 200, f"{path.name}, turn {number}: {response.text}"
        reply = response.json()
        turns = opened.core.store.turns(reply["session_id"])
        for key in EXPECTED:
            if key in turn:
                place = f"{path.name}, turn {number}, {message!r}"
                if key == "same_session":
                    assert (reply["session_id"] == session) == turn[key], place
                else:
                    _check(key, turn[key], reply, turns, place)


def _retire(opened: Installation, article_ids: list[str]) -> None:
    store = opened.core.store
    withdrawn = [replace(store.article(each).article, status=Status.RETIRED) for each in article_ids]
    store.put([SourcedArticle(article) for article in withdrawn])


def _payload(reply: dict[str, Any], title: str) -> str:
    buttons = {button["title"]: button["payload"] for button in reply["quick_replies"]}
    assert title in buttons, f"{title!r} is not among {list(buttons)}"
    return str(buttons[title])


def _check(key: str, expected: Any, reply: dict[str, Any], turns: Sequence[Turn], place: str) -> None:
    kept = next((each for each in turns if each.id == reply["turn_id"]), None)
    texts = [text for block in reply["blocks"] for text in (block["items"] or [block["text"]])]
    titles = [button["title"] for button in reply["quick_replies"]]
    offered = [each["payload"].split()[1] for each in reply["quick_replies"] if each["payload"].startswith("/article ")]
    said = "\n".join(texts)
    match key:
        case "says":
            for part in expected:
                assert part in said, f"{place}: {part!r} is not in\n{said}"
        case "never":
            for part in expected:
                assert part not in said, f"{place}: {part!r} is in\n{said}"
        case "buttons":
            assert set(expected) <= set(titles), f"{place}: {titles}"
        case "offers_some":
            assert bool(offered) == expected, f"{place}: {offered}"
        case _:
            found: dict[str, Any] = {
                "outcome": reply["outcome"],
                "article": (reply["quotation"] or {}).get("article_id"),
                "offers": sorted(offered),
                "first": reply["blocks"][0]["type"],
                "speaks": reply["language"],
                "signs": list(kept.signs) if kept else None,
                "kept": kept.question if kept else None,
                "earlier_kept": [each.question for each in turns],
            }
            if key == "signs" and expected == "any":
                assert found["signs"], place
                return
            wanted = sorted(expected) if key == "offers" else expected
            assert found[key] == wanted, f"{place}: {key} is {found[key]!r}, expected {wanted!r}; it said\n{said}"

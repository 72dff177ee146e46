"""What the actions say themselves, and what the bot says in the same places."""

from __future__ import annotations

import pytest
import yaml

from actions import sentences
from actions.service import MAX_MESSAGE_CHARS
from bot.domain import message, texts
from bot.wordings import Wordings
from tests.conftest import ROOT

WORDINGS = Wordings("en")
OURS = {name: value for name, value in vars(sentences).items() if isinstance(value, dict) and name.isupper()}
COUNT = f"{message.MAX_MESSAGE_CHARS:,}"
# Those that the bot never says: only who asks it over HTTP knows of it.
ALONE = {"BUSY", "NOT_KEPT"}


def said_by_the_bot(language: str) -> dict[str, str]:
    """What the bot's texts are in this language, by how they are in English."""
    say = WORDINGS.of(language)
    constants = {value for name, value in vars(texts).items() if name.isupper() and isinstance(value, str)}
    known = constants | {sentences.EMERGENCY["en"]}
    plain = {text: say(text) for text in known if "{" not in text}
    return plain | {texts.MESSAGE_TOO_LONG.format(count=COUNT): say(texts.MESSAGE_TOO_LONG, count=COUNT)}


@pytest.mark.parametrize("language", WORDINGS.languages)
@pytest.mark.parametrize("name", sorted(OURS.keys() - ALONE))
def test_the_bot_says_it_in_the_same_words(name: str, language: str) -> None:
    """With Rasa or without it, a patient reads the same sentence, in each language that the bot speaks."""
    assert OURS[name][language] == said_by_the_bot(language)[OURS[name]["en"]]


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_is_said_in_all_languages(name: str) -> None:
    """Also what the bot never says; none is left in English."""
    assert set(OURS[name]) == set(WORDINGS.languages)
    assert len(set(OURS[name].values())) == len(OURS[name])


def test_the_longest_message_is_the_bots() -> None:
    """What is told to be too long is what the API refuses."""
    assert MAX_MESSAGE_CHARS == message.MAX_MESSAGE_CHARS


def test_rasa_alone_says_the_same() -> None:
    """Where the action server is not there, the domain of the sample assistant has the words."""
    domain = yaml.safe_load((ROOT / "bot/rasa/domain.yml").read_text())
    ((said,),) = (domain["responses"]["utter_no_actions"],)
    assert said["text"] == f"{sentences.EMERGENCY['en']} {sentences.FAILED['en']}"

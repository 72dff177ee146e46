"""The settings of the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actions.messages import session_id
from actions.settings import COUNTRY, HELP, LANGUAGE_TAG, PREFIX, SITE, SettingsError, read_settings
from bot.config import read_settings as read_bots_settings
from bot.domain import records, sites
from bot.domain.message import COUNTRY_CODE, check_session_id

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "not to be seen anywhere"


def settings(**values: str) -> dict[str, str]:
    return {PREFIX + name: value for name, value in values.items()}


def test_nothing_need_be_set_where_the_api_is_on_the_same_machine() -> None:
    """All actions of a run then share a key, of which nothing is told; an empty value counts as not set."""
    made = read_settings({})
    assert made.api_url == "http://127.0.0.1:8000"
    assert made.timeout_s == 10
    assert read_settings(settings(**dict.fromkeys(HELP, " "))) == made
    assert len(made.key) == 32
    assert repr(made.key) not in repr(made)


def test_the_key_may_stand_in_a_file(tmp_path: Path) -> None:
    """As what it would be in the environment; the line's end is no part of it."""
    path = tmp_path / "key"
    path.write_text(SECRET + "\n")
    elsewhere = "https://api.example/notes/"
    of_file = read_settings(settings(API_URL=elsewhere, KEY_FILE=str(path)))
    assert of_file == read_settings(settings(API_URL=elsewhere, KEY=SECRET))
    assert of_file.api_url == "https://api.example/notes"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"URL": "x"}, "unknown setting DOCTORS_NOTE_ACTIONS_URL; the settings are DOCTORS_NOTE_ACTIONS_API_URL"),
        ({"API_URL": "http://api:8000"}, "DOCTORS_NOTE_ACTIONS_KEY_FILE is needed"),
        ({"API_URL": "127.0.0.1:8000"}, "API_URL: it is not a plain web address"),
        ({"API_URL": f"http://u:{SECRET}@api/"}, "API_URL: it is not a plain web address"),
        ({"API_URL": "http://[::1"}, "API_URL: it is not a plain web address"),
        ({"API_URL": "http://api:99999"}, "API_URL: it is not a plain web address"),
        ({"KEY": "too short"}, "KEY: a secret of 9 characters is too short; it needs at least 16"),
        ({"KEY": SECRET, "KEY_FILE": "/key"}, "are both set; set one of them"),
        ({"KEY_FILE": "/no/such/key"}, "KEY_FILE: '/no/such/key' cannot be read: FileNotFoundError"),
        ({"TIMEOUT_S": "soon"}, "TIMEOUT_S: 'soon' is not a number of seconds"),
        ({"TIMEOUT_S": "0"}, "TIMEOUT_S: '0' is not a number of seconds above 0 and up to 120"),
        ({"TIMEOUT_S": "nan"}, "TIMEOUT_S: 'nan' is not"),
        ({"COUNTRY": "Britain"}, "COUNTRY: 'Britain' is not a country's code of two letters"),
        ({"LANGUAGE": "e"}, "LANGUAGE: 'e' is not a BCP 47 language tag"),
        ({"SITE": "Shop_1"}, "SITE: 'Shop_1' is not the id of a web site"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, str], said: str) -> None:
    """The variable, its value and what was expected; never a secret."""
    with pytest.raises(SettingsError, match=r"DOCTORS_NOTE_ACTIONS_") as raised:
        read_settings(settings(**values))
    assert said in str(raised.value)
    assert SECRET not in str(raised.value)


def test_what_is_sent_on_has_the_form_that_the_api_takes() -> None:
    """What has another, of a client's own metadata for example, is passed over, and is no reason to answer nothing."""
    forms = [(LANGUAGE_TAG, records.LANGUAGE_TAG), (COUNTRY, COUNTRY_CODE), (SITE, sites.SITE_ID)]
    assert [ours.pattern for ours, _ in forms] == [theirs.pattern for _, theirs in forms]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.9", "[::1]"])
def test_the_same_machine_has_several_names(host: str) -> None:
    """Each of them needs no key."""
    assert read_settings(settings(API_URL=f"http://{host}:8000")).key


@pytest.mark.parametrize("sender", ["", "a", "+44 7700 900123", "\u65e5\u672c", "half \ud800", "x" * 10_000])
def test_any_sender_has_a_session_the_api_takes(sender: str) -> None:
    """The same one each time, another with another key."""
    made = session_id(SECRET.encode(), sender)
    check_session_id(made)
    assert made == session_id(SECRET.encode(), sender)
    assert made != session_id(b"another key of ours", sender)


def test_the_bot_passes_over_settings_of_the_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both may stand in one environment."""
    monkeypatch.setenv("DOCTORS_NOTE_ACTIONS_KEY", SECRET)
    assert read_bots_settings().port == 8000

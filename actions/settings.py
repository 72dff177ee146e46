"""The settings of the actions: the only place where their environment is read.

Each is an environment variable DOCTORS_NOTE_ACTIONS_..., read when the action server starts; an empty one counts as
not set.
"""

from __future__ import annotations

import ipaddress
import math
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "DOCTORS_NOTE_ACTIONS_"
DEFAULT_API_URL: Final = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT_S: Final = 10.0
LANGUAGE_TAG: Final = re.compile(r"(?=.{2,35}\Z)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
SITE: Final = re.compile(r"[a-z0-9-]{1,24}")
MIN_KEY_CHARS: Final = 16
MAX_TIMEOUT_S: Final = 120

# The names, and what each is for.
HELP: Final = {
    "API_URL": f"Where Doctor's Note is reached. Empty: {DEFAULT_API_URL}.",
    "KEY": f"The secret, of at least {MIN_KEY_CHARS} characters, of the keyed hash that makes a session of Rasa's "
    "sender id. Needed unless the API is on the same machine; there, if it is empty, one is made at each start.",
    "KEY_FILE": "The file that has this secret, in place of it.",
    "TIMEOUT_S": "How long an answer of the API is waited for, in seconds. Empty: 10.",
    "EMERGENCY_LINE": "What a patient is told first when the API does not answer. Empty: to call the local emergency "
    "number, in the patient's language as far as it is known.",
    "SITE": "The id of the web site to name to the API. Empty: none.",
    "LANGUAGE": "The language (BCP 47) to assume of a patient. Empty: that of the API.",
    "COUNTRY": "The country (ISO 3166-1 alpha-2) whose emergency numbers are shown. Empty: that of the API.",
}

# One for all actions of this server and, as they are handed to them, of its worker processes.
_KEY_OF_THIS_RUN: Final = secrets.token_bytes(32)


class SettingsError(ValueError):
    """A setting cannot be used; the text names it, what was expected and the remedy, and never a secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the actions are set up.

    `api_url` has no slash at its end. `key` is the secret of the keyed hash. None and "" stand for what is not set.
    """

    key: bytes = field(repr=False)
    api_url: str = DEFAULT_API_URL
    timeout_s: float = DEFAULT_TIMEOUT_S
    emergency_line: str = ""
    site: str | None = None
    language: str | None = None
    country: str | None = None


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ`, by default of this process. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    known = {PREFIX + name for name in HELP}
    if unknown := sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        raise SettingsError(f"unknown setting {', '.join(unknown)}; the settings are {', '.join(sorted(known))}")
    values = {name: value for name in HELP if (value := environ.get(PREFIX + name, "").strip())}
    api_url = _address(values.get("API_URL", DEFAULT_API_URL))
    return Settings(
        key=_key(values, api_url),
        api_url=api_url,
        timeout_s=_seconds(values["TIMEOUT_S"]) if "TIMEOUT_S" in values else DEFAULT_TIMEOUT_S,
        emergency_line=values.get("EMERGENCY_LINE", ""),
        site=_formed(values, "SITE", SITE, "the id of a web site such as clinic-a"),
        language=_formed(values, "LANGUAGE", LANGUAGE_TAG, "a BCP 47 language tag such as en or pt-BR"),
        country=_formed(values, "COUNTRY", COUNTRY, "a country's code of two letters (ISO 3166-1 alpha-2) such as GB"),
    )


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_usable = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_usable = False
    if not is_usable or parts.query or parts.fragment or parts.username is not None:
        raise SettingsError(
            f"{PREFIX}API_URL: it is not a plain web address that begins with http:// or https://, such as "
            "http://127.0.0.1:8000"
        )
    return value.rstrip("/")


def _key(values: Mapping[str, str], api_url: str) -> bytes:
    if "KEY" in values and "KEY_FILE" in values:
        raise SettingsError(f"{PREFIX}KEY and {PREFIX}KEY_FILE are both set; set one of them")
    name, key = "KEY", values.get("KEY", "")
    if path := values.get("KEY_FILE"):
        name = "KEY_FILE"
        try:
            key = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{PREFIX}KEY_FILE: {path!r} cannot be read: {type(error).__name__}") from None
    elif not key:
        if _is_loopback(api_url):
            return _KEY_OF_THIS_RUN
        raise SettingsError(
            f"{PREFIX}KEY or {PREFIX}KEY_FILE is needed where the API is not on the same machine: a secret of at least "
            f"{MIN_KEY_CHARS} characters, made with `openssl rand -hex 32` for example"
        )
    if len(key) < MIN_KEY_CHARS:
        raise SettingsError(
            f"{PREFIX}{name}: a secret of {len(key)} characters is too short; it needs at least {MIN_KEY_CHARS}"
        )
    return key.encode()


def _is_loopback(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MAX_TIMEOUT_S:
        raise SettingsError(
            f"{PREFIX}TIMEOUT_S: {value!r} is not a number of seconds above 0 and up to {MAX_TIMEOUT_S}"
        )
    return seconds


def _formed(values: Mapping[str, str], name: str, form: re.Pattern[str], expected: str) -> str | None:
    value = values.get(name)
    if value is not None and not form.fullmatch(value):
        raise SettingsError(f"{PREFIX}{name}: {value!r} is not {expected}")
    return value

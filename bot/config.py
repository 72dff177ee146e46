"""The settings: the only place where the environment is read.

Each is an environment variable DOCTORS_NOTE_..., or a line of a file `.env` in the working directory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote, urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain import texts
from bot.domain.errors import ConfigurationError
from bot.domain.records import LANGUAGE_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "DOCTORS_NOTE_"
# The settings of the actions for Rasa, a program of its own.
ACTIONS_PREFIX: Final = f"{PREFIX}ACTIONS_"
MAX_RETENTION_DAYS: Final = 3_650


PACKAGED_MODEL: Final = "all-MiniLM-L6-v2"
DEFAULT_MODEL: Final = str(Path(__file__).parent / "models" / "health-questions")
# What a secret's variable ends with where it names a file that has the secret.
FILE_SUFFIX: Final = "_FILE"
_CHECKOUT: Final = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """How this installation is set up."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(_CHECKOUT / "var", description="The one folder in which everything that is written lives.")
    rules_dir: Path = Field(
        _CHECKOUT / "data",
        description="The folder with emergencies/ (their signs, and whom to call) and small_talk/. Nothing starts "
        "without it.",
    )
    country: str = Field(
        "",
        description="The country (ISO 3166-1 alpha-2, as GB) whose emergency numbers are shown. Empty: those of "
        "several regions.",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="The store: an SQLAlchemy address of SQLite or PostgreSQL. Empty: library.sqlite in the data "
        "folder.",
    )
    database_password: SecretStr = Field(
        SecretStr(""), description="The password for the store, where its address names a user and no password."
    )
    embedding_model: str = Field(
        "",
        description="A sentence-transformers name or folder, or a folder that `doctors-note train` wrote; "
        "all-MiniLM-L6-v2 is the packaged model. Empty: that one, trained on health questions.",
    )
    runtime: Literal["onnx-int8", "onnx", "sentence-transformers"] = Field(
        "onnx-int8",
        description="What the model runs in: ONNX Runtime with weights of 8 bits, or with the model's own, or "
        "sentence-transformers. Another precision makes the index anew.",
    )
    ready_models_dir: Path | None = Field(
        None,
        description="A folder of what is made of the models, to be copied into the data folder instead of being made; "
        "the container's image brings one.",
    )
    calibration: Path | None = Field(
        None,
        description="The calibration file. Empty: calibration.json in the data folder, else the one that ships for "
        "the model.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="The secret of this installation, of at least 32 bytes: who writes in a messaging channel is kept "
        "only as a hash that is keyed with it. Another one begins all conversations there anew. Empty: secret.key in "
        "the data folder, which is made once.",
    )
    host: str = Field("127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that `serve` listens on.")
    workers: int = Field(1, ge=1, le=64, description="How many processes `serve` starts.")
    public_url: str = Field(
        "",
        description="Where patients reach this installation; links in replies begin with it. Empty: http://, the host "
        "and the port.",
    )
    language: str = Field(
        "en",
        description="The language (BCP 47) to assume of a message that does not show its own.",
    )
    contact: str = Field(
        "",
        description='Whom patients can talk to, in words, for "talk to a person". Empty: there is nobody.',
    )
    contact_url: str = Field("", description="Where that contact is reached: https://, tel: or mailto:.")
    symptom_check_url: str = Field("", description="Where a symptom check is offered. Empty: no link is shown.")
    disclaimer: str = Field(texts.DISCLAIMER, min_length=1, description="Shown with every reply.")
    sites: Path | None = Field(
        None,
        description="The file with the web sites that the widget may stand on (docs/sites.md). Empty: sites.yaml in "
        "the data folder if there is one, else any site may.",
    )
    session_ttl_min: int = Field(
        720,
        ge=1,
        le=10_080,
        description="How long after its last message a conversation can be gone on with, in minutes.",
    )
    retention_days: int = Field(
        90,
        ge=1,
        le=MAX_RETENTION_DAYS,
        description="How long after its last message a conversation is kept, in days. Then it is deleted, with all "
        "that belongs to it.",
    )
    staff_idle_min: int = Field(
        60, ge=1, le=1_440, description="How long after its last use a sign-in of staff ends, in minutes."
    )
    staff_session_hours: int = Field(
        12, ge=1, le=168, description="How long after it began a sign-in of staff ends, in use or not, in hours."
    )
    oidc_issuer: str = Field(
        "",
        description="The identity provider that staff can sign in with, as it names itself (OpenID Connect). Empty: "
        "only passwords are asked for.",
    )
    oidc_client_id: str = Field("", description="What the identity provider knows this program as.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret that goes with it. Empty for a public client."
    )
    oidc_match: Literal["email", "username"] = Field(
        "email",
        description="By what an account without a password is found the first time: the verified e-mail address there, "
        "or the user name. Choose the user name only if nobody can choose their own there.",
    )
    oidc_name: str = Field("single sign-on", description="What the identity provider is called on the sign-in page.")
    review_months: int = Field(
        36,
        ge=1,
        le=240,
        description="After how many months a signed-off article is due for review, unless it says when.",
    )
    withhold_overdue_days: int | None = Field(
        None,
        ge=0,
        le=36_500,
        description="How many days after its review was due an article is withheld; until then it has a notice. "
        "Empty: it never is.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @field_validator("language")
    @classmethod
    def _tag(cls, value: str) -> str:
        if not LANGUAGE_TAG.fullmatch(value):
            raise ValueError("it is not a BCP 47 language tag such as en or pt-BR")
        return value

    @field_validator("contact_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"https", "http", "tel", "mailto"}:
            raise ValueError("it does not begin with https://, tel: or mailto:")
        return value

    @field_validator("country")
    @classmethod
    def _code(cls, value: str) -> str:
        if value and not (len(value) == 2 and value.isascii() and value.isalpha()):
            raise ValueError("it is not a country's code of two letters (ISO 3166-1 alpha-2) such as GB")
        return value.upper()

    @field_validator("public_url", "symptom_check_url", "oidc_issuer")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("it is not a web address that begins with http:// or https://")
        return value

    @field_validator("public_url", "symptom_check_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def base_url(self) -> str:
        """`public_url`, the default filled in; no slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def store_url(self) -> str:
        """The database's address, the default filled in. It may carry a password: keep it out of logs."""
        url = self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'library.sqlite'}"
        scheme, separator, rest = url.partition("://")
        user, at, place = rest.rpartition("@")
        password = self.database_password.get_secret_value()
        if password and scheme.startswith("postgresql") and at and ":" not in user:
            return f"{scheme}{separator}{user}:{quote(password, safe='')}@{place}"
        return url

    @property
    def model(self) -> str:
        """`embedding_model`, the default filled in."""
        return self.embedding_model or DEFAULT_MODEL

    @property
    def sites_file(self) -> Path | None:
        """The file of `sites`, the default filled in; None where there is none."""
        default = self.data_dir / "sites.yaml"
        return self.sites or (default if default.is_file() else None)

    @property
    def models_dir(self) -> Path:
        """Where what is made of the model is kept."""
        return self.data_dir / "models"

    @property
    def index_dir(self) -> Path:
        """Where the index lives."""
        return self.data_dir / "index"


def hand_down(settings: Settings) -> None:
    """Let the processes that this one starts read the same settings."""
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        os.environ[PREFIX + name.upper()] = (
            value.get_secret_value() if isinstance(value, SecretStr) else "" if value is None else str(value)
        )
        if isinstance(value, SecretStr):  # it may have come from a file, which must not name it a second time
            os.environ[PREFIX + name.upper() + FILE_SUFFIX] = ""


def secret_fields() -> list[str]:
    """The settings that are secrets: each may stand in a file, which the variable with _FILE at its end names."""
    return [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]


def _secret_in_file(variable: str, set_here: Mapping[str, str | None]) -> SecretStr:
    path = set_here[variable + FILE_SUFFIX]
    if set_here.get(variable):
        raise ConfigurationError(f"{variable} and {variable}{FILE_SUFFIX} are both set; set one of them")
    try:
        return SecretStr(Path(str(path)).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{variable}{FILE_SUFFIX}: {path} cannot be read ({type(error).__name__}); name a file that has the secret"
        ) from None


def read_settings(**changes: object) -> Settings:
    """The settings of the environment and `.env`, with those `changes` that are not None.

    Raises ConfigurationError, naming each wrong variable.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    in_files = {f"{PREFIX}{name.upper()}{FILE_SUFFIX}" for name in secret_fields()}
    set_here = {
        name.upper(): value
        for name, value in {**dotenv_values(".env"), **os.environ}.items()
        if name.upper().startswith(PREFIX) and not name.upper().startswith(ACTIONS_PREFIX)
    }
    if unknown := sorted(set_here.keys() - known - in_files):
        raise ConfigurationError(f"unknown setting {', '.join(unknown)}; the settings are {', '.join(sorted(known))}")
    secrets = {
        name: _secret_in_file(PREFIX + name.upper(), set_here)
        for name in secret_fields()
        if set_here.get(f"{PREFIX}{name.upper()}{FILE_SUFFIX}")
    }
    changes = {**secrets, **changes}
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = [
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['input']!r} cannot be used: {fault['msg']}"
            for fault in error.errors()
        ]
        raise ConfigurationError("; ".join(wrong)) from None

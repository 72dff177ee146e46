"""The images can be built and answer, and the compose file fits the code: as far as it shows without an engine."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from actions.settings import read_settings as read_actions_settings
from bot.cli.terminal import app
from bot.config import ACTIONS_PREFIX, FILE_SUFFIX, PREFIX, Settings, hand_down, read_settings, secret_fields
from bot.domain.errors import ConfigurationError
from scripts.rasa_venv import VenvError, interpreter
from tests.dockerfiles import Builder, last_steps, read_dockerfile
from tests.processes import end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parent.parent
DOCKERFILES: Final = ("Dockerfile", "actions/Dockerfile", "bot/rasa/Dockerfile")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def test_the_compose_file_keeps_to_its_specification() -> None:
    """By the schema of the compose specification."""
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_service_is_shut_in(compose: dict[str, Any]) -> None:
    """No service may write to its image, gain rights, or be reached from another machine; each has its limits."""
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["user"].partition(":")[0] not in {"", "0", "root"}, name
        assert {"restart", "mem_limit", "pids_limit", "logging"} <= service.keys(), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", service["image"]), name
        for secret in service.get("secrets", []):
            assert secret in compose["secrets"]
        assert not re.search(r"PASSWORD$|KEY$|SECRET$", " ".join(service.get("environment", {}))), name


def test_every_variable_is_a_setting(compose: dict[str, Any]) -> None:
    """Each DOCTORS_NOTE_ variable of the compose file and the images is one that the program reads."""
    text = "".join((ROOT / name).read_text() for name in ("docker-compose.yml", *DOCKERFILES, *_units()))
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}{FILE_SUFFIX}" for name in secret_fields()}
    assert {name for name in re.findall(rf"{PREFIX}\w+", text) if not name.startswith(ACTIONS_PREFIX)} <= known
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if name.endswith(FILE_SUFFIX):
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_what_an_operator_leaves_out_counts_as_not_set(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With an empty `.env` the compose file hands down empty variables, which change no setting."""
    monkeypatch.chdir(tmp_path)
    environments = {name: service.get("environment", {}) for name, service in compose["services"].items()}
    given = {
        name: {key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for key, value in environment.items()}
        for name, environment in environments.items()
    }
    plain = read_settings()
    empty = {key for key, value in given["bot"].items() if not value}
    assert {"DOCTORS_NOTE_DISCLAIMER", "DOCTORS_NOTE_SYMPTOM_CHECK_URL", "DOCTORS_NOTE_WORKERS"} <= empty
    assert given["bot"].keys() - empty == {"DOCTORS_NOTE_DATABASE_PASSWORD_FILE"}
    for key in empty:
        monkeypatch.setenv(key, "")
    assert read_settings() == plain
    key_file = tmp_path / "key"
    key_file.write_text(secrets.token_hex(32))
    told = read_actions_settings(given["actions"] | {"DOCTORS_NOTE_ACTIONS_KEY_FILE": str(key_file)})
    assert (told.country, told.language, told.site, told.emergency_line) == (None, None, None, "")


def test_up_gives_the_bot_and_the_actions(compose: dict[str, Any]) -> None:
    """Without a profile these two start, and the actions wait for the bot; Rasa and PostgreSQL have a profile each."""
    profiles = {name: service.get("profiles", []) for name, service in compose["services"].items()}
    assert profiles == {"bot": [], "actions": [], "rasa": ["rasa"], "postgres": ["postgres"]}
    assert compose["services"]["actions"]["depends_on"] == {"bot": {"condition": "service_healthy"}}
    assert compose["services"]["bot"]["volumes"] == ["data:/data"]


def test_the_secrets_are_made_once(compose: dict[str, Any], tmp_path: Path) -> None:
    """The script makes each secret of the compose file, which the actions take, and leaves those alone that exist."""
    script = tmp_path / "deploy/make-secrets.sh"
    script.parent.mkdir()
    script.write_text((ROOT / "deploy/make-secrets.sh").read_text())
    subprocess.run(["sh", script], check=True)
    made = {path: path.read_text() for path in (tmp_path / "deploy/secrets").iterdir()}
    assert {path.relative_to(tmp_path) for path in made} == {Path(each["file"]) for each in compose["secrets"].values()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o644}
    assert stat.S_IMODE((tmp_path / "deploy/secrets").stat().st_mode) == 0o700
    assert len(set(made.values())) == len(made)
    subprocess.run(["sh", script], check=True)
    assert {path: path.read_text() for path in made} == made
    given = {"DOCTORS_NOTE_ACTIONS_API_URL": "http://bot:8000"}
    told = {"DOCTORS_NOTE_ACTIONS_KEY_FILE": str(tmp_path / "deploy/secrets/actions_key")}
    assert len(read_actions_settings(given | told).key) == 64


def _units() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in (ROOT / "deploy").glob("*.service")]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_images_are_pinned_and_run_as_nobody(name: str) -> None:
    """An exact version of the base, an unprivileged user by number, a health check, and a command without a shell."""
    arguments, stages = read_dockerfile(ROOT / name)
    assert re.fullmatch(r"python:3\.1[01]\.\d+-slim-\w+", arguments["PYTHON_IMAGE"])
    last = last_steps(ROOT / name, stages[-1].name)
    assert last["USER"] == "10001:10001"
    assert json.loads(last["CMD"])
    assert "CMD [" in last["HEALTHCHECK"]
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert not any(word == "RUN" and "pip install" in rest for word, rest in stages[-1].steps)


def test_a_secret_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable with _FILE names it; both at once, or a file that is not there, is an error that shows no secret."""
    path = tmp_path / "password"
    path.write_text("p@ss/word\n")
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_URL", "postgresql://doctors_note@postgres/doctors_note")
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_PASSWORD_FILE", str(path))
    monkeypatch.setenv("DOCTORS_NOTE_ACTIONS_API_URL", "http://bot:8000")
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_PASSWORD", "")  # so that what is handed down below is taken back
    assert read_settings().store_url == "postgresql://doctors_note:p%40ss%2Fword@postgres/doctors_note"
    before = read_settings()
    hand_down(before)
    assert read_settings() == before  # as a process that is started does
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_PASSWORD_FILE", str(path))
    monkeypatch.setenv("DOCTORS_NOTE_DATABASE_PASSWORD", "other")
    with pytest.raises(ConfigurationError, match="both set") as error:
        read_settings()
    assert "p@ss" not in str(error.value)
    monkeypatch.delenv("DOCTORS_NOTE_DATABASE_PASSWORD")
    path.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_settings()
    monkeypatch.delenv("DOCTORS_NOTE_DATABASE_PASSWORD_FILE")
    monkeypatch.setenv("DOCTORS_NOTE_COUNTRY_FILE", str(path))
    with pytest.raises(ConfigurationError, match="unknown setting DOCTORS_NOTE_COUNTRY_FILE"):
        read_settings()


def test_the_units_of_systemd_are_sound(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds no fault but that the program is not installed here."""
    analyze = Path("/usr/bin/systemd-analyze")
    if not analyze.exists():
        pytest.skip("systemd is not here")
    for path in [*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.timer")]:
        found = path.read_text().replace("/opt/doctors-note/.venv/bin/doctors-note", "/bin/true")
        (tmp_path / path.name).write_text(found)
    units = [str(path) for path in tmp_path.iterdir() if path.suffix in {".service", ".timer"}]
    checked = subprocess.run([analyze, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    told = [line for line in checked.stderr.splitlines() if "doctors-note" in line]
    assert told == []


def test_commands_of_the_units_exist() -> None:
    """What the units start is a command of the program."""
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    told = {found for name in _units() for found in re.findall(r"bin/doctors-note (\w+)", (ROOT / name).read_text())}
    assert told == {"serve", "backup"}
    assert told <= commands


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[[Path, str, str], Builder]]:
    """Builds the target of a Dockerfile with an interpreter; nothing that was built or started is left at the end."""
    builders: list[Builder] = []

    def start(python: Path, dockerfile: str, target: str) -> Builder:
        missing = no_index(python)
        if missing:
            pytest.skip(f"no package index answers: {missing}")
        cache = pip(python, "cache", "dir").stdout.strip() or str(tmp_path / "build/cache")
        builders.append(Builder(tmp_path / "build", python, torch_index(python), cache))
        builders[-1].build(ROOT / dockerfile, target)
        return builders[-1]

    try:
        yield start
    finally:
        for builder in builders:
            builder.close()


def pip(python: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What pip says."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def no_index(python: Path) -> str:
    """Why no package can be got; "" if it can be."""
    asked = pip(python, "--retries", "0", "--timeout", "20", "index", "versions", "typing-extensions")
    return "" if asked.returncode == 0 else asked.stderr.strip().splitlines()[-1]


def torch_index(python: Path) -> dict[str, str]:
    """The argument that names the index of PyTorch: the one pip is set up with here, else the Dockerfile's own."""
    told = pip(python, "config", "list").stdout
    if not re.search(r"(index-url|index_url|find-links|find_links)=", told, re.IGNORECASE):
        return {}
    return {"TORCH_INDEX_URL": os.environ.get("PIP_INDEX_URL") or pip_index(told)}


def pip_index(told: str) -> str:
    """The index of a `pip config list`; the public one where there is none."""
    found = re.search(r"(?<![\w-])index-url='([^']+)'", told)
    return found[1] if found else "https://pypi.org/simple"


def started(builder: Builder, dockerfile: str, target: str, port: str, **variables: str) -> subprocess.Popen[bytes]:
    """The image's command, once its health check succeeds; both with `port` in the place of the exposed one."""
    last = last_steps(ROOT / dockerfile, target)
    command, check = (
        [builder.mapped(word).replace(last["EXPOSE"], port) for word in json.loads(words)]
        for words in (last["CMD"], last["HEALTHCHECK"].partition(" CMD ")[2])
    )
    process = builder.run(command, **variables)
    while builder.run(check, **variables).wait():
        assert process.poll() is None, "the command ended"
        time.sleep(1)
    return process


def files_of(builder: Builder) -> set[str]:
    """The files of the image, but for those where it may write."""
    found = (path.relative_to(builder.root) for path in builder.root.rglob("*"))
    return {str(path) for path in found if path.parts[0] not in {"data", "tmp"}}


def free_port() -> str:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.mark.slow
@pytest.mark.images
@pytest.mark.timeout(1800)
def test_the_image_of_the_bot_answers(build: Callable[[Path, str, str], Builder]) -> None:
    """Each step of its Dockerfile works; the server is healthy without articles, and answers from those brought in.

    It has no PyTorch, makes nothing of the model anew, and writes to its volume alone.
    """
    image = build(Path(sys.executable).resolve(), "Dockerfile", "bot")
    assert all("useradd" in step for step in image.left_out)
    before = files_of(image)
    assert not any(each.endswith(("site-packages/torch", "site-packages/transformers")) for each in before)
    port = free_port()
    process = started(image, "Dockerfile", "bot", port, DOCTORS_NOTE_PORT=port, DOCTORS_NOTE_HOST="127.0.0.1")
    ready = sorted(each.name for each in (image.root / "opt/doctors-note/models").iterdir() if each.is_dir())
    assert sorted(each.name for each in (image.root / "data/models").iterdir() if each.is_dir()) == ready
    articles = image.mapped("/opt/doctors-note/data/articles")
    assert image.run(["doctors-note", "import", "--if-empty", "markdown", articles]).wait() == 0
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/ask",
        json.dumps({"message": "How long does a sprained ankle take to heal?"}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)["quotation"]["article_id"] == "ankle-sprain-recovery"
    assert image.run(["doctors-note", "backup", image.mapped("/data/b.tar.gz")]).wait() == 0
    assert image.run(["doctors-note", "verify"]).wait() == 0
    assert end(process) == -signal.SIGTERM  # as uvicorn ends, once it has shut down
    assert sorted(files_of(image) - before) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_image_of_the_actions_answers(build: Callable[[Path, str, str], Builder]) -> None:
    """Each step of its Dockerfile works; the server is healthy, has our actions, and writes nothing."""
    image = build(Path(sys.executable).resolve(), "actions/Dockerfile", "actions")
    before = files_of(image)
    port = free_port()
    key = secrets.token_hex(32)
    process = started(image, "actions/Dockerfile", "actions", port, DOCTORS_NOTE_ACTIONS_KEY=key)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/actions") as reply:
        assert {"name": "action_answer_question"} in json.load(reply)
    end(process)
    assert sorted(files_of(image) - before) == []


@pytest.mark.slow
@pytest.mark.rasa
@pytest.mark.images
@pytest.mark.timeout(1800)
def test_the_image_of_the_sample_assistant_answers(build: Callable[[Path, str, str], Builder]) -> None:
    """Each step of its Dockerfile works: it is trained, and its server is healthy and writes nothing."""
    try:
        found = interpreter()
    except VenvError as error:
        pytest.skip(str(error))
    asked = [found, "-c", "import os, sys; print(os.path.realpath(sys.executable))"]
    python = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    image = build(Path(python), "bot/rasa/Dockerfile", "rasa")
    before = files_of(image)
    port = free_port()
    process = started(image, "bot/rasa/Dockerfile", "rasa", port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/webhooks/rest/") as reply:
        assert json.load(reply) == {"status": "ok"}
    end(process)
    assert sorted(files_of(image) - before) == []

"""A small reader of Dockerfiles, and a builder that does in a folder what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What needs the system itself: users, packages of the distribution.
_OF_THE_SYSTEM: Final = ("useradd", "apt-get")
_ROOTS: Final = re.compile(r"(?<![\w./-])/(?=(?:opt|build|data|tmp|run)(?:/|\b))")
_VARIABLE: Final = re.compile(r"\$\{?(\w+)\}?")


@dataclass
class Stage:
    """One stage: what it begins with, and its instructions in order."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def read_dockerfile(path: Path) -> tuple[dict[str, str], list[Stage]]:
    """The arguments before the first stage, and the stages."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip()))
        elif stages:
            stages[-1].steps.append((word, rest.strip()))
        else:
            assert word == "ARG", line
            name, _, value = rest.partition("=")
            arguments[name] = value
    return arguments, stages


def last_steps(path: Path, target: str) -> dict[str, str]:
    """The last instruction of each kind that holds for `target`, also those of what it begins with."""
    by_name = {stage.name: stage for stage in read_dockerfile(path)[1]}
    chain = [by_name[target]]
    while chain[-1].base in by_name:
        chain.append(by_name[chain[-1].base])
    return {word: rest for stage in reversed(chain) for word, rest in stage.steps}


class Builder:
    """Builds in `folder`, with the base image's interpreter `python` and the build arguments `given`.

    pip keeps what it fetches in the folder `pip_cache`. A stage is moved to where it is needed, not copied, as it has
    gigabytes: no two stages may need the same of it. `close` stops what is running yet, and removes all that was built.
    """

    def __init__(self, folder: Path, python: Path, given: Mapping[str, str], pip_cache: str) -> None:
        self._folder = folder
        self.root = folder / "active"
        self._kept = folder / "stages"
        self._kept.mkdir(parents=True)
        (folder / "python").mkdir()
        (folder / "python/python").symlink_to(python)
        self._given = given
        passed = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("PIP_", "SSL_", "REQUESTS_")) or name.lower().endswith("_proxy")
        }
        self._host = {"PATH": f"{folder}/python:/usr/bin:/bin", **passed}
        # What is imported is compiled then; to compile all that is installed takes as long as to install it.
        self._host |= {"PIP_CACHE_DIR": pip_cache, "PIP_NO_COMPILE": "1", "PIP_PROGRESS_BAR": "off"}
        self._started: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {}
        self.workdir = self.root
        self.left_out: list[str] = []

    def build(self, path: Path, target: str) -> None:
        """Do the stages that `target` needs; its files are below `root` then, its variables in `environment`."""
        _, stages = read_dockerfile(path)
        by_name = {stage.name: stage for stage in stages}
        needed = self._needed(by_name, target)
        for stage in (stage for stage in stages if stage.name in needed):
            self._begin(stage, by_name)
            for word, rest in stage.steps:
                self._do(word, rest)
            if stage.name != target:
                self.root.rename(self._kept / stage.name)
                (self._kept / f"{stage.name}.env").write_text(json.dumps(self.environment))

    def close(self) -> None:
        """Kill what was started and has not ended, and remove the folder."""
        for process in self._started:
            # Also what it started itself, which may outlive it.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, command: list[str] | str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a command as the image would."""
        environment = self._host | self.environment | variables
        process = subprocess.Popen(
            command, shell=isinstance(command, str), cwd=self.workdir, env=environment, start_new_session=True
        )
        self._started.append(process)
        return process

    def mapped(self, text: str) -> str:
        """`text` with paths of the image as paths in the folder, and its variables filled in."""
        known = self._host | self.environment
        text = _ROOTS.sub(lambda _: f"{self.root}/", text)
        return _VARIABLE.sub(lambda found: known.get(found[1], found[0]), text)

    def _needed(self, by_name: Mapping[str, Stage], target: str) -> set[str]:
        if target not in by_name:
            return set()
        stage = by_name[target]
        sources = {stage.base} | {
            found[1] for word, rest in stage.steps if word == "COPY" and (found := re.match(r"--from=(\S+)", rest))
        }
        return {target}.union(*(self._needed(by_name, source) for source in sources))

    def _begin(self, stage: Stage, by_name: Mapping[str, Stage]) -> None:
        self.environment = {"HOME": f"{self.root}/tmp"}
        if stage.base in by_name:
            (self._kept / stage.base).rename(self.root)
            self.environment = json.loads((self._kept / f"{stage.base}.env").read_text())
        else:
            self.workdir = self.root
        for name in ("data", "tmp"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def _do(self, word: str, rest: str) -> None:
        match word:
            case "RUN":
                if any(name in rest for name in _OF_THE_SYSTEM):
                    self.left_out.append(rest)
                    return
                command = self.mapped(rest).replace("--no-cache-dir ", "")
                assert self.run(command).wait() == 0, command
            case "COPY":
                self._copy(rest)
            case "WORKDIR":
                self.workdir = self.root / rest.lstrip("/")
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "ENV":
                for pair in rest.split():
                    name, _, value = pair.partition("=")
                    self.environment[name] = self.mapped(value)
            case "ARG":
                name, _, value = rest.partition("=")
                self.environment[name] = self._given.get(name, value)
            case _:
                assert word in {"CMD", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER", "VOLUME"}, word

    def _copy(self, rest: str) -> None:
        *sources, to = rest.split()
        origin = ROOT
        if sources[0].startswith("--from="):
            origin = self._kept / sources.pop(0).removeprefix("--from=")
        target = self.root / to.lstrip("/") if to.startswith("/") else self.workdir / to
        for name in sources:
            source = origin / name.lstrip("/")
            place = target / source.name if to.endswith("/") else target
            place.parent.mkdir(parents=True, exist_ok=True)
            if origin != ROOT:
                source.rename(place)  # onto a folder only if that is empty
            elif source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=ignored)
            else:
                shutil.copy2(source, place)

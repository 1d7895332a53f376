"""Dockerfile builder: executes the instructions in root folders, one per stage; the result is an `Image`.

A RUN that took long is cached as a copy of its stage's folder, under a hash of everything that led to it.
"""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.image.base import base_root
from deploy.image.context import files
from deploy.image.dockerfile import DockerfileError, Instruction, Stage, argument, expand, pairs, stages
from deploy.image.root import Inside, command

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
HANDED_OVER = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_DEFAULT_TIMEOUT")
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KEEP_AFTER = 10.0
"""Seconds that a RUN must have taken for its result to be kept."""
KEEP = 2


class BuildFailed(Exception):
    """An instruction failed; the message holds its line and the end of its output."""


@dataclass
class Image:
    """A built image: a root folder and the configuration of its program."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    arguments: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    stop_signal: str = "SIGTERM"


class Build:
    """One build. `context`: build context; `work`: folder of the stages; `tools`: folder of base images and cache."""

    def __init__(self, context: Path, work: Path, tools: Path) -> None:
        self._context = context
        self._work = work
        self._tools = tools
        self._sent = sorted(files(context))
        self._images: dict[str, Image] = {}
        self._keys: dict[str, str] = {}

    def run(self, text: str, arguments: Mapping[str, str]) -> Image:
        """Builds all stages; the last one is the image. Raises DockerfileError, BuildFailed, BaseRefused."""
        found = stages(text, arguments)
        for stage in found:
            self._images[stage.name] = self._stage(stage, arguments)
        return self.last

    @property
    def last(self) -> Image:
        """The image of the last stage; after `run`."""
        return list(self._images.values())[-1]

    def image(self, stage: str) -> Image:
        """The image of a stage, by name; after `run`."""
        return self._images[stage]

    def _stage(self, stage: Stage, arguments: Mapping[str, str]) -> Image:
        base = base_root(stage.base, self._tools)
        image = Image(self._work / stage.name)
        key, keys = base.name, []
        for one in stage.instructions:
            key = hashlib.sha256(
                f"{key}\n{one}\n{sorted(arguments.items())}\n{self._content(one)}".encode()
            ).hexdigest()
            keys.append(key)
        self._keys[stage.name] = key
        kept = [number for number, key in enumerate(keys) if self._layer(key).exists()]
        start = kept[-1] if kept else -1
        _copy_tree(self._layer(keys[start]) if kept else base, image.root)
        for number, one in enumerate(stage.instructions):
            began = time.monotonic()
            if number > start or one.name not in ("RUN", "COPY"):
                self._do(image, one, arguments)
            if one.name == "RUN" and number > start and time.monotonic() - began > KEEP_AFTER:
                self._keep(image.root, keys[number])
        return image

    def _do(self, image: Image, one: Instruction, given: Mapping[str, str]) -> None:
        known = image.arguments | image.environment
        match one.name:
            case "ARG":
                image.arguments |= argument(one, given, known)
            case "ENV":
                image.environment |= pairs(one, known)
            case "LABEL":
                image.labels |= pairs(one, known)
            case "WORKDIR":
                image.folder = os.path.join(image.folder, expand(one.text, known, one.line))
                _below(image.root, image.folder).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = expand(one.text, known, one.line)
            case "EXPOSE":
                image.ports = [int(port) for port in one.text.split()]
            case "STOPSIGNAL":
                image.stop_signal = one.text
            case "ENTRYPOINT":
                image.entrypoint = _exec_form(one)
            case "CMD":
                image.words = _exec_form(one)
            case "HEALTHCHECK":
                image.health = _exec_form(Instruction(one.line, "CMD", {}, one.text.removeprefix("CMD").strip()))
            case "COPY":
                self._copy(image, one)
            case "RUN":
                self._run(image, one)
            case _:
                raise DockerfileError(f"line {one.line}: {one.name} cannot be done here")

    def _run(self, image: Image, one: Instruction) -> None:
        words = one.words() or ["/bin/sh", "-c", one.text]
        environment = image.arguments | image.environment | handed_over()
        inside = Inside(image.user, image.folder, environment, space="1g", binds=machine_files())
        done = subprocess.run(command(image.root, inside, words), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()[-1500:]
            raise BuildFailed(f"line {one.line}: RUN ended with {done.returncode}: {said}")

    def _sources(self, one: Instruction) -> tuple[list[str], str]:
        *sources, target = one.words() or one.text.split()
        if unknown := set(one.flags) - {"from"}:
            raise DockerfileError(f"line {one.line}: COPY {' '.join(unknown)} is not known here")
        return sources, target

    def _matching(self, source: str, line: int) -> list[str]:
        name = source.strip("/")
        found = [path for path in self._sent if path == name or path.startswith(f"{name}/")]
        if not found:
            raise BuildFailed(f"line {line}: {source} is not in the build context")
        return found

    def _content(self, one: Instruction) -> str:
        """Digest of the files that a COPY brings; empty for other instructions."""
        if one.name != "COPY":
            return ""
        if "from" in one.flags:
            return self._keys[one.flags["from"]]
        digest = hashlib.sha256()
        for source in self._sources(one)[0]:
            for path in self._matching(source, one.line):
                digest.update(path.encode() + b"\0" + (self._context / path).read_bytes() + b"\0")
        return digest.hexdigest()

    def _copy(self, image: Image, one: Instruction) -> None:
        sources, target = self._sources(one)
        into = _below(image.root, os.path.join(image.folder, target))
        for source in sources:
            if "from" in one.flags:
                _copy_tree(_below(self._images[one.flags["from"]].root, source), into)
                continue
            name = source.strip("/")
            for path in self._matching(source, one.line):
                inside = path.removeprefix(name).lstrip("/")
                there = into / inside if inside else (into / Path(path).name if target.endswith("/") else into)
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._context / path, there)

    def _layer(self, key: str) -> Path:
        return self._tools / "layers" / key

    def _keep(self, root: Path, key: str) -> None:
        target = self._layer(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        making = target.with_suffix(f".{os.getpid()}")
        _copy_tree(root, making)
        making.touch()
        making.rename(target)
        for old in sorted(target.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEEP]:
            shutil.rmtree(old)


def handed_over() -> dict[str, str]:
    """Variables of this machine's environment with which a build reaches the package index."""
    found = {name: value for name, value in os.environ.items() if name.upper() in HANDED_OVER}
    return found | {"PIP_CERT": CERTIFICATES, "SSL_CERT_FILE": CERTIFICATES, "PIP_ROOT_USER_ACTION": "ignore"}


def machine_files() -> dict[Path, str]:
    """Files of this machine that a build sees: name servers and certificate authorities."""
    authorities = Path(os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE") or CERTIFICATES)
    found = {Path("/etc/resolv.conf"): "/etc/resolv.conf", authorities: CERTIFICATES}
    return {here: there for here, there in found.items() if here.exists()}


def _exec_form(one: Instruction) -> list[str]:
    words = one.words()
    if words is None:
        raise DockerfileError(f"line {one.line}: {one.name} not as a list: a shell would be process 1")
    return words


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _copy_tree(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{source}/.", str(target)], check=True)

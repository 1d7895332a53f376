"""The image, built once per run from a checkout whose files only their owner may read, and what it needs to run."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.image.base import BaseRefused
from deploy.image.build import Build, Image
from deploy.image.container import Container
from deploy.image.context import files
from deploy.local.stack.deployment import python
from deploy.local.stack.folder import new_secrets
from deploy.local.stack.ports import free_ports
from deploy.local.stack.postgres import Postgres

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
TOOLS = Path(os.environ.get("LOCAL", ".local")).resolve() / "tools/image"
SOCKET = "/tmp/postgres"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """All stages, done."""
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    for name in (".dockerignore", *files(ROOT)):
        there = context / name
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy(ROOT / name, there)
        there.chmod(0o600)  # a checkout under umask 077 must make the same image
    made = Build(context, folder / "stages", TOOLS)
    try:
        made.run(DOCKERFILE.read_text(encoding="utf-8"), {"VERSION": "1.2.3", "REVISION": "abc"})
    except BaseRefused as refused:
        pytest.fail(str(refused))
    yield made
    subprocess.run(["rm", "-rf", str(folder)], check=True)  # tens of thousands of files: much faster than shutil


@pytest.fixture(scope="session")
def image(build: Build) -> Image:
    """What would be pushed."""
    return build.last


@dataclass(frozen=True)
class Surroundings:
    """PostgreSQL, bus and issuer outside of the root folder, and how a container is told about them."""

    postgres: Postgres
    bootstrap: str
    issuer: str
    keys: dict[str, str]

    @property
    def binds(self) -> dict[Path, str]:
        return {self.postgres.socket: SOCKET}

    def settings(self, service: str, *, port: int = 8080, internal_port: int = 9090) -> dict[str, str]:
        """What an operator sets for an api or a worker; the ports because all roots share this machine's network."""
        urls = self.postgres.urls_of(service)
        foreign = {
            "registry": {"XIANGLI_EXTRACT_PUBLIC_KEYS"},
            "services_hall": {"XIANGLI_EXTRACT_PRIVATE_KEY"},
        }.get(service, {name for name in self.keys if "EXTRACT" in name})
        keys = {name: value for name, value in self.keys.items() if name not in foreign}
        return keys | {
            "XIANGLI_DATABASE_URL": urls.service_url.replace(str(self.postgres.socket), SOCKET),
            "XIANGLI_KAFKA_BOOTSTRAP": self.bootstrap,
            "XIANGLI_BROKER_PROFILE": "embedded",
            "XIANGLI_OIDC_ISSUER": self.issuer,
            "XIANGLI_PORT": str(port),
            "XIANGLI_INTERNAL_PORT": str(internal_port),
            "XIANGLI_SHUTDOWN_GRACE": "5",
        }

    def migrator_settings(self, service: str) -> dict[str, str]:
        """The same for `migrate` and `maintain`."""
        urls = self.postgres.urls_of(service)
        return self.settings(service) | {
            "XIANGLI_MIGRATOR_DATABASE_URL": urls.owner_url.replace(str(self.postgres.socket), SOCKET),
            "XIANGLI_DATABASE_SERVICE_ROLE": urls.service_role,
        }


@pytest.fixture(scope="session")
def surroundings() -> Iterator[Surroundings]:
    """The embedded stack's PostgreSQL with four empty databases, its bus and its issuer."""
    # not below pytest's own folder: every other run of pytest closes that again to the server's user
    folder, ports = Path(tempfile.mkdtemp(prefix="xiangli-image-")), free_ports()
    postgres = Postgres(folder / "postgres", durable=False)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    programs: list[subprocess.Popen[str]] = []
    try:
        postgres.start()
        postgres.socket.chmod(0o755)  # the image's user is not the server's
        for service in ("registry", "services_hall", "grid", "indicators"):
            asyncio.run(postgres.create_service(service))
        for command in (
            ("deploy.local.broker", "--port", str(ports.broker)),
            ("deploy.local.issuer", "--port", str(ports.issuer), "--folder", str(folder / "issuer")),
        ):
            line = [python(), "-m", *command]
            program = subprocess.Popen(line, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            programs.append(program)
            assert program.stdout is not None
            assert program.stdout.readline().startswith("ready ")
        yield Surroundings(postgres, f"127.0.0.1:{ports.broker}", ports.issuer_url, new_secrets())
    finally:
        for program in programs:
            program.terminate()
            program.communicate()
        postgres.stop(immediately=True)
        shutil.rmtree(folder, ignore_errors=True)


def until(container: Container, what: str, seconds: float = 90.0) -> None:
    """Waits for a line with `what` in it. AssertionError with everything said where it does not come."""
    deadline = time.monotonic() + seconds
    while what not in container.said:
        assert not container.ended, container.said
        assert time.monotonic() < deadline, container.said
        time.sleep(0.1)

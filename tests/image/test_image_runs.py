"""The image's programs in its root folder: migrate, api and worker, as process 1, read-only, without privileges."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.image.build import Image
from deploy.image.container import Container, run
from deploy.local.stack.ports import SERVICES
from tests.image.conftest import Surroundings, until

pytestmark = [pytest.mark.image, pytest.mark.xdist_group("image")]

READY = 90.0
GRACE = 5.0


@pytest.fixture(scope="module")
def migrated(image: Image, surroundings: Surroundings) -> Surroundings:
    """All four schemas, made by the image."""
    for service in SERVICES:
        settings = surroundings.migrator_settings(service)
        code, said = run(image, [service, "migrate"], settings, binds=surroundings.binds)
        assert code == 0, said
        assert said.splitlines()[-1] == f"{service}: migrated"
    return surroundings


def free() -> tuple[int, int]:
    """Two ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def ready(container: Container, internal: int) -> dict[str, bool]:
    """The parts of `/readyz`, once it answers 200."""
    deadline = time.monotonic() + READY
    answer = "nobody listens"
    while time.monotonic() < deadline:
        assert not container.ended, container.said
        with contextlib.suppress(httpx.TransportError):
            found = httpx.get(f"http://127.0.0.1:{internal}/readyz", timeout=5)
            if found.status_code == 200:
                return dict(found.json())
            answer = found.text
        time.sleep(0.1)
    raise AssertionError(f"not ready: {answer}\n{container.said}")


def test_migrate_runs_again_and_finds_nothing_to_do(image: Image, migrated: Surroundings) -> None:
    code, said = run(image, ["grid", "migrate"], migrated.migrator_settings("grid"), binds=migrated.binds)
    assert (code, said.splitlines()[-1]) == (0, "grid: nothing to migrate")
    code, said = run(image, ["grid", "maintain"], migrated.migrator_settings("grid"), binds=migrated.binds)
    assert code == 0, said


@pytest.mark.parametrize(("service", "role"), [("registry", "api"), ("grid", "worker"), ("services-hall", "api")])
def test_a_process_gets_ready_is_healthy_and_ends_with_sigterm_in_time(
    service: str, role: str, image: Image, migrated: Surroundings
) -> None:
    port, internal = free()
    settings = migrated.settings(service.replace("-", "_"), port=port, internal_port=internal)
    with Container(image, [service, role], settings, binds=migrated.binds) as container:
        parts = ready(container, internal)
        assert parts["database"] is True
        if role == "api":
            document = httpx.get(f"http://127.0.0.1:{port}/{service}/openapi.json", timeout=30)
            assert document.json()["openapi"].startswith("3.1")
        healthy = container.beside(image.health)
        assert (healthy.returncode, healthy.stdout + healthy.stderr) == (0, "")
        _has_no_privileges(container.first)
        began = time.monotonic()
        container.signal(signal.SIGTERM)
        code, said = container.wait(GRACE + 5)
        assert code == 0, said
        assert time.monotonic() - began < GRACE + 2
        assert f'"event":"{role}_stopped"' in said
        unhealthy = container.beside(image.health)
        assert (unhealthy.returncode, "no answer" in unhealthy.stderr) == (1, True)


def _has_no_privileges(process: psutil.Process) -> None:
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    assert status["NSpid"].split()[-1] == "1"
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"10001"}
    assert status["Groups"].strip() == ""
    assert {status[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"


def test_only_tmp_can_be_written(image: Image) -> None:
    attempt = "import sys; open(sys.argv[1] + '/x', 'w')"
    assert run(image, ["-c", attempt, "/tmp"], entrypoint=["python"]) == (0, "")
    for folder in ("/", "/app", "/app/shared/__pycache__", "/opt/venv", "/var/tmp", "/etc", "/run", "/var/log"):
        code, said = run(image, ["-c", attempt, folder], entrypoint=["python"])
        assert code == 1, folder
        assert "Errno 30" in said or "Errno 13" in said, folder
    root = "import os; os.setuid(0)"
    assert "Operation not permitted" in run(image, ["-c", root], entrypoint=["python"])[1]


def test_a_missing_setting_is_one_sentence_and_exit_2(image: Image, surroundings: Surroundings) -> None:
    settings = surroundings.settings("grid")
    del settings["XIANGLI_KAFKA_BOOTSTRAP"]
    assert run(image, ["grid", "api"], settings) == (2, "grid: XIANGLI_KAFKA_BOOTSTRAP is missing\n")


def test_without_a_command_it_says_what_it_can_do(image: Image) -> None:
    code, said = run(image, image.words)
    assert code == 0
    assert "grid | indicators | registry | services_hall" in said
    kubernetes = run(image, ["-m", "services.registry", "--help"], entrypoint=["python"])
    assert (kubernetes[0], "migrate" in kubernetes[1]) == (0, True)


def test_sigterm_also_ends_a_verb_that_waits_for_the_database(image: Image, surroundings: Surroundings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql+asyncpg://nobody:nothing@127.0.0.1:{silent.getsockname()[1]}/none"
        settings = surroundings.settings("grid") | {"XIANGLI_DATABASE_URL": address}
        with Container(image, ["grid", "migrate"], settings) as container:
            silent.settimeout(READY)
            client, _ = silent.accept()
            with client:
                container.signal(signal.SIGTERM)
                code, said = container.wait(10)
    assert code == 128 + signal.SIGTERM, said


def test_nothing_of_a_container_outlives_its_block(image: Image) -> None:
    sleep = ["-c", "import time; print('sleeping'); time.sleep(600)"]
    with Container(image, sleep, {}, entrypoint=["python"]) as container:
        until(container, "sleeping")
        first = container.first
        mounts = Path("/proc/mounts").read_text()
    assert str(image.root) not in mounts  # of this process' namespace
    deadline = time.monotonic() + 10
    while first.is_running() and first.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_container_dies_with_whoever_started_it(image: Image, tmp_path: Path) -> None:
    starter = tmp_path / "starter.py"
    starter.write_text(
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from deploy.image.build import Image\n"
        "from deploy.image.container import Container\n"
        "image = Image(Path(sys.argv[1]), environment={'PATH': '/opt/venv/bin:/usr/bin'}, user='10001:10001')\n"
        "with Container(image, ['-c', 'import time; time.sleep(600)'], {}, entrypoint=['python']) as one:\n"
        "    while True:\n"
        "        try:\n"
        "            print(one.first.pid, flush=True)\n"
        "            break\n"
        "        except LookupError:\n"
        "            time.sleep(0.05)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    line = [sys.executable, str(starter), str(image.root)]
    done = subprocess.run(line, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    deadline = time.monotonic() + 10
    while psutil.pid_exists(int(done.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)

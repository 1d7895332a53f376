"""The control plane itself: complete, on the loopback, and gone without a trace."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.cluster.build import HERE, ROOT, ClusterError, module
from deploy.cluster.programs import Ports, Programs
from deploy.cluster.server import ControlPlane, noted
from deploy.cluster.versions import ETCD, KUBERNETES, STRIMZI, kubernetes
from deploy.local.stack.ports import free_ports

pytestmark = pytest.mark.cluster


def test_the_pinned_modules_are_of_the_version_that_is_named() -> None:
    for minor, version in KUBERNETES.items():
        assert version.startswith(f"v{minor}.")
        assert f"require k8s.io/kubernetes {version}\n" in (module(minor) / "go.mod").read_text()
    assert f"\tgo.etcd.io/etcd/server/v3 {ETCD} " in (HERE / "etcd" / "go.mod").read_text()
    assert f"<version>{STRIMZI}</version>" in (HERE / "strimzi" / "pom.xml").read_text()


def test_the_server_is_the_version_that_is_named(plane: ControlPlane) -> None:
    assert plane.versions()["kube-apiserver, kube-controller-manager, kube-scheduler"] == KUBERNETES[kubernetes()]


def test_nobody_outside_this_machine_reaches_it(plane: ControlPlane) -> None:
    addresses = {
        connection.laddr.ip
        for process in noted(plane.folder)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_secrets_of_the_cluster_are_readable_by_their_owner_only(plane: ControlPlane) -> None:
    modes = {
        name: (plane.folder / name).stat().st_mode & 0o777 for name in ("kubeconfig", "tokens.csv", "accounts.key")
    }
    assert set(modes.values()) == {0o600}


def test_nothing_runs_after_a_stop_and_a_second_start_begins_empty(tmp_path: Path) -> None:
    plane = ControlPlane(tmp_path)
    plane.start()
    processes = noted(tmp_path)
    plane.kubectl("create", "namespace", "left")
    plane.stop()
    assert len(processes) == 5
    assert not any(process.is_running() for process in processes)
    again = ControlPlane(tmp_path)
    again.start()
    try:
        assert "left" not in again.kubectl("get", "namespaces", "-o", "name")
    finally:
        again.stop()


def test_a_second_start_in_the_same_folder_is_refused_in_one_sentence(plane: ControlPlane) -> None:
    with pytest.raises(ClusterError, match=r"a control plane runs in .* already: stop it first"):
        ControlPlane(plane.folder).start()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    ports = Ports(free_ports().base)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.server))
        other.listen()
        with pytest.raises(ClusterError, match=rf"port {ports.server} of 127.0.0.1 is taken"):
            ControlPlane(tmp_path, ports).start()


def test_a_program_that_does_not_start_is_named_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Programs, "server", lambda _: ["/bin/sh", "-c", "echo no such flag >&2; exit 3"])
    with pytest.raises(ClusterError, match=r"server ended before .*: no such flag"):
        ControlPlane(tmp_path).start()
    assert noted(tmp_path) == []


def test_everything_ends_with_a_launcher_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.cluster", "run", "--folder", str(tmp_path)]
    launcher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    assert re.fullmatch(r"ready: export KUBECONFIG=.*/kubeconfig\n", launcher.stdout.readline())
    processes = noted(tmp_path)
    os.kill(launcher.pid, signal.SIGKILL)
    launcher.communicate()
    _, left = psutil.wait_procs(processes, timeout=10)
    assert len(processes) == 5
    assert left == []


def test_the_launcher_ends_everything_when_it_is_told_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.cluster", "run", "--folder", str(tmp_path)]
    launcher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    launcher.stdout.readline()
    processes = noted(tmp_path)
    launcher.terminate()
    launcher.communicate(timeout=60)
    assert launcher.returncode == 0
    assert processes
    assert not any(process.is_running() for process in processes)


def test_pods_become_ready_fail_or_stay_pending_as_the_stages_say(plane: ControlPlane) -> None:
    """The controls of what other tests conclude from pods."""
    plane.kubectl("create", "namespace", "stages")
    for name, image, restart in (
        ("stays", "x:1", "Always"),
        ("completes", "x:1", "Never"),
        ("fails", "x:failing", "Never"),
        ("waits", "x:never-ready", "Always"),
    ):
        plane.kubectl("run", name, f"--image={image}", f"--restart={restart}", "-n", "stages")
    expected = {"stays": "Running", "completes": "Succeeded", "fails": "Failed", "waits": "Pending"}
    until = time.monotonic() + 30
    seen: dict[str, str] = {}
    while seen != expected and time.monotonic() < until:
        time.sleep(0.2)
        said = plane.kubectl(
            "get", "pods", "-n", "stages", "-o", "jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}"
        )
        seen = dict(each.split("=") for each in said.split())
    plane.kubectl("delete", "namespace", "stages", "--wait=false")
    assert seen == expected

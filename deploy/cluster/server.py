"""Life of one control plane: start until pods can be scheduled, kubectl and helm, stop without a trace."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

from deploy.cluster.build import HERE, ClusterError, build_all, tool
from deploy.cluster.programs import Ports, Programs
from deploy.cluster.versions import KWOK
from deploy.local.stack.ports import free_ports
from deploy.loopback import is_free

START_SECONDS = 120.0
STOP_SECONDS = 10.0
_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


class ControlPlane:
    """etcd, API server, controllers, scheduler and kwok in `folder`. A start begins empty.

    `bound`: the programs die with the process that started them, even when it is killed.
    """

    def __init__(self, folder: Path, ports: Ports | None = None, *, bound: bool = True) -> None:
        self.folder = folder.resolve()
        self.ports = ports or Ports(free_ports().base)
        self._programs = Programs(self.folder, self.ports)
        self._bound = bound
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def kubeconfig(self) -> Path:
        return self._programs.kubeconfig

    # -- start and stop ------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Returns when the node is ready and pods can be scheduled. Raises ClusterError; nothing is left then."""
        build_all()
        if noted(self.folder):
            raise ClusterError(f"a control plane runs in {self.folder} already: stop it first")
        taken = [port for port in self.ports.all() if not is_free(port)]
        if taken:
            raise ClusterError(f"port {taken[0]} of 127.0.0.1 is taken")
        for name in ("etcd", "certificates"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        token = self._programs.write_keys()
        self._spawn("etcd", self._programs.etcd())
        self._spawn("server", self._programs.server())
        self._until("the API server wrote its certificate", self._programs.certificate.exists)
        self._programs.write_kubeconfig(token)
        self._until("the API server is ready", lambda: self._says("get", "--raw=/readyz") == "ok")
        self._spawn("controllers", self._programs.controllers())
        self._spawn("scheduler", self._programs.scheduler())
        self._spawn("kwok", self._programs.kwok())
        self.kubectl("apply", "-f", str(HERE / "node.yaml"))
        self._until("the node is ready for pods", self._node_ready)
        self._until("service accounts are made", lambda: "default" in self._says("get", "sa", "-o", "name"))

    def stop(self) -> None:
        """Ends every program, those that another process started in this folder included."""
        processes = noted(self.folder)
        for process in reversed(processes):
            with contextlib.suppress(psutil.Error):
                process.terminate()
        _, left = psutil.wait_procs(processes, timeout=STOP_SECONDS)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)
        for child in self._children.values():
            child.wait()
        self._children.clear()
        (self.folder / "processes.json").unlink(missing_ok=True)

    def ended(self) -> list[str]:
        """Programs that were started here and run no longer."""
        return [name for name, child in self._children.items() if child.poll() is not None]

    def _spawn(self, name: str, command: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self._children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if self._bound else None,  # noqa: PLW1509 – no thread of ours holds a lock
            )
        entries = [[child.pid, psutil.Process(child.pid).create_time()] for child in self._children.values()]
        (self.folder / "processes.json").write_text(json.dumps(entries), encoding="ascii")

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + START_SECONDS
        while not holds():
            ended = self.ended()
            if ended:
                log = (self.folder / f"{ended[0]}.log").read_text(errors="replace").strip().splitlines()
                raise ClusterError(f"{ended[0]} ended before {what}: {' | '.join(log[-3:])[-600:]}")
            if time.monotonic() > until:
                raise ClusterError(f"not seen within {START_SECONDS:.0f} s: {what}; logs are in {self.folder}")
            time.sleep(0.2)

    def _node_ready(self) -> bool:
        node = json.loads(self._says("get", "node", "fake", "-o", "json") or "{}")
        conditions = {each["type"]: each["status"] for each in node.get("status", {}).get("conditions", [])}
        return conditions.get("Ready") == "True" and not node["spec"].get("taints")

    def _says(self, *arguments: str) -> str:
        """What kubectl printed, or nothing if it failed."""
        with contextlib.suppress(ClusterError):
            return self.kubectl(*arguments)
        return ""

    # -- ask it --------------------------------------------------------------------------------------------------------
    def environment(self) -> dict[str, str]:
        """Environment of kubectl and helm: this cluster, and no configuration of the person at the keyboard."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "HELM_"))}
        path = os.pathsep.join((str(tool("kubectl").parent), str(tool("helm").parent), kept.get("PATH", "")))
        return kept | {"KUBECONFIG": str(self.kubeconfig), "HOME": str(home), "PATH": path}

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        """Standard output of a kubectl command. Raises ClusterError with its standard error."""
        return self.run(str(tool("kubectl")), *arguments, given=given)

    def helm(self, *arguments: str) -> str:
        """Standard output of a helm command. Raises ClusterError with its standard error."""
        return self.run(str(tool("helm")), *arguments)

    def versions(self) -> dict[str, str]:
        """Version that each program reports."""
        server = json.loads(self.kubectl("version", "-o", "json"))
        return {
            "kube-apiserver, kube-controller-manager, kube-scheduler": server["serverVersion"]["gitVersion"],
            "kubectl": server["clientVersion"]["gitVersion"],
            "etcd": self.run(str(tool("etcd")), "--version").splitlines()[0].partition(": ")[2],
            "helm": self.helm("version", "--template", "{{.Version}}"),
            "kwok": KWOK.version,
        }

    def run(self, *command: str, given: str | None = None) -> str:
        done = subprocess.run(
            command, env=self.environment(), input=given, check=False, capture_output=True, text=True
        )  # fmt: skip
        if done.returncode:
            raise ClusterError(f"{Path(command[0]).name} {command[1]}: {(done.stderr or done.stdout).strip()}")
        return done.stdout


@contextlib.contextmanager
def control_plane(folder: Path) -> Iterator[ControlPlane]:
    """A control plane that runs; nothing of it is left afterwards, whatever happened."""
    plane = ControlPlane(folder)
    plane.start()
    try:
        yield plane
    finally:
        plane.stop()


def noted(folder: Path) -> list[psutil.Process]:
    """Processes of a folder's control plane that still run."""
    found = []
    try:
        entries = json.loads((folder / "processes.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return []
    for pid, created in entries:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < 0.01 and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)

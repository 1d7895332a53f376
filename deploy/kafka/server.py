"""Apache Kafka node in KRaft mode on the loopback: needs Java 17 and Maven, no container engine."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.kafka.jars import KafkaError, chosen, fetch_jars
from deploy.kafka.secured import Guard, Listener

__all__ = ["KafkaError", "KafkaServer", "Ports", "properties"]

START_SECONDS = 120.0
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Ports:
    """Ports of one node. `forwarded`: a second listener on the first port, advertised at the second one: a forwarder
    between the two can cut it.
    """

    client: int
    controller: int
    forwarded: tuple[int, int] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.client}"


def properties(folder: Path, ports: Ports, guard: Guard | None = None) -> str:
    """`server.properties` of a single node that is broker and controller. Without a guard all is allowed."""
    protocol = "PLAINTEXT" if guard is None else "SASL_SSL"
    listeners = [Listener("CLIENT", ports.client, protocol)]
    if ports.forwarded is not None:
        behind, before = ports.forwarded
        forwarded = protocol if guard is None else guard.forwarded_protocol
        listeners.append(Listener("FORWARDED", behind, forwarded, advertised=before))
    if guard is not None:
        listeners.append(Listener("CERTIFICATES", guard.certificates, "SSL"))
    all_of_them = [*listeners, Listener("CONTROLLER", ports.controller, "PLAINTEXT")]
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "listeners": ",".join(f"{one.name}://127.0.0.1:{one.port}" for one in all_of_them),
        "advertised.listeners": ",".join(f"{one.name}://127.0.0.1:{one.advertised or one.port}" for one in listeners),
        "listener.security.protocol.map": ",".join(f"{one.name}:{one.protocol}" for one in all_of_them),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENT",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{ports.controller}",
        "log.dirs": str(folder / "data"),
        "num.partitions": "1",
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        **(guard.properties() if guard is not None else {}),
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


class KafkaServer:
    """A node whose data lives in `folder` and outlives it. `version`: a tested release, else the chosen one."""

    def __init__(self, folder: Path, ports: Ports, guard: Guard | None = None, *, version: str | None = None) -> None:
        self._folder = folder
        self._guard = guard
        self.version = version or chosen()
        self.ports = ports
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _pid_file(self) -> Path:
        return self._folder / "kafka.pid"

    def start(self) -> int:
        """Returns the process id once the node answers. Raises KafkaError."""
        jars = fetch_jars(self.version)
        if self.running() is not None:
            raise KafkaError(f"a Kafka runs in {self._folder} already")
        for port in (self.ports.client, self.ports.controller):
            if _answers(port):
                raise KafkaError(f"port {port} of 127.0.0.1 is taken")
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = self._folder / "server.properties"
        configuration.touch(mode=0o600)
        configuration.write_text(properties(self._folder, self.ports, self._guard), encoding="utf-8")
        if not (self._folder / "data" / "meta.properties").exists():
            self._format(configuration, jars)
        with (self._folder / "kafka.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *_java(jars, "kafka.Kafka", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    str(configuration),
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid), encoding="ascii")
        until = time.monotonic() + START_SECONDS
        while not _answers(self.ports.client):
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise KafkaError(f"Kafka did not start; see {self._folder / 'kafka.log'}")
            time.sleep(0.1)
        return self._process.pid

    def stop(self) -> None:
        """Ends the node in order, or by force after a while. Nothing happens if none runs."""
        pid = self.running()
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + STOP_SECONDS
            while self.running() is not None and time.monotonic() < until:
                time.sleep(0.1)
        self.kill()

    def kill(self) -> None:
        """Ends the node at once."""
        pid = self.running()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def running(self) -> int | None:
        """The process id, if it runs."""
        if self._process is not None and self._process.poll() is not None:
            return None
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return pid if b"kafka.Kafka" in command else None

    def _format(self, configuration: Path, jars: Path) -> None:
        identity = _run(jars, "kafka.tools.StorageTool", "random-uuid").strip().splitlines()[-1]
        users = self._guard.format_arguments() if self._guard is not None else []
        arguments = ("format", "--standalone", "-t", identity, "-c", str(configuration), "-g", *users)
        _run(jars, "kafka.tools.StorageTool", *arguments)


def _java(jars: Path, main: str, *options: str) -> list[str]:
    return ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", *options, "-cp", f"{jars}/*", main]


def _run(jars: Path, main: str, *arguments: str) -> str:
    done = subprocess.run(
        [*_java(jars, main, "-XX:TieredStopAtLevel=1"), *arguments], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise KafkaError(f"{main} {arguments[0]}: {(done.stdout + done.stderr).strip()[-500:]}")
    return done.stdout


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""Keycloak server on the loopback with the realm of the county's services. For trials and tests, over plain HTTP."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from deploy.keycloak.distribution import KeycloakError, fetch, furnish
from deploy.loopback import HOST, is_free

__all__ = ["REALM", "REALM_FILE", "KeycloakError", "KeycloakServer"]

REALM = "xiangli"
REALM_FILE = Path(__file__).with_name("xiangli-realm.json")
ADMINISTRATOR = "admin"
START_SECONDS = 240.0
STOP_SECONDS = 30.0

_JAVA = (
    *("java", "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    (
        "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
        "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
    ),
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.util", "java.util.concurrent")),
    "--add-opens=java.base/java.security=ALL-UNNAMED",
)


class KeycloakServer:
    """A Keycloak server; its data stays in `folder` after its end. The realm is imported at the first start."""

    def __init__(self, folder: Path, port: int, management_port: int | None = None) -> None:
        self._folder = folder.resolve()
        self.port = port
        self.management_port = management_port or port + 1
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def issuer(self) -> str:
        """Issuer of the county's realm, for XIANGLI_OIDC_ISSUER."""
        return self.issuer_of(REALM)

    def issuer_of(self, realm: str) -> str:
        """The issuer of another realm of this server."""
        return f"{self.url}/realms/{realm}"

    @property
    def password_file(self) -> Path:
        """File with name and password of the administrator of the realm `master`; only its owner reads it."""
        return self._folder / "administrator.json"

    def administrator(self) -> tuple[str, str]:
        """Name and password of the administrator; made at the first start."""
        if not self.password_file.exists():
            self.password_file.parent.mkdir(parents=True, exist_ok=True)
            self.password_file.touch(mode=0o600)
            made = {"username": ADMINISTRATOR, "password": secrets.token_urlsafe(24)}
            self.password_file.write_text(json.dumps(made) + "\n", encoding="utf-8")
        found: dict[str, str] = json.loads(self.password_file.read_text("utf-8"))
        return found["username"], found["password"]

    def start(self) -> int:
        """Returns the process id once the realm answers (some 20 s, later 10). Raises KeycloakError."""
        fetch()
        if self.running() is not None:
            raise KeycloakError(f"a Keycloak runs in {self._folder} already")
        for port in (self.port, self.management_port):
            if not is_free(port):
                raise KeycloakError(f"port {port} of {HOST} is taken")
        furnish(self._folder)
        shutil.copy(REALM_FILE, self._folder / "data" / "import" / REALM_FILE.name)
        name, password = self.administrator()
        bootstrap = {"KC_BOOTSTRAP_ADMIN_USERNAME": name, "KC_BOOTSTRAP_ADMIN_PASSWORD": password}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KC_")}
        with (self._folder / "keycloak.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=kept | bootstrap,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid), encoding="ascii")
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise KeycloakError(f"Keycloak did not start; see {self._folder / 'keycloak.log'}")
            time.sleep(0.2)
        return self._process.pid

    def answers(self) -> bool:
        """Whether the realm's discovery document can be had."""
        try:
            found = httpx.get(f"{self.issuer}/.well-known/openid-configuration", timeout=2, trust_env=False)
        except httpx.TransportError:
            return False
        return found.status_code == httpx.codes.OK

    def stop(self) -> None:
        """Ends the server in order, or by force after a while. Nothing happens if none runs."""
        pid = self.running()
        if pid is not None:
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + STOP_SECONDS
            while self.running() is not None and time.monotonic() < until:
                time.sleep(0.1)
        self.kill()

    def kill(self) -> None:
        """Ends the server at once."""
        pid = self.running()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Suspends the server, until `thaw`: connections are accepted and not answered, as by a server that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Resumes the server."""
        self._signal(signal.SIGCONT)

    def running(self) -> int | None:
        """The process id, if it runs."""
        if self._process is not None and self._process.poll() is not None:
            return None
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if f"-Dkc.home.dir={self._folder}".encode() in command else None

    @property
    def _pid_file(self) -> Path:
        return self._folder / "keycloak.pid"

    def _signal(self, number: signal.Signals) -> None:
        pid = self.running()
        if pid is None:
            raise KeycloakError(f"no Keycloak runs in {self._folder}")
        os.kill(pid, number)

    def _command(self) -> list[str]:
        return [
            *_JAVA,
            f"-Dkc.home.dir={self._folder}",
            *("-cp", str(self._folder / "lib" / "quarkus-run.jar")),
            *("io.quarkus.bootstrap.runner.QuarkusEntryPoint", "start", "--optimized", "--import-realm"),
            *("--cache=local", f"--hostname={self.url}"),
            *("--http-enabled=true", f"--http-host={HOST}", f"--http-port={self.port}"),
            *(f"--http-management-host={HOST}", f"--http-management-port={self.management_port}"),
        ]

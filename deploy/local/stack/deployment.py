"""A local stack: its programs, and the settings of each of them."""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.stack.folder import INBOUND, LISTS, Folder, LocalRefused
from deploy.local.stack.ports import SERVICES, Ports
from deploy.local.stack.postgres import Postgres
from deploy.loopback import HOST
from shared.contracts.county.lists import ListKind
from shared.reference.digits import is_digits

ROOT = Path(__file__).resolve().parents[3]
HOTLINE = "urn:county:450481:hotline-12345"
"""Source of the county system that may send requests to a local stack."""
EMPTY = "empty"
"""`COUNTY=empty make run`: nothing is entered, as after an installation."""
CIVIL_AFFAIRS = "urn:county:450481:civil-affairs"
"""Source that may deliver every kind of list of the county to it."""


@dataclass(frozen=True)
class Program:
    """A process of the stack. `health` is its internal port; if it has none, an open `port` shows that it is up.

    `forked`: it needs the services loaded, and so is forked from a process that has loaded them.
    """

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)
    port: int | None = None
    health: int | None = None
    forked: bool = False


@dataclass(frozen=True)
class Stack:
    """One deployment on this machine.

    `kafka`: a bus of one's own (host:port) in place of the embedded one. `issuer`: an OIDC issuer of one's own (its
    address) in place of the development issuer. `over`: a JSON file of settings that are put over the launcher's:
    `{"*": {"XIANGLI_…": "…"}, "registry": {…}}`, for all services or for one; those of `reader` are for the client that
    reads the whole bus, those of `county` for the county's hotline: the story has both. `empty`: the demo county is not
    loaded.
    """

    folder: Folder
    ports: Ports
    kafka: str | None = None
    issuer: str | None = None
    over: Path | None = None
    empty: bool = False

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.folder.postgres)

    @property
    def bootstrap(self) -> str:
        return self.kafka or f"{HOST}:{self.ports.broker}"

    @property
    def issuer_url(self) -> str:
        return self.issuer or self.ports.issuer_url

    def migrations(self, service: str) -> Path:
        """Folder of a service's migrations."""
        return ROOT / "services" / service / "migrations"

    def environment(self) -> dict[str, str]:
        """Environment of every child. Settings of other deployments do not reach it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XIANGLI_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}

    def settings(self, service: str) -> dict[str, str]:
        """The settings of a service, without its ports."""
        urls = self.postgres.urls_of(service)
        keys = self.folder.secrets()
        if service != "registry":
            keys.pop("XIANGLI_EXTRACT_PRIVATE_KEY")  # only registry signs
        if service != "services_hall":
            keys.pop("XIANGLI_EXTRACT_PUBLIC_KEYS")
        if service not in ("registry", "services_hall"):
            keys.pop("XIANGLI_EXTRACT_ENCRYPTION_KEYS")  # only registry writes extracts, only the hall reads them
        hotlines, lists = keys.pop(INBOUND), keys.pop(LISTS)  # each of the two has its own key, nobody else has any
        prefix = "" if self.kafka is None else f"local{self.ports.base}."
        ours = {
            "XIANGLI_HOST": HOST,
            "XIANGLI_DATABASE_URL": urls.service_url,
            "XIANGLI_DATABASE_SERVICE_ROLE": urls.service_role,
            "XIANGLI_KAFKA_BOOTSTRAP": self.bootstrap,
            "XIANGLI_FILES": str(self.folder.path / "files"),
            "XIANGLI_BROKER_PROFILE": "embedded" if self.kafka is None else "standard",
            "XIANGLI_TOPIC_PREFIX": prefix,
            "XIANGLI_GROUP_PREFIX": prefix,
            "XIANGLI_TOPIC_PARTITIONS": "4",
            "XIANGLI_OIDC_ISSUER": self.issuer_url,
            "XIANGLI_SHUTDOWN_GRACE": "6",
        }
        if service == "services_hall":
            ours |= {"XIANGLI_PUBLIC_ADDRESS": f"http://{HOST}:{self.ports.base}"}
        if service == "grid":
            ours |= {INBOUND: hotlines, "XIANGLI_INBOUND_SOURCES": HOTLINE}
            ours |= {"XIANGLI_PUBLIC_REPORT_CLIENT_PER_DAY": "1000"}  # everybody here has one address
        if service == "registry":
            kinds = "+".join(ListKind)
            ours |= {INBOUND: lists, "XIANGLI_INBOUND_LISTS": f"{CIVIL_AFFAIRS}=450481:{kinds}"}
        return keys | ours | self._put_over(service)

    def reader_settings(self) -> dict[str, str]:
        """Settings of registry, with those of `reader` over them: for a client that may read every topic."""
        return self.settings("registry") | self._put_over("reader")

    def hotline_settings(self) -> dict[str, str]:
        """Settings of registry, with those of `county` over them: for the county's hotline on the bus."""
        return self.settings("registry") | self._put_over("county")

    def _put_over(self, service: str) -> dict[str, str]:
        if self.over is None:
            return {}
        try:
            found = json.loads(self.over.read_text("utf-8"))
            settings: dict[str, str] = {**found.get("*", {}), **found.get(service, {})}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise LocalRefused(f"SETTINGS={self.over} is no JSON file of settings per service.") from error
        if not all(name.startswith("XIANGLI_") and isinstance(value, str) for name, value in settings.items()):
            raise LocalRefused(f"SETTINGS={self.over} may hold XIANGLI_ names and texts only.")
        return settings

    def service_programs(self) -> list[Program]:
        """Programs of the services: four APIs and four workers."""
        programs = []
        for service in SERVICES:
            base = self.environment() | self.settings(service)
            api = base | {
                "XIANGLI_PORT": str(self.ports.api(service)),
                "XIANGLI_INTERNAL_PORT": str(self.ports.api_internal(service)),
            }
            worker = base | {"XIANGLI_INTERNAL_PORT": str(self.ports.worker_internal(service))}
            module = f"services.{service}"
            health = self.ports.api_internal(service)
            programs.append(Program(f"{service}-api", ("-m", module, "api"), api, health=health, forked=True))
            health = self.ports.worker_internal(service)
            programs.append(Program(f"{service}-worker", ("-m", module, "worker"), worker, health=health, forked=True))
        return programs

    def support_programs(self) -> list[Program]:
        """Start page, and bus and issuer unless they are provided from outside."""
        environment = self.environment()
        issuer = ("-m", "deploy.local.issuer", "--port", str(self.ports.issuer), "--folder", str(self.folder.keys))
        broker = ("-m", "deploy.local.broker", "--port", str(self.ports.broker))
        named = ("--issuer", self.issuer) if self.issuer else ()
        page = ("-m", "deploy.local.start_page", "--port", str(self.ports.base), *named)
        programs = [Program("start-page", page, environment, port=self.ports.base)]
        if self.issuer is None:
            programs.append(Program("issuer", issuer, environment, port=self.ports.issuer))
        if self.kafka is None:
            programs.append(Program("broker", broker, environment, port=self.ports.broker))
        return programs

    def own_program(self, verb: str) -> Program:
        """A module of `deploy.local` that is a verb, in a process of its own, for this stack."""
        variables = {
            "PORT": str(self.ports.base),
            "LOCAL": str(self.folder.path),
            "KAFKA": self.kafka or "",
            "ISSUER": self.issuer or "",
            "SETTINGS": str(self.over or ""),
            "COUNTY": EMPTY if self.empty else "",
        }
        return Program(verb, ("-m", f"deploy.local.{verb}"), self.environment() | variables)


def stack_from_environment() -> Stack:
    """The stack that PORT, LOCAL, KAFKA, ISSUER, SETTINGS and COUNTY name. Raises ValueError for an invalid port."""
    text = os.environ.get("PORT") or "8000"
    if not is_digits(text):
        raise ValueError("PORT must be a number")
    folder = Folder(Path(os.environ.get("LOCAL") or ".local"))
    over = os.environ.get("SETTINGS") or None
    return Stack(
        folder,
        Ports(int(text)),
        os.environ.get("KAFKA") or None,
        os.environ.get("ISSUER") or None,
        None if over is None else Path(over).absolute(),
        os.environ.get("COUNTY") == EMPTY,
    )


def python() -> str:
    """The interpreter of the children: our own."""
    return sys.executable

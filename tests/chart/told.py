"""What the processes of a rendered chart are told, with good Secrets behind it, and what their settings say to that."""

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as pem

from deploy.kafka.pki import Authority
from shared.contracts.asyncapi import SERVICES
from shared.settings import ServiceSettings
from shared.testing.settings import VALUES, key
from tests.chart.rendering import Manifest, environment, pods

PASSWORD = "opens-the-key"
SECRETS: dict[str, str] = {
    "XIANGLI_DATABASE_URL": "postgresql+asyncpg://registry_service:pw@db:5432/registry",
    "XIANGLI_MIGRATOR_DATABASE_URL": "postgresql+asyncpg://registry_owner:pw@db:5432/registry",
    "XIANGLI_KAFKA_PASSWORD": "kafka-password",
    "XIANGLI_KAFKA_KEY_PASSWORD": PASSWORD,
    "XIANGLI_FIELD_KEYS": VALUES["field_keys"],
    "XIANGLI_INDEX_KEYS": VALUES["index_keys"],
    "XIANGLI_CURSOR_KEY": VALUES["cursor_key"],
    "XIANGLI_POSITION_KEYS": VALUES["position_keys"],
    "XIANGLI_EXTRACT_PRIVATE_KEY": VALUES["extract_private_key"],
    "XIANGLI_EXTRACT_ENCRYPTION_KEYS": VALUES["extract_encryption_keys"],
    "XIANGLI_EXTRACT_PUBLIC_KEYS": VALUES["extract_public_keys"],
    "XIANGLI_INBOUND_PRIVATE_KEYS": key("inbound", 32),
    "PGUSER": "registry_service",
    "PGPASSWORD": "pw",
}
"""What stands in the Secrets: good values of every variable that may come out of one."""


@dataclass(frozen=True)
class Process:
    """One container of a pod, and everything that it is told."""

    service: str
    role: str
    told: dict[str, Any]
    mounts: dict[str, str]

    def __str__(self) -> str:
        return f"{self.service} {self.role}"

    @property
    def settings_class(self) -> type[ServiceSettings]:
        return settings_class(self.service)

    @property
    def known(self) -> set[str]:
        """The names that its settings know."""
        return {f"XIANGLI_{name.upper()}" for name in self.settings_class.model_fields}

    def settings(self, monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
        """What it would read at its start. Raises ValidationError."""
        for name in self.known:
            monkeypatch.delenv(name, raising=False)
        for name, value in self.told.items():
            if not name.startswith("XIANGLI_"):
                continue
            text = SECRETS[name] if isinstance(value, tuple) else value
            monkeypatch.setenv(name, str(self._file(text)) if name.endswith("_FILE") else text)
        return self.settings_class()

    def _file(self, path: str) -> Path:
        folder, _, name = path.rpartition("/")
        assert folder in self.mounts, f"{self} is told of {path} and nothing is mounted there"
        encrypted = "XIANGLI_KAFKA_KEY_PASSWORD" in self.told
        return certificates() / ("encrypted.key" if name == "tls.key" and encrypted else name)


def settings_class(service: str) -> type[ServiceSettings]:
    """Of a service, whose name may stand as in paths."""
    found: type[ServiceSettings] = importlib.import_module(f"services.{service.replace('-', '_')}.settings").Settings
    return found


def processes(documents: Iterable[Manifest]) -> Iterator[Process]:
    """Every container that runs the product, init containers included."""
    documents = list(documents)
    for pod in pods(documents):
        for container in pod.containers:
            if pod.role != "test":
                mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
                yield Process(pod.service, container["name"], environment(container, documents), mounts)


def fields() -> dict[str, set[str]]:
    """Every setting and the services that have it."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        for name in settings_class(service).model_fields:
            found.setdefault(f"XIANGLI_{name.upper()}", set()).add(service)
    return found


@cache
def certificates() -> Path:
    """A folder with what the mounted files hold: authority, client certificate, its key."""
    folder = Path(mkdtemp(prefix="xiangli-chart-"))
    authority = Authority(folder)
    certificate, private = authority.user("registry")
    (folder / "ca.crt").write_bytes(authority.ca_file.read_bytes())
    (folder / "tls.crt").write_bytes(certificate.read_bytes())
    (folder / "tls.key").write_bytes(private.read_bytes())
    loaded = pem.load_pem_private_key(private.read_bytes(), None)
    secret = pem.BestAvailableEncryption(PASSWORD.encode())
    (folder / "encrypted.key").write_bytes(loaded.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, secret))
    return folder

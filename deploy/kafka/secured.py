"""Security of a Kafka node on this machine: TLS, SCRAM users, authorizer. For trials and tests."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.kafka.pki import Authority

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"
_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class Listener:
    """A port of the node. `advertised`: the port in the metadata for clients, if it is another one."""

    name: str
    port: int
    protocol: str
    advertised: int | None = None


class Passwords:
    """Passwords of the SCRAM users, made once and kept in a file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        found: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        return found

    def of(self, user: str) -> str:
        """The password of a user; made at the first call."""
        known = self.all()
        if user not in known:
            known[user] = secrets.token_urlsafe(24)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        return known[user]


@dataclass(frozen=True)
class Guard:
    """Security settings of one node. `certificates`: port on which clients authenticate by certificate.

    `forwarded_by`: how clients of a forwarded listener authenticate.
    """

    folder: Path
    certificates: int
    forwarded_by: Literal["password", "certificate"] = "password"

    @property
    def forwarded_protocol(self) -> str:
        return "SASL_SSL" if self.forwarded_by == "password" else "SSL"

    @property
    def authority(self) -> Authority:
        return Authority(self.folder / "pki")

    @property
    def passwords(self) -> Passwords:
        return Passwords(self.folder / "passwords.json")

    def properties(self) -> dict[str, str]:
        """Broker properties, to be added to those of an open node."""
        authority = self.authority
        login = f'{_LOGIN} required username="{ADMIN}" password="{self.passwords.of(ADMIN)}";'
        return {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            # the plaintext controller listener of the loopback is where ANONYMOUS comes from, nothing else
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(authority.broker()),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(authority.ca_file),
            "ssl.client.auth": "none",
            "listener.name.certificates.ssl.client.auth": "required",
            "listener.name.forwarded.ssl.client.auth": "none" if self.forwarded_by == "password" else "required",
            "ssl.principal.mapping.rules": "RULE:^CN=([A-Za-z0-9._-]+)$/$1/,DEFAULT",
            "listener.name.client.scram-sha-512.sasl.jaas.config": login,
            "listener.name.forwarded.scram-sha-512.sasl.jaas.config": login,
        }

    def format_arguments(self) -> list[str]:
        """Arguments of `StorageTool format`: the administrator, who makes every other user."""
        return ["-S", f"{MECHANISM}=[name={ADMIN},password={self.passwords.of(ADMIN)}]"]

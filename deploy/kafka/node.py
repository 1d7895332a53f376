"""Kafka node with TLS, users and ACLs, for trials and tests: the rules of `access` are applied.

kafka = SecureKafka(folder)
kafka.start()
environment |= kafka.settings_for("grid")      # XIANGLI_KAFKA_…
environment |= kafka.county_user("hotline")    # a county system with its rules
kafka.kill()
"""

import shlex
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.kafka.access import Kind, Names, Operation, Rule, county_rules, county_user, users
from deploy.kafka.secured import ADMIN, MECHANISM, Guard
from deploy.kafka.server import KafkaError, KafkaServer, Ports
from shared.contracts.asyncapi import SERVICES

ITERATIONS = 8192
PATIENCE = 20.0

_OPERATIONS = {
    Operation.READ: AclOperation.READ,
    Operation.WRITE: AclOperation.WRITE,
    Operation.CREATE: AclOperation.CREATE,
    Operation.DESCRIBE: AclOperation.DESCRIBE,
    Operation.DESCRIBE_CONFIGS: AclOperation.DESCRIBE_CONFIGS,
}
_KINDS = {Kind.TOPIC: ResourceType.TOPIC, Kind.GROUP: ResourceType.GROUP}


class SecureKafka:
    """One Kafka node: SASL_SSL (SCRAM-SHA-512) on `ports.client`, TLS with client certificates on `certificates`.

    Its users are the four services, `admin`, and the county systems that `county_user` makes. `creates`: services
    may create their own topics, because nobody else does it here.
    """

    def __init__(
        self,
        folder: Path,
        ports: Ports,
        *,
        certificates: int,
        names: Names | None = None,
        forwarded_by: Literal["password", "certificate"] = "password",
        creates: bool = True,
        version: str | None = None,
    ) -> None:
        self._creates = creates
        self.names = names or Names()
        self.guard = Guard(folder, certificates, forwarded_by)
        self.server = KafkaServer(folder, ports, self.guard, version=version)
        self.ca_file = self.guard.authority.ca_file

    @property
    def bootstrap(self) -> str:
        """Address of the SASL_SSL listener, host:port."""
        return self.server.ports.bootstrap

    @property
    def bootstrap_certificates(self) -> str:
        """Address of the listener with client certificates, host:port."""
        return f"127.0.0.1:{self.guard.certificates}"

    def start(self) -> None:
        """Returns when the node answers and the services' users and rules are in force. Raises KafkaError."""
        self.server.start()
        try:
            for user, rules in users(self.names, creates=self._creates).items():
                self.add_user(user, rules)
        except BaseException:
            self.server.kill()
            raise

    def stop(self) -> None:
        """Ends the node in order."""
        self.server.stop()

    def kill(self) -> None:
        """Ends the node at once."""
        self.server.kill()

    def password(self, user: str) -> str:
        """Password of a SCRAM user."""
        return self.guard.passwords.of(user)

    def settings_for(self, name: str, *, by: Literal["password", "certificate"] = "password") -> dict[str, str]:
        """Environment of a process that connects as a user: a service's name, `admin`, or a Kafka user."""
        user = self.names.user(name) if name in SERVICES else name
        if by == "certificate":
            certificate, key = self.guard.authority.user(user)
            return {
                "XIANGLI_KAFKA_BOOTSTRAP": self.bootstrap_certificates,
                "XIANGLI_KAFKA_SECURITY": "SSL",
                "XIANGLI_KAFKA_CA_FILE": str(self.ca_file),
                "XIANGLI_KAFKA_CERT_FILE": str(certificate),
                "XIANGLI_KAFKA_KEY_FILE": str(key),
            }
        return {
            "XIANGLI_KAFKA_BOOTSTRAP": self.bootstrap,
            "XIANGLI_KAFKA_SECURITY": "SASL_SSL",
            "XIANGLI_KAFKA_SASL_MECHANISM": MECHANISM,
            "XIANGLI_KAFKA_USERNAME": user,
            "XIANGLI_KAFKA_PASSWORD": self.password(user),
            "XIANGLI_KAFKA_CA_FILE": str(self.ca_file),
        }

    def county_user(
        self, name: str, *, writes: Iterable[str] | None = None, also_reads: Iterable[str] = ()
    ) -> dict[str, str]:
        """Makes the user of a county system with its rules; the environment of its process."""
        user = county_user(name, self.names)
        self.add_user(user, county_rules(name, self.names, writes=writes, also_reads=also_reads))
        return self.settings_for(user)

    def add_user(self, user: str, rules: Iterable[Rule]) -> None:
        """Sets password and rules of a user; returns when both are in force. Raises KafkaError."""
        admin = self.admin()
        upsert = UserScramCredentialUpsertion(
            user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), self.password(user).encode()
        )
        wanted = [binding for rule in rules for binding in bindings(user, rule)]
        try:
            for done in admin.create_acls(wanted).values() if wanted else ():
                done.result(timeout=PATIENCE)
            for done in admin.alter_user_scram_credentials([upsert]).values():
                done.result(timeout=PATIENCE)
            self._in_force(user)
        except KafkaException as error:
            raise KafkaError(f"user {user} could not be made: {error}") from error

    def admin(self, user: str = ADMIN) -> AdminClient:
        """Admin client of the administrator, or of another user."""
        return AdminClient({**self.client_settings(user), "log_level": 0})

    def client_settings(self, user: str) -> dict[str, str]:
        """The same as `settings_for`, as options of librdkafka."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": MECHANISM,
            "sasl.username": user,
            "sasl.password": self.password(user),
            "ssl.ca.location": str(self.ca_file),
        }

    def _in_force(self, user: str) -> None:
        """Waits until a user can log in: the broker knows it a moment after the controller, the rules by then too."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.admin(user).list_topics(timeout=3)
            except KafkaException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def write_environments(self, counties: Iterable[str] = ()) -> list[Path]:
        """Writes one environment file per user, for `set -a; . FILE`; makes the users of the county systems."""
        wanted = {service: self.settings_for(service) for service in SERVICES}
        wanted |= {f"county-{name}": self.county_user(name) for name in counties}
        files = []
        for name, variables in wanted.items():
            file = self.guard.folder / f"{name}.env"
            file.touch(mode=0o600)
            lines = [f"{variable}={shlex.quote(value)}\n" for variable, value in variables.items()]
            file.write_text("".join(lines), encoding="utf-8")
            files.append(file)
        return files


def bindings(user: str, rule: Rule) -> list[AclBinding]:
    """A rule as ACL bindings of Kafka's admin interface."""
    pattern = ResourcePatternType.PREFIXED if rule.prefixed else ResourcePatternType.LITERAL
    kind = _KINDS[rule.kind]
    return [
        AclBinding(kind, rule.name, pattern, f"User:{user}", "*", _OPERATIONS[operation], AclPermissionType.ALLOW)
        for operation in rule.operations
    ]

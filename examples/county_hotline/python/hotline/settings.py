"""What the operator of the deployment told us, from the environment."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INBOUND = "county.inbound.requests"
OUTCOMES = "grid.inbound_outcomes"
VALUES = "indicators.values"


class Wrong(Exception):
    """Something that the person at the keyboard can set right, in one sentence."""


@dataclass(frozen=True)
class Settings:
    """`HOTLINE_` and the name in capitals, for each field."""

    bootstrap: str
    source: str
    keys: str
    """Where the deployment's public keys are: an address, or a file that the operator sent."""
    topic_prefix: str = ""
    group: str = "county.hotline"
    """Begins with the deployment's group prefix where it has one."""
    security: str = "PLAINTEXT"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    store: str = "hotline.db"
    mode: str = "binary"
    retry_seconds: float = 60.0
    """How long to wait before a request that came too fast is sent again; the limit counts by the minute."""

    def topic(self, name: str) -> str:
        return self.topic_prefix + name

    def kafka(self) -> dict[str, Any]:
        """What every client of ours is told. Raises Wrong."""
        told: dict[str, Any] = {"bootstrap.servers": self.bootstrap, "security.protocol": self.security}
        told["log_level"] = 2  # what matters is told by us
        if self.security == "SASL_SSL":
            try:
                password = Path(self.password_file).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise Wrong(f"HOTLINE_PASSWORD_FILE: {error.strerror}") from error
            told |= {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": self.user, "sasl.password": password}
            told["ssl.ca.location"] = self.ca_file
        return told


def from_environment() -> Settings:
    """Raises Wrong for what is missing or none of the choices."""
    given = {name[8:].lower(): value for name, value in os.environ.items() if name.startswith("HOTLINE_")}
    unknown = set(given) - set(Settings.__dataclass_fields__)
    if unknown:
        raise Wrong(f"HOTLINE_{min(unknown).upper()} is no setting")
    for name in ("bootstrap", "source", "keys"):
        if not given.get(name):
            raise Wrong(f"HOTLINE_{name.upper()} is missing")
    for name, choices in (("security", ("PLAINTEXT", "SASL_SSL")), ("mode", ("binary", "structured"))):
        if given.get(name, choices[0]) not in choices:
            raise Wrong(f"HOTLINE_{name.upper()} is one of {', '.join(choices)}")
    if given.get("security") == "SASL_SSL" and not (given.get("user") and given.get("ca_file")):
        raise Wrong("SASL_SSL needs HOTLINE_USER, HOTLINE_PASSWORD_FILE and HOTLINE_CA_FILE")
    seconds = float(given.pop("retry_seconds", Settings.retry_seconds))
    return Settings(**given, retry_seconds=seconds)

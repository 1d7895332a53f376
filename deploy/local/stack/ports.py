"""Ports of a local stack. All follow from the base port, so that several stacks can run side by side."""

import random
from dataclasses import dataclass

from deploy.loopback import HOST, is_free

SERVICES = ("registry", "services_hall", "grid", "indicators")
SPAN = 15
"""Number of ports of a stack, from its base on."""


@dataclass(frozen=True)
class Ports:
    """The ports of one stack."""

    base: int

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65535 - SPAN:
            raise ValueError(f"PORT must lie between 1024 and {65535 - SPAN}")

    def api(self, service: str) -> int:
        """The public port of a service."""
        return self.base + 1 + SERVICES.index(service)

    def api_internal(self, service: str) -> int:
        """Health and metrics of its API process."""
        return self.base + 5 + SERVICES.index(service)

    def worker_internal(self, service: str) -> int:
        """Health and metrics of its worker process."""
        return self.base + 9 + SERVICES.index(service)

    @property
    def issuer(self) -> int:
        return self.base + 13

    @property
    def broker(self) -> int:
        return self.base + 14

    @property
    def origin(self) -> str:
        """Address of the start page; every service is reachable under it."""
        return f"http://{HOST}:{self.base}"

    @property
    def issuer_url(self) -> str:
        return f"http://{HOST}:{self.issuer}"

    def all(self) -> range:
        return range(self.base, self.base + SPAN)

    def taken(self) -> list[int]:
        """The ports on which another process listens."""
        return [port for port in self.all() if not is_free(port)]


def free_ports() -> Ports:
    """Free ports for a whole stack, below the range of ephemeral ports."""
    while True:
        ports = Ports(random.randrange(10_000, 32_000, SPAN))  # noqa: S311
        if not ports.taken():
            return ports

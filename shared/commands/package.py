"""A service as the command line sees it: the parts of its floor plan, loaded when a verb needs them."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # they bring cryptography and the database with them, which `health` must not wait for
    from shared.feature import Feature
    from shared.messaging.inbound.receiver import InboundDoor
    from shared.messaging.projection.routes import Route
    from shared.service import ServiceSpec
    from shared.settings import ServiceSettings


class Refused(Exception):
    """A verb could not be done; the message is one line for people."""


@dataclass(frozen=True)
class Package:
    """`services.<service>`. The kit does not import services: it is told this name by the service's `__main__`."""

    name: str

    @property
    def service(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @property
    def settings_class(self) -> type[ServiceSettings]:
        found: type[ServiceSettings] = self._part("settings", "Settings")
        return found

    @property
    def spec(self) -> ServiceSpec:
        found: ServiceSpec = self._part("features", "SPEC")
        return found

    @property
    def create_app(self) -> Callable[[ServiceSettings], Any]:
        found: Callable[[ServiceSettings], Any] = self._part("app", "create_app")
        return found

    @property
    def worker(self) -> Callable[[Any], Awaitable[None]]:
        found: Callable[[Any], Awaitable[None]] = self._part("worker", "worker")
        return found

    @property
    def routes(self) -> Sequence[Route]:
        found: Sequence[Route] = self._part("features", "ROUTES")
        return found

    def inbound(self, settings: ServiceSettings) -> InboundDoor | None:
        """The door for county systems; None if it is shut, or the service has none."""
        door = getattr(importlib.import_module(f"{self.name}.worker"), "inbound", None)
        if door is None:
            return None
        found: InboundDoor | None = door(settings)
        return found

    @property
    def rebuild(self) -> str | None:
        """The kind of the job that rebuilds what this service read; None if it has nothing of that sort."""
        return next((feature.rebuild for feature in self.features if feature.rebuild is not None), None)

    @property
    def features(self) -> Sequence[Feature]:
        """The nouns of the service."""
        found: Sequence[Feature] = self._part("features", "FEATURES")
        return found

    def _part(self, module: str, attribute: str) -> Any:
        return getattr(importlib.import_module(f"{self.name}.{module}"), attribute)

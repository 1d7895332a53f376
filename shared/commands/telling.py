"""Traces of a process that lives long: sent while it lives, if an endpoint is set."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.commands.package import Package
from shared.observability import tracing
from shared.settings import ServiceSettings


@contextmanager
def traces_of(package: Package, settings: ServiceSettings, process: str) -> Iterator[None]:
    """Send the spans of the body to the collector that the settings name; the last ones when it ends."""
    if settings.tracing_endpoint is not None:
        ratio = settings.tracing_ratio
        tracing.start(settings.tracing_endpoint, ratio, service=package.service, process=process)
    try:
        yield
    finally:
        tracing.stop()

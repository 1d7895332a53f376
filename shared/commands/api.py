"""The HTTP process: the public application, and health and metrics on the internal port."""

import argparse
import asyncio
import signal

import uvloop

from shared.commands.package import Package
from shared.http.app import readiness
from shared.http.health import health_app, served
from shared.observability import logging
from shared.settings import ServiceSettings

log = logging.get_logger(__name__)

DRAIN = 0.1
"""Share of the grace period in which requests are still taken after readiness is gone, for who has not noticed yet."""


def serve(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT. Raises OSError where a port is taken."""
    logging.configure(service=package.service, process="api", level=settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(package, settings))
    return 0


async def _serve(package: Package, settings: ServiceSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = package.create_app(settings)
    kit = app.state.kit
    grace = settings.shutdown_grace
    async with (
        served(health_app(ready=readiness(kit)), host=settings.host, port=settings.internal_port, grace=1),
        served(app, host=settings.host, port=settings.port, grace=grace * (1 - DRAIN), lifespan="on"),
    ):
        log.info("api_started", port=settings.port, internal_port=settings.internal_port)
        await stop.wait()
        kit.draining = True
        log.info("api_draining")
        await asyncio.sleep(grace * DRAIN)
    log.info("api_stopped")

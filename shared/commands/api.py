"""The HTTP process: the public application, and health and metrics on the internal port."""

import argparse
import asyncio
import gc

import uvloop

from shared.commands.package import Package
from shared.http.serve import serve as serve_app
from shared.observability import logging
from shared.settings import ServiceSettings

log = logging.get_logger(__name__)

DRAIN = 0.1
"""Share of the grace period in which requests are still taken after readiness is gone, for who has not noticed yet."""

COLLECT = (10_000, 20, 20)
"""Objects of the youngest generation, and collections of it and the next, before the garbage is collected."""


def serve(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Run the API process until SIGTERM or SIGINT. Raises OSError if a port is taken."""
    logging.configure(service=package.service, process="api", level=settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(package, settings))
    log.info("api_stopped")
    return 0


async def _serve(package: Package, settings: ServiceSettings) -> None:
    # made inside the loop: what the application holds belongs to it
    app = package.create_app(settings)
    # Modules, models and routes stay to the end: a collection that walked through all of them would stop every request
    # under way for a tenth of a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    await serve_app(app, drain=settings.shutdown_grace * DRAIN)

"""The HTTP process: the public application, and health and metrics on the internal port."""

import argparse
import asyncio

import uvloop

from shared.commands.collecting import collect_seldom
from shared.commands.package import Package
from shared.commands.telling import traces_of
from shared.http.serve import serve as serve_app
from shared.observability import logging
from shared.settings import ServiceSettings

log = logging.get_logger(__name__)

DRAIN = 0.1
"""Share of the grace period in which requests are still taken after readiness is gone, for who has not noticed yet."""


def serve(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Run the API process until SIGTERM or SIGINT. Raises OSError if a port is taken."""
    logging.configure(service=package.service, process="api", level=settings.log_level)
    with traces_of(package, settings, "api"), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(package, settings))
    log.info("api_stopped")
    return 0


async def _serve(package: Package, settings: ServiceSettings) -> None:
    # made inside the loop: what the application holds belongs to it
    app = package.create_app(settings)
    collect_seldom()
    await serve_app(app, drain=settings.shutdown_grace * DRAIN)

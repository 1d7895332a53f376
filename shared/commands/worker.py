"""Worker process: relays, consumes, runs schedules and jobs."""

import argparse
import asyncio

import uvloop

from shared.commands.collecting import collect_seldom
from shared.commands.package import Package
from shared.commands.telling import traces_of
from shared.observability import logging
from shared.settings import ServiceSettings


def work(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT. If a part fails for good the process ends, to be started anew."""
    logging.configure(service=package.service, process="worker", level=settings.log_level)
    with traces_of(package, settings, "worker"), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(package, settings))
    return 0


async def _work(package: Package, settings: ServiceSettings) -> None:
    collect_seldom()
    await package.worker(settings)

"""Runs the HTTP process of a service: the public port, the internal port, and a graceful shutdown."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import structlog
from fastapi import FastAPI

from shared.http.app import readiness, reasons
from shared.http.connections import Limits
from shared.http.health import health_app, served
from shared.http.kit import Kit

log = structlog.get_logger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(app: FastAPI, *, stop: asyncio.Event | None = None, drain: float = 0.0) -> None:
    """Serve until SIGTERM, SIGINT or `stop`. Raises OSError if a port is taken.

    During shutdown `/readyz` turns 503 at once; after `drain` seconds (time for a load balancer to notice) no
    connection is taken any more, and requests under way get the settings' grace.
    """
    kit = app.state.kit
    assert isinstance(kit, Kit)
    settings = kit.settings
    stop = stop or asyncio.Event()
    with _signals(stop):
        async with (
            served(
                health_app(ready=readiness(kit), reasons=reasons(kit)),
                host=settings.host,
                port=settings.internal_port,
            ),
            served(
                app,
                host=settings.host,
                port=settings.port,
                grace=settings.shutdown_grace,
                lifespan="on",
                trusted_proxies=settings.trusted_proxies,
                limits=Limits.of(settings),
            ),
        ):
            log.info("api_ready", port=settings.port, internal_port=settings.internal_port)
            looking = asyncio.create_task(kit.database.ready())  # a fault is told at the start, whoever asks for it
            await stop.wait()
            looking.cancel()
            kit.draining = True
            log.info("api_draining")
            await asyncio.sleep(drain)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for one in SIGNALS:
        loop.add_signal_handler(one, stop.set)
    try:
        yield
    finally:
        for one in SIGNALS:
            loop.remove_signal_handler(one)

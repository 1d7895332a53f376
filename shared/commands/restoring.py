"""`after-restore`: what a service tells its readers after its database came out of a backup."""

import argparse
import asyncio
from collections.abc import Iterator

from shared.clock import SystemClock
from shared.commands.database import database_of
from shared.commands.package import Package, Refused
from shared.contracts.catalogue import TOPICS, topic_name
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.kafka import KafkaBus
from shared.observability import logging
from shared.restoring.service import Restored, still_running, tell_restored
from shared.settings import ServiceSettings


def tell(package: Package, settings: ServiceSettings, _: argparse.Namespace) -> int:
    """Announce what holds and what does not, and print both: one line a noun, then one line an aggregate.

    Of nouns that nobody but their readers may know of, nothing is printed.
    """
    logging.configure(service=package.service, process="after-restore", level="CRITICAL")
    for line in told(package.service, asyncio.run(_tell(package, settings))):
        print(line)
    return 0


async def _tell(package: Package, settings: ServiceSettings) -> Restored:
    bus = KafkaBus(settings, client_id=f"{package.service}-after-restore")
    try:
        async with database_of(package, settings) as database:
            async with database.session() as session:
                if await still_running(session, package.service):
                    raise Refused("its API or its worker still runs: stop both, run this, then start the worker first")
            return await tell_restored(
                package.spec, database, bus, SystemClock(), lambda noun: topic_name(noun, settings.topic_prefix)
            )
    except BusUnavailable as away:
        raise Refused(str(away)) from away
    finally:
        await bus.close()


def told(service: str, restored: Restored) -> Iterator[str]:
    """The lines for people and for a file: counts first, then every aggregate with the version that was lost."""
    shown = {noun: one for noun, one in restored.nouns.items() if TOPICS[noun].published and one.ahead}
    for noun, one in shown.items():
        yield f"{noun} lost={len(one.lost)} rewound={len(one.rewound)}"
    for noun, one in shown.items():
        for ahead in one.lost:
            yield f"lost {noun} {ahead.aggregate} version={ahead.version}"
        for ahead in one.rewound:
            yield f"rewound {noun} {ahead.aggregate} version={ahead.owned} told={ahead.version}"
    read = sum(one.records for one in restored.nouns.values())
    yield f"{service}: {read} records read, announced as revision {restored.revision}"

"""A group member in a process of its own: `python -m tests.shared.bus_member BOOTSTRAP PROFILE GROUP TOPIC`.

SECURITY in the environment: the security settings, as JSON.
"""

import asyncio
import json
import os
import signal
import sys

from shared.messaging.bus.kafka import KafkaBus
from shared.settings import BrokerProfile
from tests.shared.buses import kafka_settings, work


async def main(bootstrap: str, profile: str, group: str, topic: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    security = json.loads(os.environ["SECURITY"])
    bus = KafkaBus(kafka_settings(bootstrap, BrokerProfile(profile), **security), client_id="member")
    await work(bus.consumer(group, [topic]), [], stop, echo=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

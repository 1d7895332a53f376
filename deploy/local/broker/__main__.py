"""Embedded Kafka broker: librdkafka's mock cluster behind a fixed port, in memory. For `make run` and the tests only.

`python -m deploy.local.broker --port 9092 [--prefix P] [--control]` prints `ready 127.0.0.1:9092`. With `--control` it
reads commands from standard input, one a line, answers each with `ok` or `error …`, and ends with the input: `down`
(connections cut and refused), `up`, `replace` (a new empty cluster), `rtt MS`, `fail API_KEY ERROR COUNT` (the next
COUNT requests of that kind get the Kafka error code), `topic NAME PARTITIONS`.
"""

import argparse
import asyncio
import os
import signal
import sys

from deploy.local.broker.controls import Broker
from deploy.loopback import HOST


async def _serve(port: int, prefix: str, control: bool) -> None:
    broker = Broker(port, prefix)
    try:
        await broker.start()
    except OSError as error:
        raise SystemExit(f"broker: port {port} of {HOST} is taken or not allowed ({error.strerror})") from error
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"ready {HOST}:{port}", flush=True)
    commands = asyncio.create_task(_read_commands(broker, stop)) if control else None
    await stop.wait()
    if commands is not None:
        commands.cancel()
    await broker.stop()


async def _read_commands(broker: Broker, stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        print(await broker.carry_out(line), flush=True)
    stop.set()


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.local.broker", description="the embedded bus")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--prefix", default="", help="put before every topic of the catalogue")
    parser.add_argument("--control", action="store_true", help="read commands from standard input")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.prefix, arguments.control))
    sys.stdout.flush()
    os._exit(0)  # librdkafka's threads would hold the process for seconds


if __name__ == "__main__":
    main()

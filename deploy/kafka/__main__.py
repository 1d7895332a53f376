"""`python -m deploy.kafka start|stop|run|fetch`: a real Apache Kafka on this machine, behind `make kafka`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from deploy.kafka.server import KafkaError, KafkaServer, Ports, fetch_jars


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.kafka", description="a real Apache Kafka, one node")
    parser.add_argument("verb", choices=("fetch", "start", "stop", "run"))
    parser.add_argument("--port", type=int, default=9092)
    parser.add_argument("--controller-port", type=int, help="default: port + 1")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("LOCAL", ".local")) / "kafka")
    arguments = parser.parse_args()
    ports = Ports(client=arguments.port, controller=arguments.controller_port or arguments.port + 1)
    server = KafkaServer(arguments.folder.resolve(), ports)
    try:
        match arguments.verb:
            case "fetch":
                fetch_jars()
            case "stop":
                server.stop()
            case "start":
                print("fetching jars and starting Kafka …", file=sys.stderr, flush=True)
                server.start()
                print(f"ready: {ports.bootstrap}", flush=True)
            case "run":
                _run(server)
    except KafkaError as error:
        raise SystemExit(f"kafka: {error}") from error


def _run(server: KafkaServer) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    print("fetching jars and starting Kafka …", file=sys.stderr, flush=True)
    server.start()
    print(f"ready: {server.ports.bootstrap}", flush=True)
    while not ended.wait(1.0):
        if server.running() is None:
            raise KafkaError("the node ended by itself")
    server.stop()


if __name__ == "__main__":
    main()

"""`python -m deploy.kafka start|stop|run|fetch`: one Apache Kafka node on this machine (`make kafka`).

`--secure`: with TLS, users and access rules.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from deploy.kafka.access import Names
from deploy.kafka.jars import KafkaError, fetch_jars
from deploy.kafka.node import SecureKafka
from deploy.kafka.server import KafkaServer, Ports


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.kafka", description="a real Apache Kafka, one node")
    parser.add_argument("verb", choices=("fetch", "start", "stop", "run"))
    parser.add_argument("--port", type=int, default=9092)
    parser.add_argument("--controller-port", type=int, help="default: port + 1")
    parser.add_argument("--folder", type=Path, help="default: .local/kafka, with --secure .local/kafka-secure")
    parser.add_argument("--secure", action="store_true", help="SASL_SSL (SCRAM-SHA-512), certificates, access rules")
    parser.add_argument("--certificate-port", type=int, help="TLS with client certificates; default: port + 2")
    parser.add_argument("--topic-prefix", default="", help="of the deployment that the users are for")
    parser.add_argument("--group-prefix", default="")
    parser.add_argument("--county", action="append", default=[], metavar="NAME", help="a county system to make")
    arguments = parser.parse_args()
    try:
        kafka = _kafka(arguments)
        server = kafka.server if isinstance(kafka, SecureKafka) else kafka
        match arguments.verb:
            case "fetch":
                fetch_jars()
            case "stop":
                server.stop()
            case "start":
                _start(kafka, arguments.county)
            case "run":
                _run(kafka, arguments.county)
    except KafkaError as error:
        raise SystemExit(f"kafka: {error}") from error


def _kafka(arguments: argparse.Namespace) -> KafkaServer | SecureKafka:
    port: int = arguments.port
    ports = Ports(client=port, controller=arguments.controller_port or port + 1)
    default = Path(os.environ.get("LOCAL", ".local")) / ("kafka-secure" if arguments.secure else "kafka")
    folder = (arguments.folder or default).resolve()
    if not arguments.secure:
        return KafkaServer(folder, ports)
    names = Names(arguments.topic_prefix, arguments.group_prefix)
    return SecureKafka(folder, ports, certificates=arguments.certificate_port or port + 2, names=names)


def _start(kafka: KafkaServer | SecureKafka, counties: list[str]) -> None:
    print("fetching jars and starting Kafka …", file=sys.stderr, flush=True)
    kafka.start()
    if isinstance(kafka, SecureKafka):
        print("environments of the users, for `set -a; . FILE`:", file=sys.stderr)
        for file in kafka.write_environments(counties):
            print(file, file=sys.stderr)
        print(f"ready: {kafka.bootstrap}, with client certificates {kafka.bootstrap_certificates}", flush=True)
    else:
        print(f"ready: {kafka.ports.bootstrap}", flush=True)


def _run(kafka: KafkaServer | SecureKafka, counties: list[str]) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    _start(kafka, counties)
    server = kafka.server if isinstance(kafka, SecureKafka) else kafka
    while not ended.wait(1.0):
        if server.running() is None:
            raise KafkaError("the node ended by itself")
    server.stop()


if __name__ == "__main__":
    main()

"""`python -m deploy.keycloak fetch|start|stop|run`: a Keycloak on this machine with the county's realm."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from deploy.keycloak.distribution import fetch
from deploy.keycloak.server import KeycloakError, KeycloakServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.keycloak", description=__doc__)
    parser.add_argument("verb", choices=("fetch", "start", "stop", "run"))
    parser.add_argument("--port", type=int, default=8180)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("LOCAL") or ".local") / "keycloak")
    arguments = parser.parse_args()
    server = KeycloakServer(arguments.folder, arguments.port)
    try:
        match arguments.verb:
            case "fetch":
                print(fetch())
            case "stop":
                server.stop()
            case "start":
                _start(server)
            case "run":
                _run(server)
    except KeycloakError as error:
        raise SystemExit(f"keycloak: {error}") from error


def _start(server: KeycloakServer) -> None:
    print("fetching and starting Keycloak …", file=sys.stderr, flush=True)
    server.start()
    print(f"administrator: {server.url}/admin/ with name and password of {server.password_file}")
    print(f"ready: {server.issuer}", flush=True)


def _run(server: KeycloakServer) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    _start(server)
    while not ended.wait(1.0):
        if server.running() is None:
            raise KeycloakError("the server ended by itself")
    server.stop()


if __name__ == "__main__":
    main()

"""Health check of a container engine: is the process alive? Called every few seconds, so it starts fast."""

import argparse
import http.client
import sys

from shared.commands.package import Package
from shared.listening import Listening

TIMEOUT = 3.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # nothing is bound here
"""A process that listens everywhere is asked on the loopback."""


def ask(package: Package, settings: Listening, _: argparse.Namespace) -> int:
    """Exit code 0 if `/healthz` on the internal port answers 200 within `TIMEOUT` seconds; else 1, with one line."""
    host = ANYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.internal_port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        said = "in time" if isinstance(error, TimeoutError) else f"({type(error).__name__})"
        print(f"{package.service}: no answer {said} on {host}:{settings.internal_port}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        print(f"{package.service}: /healthz on {host}:{settings.internal_port} answers {status}", file=sys.stderr)
        return 1
    return 0

"""A further API process beside the running stack, on ports of its own."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from deploy.local.stack.deployment import ROOT, Stack, python
from deploy.loopback import HOST
from shared.testing.broker import free_port

PATIENCE = 60.0

HASTY = """
import sys
from shared.auth import keys
keys.REFRESH, keys.RETRY = 2.0, 1.0
from shared.cli import main
sys.exit(main("services.{service}", ["api"]))
"""
"""The real process, but one that asks for keys every two seconds instead of every five minutes."""


class Process:
    """An API process of a service. `said` is its log."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, internal: int, log: Path) -> None:
        self._process = process
        self._internal = internal
        self._log = log
        self._client = httpx.Client(base_url=f"http://{HOST}:{port}", timeout=30, trust_env=False)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, token: str) -> httpx.Response:
        return self._client.get(path, headers={"authorization": f"Bearer {token}"})

    def health(self, path: str) -> tuple[int, dict[str, Any]] | None:
        """Of the internal port; None while nobody answers there."""
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(f"http://{HOST}:{self._internal}{path}", timeout=5, trust_env=False)
            return answer.status_code, answer.json()
        return None

    def until(self, path: str, status: int) -> dict[str, Any]:
        """The first answer of the internal port with this status."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.said()
            found = self.health(path)
            if found is not None and found[0] == status:
                return found[1]
            time.sleep(0.1)
        raise AssertionError(f"{path} never answered {status}: {self.said()[-2000:]}")

    def said(self) -> str:
        return self._log.read_text("utf-8")


@contextlib.contextmanager
def api_process(stack: Stack, service: str, *, hasty: bool = False) -> Iterator[Process]:
    """Started, not waited for; gone afterwards."""
    program = next(program for program in stack.service_programs() if program.name == f"{service}-api")
    port, internal = free_port(), free_port()
    environment = program.environment | {"XIANGLI_PORT": str(port), "XIANGLI_INTERNAL_PORT": str(internal)}
    arguments = ("-c", HASTY.format(service=service)) if hasty else program.arguments
    with tempfile.NamedTemporaryFile(prefix=f"{service}-", suffix=".log") as log:
        process = subprocess.Popen(
            [python(), *arguments],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        found = Process(process, port, internal, Path(log.name))
        try:
            yield found
        finally:
            found.close()
            process.terminate()
            process.wait(30)

"""Container of an image, as an engine would run it: process 1, the image's user, read-only root, empty `/tmp`."""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil

from deploy.image.build import Image
from deploy.image.root import Inside, command


class Container:
    """One container. Use it as a context manager: nothing of it outlives the block."""

    def __init__(
        self,
        image: Image,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        binds: Mapping[Path, str] | None = None,
        entrypoint: Sequence[str] | None = None,
    ) -> None:
        """`words` in place of CMD, `entrypoint` in place of ENTRYPOINT; `environment` on top of the image's."""
        self._inside = Inside(
            image.user, image.folder, image.environment | dict(environment), read_only=True, binds=binds or {}
        )
        self._image = image
        self._words = [*(image.entrypoint if entrypoint is None else entrypoint), *words]
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed at the block's end
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        line = command(self._image.root, self._inside, self._words)
        self._process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_: object) -> None:
        process = self._started
        if process.poll() is None:
            process.kill()  # --kill-child takes process 1 with it, and that one everybody else
        process.wait()
        self._said.close()

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "use it as a context manager"
        return self._process

    @property
    def first(self) -> psutil.Process:
        """Process 1 of the container, as this machine sees it. Raises LookupError while there is none."""
        children = psutil.Process(self._started.pid).children()
        if not children:
            raise LookupError("process 1 is not there")
        return children[0]

    @property
    def ended(self) -> bool:
        return self._started.poll() is not None

    @property
    def said(self) -> str:
        """Everything on standard output and standard error so far."""
        self._said.seek(0)
        return self._said.read()

    def signal(self, number: int) -> None:
        """Sends a signal to process 1, as `docker stop` does with SIGTERM."""
        self.first.send_signal(number)

    def wait(self, seconds: float) -> tuple[int, str]:
        """Exit code and output. Raises subprocess.TimeoutExpired."""
        return self._started.wait(seconds), self.said

    def beside(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Runs a command with the container's environment, as `docker exec` and health checks do (root anew)."""
        line = command(self._image.root, self._inside, words)
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


def run(
    image: Image,
    words: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    binds: Mapping[Path, str] | None = None,
    entrypoint: Sequence[str] | None = None,
) -> tuple[int, str]:
    """Runs a container to its end, at most five minutes: exit code and output."""
    with Container(image, words, environment or {}, binds=binds, entrypoint=entrypoint) as container:
        return container.wait(300)

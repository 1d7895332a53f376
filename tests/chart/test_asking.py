"""The program of `helm test`, run here against servers that answer rightly and wrongly."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from shared.testing.broker import free_port
from tests.chart.rendering import Case, pods, rendered

pytestmark = pytest.mark.chart


class Answers(BaseHTTPRequestHandler):
    """The status that the path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}"
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join()


def asked(*lines: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    (pod,) = (pod for pod in pods(rendered(Case("county"))) if pod.role == "test")
    (container,) = pod.spec["containers"]
    assert container["command"] == ["python", "-c"]
    done = subprocess.run(
        [sys.executable, "-c", *container["args"]],
        env={"ASK": " ".join(lines)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_it_is_content_when_everything_answers_as_it_should() -> None:
    with server() as url:
        code, said = asked(f"200={url}/200", f"401={url}/a/401")
    assert code == 0
    assert said.splitlines() == [f"{url}/200 200", f"{url}/a/401 401"]


def test_it_fails_when_one_answers_otherwise_and_says_which() -> None:
    with server() as url:
        code, said = asked(f"200={url}/503", f"200={url}/200")
    assert code == 1
    assert f"{url}/503 503" in said


def test_it_fails_when_nobody_listens() -> None:
    code, said = asked(f"200=http://127.0.0.1:{free_port()}/200")
    assert code == 1
    assert "refused" in said

"""deploy/compose/nginx.conf in a real nginx: every path to its API, the client's address, nothing else.

The nginx is Debian's, of another version than the image's; addresses and ports of the engine are put in their place.
"""

import http.server
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.image import composition
from tests.image.conftest import TOOLS

pytestmark = [pytest.mark.image, pytest.mark.xdist_group("image")]

CONFIGURATION = composition.ROOT / "deploy/compose/nginx.conf"


def program() -> Path:
    """Debian's nginx, unpacked below `.local/tools` and not installed."""
    folder = TOOLS / "nginx"
    found = folder / "usr/sbin/nginx"
    if not found.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "download", "nginx"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        (package,) = folder.glob("nginx_*.deb")
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    return found


class Api(http.server.BaseHTTPRequestHandler):
    """Any of the four APIs: says who was asked what, and for whom."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that http.server looks for
        seen = f"{self.path} for {self.headers['X-Forwarded-For']} at {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(seen)))
        self.end_headers()
        self.wfile.write(seen)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Names(socketserver.BaseRequestHandler):
    """A name server in place of the engine's: the four APIs are on the loopback, nobody else exists."""

    def handle(self) -> None:
        question, answer_to = self.request
        labels, at = [], 12
        while length := question[at]:
            labels.append(question[at + 1 : at + 1 + length].decode())
            at += length + 1
        asked, known = question[12 : at + 5], labels[-1].endswith("-api")
        assert isinstance(self.server, NameServer)
        self.server.asked.add(".".join(labels))
        header = question[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if known else b"\0\0")
        found = b"\xc0\x0c\0\1\0\1\0\0\0\5\0\4" + socket.inet_aton("127.0.0.1") if known else b""
        answer_to.sendto(header + b"\0\0\0\0" + asked + found, self.client_address)


class NameServer(socketserver.ThreadingUDPServer):
    """Remembers which names were asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Names)
        self.asked: set[str] = set()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, NameServer]]:
    """The address of the running proxy, and the name server that it asks."""
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as api, NameServer() as names:
        for one in (api, names):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        text = CONFIGURATION.read_text(encoding="utf-8")
        for old, new in (
            ("listen 8080;", f"listen 127.0.0.1:{port};"),
            ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names.server_address[1]} "),
            ("-api:8080;", f"-api:{api.server_address[1]};"),
            ("/tmp/", f"{folder}/"),
        ):
            assert old in text
            text = text.replace(old, new)
        (folder / "nginx.conf").write_text(text, encoding="utf-8")
        line = [str(program()), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
        process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
        try:
            deadline = time.monotonic() + 20
            while not _answers(port):
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", names
        finally:
            process.terminate()
            process.communicate()
            api.shutdown()
            names.shutdown()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("service", ["registry", "services-hall", "grid", "indicators"])
def test_each_path_leads_to_its_api_unchanged(service: str, proxy: tuple[str, NameServer]) -> None:
    address, names = proxy
    path = f"/{service}/v1/things/1?area=450481%20x&code=POP-RES"
    answer = httpx.get(address + path, headers={"X-Forwarded-For": "10.9.8.7"})
    assert answer.text == f"{path} for 127.0.0.1 at {address.removeprefix('http://')}"
    assert f"{service}-api" in names.asked
    assert answer.headers["server"] == "nginx"


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/registry", "/postgres/", "/xgrid/v1", "/realms/xiangli"])
def test_nothing_else_is_behind_the_door(path: str, proxy: tuple[str, NameServer]) -> None:
    assert httpx.get(proxy[0] + path).status_code == 404


def test_the_door_answers_for_itself(proxy: tuple[str, NameServer]) -> None:
    assert httpx.get(proxy[0] + "/").text == "xiangli\n"
    assert httpx.post(proxy[0] + "/grid/v1/x", content=b"0" * 3_000_000).status_code == 413

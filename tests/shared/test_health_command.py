"""`python -m services.<service> health`: what a container engine runs every few seconds beside the process."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.cli import main
from shared.commands import health
from shared.listening import Listening
from shared.settings import ServiceSettings
from shared.testing.databases import existing_services

ROOT = Path(__file__).parents[2]
HEAVY = {"sqlalchemy", "asyncpg", "aiokafka", "fastapi", "starlette", "uvicorn", "cryptography", "shared.settings"}


@contextlib.contextmanager
def answering(answer: bytes, *, host: str = "127.0.0.1") -> Iterator[int]:
    """A port that says the same to whoever comes, or takes the question and says nothing."""
    asked: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                with client:
                    asked.append(client.recv(4096))
                    if answer:
                        client.sendall(answer)
                    else:
                        client.recv(1)  # until the asker has gone

    with socket.create_server((host, 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    assert all(question.startswith(b"GET /healthz HTTP/1.1\r\n") for question in asked)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests: neither database nor keys."""
    for name in [name for name in os.environ if name.startswith("XIANGLI_")]:
        monkeypatch.delenv(name)


def asked(monkeypatch: pytest.MonkeyPatch, port: int, host: str = "127.0.0.1", service: str = "grid") -> int:
    monkeypatch.setenv("XIANGLI_INTERNAL_PORT", str(port))
    monkeypatch.setenv("XIANGLI_HOST", host)
    return main(f"services.{service}", ["health"])


@pytest.mark.parametrize("service", existing_services())
def test_a_living_process_is_healthy_and_no_secret_is_needed_to_ask(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as port:
        assert asked(monkeypatch, port, service=service) == 0
    assert capsys.readouterr() == ("", "")


def test_a_process_that_listens_everywhere_is_asked_on_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as port:
        assert asked(monkeypatch, port, host="0.0.0.0") == 0


def test_a_process_that_calls_itself_dead_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n") as port:
        assert asked(monkeypatch, port) == 1
    assert capsys.readouterr().err == f"grid: /healthz on 127.0.0.1:{port} answers 503\n"


def test_where_nobody_listens_nobody_is_healthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert asked(monkeypatch, port) == 1
    assert capsys.readouterr().err == f"grid: no answer (ConnectionRefusedError) on 127.0.0.1:{port}\n"


def test_a_process_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    with answering(b"") as port:
        assert asked(monkeypatch, port) == 1
    assert capsys.readouterr().err == f"grid: no answer in time on 127.0.0.1:{port}\n"


def test_what_does_not_speak_http_is_not_healthy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(b"SSH-2.0-OpenSSH\r\n") as port:
        assert asked(monkeypatch, port) == 1
    assert "no answer (BadStatusLine)" in capsys.readouterr().err


def test_a_port_that_is_none_is_wrong_usage_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(monkeypatch, 70_000) == 2
    said = capsys.readouterr().err
    assert said.startswith("grid: XIANGLI_INTERNAL_PORT ")
    assert "70000" not in said


def test_the_settings_of_the_process_and_of_the_question_are_the_same() -> None:
    assert issubclass(ServiceSettings, Listening)
    mine = {name: ServiceSettings.model_fields[name].default for name in Listening.model_fields}
    assert mine == {name: field.default for name, field in Listening.model_fields.items()}


def test_asking_loads_neither_framework_nor_driver() -> None:
    with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") as port:
        environment = {"PATH": os.environ["PATH"], "XIANGLI_INTERNAL_PORT": str(port)}
        command = [sys.executable, "-X", "importtime", "-m", "services.registry", "health"]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "pydantic" in loaded
    assert not loaded & HEAVY

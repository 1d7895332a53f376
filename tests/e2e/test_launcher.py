"""What the launcher refuses, and in which words; its keys, its ports, its settings."""

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from deploy.local.reset import reset
from deploy.local.stack.deployment import ROOT, Stack, stack_from_environment
from deploy.local.stack.folder import Folder, LocalRefused
from deploy.local.stack.ports import SERVICES, SPAN, Ports, free_ports
from deploy.local.stack.postgres import Postgres
from deploy.local.story.demo import demo
from deploy.loopback import HOST
from services.grid.settings import Settings as GridSettings
from services.registry.settings import Settings as RegistrySettings
from shared.crypto.extracts import ExtractReader, ExtractWriter
from shared.crypto.jwe import InboundKeys
from shared.settings import BrokerProfile, ServiceSettings


def call(verb: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The verb in a process of its own, as make calls it."""
    return subprocess.run(
        [sys.executable, "-m", f"deploy.local.{verb}", *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def taken() -> Iterator[int]:
    """A base port whose first port somebody listens on."""
    with socket.socket() as listening:
        for _ in range(20):  # somebody else may be faster
            base = free_ports().base
            with contextlib.suppress(OSError):
                listening.bind((HOST, base))
                break
        listening.listen()
        yield base


def test_a_taken_port_is_one_sentence(taken: int, tmp_path: Path) -> None:
    done = call("launcher", PORT=str(taken), LOCAL=str(tmp_path / "local"))
    assert done.returncode == 1
    assert done.stderr == (
        f"xiangli: port {taken} is taken: stop what listens there, or choose another base (PORT=9000).\n"
    )
    assert not (tmp_path / "local/postgres").exists(), "nothing was begun"


def test_a_folder_in_use_is_one_sentence(tmp_path: Path) -> None:
    held = Folder(tmp_path / "local")
    held.open()
    done = call("launcher", PORT=str(free_ports().base), LOCAL=str(held.path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"xiangli: another stack runs in {held.path}")
    assert done.stderr.count("\n") == 1
    held.close()


@pytest.mark.parametrize("port", ["abc", "80", "65535", "-1"])
def test_a_port_that_is_none_is_one_sentence(port: str, tmp_path: Path) -> None:
    done = call("launcher", PORT=port, LOCAL=str(tmp_path / "local"))
    assert done.returncode == 1
    assert done.stderr.startswith("xiangli: PORT must ")
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(7_000_000))
    with pytest.raises(LocalRefused, match=r"the disk of .* is full: 7 MB left, 500 MB needed"):
        Folder(tmp_path / "local").open()


def test_a_token_without_a_stack_is_one_sentence() -> None:
    ports = free_ports()
    done = call("tokens", "village_clerk", "450481100201", PORT=str(ports.base))
    assert done.returncode == 1
    assert done.stderr == f"xiangli: no stack runs at {ports.origin}: start one with `make run`.\n"


def test_a_token_for_nobody_says_how_to_ask() -> None:
    done = call("tokens", "", "")
    assert done.returncode == 1
    assert "make token ROLE=village_clerk AREA=450481100201" in done.stderr


def test_reset_takes_only_the_folder_of_a_stack_that_does_not_run(tmp_path: Path) -> None:
    strange = Stack(Folder(tmp_path / "photos"), free_ports())
    strange.folder.path.mkdir()
    with pytest.raises(LocalRefused, match="left alone"):
        reset(strange)
    assert strange.folder.path.exists()

    held = Folder(tmp_path / "local")
    held.open()
    held.secrets()
    with pytest.raises(LocalRefused, match="stop it first"):
        reset(Stack(Folder(held.path), free_ports()))
    held.close()
    assert reset(Stack(Folder(held.path), free_ports())) == 0
    assert not held.path.exists()


def test_keys_are_made_once_and_are_their_owners_only(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "local")
    folder.open()
    keys = folder.secrets()
    assert Folder(folder.path).secrets() == keys
    assert stat.S_IMODE((folder.keys / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.keys.stat().st_mode) == 0o700
    folder.close()
    shutil.rmtree(folder.keys)
    assert Folder(folder.path).secrets() != keys


def test_whoever_comes_first_makes_the_keys_for_all(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as together:
            made = [json.dumps(keys) for keys in together.map(lambda folder: folder.secrets(), [Folder(path)] * 8)]
        assert len(set(made)) == 1
        assert [file.name for file in (path / "keys").iterdir()] == ["keys.json"]


def test_a_folder_older_than_the_county_door_gets_its_key_once_and_keeps_the_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "local")
    keys = folder.secrets()
    old = {name: value for name, value in keys.items() if name != "XIANGLI_INBOUND_PRIVATE_KEYS"}
    (folder.keys / "keys.json").write_text(json.dumps(old))
    with ThreadPoolExecutor(8) as together:
        made = list(together.map(lambda one: one.secrets(), [Folder(folder.path)] * 8))
    assert all(one == made[0] for one in made)
    assert {name: made[0][name] for name in old} == old
    assert made[0].keys() == keys.keys()
    assert stat.S_IMODE((folder.keys / "xiangli_inbound_private_keys.json").stat().st_mode) == 0o600


def test_grid_and_registry_open_what_is_encrypted_to_each_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(Folder(tmp_path / "local"), Ports(9000))
    told = {service: stack.settings(service) for service in SERVICES}
    keys = {service: told[service].get("XIANGLI_INBOUND_PRIVATE_KEYS") for service in SERVICES}
    assert [service for service in SERVICES if keys[service]] == ["registry", "grid"]
    assert keys["registry"] != keys["grid"]
    assert not [service for service in SERVICES if "XIANGLI_LIST_PRIVATE_KEYS" in told[service]]
    for name, value in told["grid"].items():
        monkeypatch.setenv(name, value)
    settings = GridSettings()
    assert settings.allowed_sources == {"urn:county:450481:hotline-12345"}
    assert InboundKeys.parse(settings.inbound_private_keys.get_secret_value()).public_set()["keys"][0]["kid"] == "c1"


def test_every_service_accepts_the_settings_of_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(Folder(tmp_path / "local"), Ports(9000))
    for service in SERVICES:
        told = stack.settings(service)
        with monkeypatch.context() as environment:
            for name, value in told.items():
                environment.setenv(name, value)
            settings = RegistrySettings() if service == "registry" else ServiceSettings()
        assert settings.broker_profile is BrokerProfile.EMBEDDED
        assert settings.oidc_issuer == "http://127.0.0.1:9013"
        assert settings.kafka_bootstrap == "127.0.0.1:9014"
        assert settings.database_service_role == f"{service}_service"
        assert ("XIANGLI_EXTRACT_PRIVATE_KEY" in told) == (service == "registry"), "only registry signs"
        assert ("XIANGLI_EXTRACT_PUBLIC_KEYS" in told) == (service == "services_hall"), "only the hall verifies"
        assert ("XIANGLI_EXTRACT_ENCRYPTION_KEYS" in told) == (service in ("registry", "services_hall"))
        assert "XIANGLI_MIGRATOR_DATABASE_URL" not in told, "no service may change its schema"


def test_an_issuer_of_ones_own_takes_the_place_of_the_development_issuer(tmp_path: Path) -> None:
    stack = Stack(Folder(tmp_path / "local"), Ports(9000), issuer="https://login.example/realms/county")
    assert {program.name for program in stack.support_programs()} == {"start-page", "broker"}
    assert stack.settings("grid")["XIANGLI_OIDC_ISSUER"] == "https://login.example/realms/county"
    assert stack.own_program("prepare").environment["ISSUER"] == "https://login.example/realms/county"


async def test_the_demo_makes_its_people_at_a_keycloak_of_this_machine_only(tmp_path: Path) -> None:
    stack = Stack(Folder(tmp_path / "local"), free_ports(), issuer="https://login.example/realms/county")
    with pytest.raises(LocalRefused, match=r"https://login\.example/realms/county .*deploy\.keycloak run"):
        await demo(stack)


def test_settings_put_over_the_launchers_reach_the_service_that_they_name(tmp_path: Path) -> None:
    over = tmp_path / "over.json"
    over.write_text('{"*": {"XIANGLI_LOG_LEVEL": "DEBUG"}, "grid": {"XIANGLI_LOG_LEVEL": "ERROR"}}')
    stack = Stack(Folder(tmp_path / "local"), Ports(9000), over=over)
    assert stack.settings("grid")["XIANGLI_LOG_LEVEL"] == "ERROR"
    assert stack.settings("registry")["XIANGLI_LOG_LEVEL"] == "DEBUG"
    assert stack.own_program("prepare").environment["SETTINGS"] == str(over)


@pytest.mark.parametrize("text", ["", "[]", '{"*": 7}', '{"*": {"PATH": "x"}}', '{"grid": {"XIANGLI_PORT": 7}}'])
def test_a_settings_file_that_is_none_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    over = tmp_path / "over.json"
    over.write_text(text)
    with pytest.raises(LocalRefused, match=r"^SETTINGS=.*over\.json "):
        Stack(Folder(tmp_path / "local"), Ports(9000), over=over).settings("grid")


def test_what_registry_seals_the_hall_can_read(tmp_path: Path) -> None:
    keys = Folder(tmp_path / "local").secrets()
    encryption = keys["XIANGLI_EXTRACT_ENCRYPTION_KEYS"]
    writer = ExtractWriter.parse(keys["XIANGLI_EXTRACT_PRIVATE_KEY"], encryption)
    reader = ExtractReader.parse(keys["XIANGLI_EXTRACT_PUBLIC_KEYS"], encryption)
    now, person = datetime.now(UTC), uuid4()
    sealed = writer.write(person_id=person, fields={}, audience="a", purpose="p", place="45", now=now)
    assert reader.read(sealed.text, audience="a", now=now).person_id == person


def test_a_folder_from_before_extracts_were_sealed_gets_their_key_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "local")
    made = folder.secrets()
    del made["XIANGLI_EXTRACT_ENCRYPTION_KEYS"]
    (folder.keys / "keys.json").write_text(json.dumps(made))
    later = folder.secrets()
    assert later == folder.secrets()
    assert later.keys() - made.keys() == {"XIANGLI_EXTRACT_ENCRYPTION_KEYS"}
    assert stat.S_IMODE((folder.keys / "xiangli_extract_encryption_keys.json").stat().st_mode) == 0o600


def test_settings_of_another_deployment_do_not_reach_the_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGLI_DATABASE_URL", "postgresql+asyncpg://production/registry")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    stack = Stack(Folder(tmp_path / "local"), Ports(9000))
    assert not [name for name in stack.environment() if name.startswith("XIANGLI_")]
    assert "PYTHONDONTWRITEBYTECODE" not in stack.environment()
    for program in stack.service_programs():
        assert program.environment["XIANGLI_DATABASE_URL"].startswith("postgresql+asyncpg://")
        assert "production" not in program.environment["XIANGLI_DATABASE_URL"]


def test_a_base_moves_every_port_and_no_two_are_the_same() -> None:
    ports = Ports(9000)
    named = [ports.base, ports.issuer, ports.broker]
    for service in SERVICES:
        named += [ports.api(service), ports.api_internal(service), ports.worker_internal(service)]
    assert sorted(named) == list(range(9000, 9000 + SPAN))
    assert [ports.api(service) for service in SERVICES] == [9001, 9002, 9003, 9004]


def test_a_bus_of_ones_own_takes_the_place_of_the_embedded_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9100")
    monkeypatch.setenv("LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("KAFKA", "kafka.test:9092")
    stack = stack_from_environment()
    assert "broker" not in {program.name for program in stack.support_programs()}
    settings = stack.settings("grid")
    assert settings["XIANGLI_KAFKA_BOOTSTRAP"] == "kafka.test:9092"
    assert settings["XIANGLI_BROKER_PROFILE"] == "standard"
    assert settings["XIANGLI_TOPIC_PREFIX"], "two stacks on one cluster do not meet"


def test_two_folders_have_two_databases(tmp_path: Path) -> None:
    first, second = Postgres(tmp_path / "a"), Postgres(tmp_path / "b")
    assert first.urls_of("grid").service_url != second.urls_of("grid").service_url

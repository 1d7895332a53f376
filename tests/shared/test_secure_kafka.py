"""The guarded Kafka for trials and tests: no way round the guard, secrets for their owner only, whole on restart."""

import asyncio
import stat
from pathlib import Path

import pytest
from cryptography import x509

from deploy.kafka.access import Names
from deploy.kafka.node import SecureKafka
from deploy.kafka.pki import Authority
from deploy.kafka.secured import Guard
from deploy.kafka.server import Ports, properties
from shared.messaging.bus.diagnosis import diagnose_bus
from shared.messaging.bus.kafka import connection_arguments
from shared.settings import BrokerProfile
from shared.testing.broker import free_port
from tests.shared.buses import kafka_settings, security


def told(folder: Path, guard: Guard | None) -> dict[str, str]:
    text = properties(folder, Ports(client=1, controller=2, forwarded=(3, 4)), guard)
    return dict(line.split("=", 1) for line in text.splitlines())


def test_every_listener_for_clients_is_guarded_and_on_the_loopback(tmp_path: Path) -> None:
    found = told(tmp_path, Guard(tmp_path, 5))
    protocols = dict(entry.split(":") for entry in found["listener.security.protocol.map"].split(","))
    assert protocols == {
        "CLIENT": "SASL_SSL",
        "FORWARDED": "SASL_SSL",
        "CERTIFICATES": "SSL",
        "CONTROLLER": "PLAINTEXT",
    }
    assert all("://127.0.0.1:" in listener for listener in found["listeners"].split(","))
    assert "CONTROLLER" not in found["advertised.listeners"]
    assert found["listener.name.certificates.ssl.client.auth"] == "required"
    assert found["allow.everyone.if.no.acl.found"] == "false"
    by_certificate = told(tmp_path, Guard(tmp_path, 5, "certificate"))
    assert by_certificate["listener.name.forwarded.ssl.client.auth"] == "required"
    assert "FORWARDED:SSL" in by_certificate["listener.security.protocol.map"]


def test_an_open_node_says_that_it_is_open(tmp_path: Path) -> None:
    found = told(tmp_path, None)
    assert "SASL" not in found["listener.security.protocol.map"]
    assert "authorizer.class.name" not in found


def test_keys_and_passwords_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    guard = Guard(tmp_path, 5)
    password, other = guard.passwords.of("grid"), guard.passwords.of("registry")
    assert password == Guard(tmp_path, 5).passwords.of("grid") != other
    certificate, key = guard.authority.user("grid")
    assert key.read_bytes() == Guard(tmp_path, 5).authority.user("grid")[1].read_bytes()
    guard.authority.broker()
    secrets = [tmp_path / "passwords.json", key, tmp_path / "pki" / "ca.key", tmp_path / "pki" / "broker.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    subject = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert subject.subject.rfc4514_string() == "CN=grid"
    issuer = x509.load_pem_x509_certificate(Authority(tmp_path / "pki").ca_file.read_bytes())
    subject.verify_directly_issued_by(issuer)


@pytest.mark.kafka
async def test_a_node_that_is_started_again_knows_its_users(tmp_path: Path) -> None:
    names = Names("c.", "c.", user_prefix="c-")
    ports, certificates = Ports(client=free_port(), controller=free_port()), free_port()
    for _ in range(2):
        kafka = SecureKafka(tmp_path, ports, certificates=certificates, names=names)
        try:
            await asyncio.to_thread(kafka.start)
            files = await asyncio.to_thread(kafka.write_environments, ("hotline",))
            assert [file.name for file in files] == [
                *("registry.env", "services_hall.env", "grid.env", "indicators.env", "county-hotline.env")
            ]
            for file in files:
                assert stat.S_IMODE(file.stat().st_mode) == 0o600
                given = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
                assert given["XIANGLI_KAFKA_USERNAME"] == "c-" + file.stem.replace("_", "-")
                where = kafka_settings(kafka.bootstrap, BrokerProfile.STANDARD, **security(given))
                assert await diagnose_bus(connection_arguments(where)) is None
        finally:
            await asyncio.to_thread(kafka.stop)

"""What an operator may get wrong about a guarded Kafka: one sentence each, and nobody is let in by the way."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiokafka.admin import NewTopic

from deploy.kafka.access import Kind, Names, Operation, Rule, service_rules
from deploy.kafka.node import SecureKafka
from deploy.kafka.pki import Authority
from deploy.kafka.server import Ports
from shared.contracts.asyncapi import SERVICES
from shared.messaging.bus.diagnosis import diagnose_bus
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.kafka import KafkaBus, connection_arguments
from shared.messaging.bus.topics import TopicMismatch, ensure_topics, wanted_topics
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import free_port
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import DatabaseOf
from tests.shared.buses import kafka_settings, security
from tests.shared.test_cli import Run, free_ports, run, started, wait_for

__all__ = ["run"]

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("guarded")]

NAMES = Names("c.", "c.", topic_partitions=1)
SECRET = "not-the-password"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SecureKafka]:
    ports = Ports(client=free_port(), controller=free_port(), forwarded=(free_port(), free_port()))
    node = SecureKafka(tmp_path_factory.mktemp("guarded"), ports, certificates=free_port(), names=NAMES)
    try:
        await asyncio.to_thread(node.start)
        yield node
    finally:
        await asyncio.to_thread(node.kill)


def settings_of(kafka: SecureKafka, user: str = "grid", *, bootstrap: str = "", **over: Any) -> ServiceSettings:
    given = security(kafka.settings_for(user))
    named = {"topic_prefix": "c.", "group_prefix": "c.", "topic_partitions": 1}
    return kafka_settings(bootstrap or kafka.bootstrap, BrokerProfile.STANDARD, **(given | named | over))


async def said(settings: ServiceSettings) -> str:
    """The sentence; the same that a question to the bus raises."""
    fault = await diagnose_bus(connection_arguments(settings))
    assert fault is not None
    bus = KafkaBus(settings, client_id="test")
    with pytest.raises(BusUnavailable) as raised:
        await bus.cluster_id()
    await bus.close()
    assert str(raised.value) == str(fault)
    assert SECRET not in str(fault)
    return str(fault)


async def test_the_right_settings_have_no_fault(kafka: SecureKafka) -> None:
    assert await diagnose_bus(connection_arguments(settings_of(kafka))) is None


async def test_a_wrong_password_or_user_is_named(kafka: SecureKafka) -> None:
    sentence = "XIANGLI_KAFKA_PASSWORD: the broker refuses it for the user of XIANGLI_KAFKA_USERNAME"
    assert await said(settings_of(kafka, kafka_password=SECRET)) == sentence
    assert await said(settings_of(kafka, kafka_username="nobody")) == sentence


async def test_another_mechanism_is_named(kafka: SecureKafka) -> None:
    sentence = "XIANGLI_KAFKA_SASL_MECHANISM: the broker does not offer this mechanism"
    assert await said(settings_of(kafka, kafka_sasl_mechanism="SCRAM-SHA-256")) == sentence


async def test_another_kind_of_connection_is_named(kafka: SecureKafka) -> None:
    plain = kafka_settings(kafka.bootstrap, BrokerProfile.STANDARD)
    assert (await said(plain)).startswith("XIANGLI_KAFKA_SECURITY: is PLAINTEXT, and the broker hangs up")
    no_login = settings_of(kafka, kafka_security="SSL", kafka_username=None, kafka_password=None)
    assert (await said(no_login)).startswith("XIANGLI_KAFKA_SECURITY: is SSL, ")


async def test_brokers_that_name_themselves_by_an_address_where_nobody_is_are_told(kafka: SecureKafka) -> None:
    assert kafka.server.ports.forwarded is not None
    behind, _ = kafka.server.ports.forwarded
    assert await said(settings_of(kafka, bootstrap=f"127.0.0.1:{behind}")) == (
        "XIANGLI_KAFKA_BOOTSTRAP: a broker answers, but not at the address it names itself by: no broker listens there"
    )


async def test_a_certificate_of_another_authority_or_for_another_name_is_named(
    kafka: SecureKafka, tmp_path: Path
) -> None:
    theirs = Authority(tmp_path).ca_file
    assert (await said(settings_of(kafka, kafka_ca_file=theirs))).startswith("XIANGLI_KAFKA_CA_FILE: ")
    renamed = settings_of(kafka, bootstrap=kafka.bootstrap.replace("127.0.0.1", "localhost"))
    assert (await said(renamed)).endswith("made out to another host name")


async def test_a_client_certificate_that_is_missing_or_not_trusted_is_named(kafka: SecureKafka, tmp_path: Path) -> None:
    where: dict[str, Any] = {"bootstrap": kafka.bootstrap_certificates, "kafka_username": None, "kafka_password": None}
    none = settings_of(kafka, kafka_security="SSL", **where)
    sentence = "XIANGLI_KAFKA_CERT_FILE: the broker wants a client certificate that it trusts, and got none or another"
    assert await said(none) == sentence
    certificate, key = Authority(tmp_path).user("c.grid")
    stranger = settings_of(kafka, kafka_security="SSL", kafka_cert_file=certificate, kafka_key_file=key, **where)
    assert await said(stranger) == sentence


async def test_a_certificate_without_rules_opens_nothing(kafka: SecureKafka) -> None:
    """Signed by the right authority, but nobody's."""
    given = security(kafka.settings_for("c.nobody", by="certificate"))
    settings = kafka_settings(kafka.bootstrap_certificates, BrokerProfile.STANDARD, **given, topic_prefix="c.")
    with pytest.raises(TopicMismatch, match="the user of XIANGLI_KAFKA_CERT_FILE may not see it"):
        await ensure_topics(settings, "grid")


def environment_of(kafka: SecureKafka, user: str, database: ServiceDatabase) -> dict[str, object]:
    return {
        **{name.removeprefix("XIANGLI_").lower(): value for name, value in kafka.settings_for(user).items()},
        "topic_prefix": "c.",
        "group_prefix": "c.",
        "topic_partitions": 1,
        "database_url": database.service_url,
        "migrator_database_url": database.owner_url,
    }


async def test_migrate_ends_with_the_sentence(kafka: SecureKafka, committed_of: DatabaseOf, run: Run) -> None:
    database = await committed_of("indicators")
    given = environment_of(kafka, "indicators", database)
    refused = await run("indicators", "migrate", **(given | {"kafka_password": SECRET}))
    assert refused.returncode == 1
    sentence = "indicators: XIANGLI_KAFKA_PASSWORD: the broker refuses it for the user of XIANGLI_KAFKA_USERNAME"
    assert refused.stderr.splitlines()[-1] == sentence
    assert SECRET not in refused.stderr
    assert (await run("indicators", "migrate", **given)).returncode == 0
    partitions = await run("indicators", "migrate", **(given | {"topic_partitions": 3}))
    assert partitions.returncode == 1
    assert "has 1 partitions and 3 are wanted" in partitions.stderr.splitlines()[-1]
    assert "XIANGLI_TOPIC_PARTITIONS" in partitions.stderr.splitlines()[-1]


async def test_a_worker_without_a_rule_waits_says_so_and_goes_on_once_it_has_it(
    kafka: SecureKafka, committed_of: DatabaseOf
) -> None:
    database = await committed_of("services_hall")
    admin = KafkaBus(settings_of(kafka, "admin"), client_id="admin")
    wanted = {topic.name: topic for service in SERVICES for topic in wanted_topics(NAMES, service)}
    there = set(await admin.ask("list_topics"))
    await admin.ask("create_topics", [NewTopic(name, 1, 1) for name in wanted if name not in there])
    await admin.close()
    rules = service_rules("services_hall", NAMES)
    hidden = Rule(Kind.TOPIC, "c.registry.persons", (Operation.READ, Operation.DESCRIBE))
    assert hidden in rules
    await asyncio.to_thread(kafka.add_user, "late", [rule for rule in rules if rule != hidden])
    (internal,) = free_ports(1)
    given = environment_of(kafka, "late", database) | {"internal_port": internal, "shutdown_grace": 3}
    url = f"http://127.0.0.1:{internal}/readyz"
    with started("services_hall", "worker", **given) as process:
        reasons: dict[str, str] = {}
        async with asyncio.timeout(90):
            while "consumer c.services_hall" not in reasons:
                answer = await asyncio.to_thread(wait_for, url, process, 503)
                reasons = answer.json().get("reasons", {})
                await asyncio.sleep(0.2)
        assert "may not read topic c.registry.persons" in reasons["consumer c.services_hall"]
        await asyncio.to_thread(kafka.add_user, "late", [hidden])
        ready = await asyncio.to_thread(wait_for, url, process)
        assert "reasons" not in ready.json()
        process.send_signal(signal.SIGTERM)
        output, _ = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 0, output
    events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    told = [line for line in events if line["event"] in ("fault", "fault_over")]
    assert [line["event"] for line in told] == ["fault", "fault_over"], told
    assert told[0]["setting"] == "XIANGLI_KAFKA_USERNAME"

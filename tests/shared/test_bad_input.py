"""What an operator may get wrong: each time one sentence that names the setting, and never what was set."""

import asyncio
import json
import signal
from pathlib import Path

import pytest
import structlog
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from deploy.kafka.pki import Authority
from shared.diagnostics import Diagnosis, Diagnostics
from shared.messaging.bus.diagnosis import diagnose_bus, diagnose_reading, diagnose_writing
from shared.messaging.bus.interface import BusUnavailable, TopicRefused
from shared.messaging.bus.kafka import KafkaBus, connection_arguments
from shared.settings import BrokerProfile
from shared.testing.broker import free_port
from shared.testing.databases import ServiceDatabase, spec_of
from shared.testing.migrations import provision_empty
from shared.testing.plugin import DatabaseOf
from tests.shared.buses import kafka_settings
from tests.shared.strangers import Talk, hangs_up, is_silent, listening, refuses, tls
from tests.shared.test_cli import Run, free_ports, run, started, wait_for

__all__ = ["run"]

SECRET = "s3cret-of-tests"


@pytest.fixture
async def registry(committed_of: DatabaseOf) -> ServiceDatabase:
    """Registry's migrated database."""
    return await committed_of("registry")


async def migrates_in_vain(run: Run, said: str, **settings: object) -> None:
    done = await run("registry", "migrate", **settings)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"registry: {said}"
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (
            refuses("28P01"),
            "the database server refuses its user or password (PGUSER and PGPASSWORD where it holds none)",
        ),
        (
            refuses("28000"),
            "the database server refuses its user or password (PGUSER and PGPASSWORD where it holds none)",
        ),
        (refuses("3D000"), "it names a database that does not exist on that server"),
        (refuses("53300"), "the database server has no connection left for us"),
        (refuses("57P03"), "the database server is starting up or shutting down"),
    ],
)
async def test_migrate_says_what_the_database_server_refused(run: Run, talk: Talk, said: str) -> None:
    async with listening(talk) as port:
        url = f"postgresql+asyncpg://registry:{SECRET}@127.0.0.1:{port}/registry"
        await migrates_in_vain(run, f"XIANGLI_DATABASE_URL: {said}", database_url=url)
        urls = {"database_url": "postgresql+asyncpg://nobody@127.0.0.1:1/x", "migrator_database_url": url}
        await migrates_in_vain(run, f"XIANGLI_MIGRATOR_DATABASE_URL: {said}", **urls)


async def test_a_database_server_that_is_not_there_is_named_by_every_verb(run: Run) -> None:
    url = f"postgresql+asyncpg://registry:{SECRET}@127.0.0.1:{free_port()}/registry"
    said = "registry: XIANGLI_DATABASE_URL: no database server listens there"
    for verb in (("migrate",), ("migrate", "--check"), ("maintain",), ("jobs", "list"), ("dead-letters", "list")):
        done = await run("registry", *verb, database_url=url)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (1, said), verb
        assert "Traceback" not in done.stderr
    unknown = f"postgresql+asyncpg://registry:{SECRET}@db.county.invalid/registry"
    await migrates_in_vain(run, "XIANGLI_DATABASE_URL: its host name is not known", database_url=unknown)


async def test_a_database_that_does_not_exist_is_named(run: Run, registry: ServiceDatabase) -> None:
    url = registry.service_url.replace(f"/{registry.database.engine.url.database}?", "/nowhere_at_all?")
    assert url != registry.service_url
    said = "XIANGLI_DATABASE_URL: it names a database that does not exist on that server"
    await migrates_in_vain(run, said, database_url=url)


async def test_migrate_says_that_no_broker_is_there(run: Run, registry: ServiceDatabase) -> None:
    where = {"database_url": registry.service_url, "migrator_database_url": registry.owner_url}
    said = "XIANGLI_KAFKA_BOOTSTRAP: no broker listens there"
    await migrates_in_vain(run, said, kafka_bootstrap=f"127.0.0.1:{free_port()}", **where)


def faults_told(output: str) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return [(line["part"], line["setting"]) for line in lines if line["event"] == "fault"]


def test_an_api_without_its_database_waits_and_says_once_which_setting() -> None:
    port, internal = free_ports(2)
    url = f"postgresql+asyncpg://registry:{SECRET}@127.0.0.1:{free_port()}/registry"
    settings = {"database_url": url, "port": port, "internal_port": internal, "shutdown_grace": 2}
    with started("registry", "api", **settings) as process:
        for _ in range(3):
            parts = wait_for(f"http://127.0.0.1:{internal}/readyz", process, status=503).json()
        assert parts["reasons"]["database"] == "XIANGLI_DATABASE_URL: no database server listens there"
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert faults_told(output) == [("database", "XIANGLI_DATABASE_URL")]
    assert SECRET not in output


async def test_a_worker_without_its_broker_waits_and_says_once_which_setting(registry: ServiceDatabase) -> None:
    (internal,) = free_ports(1)
    where = {"database_url": registry.service_url, "kafka_bootstrap": f"127.0.0.1:{free_port()}"}
    with started("registry", "worker", internal_port=internal, shutdown_grace=2, **where) as process:
        url = f"http://127.0.0.1:{internal}/readyz"
        for _ in range(3):
            parts = wait_for(url, process, status=503).json()
            await asyncio.sleep(0.7)
        assert parts["reasons"]["bus"] == "XIANGLI_KAFKA_BOOTSTRAP: no broker listens there"
        assert parts["keys"] is True, "it has looked for keys that it lacks"
        process.send_signal(signal.SIGTERM)
        output, _ = await asyncio.to_thread(process.communicate, timeout=30)
    assert process.returncode == 0, output
    assert faults_told(output) == [("bus", "XIANGLI_KAFKA_BOOTSTRAP")]


async def test_an_empty_database_is_named_by_a_worker(postgres: str, worker_id: str) -> None:
    (internal,) = free_ports(1)
    empty = await provision_empty(spec_of("registry"), postgres, f"bad_{worker_id}")
    url = empty.service_url
    with started("registry", "worker", internal_port=internal, shutdown_grace=2, database_url=url) as process:
        reasons = {}
        for _ in range(50):
            parts = wait_for(f"http://127.0.0.1:{internal}/readyz", process, status=503).json()
            if reasons := parts.get("reasons", {}):
                break
            await asyncio.sleep(0.1)
        process.kill()
    assert reasons["schema"].startswith("XIANGLI_DATABASE_URL: the database was never migrated")


async def probe(bootstrap: str, **security: str) -> Diagnosis | None:
    settings = kafka_settings(bootstrap, BrokerProfile.STANDARD, **security)
    return await diagnose_bus(connection_arguments(settings))


async def test_a_broker_whose_certificate_does_not_match_is_named(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    password = {"kafka_username": "grid", "kafka_password": SECRET}
    for security in ({"kafka_security": "SSL"}, {"kafka_security": "SASL_SSL", **password}):
        async with listening(hangs_up, tls(ours.broker(names=("broker.county",)))) as port:
            stranger = await probe(f"127.0.0.1:{port}", kafka_ca_file=str(theirs.ca_file), **security)
            assert (
                str(stranger) == "XIANGLI_KAFKA_CA_FILE: the certificate of the broker is not from an authority in it"
            )
            system = await probe(f"127.0.0.1:{port}", **security)
            assert system == stranger
            renamed = await probe(f"localhost:{port}", kafka_ca_file=str(ours.ca_file), **security)
            assert str(renamed) == (
                "XIANGLI_KAFKA_BOOTSTRAP: the certificate of the broker is made out to another host name"
            )


async def test_a_broker_that_speaks_something_else_is_named(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with listening(hangs_up) as port:
        plain = await probe(f"127.0.0.1:{port}", kafka_security="SSL", kafka_ca_file=str(ours.ca_file))
        assert plain is not None
        assert plain.setting == "XIANGLI_KAFKA_SECURITY"
        hung_up = await probe(f"127.0.0.1:{port}")
        assert str(hung_up) == (
            "XIANGLI_KAFKA_SECURITY: is PLAINTEXT, and the broker hangs up: it seems to speak something else there"
        )
    async with listening(is_silent) as port:
        assert str(await probe(f"127.0.0.1:{port}")) == "XIANGLI_KAFKA_BOOTSTRAP: no broker answers there in time"


async def test_a_bootstrap_that_leads_nowhere_is_named() -> None:
    assert str(await probe(f"127.0.0.1:{free_port()}")) == "XIANGLI_KAFKA_BOOTSTRAP: no broker listens there"
    assert str(await probe("broker.county.invalid:9092")) == "XIANGLI_KAFKA_BOOTSTRAP: a host name in it is not known"


async def test_of_several_brokers_the_one_that_came_furthest_is_told(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours"), Authority(tmp_path / "theirs")
    async with listening(hangs_up, tls(ours.broker())) as port:
        brokers = f"127.0.0.1:{free_port()},127.0.0.1:{port},127.0.0.1:{free_port()}"
        fault = await probe(brokers, kafka_security="SSL", kafka_ca_file=str(theirs.ca_file))
    assert fault is not None
    assert fault.setting == "XIANGLI_KAFKA_CA_FILE"


async def test_a_bus_that_cannot_be_asked_raises_the_sentence_and_tells_the_process() -> None:
    diagnostics = Diagnostics()
    settings = kafka_settings(f"127.0.0.1:{free_port()}", BrokerProfile.STANDARD)
    bus = KafkaBus(settings, client_id="test", diagnostics=diagnostics)
    with pytest.raises(BusUnavailable, match=r"^XIANGLI_KAFKA_BOOTSTRAP: no broker listens there$"):
        await bus.cluster_id()
    await bus.close()
    assert diagnostics.reasons() == {"bus": "XIANGLI_KAFKA_BOOTSTRAP: no broker listens there"}


def test_refused_topics_and_groups_name_the_user() -> None:
    topic = diagnose_reading(TopicAuthorizationFailedError({"b", "a"}))
    assert str(topic) == (
        "XIANGLI_KAFKA_USERNAME: the user of XIANGLI_KAFKA_USERNAME (or of XIANGLI_KAFKA_CERT_FILE) may not read"
        " topic a, b, or there is no such topic"
    )
    group = diagnose_reading(GroupAuthorizationFailedError("grid"))
    assert group is not None
    assert "consumer group (XIANGLI_GROUP_PREFIX)" in group.sentence
    missing = diagnose_reading(UnknownTopicOrPartitionError())
    assert missing is not None
    assert missing.setting == "XIANGLI_TOPIC_PREFIX"
    written = diagnose_writing(TopicAuthorizationFailedError(), "grid.visits")
    assert written is not None
    assert "may not write topic grid.visits" in written.sentence
    assert diagnose_reading(None) is diagnose_reading(OSError()) is diagnose_writing(OSError(), "t") is None
    assert "grid.visits" in str(TopicRefused(str(written)))


def test_a_fault_is_told_when_it_comes_and_when_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.diagnostics.log", structlog.get_logger())  # the other one may remember a configuration
    diagnostics = Diagnostics()
    one, two = Diagnosis("XIANGLI_A", "is away"), Diagnosis("XIANGLI_B", "is wrong")
    with structlog.testing.capture_logs() as lines:
        for fault in (one, one, two, two, None, None):
            diagnostics.report("bus", fault)
            assert diagnostics.has("bus") is (fault is not None)
    assert diagnostics.reasons() == {}
    told = [(line["event"], line["setting"], line.get("reason")) for line in lines]
    assert told == [
        ("fault", "XIANGLI_A", "is away"),
        ("fault", "XIANGLI_B", "is wrong"),
        ("fault_over", "XIANGLI_B", None),
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": "eight"}, "XIANGLI_PORT"),
        ({"kafka_security": SECRET}, "XIANGLI_KAFKA_SECURITY"),
        ({"broker_profile": SECRET}, "XIANGLI_BROKER_PROFILE"),
        ({"topic_partitions": "0"}, "XIANGLI_TOPIC_PARTITIONS"),
        ({"kafka_bootstrap": f"kafka://{SECRET}"}, "XIANGLI_KAFKA_BOOTSTRAP must be host:port"),
        ({"kafka_bootstrap": ""}, "XIANGLI_KAFKA_BOOTSTRAP must be host:port"),
        ({"kafka_security": "SASL_SSL"}, "XIANGLI_KAFKA_USERNAME is missing"),
        ({"field_keys": ""}, "XIANGLI_FIELD_KEYS"),
    ],
)
async def test_a_wrong_setting_ends_every_role_with_one_line(run: Run, settings: dict[str, str], said: str) -> None:
    for role in ("api", "worker", "migrate"):
        done = await run("registry", role, database_url="postgresql+asyncpg://x@127.0.0.1/y", **settings)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert line.startswith("registry: ")
        assert said in line
        assert SECRET not in line

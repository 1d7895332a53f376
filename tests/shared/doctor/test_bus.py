"""Check-up of the bus, and the verb as an operator calls it: exit code, both languages, no secret."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.cli import main
from shared.contracts.catalogue import TOPICS
from shared.db import diagnosis as of_database
from shared.diagnostics import Diagnosis
from shared.doctor.bus import check_bus
from shared.doctor.findings import Check, Finding, Level
from shared.doctor.sentences import BUS, DATABASE, told
from shared.messaging.bus import diagnosis as of_bus
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.kafka import KafkaBus
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import BrokerProcess, free_port
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import VALUES
from tests.shared.buses import kafka_settings
from tests.shared.issuer_http import issuer_on

HAN = re.compile("[\u4e00-\u9fff]")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def broker() -> AsyncIterator[BrokerProcess]:
    process = BrokerProcess()
    await process.start()
    yield process
    await process.stop()


def at(broker: BrokerProcess, profile: BrokerProfile = BrokerProfile.EMBEDDED, **more: object) -> ServiceSettings:
    return kafka_settings(broker.bootstrap, profile, topic_partitions=4, **more)


def by_check(found: object) -> dict[Check, Finding]:
    assert isinstance(found, list)
    return {one.check: one for one in found}


async def test_a_bus_that_answers_has_no_fault(broker: BrokerProcess) -> None:
    found = by_check(await check_bus("indicators", at(broker)))
    assert {check: one.level for check, one in found.items()} == {Check.BROKER: Level.OK, Check.READING: Level.OK}
    readers = [topic for topic in TOPICS.values() if "indicators" in topic.readers]
    assert found[Check.READING].english == f"{len(readers)} topics can be read."


async def test_a_bus_that_is_away_is_one_sentence() -> None:
    [said] = await check_bus("grid", kafka_settings(f"127.0.0.1:{free_port()}", BrokerProfile.EMBEDDED))
    assert (said.check, said.level) == (Check.BROKER, Level.FAULT)
    assert said.chinese.startswith("XIANGLI_KAFKA_BOOTSTRAP：该地址没有消息总线在监听。请核对地址和端口")
    assert said.english.startswith("XIANGLI_KAFKA_BOOTSTRAP: no broker listens there; check address")


async def test_topics_that_were_never_made_are_counted_and_one_is_named(broker: BrokerProcess) -> None:
    settings = at(broker, BrokerProfile.STANDARD, topic_prefix="nobody.")
    found = by_check(await check_bus("grid", settings))
    assert found[Check.TOPICS].level is Level.FAULT
    assert "such as nobody." in found[Check.TOPICS].english
    assert "请运行 migrate" in found[Check.TOPICS].chinese


async def test_topics_with_another_number_of_partitions_are_told(broker: BrokerProcess) -> None:
    await check_bus("grid", at(broker))  # the embedded broker makes what is asked for
    await check_bus("registry", at(broker))
    settings = at(broker, BrokerProfile.STANDARD).model_copy(update={"topic_partitions": 3})
    said = by_check(await check_bus("indicators", settings))[Check.TOPICS]
    assert said.level is Level.FAULT
    assert said.english.endswith(".")


@pytest.mark.parametrize(
    ("refused", "chinese", "english"),
    [
        (
            TopicAuthorizationFailedError("registry.persons"),
            "该用户无权读取主题",
            "may not read topic registry.persons",
        ),
        (GroupAuthorizationFailedError("grid"), "该用户无权在本服务的消费组中读取", "consumer group"),
        (UnknownTopicOrPartitionError(), "要读取的主题还不存在", "run `migrate` of its owner first"),
    ],
)
async def test_a_user_that_may_not_read_is_told_what_it_lacks(
    broker: BrokerProcess, monkeypatch: pytest.MonkeyPatch, refused: KafkaError, chinese: str, english: str
) -> None:
    async def partitions(_: KafkaBus, topic: str) -> int:
        raise BusUnavailable(topic) from refused

    monkeypatch.setattr(KafkaBus, "partitions", partitions)
    said = by_check(await check_bus("grid", at(broker)))[Check.READING]
    assert said.level is Level.FAULT
    assert chinese in said.chinese
    assert english in said.english


def test_every_diagnosis_of_the_kit_has_its_chinese_sentence_and_a_remedy() -> None:
    for module, words, check in ((of_database, DATABASE, Check.DATABASE), (of_bus, BUS, Check.BROKER)):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        sentences = re.findall(r'(?:Diagnosis\(\s*\w+,\s*f?|^\s+|\),\s+)"([^"\n]{18,})"', source, re.MULTILINE)
        assert len(sentences) >= 10
        for sentence in sentences:
            said = told(check, Diagnosis("XIANGLI_X", sentence), words)
            assert "请查看本进程日志" not in said.chinese, sentence
            assert HAN.search(said.chinese)
            assert said.english.count(";") >= 1


def test_what_is_not_known_is_told_all_the_same() -> None:
    said = told(Check.BROKER, Diagnosis("XIANGLI_X", "something new"), BUS)
    assert said.lines("grid") == (
        "grid broker 故障：XIANGLI_X：连接失败。请查看本进程日志。",
        "grid broker fault: XIANGLI_X: something new; look into the log of this process.",
    )


async def test_the_verb_says_what_is_wrong_in_both_languages_and_ends_with_one(
    broker: BrokerProcess,
    database_of: DatabaseOf,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    grid = await database_of("grid")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with issuer_on() as issuer:
        given = VALUES | {
            "database_url": grid.service_url,
            "kafka_bootstrap": broker.bootstrap,
            "broker_profile": "embedded",
            "oidc_issuer": issuer.issuer,
        }
        for name, value in given.items():
            monkeypatch.setenv(f"XIANGLI_{name.upper()}", str(value))
        assert await asyncio.to_thread(main, "services.grid", ["doctor"]) == 0
        well = capsys.readouterr().out.splitlines()
        assert await asyncio.to_thread(main, "services.grid", ["doctor", "--quiet"]) == 0
        quiet = capsys.readouterr().out.splitlines()
        assert await asyncio.to_thread(main, "services.grid", ["doctor", "--of", "worker"]) == 0
        assert " issuer " not in capsys.readouterr().out
        monkeypatch.setenv("XIANGLI_KAFKA_BOOTSTRAP", "127.0.0.1:1")
        assert await asyncio.to_thread(main, "services.grid", ["doctor", "--of", "api"]) == 0
        assert " broker " not in capsys.readouterr().out
        monkeypatch.setenv("XIANGLI_KAFKA_BOOTSTRAP", broker.bootstrap)
    assert await asyncio.to_thread(main, "services.grid", ["doctor", "--quiet"]) == 1
    ill = capsys.readouterr().out.splitlines()
    checks = {line.split()[1] for line in well[:-1]}
    assert {"database", "version", "schema", "rights", "clock", "broker", "reading", "issuer", "disk"} <= checks
    assert well[-1].endswith("0 项故障 · " + well[-1].split(" · ")[1])
    assert [line for line in quiet if "warning" not in line and "提醒" not in line] == [well[-1]]
    faults = [line for line in ill if "fault:" in line or "故障：" in line]
    assert len(faults) == 2
    assert faults[0].startswith("grid issuer 故障：XIANGLI_OIDC_ISSUER：")
    assert ill[-1].endswith("1 faults")
    for secret in (str(VALUES["field_keys"]), str(VALUES["cursor_key"])):
        assert secret not in "\n".join(well + ill)

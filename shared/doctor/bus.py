"""Checks of Kafka: does it answer, are the topics there as they should be, may the user read in its group."""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from shared.contracts.catalogue import TOPICS
from shared.diagnostics import Diagnosis
from shared.doctor.findings import Check, Finding, fault, fine
from shared.doctor.sentences import BUS, told
from shared.messaging.bus.diagnosis import BOOTSTRAP, diagnose_reading
from shared.messaging.bus.interface import BusUnavailable
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.bus.topics import TopicMismatch, check_topic, wanted_topics
from shared.settings import BrokerProfile, ServiceSettings

READING = 20.0
"""Seconds in which the end of every topic must have been read."""
UNREADABLE = Diagnosis("XIANGLI_TOPIC_PREFIX", "a topic that is read is not there yet, or does not answer")


async def check_bus(service: str, settings: ServiceSettings) -> Sequence[Finding]:
    """Findings about the bus; one alone if it cannot be reached."""
    bus = KafkaBus(settings, client_id=f"{service}-doctor")
    try:
        await bus.cluster_id()
        found = [fine(Check.BROKER, "消息总线可以连接。", "the bus can be reached.")]
        if settings.broker_profile is BrokerProfile.STANDARD:
            found.append(await _topics(bus, service, settings))
        return [*found, await _reading(bus, service, settings)]
    except BusUnavailable as away:
        diagnosis = away.diagnosis or Diagnosis(BOOTSTRAP, "the bus does not answer")
        return [told(Check.BROKER, diagnosis, BUS)]
    finally:
        await bus.close()


async def _topics(bus: KafkaBus, service: str, settings: ServiceSettings) -> Finding:
    """The embedded broker makes its topics by itself; a real one is asked."""
    wanted = wanted_topics(settings, service)
    existing = set(await bus.ask("list_topics"))
    missing = sorted(topic.name for topic in wanted if topic.name not in existing)
    if missing:
        return fault(
            Check.TOPICS,
            f"缺少 {len(missing)} 个主题（或该用户看不到），例如 {missing[0]}。请运行 migrate。",
            f"{len(missing)} topics are not there, or this user may not see them, such as {missing[0]}; run `migrate`.",
        )
    for topic in wanted:
        try:
            await check_topic(bus, topic, settings)
        except TopicMismatch as differs:
            return fault(
                Check.TOPICS,
                f"主题 {topic.name} 与要求不符（分区数、清理策略，或该用户无权查看其配置）。"
                "请按下面的英文说明处理，不要给在用的主题增加分区。",
                f"{differs}.",
            )
    return fine(Check.TOPICS, f"{len(wanted)} 个主题符合要求。", f"{len(wanted)} topics are as they should be.")


async def _reading(bus: KafkaBus, service: str, settings: ServiceSettings) -> Finding:
    """Reads at the end of every topic and asks for the offsets of each group: what a consumer's start takes."""
    groups: dict[str, set[TopicPartition]] = {}
    reader = bus.consumer(None)
    try:
        for topic in (topic for topic in TOPICS.values() if service in topic.readers):
            name = settings.topic(topic.name)
            count = await bus.partitions(name)
            lanes = {TopicPartition(name, number) for number in range(count)}
            groups.setdefault(settings.group(topic.reading_group(service)), set()).update(lanes)
        for group, lanes in groups.items():
            await bus.group_offsets(group, lanes)
        every = set().union(*groups.values()) if groups else set()
        if every:
            async with asyncio.timeout(READING):
                await reader.start()
                reader.assign(every)
                for lane, end in (await reader.end_offsets(every)).items():
                    reader.seek(lane, end)
                await reader.getmany(timeout_ms=500)
    except (BusUnavailable, KafkaError, OSError, TimeoutError) as error:
        cause = error.__cause__ or error
        return told(Check.READING, diagnose_reading(cause) or UNREADABLE, BUS)
    finally:
        await reader.stop()
    named = len({lane.topic for lane in every})
    return fine(Check.READING, f"可以读取 {named} 个主题。", f"{named} topics can be read.")

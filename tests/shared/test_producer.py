"""The producer and the connections it has."""

from uuid import uuid4

import pytest

from shared.contracts.catalogue import TOPICS
from shared.messaging.bus.interface import Message, SendFailed, Sent
from shared.messaging.bus.kafka import KafkaBus
from shared.messaging.bus.partitioner import partition_of
from shared.messaging.bus.producer import KafkaSender
from shared.settings import BrokerProfile
from tests.shared.buses import embedded_rig, kafka_settings

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("bus")]


def a_message() -> Message:
    return Message(TOPICS["registry.person"].name, uuid4().bytes, b"{}", [], 0)


async def test_nothing_is_sent_to_another_broker_before_somebody_could_notice() -> None:
    async with embedded_rig() as rig:
        sender = rig.bus.sender()
        assert isinstance((await sender.send([a_message()]))[0], Sent)
        for _ in range(3):
            await rig.broker.replace()
            assert isinstance((await sender.send([a_message()]))[0], SendFailed)
            assert isinstance((await sender.send([a_message()]))[0], Sent)
        await sender.close()


async def test_partitions_that_somebody_added_get_nothing_and_a_key_keeps_its_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The embedded broker has four partitions; the settings of a county that was made with two declare two."""
    async with embedded_rig() as rig:
        assert isinstance(rig.bus, KafkaBus)
        topic = TOPICS["registry.person"].name
        for declared in (2, 4):  # before somebody doubled them, and as a producer that knows of no declaration would
            sender = KafkaSender(rig.bus._producer, timeout=15, declared={topic: declared})
            messages = [a_message() for _ in range(40)]
            outcomes = await sender.send(messages)
            found = {one.partition for one in outcomes if isinstance(one, Sent)}
            assert found == set(range(declared))
            expected = [partition_of(one.key, declared) for one in messages]
            assert [one.partition for one in outcomes if isinstance(one, Sent)] == expected
            await sender.close()
    assert capsys.readouterr().out.count("partitions_added") == 1


async def test_a_bus_declares_the_partitions_of_its_settings() -> None:
    kept = KafkaBus(kafka_settings("127.0.0.1:1", BrokerProfile.STANDARD, topic_partitions=12), client_id="test")
    assert set(kept._declared.values()) == {12}
    default = KafkaBus(kafka_settings("127.0.0.1:1", BrokerProfile.STANDARD), client_id="test")
    assert default._declared["registry.persons"] == TOPICS["registry.person"].partitions

"""The producer and the connections it has."""

from uuid import uuid4

import pytest

from shared.contracts.catalogue import TOPICS
from shared.messaging.bus.interface import Message, SendFailed, Sent
from tests.shared.buses import embedded_rig

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

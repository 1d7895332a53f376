"""A Java client and the embedded broker: it is told, in a form that it reads, the versions that work."""

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.broker.api_versions import capped
from shared.testing.broker import BrokerProcess

pytestmark = pytest.mark.embedded
API_VERSIONS, JOIN_GROUP, SYNC_GROUP = 18, 11, 14


@pytest_asyncio.fixture(loop_scope="session")
async def broker() -> AsyncIterator[BrokerProcess]:
    process = BrokerProcess()
    await process.start()
    yield process
    await process.stop()


class Client:
    """A connection that asks for versions as clients do."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, version: int, correlation: int) -> bytes:
        """The answer to an ApiVersions request, without its size."""
        request = struct.pack(">hhih4s", API_VERSIONS, version, correlation, 4, b"java")
        if version > 2:
            request += b"\0" + b"\x05java" + b"\x064.3.1" + b"\0"  # tagged fields, name and version of the software
        self.writer.write(struct.pack(">i", len(request)) + request)
        async with asyncio.timeout(10):
            size: int = struct.unpack(">i", await self.reader.readexactly(4))[0]
            return await self.reader.readexactly(size)


async def connected(broker: BrokerProcess) -> Client:
    return Client(*await asyncio.open_connection("127.0.0.1", broker.port))


def told(answer: bytes) -> dict[int, tuple[int, int]]:
    """Lowest and highest version by kind of request."""
    count = struct.unpack_from(">i", answer, 6)[0]
    found = [struct.unpack_from(">hhh", answer, 10 + 6 * number) for number in range(count)]
    return {kind: (low, high) for kind, low, high in found}


async def test_a_new_form_of_the_question_is_refused_as_the_protocol_says(broker: BrokerProcess) -> None:
    client = await connected(broker)
    answer = await client.ask(4, 7)
    assert answer == struct.pack(">ihihhh", 7, 35, 1, API_VERSIONS, 0, 2)
    client.writer.close()


async def test_whoever_asks_again_is_told_versions_that_work(broker: BrokerProcess) -> None:
    client = await connected(broker)
    await client.ask(4, 1)
    answer = await client.ask(2, 2)
    assert struct.unpack_from(">ih", answer) == (2, 0)
    versions = told(answer)
    assert versions[JOIN_GROUP][1] == 5
    assert versions[SYNC_GROUP][1] == 3
    assert versions[0][1] >= 3, "what works stays: a client of today writes with version 3 at least"
    client.writer.close()


async def test_a_client_that_asks_in_an_old_form_hears_the_cluster_itself(broker: BrokerProcess) -> None:
    client = await connected(broker)
    answer = await client.ask(0, 3)
    assert struct.unpack_from(">ih", answer) == (3, 0)
    assert told(capped(answer)) != told(answer), "otherwise the cluster was mended and nothing needs to be set right"
    client.writer.close()


async def test_a_connection_that_says_nothing_or_half_a_word_harms_nobody(broker: BrokerProcess) -> None:
    for said in (b"", b"\0\0", struct.pack(">ihhi", 100, API_VERSIONS, 4, 1)):
        _, writer = await asyncio.open_connection("127.0.0.1", broker.port)
        writer.write(said)
        writer.close()
        await writer.wait_closed()
    client = await connected(broker)
    assert (await client.ask(4, 9))[:4] == struct.pack(">i", 9)
    client.writer.close()

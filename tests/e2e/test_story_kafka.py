"""The same story on a real Apache Kafka."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.server import KafkaServer, Ports
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from shared.testing.broker import free_port
from tests.e2e.stack import running

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("stack")]


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    server = KafkaServer(tmp_path / "kafka", Ports(client=free_port(), controller=free_port()))
    server.start()
    yield server
    server.kill()


async def test_the_story_ends_well_on_apache_kafka(kafka: KafkaServer) -> None:
    with tempfile.TemporaryDirectory(prefix="xiangli-e2e-kafka-", ignore_cleanup_errors=True) as folder:
        async with running(Path(folder), kafka=kafka.ports.bootstrap) as county:
            client = StoryClient(county.stack.ports)
            try:
                await Story(county.stack, client).run()
            finally:
                await client.close()
            assert await county.stop() == 0

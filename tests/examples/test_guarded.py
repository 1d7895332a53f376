"""The examples with a running county on a real Kafka: TLS, a user of their own, rules that let nothing else through."""

import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.kafka.access import Names
from deploy.kafka.node import SecureKafka
from deploy.kafka.pki import Authority
from deploy.kafka.server import Ports as KafkaPorts
from deploy.local.stack.ports import SERVICES, Ports, free_ports
from deploy.local.story.client import StoryClient
from shared.testing.broker import free_port
from tests.e2e.stack import Running, running
from tests.examples import scenes
from tests.examples.conftest import HotlineOf
from tests.examples.hotline import Hotline

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="xiangli-guarded-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture(scope="module")
def ports() -> Ports:
    return free_ports()


@pytest.fixture(scope="module")
def kafka(folder: Path, ports: Ports) -> Iterator[SecureKafka]:
    """A guarded node whose users are those of this county, the hotline among them."""
    prefix = f"local{ports.base}."
    listeners = KafkaPorts(client=free_port(), controller=free_port())
    names = Names(topic_prefix=prefix, group_prefix=prefix)
    node = SecureKafka(folder / "kafka", listeners, certificates=free_port(), names=names)
    node.start()
    yield node
    node.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county(kafka: SecureKafka, ports: Ports, folder: Path) -> AsyncIterator[Running]:
    over = folder / "over.json"
    over.touch(mode=0o600)
    over.write_text(json.dumps({service: kafka.settings_for(service) for service in SERVICES}))
    async with running(folder, ports, kafka.bootstrap, over=over) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def client(county: Running) -> AsyncIterator[StoryClient]:
    asking = StoryClient(county.stack.ports)
    yield asking
    await asking.close()


@pytest.fixture(params=["python", "java"])
def hotline(
    request: pytest.FixtureRequest, hotline_of: HotlineOf, county: Running, kafka: SecureKafka, tmp_path: Path
) -> Hotline:
    """As the operator would set it up: a user, a password file, the cluster's CA, the prefixes."""
    user = kafka.county_user("hotline")
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text(user["XIANGLI_KAFKA_PASSWORD"])
    prefix = f"local{county.stack.ports.base}."
    return hotline_of(request.param).told(
        bootstrap=kafka.bootstrap,
        keys=f"{county.stack.ports.origin}/grid/v1/inbound/keys",
        security="SASL_SSL",
        user=user["XIANGLI_KAFKA_USERNAME"],
        password_file=str(password),
        ca_file=str(kafka.ca_file),
        topic_prefix=prefix,
        group=f"{prefix}county.hotline.{request.param}",
    )


async def test_a_request_is_sent_accepted_dealt_with_and_closed_once(hotline: Hotline, client: StoryClient) -> None:
    await scenes.from_sent_to_closed(hotline, client)


async def test_what_is_wrong_is_rejected_and_the_hotline_shows_the_code(hotline: Hotline, tmp_path: Path) -> None:
    await scenes.rejected_with_a_code(hotline, tmp_path)


async def test_the_mirror_is_what_indicators_tell_over_http(hotline: Hotline, client: StoryClient) -> None:
    await scenes.mirror_equals_the_published_values(hotline, client)


async def test_a_wrong_password_a_group_and_a_topic_of_somebody_else_are_told_in_one_sentence(
    hotline: Hotline, county: Running, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password")
    for settings in (
        {"password_file": str(wrong)},
        {"group": "somebody.else"},
        {"topic_prefix": ""},
        {"ca_file": str(Authority(tmp_path / "foreign").ca_file)},
    ):
        told = hotline.told(**settings)
        said = await told.run("mirror", "--until", "current", "--seconds", "30", expect=2)
        assert said.startswith("hotline: "), said
        assert len(said.splitlines()) == 1, said
    told = hotline.told(password_file=str(wrong))
    assert "hotline: 1 of 1 were not taken" in await told.run("send", "-", orders=[scenes.order()], expect=2)
    assert "1 sent" in await hotline.run("send", "/dev/null"), "what was not taken goes out the next time"

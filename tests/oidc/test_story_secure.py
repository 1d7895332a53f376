"""The whole story as a county runs it: Kafka with TLS, SCRAM and rules per service, tokens from Keycloak."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.access import Names
from deploy.kafka.node import SecureKafka
from deploy.kafka.server import Ports as KafkaPorts
from deploy.keycloak.server import KeycloakServer
from deploy.local.stack.ports import SERVICES, Ports, free_ports
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from deploy.local.story.keycloak_users import KeycloakTokens
from shared.testing.broker import free_port
from tests.e2e.stack import running

pytestmark = [pytest.mark.oidc, pytest.mark.xdist_group("oidc")]


@pytest.fixture
def ports() -> Ports:
    return free_ports()


@pytest.fixture
def kafka(tmp_path: Path, ports: Ports) -> Iterator[SecureKafka]:
    """A guarded node that knows the users of this one stack."""
    prefix = f"local{ports.base}."
    listeners = KafkaPorts(client=free_port(), controller=free_port())
    names = Names(topic_prefix=prefix, group_prefix=prefix)
    node = SecureKafka(tmp_path / "kafka", listeners, certificates=free_port(), names=names)
    node.start()
    yield node
    node.kill()


def written(settings: dict[str, dict[str, str]], folder: Path) -> Path:
    """The settings file of the launcher; it holds passwords."""
    path = folder / "over.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(settings))
    return path


async def test_the_story_ends_well_with_guarded_kafka_and_tokens_of_keycloak(
    keycloak: KeycloakServer, kafka: SecureKafka, ports: Ports
) -> None:
    with tempfile.TemporaryDirectory(prefix="xiangli-secure-", ignore_cleanup_errors=True) as folder:
        own = {service: kafka.settings_for(service) for service in SERVICES}
        assert {one["XIANGLI_KAFKA_SECURITY"] for one in own.values()} == {"SASL_SSL"}
        assert len({one["XIANGLI_KAFKA_USERNAME"] for one in own.values()}) == len(SERVICES)
        others = {"reader": kafka.settings_for("admin"), "county": kafka.county_user("hotline")}
        over = written(own | others, Path(folder))
        async with running(Path(folder), ports, kafka.bootstrap, issuer=keycloak.issuer, over=over) as county:
            commands = [" ".join(process.cmdline()) for process in county.processes()]
            assert not [command for command in commands if "deploy.local.issuer" in command]
            users = KeycloakTokens(keycloak)
            client = StoryClient(ports, users)
            try:
                await Story(county.stack, client).run()
            finally:
                await client.close()
                users.close()
            assert await county.stop() == 0

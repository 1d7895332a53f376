"""Every command of the handbook, executed in order: a real control plane, and a county that runs on this machine.

Pods are simulated, so what the handbook does inside a pod is done by the same program beside the county (kubectl.py).
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from deploy.cluster.build import ROOT, ClusterError
from deploy.cluster.crds import apply, go_definitions
from deploy.cluster.server import ControlPlane, control_plane
from deploy.handbook.pages import PAGES, blocks
from tests.e2e.stack import Running, running
from tests.handbook.following import Operator

pytestmark = [pytest.mark.handbook, pytest.mark.xdist_group("handbook")]

REMAINS = ["configmap/kube-root-ca.crt"]
"""What Kubernetes itself keeps in every namespace, of the kinds that the chart makes."""


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """With the kinds of CloudNativePG, for which the page on backups asks; its operator does not run."""
    with control_plane(tmp_path_factory.mktemp("cluster")) as found:
        apply(found, go_definitions("cloudnative-pg"))
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    with tempfile.TemporaryDirectory(prefix="xiangli-handbook-", ignore_cleanup_errors=True) as folder:
        async with running(Path(folder)) as found:
            yield found


@pytest.fixture(scope="module")
def operator(plane: ControlPlane, county: Running, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    found = Operator(tmp_path_factory.mktemp("operator"), plane, county.stack)
    found.prepare()
    return found


async def a_record_that_cannot_be_read(operator: Operator) -> None:
    """What the page on dead letters begins with; returns when the figures have put it aside."""
    producer = AIOKafkaProducer(bootstrap_servers=operator.stack.bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait("registry.persons", b"not json", key=b"nobody")
    finally:
        await producer.stop()
    async with asyncio.timeout(60):
        while "registry.persons" not in await operator.says("indicators", "dead-letters", "list"):
            await asyncio.sleep(0.5)


@pytest.mark.parametrize("page", PAGES)
async def test_the_commands_of_a_page_do_what_it_says(operator: Operator, page: str) -> None:
    if page == "dead-letters":
        await a_record_that_cannot_be_read(operator)
    found = blocks(page)
    await operator.follow(found)
    for block in found:
        assert operator.missing(block) == [], f"{page}, block {block.number}: {operator.ran[page, block.number]}"


def test_every_command_of_every_page_was_executed(operator: Operator) -> None:
    assert set(operator.ran) == {(page, block.number) for page in PAGES for block in blocks(page)}
    assert len(operator.ran) > 20


async def test_nothing_but_what_was_there_before_stays_after_the_last_page(operator: Operator) -> None:
    """Pods go a moment after what owns them."""
    kinds = "deployments,pods,jobs,cronjobs,services,configmaps,networkpolicies"
    async with asyncio.timeout(60):
        while (left := operator.plane.kubectl("get", kinds, "-n", "xiangli", "-o", "name").split()) != REMAINS:
            assert REMAINS[0] in left
            await asyncio.sleep(0.5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("logLevle=DEBUG", "additional properties 'logLevle' not allowed"),
        ("api.replicas=two", "got string, want integer"),
        ("kafka.bootstrap=null", "kafka.bootstrap is missing: host:port of the Kafka brokers"),
    ],
)
def test_helm_refuses_wrong_values_in_the_words_of_the_page(plane: ControlPlane, wrong: str, said: str) -> None:
    chart = ROOT / "deploy" / "helm" / "xiangli"
    with pytest.raises(ClusterError) as refused:
        plane.helm("template", "xiangli", str(chart), "-f", str(chart / "values-county.yaml"), "--set", wrong)
    assert said in str(refused.value)

"""Two counties of a province: the same chart twice in one cluster, and nothing in common but the cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from deploy.cluster.server import ControlPlane
from shared.contracts.catalogue import STATE_TOPICS
from tests.cluster.release import CHART, Release, a_namespace
from tests.cluster.secrets import make_secrets
from tests.cluster.settings_of_pods import read

pytestmark = pytest.mark.cluster

FIRST = CHART / "values-province-county.yaml"


@pytest.fixture(scope="module")
def counties(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Release, Release]]:
    """岑溪市, as the values file has it, and 藤县, whose file differs in the code only."""
    second = tmp_path_factory.mktemp("values") / "values-450422.yaml"
    second.write_text(FIRST.read_text(encoding="utf-8").replace("450481", "450422"), encoding="utf-8")
    found = (Release(plane, "county-450481", FIRST), Release(plane, "county-450422", second))
    for release in found:
        a_namespace(plane, release.namespace)
        make_secrets(release)
        release.install()
    for release in found:
        release.settle()
    yield found
    for release in found:
        plane.kubectl("delete", "namespace", release.namespace, "--wait=false")


def told(release: Release) -> dict[str, set[str]]:
    """What would collide if two counties had it in common: databases, users, topics, groups, hosts."""
    found: dict[str, set[str]] = {"database": set(), "user": set(), "topic": set(), "group": set(), "host": set()}
    for template in release.templates().values():
        settings = read(release, template["spec"], template["spec"]["containers"][0])
        found["database"].add(settings.database_url.get_secret_value())
        if settings.kafka_username:
            found["user"].add(settings.kafka_username)
            found["topic"] |= {settings.topic(topic.name) for topic in STATE_TOPICS.values()}
            found["group"].add(settings.group(template["metadata"]["labels"]["app.kubernetes.io/name"]))
    for route in release.get("httproutes.gateway.networking.k8s.io"):
        found["host"] |= set(route["spec"]["hostnames"])
    return found


def test_both_serve_side_by_side(counties: tuple[Release, Release]) -> None:
    for release in counties:
        for deployment in release.get("deployments"):
            assert deployment["status"]["availableReplicas"] == deployment["spec"]["replicas"]


def test_they_share_no_database_user_topic_group_or_host(counties: tuple[Release, Release]) -> None:
    first, second = map(told, counties)
    for what in first:
        assert first[what]
        assert second[what]
        assert not first[what] & second[what]


def test_the_chart_makes_nothing_outside_its_namespace(counties: tuple[Release, Release]) -> None:
    release = counties[0]
    kinds = release.plane.kubectl("api-resources", "--namespaced=false", "-o", "name").split()
    outside = {kind.partition(".")[0] for kind in kinds}
    for each in yaml.safe_load_all(release.template()):
        if each:
            assert f"{each['kind'].lower()}s" not in outside
            assert each["metadata"].get("namespace", release.namespace) == release.namespace


def test_no_network_policy_opens_one_county_to_the_other(counties: tuple[Release, Release]) -> None:
    for release in counties:
        for policy in release.get("networkpolicies"):
            for rule in [*policy["spec"].get("ingress", []), *policy["spec"].get("egress", [])]:
                for peer in [*rule.get("from", []), *rule.get("to", [])]:
                    named = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
                    assert named is not None or "namespaceSelector" not in peer
                    assert named not in {each.namespace for each in counties}


def test_one_goes_and_the_other_does_not_notice(counties: tuple[Release, Release]) -> None:
    """The last test of this module."""
    first, second = counties
    before = {pod["metadata"]["uid"] for pod in second.pods("api")}
    first.helm("uninstall", "--wait", "--timeout", "60s")
    assert first.get("deployments") == []
    assert {pod["metadata"]["uid"] for pod in second.pods("api")} == before
    second.upgrade()
    assert {pod["metadata"]["uid"] for pod in second.pods("api")} == before


def test_the_second_file_differs_from_the_first_in_the_code_only(counties: tuple[Release, Release]) -> None:
    """The control of the tests above: they compare what an operator would write by replacing one number."""
    texts = [Path(release.values).read_text(encoding="utf-8") for release in counties]
    assert texts[0] != texts[1]
    assert texts[0].replace("450481", "450422") == texts[1]

"""What the chart assumes about the bus is what the catalogue, the rules and Strimzi's example say."""

import pytest

from deploy.helm.values_file import CHART
from deploy.kafka.access import Names
from shared.contracts.asyncapi import SERVICES
from shared.contracts.catalogue import TOPICS
from tests.chart.rendering import Case, Refusal, of_kind, read, rendered
from tests.chart.told import processes

pytestmark = pytest.mark.chart

STRIMZI = CHART.parent / "examples" / "strimzi"
INBOUND = {"services": {one: {"inbound": {"existingSecret": "inbound"}} for one in ("registry", "grid")}}
KEDA = {"worker": {"keda": {"enabled": True}}}


def users(case: Case) -> dict[str, str]:
    """Service → Kafka user, as its worker is told."""
    found = {one.service: one.told for one in processes(rendered(case)) if one.role == "worker"}
    return {service.replace("-", "_"): str(told["XIANGLI_KAFKA_USERNAME"]) for service, told in found.items()}


@pytest.mark.parametrize(("file", "prefix"), [("county", ""), ("province-county", "450481.")])
def test_services_log_in_as_the_users_that_the_rules_are_for(file: str, prefix: str) -> None:
    names = Names(topic_prefix=prefix, group_prefix=prefix)
    assert users(Case("users", (file,))) == {service: names.user(service) for service in SERVICES}


def test_the_county_speaks_with_the_cluster_of_the_strimzi_example() -> None:
    documents = read((STRIMZI / "kafka.yaml").read_text(encoding="utf-8"))
    (cluster,) = of_kind(documents, "Kafka")
    name, namespace = cluster["metadata"]["name"], cluster["metadata"]["namespace"]
    (listener,) = cluster["spec"]["kafka"]["listeners"]
    for one in processes(rendered(Case("county"))):
        address = f"{name}-kafka-bootstrap.{namespace}.svc:{listener['port']}"
        assert one.told["XIANGLI_KAFKA_BOOTSTRAP"] == address
    made = read((STRIMZI / "kafka-users.yaml").read_text(encoding="utf-8"))
    kinds = {one["metadata"]["name"]: one["spec"]["authentication"]["type"] for one in of_kind(made, "KafkaUser")}
    for one in processes(rendered(Case("county"))):
        if one.role == "worker":
            mechanism = str(one.told["XIANGLI_KAFKA_SASL_MECHANISM"]).lower()
            assert kinds[str(one.told["XIANGLI_KAFKA_USERNAME"])] == mechanism
    for policy in of_kind(rendered(Case("county")), "NetworkPolicy"):
        for rule in policy["spec"].get("egress", ()):
            if {port["port"] for port in rule["ports"]} == {listener["port"]}:
                (peer,) = rule["to"]
                assert peer["podSelector"]["matchLabels"] == {"strimzi.io/cluster": name}
                assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": namespace}


def test_the_groups_whose_lag_is_watched_are_those_that_the_services_read_in() -> None:
    names = Names(topic_prefix="450481.", group_prefix="450481.")
    documents = rendered(Case("lag", ("province-county",), KEDA | INBOUND))
    watched = {
        one["metadata"]["labels"]["app.kubernetes.io/name"].replace("-", "_"): {
            trigger["metadata"]["consumerGroup"] for trigger in one["spec"]["triggers"]
        }
        for one in of_kind(documents, "ScaledObject")
    }
    assert watched == {
        service: {names.group(t.reading_group(service)) for t in TOPICS.values() if service in t.readers}
        for service in SERVICES
    }


def test_more_workers_than_the_catalogue_has_partitions_are_refused() -> None:
    most = max(topic.partitions for topic in TOPICS.values())
    assert rendered(Case("most", over={"worker": {"replicas": most}}))
    with pytest.raises(Refusal, match=f"topics have {most} partitions"):
        rendered(Case("more", over={"worker": {"replicas": most + 1}}))

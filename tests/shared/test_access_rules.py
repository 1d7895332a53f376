"""Who may do what on the bus, read off the rules: computed from the catalogue, nothing granted by the way."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.kafka import strimzi
from deploy.kafka.access import (
    Kind,
    Names,
    Operation,
    Rule,
    county_rules,
    county_user,
    service_rules,
    users,
)
from shared.contracts.asyncapi import SERVICES
from shared.contracts.catalogue import INBOUND_TOPICS, TOPICS
from shared.messaging.bus.topics import wanted_topics

NAMES = Names("450481.", "g450481.", user_prefix="c450481-")
READ, WRITE = Operation.READ, Operation.WRITE
EXAMPLES = Path(__file__).parents[2] / "deploy/helm/examples/strimzi"


def topics_with(rules: list[Rule], operation: Operation) -> set[str]:
    return {rule.name for rule in rules if rule.kind is Kind.TOPIC and operation in rule.operations}


def groups_of(rules: list[Rule]) -> set[str]:
    return {rule.name + ("*" if rule.prefixed else "") for rule in rules if rule.kind is Kind.GROUP}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_its_own_topics_and_its_own_dead_letters(service: str) -> None:
    rules = service_rules(service, NAMES)
    own = {"450481." + topic.name for topic in TOPICS.values() if topic.owner == service}
    letters = {
        f"450481.{topic.name}.dlq.g450481.{topic.reading_group(service)}"
        for topic in TOPICS.values()
        if service in topic.readers
    }
    assert topics_with(rules, WRITE) == own | letters


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_what_the_catalogue_says_and_what_it_has_told_itself(service: str) -> None:
    read = {"450481." + topic.name for topic in TOPICS.values() if service in (*topic.readers, topic.owner)}
    assert topics_with(service_rules(service, NAMES), READ) == read


def test_every_group_has_one_service() -> None:
    groups = {service: groups_of(service_rules(service, NAMES)) for service in SERVICES}
    assert groups == {
        "registry": {"g450481.registry", "g450481.registry.inbound"},
        "services_hall": {"g450481.services_hall"},
        "grid": {"g450481.grid", "g450481.grid.inbound"},
        "indicators": {"g450481.indicators", "g450481.indicators.rebuild"},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_migrate_may_look_at_every_topic_that_it_checks(service: str) -> None:
    checked = {topic.name for topic in wanted_topics(NAMES, service)}
    assert topics_with(service_rules(service, NAMES), Operation.DESCRIBE_CONFIGS) == checked
    assert topics_with(service_rules(service, NAMES), Operation.CREATE) == set()
    assert topics_with(service_rules(service, NAMES, creates=True), Operation.CREATE) == checked


def test_a_county_system_writes_inbound_topics_and_reads_what_is_published() -> None:
    rules = county_rules("hotline", NAMES)
    assert topics_with(rules, WRITE) == {"450481." + topic.name for topic in INBOUND_TOPICS.values()}
    read = topics_with(rules, READ)
    assert read == {"450481." + topic.name for topic in TOPICS.values() if topic.published}
    assert "450481.grid.inbound_outcomes" in read
    assert "450481.registry.tags_restricted" not in read
    assert "450481.grid.visits_restricted" not in read
    assert not any("inbound.requests" in name for name in read), "one county system does not read what others send"
    assert groups_of(rules) == {"g450481.county.hotline.*"}
    assert county_user("hotline", NAMES) == "c450481-county-hotline"


def test_a_topic_that_is_not_published_needs_a_line_of_its_own() -> None:
    by_name = county_rules("health", NAMES, writes=(), also_reads=("registry.restricted_tag",))
    assert topics_with(by_name, READ) - topics_with(county_rules("health", NAMES), READ) == {
        "450481.registry.tags_restricted"
    }
    assert topics_with(by_name, WRITE) == set()


def test_nobody_can_be_granted_what_is_not_his() -> None:
    with pytest.raises(ValueError, match=r"grid\.inbound_outcome is no inbound noun"):
        county_rules("hotline", NAMES, writes=("grid.inbound_outcome",))
    with pytest.raises(ValueError, match=r"county\.request is no noun"):
        county_rules("hotline", NAMES, also_reads=("county.request",))


def test_services_have_rules_on_whole_names_only() -> None:
    for user, rules in users(NAMES, creates=True).items():
        assert not any(rule.prefixed or "*" in rule.name for rule in rules), user
    assert set(users(NAMES)) == {"c450481-registry", "c450481-services-hall", "c450481-grid", "c450481-indicators"}


def test_a_prefix_of_groups_ends_where_the_name_of_a_system_ends() -> None:
    """Or `county.road` would have the groups of `county.roads` too."""
    (groups,) = [rule for rule in county_rules("road", NAMES) if rule.kind is Kind.GROUP]
    assert not "g450481.county.roads.mirror".startswith(groups.name)


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLES / name).read_text(encoding="utf-8")))


def test_the_manifests_say_the_same_as_the_rules() -> None:
    written = {document["metadata"]["name"]: document for document in documents("kafka-users.yaml")}
    wanted = {**users(Names()), "county-hotline": county_rules("hotline", Names())}
    assert set(written) == set(wanted)
    for user, rules in wanted.items():
        spec = written[user]["spec"]
        found = {
            (
                acl["resource"]["type"],
                acl["resource"]["name"],
                acl["resource"]["patternType"] == "prefix",
                tuple(acl["operations"]),
            )
            for acl in spec["authorization"]["acls"]
        }
        assert found == {(rule.kind.value, rule.name, rule.prefixed, tuple(rule.operations)) for rule in rules}


def test_the_brokers_slow_down_county_systems_and_nobody_else() -> None:
    quotas = {
        document["metadata"]["name"]: document["spec"].get("quotas") for document in documents("kafka-users.yaml")
    }
    assert {user for user, limits in quotas.items() if limits} == {"county-hotline"}
    assert quotas["county-hotline"]["producerByteRate"] == 1_048_576


def test_the_manifests_have_the_topics_that_migrate_checks() -> None:
    written = {document["spec"]["topicName"]: document["spec"] for document in documents("kafka-topics.yaml")}
    wanted = {topic.name: topic for service in SERVICES for topic in wanted_topics(Names(), service)}
    assert set(written) == set(wanted)
    for name, topic in wanted.items():
        assert written[name]["partitions"] == topic.partitions
        config = {key: str(value) for key, value in written[name]["config"].items()}
        assert config == dict(topic.config)


def test_names_of_resources_are_those_that_kubernetes_takes() -> None:
    resources = strimzi.topics(NAMES, cluster="k", namespace="n")
    resources += strimzi.kafka_users(NAMES, cluster="k", namespace="n", counties=("hotline",))
    names = [(resource["kind"], resource["metadata"]["name"]) for resource in resources]
    assert len(set(names)) == len(names)
    for _, name in names:
        assert name.replace(".", "").replace("-", "").isalnum()
        assert name == name.lower()

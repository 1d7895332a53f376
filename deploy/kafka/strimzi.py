"""Strimzi resources of a deployment: KafkaTopic from the catalogue, KafkaUser from the rules of `access`.

python -m deploy.kafka.strimzi topics|users [--topic-prefix P --group-prefix P --user-prefix P --partitions N
    --cluster NAME --namespace NAME --county NAME …]
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from deploy.kafka.access import Names, Rule, county_rules, county_user, users
from shared.contracts.asyncapi import SERVICES
from shared.messaging.bus.topics import wanted_topics
from shared.reference.digits import is_digits

API = "kafka.strimzi.io/v1"
REPLICAS = 3
EXAMPLE_COUNTY = "hotline"
COUNTY_QUOTAS = {"producerByteRate": 1_048_576, "consumerByteRate": 10_485_760}
"""Bytes per second and broker: the brokers slow down a faulty county system before it fills our disks."""
_HEAD = """\
# Generated from the catalogue (shared/contracts/catalogue.py) by `make generate`: do not edit.
# For a deployment with prefixes: python -m deploy.kafka.strimzi {verb} --topic-prefix 450481. --group-prefix 450481.
"""


def topics(names: Names, *, cluster: str, namespace: str) -> list[dict[str, Any]]:
    """A KafkaTopic for every topic that a service's `migrate` checks."""
    resources = []
    for service in SERVICES:
        for topic in wanted_topics(names, service):
            config = {
                name: int(value) if is_digits(value.lstrip("-")) else value for name, value in topic.config.items()
            }
            spec = {
                "topicName": topic.name,
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "config": config,
            }
            resources.append(_resource("KafkaTopic", topic.name.replace("_", "-"), spec, cluster, namespace))
    return resources


def kafka_users(
    names: Names, *, cluster: str, namespace: str, counties: Iterable[str] = (EXAMPLE_COUNTY,)
) -> list[dict[str, Any]]:
    """A KafkaUser for every service and for each county system."""
    resources = [_resource("KafkaUser", user, _user(rules), cluster, namespace) for user, rules in users(names).items()]
    for name in counties:
        spec = _user(county_rules(name, names)) | {"quotas": COUNTY_QUOTAS}
        resources.append(_resource("KafkaUser", county_user(name, names), spec, cluster, namespace))
    return resources


def _user(rules: Iterable[Rule]) -> dict[str, Any]:
    return {
        "authentication": {"type": "scram-sha-512"},
        "authorization": {"type": "simple", "acls": [_acl(rule) for rule in rules]},
    }


def _acl(rule: Rule) -> dict[str, Any]:
    return {
        "resource": {
            "type": rule.kind.value,
            "name": rule.name,
            "patternType": "prefix" if rule.prefixed else "literal",
        },
        "operations": [operation.value for operation in rule.operations],
    }


def _resource(kind: str, name: str, spec: Mapping[str, Any], cluster: str, namespace: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": {"strimzi.io/cluster": cluster}}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": dict(spec)}


def as_text(verb: str, resources: Iterable[Mapping[str, Any]]) -> str:
    """The resources as one YAML file of many documents."""
    documents = yaml.safe_dump_all(list(resources), sort_keys=False, allow_unicode=True, width=120)
    return _HEAD.format(verb=verb) + "---\n" + documents


def example_topics() -> str:
    """`deploy/helm/examples/strimzi/kafka-topics.yaml`."""
    return as_text("topics", topics(Names(), cluster="xiangli", namespace="kafka"))


def example_users() -> str:
    """`deploy/helm/examples/strimzi/kafka-users.yaml`."""
    return as_text("users", kafka_users(Names(), cluster="xiangli", namespace="kafka"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.kafka.strimzi", description="a deployment's resources for Strimzi")
    parser.add_argument("verb", choices=("topics", "users"))
    parser.add_argument("--topic-prefix", default="")
    parser.add_argument("--group-prefix", default="")
    parser.add_argument("--user-prefix", help="of the Kafka users; default: the topics' prefix")
    parser.add_argument("--partitions", type=int, help="XIANGLI_TOPIC_PARTITIONS of the deployment")
    parser.add_argument("--cluster", default="xiangli")
    parser.add_argument("--namespace", default="kafka")
    parser.add_argument("--county", action="append", default=[], metavar="NAME", help="a county system")
    given = parser.parse_args()
    names = Names(given.topic_prefix, given.group_prefix, given.partitions, given.user_prefix)
    if given.verb == "topics":
        resources = topics(names, cluster=given.cluster, namespace=given.namespace)
    else:
        resources = kafka_users(names, cluster=given.cluster, namespace=given.namespace, counties=given.county)
    sys.stdout.write(as_text(given.verb, resources))


if __name__ == "__main__":
    main()

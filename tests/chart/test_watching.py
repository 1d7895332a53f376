"""Dashboards and rules come with the chart behind values, word by word as they were tried."""

import json

import pytest
import yaml

from deploy.helm.dashboards import files
from deploy.helm.rules import document
from tests.chart.rendering import CASES, Case, of_kind, rendered

pytestmark = pytest.mark.chart

EVERYTHING = next(case for case in CASES if case.name == "everything")


def test_nothing_of_it_is_there_unless_it_is_asked_for() -> None:
    documents = rendered(Case("county"))
    assert list(of_kind(documents, "PrometheusRule")) == []
    assert not [one for one in of_kind(documents, "ConfigMap") if "-dashboard-" in one["metadata"]["name"]]


def test_each_dashboard_is_a_config_map_that_grafanas_sidecar_finds() -> None:
    found = [one for one in of_kind(rendered(EVERYTHING), "ConfigMap") if "-dashboard-" in one["metadata"]["name"]]
    assert {name: json.loads(text) for one in found for name, text in one["data"].items()} == {
        f"xiangli-{name}": json.loads(text) for name, text in files()
    }
    assert all(one["metadata"]["labels"]["grafana_dashboard"] == "1" for one in found)


def test_the_rules_are_those_that_promtool_has_tried_and_link_to_the_runbooks() -> None:
    (rule,) = of_kind(rendered(EVERYTHING), "PrometheusRule")
    assert rule["spec"] == yaml.safe_load(
        yaml.safe_dump(document()).replace("docs/operations/watch.md", "https://handbook.county.example/watch")
    )
    assert rule["metadata"]["labels"]["release"] == "p"


def test_traces_may_leave_to_the_collector_and_nowhere_else() -> None:
    policies = {one["metadata"]["name"]: one for one in of_kind(rendered(EVERYTHING), "NetworkPolicy")}
    for role, wanted in (("api", True), ("worker", True), ("migrate", False), ("maintain", False)):
        (policy,) = [one for name, one in policies.items() if name.endswith(f"-{role}")]
        ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
        assert (4318 in ports) is wanted, role

"""NetworkPolicies: closed by default, and open for exactly what the README's table says."""

from typing import Any

import pytest

from deploy.helm.flows import FLOWS
from tests.chart import network_rules
from tests.chart.rendering import Case, Manifest, of_kind, rendered

pytestmark = pytest.mark.chart

PEERS = {
    "ingress controller": {"namespaceSelector": {"matchLabels": {"a": "ingress"}}},
    "monitoring": {"namespaceSelector": {"matchLabels": {"a": "monitoring"}}},
    "dns": {"namespaceSelector": {"matchLabels": {"a": "dns"}}},
    "postgresql": {"ipBlock": {"cidr": "10.1.0.0/16"}},
    "kafka": {"ipBlock": {"cidr": "10.2.0.0/16"}},
    "oidc": {"ipBlock": {"cidr": "10.3.0.0/16"}},
}
GIVEN: dict[str, Any] = {
    "networkPolicy": {
        "ingressController": [PEERS["ingress controller"]],
        "monitoring": [PEERS["monitoring"]],
        **{name: {"to": [PEERS[name]]} for name in ("dns", "postgresql", "kafka", "oidc")},
    },
    "kafka": {"bootstrap": "one.kafka:9093,two.kafka:9094,three.kafka:9093"},
    "oidc": {"issuer": "https://login.county.example:8443/realms/xiangli"},
    "database": {"port": 5433},
}
PORTS: dict[str, set[str | int]] = {
    "http": {"http"}, "internal": {"internal"}, "http, internal": {"http", "internal"}, "53": {53},
    "`database.port`": {5433}, "that of `oidc.issuer`": {8443}, "those of `kafka.bootstrap`": {9093, 9094},
}  # fmt: skip
"""What the words of the table are with the values given here."""


def allowed(**over: Any) -> set[tuple[str, str, frozenset[str | int]]]:
    """(from, to, ports) of everything that some policy allows."""
    documents = rendered(Case("network", over=GIVEN | over))
    found = set()
    for one in of_kind(documents, "NetworkPolicy"):
        role = one["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component")
        for rule in one["spec"].get("ingress", ()):
            found |= {(_name(peer), role, _ports(rule)) for peer in rule["from"]}
        for rule in one["spec"].get("egress", ()):
            found |= {(role, _name(peer), _ports(rule)) for peer in rule["to"]}
    return found


def _ports(rule: Manifest) -> frozenset[str | int]:
    return frozenset(port["port"] for port in rule["ports"])


def _name(peer: Manifest) -> str:
    for name, known in PEERS.items():
        if peer == known:
            return name
    return str(peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"])


def test_what_is_allowed_is_what_the_table_says() -> None:
    table = {(flow.source, flow.target, frozenset(PORTS[flow.port])) for flow in FLOWS}
    # the test's own way out leads to the numbers of the ports, the api's way in to their names
    assert allowed() == table | {("test", "api", frozenset({8080, 9090}))}


def test_with_init_containers_apis_speak_with_kafka_and_no_job_is_let_out() -> None:
    init = allowed(migrations={"mode": "init"})
    assert init - allowed() == {("api", "kafka", frozenset({9093, 9094}))}
    assert not any("migrate" in flow for flow in init)


def test_every_pod_is_closed_in_both_directions(documents: list[Manifest]) -> None:
    assert network_rules.faults(documents) == []


def test_without_peers_a_target_is_open_on_its_ports_only() -> None:
    documents = rendered(Case("open", over={"networkPolicy": {"kafka": {"to": [], "ports": [9095]}}}))
    open_rules = {
        one["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]: rule["ports"]
        for one in of_kind(documents, "NetworkPolicy")
        for rule in one["spec"].get("egress", ())
        if "to" not in rule and rule["ports"] != [{"port": 443, "protocol": "TCP"}]
    }
    only = [{"port": 9095, "protocol": "TCP"}]
    assert open_rules == {"worker": only, "migrate": only}


def test_nobody_gets_in_where_no_peer_is_named() -> None:
    documents = rendered(Case("shut", over={"networkPolicy": {"ingressController": [], "monitoring": []}}))
    (api,) = (one for one in of_kind(documents, "NetworkPolicy") if one["metadata"]["name"] == "county-xiangli-api")
    (rule,) = api["spec"]["ingress"]
    assert [_name(peer) for peer in rule["from"]] == ["test"]


def test_they_can_be_left_to_somebody_else() -> None:
    assert of_kind(rendered(Case("off", over={"networkPolicy": {"enabled": False}})), "NetworkPolicy") == []


@pytest.mark.parametrize(
    ("issuer", "port"),
    [("https://login.example/realms/x", 443), ("http://login:8080/x", 8080), ("http://login/x", 80)],
)
def test_the_port_of_the_issuer_follows_its_address(issuer: str, port: int) -> None:
    assert ("api", "oidc", frozenset({port})) in allowed(oidc={"issuer": issuer})

"""What is misspelt, of a wrong type or missing is refused with a sentence that names the value."""

from typing import Any

import pytest

from tests.chart.reached import LISTS
from tests.chart.rendering import Case, Refusal, rendered

pytestmark = pytest.mark.chart


def refusal(over: dict[str, Any], file: str = "county") -> str:
    """What helm said to these values."""
    with pytest.raises(Refusal) as refused:
        rendered(Case("refused", (file,), over))
    return str(refused.value)


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"replicas": 3}, "at ''", "'replicas' not allowed"),
    ({"kafka": {"bootstap": "k:1"}}, "/kafka", "'bootstap' not allowed"),
    ({"services": {"registy": {"enabled": True}}}, "/services", "'registy' not allowed"),
    ({"services": {"indicators": {"inbound": {}}}}, "/services/indicators", "'inbound' not allowed"),
    ({"services": {"grid": {"api": {"replica": 2}}}}, "/services/grid/api", "'replica' not allowed"),
    ({"api": {"keda": {"enabled": True}}}, "/api", "'keda' not allowed"),
    ({"api": {"replicas": "two"}}, "/api/replicas", "got string, want integer"),
    ({"api": {"resources": {"requests": {"memory": "1 GB"}}}}, "/api/resources/requests/memory", "does not match"),
    ({"ingress": {"enabled": "yes"}}, "/ingress/enabled", "got string, want boolean"),
    ({"kafka": {"security": "SSL_SASL"}}, "/kafka/security", "must be one of"),
    ({"kafka": {"bootstrap": "kafka.example"}}, "/kafka/bootstrap", "does not match"),
    ({"kafka": {"topicPartitions": 0}}, "/kafka/topicPartitions", "got 0, want 1"),
    ({"migrations": {"mode": "job"}}, "/migrations/mode", "must be one of"),
    ({"oidc": {"issuer": "login.example"}}, "/oidc/issuer", "does not match"),
    ({"listen": {"port": 80}}, "/listen/port", "got 80, want 1,024"),
    (
        {"networkPolicy": {"kafka": {"to": [{"podSelectr": {}}]}}},
        "/networkPolicy/kafka/to/0",
        "'podSelectr' not allowed",
    ),
    ({"services": {"grid": {"keys": {"existingSecret": "No Name"}}}}, "keys/existingSecret", "does not match"),
)


@pytest.mark.parametrize(("over", "place", "reason"), WRONG, ids=[f"{place} {reason}" for _, place, reason in WRONG])
def test_a_wrong_value_is_refused_at_its_place(over: dict[str, Any], place: str, reason: str) -> None:
    (line,) = [line for line in refusal(over).splitlines() if line.startswith(("- ", "  - "))]
    assert place in line
    assert reason in line


NONE: dict[str, Any] = {"existingSecret": ""}
WANTED = {"name": "XIANGLI_LOG_LEVL", "value": "DEBUG"}
ONLY_GRID = {name: {"enabled": False} for name in ("registry", "servicesHall", "indicators")}
MISSING: dict[str, dict[str, Any]] = {
    "kafka.bootstrap is missing: host:port of the Kafka brokers": {"kafka": {"bootstrap": ""}},
    "backup.cluster is missing: name of the Cluster of CloudNativePG that holds the databases": {
        "backup": {"enabled": True}
    },
    "backup.plugin is missing: plugin of the Cluster that keeps the backups": {
        "backup": {"enabled": True, "cluster": "xiangli", "plugin": ""}
    },
    "oidc.issuer is missing: the address of the issuer of tokens": {"oidc": {"issuer": ""}},
    "services.grid.database.existingSecret is missing: the Secret of the service's database role": {
        "services": {"grid": {"database": NONE}}
    },
    "services.servicesHall.database.ownerSecret is missing:"
    " the Secret of the database's owner, for migrate and maintain": {
        "services": {"servicesHall": {"database": {"ownerSecret": ""}}}
    },
    "services.registry.keys.existingSecret is missing, and so is keys.existingSecret:"
    " the Secret with the service's keys": {
        "services": {"registry": {"keys": NONE}}
    },
    "positions.existingSecret is missing, and so is keys.existingSecret:"
    " the Secret with the keys that all services share": {"positions": NONE},
    "services.registry.kafka.existingSecret is missing:"
    " the Secret of the service's Kafka user (kafka.security is SASL_SSL)": {
        "services": {"registry": {"kafka": NONE}}
    },
    "database.tls.ca.existingSecret is missing: database.tls.mode verify-full needs an authority": {
        "database": {"tls": {"ca": NONE}}
    },
    "ingress.hosts is missing: at least one host name": {"ingress": {"hosts": []}},
    "gateway.parentRefs is missing: the Gateway that the route belongs to": {"gateway": {"enabled": True}},
    "services.grid.inbound.existingSecret is missing: sources may send, and there is no key to read them with": {
        "services": {"grid": {"inbound": {"sources": ["urn:x"]}}}
    },
    "services.registry.inbound.existingSecret is missing:"
    " departments may deliver lists, and there is no key to read them with": {
        "services": {"registry": {"inbound": {"lists": LISTS}}}
    },
    "services: at least one service must be enabled": {"services": ONLY_GRID | {"grid": {"enabled": False}}},
    "image.tag must not be latest: name the version, or image.digest": {"image": {"tag": "latest"}},
    "kafka.clientCertificate needs kafka.security SSL or SASL_SSL, not SASL_PLAINTEXT": {
        "kafka": {"security": "SASL_PLAINTEXT", "clientCertificate": True, "ca": NONE}
    },
    "kafka.ca.existingSecret is given and kafka.security is SASL_PLAINTEXT: nothing would be verified": {
        "kafka": {"security": "SASL_PLAINTEXT"}
    },
    "services.grid.worker.keda.maxReplicas is 5 and topics have 4 partitions:"
    " more workers would have nothing to read": {
        "worker": {"keda": {"enabled": True, "maxReplicas": 5}}, "kafka": {"topicPartitions": 4}, "services": ONLY_GRID
    },
    "services.grid.worker.keda.minReplicas is above maxReplicas": {
        "worker": {"keda": {"enabled": True, "minReplicas": 5}}, "services": ONLY_GRID
    },
    "services.grid.worker.replicas is 17 and topics have 16 partitions: more workers would have nothing to read": {
        "services": {"grid": {"worker": {"replicas": 17}}}
    },
    "services.grid.api.autoscaling.minReplicas is above maxReplicas": {
        "services": {"grid": {"api": {"autoscaling": {"minReplicas": 7}}}}
    },
    "metrics.serviceMonitor.enabled and metrics.podMonitor.enabled: one of both, or everything is counted twice": {
        "metrics": {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}
    },
    "jobs.extraEnv must not set XIANGLI_LOG_LEVL: every setting has a value of its own (README.md lists them)": {
        "jobs": {"extraEnv": [WANTED]}
    },
    "services.grid.api.extraEnv must not set PGUSER: every setting has a value of its own (README.md lists them)": {
        "services": {"grid": {"api": {"extraEnv": [{"name": "PGUSER", "value": "x"}]}}}
    },
}  # fmt: skip
"""The one sentence, and the values that call for it."""


@pytest.mark.parametrize("sentence", MISSING)
def test_what_is_missing_or_contradicts_is_one_sentence(sentence: str) -> None:
    said = [line for line in refusal(MISSING[sentence]).splitlines() if line.startswith("- ")]
    assert said == [f"- {sentence}"]


def test_everything_that_is_missing_is_told_at_once() -> None:
    said = refusal({"kafka": {"bootstrap": ""}, "oidc": {"issuer": ""}, "ingress": {"hosts": []}})
    assert [line.split(" ")[1] for line in said.splitlines() if line.startswith("- ")] == [
        "kafka.bootstrap", "oidc.issuer", "ingress.hosts",
    ]  # fmt: skip


def test_an_owner_is_not_asked_for_where_nobody_migrates() -> None:
    off = {"migrations": {"mode": "none"}, "maintain": {"enabled": False}}
    assert rendered(Case("off", over={**off, "services": {"grid": {"database": {"ownerSecret": ""}}}}))

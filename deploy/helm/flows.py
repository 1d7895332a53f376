"""Allowed network connections: the table of the chart's README, and what the NetworkPolicies are tested against."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Flow:
    """One allowed connection. Everything else is refused."""

    source: str
    target: str
    port: str
    reason: str


FLOWS = (
    Flow("ingress controller", "api", "http", "requests; peers of `networkPolicy.ingressController`"),
    Flow("monitoring", "api", "internal", "`/metrics`; peers of `networkPolicy.monitoring`"),
    Flow("monitoring", "worker", "internal", "`/metrics`; peers of `networkPolicy.monitoring`"),
    Flow("test", "api", "http, internal", "`helm test`"),
    Flow("api", "dns", "53", "names"),
    Flow("api", "postgresql", "`database.port`", "its own database"),
    Flow("api", "oidc", "that of `oidc.issuer`", "the issuer's keys"),
    Flow("worker", "dns", "53", "names"),
    Flow("worker", "postgresql", "`database.port`", "its own database"),
    Flow("worker", "kafka", "those of `kafka.bootstrap`", "it relays and consumes"),
    Flow("migrate", "dns", "53", "names"),
    Flow("migrate", "postgresql", "`database.port`", "schema, grants, partitions"),
    Flow("migrate", "kafka", "those of `kafka.bootstrap`", "makes or checks the topics"),
    Flow("maintain", "dns", "53", "names"),
    Flow("maintain", "postgresql", "`database.port`", "partitions, retention"),
    Flow("test", "dns", "53", "names"),
)
"""With `migrations.mode: init` api pods speak with Kafka too, for their init container."""

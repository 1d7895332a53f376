"""Every pod is closed in both directions, and opened by one policy of its role."""

from collections.abc import Iterator, Sequence

from tests.chart.rendering import Manifest, matches, of_kind, pods


def faults(documents: Sequence[Manifest]) -> list[str]:
    """What is wrong, as sentences."""
    return list(_faults(documents))


def _faults(documents: Sequence[Manifest]) -> Iterator[str]:
    policies = of_kind(documents, "NetworkPolicy")
    for pod in pods(documents):
        chosen = [one for one in policies if matches(one["spec"]["podSelector"], pod.metadata["labels"])]
        shut = [one for one in chosen if not one["spec"].keys() & {"ingress", "egress"}]
        if [one["spec"]["policyTypes"] for one in shut] != [["Ingress", "Egress"]]:
            yield f"{pod} is not closed in both directions"
        if len(chosen) != 2:
            yield f"{pod} has {len(chosen) - len(shut)} policies that open it"
    for one in policies:
        if one["spec"]["policyTypes"] != ["Ingress", "Egress"]:
            yield f"{one['metadata']['name']} is about {one['spec']['policyTypes']}"
        for rule in [*one["spec"].get("ingress", ()), *one["spec"].get("egress", ())]:
            if not rule.get("ports"):
                yield f"{one['metadata']['name']} opens every port"
            if "from" in rule and not rule["from"]:
                yield f"{one['metadata']['name']} lets everybody in"

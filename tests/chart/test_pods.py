"""Every pod is restricted, asked after in the right way, bounded, and given the time it needs to end."""

import pytest

from tests.chart import pod_rules
from tests.chart.rendering import Case, Manifest, of_kind, pods, rendered

pytestmark = pytest.mark.chart


def test_every_pod_keeps_every_rule(documents: list[Manifest]) -> None:
    assert pod_rules.faults(documents) == []


def test_each_service_has_an_api_a_worker_and_its_duties() -> None:
    found = sorted((pod.service, pod.role) for pod in pods(rendered(Case("county"))))
    services = ("grid", "indicators", "registry", "services-hall")
    roles = (
        "api",
        "maintain",
        "migrate",
        "migrate",
        "worker",
    )  # one of them is for after a restore
    assert found == sorted([*((service, role) for service in services for role in roles), ("test", "test")])


def test_a_longer_grace_gives_pods_more_time() -> None:
    longer = rendered(Case("longer", over={"shutdownGrace": 45, "api": {"preStopSleep": 15}}))
    assert pod_rules.faults(longer) == []
    times = {
        pod.role: pod.spec["terminationGracePeriodSeconds"] for pod in pods(longer) if pod.role in ("api", "worker")
    }
    assert times == {"api": 15 + 50 + 10, "worker": 50 + 10}


def test_pods_are_spread_over_zones_and_nodes() -> None:
    for pod in pods(rendered(Case("county"))):
        if pod.role in ("api", "worker"):
            spread = pod.spec["topologySpreadConstraints"]
            assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
            for one in spread:
                assert one["labelSelector"]["matchLabels"].items() <= pod.metadata["labels"].items()


def test_a_changed_setting_restarts_what_it_concerns_and_nothing_else() -> None:
    def checksums(**over: object) -> dict[str, str]:
        found = of_kind(rendered(Case("changed", over=over)), "Deployment")
        return {
            one["metadata"]["name"]: one["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
            for one in found
        }

    before = checksums()
    every = set(before)
    apis = {name for name in every if name.endswith("-api")}

    def restarted(**over: object) -> set[str]:
        after = checksums(**over)
        return {name for name in every if after[name] != before[name]}

    assert restarted(logLevel="DEBUG") == every
    assert restarted(limits={"ratePerMinute": 7}) == apis
    assert restarted(kafka={"relayShards": 2}) == every - apis
    assert restarted(services={"grid": {"api": {"databasePool": 9}}}) == {"county-xiangli-grid-api"}
    assert restarted(image={"pullPolicy": "Always"}) == set()


def test_what_an_operator_adds_to_pods_reaches_them() -> None:
    added = {
        "podLabels": {"team": "a"}, "podAnnotations": {"note": "b"}, "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "k", "operator": "Exists"}], "priorityClassName": "high",
        "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
    }  # fmt: skip
    over = {"api": added, "worker": added, "jobs": added, "imagePullSecrets": [{"name": "pull"}]}
    for pod in pods(rendered(Case("added", over=over))):
        if pod.role == "test":
            continue
        assert pod.metadata["labels"]["team"] == "a"
        assert pod.metadata["annotations"]["note"] == "b"
        assert pod.spec["nodeSelector"] == {"disk": "ssd"}
        assert pod.spec["tolerations"] == added["tolerations"]
        assert pod.spec["priorityClassName"] == "high"
        assert pod.spec["affinity"] == added["affinity"]
        assert pod.spec["imagePullSecrets"] == [{"name": "pull"}]
        for container in pod.containers:
            assert {"name": "HTTPS_PROXY", "value": "http://proxy:3128"} in container["env"]


def test_one_service_may_differ_from_the_others() -> None:
    over = {"services": {"registry": {"worker": {"resources": {"limits": {"memory": "1Gi"}}}}}}
    limits = {
        pod.service: pod.spec["containers"][0]["resources"]["limits"]["memory"]
        for pod in pods(rendered(Case("differs", over=over)))
        if pod.role == "worker"
    }
    assert limits == {"registry": "1Gi", "services-hall": "512Mi", "grid": "512Mi", "indicators": "512Mi"}

"""Resources refer to each other rightly, under any name, and upgrades change no selector."""

import pytest

from tests.chart import wiring_rules
from tests.chart.rendering import RELEASE, Case, Manifest, environment, hook_weight, of_kind, pods, rendered

pytestmark = pytest.mark.chart


def test_every_reference_leads_where_it_should(documents: list[Manifest]) -> None:
    assert wiring_rules.faults(documents) == []


@pytest.mark.parametrize("release", ["x", "xiangli", "a-release-with-a-name-of-fifty-three-letters-or-so-on"])
def test_names_hold_for_any_release(release: str) -> None:
    assert wiring_rules.faults(rendered(Case("county"), release=release)) == []


def test_a_new_version_changes_no_selector_and_no_name() -> None:
    def frozen(over: dict[str, object]) -> list[object]:
        return [
            (one["metadata"]["name"], one["spec"]["selector"])
            for one in of_kind(rendered(Case("version", over=over)), "Deployment", "Service")
        ]

    assert frozen({"image": {"tag": "9.9.9"}, "commonLabels": {"new": "label"}}) == frozen({})


def test_two_releases_in_one_namespace_select_nothing_of_each_other() -> None:
    mine, theirs = rendered(Case("county"), release="one"), rendered(Case("county"), release="two")
    assert wiring_rules.faults([*mine, *theirs]) == []


def test_migrations_run_as_a_hook_as_init_containers_or_not_at_all() -> None:
    def migrating(mode: str) -> dict[str, set[str]]:
        found = rendered(Case(mode, over={"migrations": {"mode": mode}}))
        return {
            "jobs": {one["metadata"]["name"] for one in of_kind(found, "Job")},
            "pods": {str(pod) for pod in pods(found) if "initContainers" in pod.spec},
        }

    every = ("registry", "services-hall", "grid", "indicators")
    assert migrating("hook") == {"jobs": {f"county-xiangli-{service}-migrate" for service in every}, "pods": set()}
    assert migrating("init") == {
        "jobs": set(),
        "pods": {f"Deployment county-xiangli-{service}-{role}" for service in every for role in ("api", "worker")},
    }
    assert migrating("none") == {"jobs": set(), "pods": set()}


def test_only_who_migrates_or_maintains_knows_the_owner_of_the_database(documents: list[Manifest]) -> None:
    for pod in pods(documents):
        for container in pod.containers:
            told = environment(container, documents)
            owners = {name for name, value in told.items() if isinstance(value, tuple) and value[0].endswith("-owner")}
            assert bool(owners) == (container["name"] in ("migrate", "maintain")), f"{pod} {container['name']}"


def test_an_api_has_no_login_to_the_brokers(documents: list[Manifest]) -> None:
    for pod in pods(documents):
        for container in pod.containers:
            login = {name for name in environment(container, documents) if name.startswith("XIANGLI_KAFKA_")}
            if container["name"] in ("api", "maintain"):
                assert login == {"XIANGLI_KAFKA_BOOTSTRAP"}, f"{pod} {container['name']}"


def test_an_autoscaled_deployment_does_not_say_how_many() -> None:
    found = rendered(Case("province-county", ("province-county",)))
    assert len(of_kind(found, "HorizontalPodAutoscaler")) == len(of_kind(found, "ScaledObject")) == 4
    assert all("replicas" not in one["spec"] for one in of_kind(found, "Deployment"))


BOTH = {service: {"inbound": {"existingSecret": f"{service}-inbound"}} for service in ("registry", "grid")}


def test_workers_are_scaled_by_the_lag_of_their_own_groups() -> None:
    over = {"worker": {"keda": {"enabled": True}}, "services": BOTH}
    found = rendered(Case("lag", ("province-county",), over))
    groups = {
        one["metadata"]["name"]: [trigger["metadata"]["consumerGroup"] for trigger in one["spec"]["triggers"]]
        for one in of_kind(found, "ScaledObject")
    }
    assert groups == {
        "xiangli-450481-registry-worker": ["450481.registry", "450481.registry.inbound"],
        "xiangli-450481-services-hall-worker": ["450481.services_hall"],
        "xiangli-450481-grid-worker": ["450481.grid", "450481.grid.inbound"],
        "xiangli-450481-indicators-worker": ["450481.indicators"],
    }


def test_the_test_asks_every_api_for_its_health_and_for_a_public_page() -> None:
    (pod,) = (pod for pod in pods(rendered(Case("county"))) if pod.role == "test")
    (told,) = (one["value"] for one in pod.spec["containers"][0]["env"] if one["name"] == "ASK")
    names = ("registry", "services-hall", "grid", "indicators")
    assert told.split() == [
        line
        for name in names
        for line in (
            f"200=http://{RELEASE}-xiangli-{name}-api:9090/healthz",
            f"200=http://{RELEASE}-xiangli-{name}-api/{name}/openapi.json",
        )
    ]


def test_hooks_come_in_order() -> None:
    weights = {one["kind"]: hook_weight(one) for one in rendered(Case("county")) if hook_weight(one) is not None}
    assert weights == {"ServiceAccount": -10, "NetworkPolicy": -10, "Job": 0}

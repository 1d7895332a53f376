"""Upgrades good and bad, with each values file: what rolls, what stays, and the way back."""

import pytest
import yaml

from deploy.cluster.build import ClusterError
from tests.cluster.release import Object, Release
from tests.cluster.settings_of_pods import read

pytestmark = pytest.mark.cluster

NOBODY_MIGRATES = {"migrations__mode": "none"}


def uids(release: Release) -> dict[str, set[str]]:
    """The pods that serve now, by role."""
    return {role: {pod["metadata"]["uid"] for pod in release.pods(role)} for role in ("api", "worker")}


def images(release: Release) -> set[str]:
    return {
        pod["spec"]["containers"][0]["image"]
        for role in ("api", "worker")
        for pod in release.pods(role)
        if pod["status"]["phase"] == "Running"
    }


def migrated(release: Release) -> int:
    """How many migration Jobs have completed in this namespace so far."""
    return sum(
        event.get("count", 1)
        for event in release.get("events")
        if event["reason"] == "Completed" and event["involvedObject"]["name"].endswith("-migrate")
    )


def settled(release: Release) -> Release:
    """Back on the values file, whatever the test before left."""
    if not release.pristine:
        release.upgrade("--reset-values")
        release.settle()
    return release


def test_an_upgrade_that_changes_nothing_starts_no_pod_anew_but_migrates(installed: Release) -> None:
    before, ran = uids(installed), migrated(installed)
    installed.upgrade()
    after = uids(installed)
    assert all(before[role] <= after[role] for role in before)  # an autoscaler may have added to them
    assert migrated(installed) == ran + 4


def test_a_changed_value_reaches_every_pod_it_concerns(installed: Release) -> None:
    before = uids(installed)
    installed.upgrade(logLevel="DEBUG")
    installed.settle()
    after = uids(installed)
    assert not before["api"] & after["api"]
    assert not before["worker"] & after["worker"]
    for template in installed.templates().values():
        container = template["spec"]["containers"][0]
        assert read(installed, template["spec"], container).log_level == "DEBUG"


def test_a_value_of_one_service_starts_only_that_service_anew(installed: Release) -> None:
    settled(installed)
    before = {pod["metadata"]["name"]: pod for pod in installed.pods("worker")}
    installed.upgrade(services__grid__worker__databasePool="5")
    installed.settle()
    after = {pod["metadata"]["name"]: pod for pod in installed.pods("worker")}
    assert {service_of(each) for name, each in after.items() if name not in before} == {"grid"}
    assert all(service_of(each) == "grid" for name, each in before.items() if name not in after)


def test_a_rollback_brings_back_what_was_there(installed: Release) -> None:
    settled(installed)
    before = {name: each["spec"] for name, each in installed.templates().items()}
    last = installed.helm("history", "-o", "yaml")
    revision = str(yaml.load(last, yaml.CSafeLoader)[-1]["revision"])
    installed.upgrade(image__tag="0.2.0")
    installed.settle()
    assert images(installed) == {"xiangli:0.2.0"}
    installed.helm("rollback", revision, "--wait", "--timeout", installed.timeout)
    installed.settle()
    assert {name: each["spec"] for name, each in installed.templates().items()} == before
    assert images(installed) == {"xiangli:0.1.0"}
    installed.pristine = True


MIGRATION_FAILED = r"(?s)pre-upgrade hooks failed.*-migrate (failed: BackoffLimitExceeded|not ready\. status: Failed)"
"""As Helm 3 says it, and Helm 4."""


def test_a_migration_that_fails_stops_the_upgrade_and_the_old_pods_go_on(installed: Release) -> None:
    settled(installed)
    before = uids(installed)
    with pytest.raises(ClusterError, match=MIGRATION_FAILED):
        installed.upgrade(image__tag="failing", migrations__backoffLimit="0")
    assert uids(installed) == before
    assert images(installed) == {"xiangli:0.1.0"}
    jobs = installed.named("jobs")
    assert [name for name in jobs if name.endswith("-migrate")]  # what failed stays to be read
    settled(installed)
    assert installed.named("jobs") == {}


def test_a_version_that_never_becomes_ready_does_not_replace_one_that_serves(installed: Release) -> None:
    settled(installed)
    serving = {name: each["status"]["readyReplicas"] for name, each in installed.named("deployments").items()}
    short = Release(installed.plane, installed.namespace, installed.values, timeout="8s")
    installed.pristine = False
    with pytest.raises(ClusterError, match="UPGRADE FAILED"):
        short.upgrade(image__tag="never-ready", **NOBODY_MIGRATES)
    apis = {name: each for name, each in installed.named("deployments").items() if name.endswith("-api")}
    assert {name: each["status"]["readyReplicas"] for name, each in apis.items()} == {
        name: count for name, count in serving.items() if name in apis
    }
    assert images(installed) == {"xiangli:0.1.0"}
    installed.helm("rollback", "--wait", "--timeout", installed.timeout)
    installed.settle()
    assert images(installed) == {"xiangli:0.1.0"}
    installed.pristine = True


def test_migrations_can_run_in_init_containers_instead(installed: Release) -> None:
    settled(installed)
    ran = migrated(installed)
    installed.upgrade(migrations__mode="init")
    installed.settle()
    assert migrated(installed) == ran
    for pod in [*installed.pods("api"), *installed.pods("worker")]:
        (state,) = pod["status"]["initContainerStatuses"]
        assert state["name"] == "migrate"
        assert state["state"]["terminated"]["reason"] == "Completed"
        init = pod["spec"]["initContainers"][0]
        assert init["command"][-1] == "migrate"
        settings = read(installed, pod["spec"], init)
        assert settings.migrator_database_url is not None


def test_an_upgrade_with_an_unknown_value_is_refused_before_anything_changes(installed: Release) -> None:
    settled(installed)
    before = uids(installed)
    with pytest.raises(ClusterError, match="logLevle"):
        installed.upgrade(logLevle="DEBUG")
    assert uids(installed) == before


def service_of(pod: Object) -> str:
    name: str = pod["metadata"]["labels"]["app.kubernetes.io/name"]
    return name

"""Base backups are asked of CloudNativePG behind a value, of the cluster that holds the databases."""

from typing import Any

import pytest

from tests.chart.rendering import Case, Manifest, Refusal, of_kind, rendered

pytestmark = pytest.mark.chart


def backup(**values: Any) -> list[dict[str, Any]]:
    over = {"backup": {"enabled": True, "cluster": "xiangli", **values}}
    return of_kind(rendered(Case("county", over=over)), "ScheduledBackup")


def test_no_backup_is_asked_for_unless_somebody_asks() -> None:
    assert of_kind(rendered(Case("county")), "ScheduledBackup") == []


def test_it_is_asked_of_the_cluster_by_its_plugin_beside_the_log() -> None:
    (found,) = backup(namespace="databases")
    assert found["metadata"]["namespace"] == "databases"
    assert found["spec"] == {
        "cluster": {"name": "xiangli"},
        "schedule": "0 30 18 * * *",
        "target": "prefer-standby",
        "immediate": True,
        "backupOwnerReference": "cluster",
        "method": "plugin",
        "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"},
    }


def test_without_a_namespace_it_is_that_of_the_release() -> None:
    (found,) = backup()
    assert found["metadata"]["namespace"] == "xiangli"


@pytest.mark.parametrize(
    "wrong",
    [
        {"schedule": "30 2 * * *"},  # five fields: the operator would read minutes as seconds
        {"schedule": "daily"},
        {"cluster": "Not_A_Name"},
        {"target": "standby"},
        {"keep": 7},
    ],
)
def test_what_the_operator_would_not_take_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="backup"):
        backup(**wrong)


def restored(documents: list[Manifest]) -> list[Manifest]:
    return [one for one in of_kind(documents, "CronJob") if one["metadata"]["name"].endswith("-restored")]


def test_after_a_restore_a_job_is_made_of_what_never_runs_by_itself() -> None:
    found = restored(rendered(Case("county")))
    assert [one["metadata"]["name"] for one in found] == [
        f"county-xiangli-{service}-restored" for service in ("registry", "services-hall", "grid", "indicators")
    ]
    for one in found:
        assert one["spec"]["suspend"] is True
        (container,) = one["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        assert container["command"][-1] == "after-restore"
        told = {variable["name"] for variable in container["env"]}
        assert "XIANGLI_MIGRATOR_DATABASE_URL" not in told, "it writes as the service does"
    off = rendered(Case("county", over={"restoring": {"enabled": False}}))
    assert restored(off) == []

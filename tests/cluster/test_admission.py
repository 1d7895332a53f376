"""The namespace refuses pods that are not restricted; the chart's pass, and pass no longer when the chart is broken."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from deploy.cluster.build import ClusterError
from deploy.cluster.server import ControlPlane
from tests.cluster.release import CHART, Object, Release, a_namespace, refusal
from tests.cluster.secrets import make_secrets

pytestmark = pytest.mark.cluster

BROKEN = {
    "a root user": ("runAsNonRoot: true", "runAsNonRoot: false"),
    "user 0": ("runAsUser: 10001", "runAsUser: 0"),
    "privileges to be gained": ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
    "capabilities": ("drop: [ALL]", "drop: [NET_RAW]"),
    "no seccomp profile": ("type: RuntimeDefault", "type: Unconfined"),
}
"""What is broken → what is replaced in every template of the chart."""


@pytest.fixture(scope="module")
def namespace(plane: ControlPlane) -> str:
    a_namespace(plane, "admission")
    return "admission"


def a_pod(**of_container: object) -> Object:
    container = {"name": "one", "image": "anything:1", **of_container}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": {"containers": [container]}}


def pods_of(release: Release) -> list[Object]:
    """The pods that the rendered workloads would make, as bare pods, so that admission answers at once."""
    found = []
    for each in yaml.safe_load_all(release.template()):
        if each is None:
            continue
        spec = each.get("spec") or {}
        template = {"Pod": each, "CronJob": spec.get("jobTemplate", {}).get("spec", {}).get("template")}.get(
            each["kind"], spec.get("template")
        )
        if template and "containers" in template.get("spec", {}):
            name = f"{each['kind']}-{each['metadata']['name']}".lower()
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": release.namespace}}
            # accounts of the release are not there in a dry run; `default` has the same rights: none
            pod["spec"] = {**template["spec"], "serviceAccountName": "default"}
            found.append(pod)
    return found


def test_a_pod_that_is_not_restricted_is_refused(plane: ControlPlane, namespace: str) -> None:
    said = refusal(plane, "create", "-n", namespace, "--dry-run=server", "-f", "-", given=json.dumps(a_pod()))
    assert 'violates PodSecurity "restricted:latest"' in said


def test_every_pod_of_every_values_file_is_admitted_without_a_warning(release: Release) -> None:
    pods = pods_of(release)
    assert len(pods) >= 17  # four services: api, worker, migrate, maintain; and the pod of `helm test`
    for pod in pods:
        release.plane.kubectl(
            "create", "--dry-run=server", "--warnings-as-errors", "--validate=strict", "-f", "-", given=json.dumps(pod)
        )


@pytest.mark.parametrize("broken", BROKEN)
def test_a_chart_that_is_broken_on_purpose_is_refused(
    plane: ControlPlane, namespace: str, tmp_path: Path, broken: str
) -> None:
    chart = tmp_path / "xiangli"
    shutil.copytree(CHART, chart)
    old, new = BROKEN[broken]
    for template in (chart / "templates").rglob("*.*"):
        template.write_text(template.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    pods = pods_of(Release(plane, namespace, CHART / "values-trial.yaml", chart=chart))
    assert pods
    for pod in pods:
        said = refusal(plane, "create", "--dry-run=server", "-f", "-", given=json.dumps(pod))
        assert 'violates PodSecurity "restricted:latest"' in said


def test_an_install_of_a_broken_chart_ends_with_the_reason_in_the_events(plane: ControlPlane, tmp_path: Path) -> None:
    chart = tmp_path / "xiangli"
    shutil.copytree(CHART, chart)
    pods = chart / "templates" / "_pods.tpl"
    text = pods.read_text(encoding="utf-8")
    assert "runAsNonRoot: true" in text
    pods.write_text(text.replace("runAsNonRoot: true", "runAsNonRoot: false"), encoding="utf-8")
    release = Release(plane, "admission-root", CHART / "values-trial.yaml", chart=chart, timeout="10s")
    a_namespace(plane, release.namespace)
    make_secrets(release)
    with pytest.raises(ClusterError, match=r"pre-install"):
        release.install()
    messages = {event["message"] for event in release.get("events") if event["reason"] == "FailedCreate"}
    assert any('violates PodSecurity "restricted' in message and "runAsNonRoot" in message for message in messages)
    assert release.get("pods") == []
    plane.kubectl("delete", "namespace", release.namespace, "--wait=false")

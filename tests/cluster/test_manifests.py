"""Every manifest that we hand out is what the real API server understands, field by field."""

from pathlib import Path

import pytest
import yaml

from deploy.cluster.build import ROOT
from deploy.cluster.server import ControlPlane
from tests.cluster.release import Release, a_namespace, refusal

pytestmark = pytest.mark.cluster

EXAMPLES = sorted((ROOT / "deploy" / "helm" / "examples").rglob("*.yaml"))
STRICT = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "--warnings-as-errors", "-f", "-")
SETTINGS: dict[str, dict[str, str]] = {
    "as it is": {},
    "migrations in init containers": {"migrations__mode": "init"},
    "with every optional kind": {
        "gateway__enabled": "true",
        "gateway__parentRefs[0]__name": "gate",
        "worker__keda__enabled": "true",
        "metrics__podMonitor__enabled": "true",
        "api__autoscaling__enabled": "true",
        "ingress__enabled": "true",
        "ingress__hosts[0]": "xiangli.example",
    },
    "with client certificates": {"kafka__security": "SSL", "kafka__clientCertificate": "true"}
    | {
        f"services__{each}__kafka__existingSecret": "user"
        for each in ("registry", "servicesHall", "grid", "indicators")
    },
}


def without_namespace(text: str) -> str:
    """Manifests for the namespace that the command names."""
    objects = [each for each in yaml.safe_load_all(text) if each]
    for each in objects:
        each["metadata"].pop("namespace", None)
    return yaml.safe_dump_all(objects)


@pytest.mark.parametrize("settings", SETTINGS)
def test_every_manifest_of_every_values_file_is_understood(release: Release, settings: str) -> None:
    text = release.template(**SETTINGS[settings])
    release.accounts()
    release.plane.kubectl(*STRICT, "-n", release.namespace, given=text)


def test_optional_objects_are_really_among_them(release: Release) -> None:
    kinds = {
        each["kind"] for each in yaml.safe_load_all(release.template(**SETTINGS["with every optional kind"])) if each
    }
    assert {"HTTPRoute", "ScaledObject", "PodMonitor", "HorizontalPodAutoscaler", "Ingress"} <= kinds


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_example_is_understood(plane: ControlPlane, path: Path) -> None:
    a_namespace(plane, "examples")
    plane.kubectl(*STRICT, "-n", "examples", given=without_namespace(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        ("Deployment", "terminationGracePeriodSeconds:", "terminationGracePeriod:", "terminationGracePeriod"),
        ("ScaledObject", "maxReplicaCount:", "maximumReplicaCount:", "maximumReplicaCount"),
        ("HTTPRoute", "parentRefs:", "parents:", "parents"),
        ("PodMonitor", "podMetricsEndpoints:", "endpoints:", "endpoints"),
    ],
)
def test_a_field_that_does_not_exist_is_noticed(plane: ControlPlane, kind: str, old: str, new: str, said: str) -> None:
    """The control of the tests above, for our own kinds and for those of operators."""
    a_namespace(plane, "strict")
    release = Release(plane, "strict", Path(ROOT / "deploy/helm/xiangli/values-province-county.yaml"))
    rendered = [each for each in yaml.safe_load_all(release.template()) if each and each["kind"] == kind]
    text = yaml.safe_dump(rendered[0])
    assert old in text
    assert said in refusal(plane, *STRICT, "-n", "strict", given=text.replace(old, new))

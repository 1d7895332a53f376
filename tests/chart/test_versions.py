"""Which Helm and which Kubernetes the chart is tried with: the newest, unless another one is asked for."""

import pytest

from deploy.cluster.build import ClusterError, tool
from deploy.cluster.versions import HELM, KUBERNETES, VersionError, kubernetes
from deploy.cluster.versions import helm as helm_asked_for
from deploy.helm.values_file import CHART
from tests.chart import schemas
from tests.chart.rendering import Case, helm, rendered

pytestmark = pytest.mark.chart


def test_the_newest_is_taken_unless_another_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, asked, known in (("HELM", helm_asked_for, HELM), ("KUBERNETES", kubernetes, KUBERNETES)):
        monkeypatch.setenv(setting, "")  # as make exports it
        assert asked() == max(known, key=lambda version: [int(part) for part in version.split(".")])
        for version in known:
            monkeypatch.setenv(setting, version)
            assert asked() == version


@pytest.mark.parametrize(("setting", "program"), [("HELM", "helm"), ("KUBERNETES", "kubectl")])
def test_one_that_nobody_tries_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, setting: str, program: str
) -> None:
    monkeypatch.setenv(setting, "2")
    with pytest.raises(ClusterError, match=f"{setting}=2 is none of the versions that are tested: "):
        tool(program)
    with pytest.raises(VersionError):
        helm_asked_for() if setting == "HELM" else kubernetes()


def test_helm_is_of_the_version_that_was_asked_for() -> None:
    assert helm("version", "--template", "{{.Version}}") == HELM[helm_asked_for()].version


def test_helm_knows_the_newest_kubernetes_by_itself() -> None:
    """A helm that was built without its release's stamps believes in Kubernetes 1.20, which the chart refuses."""
    said = helm("template", "county", str(CHART), "-f", str(CHART / "values-county.yaml"))
    assert "kind: Deployment" in said


def test_resources_are_held_to_the_promised_and_the_tried_versions() -> None:
    assert schemas.VERSIONS == ("1.30", "1.35", "1.36", "1.37")
    broken = rendered(Case("county"))[0] | {"speck": {}}
    for version in schemas.VERSIONS:
        assert schemas.faults([broken], version)

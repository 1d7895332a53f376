"""helm lint, the versions of Kubernetes, the definitions of the operators, and their examples."""

from pathlib import Path

import pytest

from deploy.helm.values_file import CHART
from tests.chart import schemas
from tests.chart.rendering import CASES, Case, Manifest, files_of, helm, manifests, of_kind, read, rendered

pytestmark = pytest.mark.chart

EXAMPLES = CHART.parent / "examples"


def test_helm_has_nothing_to_complain_about(case: Case) -> None:
    said = helm("lint", "--strict", str(CHART), *files_of(case), given=case.over)
    assert "0 chart(s) failed" in said
    assert "[WARNING]" not in said


@pytest.mark.parametrize(
    "version", [pytest.param(one, marks=pytest.mark.xdist_group(f"kubernetes-{one}")) for one in schemas.VERSIONS]
)
def test_every_resource_has_the_form_that_kubernetes_wants(documents: list[Manifest], version: str) -> None:
    assert schemas.faults(documents, version) == []


def test_the_cases_contain_every_kind_of_resource() -> None:
    kinds = {one["kind"] for case in CASES for one in manifests(case)}
    assert kinds == {
        *("ConfigMap", "CronJob", "Deployment", "HorizontalPodAutoscaler", "HTTPRoute", "Ingress", "Job"),
        *("NetworkPolicy", "Pod", "PodDisruptionBudget", "PodMonitor", "ScaledObject", "Service", "ServiceAccount"),
        *("PrometheusRule", "ScheduledBackup", "ServiceMonitor", "TriggerAuthentication"),
    }


@pytest.mark.parametrize("file", ["cloudnative-pg/cluster.yaml", "gateway/gateway.yaml"])
def test_the_examples_have_the_form_that_their_operators_want(file: str) -> None:
    documents = read((EXAMPLES / file).read_text(encoding="utf-8"))
    assert documents
    assert schemas.faults(documents, schemas.VERSIONS[0]) == []


def test_databases_and_roles_of_the_example_are_those_of_the_county() -> None:
    documents = read((EXAMPLES / "cloudnative-pg/cluster.yaml").read_text(encoding="utf-8"))
    (cluster,) = of_kind(documents, "Cluster")
    county = rendered(Case("county"))
    roles = {one["name"]: one["passwordSecret"]["name"] for one in cluster["spec"]["managed"]["roles"]}
    databases = {one["spec"]["name"]: one["spec"]["owner"] for one in of_kind(documents, "Database")}
    first = cluster["spec"]["bootstrap"]["initdb"]
    databases[first["database"]] = first["owner"]
    for job in of_kind(county, "Job"):
        told = {one["name"]: one for one in job["spec"]["template"]["spec"]["containers"][0]["env"]}
        address = told["XIANGLI_DATABASE_URL"]["value"]
        name = address.rpartition("/")[2]
        assert f"{cluster['metadata']['name']}-rw.{cluster['metadata']['namespace']}.svc" in address
        assert roles[databases[name]] == told["PGUSER"]["valueFrom"]["secretKeyRef"]["name"]
        role = told["XIANGLI_DATABASE_SERVICE_ROLE"]["value"]
        secrets = {
            entry["valueFrom"]["secretKeyRef"]["name"]
            for one in of_kind(county, "Deployment")
            if one["metadata"]["labels"]["app.kubernetes.io/name"]
            == job["metadata"]["labels"]["app.kubernetes.io/name"]
            for entry in one["spec"]["template"]["spec"]["containers"][0]["env"]
            if entry["name"] == "PGPASSWORD"
        }
        assert secrets == {roles[role]}
        rule = f"hostssl {name} {databases[name]},{role} all scram-sha-256"
        assert rule in cluster["spec"]["postgresql"]["pg_hba"]


def test_the_gateway_of_the_example_is_the_one_that_the_province_names() -> None:
    (gateway,) = read((EXAMPLES / "gateway/gateway.yaml").read_text(encoding="utf-8"))
    (route,) = of_kind(rendered(Case("province", ("province-county",))), "HTTPRoute")
    (parent,) = route["spec"]["parentRefs"]
    assert (parent["namespace"], parent["name"]) == (gateway["metadata"]["namespace"], gateway["metadata"]["name"])
    (listener,) = gateway["spec"]["listeners"]
    assert parent["sectionName"] == listener["name"]
    assert all(Path(name).match(listener["hostname"]) for name in route["spec"]["hostnames"])

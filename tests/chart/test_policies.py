"""What a policy checker of others thinks of the chart. Its exceptions are few and have their reasons."""

import json
import subprocess

import pytest
import yaml

from deploy.cluster.build import go_tool
from deploy.cluster.versions import GoProgram
from tests.chart.rendering import FILES, Case, Manifest, rendered

pytestmark = pytest.mark.chart

KUBE_SCORE = GoProgram("github.com/zegl/kube-score/cmd/kube-score", "v1.20.0")
LEFT_OUT = {
    "container-image-pull-policy": "wants Always: a tag is a version and never moves",
    "deployment-has-host-podantiaffinity": "topology spread constraints do this, and let a small cluster start",
}
LIMITED = "--ignore-container-cpu-limit"
"""A limit of CPU would slow the start; requests share it fairly."""
ASKED_FOR = ("container-seccomp-profile", "container-ports-check", "environment-variable-key-duplication")
FEW = "deployment-replicas"
"""Left out for the trial, which has one pod each on purpose."""
SEVERE = 5
"""Grades: 10 is well, 5 a warning, 1 critical."""


def complaints(documents: list[Manifest], *left_out: str) -> set[str]:
    """`<check> <object>: <what>` for everything that is at least a warning."""
    command = [str(go_tool("kube-score", KUBE_SCORE)), "score", "-", "-o", "json", LIMITED]
    for check in (*LEFT_OUT, *left_out):
        command += ["--ignore-test", check]
    for check in ASKED_FOR:
        command += ["--enable-optional-test", check]
    done = subprocess.run(command, input=yaml.dump_all(documents), capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return {
        f"{check['check']['id']} {scored['object_name'].rpartition('/')[2]}: {comment['path']} {comment['summary']}"
        for scored in json.loads(done.stdout)
        for check in scored["checks"]
        if not check["skipped"] and check["grade"] <= SEVERE
        for comment in check["comments"] or [{"path": "", "summary": ""}]
    }


@pytest.mark.parametrize("case", FILES, ids=str)
def test_the_checker_finds_nothing(case: Case) -> None:
    assert complaints(rendered(case), *([FEW] if case.name == "trial" else [])) == set()


def test_the_checker_would_find_something() -> None:
    documents = rendered(Case("county"))
    for one in documents:
        if one["metadata"]["name"] == "county-xiangli-grid-api" and one["kind"] == "Deployment":
            (container,) = one["spec"]["template"]["spec"]["containers"]
            container["image"] = "xiangli:latest"
            del container["readinessProbe"]
    found = {complaint.split(":")[0] for complaint in complaints(documents)}
    assert found == {"container-image-tag county-xiangli-grid-api", "pod-probes county-xiangli-grid-api"}


def test_every_exception_is_still_needed() -> None:
    documents = rendered(Case("county"))
    done = subprocess.run(
        [str(go_tool("kube-score", KUBE_SCORE)), "score", "-", "-o", "json"],
        input=yaml.dump_all(documents), capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {
        check["check"]["id"]
        for scored in json.loads(done.stdout)
        for check in scored["checks"]
        if not check["skipped"] and check["grade"] <= SEVERE
    }
    assert found == {*LEFT_OUT, "container-resources"}

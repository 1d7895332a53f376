"""What an operator reads after an installation, and what the chart says about itself."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.helm.values_file import CHART
from tests.chart.rendering import Case, rendered

pytestmark = pytest.mark.chart

ROOT = CHART.parents[2]
AS_RESOURCE = """
apiVersion: v1
kind: ConfigMap
metadata:
  name: notes
data:
  text: |
    {{- tpl (.Files.Get "NOTES.txt") . | nindent 4 }}
"""
"""helm prints NOTES.txt only at an installation into a cluster: here it is the text of a resource."""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A copy that renders its notes."""
    copy = tmp_path / "xiangli"
    shutil.copytree(CHART, copy)
    shutil.copyfile(copy / "templates" / "NOTES.txt", copy / "NOTES.txt")
    (copy / "templates" / "notes.yaml").write_text(AS_RESOURCE, encoding="utf-8")
    return copy


def notes(chart: Path, file: str = "county", **over: Any) -> str:
    documents = rendered(Case("notes", (file,), over), chart=chart)
    (text,) = (one["data"]["text"] for one in documents if one["metadata"]["name"] == "notes")
    return str(text)


def test_they_say_where_the_services_are_reached(chart: Path) -> None:
    said = notes(chart)
    for name in ("registry", "services-hall", "grid", "indicators"):
        assert f"https://xiangli.county.example/{name}/docs" in said
    assert "helm test county -n xiangli" in said
    assert "WARNING" not in said
    assert "port-forward" in notes(chart, "trial")


def test_they_warn_of_what_is_left_to_the_operator(chart: Path) -> None:
    assert "nobody may reach the APIs" in notes(chart, networkPolicy={"ingressController": []})
    assert "Migrations are yours" in notes(chart, migrations={"mode": "none"})
    assert "maintain is off" in notes(chart, maintain={"enabled": False})


def test_the_chart_installs_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    about = yaml.load((CHART / "Chart.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    assert about["appVersion"] == project
    images = {
        container["image"]
        for one in rendered(Case("county"))
        if one["kind"] == "Deployment"
        for container in one["spec"]["template"]["spec"]["containers"]
    }
    assert images == {f"xiangli:{project}"}

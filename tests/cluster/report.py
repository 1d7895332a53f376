"""What a whole run of `make test-cluster` did, kept as docs/reports/cluster-<version>.md."""

import os
import platform
import time
from pathlib import Path

import pytest
import yaml

from deploy.cluster.build import ROOT
from deploy.cluster.versions import CRD_MODULES, STRIMZI
from tests.cluster.release import CHART

HERE = Path(__file__).parent

NOT_RUN = """\
- **No image.** kwok says that pods run; no container engine, no kubelet, no program. Whether the program in the image
  starts and serves is the business of `make test-image` and of the tests of the program.
- **No traffic.** NetworkPolicies and routes were accepted, and what they refer to exists; no packet was sent.
- **No operators.** CloudNativePG, Strimzi, KEDA and the controllers of the Gateway API and of Prometheus did not
  run. Their kinds are the real definitions of their releases, so objects were validated; nothing acted on them.
- **No metrics.** HorizontalPodAutoscalers were accepted and stay at what they were given.
- **One node**, so that topology spread and disruption budgets were computed and not put to the test.
"""


class Report:
    """Filled by conftest.py while the tests run."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self.definitions: dict[str, list[str]] = {}
        self._began = time.monotonic()
        self._seen: dict[str, list[tuple[str, str, float]]] = {}

    def take(self, report: pytest.TestReport) -> None:
        """One line per test; what was spent in its fixtures counts."""
        file, _, name = report.nodeid.partition("::")
        if not file.startswith("tests/cluster/"):
            return
        seen = self._seen.setdefault(file, [])
        if report.when == "setup":
            seen.append((name, report.outcome, report.duration))
        elif report.when == "call" and seen:
            seen[-1] = (name, report.outcome, seen[-1][2] + report.duration)

    def finish(self, session: pytest.Session, exitstatus: int) -> None:
        """Writes it after a run of every file here that passed; else the last one stays."""
        whole = {f"tests/cluster/{path.name}" for path in HERE.glob("test_*.py")}
        selected = session.config.getoption("keyword") or session.config.getoption("lf", False)
        if exitstatus or selected or set(self._seen) != whole or os.environ.get("PYTEST_XDIST_WORKER"):
            return
        version = yaml.load((CHART / "Chart.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)["version"]
        target = ROOT / "docs" / "reports" / f"cluster-{version}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(self.text(str(version)), encoding="utf-8")

    def text(self, version: str) -> str:
        count = sum(len(seen) for seen in self._seen.values())
        machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        lines = [
            f"# The chart {version} in a real Kubernetes control plane",
            "",
            f"Written by `make test-cluster` on {time.strftime('%Y-%m-%d', time.gmtime())}, {machine}: {count} tests",
            f"passed in {time.monotonic() - self._began:.0f} s. Building the programs takes ten minutes more, once.",
            "",
            "## With what",
            "",
            "| Program | Version |",
            "| --- | --- |",
            *(f"| {name} | {found} |" for name, found in self.versions.items()),
            "",
            "Namespaces enforce, warn and audit the profile `restricted`. Kinds of operators, from their releases:",
            "",
            *(_definitions(operator, names) for operator, names in self.definitions.items()),
            "",
            "## What was seen",
            "",
        ]
        for file, seen in self._seen.items():
            lines += [f"### {Path(file).stem.removeprefix('test_').replace('_', ' ').capitalize()}", ""]
            lines += [f"- {_sentence(name)} ({seconds:.1f} s)" for name, _, seconds in seen] + [""]
        return "\n".join([*lines, "## What was not run", "", NOT_RUN])


def _definitions(operator: str, names: list[str]) -> str:
    version = STRIMZI if operator == "strimzi" else CRD_MODULES[operator][1]
    return f"- {operator} {version}: {', '.join(name.partition('.')[0] for name in names)}"


def _sentence(name: str) -> str:
    said, _, parameter = name.removeprefix("test_").partition("[")
    sentence = said.replace("_", " ").capitalize()
    return f"{sentence}: {parameter.rstrip(']')}" if parameter else sentence

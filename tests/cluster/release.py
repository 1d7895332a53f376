"""One release of the chart in one restricted namespace, as an operator would install it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deploy.cluster.build import ROOT, ClusterError
from deploy.cluster.server import ControlPlane

CHART = ROOT / "deploy" / "helm" / "xiangli"
VALUES = sorted(CHART.glob("values-*.yaml"))
SERVICES = ("registry", "services-hall", "grid", "indicators")
Object = dict[str, Any]

RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
MADE_BY_KUBERNETES = ("events", "endpoints", "endpointslices", "leases", "replicasets", "pods", "controllerrevisions")
"""Kinds whose objects appear by themselves or go with their owner a moment later."""


def a_namespace(plane: ControlPlane, name: str) -> None:
    """One in which only pods of the profile `restricted` are admitted."""
    labels = dict(RESTRICTED)
    plane.kubectl("apply", "-f", "-", given=json.dumps({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels},
    }))  # fmt: skip


@dataclass
class Release:
    """`said` keeps what helm printed last; `pristine` says whether the values file alone is what runs."""

    plane: ControlPlane
    namespace: str
    values: Path
    name: str = "xiangli"
    chart: Path = CHART
    timeout: str = "120s"
    said: str = field(default="", repr=False)
    pristine: bool = False

    def helm(self, verb: str, *arguments: str) -> str:
        self.said = self.plane.helm(verb, self.name, *arguments, "-n", self.namespace)
        return self.said

    def install(self, *arguments: str, **settings: str) -> str:
        return self._roll("install", *arguments, settings=settings)

    def upgrade(self, *arguments: str, **settings: str) -> str:
        return self._roll("upgrade", *arguments, settings=settings)

    def template(self, *arguments: str, **settings: str) -> str:
        """The manifests, hooks included."""
        return self.plane.helm(
            "template", self.name, str(self.chart), "-n", self.namespace, "-f", str(self.values),
            *_set(settings), *arguments,
        )  # fmt: skip

    def settle(self) -> None:
        """Helm is content with pods that are ready; this waits until they are available and the old ones gone."""
        for name in self.named("deployments"):
            self.plane.kubectl("rollout", "status", f"deployment/{name}", "-n", self.namespace, "--timeout=60s")

    def accounts(self) -> None:
        """The accounts that the pods name, without which the server admits no pod, not even in a dry run."""
        made = [each for each in yaml.safe_load_all(self.template()) if each and each["kind"] == "ServiceAccount"]
        self.plane.kubectl("apply", "-n", self.namespace, "-f", "-", given=yaml.safe_dump_all(made))

    def _roll(self, verb: str, *arguments: str, settings: Mapping[str, str]) -> str:
        self.pristine = False
        wait = ("--wait", "--timeout", self.timeout)
        said = self.helm(verb, str(self.chart), "-f", str(self.values), *wait, *_set(settings), *arguments)
        self.pristine = not settings
        return said

    # -- what is there -------------------------------------------------------------------------------------------------
    def get(self, kind: str, *arguments: str) -> list[Object]:
        """All objects of a kind in the namespace."""
        said = self.plane.kubectl("get", kind, "-n", self.namespace, "-o", "json", *arguments)
        found: list[Object] = json.loads(said)["items"]
        return found

    def named(self, kind: str) -> dict[str, Object]:
        return {each["metadata"]["name"]: each for each in self.get(kind)}

    def pods(self, component: str) -> list[Object]:
        """Those that are meant to stay."""
        found = self.get(
            "pods", "-l", f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component={component}"
        )
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def templates(self) -> dict[str, Object]:
        """The pod templates that the namespace holds, by kind and name."""
        found = {}
        for kind, inside in (("deployments", ()), ("jobs", ()), ("cronjobs", ("jobTemplate", "spec"))):
            for name, each in self.named(kind).items():
                spec = each["spec"]
                for step in inside:
                    spec = spec[step]
                found[f"{kind}/{name}"] = spec["template"]
        return found

    def everything(self) -> set[str]:
        """Every object of every kind that lives in a namespace, `kind/name`, but for what Kubernetes makes itself."""
        kinds = self.plane.kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
        wanted = [kind for kind in kinds if kind.split(".")[0] not in MADE_BY_KUBERNETES]
        said = self.plane.kubectl("get", ",".join(wanted), "-n", self.namespace, "-o", "name", "--ignore-not-found")
        return set(said.split())


def _set(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("--set", f"{name.replace('__', '.')}={value}")]


def refusal(plane: ControlPlane, *command: str, given: str | None = None) -> str:
    """What kubectl said when it refused. A command that is not refused fails the test."""
    try:
        plane.kubectl(*command, given=given)
    except ClusterError as error:
        return str(error)
    raise AssertionError(f"{' '.join(command)} was not refused")

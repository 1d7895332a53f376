"""Renders the chart with helm, and reads what came out."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.cluster.build import tool
from deploy.cluster.versions import KUBERNETES
from deploy.helm.values_file import CHART

Manifest = dict[str, Any]

RELEASE = "county"
ORACLE = next(iter(KUBERNETES.values())).removeprefix("v")
"""The version of Kubernetes that templates are told of."""


class Refusal(Exception):
    """helm refused; the message is what it said."""


@dataclass(frozen=True)
class Case:
    """Values files of the chart, and what is set on top of them."""

    name: str
    files: tuple[str, ...] = ("county",)
    over: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


_OWN_KEYS = {"existingSecret": "inbound-keys", "sources": ["urn:county:450481:hotline-12345", "urn:county:x"]}
_LISTS = {
    "existingSecret": "list-keys",
    "lists": [{"source": "urn:county:450481:civil-affairs", "area": "450481", "kinds": ["minimum_living"]}],
}
_EVERYTHING: dict[str, Any] = {
    "image": {"digest": "sha256:" + "ab" * 32},
    "imagePullSecrets": [{"name": "pull"}],
    "commonLabels": {"county": "450481"},
    "kafka": {
        "clientCertificate": True,
        "topicPartitions": 12,
        "secretKeys": {"privateKeyPassword": "user.password"},
        "relayShards": 2,
    },
    "oidc": {"ca": {"existingSecret": "issuer-ca"}},
    "gateway": {"enabled": True, "parentRefs": [{"name": "g"}]},
    "metrics": {
        "serviceMonitor": {"enabled": True, "labels": {"release": "p"}},
        "scrapeAnnotations": True,
        "dashboards": {"enabled": True},
        "rules": {
            "enabled": True,
            "labels": {"release": "p"},
            "runbooks": "https://handbook.county.example/watch",
        },
    },
    "backup": {"enabled": True, "cluster": "xiangli", "namespace": "databases"},
    "tracing": {"endpoint": "http://collector.observability:4318", "ratio": 0.25},
    "worker": {
        "keda": {"enabled": True},
        "priorityClassName": "county",
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "county", "operator": "Exists", "effect": "NoSchedule"}],
        "podAnnotations": {"note": "worker"},
        "extraEnv": [{"name": "TZ", "value": "Asia/Shanghai"}],
    },
    "jobs": {"podLabels": {"duty": "job"}, "affinity": {"nodeAffinity": {}}},
    "services": {
        "registry": {"inbound": _LISTS},
        "grid": {"inbound": _OWN_KEYS, "api": {"replicas": 3, "autoscaling": {"enabled": False}}},
    },
}
_WHOLE_ADDRESS = {"database": {"host": "", "tls": {"mode": "require", "ca": {"existingSecret": ""}}}}

FILES = (Case("trial", ("trial",)), Case("county"), Case("province-county", ("province-county",)))
"""The values files that the chart ships."""
CASES = (
    *FILES,
    Case("everything", over=_EVERYTHING),
    Case("init", over={"migrations": {"mode": "init"}}),
    Case("none", over={"migrations": {"mode": "none"}, "maintain": {"enabled": False}}),
    Case("whole addresses", over=_WHOLE_ADDRESS),
    Case("client certificates", over={"kafka": {"security": "SSL", "clientCertificate": True}}),
    Case("two services", over={"services": {"registry": {"enabled": False}, "grid": {"enabled": False}}}),
    Case("foreign accounts", over={"serviceAccount": {"create": False, "name": "theirs"}}),
)
"""Those, and what else an operator may ask for."""


def helm(*arguments: str, given: Mapping[str, Any] | None = None) -> str:
    """What helm printed. `given`: values on top of the files. Raises Refusal."""
    handed = ("-f", "-") if given is not None else ()
    done = subprocess.run(
        [str(tool("helm")), *arguments, *handed],
        input=json.dumps(given) if given is not None else None,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Refusal(done.stderr + done.stdout)
    return done.stdout


def files_of(case: Case, chart: Path = CHART) -> list[str]:
    """The arguments that name a case's values files."""
    return [word for name in case.files for word in ("-f", str(chart / f"values-{name}.yaml"))]


def rendered(case: Case, *, chart: Path = CHART, release: str = RELEASE) -> list[Manifest]:
    """Every resource of a case, hooks and tests included. Raises Refusal."""
    told = ("template", release, str(chart), "--namespace", "xiangli", "--kube-version", ORACLE)
    return read(helm(*told, *files_of(case, chart), given=case.over))


def read(text: str) -> list[Manifest]:
    """The documents of a YAML stream."""
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


@cache
def _manifests(name: str) -> tuple[Manifest, ...]:
    return tuple(rendered(next(case for case in CASES if case.name == name)))


def manifests(case: Case) -> Sequence[Manifest]:
    """The same as `rendered` for one of CASES, once; not to be changed."""
    return _manifests(case.name)


def of_kind(documents: Iterable[Manifest], *kinds: str) -> list[Manifest]:
    """Those of a kind."""
    return [document for document in documents if document["kind"] in kinds]


def title(document: Manifest) -> str:
    """For a sentence."""
    return f"{document['kind']} {document['metadata']['name']}"


@dataclass(frozen=True)
class Pod:
    """A pod that some resource describes."""

    owner: Manifest
    metadata: Manifest
    spec: Manifest

    @property
    def role(self) -> str:
        return str(self.metadata["labels"]["app.kubernetes.io/component"])

    @property
    def service(self) -> str:
        """As paths have it: services-hall."""
        return str(self.metadata["labels"]["app.kubernetes.io/name"])

    @property
    def containers(self) -> list[Manifest]:
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    def __str__(self) -> str:
        return title(self.owner)


def pods(documents: Iterable[Manifest]) -> Iterator[Pod]:
    """Every pod of every resource that has one."""
    for document in documents:
        match document["kind"]:
            case "Deployment" | "Job":
                template = document["spec"]["template"]
                yield Pod(document, template["metadata"], template["spec"])
            case "CronJob":
                template = document["spec"]["jobTemplate"]["spec"]["template"]
                yield Pod(document, template["metadata"], template["spec"])
            case "Pod":
                yield Pod(document, document["metadata"], document["spec"])


def hook_weight(document: Manifest) -> int | None:
    """When a hook of install and upgrade runs; None for what is no hook."""
    annotations = document["metadata"].get("annotations") or {}
    if annotations.get("helm.sh/hook") != "pre-install,pre-upgrade":
        return None
    return int(annotations.get("helm.sh/hook-weight", "0"))


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether `matchLabels` fits."""
    return all(labels.get(name) == value for name, value in (selector.get("matchLabels") or {}).items())


def environment(container: Manifest, documents: Iterable[Manifest]) -> dict[str, Any]:
    """What a container is told: texts as they stand, and (secret, key) where a Secret has them."""
    configured = {one["metadata"]["name"]: one["data"] for one in of_kind(documents, "ConfigMap")}
    told: dict[str, Any] = {}
    for source in container.get("envFrom", ()):
        told |= configured[source["configMapRef"]["name"]]
    for entry in container.get("env", ()):
        if "valueFrom" in entry and "secretKeyRef" in entry["valueFrom"]:
            reference = entry["valueFrom"]["secretKeyRef"]
            told[entry["name"]] = (reference["name"], reference["key"])
        else:
            told[entry["name"]] = entry.get("value")
    return told

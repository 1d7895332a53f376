"""The chart, broken on purpose in one place: each break is noticed by the rule that is there for it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.helm.values_file import CHART
from tests.chart import network_rules, pod_rules, schemas, wiring_rules
from tests.chart.rendering import Case, Manifest, Refusal, helm, rendered
from tests.chart.told import processes

pytestmark = pytest.mark.chart

Rule = Callable[[list[Manifest]], list[str]]


def kubernetes(documents: list[Manifest]) -> list[str]:
    """The check against Kubernetes' own schemas."""
    return schemas.faults(documents, "1.33")


def strangers(documents: list[Manifest]) -> list[str]:
    """Settings that their process does not know."""
    return [
        f"{process} is told {name}"
        for process in processes(documents)
        for name in process.told
        if name.startswith("XIANGLI_") and name not in process.known
    ]


POD, WIRING, NETWORK = pod_rules.faults, wiring_rules.faults, network_rules.faults
ROOT = "  runAsUser: {0}\n  runAsGroup: {0}\n  readOnlyRootFilesystem"
POD_ROOT = "securityContext:\n  runAsNonRoot: {}\n  runAsUser: 10001\n  runAsGroup: 10001\n  fsGroup"
ALIVE = "livenessProbe:\n  httpGet: {path: /healthz, port: internal}\n  periodSeconds: 10\n  timeoutSeconds: 5\n"
SELECTOR = 'component: {{ .role }}\n{{- end -}}\n\n{{- define "xiangli.labelsOf"'
VERSIONED = SELECTOR.replace("{{ .role }}", "{{ .role }}\nversion: {{ .root.Chart.Version }}")
BACKEND = '(dict "root" $ "service" {} "role" "api") }}}}\n                port'
ACCOUNT = '{{{{- else if eq .role "{}" -}}}}'
PROCESS = "{{ .service.module }}, "
BUDGET = "{{ $pods.disruptionBudget.maxUnavailable }}"
COUNTED = "{{- if not $service.api.autoscaling.enabled }}"
IMAGE = ".repository }}:{{ default $.Chart.AppVersion .tag }}"

BROKEN: dict[str, tuple[str, str, str, Rule, str]] = {
    # what is broken: file, what stood there, what stands there now, who notices, with which words
    "a container runs as root": ("_pods.tpl", ROOT.format(10001), ROOT.format(0), POD, "runs as another user"),
    "a pod may be root": ("_pods.tpl", POD_ROOT.format("true"), POD_ROOT.format("false"), POD, "runAsNonRoot is not"),
    "the root file system can be written": (
        "_pods.tpl", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false",
        POD, "its root file system can be written",
    ),
    "capabilities are kept": ("_pods.tpl", "drop: [ALL]", "drop: [NET_RAW]", POD, "has capabilities"),
    "privileges escalate": (
        "_pods.tpl", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", POD, "privileges may escalate"
    ),
    "a token is mounted": (
        "_pods.tpl", "automountServiceAccountToken: false", "automountServiceAccountToken: true",
        POD, "a token is mounted",
    ),
    "there is no liveness probe": (
        "_pods.tpl", ALIVE + "  failureThreshold: 6\n", "", POD, "livenessProbe is missing"
    ),
    "liveness asks for readiness": (
        "_pods.tpl", ALIVE, ALIVE.replace("healthz", "readyz"), POD, "livenessProbe asks {'path': '/readyz'"
    ),
    "probes ask the public port": (
        "_pods.tpl", "{path: /readyz, port: internal}", "{path: /readyz, port: http}", POD, "readinessProbe asks"
    ),
    "pods are killed too early": ("_services.tpl", "add (int .extra)", "add -15 (int .extra)", POD, "is killed after"),
    "SIGTERM comes at once": ("api.yaml", "sleep: {seconds:", "sleep: {second:", POD, "SIGTERM comes while"),
    "nothing is asked of the node": ("values.yaml", "requests: {cpu: 100m, memory: 160Mi, ", "requests: {", POD,
        "resources.requests.memory is missing"),
    "the image is the latest": ("_names.tpl", IMAGE, ".repository }}:latest", POD, "has no version"),
    "a volume is missing": ("_pods.tpl", "- name: tmp\n  empty", "- name: temp\n  empty", POD, "no such volume"),
    "the wrong process is started": (
        "_pods.tpl", PROCESS + "{{ default .role .verb }}", PROCESS + "api", POD,
        "runs ['python', '-m', 'services.registry', 'api']",
    ),
    "a hook uses an account that is not there yet": (
        "_names.tpl", ACCOUNT.format("migrate"), ACCOUNT.format("nobody"), POD, "is made too late"
    ),
    "a path is changed": (
        "routes.yaml", "path: /{{ $service.name }}", "path: /api/{{ $service.name }}", WIRING, "routes ['/api/grid'"
    ),
    "a path leads to another service": (
        "routes.yaml", BACKEND.format("$service"), BACKEND.format("(first $services)"), WIRING, "leads /grid to"
    ),
    "a Service leads to no port": ("api.yaml", "targetPort: http,", "targetPort: https,", WIRING, "which nobody opens"),
    "the version selects": ("_names.tpl", SELECTOR, VERSIONED, WIRING, "selects by"),
    "two Deployments select each other's pods": (
        "_names.tpl", "app.kubernetes.io/name: {{ .service.name }}\napp.kubernetes.io/instance",
        "app.kubernetes.io/name: xiangli\napp.kubernetes.io/instance", WIRING, "selects the pods of",
    ),
    "migrations are no hook": ("jobs.yaml", "    helm.sh/hook: pre-install,pre-upgrade\n", "", WIRING, "is no hook"),
    "old pods go first": ("api.yaml", "maxUnavailable: 0", "maxUnavailable: 1", WIRING, "is rolled out by"),
    "a budget lets no node be drained": ("scaling.yaml", BUDGET, "0", WIRING, "lets no node be drained"),
    "an autoscaled Deployment says how many": ("api.yaml", COUNTED, "{{- if true }}", WIRING, "both say how many"),
    "a monitor asks at no port": ("monitors.yaml", "port: internal", "port: metrics", WIRING, "watches []"),
    "a Secret is rendered": ("serviceaccounts.yaml", "kind: ServiceAccount", "kind: Secret", WIRING, "is rendered"),
    "a setting is misspelt": (
        "_settings.tpl", "XIANGLI_LOG_LEVEL:", "XIANGLI_LOGLEVEL:", strangers, "is told XIANGLI_LOGLEVEL"
    ),
    "a setting of one service goes to all": (
        "_settings.tpl", '{{- if eq .service.key "registry" }}', "{{- if true }}",
        strangers, "grid api is told XIANGLI_EXTRACT_PRIVATE_KEY",
    ),
    "pods may talk to anybody": (
        "networkpolicies.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]",
        NETWORK, "is not closed in both directions",
    ),
    "every port is open": ("_network.tpl", "- ports:\n    {{- range $port", "- port:\n    {{- range $port",
        NETWORK, "opens every port"),
    "a field is misspelt": ("worker.yaml", "revisionHistoryLimit:", "revisionHistoryLimits:", kubernetes, "worker"),
    "a field has the wrong type": ("_pods.tpl", "periodSeconds: 5\n", "periodSeconds: five\n", kubernetes, "five"),
    "a kind is of a version that is gone": (
        "scaling.yaml", "apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", kubernetes, "nobody knows"
    ),
    "an operator's field is misspelt": ("routes.yaml", "backendRefs:", "backendRef:", kubernetes, "backendRef"),
}  # fmt: skip
GATEWAY = {"enabled": True, "parentRefs": [{"name": "g"}]}
WHOLE = Case("whole", over={"gateway": GATEWAY, "metrics": {"serviceMonitor": {"enabled": True}}})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The chart, in a folder where it may be broken."""
    shutil.copytree(CHART, tmp_path / "xiangli")
    return tmp_path / "xiangli"


def replace(file: Path, old: str, new: str) -> None:
    """Every place; there must be one."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r} any more: break it elsewhere"
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("rule", [POD, WIRING, NETWORK, strangers, kubernetes])
def test_nothing_is_noticed_in_the_whole_chart(rule: Rule) -> None:
    assert rule(rendered(WHOLE)) == []


@pytest.mark.parametrize("what", BROKEN)
def test_it_is_noticed_when(what: str, copy: Path) -> None:
    name, old, new, rule, words = BROKEN[what]
    replace(copy / name if name == "values.yaml" else copy / "templates" / name, old, new)
    assert [fault for fault in rule(rendered(WHOLE, chart=copy)) if words in fault]


def test_it_is_noticed_when_a_template_uses_a_value_that_does_not_exist(copy: Path) -> None:
    replace(copy / "templates" / "_settings.tpl", "$values.limits.ratePerMinute", "$values.limit.ratePerMinute")
    with pytest.raises(Refusal, match="nil pointer evaluating interface"):
        rendered(Case("county"), chart=copy)


def test_it_is_noticed_when_a_values_file_names_a_value_that_does_not_exist(copy: Path) -> None:
    replace(copy / "values-county.yaml", "autoscaling:", "autoscale:")
    with pytest.raises(Refusal, match="additional properties 'autoscale' not allowed"):
        rendered(Case("county"), chart=copy)
    with pytest.raises(Refusal, match="additional properties 'autoscale' not allowed"):
        helm("lint", "--strict", str(copy), "-f", str(copy / "values-county.yaml"))

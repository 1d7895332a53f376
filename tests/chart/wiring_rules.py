"""How the chart's resources refer to each other. Each rule returns what is wrong, as sentences."""

import importlib
from collections import Counter
from collections.abc import Iterator, Sequence

from shared.contracts.asyncapi import SERVICES
from tests.chart.rendering import Manifest, Pod, environment, hook_weight, matches, of_kind, pods, title

SELECTING = {f"app.kubernetes.io/{name}" for name in ("name", "instance", "part-of", "component")}
PATHS = {f"/{importlib.import_module(f'services.{service}.features').SPEC.path}" for service in SERVICES}
"""Where the services answer, as their code has it."""


def faults(documents: Sequence[Manifest]) -> list[str]:
    """All rules."""
    rules = (names, selectors, budgets, services, routes, hooks, references, strategies, secrets)
    return [fault for rule in rules for fault in rule(documents)]


def names(documents: Sequence[Manifest]) -> Iterator[str]:
    """Unique, short enough for what Kubernetes adds to them, and labelled."""
    counted = Counter((one["kind"], one["metadata"]["name"]) for one in documents)
    for (kind, name), count in counted.items():
        if count > 1:
            yield f"{kind} {name} is there {count} times"
        if len(name) > (52 if kind == "CronJob" else 63):
            yield f"{kind} {name} is too long"
    for one in documents:
        labels = one["metadata"].get("labels", {})
        wanted = {"app.kubernetes.io/part-of", "app.kubernetes.io/instance", "app.kubernetes.io/component"}
        if not wanted | {"app.kubernetes.io/managed-by", "helm.sh/chart"} <= labels.keys():
            yield f"{title(one)} lacks labels"


def selectors(documents: Sequence[Manifest]) -> Iterator[str]:
    """A Deployment selects its own pods by labels that never change, and nobody else's."""
    everyone = list(pods(documents))
    for one in of_kind(documents, "Deployment"):
        chosen = one["spec"]["selector"]["matchLabels"]
        if chosen.keys() != SELECTING:
            yield f"{title(one)} selects by {sorted(chosen)}"
        found = [str(pod) for pod in everyone if matches(one["spec"]["selector"], pod.metadata["labels"])]
        if found != [title(one)]:
            yield f"{title(one)} selects the pods of {found}"


def budgets(documents: Sequence[Manifest]) -> Iterator[str]:
    """Whatever runs more than once has one disruption budget, which lets a node be drained."""
    every = of_kind(documents, "PodDisruptionBudget")
    for one in of_kind(documents, "Deployment"):
        labels = one["spec"]["template"]["metadata"]["labels"]
        found = [budget for budget in every if matches(budget["spec"]["selector"], labels)]
        if one["spec"].get("replicas") != 1 and len(found) != 1:
            yield f"{title(one)} has {len(found)} disruption budgets"
        for budget in found:
            if budget["spec"].get("maxUnavailable") in (None, 0, "0%"):
                yield f"{title(budget)} lets no node be drained"


def services(documents: Sequence[Manifest]) -> Iterator[str]:
    """A Service selects one Deployment's pods, and its ports are theirs by name."""
    everyone = [pod for pod in pods(documents) if pod.owner["kind"] == "Deployment"]
    for one in of_kind(documents, "Service"):
        found = [pod for pod in everyone if matches({"matchLabels": one["spec"]["selector"]}, pod.metadata["labels"])]
        if len(found) != 1:
            yield f"{title(one)} selects {[str(pod) for pod in found]}"
            continue
        (container,) = found[0].spec["containers"]
        open_ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        told = environment(container, documents)
        listens = {"internal": int(told["XIANGLI_INTERNAL_PORT"])}
        if found[0].role == "api":
            listens["http"] = int(told["XIANGLI_PORT"])
        if open_ports != listens:
            yield f"{found[0]} opens {open_ports} and listens elsewhere"
        for port in one["spec"]["ports"]:
            if port["targetPort"] not in open_ports:
                yield f"{title(one)} leads to {port['targetPort']}, which nobody opens"


def routes(documents: Sequence[Manifest]) -> Iterator[str]:
    """The path of each service, unchanged, to the port `http` of its API, and no other path."""
    served = {one["metadata"]["name"]: one for one in of_kind(documents, "Service")}
    for one in of_kind(documents, "Ingress", "HTTPRoute"):
        found = list(_leads(one))
        wanted = {path for path in PATHS if f"-{path[1:]}-api" in " ".join(served)}
        if {path for path, _, _ in found} != wanted:
            yield f"{title(one)} routes {sorted(path for path, _, _ in found)} and {sorted(wanted)} are served"
        for path, service, port in found:
            if service not in served or not service.endswith(f"-{path[1:]}-api"):
                yield f"{title(one)} leads {path} to {service}"
                continue
            named = {item["name"]: item["port"] for item in served[service]["spec"]["ports"]}
            if port not in ("http", named["http"]):
                yield f"{title(one)} leads {path} to port {port}"
        for rule in one["spec"]["rules"]:
            if "filters" in rule:
                yield f"{title(one)} changes paths"


def _leads(route: Manifest) -> Iterator[tuple[str, str, str | int]]:
    for rule in route["spec"]["rules"]:
        if route["kind"] == "Ingress":
            for entry in rule["http"]["paths"]:
                backend = entry["backend"]["service"]
                yield entry["path"], backend["name"], backend["port"]["name"]
        else:
            for match in rule["matches"]:
                for backend in rule["backendRefs"]:
                    yield match["path"]["value"], backend["name"], backend["port"]


def hooks(documents: Sequence[Manifest]) -> Iterator[str]:
    """Migrations run before anything changes, use nothing that is not there yet, and leave nothing behind."""
    for one in documents:
        weight = hook_weight(one)
        if one["kind"] == "Job" and weight is None:
            yield f"{title(one)} is no hook"
        if weight is None:
            continue
        policy = one["metadata"]["annotations"].get("helm.sh/hook-delete-policy")
        if policy != "before-hook-creation,hook-succeeded":
            yield f"{title(one)} is deleted {policy}"
        if one["kind"] == "Job" and any("envFrom" in container for container in _only(pods([one])).containers):
            yield f"{title(one)} reads a ConfigMap that is not there yet"


def references(documents: Sequence[Manifest]) -> Iterator[str]:
    """What names a Deployment or a ConfigMap names one that exists."""
    existing = {(one["kind"], one["metadata"]["name"]) for one in documents}
    for one in of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject"):
        target = one["spec"]["scaleTargetRef"]["name"]
        if ("Deployment", target) not in existing:
            yield f"{title(one)} scales {target}, which does not exist"
            continue
        scaled = next(d for d in of_kind(documents, "Deployment") if d["metadata"]["name"] == target)
        if "replicas" in scaled["spec"]:
            yield f"{title(one)} and {title(scaled)} both say how many"
    for one in of_kind(documents, "ServiceMonitor", "PodMonitor"):
        kinds = ("Service",) if one["kind"] == "ServiceMonitor" else ("Deployment",)
        (endpoint,) = one["spec"].get("endpoints") or one["spec"]["podMetricsEndpoints"]
        watched = [
            each
            for each in of_kind(documents, *kinds)
            if matches(one["spec"]["selector"], each["metadata"]["labels"])
            and endpoint["port"] in str(each["spec"])
            and endpoint["path"] == "/metrics"
        ]
        if len(watched) != len(of_kind(documents, "Deployment")) / 2:
            yield f"{title(one)} watches {[title(each) for each in watched]}"
    for one in of_kind(documents, "ScaledObject"):
        for trigger in one["spec"]["triggers"]:
            name = trigger.get("authenticationRef", {}).get("name")
            if name is not None and ("TriggerAuthentication", name) not in existing:
                yield f"{title(one)} has no {name}"
    for pod in pods(documents):
        for container in pod.containers:
            for source in container.get("envFrom", ()):
                if ("ConfigMap", source["configMapRef"]["name"]) not in existing:
                    yield f"{pod} reads {source['configMapRef']['name']}, which does not exist"


def strategies(documents: Sequence[Manifest]) -> Iterator[str]:
    """The old pods serve until the new ones are ready."""
    for one in of_kind(documents, "Deployment"):
        if one["spec"]["strategy"] != {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
        }:
            yield f"{title(one)} is rolled out by {one['spec']['strategy']}"


def secrets(documents: Sequence[Manifest]) -> Iterator[str]:
    """None is made here."""
    for one in of_kind(documents, "Secret"):
        yield f"{title(one)} is rendered"


def _only(found: Iterator[Pod]) -> Pod:
    (one,) = found
    return one

"""What every pod of the chart has to be. Each rule returns what is wrong, as sentences; nothing where all is well."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tests.chart.rendering import Manifest, Pod, environment, hook_weight, of_kind, pods

USER = 10001
PROBES = {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}


def faults(documents: Sequence[Manifest]) -> list[str]:
    """All rules on all pods."""
    rules = (restricted, images, probes, resources, files, accounts, commands, endings)
    return [f"{pod}: {fault}" for pod in pods(documents) for rule in rules for fault in rule(pod, documents)]


def restricted(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """The restricted Pod Security Standard, a fixed user, and a root file system that nobody writes."""
    spec = pod.spec
    for name in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
        if spec.get(name):
            yield f"{name} is on"
    for name, context in (
        ("pod", spec.get("securityContext", {})),
        *((container["name"], container.get("securityContext", {})) for container in pod.containers),
    ):
        if context.get("runAsNonRoot") is not True:
            yield f"{name}: runAsNonRoot is not true"
        if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: seccompProfile is not RuntimeDefault"
        if context.get("runAsUser", USER) != USER or context.get("runAsGroup", USER) != USER:
            yield f"{name}: runs as another user than {USER}"
    if spec.get("securityContext", {}).get("runAsUser") != USER:
        yield "pod: no user"
    for container in pod.containers:
        context = container.get("securityContext", {})
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{container['name']}: its root file system can be written"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{container['name']}: privileges may escalate"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{container['name']}: has capabilities"
        if context.get("privileged"):
            yield f"{container['name']}: is privileged"


def images(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """A version or a digest, the same for all."""
    for container in pod.containers:
        image = container["image"]
        tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
        if "@sha256:" not in image and (not tag or tag == "latest"):
            yield f"{container['name']}: the image {image} has no version"


def probes(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """On the internal port, with the meaning of each; jobs have none."""
    for container in pod.spec["containers"]:
        for probe, path in PROBES.items():
            asked = container.get(probe)
            if pod.role not in ("api", "worker"):
                if asked is not None:
                    yield f"{container['name']}: a job has no {probe}"
                continue
            if asked is None:
                yield f"{container['name']}: {probe} is missing"
            elif asked["httpGet"] != {"path": path, "port": "internal"}:
                yield f"{container['name']}: {probe} asks {asked['httpGet']}, not {path} on the internal port"
        if pod.role in ("api", "worker") and "livenessProbe" in container and "readinessProbe" in container:
            alive, ready = container["livenessProbe"], container["readinessProbe"]
            if alive["failureThreshold"] * alive["periodSeconds"] <= ready["failureThreshold"] * ready["periodSeconds"]:
                yield f"{container['name']}: it would be killed before it is left out"


def resources(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """Requests for everything, a limit for what cannot be shared."""
    for container in pod.containers:
        given: dict[str, Any] = container.get("resources", {})
        for kind, names in (
            ("requests", ("cpu", "memory", "ephemeral-storage")),
            ("limits", ("memory", "ephemeral-storage")),
        ):
            for name in names:
                if name not in given.get(kind, {}):
                    yield f"{container['name']}: resources.{kind}.{name} is missing"


def files(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """/tmp and nothing else can be written; every mount has its volume and every volume its mount."""
    volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", ())}
    mounted = set()
    for container in pod.containers:
        for mount in container.get("volumeMounts", ()):
            mounted.add(mount["name"])
            volume = volumes.get(mount["name"])
            if volume is None:
                yield f"{container['name']}: {mount['name']} is mounted and there is no such volume"
            elif "emptyDir" in volume:
                if mount["mountPath"] != "/tmp" or "sizeLimit" not in volume["emptyDir"]:
                    yield f"{container['name']}: {mount['mountPath']} can be written, or without a bound"
            elif "secret" not in volume or not mount.get("readOnly"):
                yield f"{container['name']}: {mount['name']} is no read-only Secret"
            elif volume["secret"].get("defaultMode") != 0o440:
                yield f"{mount['name']}: its files have another mode than 0440"
        if not any(mount["mountPath"] == "/tmp" for mount in container.get("volumeMounts", ())):
            yield f"{container['name']}: has no /tmp"
    for name in volumes.keys() - mounted:
        yield f"nobody mounts {name}"


def accounts(pod: Pod, documents: Sequence[Manifest]) -> Iterator[str]:
    """An account of the chart (or the operator's), no token; a hook's account is there before the hook."""
    if pod.spec.get("automountServiceAccountToken") is not False:
        yield "a token is mounted"
    name = pod.spec.get("serviceAccountName")
    known = {one["metadata"]["name"]: one for one in of_kind(documents, "ServiceAccount")}
    if name is None or (known and name not in known):
        yield f"its account {name} does not exist"
    elif known:
        if known[name].get("automountServiceAccountToken") is not False:
            yield f"the account {name} hands out tokens"
        mine, its = hook_weight(pod.owner), hook_weight(known[name])
        if mine is not None and (its is None or its >= mine):
            yield f"its account {name} is made too late"


def commands(pod: Pod, _: Sequence[Manifest]) -> Iterator[str]:
    """`python -m services.<service> <role>`, whatever the image's entry point is."""
    module = "services." + pod.service.replace("-", "_")
    for container in pod.containers:
        if container["name"] != "test" and container["command"] != ["python", "-m", module, container["name"]]:
            yield f"{container['name']}: runs {container['command']}"


def endings(pod: Pod, documents: Sequence[Manifest]) -> Iterator[str]:
    """Killed only after everything that the process promises to have done by then."""
    if pod.role not in ("api", "worker"):
        return
    (container,) = pod.spec["containers"]
    told = environment(container, documents)
    grace = float(told["XIANGLI_SHUTDOWN_GRACE"])
    sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    if pod.role == "api" and not sleep:
        yield "SIGTERM comes while requests are still routed to it"
    if pod.spec["terminationGracePeriodSeconds"] < sleep + math.ceil(1.1 * grace) + 5:
        yield f"is killed after {pod.spec['terminationGracePeriodSeconds']} s; it may need {sleep + 1.1 * grace + 5} s"

"""A first install with each values file, and whether what is there afterwards hangs together."""

from typing import Any

import pytest

from tests.cluster.release import SERVICES, Object, Release
from tests.cluster.settings_of_pods import read

pytestmark = pytest.mark.cluster


def names(release: Release, *roles: str) -> set[str]:
    prefix = next(iter(release.named("deployments"))).partition("-registry")[0].partition("-services")[0]
    prefix = prefix.partition("-grid")[0].partition("-indicators")[0]
    return {f"{prefix}-{service}-{role}" for service in SERVICES for role in roles}


def test_helm_says_how_to_go_on(installed: Release) -> None:
    assert "STATUS: deployed" in installed.said
    assert f"helm test {installed.name} -n {installed.namespace}" in installed.said


def test_an_api_and_a_worker_of_every_service_are_available(installed: Release) -> None:
    found = installed.named("deployments")
    assert set(found) == names(installed, "api", "worker")
    for deployment in found.values():
        assert deployment["status"]["availableReplicas"] == deployment["spec"]["replicas"] >= 1


def test_migrations_ran_before_anything_else_and_left_nothing(installed: Release) -> None:
    completed = {
        event["involvedObject"]["name"]: event["lastTimestamp"]
        for event in installed.get("events")
        if event["involvedObject"]["kind"] == "Job" and event["reason"] == "Completed"
    }
    assert set(completed) >= names(installed, "migrate")
    made = [each["metadata"]["creationTimestamp"] for each in installed.get("deployments")]
    assert max(completed[name] for name in names(installed, "migrate")) <= min(made)
    assert installed.get("jobs") == []


def test_every_secret_and_configmap_that_a_pod_wants_has_the_key_that_it_wants(installed: Release) -> None:
    """kwok mounts nothing, so a missing Secret would not be noticed by the pods."""
    held = {
        kind: {name: set(each.get("data") or {}) for name, each in installed.named(plural).items()}
        for kind, plural in (("secret", "secrets"), ("configMap", "configmaps"))
    }
    wanted = [want for template in installed.templates().values() for want in _wanted(template["spec"])]
    assert wanted
    assert [want for want in wanted if want[2] is not None and want[2] not in held[want[0]].get(want[1], set())] == []
    assert [want for want in wanted if want[1] not in held[want[0]]] == []


def test_what_every_pod_is_told_is_accepted_by_the_program(installed: Release) -> None:
    told = 0
    for template in installed.templates().values():
        for container in template["spec"]["containers"]:
            read(installed, template["spec"], container)
            told += 1
    assert told == 12  # api, worker, maintain of four services; the migrations are gone and test_upgrades looks at them


def test_no_pod_carries_a_token_of_the_cluster(installed: Release) -> None:
    for template in installed.templates().values():
        assert template["spec"]["automountServiceAccountToken"] is False
        account = installed.named("serviceaccounts")[template["spec"]["serviceAccountName"]]
        assert not account.get("secrets")


def test_services_find_pods_behind_every_port(installed: Release) -> None:
    services = installed.named("services")
    assert set(services) == names(installed, "api")
    slices: dict[str, Any] = {}
    for each in installed.get("endpointslices"):
        slices.setdefault(each["metadata"]["labels"]["kubernetes.io/service-name"], []).append(each)
    for name, service in services.items():
        ports = {port["name"] for each in slices[name] for port in each["ports"]}
        assert ports == {port["name"] for port in service["spec"]["ports"]}
        assert any(endpoint["conditions"]["ready"] for each in slices[name] for endpoint in each["endpoints"])


def test_routes_lead_to_services_and_ports_that_exist(installed: Release) -> None:
    services = installed.named("services")
    led: set[str] = set()
    for ingress in installed.get("ingresses"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                led |= _leads(services, backend["name"], backend["port"])
    for route in installed.get("httproutes.gateway.networking.k8s.io"):
        for rule in route["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                led |= _leads(services, backend["name"], {"number": backend["port"]})
    assert led == (set() if installed.values.stem == "values-trial" else set(services))


def test_the_daily_duty_of_every_service_can_be_run_at_once(installed: Release) -> None:
    found = installed.named("cronjobs")
    assert set(found) == names(installed, "maintain")
    for name, cron in found.items():
        assert cron["spec"]["timeZone"] == "Asia/Shanghai"
        job = f"{name}-now"
        installed.plane.kubectl("create", "job", job, f"--from=cronjob/{name}", "-n", installed.namespace)
        installed.plane.kubectl(
            "wait", f"job/{job}", "--for=condition=Complete", "--timeout=60s", "-n", installed.namespace
        )
        installed.plane.kubectl("delete", "job", job, "-n", installed.namespace)


def test_scalers_aim_at_deployments_that_exist(installed: Release) -> None:
    deployments = set(installed.named("deployments"))
    hpas = {each["spec"]["scaleTargetRef"]["name"] for each in installed.get("hpa")}
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in installed.get("scaledobjects.keda.sh")}
    assert hpas == (set() if installed.values.stem == "values-trial" else names(installed, "api"))
    assert scaled == (names(installed, "worker") if installed.values.stem == "values-province-county" else set())
    assert hpas | scaled <= deployments


def test_disruption_budgets_count_the_pods_they_are_meant_for(installed: Release) -> None:
    budgets = installed.named("poddisruptionbudgets")
    deployments = installed.named("deployments")
    assert set(budgets) == (set() if installed.values.stem == "values-trial" else set(deployments))
    for name, budget in budgets.items():
        assert budget["status"]["expectedPods"] == deployments[name]["spec"]["replicas"]


def test_every_pod_is_closed_by_default_and_opened_by_the_policy_of_its_role(installed: Release) -> None:
    policies = installed.get("networkpolicies")
    closing = [each for each in policies if not each["spec"].get("ingress") and not each["spec"].get("egress")]
    assert len(closing) == 1
    for pod in [*installed.pods("api"), *installed.pods("worker")]:
        labels = pod["metadata"]["labels"]
        selecting = [each for each in policies if _selects(each, labels)]
        assert closing[0] in selecting
        assert len(selecting) == 2


def test_helm_test_runs_to_its_end(installed: Release) -> None:
    """Its pod is admitted and deleted; what it asks is asked for real in the test of the image."""
    said = installed.helm("test", "--timeout", "60s")
    assert "Phase:          Succeeded" in said


def test_an_uninstall_leaves_only_what_was_there_before(installed: Release) -> None:
    """The last test of this module: the release is gone afterwards."""
    ours = {
        f"secret/{name}" for name, each in installed.named("secrets").items() if each["type"] != "helm.sh/release.v1"
    }
    installed.helm("uninstall", "--wait", "--timeout", "60s")
    left = installed.everything()
    assert left == ours | {"serviceaccount/default", "configmap/kube-root-ca.crt"}
    installed.plane.kubectl("wait", "pods", "--all", "--for=delete", "--timeout=60s", "-n", installed.namespace)
    assert installed.get("pods") == []


def _wanted(spec: Object) -> list[tuple[str, str, str | None]]:
    """Kind, name and key of whatever a pod takes out of Secrets and ConfigMaps."""
    wanted: list[tuple[str, str, str | None]] = []
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        for variable in container.get("env", []):
            for kind in ("secret", "configMap"):
                reference = variable.get("valueFrom", {}).get(f"{kind}KeyRef")
                if reference:
                    wanted.append((kind, reference["name"], reference["key"]))
        for source in container.get("envFrom", []):
            wanted += [
                (kind, source[f"{kind}Ref"]["name"], None) for kind in ("secret", "configMap") if f"{kind}Ref" in source
            ]
    for volume in spec.get("volumes", []):
        if "secret" in volume:
            items = volume["secret"].get("items", [{"key": None}])
            wanted += [("secret", volume["secret"]["secretName"], item["key"]) for item in items]
    return wanted


def _leads(services: dict[str, Object], name: str, port: Object) -> set[str]:
    ports = services[name]["spec"]["ports"]
    assert any(port.get("name") == each["name"] or port.get("number") == each["port"] for each in ports)
    return {name}


def _selects(policy: Object, labels: dict[str, str]) -> bool:
    wanted = policy["spec"]["podSelector"].get("matchLabels", {})
    return all(labels.get(name) == value for name, value in wanted.items())

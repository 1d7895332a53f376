"""Which versions the test cluster is made of. What the registries of Go, Maven and Debian have was tried with these."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

KUBERNETES = {"1.37": "v1.37.2", "1.36": "v1.36.3", "1.35": "v1.35.4"}
"""Releases by minor version, as in `controlplane/<minor>/go.mod`; a test holds the two together."""

ETCD = "v3.6.16"
"""As in `etcd/go.mod`."""


@dataclass(frozen=True)
class GoProgram:
    """A program that `go install package@version` builds from its own pinned modules.

    `stamps`: variables that a release build links in.
    """

    package: str
    version: str
    stamps: Mapping[str, str] = field(default_factory=dict)


HELM = {
    "4": GoProgram(
        "helm.sh/helm/v4/cmd/helm",
        "v4.3.2",
        {"helm.sh/helm/v4/internal/version.version": "v4.3.2"},
    ),
    "3": GoProgram(
        "helm.sh/helm/v3/cmd/helm",
        "v3.22.0",
        {
            "helm.sh/helm/v3/internal/version.version": "v3.22.0",
            # without these `helm template` believes that it talks to Kubernetes 1.20
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "37",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "37",
        },
    ),
}
"""By major version."""

KWOK = GoProgram("sigs.k8s.io/kwok/cmd/kwok", "v0.7.0")


class VersionError(Exception):
    """Somebody asked for a version that is not tested; the message is one sentence."""


def kubernetes() -> str:
    """The minor version that the environment asks for, else the newest. Raises VersionError."""
    return _asked("KUBERNETES", KUBERNETES)


def helm() -> str:
    """The major version that the environment asks for, else the newest. Raises VersionError."""
    return _asked("HELM", HELM)


def _asked(setting: str, known: Mapping[str, object]) -> str:
    asked = os.environ.get(setting) or next(iter(known))
    if asked not in known:
        raise VersionError(f"{setting}={asked} is none of the versions that are tested: {', '.join(known)}")
    return asked


CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
"""Programs of Kubernetes itself, built together out of the module in `controlplane/`."""

CRD_MODULES = {
    "gateway-api": ("sigs.k8s.io/gateway-api", "v1.4.0", "config/crd/standard/gateway.networking.k8s.io_*.yaml"),
    "prometheus-operator": (
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_*.yaml",
    ),
    "keda": ("github.com/kedacore/keda/v2", "v2.17.2", "config/crd/bases/keda.sh_*.yaml"),
    "cloudnative-pg": (
        "github.com/cloudnative-pg/cloudnative-pg",
        "v1.27.0",
        "config/crd/bases/postgresql.cnpg.io_*.yaml",
    ),
}
"""Modules whose source archives carry the CustomResourceDefinitions: name → (module, version, files)."""

STRIMZI = "0.51.0"
"""As in `strimzi/pom.xml`. Its definitions are generated out of the model classes of that release by Strimzi's own
generator, the newest one that the Java 17 of Debian 12 runs (0.45.0)."""

STRIMZI_KINDS = {
    "kafkatopics": "io.strimzi.api.kafka.model.topic.KafkaTopic",
    "kafkausers": "io.strimzi.api.kafka.model.user.KafkaUser",
    "kafkas": "io.strimzi.api.kafka.model.kafka.Kafka",
    "kafkanodepools": "io.strimzi.api.kafka.model.nodepool.KafkaNodePool",
}

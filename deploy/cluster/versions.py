"""Which versions the test cluster is made of. What the registries of Go, Maven and Debian have was tried with these."""

KUBERNETES = "v1.33.4"
"""As in `controlplane/go.mod`; a test holds the two together."""

GO_TOOLS = {
    "helm": ("helm.sh/helm/v3/cmd/helm", "v3.19.0"),
    "kwok": ("sigs.k8s.io/kwok/cmd/kwok", "v0.7.0"),
}
"""Programs that `go install package@version` builds from their own pinned modules."""

STAMPS = {
    "helm": {
        "helm.sh/helm/v3/internal/version.version": "v3.19.0",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "34",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "34",
    },
}
"""What a release build links in: without it `helm template` believes that it talks to Kubernetes 1.20."""

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

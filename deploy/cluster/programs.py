"""Command lines, keys and kubeconfig of the control plane: everything on the loopback, everything in one folder."""

import base64
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.cluster.build import HERE, tool

HOST = "127.0.0.1"
SERVICE_NETWORK = "10.96.0.0/16"
POD_NETWORK = "10.97.0.1/16"


@dataclass(frozen=True)
class Ports:
    """Three ports in a row: etcd for clients, etcd for peers, API server."""

    base: int

    @property
    def etcd(self) -> int:
        return self.base

    @property
    def peer(self) -> int:
        return self.base + 1

    @property
    def server(self) -> int:
        return self.base + 2

    def all(self) -> range:
        return range(self.base, self.base + 3)


@dataclass(frozen=True)
class Programs:
    """The programs of one control plane, in the order in which they start."""

    folder: Path
    ports: Ports

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def certificate(self) -> Path:
        """Self-signed certificate of the API server; clients of this cluster trust it."""
        return self.folder / "certificates" / "apiserver.crt"

    def write_keys(self) -> str:
        """The key that signs service accounts, and the one administrator's token, which is returned. Modes 0600."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        token = secrets.token_hex(24)
        _private(self.folder / "accounts.key", pem.decode())
        _private(self.folder / "tokens.csv", f"{token},admin,admin,system:masters\n")
        return token

    def write_kubeconfig(self, token: str) -> None:
        """Writes the kubeconfig of kubectl, helm and the controllers. JSON is YAML."""
        authority = base64.b64encode(self.certificate.read_bytes()).decode()
        server = {"server": f"https://{HOST}:{self.ports.server}", "certificate-authority-data": authority}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin", "namespace": "default"}}],
        }
        _private(self.kubeconfig, json.dumps(config, indent=1))

    def etcd(self) -> list[str]:
        client, peer = f"http://{HOST}:{self.ports.etcd}", f"http://{HOST}:{self.ports.peer}"
        return [
            *(str(tool("etcd")), f"--data-dir={self.folder / 'etcd'}", "--name=one", "--log-level=warn"),
            *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
            *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=one={peer}"),
        ]

    def server(self) -> list[str]:
        key = self.folder / "accounts.key"
        return [
            *(str(tool("kube-apiserver")), f"--etcd-servers=http://{HOST}:{self.ports.etcd}"),
            *(f"--bind-address={HOST}", f"--advertise-address={HOST}", f"--secure-port={self.ports.server}"),
            *(f"--cert-dir={self.certificate.parent}", f"--token-auth-file={self.folder / 'tokens.csv'}"),
            *(f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"),
            *("--service-account-issuer=https://kubernetes.default.svc", "--authorization-mode=RBAC"),
            *(f"--service-cluster-ip-range={SERVICE_NETWORK}", "--endpoint-reconciler-type=none"),
            "--shutdown-delay-duration=0s",
        ]

    def controllers(self) -> list[str]:
        """All controllers: without those of nodes the not-ready taint of the node stays for ever."""
        return [
            *(str(tool("kube-controller-manager")), f"--kubeconfig={self.kubeconfig}", "--leader-elect=false"),
            *(f"--service-account-private-key-file={self.folder / 'accounts.key'}", "--secure-port=0"),
            *(f"--root-ca-file={self.certificate}", f"--bind-address={HOST}"),
        ]

    def scheduler(self) -> list[str]:
        return [
            *(str(tool("kube-scheduler")), f"--kubeconfig={self.kubeconfig}", "--leader-elect=false"),
            *("--secure-port=0", f"--bind-address={HOST}"),
        ]

    def kwok(self) -> list[str]:
        return [
            *(str(tool("kwok")), f"--kubeconfig={self.kubeconfig}", "--manage-all-nodes=true"),
            *(f"--config={HERE / 'stages.yaml'}", f"--cidr={POD_NETWORK}", f"--node-ip={HOST}"),
            "--node-lease-duration-seconds=40",  # without leases the node counts as unreachable after a minute
        ]


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")

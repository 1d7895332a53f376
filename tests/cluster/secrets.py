"""The Secrets that the values files name, made before the chart, with keys that are fresh for every run."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from deploy.cluster.server import ControlPlane
from deploy.local.stack.folder import new_secrets
from tests.cluster.release import SERVICES, Release

Data = dict[str, str]


def make_secrets(release: Release) -> None:
    """All that the release's values name; one more than needed would not be noticed, one less is."""
    values = yaml.load(release.values.read_text(encoding="utf-8"), yaml.CSafeLoader)
    keys = _keys()
    _secret(release.plane, release.namespace, "xiangli-keys", keys)
    _secret(release.plane, release.namespace, "xiangli-positions", {"position-keys": keys["position-keys"]})
    for service in SERVICES:
        for name in (f"{service}-database", f"{service}-database-owner"):
            _secret(release.plane, release.namespace, name, _login(name), kind="kubernetes.io/basic-auth")
        _secret(release.plane, release.namespace, f"{service}-kafka", {"password": secrets.token_urlsafe(24)})
        _secret(release.plane, release.namespace, f"{service}-keys", keys)
    for part in ("database", "kafka"):
        named = values.get(part, {}).get("ca", {}) or values.get(part, {}).get("tls", {}).get("ca", {})
        if named:
            _secret(release.plane, release.namespace, named["existingSecret"], {"ca.crt": a_certificate()})


def _keys() -> Data:
    made = new_secrets()
    extracts = ("EXTRACT_PRIVATE_KEY", "EXTRACT_PUBLIC_KEYS", "EXTRACT_ENCRYPTION_KEYS")
    names = ("FIELD_KEYS", "INDEX_KEYS", "CURSOR_KEY", "POSITION_KEYS", *extracts)
    return {name.lower().replace("_", "-"): made[f"XIANGLI_{name}"] for name in names}


def a_certificate() -> str:
    """An authority of nobody, PEM, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _login(name: str) -> Data:
    return {"username": name.replace("-", "_"), "password": secrets.token_urlsafe(24)}


def _secret(plane: ControlPlane, namespace: str, name: str, data: Data, kind: str = "Opaque") -> None:
    told = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {"name": name, "namespace": namespace},
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
    }
    plane.kubectl("apply", "-f", "-", given=json.dumps(told))

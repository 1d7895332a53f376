"""Settings of a process under test: keys that are no secrets, addresses that lead nowhere unless given."""

import base64
import hashlib
import importlib
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.settings import ServiceSettings


def key(purpose: str, length: int) -> str:
    """`test:<base64>`: the same at every run."""
    return "test:" + base64.b64encode(hashlib.sha256(f"test {purpose}".encode()).digest()[:length]).decode()


def _public(private: str) -> str:
    kid, _, seed = private.partition(":")
    public = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)).public_key().public_bytes_raw()
    return f"{kid}:{base64.b64encode(public).decode()}"


EXTRACT_PRIVATE_KEY = key("extract", 32)
EXTRACT_PUBLIC_KEY = _public(EXTRACT_PRIVATE_KEY)
EXTRACT_ENCRYPTION_KEY = key("extract encryption", 32)

VALUES: dict[str, Any] = {
    "kafka_bootstrap": "127.0.0.1:1",
    "oidc_issuer": "http://127.0.0.1:1/issuer",
    "field_keys": key("field", 16),
    "index_keys": key("index", 32),
    "cursor_key": "a cursor key for tests",
    "position_keys": key("position", 16),
    "extract_public_keys": EXTRACT_PUBLIC_KEY,
    "extract_private_key": EXTRACT_PRIVATE_KEY,  # registry's; the others ignore it
    "extract_encryption_keys": EXTRACT_ENCRYPTION_KEY,  # registry's and the hall's
    "inbound_private_keys": key("inbound", 32),  # grid's, as what follows
    "inbound_sources": "urn:county:450481:hotline-12345",
}


def settings_for(service: str, database_url: str, **more: Any) -> ServiceSettings:
    """The settings class of a service (the kit's own for `kit`), with test values and what is given.

    The same ones for the same question, for they take ten times as long to read as a test's database to empty: nobody
    changes them.
    """
    return _settings(service, database_url, tuple(sorted(more.items())))


@cache
def _settings(service: str, database_url: str, more: tuple[tuple[str, Any], ...]) -> ServiceSettings:
    cls: type[ServiceSettings] = ServiceSettings
    if service != "kit":
        cls = importlib.import_module(f"services.{service}.settings").Settings
    return cls(**(VALUES | {"database_url": database_url} | dict(more)))

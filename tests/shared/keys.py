"""Rings of keys as settings, for tests in which keys change."""

import base64
import hashlib


def keys(*kids: str) -> dict[str, str]:
    """Settings with both rings of these keys, the first one active. A key follows from its id."""

    def ring(purpose: str, length: int) -> str:
        made = {kid: hashlib.sha256(f"{kid} {purpose}".encode()).digest()[:length] for kid in kids}
        return ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in made.items())

    return {"field_keys": ring("field", 16), "index_keys": ring("index", 32)}

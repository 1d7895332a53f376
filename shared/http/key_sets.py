"""Bodies of public keys to which county systems encrypt, the same at every service that takes something in."""

from typing import Literal

from pydantic import Field

from shared.http.schemas import View


class PublicKeyView(View):
    """A public key to encrypt to (RFC 7517): P-256, for ECDH-ES+A256KW."""

    kty: Literal["EC"] = Field(description="密钥类型 EC")
    crv: Literal["P-256"] = Field(description="曲线 P-256")
    x: str = Field(
        description="坐标 x of the point on the curve, base64url",
        examples=["mswRU3NgJdKo2HlQfRpKqzr0l55eI4S6CApbmvfJYwQ"],
    )
    y: str = Field(
        description="坐标 y of the point on the curve, base64url",
        examples=["7qZxdf7PxMt9voAJ3S3T3kw5QkkQAoET5KwDhwW3j3I"],
    )
    kid: str = Field(description="密钥号 to be named in the JWE's header", examples=["c1"])
    use: Literal["enc"] = Field(description="用途 enc: for encryption")
    alg: Literal["ECDH-ES+A256KW"] = Field(description="算法 key agreement of the JWE")


class KeySetView(View):
    """The deployment's public keys. Empty if nothing is taken in from county systems."""

    keys: list[PublicKeyView] = Field(description="公钥 public keys, the one to use first")

"""Bodies of inbound events (外部来件)."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.county.answers import InboundStatus
from shared.http.schemas import Instant, View


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


class InboundRequestView(View):
    """The answer to one event of a county system, and the record that was answered last."""

    id: UUID = Field(
        description="来件结果标识 id of the inbound outcome", examples=["5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11"]
    )
    version: int = Field(description="版本 counts the changes of the answer, from 1", examples=[1])
    topic: str = Field(
        description="主题 topic of the record that was answered last", examples=["county.inbound.requests"]
    )
    partition: int = Field(description="分区 partition of that record", examples=[3])
    offset: int = Field(description="位移 offset of that record", examples=[41])
    request_source: str | None = Field(
        description="来源 `source` of the event; null if it is not allowed to send",
        examples=["urn:county:450481:hotline-12345"],
    )
    request_id: str | None = Field(
        description="来件编号 `id` of the event; null if it is not one", examples=["HL-20261122-000017"]
    )
    request_id_masked: str | None = Field(
        description="来件编号（遮盖） what may be repeated of an `id` that may not", examples=[None]
    )
    coalesced: bool = Field(
        description="合并答复 true: the answer to all that were rejected for this reason and are not remembered each",
        examples=[False],
    )
    status: InboundStatus = Field(description="来件结果 accepted or rejected", examples=["rejected"])
    code: str | None = Field(
        description="拒绝代码 why it was rejected; null if it was accepted", examples=["category_unknown"]
    )
    final: bool = Field(
        description="终局 false: the same event may be sent again, and may then be accepted", examples=[False]
    )
    answered_at: Instant = Field(description="答复时间 when it was answered", examples=["2026-11-22T09:00:02+08:00"])
    repeats: int = Field(description="重复次数 how often the same event was sent again", examples=[0])
    incident_id: UUID | None = Field(
        description="事件标识 id of the incident that was made of it; null if it was rejected", examples=[None]
    )

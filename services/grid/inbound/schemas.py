"""Bodies of the door for county systems."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.grid.inbound_outcomes import InboundStatus
from shared.http.schemas import Instant, View


class PublicKeyView(View):
    """A public key to encrypt to (RFC 7517): P-256, for ECDH-ES+A256KW."""

    kty: Literal["EC"] = Field(description="密钥类型 EC")
    crv: Literal["P-256"] = Field(description="曲线 P-256")
    x: Annotated[str, Field(examples=["mswRU3NgJdKo2HlQfRpKqzr0l55eI4S6CApbmvfJYwQ"])] = Field(
        description="坐标 x of the point, base64url"
    )
    y: Annotated[str, Field(examples=["7qZxdf7PxMt9voAJ3S3T3kw5QkkQAoET5KwDhwW3j3I"])] = Field(
        description="坐标 y of the point, base64url"
    )
    kid: Annotated[str, Field(examples=["c1"])] = Field(description="密钥号 to be named in the JWE's header")
    use: Literal["enc"] = Field(description="用途 enc: for encryption")
    alg: Literal["ECDH-ES+A256KW"] = Field(description="算法 key agreement of the JWE")


class KeySetView(View):
    """The deployment's public keys, the one to use first. Empty where the door is shut."""

    keys: list[PublicKeyView] = Field(
        description="公钥 public keys, the one to use first; empty where the door is shut"
    )


class InboundRequestView(View):
    """The answer to one event from the county. `topic`, `partition`, `offset`: the record answered last."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    topic: str = Field(description="主题 topic of the record that was answered last")
    partition: int = Field(description="分区 partition of that record")
    offset: int = Field(description="位移 offset of that record")
    request_source: str | None = Field(
        description="来源 `source` of the event; null where it is not allowed to send", examples=["patrol"]
    )
    request_id: str | None = Field(
        description="请求号 `id` of the event; null where it is not one", examples=["0197d0c05f1e7c3a9b1e2f6f5d1c0a77"]
    )
    status: InboundStatus = Field(description="结果 accepted or rejected")
    code: str | None = Field(
        description="拒绝代码 why it was rejected; null where it was accepted", examples=["elder_alone"]
    )
    final: bool = Field(description="终局 false: the same event may be sent again, and may then be accepted")
    answered_on: Instant = Field(description="答复时间 when it was answered")
    repeats: int = Field(description="重复次数 how often the same event was sent again")
    incident_id: UUID | None = Field(description="事件 the incident that was made of it")

"""Bodies of the door for county systems."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from services.grid.inbound.models import InboundOutcome
from shared.contracts.grid import InboundStatus
from shared.http.schemas import Instant, View


class PublicKeyView(View):
    """A public key to encrypt to (RFC 7517): P-256, for ECDH-ES+A256KW."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, Field(examples=["mswRU3NgJdKo2HlQfRpKqzr0l55eI4S6CApbmvfJYwQ"])]
    y: Annotated[str, Field(examples=["7qZxdf7PxMt9voAJ3S3T3kw5QkkQAoET5KwDhwW3j3I"])]
    kid: Annotated[str, Field(examples=["c1"])]
    use: Literal["enc"]
    alg: Literal["ECDH-ES+A256KW"]


class KeySetView(View):
    """The deployment's public keys, the one to use first. Empty where the door is shut."""

    keys: list[PublicKeyView]


class InboundRequestView(View):
    """The answer to one event from the county. `topic`, `partition`, `offset`: the record answered last."""

    id: UUID
    version: int
    topic: str
    partition: int
    offset: int
    source: str | None
    request_id: str | None
    status: InboundStatus
    code: str | None
    final: bool
    answered_on: Instant
    repeats: int
    incident_id: UUID | None

    @classmethod
    def of(cls, outcome: InboundOutcome) -> Self:
        return cls(
            id=outcome.id,
            version=outcome.version,
            topic=outcome.topic,
            partition=outcome.partition,
            offset=outcome.record_offset,
            source=outcome.source,
            request_id=outcome.request_id,
            status=InboundStatus(outcome.status),
            code=outcome.code,
            final=outcome.final,
            answered_on=outcome.answered_on,
            repeats=outcome.repeats,
            incident_id=outcome.incident_id,
        )

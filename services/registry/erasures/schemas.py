"""Bodies of erasures (清除)."""

from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.erasures.domain import (
    AnswerRecord,
    ErasureGround,
    ErasureOrigin,
    ErasureRecord,
    ErasureRefusal,
)
from services.registry.erasures.service.reads import ShownErasure
from services.registry.persons.schemas import NameView
from shared.contracts.registry.erasures import ErasureStatus
from shared.http.schemas import Body, Instant, View


class RequestErasure(Body):
    """The personal values of a former resident are to be erased in every service."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ground": "purpose_fulfilled"}]})

    ground: ErasureGround = Field(description="理由 why they are to be erased", examples=["purpose_fulfilled"])


class RefuseErasure(Body):
    """The values are kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "kept_by_law"}]})

    reason: ErasureRefusal = Field(description="不予清除原因 why they are kept", examples=["kept_by_law"])


class ErasureAnswerView(View):
    """How far a service is."""

    service: str = Field(description="服务 which service", examples=["grid"])
    asked_at: Instant = Field(description="要求时间 when it was asked, or heard of it")
    done_at: Instant | None = Field(description="完成时间 when nothing was left; null until then")
    counts: dict[str, int] = Field(
        description="数量 how many of each were erased; `kept`: what has to be kept for now",
        examples=[{"records": 2, "files": 1, "notes": 0}],
    )

    @classmethod
    def of(cls, answer: AnswerRecord) -> Self:
        return cls(service=answer.service, asked_at=answer.asked_at, done_at=answer.done_at, counts=dict(answer.counts))


class ErasureView(View):
    """An erasure: whose, why, who decided, and how far each service is."""

    id: UUID = Field(description="清除标识 id of the erasure")
    version: int = Field(description="版本 grows with every step and answer")
    status: ErasureStatus = Field(description="状态 requested, ordered, done, refused or withdrawn")
    person: NameView = Field(description="居民 whom it concerns, masked; afterwards nameless")
    ground: ErasureGround = Field(description="理由 why it was asked for")
    origin: ErasureOrigin = Field(description="提出方式 who asked: the person, or an officer")
    requested_by: str = Field(description="申请人 subject of the token that asked for it", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_by: str | None = Field(description="决定人 subject of the token that decided it; null while it waits")
    decided_at: Instant | None = Field(description="决定时间 when it was decided; null while it waits")
    refusal: ErasureRefusal | None = Field(description="不予清除原因 why the values are kept; null if they are not")
    answers: list[ErasureAnswerView] = Field(description="各服务办理情况 how far each service is; empty until decided")

    @classmethod
    def of(cls, shown: ShownErasure) -> Self:
        one, person = shown.record, shown.person
        assert person is not None, "what is shown is shown with its person"
        return cls(
            id=one.id,
            version=one.version,
            status=ErasureStatus(one.status),
            person=NameView.of(person),
            ground=ErasureGround(one.ground),
            origin=ErasureOrigin(one.origin),
            requested_by=one.requested_by,
            requested_at=one.requested_at,
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            refusal=ErasureRefusal(one.refusal) if one.refusal else None,
            answers=[ErasureAnswerView.of(each) for each in shown.answers],
        )


class OwnErasureView(View):
    """An erasure as the person is told of it: nobody is named."""

    id: UUID = Field(description="清除标识 id of the erasure")
    version: int = Field(description="版本 grows with every step")
    status: ErasureStatus = Field(description="状态 requested, ordered, done, refused or withdrawn")
    ground: ErasureGround = Field(description="理由 why it was asked for")
    origin: ErasureOrigin = Field(description="提出方式 who asked: the person, or an officer")
    mine: bool = Field(description="本账号提出 true if this login asked for it, and may take it back while it waits")
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_at: Instant | None = Field(description="决定时间 when it was decided; null while it waits")
    refusal: ErasureRefusal | None = Field(description="不予清除原因 why the values are kept; null if they are not")

    @classmethod
    def of(cls, one: ErasureRecord, subject: str) -> Self:
        return cls(
            id=one.id,
            version=one.version,
            status=ErasureStatus(one.status),
            ground=ErasureGround(one.ground),
            origin=ErasureOrigin(one.origin),
            mine=one.requested_by == subject,
            requested_at=one.requested_at,
            decided_at=one.decided_at,
            refusal=ErasureRefusal(one.refusal) if one.refusal else None,
        )


class ErasureCount(View):
    """How many erasures a list has."""

    count: int = Field(description="件数 how many there are")

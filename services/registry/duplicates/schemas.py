"""Bodies of duplicates (疑似重复)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.duplicates.domain import DuplicateDecision, DuplicateSource, DuplicateStatus, MergeRefusal
from services.registry.duplicates.service.duplicates import Pair
from services.registry.life_events.domain import LifeEventKind, RecordedEvent, ReversalReason
from services.registry.persons.domain.likeness import Likeness
from services.registry.persons.schemas import Sex
from services.registry.persons.service.disclosures import Disclosed
from shared.contracts.registry.persons import PersonStatus
from shared.http.schemas import Body, Instant, View

_ONE, _OTHER = "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", "0197d0c0-5f1f-7a10-8c42-7b9a2c6d0e15"


class PointAtDuplicate(Body):
    """Two persons who may be one."""

    first_id: UUID = Field(description="居民标识 id of one of the two in the register", examples=[_ONE])
    second_id: UUID = Field(description="居民标识 id of the other one", examples=[_OTHER])


class DecideDuplicate(Body):
    """What is said of two persons who may be one."""

    decision: DuplicateDecision = Field(description="核定 same, different or unsure", examples=["different"])
    survivor_id: UUID | None = Field(
        default=None, description="保留的一份 of `same`, and of it alone: id of the one of the two who goes on"
    )


class RefuseDuplicate(Body):
    """A merge is not approved."""

    reason: MergeRefusal = Field(
        description="不批准原因 why not; whoever looks at the pair next reads it", examples=["evidence_missing"]
    )


class SeparateDuplicate(Body):
    """Why a merge is taken back."""

    reason: ReversalReason = Field(description="撤销原因 why the merge is taken back", examples=["wrong_person"])


class DuplicatePersonView(View):
    """One of the two, masked."""

    id: UUID = Field(description="居民标识 id of the person in the register")
    name: str = Field(description="姓名 masked", examples=["李*英"])
    document_number: str | None = Field(description="证件号码 masked; null without one")
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["1"])
    birth_month: str = Field(description="出生年月 year and month of birth", examples=["1990-03"])
    status: PersonStatus = Field(description="状态 where the person stands")
    residence_area: str | None = Field(description="居住地 last residence; null if there was none")
    registration_area: str | None = Field(description="户籍地 last registered place; null if there was none")

    @classmethod
    def of(cls, person: Disclosed) -> Self:
        record = person.record
        return cls(
            id=record.id,
            name=person.name,
            document_number=person.number,
            sex=record.sex,
            birth_month=record.birth_month,
            status=PersonStatus(record.status),
            residence_area=record.residence_area,
            registration_area=record.registration_area,
        )


class DuplicateReasonView(View):
    """One thing that two persons have in common, or that speaks against it."""

    code: Likeness = Field(description="理由 what they have in common", examples=["name"])
    points: int = Field(description="分值 what it counts; negative if it speaks against", examples=[45])


class StayedEventView(View):
    """A life event of the person who was kept, recorded since the merge: it stays there."""

    id: UUID = Field(description="人口事项标识 id of the life event")
    kind: LifeEventKind = Field(description="事项类别 kind of the life event")
    occurred_on: date = Field(description="发生日 day on which it happened")

    @classmethod
    def of(cls, one: RecordedEvent) -> Self:
        return cls(id=one.event.id, kind=one.event.kind, occurred_on=one.event.occurred_on)


class DuplicateCount(View):
    """Number of pairs."""

    count: int = Field(description="数量 pairs that there are")


class DuplicateView(View):
    """Two persons who may be one, as far as both belong to the caller's areas."""

    id: UUID = Field(description="疑似重复标识 id of the pair")
    version: int = Field(description="版本 grows with every change")
    status: DuplicateStatus = Field(description="状态 open, unsure, different, proposed or same")
    source: DuplicateSource = Field(description="来源 found by the register or pointed at by somebody")
    elsewhere: bool = Field(
        description="另一份在其他地方 true if one of the two is not in the caller's areas: the county registrar decides"
    )
    people: list[DuplicatePersonView] = Field(description="居民 those of the two in the caller's areas, masked")
    score: int | None = Field(description="合计分值 sum of the points; null if one of the two is elsewhere")
    reasons: list[DuplicateReasonView] = Field(description="理由 each with its points; empty if one is elsewhere")
    survivor_id: UUID | None = Field(description="保留的一份 who goes on, once that is said; null if one is elsewhere")
    found_at: Instant = Field(description="发现时间 when the pair came up")
    decided_by: str | None = Field(description="核定人 subject of the token; null if nobody has, or one is elsewhere")
    decided_at: Instant | None = Field(description="核定时间 when that was; null if nobody has, or one is elsewhere")
    refusal: MergeRefusal | None = Field(
        description="不批准原因 why the last merge was refused; null once decided anew, or if one is elsewhere"
    )
    stayed: list[StayedEventView] = Field(
        description="留在保留登记上的事项 told when a merge is taken back: what happened to the survivor since"
    )

    @classmethod
    def of(cls, pair: Pair) -> Self:
        one, shown = pair.duplicate, not pair.elsewhere
        return cls(
            id=one.id,
            version=one.version,
            status=DuplicateStatus(one.status),
            source=DuplicateSource(one.source),
            elsewhere=pair.elsewhere,
            people=[DuplicatePersonView.of(person) for person in pair.people],
            score=one.score if shown else None,
            reasons=[
                DuplicateReasonView(code=Likeness(code), points=points)
                for code, points in sorted(one.reasons.items(), key=lambda item: -item[1])
                if shown
            ],
            survivor_id=one.survivor_id if shown else None,
            found_at=one.found_at,
            decided_by=one.decided_by if shown else None,
            decided_at=one.decided_at if shown else None,
            refusal=MergeRefusal(one.refusal) if shown and one.refusal else None,
            stayed=[StayedEventView.of(event) for event in pair.stayed],
        )
